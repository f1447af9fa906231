"""What the search index holds of the forum: a thread by its title and first post, a reply by its
own words.
"""

from collections.abc import Iterator

from app.core.search.services import drop, put_many
from app.core.search.types import Document
from app.forum.models import Post, Thread
from app.forum.queries.search import reply_documents, thread_documents
from app.forum.services.markdown import shortened, words_of

REPLY_TITLE = 40


def document_of(thread: Thread, post: Post) -> Document:
    """Return the document by which a post is found; a reply is named by its own first words."""
    words = words_of(post.body_html)
    is_first = post.number == 1 and thread.board_id is not None
    return Document(
        kind="thread" if is_first else "post",
        subject_id=thread.id if is_first else post.id,
        title=thread.title if is_first else shortened(words, REPLY_TITLE),
        body=words,
        at=post.said_at,
        lang=thread.lang,
        audience=thread.audience,
        weight=max(0, post.score) + (thread.reply_count if is_first else 0),
    )


def index(*said: tuple[Thread, Post]) -> None:
    """Make posts findable, or findable as they are now."""
    put_many([document_of(thread, post) for thread, post in said])


def forget(thread: Thread, *posts: Post) -> None:
    """Take posts of a thread out of the index."""
    replies = [post.id for post in posts if post.number > 1 or thread.board_id is None]
    if len(replies) < len(posts):
        drop("thread", thread.id)
    drop("post", *replies)


def all_threads() -> Iterator[Document]:
    """Give the document of every thread, for a rebuild."""
    for page in thread_documents():
        # Described at once: a transaction between two documents would send each row for again.
        yield from [document_of(thread, post) for thread, post in page if thread.board_id]


def all_replies() -> Iterator[Document]:
    """Give the document of every reply, for a rebuild."""
    for page in reply_documents():
        yield from [document_of(thread, post) for thread, post in page]
    for page in thread_documents():
        yield from [document_of(thread, post) for thread, post in page if not thread.board_id]

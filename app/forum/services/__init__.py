"""What may be done in the forum: only these functions write its tables, and none commits."""

from app.forum.services.boards import archive_board, change_board, make_board
from app.forum.services.dump import accepted_in, authors_in, file_of, rows, said_in
from app.forum.services.indexing import all_replies, all_threads
from app.forum.services.past import accept_past, bring_past
from app.forum.services.posts import (
    edit_post,
    hide_post,
    reply,
    show_post,
    take_thanks_back,
    thank_post,
)
from app.forum.services.reading import follow, keep_sights, unfollow
from app.forum.services.reviewed import let_stand, take_away
from app.forum.services.threads import (
    accept_answer,
    close_thread,
    hide_thread,
    move_thread,
    open_thread,
    pin_thread,
    reopen_thread,
    settle_thread,
    show_thread,
    thread_about,
    unpin_thread,
)

__all__ = [
    "accept_past",
    "accepted_in",
    "accept_answer",
    "all_replies",
    "all_threads",
    "archive_board",
    "authors_in",
    "bring_past",
    "change_board",
    "close_thread",
    "edit_post",
    "file_of",
    "follow",
    "hide_post",
    "hide_thread",
    "keep_sights",
    "let_stand",
    "make_board",
    "move_thread",
    "open_thread",
    "pin_thread",
    "reopen_thread",
    "reply",
    "rows",
    "said_in",
    "settle_thread",
    "show_post",
    "show_thread",
    "take_away",
    "take_thanks_back",
    "thank_post",
    "thread_about",
    "unfollow",
    "unpin_thread",
]

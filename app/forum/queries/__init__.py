"""Reads of the forum, each filtered by what its viewer may see; statements never grow with rows."""

from app.forum.queries.boards import (
    archived_boards,
    board_for,
    board_names,
    board_shown,
    boards_seen,
    usual_kind,
)
from app.forum.queries.posts import edits_of, latest_posts, post_for, post_place, posts_on, quotable
from app.forum.queries.reports import post_meant, reportable_post, reportable_thread
from app.forum.queries.search import found_on
from app.forum.queries.threads import (
    followers_of,
    latest_threads,
    reply_counts,
    subject_of,
    thread_for,
    thread_views,
    threads_about,
    threads_by,
    threads_on,
)
from app.forum.queries.waiting import count_unanswered, unanswered

__all__ = [
    "archived_boards",
    "board_for",
    "board_names",
    "board_shown",
    "boards_seen",
    "count_unanswered",
    "edits_of",
    "followers_of",
    "found_on",
    "latest_posts",
    "latest_threads",
    "post_for",
    "post_place",
    "posts_on",
    "quotable",
    "reply_counts",
    "post_meant",
    "reportable_post",
    "reportable_thread",
    "subject_of",
    "thread_for",
    "thread_views",
    "threads_about",
    "threads_by",
    "threads_on",
    "unanswered",
    "usual_kind",
]

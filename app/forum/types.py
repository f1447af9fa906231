"""The words and small values of the forum: kinds, states, verbs, and the frozen rows that pages
get.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l
from app.moderation.types import RULE_WORDS, Rule

PAGE_SIZE = 20
LIST_SIZE = 24
TITLE_LENGTH = 120
BODY_LENGTH = 20_000
QUOTE_LENGTH = 400
EXCERPT_LENGTH = 160
PICTURE_LIMIT = 4
# The promise of the house: another person answers within so many waking hours.
PROMISE = timedelta(hours=4)
DAY_BEGINS = 8
DAY_ENDS = 22
# A link to a person inside a post is written once and kept; a test holds this path to the page.
PERSON_PATH = "/people/{}"


class ThreadKind(StrEnum):
    """What a thread is for; a question can be answered, an announcement does not ask."""

    DISCUSSION = "discussion"
    QUESTION = "question"
    ANNOUNCEMENT = "announcement"


KIND_LABELS = {
    ThreadKind.DISCUSSION: _l("Discussion"),
    ThreadKind.QUESTION: _l("Question"),
    ThreadKind.ANNOUNCEMENT: _l("Announcement"),
}


class Showing(StrEnum):
    """Who sees what was said: all, only its author and reviewers until they decide, or nobody."""

    SHOWN = "shown"
    HELD = "held"
    HIDDEN = "hidden"


SHOWING_MOVES: dict[Showing, frozenset[Showing]] = {
    Showing.SHOWN: frozenset({Showing.HELD, Showing.HIDDEN}),
    Showing.HELD: frozenset({Showing.SHOWN, Showing.HIDDEN}),
    Showing.HIDDEN: frozenset({Showing.SHOWN}),
}


class Format(StrEnum):
    """What a post was written in; its source is kept as it was."""

    MARKDOWN = "markdown"
    HTML = "html"


class Sort(StrEnum):
    """How a board's list is ordered or narrowed."""

    LATEST = "latest"
    NEW = "new"
    UNANSWERED = "unanswered"


OPENED = verb("thread.opened", Hook.CONTENT)
REPLIED = verb("post.written", Hook.TOPIC)
EDITED = verb("post.edited", Hook.CONTENT)
POST_HIDDEN = verb("post.hidden", Hook.BELONGING, privileged=True)
POST_SHOWN = verb("post.shown", Hook.BELONGING, privileged=True)
THREAD_CHANGED = verb("thread.changed", Hook.BELONGING, privileged=True)
SETTLED = verb("thread.settled", Hook.RELATION)
ANSWER_ACCEPTED = verb("thread.answer_accepted", Hook.RELATION)
THANKED = verb("post.thanked", Hook.RELATION)
THANKS_TAKEN_BACK = verb("post.thanks_taken_back", Hook.RELATION)
FOLLOWED = verb("thread.followed", Hook.TOPIC)
UNFOLLOWED = verb("thread.unfollowed", Hook.TOPIC)
BOARD_CHANGED = verb("board.changed", Hook.BELONGING)
PAST_BROUGHT = verb("board.past_brought", Hook.CONTENT)


def page_of(number: int) -> int:
    """Return the page on which the post of this number stands."""
    return max(1, -(-number // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One board on the forum's first page, with its latest thread."""

    id: int
    name: str
    name_en: str | None
    promise: str
    promise_en: str | None
    thread_count: int
    latest_id: int | None
    latest_title: str | None
    latest_at: datetime | None
    latest_by: str | None


class ThreadRow(NamedTuple):
    """One thread in a list; a named tuple, for a page makes dozens and remembers parts by them."""

    id: int
    title: str
    kind: ThreadKind
    lang: str
    excerpt: str
    author_id: int | None
    author_name: str | None
    avatar_picture_id: int | None
    board_id: int | None
    board_name: str | None
    board_name_en: str | None
    opened_at: datetime
    last_post_at: datetime
    reply_count: int
    is_pinned: bool
    is_closed: bool
    is_solved: bool
    asks_answer: bool
    is_held: bool
    picture_id: int | None
    read_number: int = 0
    last_number: int = 0

    @property
    def has_new(self) -> bool:
        """Whether there are posts the viewer has not read, in a thread they did read."""
        return 0 < self.read_number < self.last_number

    @property
    def next_page(self) -> int:
        """On which page the first post stands that the viewer has not read."""
        return page_of(self.read_number + 1) if self.has_new else 1


class WaitingRow(NamedTuple):
    """One thread that waits for an answer, and for how many waking hours it has."""

    id: int
    title: str
    board_id: int | None
    board_name: str | None
    board_name_en: str | None
    author_id: int | None
    author_name: str | None
    avatar_picture_id: int | None
    is_first_thread: bool
    opened_at: datetime
    age: timedelta

    @property
    def without_age(self) -> WaitingRow:
        """The same thread, whatever the hour."""
        return self._replace(age=timedelta())

    @property
    def is_late(self) -> bool:
        """Whether the promise is broken."""
        return self.age > PROMISE

    @property
    def has_aged(self) -> bool:
        """Whether at least a waking minute has passed: nobody is expected to answer at night."""
        return self.age >= timedelta(minutes=1)


def _rule_words(rule: str | None) -> str:
    """Return a house rule's words for the rule a reviewer named; what a leader typed stays so."""
    words = RULE_WORDS.get(Rule(rule)) if rule in set(Rule) else None
    return str(words or rule or "")


class PostPicture(NamedTuple):
    """One picture of a post."""

    id: int
    width: int
    height: int


class PostRow(NamedTuple):
    """One post of a page; what a viewer may not see has no text."""

    id: int
    number: int
    author_id: int | None
    author_name: str | None
    avatar_picture_id: int | None
    signature: str | None
    body_html: str
    quote_number: int | None
    quote: str | None
    quote_author: str | None
    showing: Showing
    hidden_rule: str | None
    hidden_by_id: int | None
    said_at: datetime
    edited_at: datetime | None
    edit_count: int
    score: int
    pictures: tuple[PostPicture, ...] = ()
    is_thanked: bool = False
    may_edit: bool = False
    may_hide: bool = False

    @property
    def rule_words(self) -> str:
        """By which rule it was taken away, in the language being spoken."""
        return _rule_words(self.hidden_rule)

    @property
    def is_taken_by_others(self) -> bool:
        """Whether somebody else than its author took it away."""
        return self.showing is Showing.HIDDEN and self.hidden_by_id != self.author_id


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The head of a thread's page: the thread, its board, and what this viewer may do in it."""

    id: int
    title: str
    kind: ThreadKind
    lang: str
    audience: str
    author_id: int | None
    author_name: str | None
    board_id: int | None
    board_name: str | None
    board_name_en: str | None
    board_promise: str | None
    board_promise_en: str | None
    leader_id: int | None
    about_kind: str | None
    about_id: int | None
    details: list[list[str]]
    showing: Showing
    hidden_rule: str | None
    hidden_by_id: int | None
    is_pinned: bool
    is_closed: bool
    is_archived: bool
    asks_answer: bool
    opened_at: datetime
    last_post_at: datetime
    first_reply_at: datetime | None
    last_number: int
    reply_count: int
    accepted_number: int | None
    is_settled: bool = False
    read_number: int = 0
    is_followed: bool = False

    @property
    def page_count(self) -> int:
        """How many pages of twenty posts the thread has."""
        return max(1, -(-self.last_number // PAGE_SIZE))

    @property
    def rule_words(self) -> str:
        """By which rule it was taken away, in the language being spoken."""
        return _rule_words(self.hidden_rule)

    @property
    def is_taken_by_others(self) -> bool:
        """Whether somebody else than its author took it away."""
        return self.showing is Showing.HIDDEN and self.hidden_by_id != self.author_id


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One thread in which words were found, and where; pieces say which part was looked for."""

    thread_id: int
    number: int
    title_pieces: tuple[tuple[str, bool], ...]
    excerpt_pieces: tuple[tuple[str, bool], ...]
    at: datetime

    @property
    def page(self) -> int:
        """On which page of the thread it stands."""
        return page_of(self.number)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a text becomes when it is written: clean HTML, its bare words, who is named in it."""

    html: str
    words: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardDraft:
    """What an operator fills in for a board."""

    name: str
    promise: str
    name_en: str | None = None
    promise_en: str | None = None
    rules: str = ""
    rules_en: str | None = None
    leader_id: int | None = None
    review: str = "open"
    position: int = 0
    required_fields: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PastAuthor:
    """Somebody who wrote on another site: their key there, name, and since when they were there."""

    key: str
    name: str
    joined_at: datetime
    about: str | None = None


@dataclass(frozen=True, slots=True)
class PastPost:
    """Something that was said on another site; without a parent it opened a thread of its own.

    `author` is None where the account is gone; `author_name` is then what is still known of it.
    """

    key: str
    parent_key: str | None
    body: str
    format: Format
    said_at: datetime
    author: PastAuthor | None
    author_name: str | None = None
    title: str = ""
    score: int = 0
    edited_at: datetime | None = None
    closed_at: datetime | None = None
    is_quoting: bool = False


class Fate(StrEnum):
    """What became of something brought from another site."""

    NEW = "new"
    KNOWN = "known"
    ORPHAN = "orphan"
    EMPTY = "empty"

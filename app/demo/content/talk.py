"""The shape of a scripted thread: an opening, and what neighbours answered how many hours later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["discussion", "question", "announcement"]


@dataclass(frozen=True, slots=True)
class Said:
    """One reply; `who` is a known key, or "?1", "?2" for any neighbour, the same each time."""

    who: str
    after_hours: float
    text: str
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """One thread: `day` days ago at `hour` o'clock, or `fresh` hours before now."""

    board: str
    who: str
    title: str
    text: str
    replies: tuple[Said, ...]
    kind: Kind
    day: int
    hour: int
    fresh: float | None
    is_pinned: bool = False

    @property
    def lang(self) -> str:
        """The language most of the opening is written in."""
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in self.title + self.text)
        return "zh_Hans" if chinese * 4 > len(self.title + self.text) else "en"


def best(who: str, after_hours: float, text: str) -> Said:
    """The reply that the asker marked as the answer."""
    return Said(who, after_hours, text, is_best=True)


def asks(
    board: str, who: str, when: tuple[int, int] | float, title: str, text: str, *replies: Said
) -> Topic:
    """A question."""
    return _topic("question", board, who, when, title, text, replies)


def says(
    board: str, who: str, when: tuple[int, int] | float, title: str, text: str, *replies: Said
) -> Topic:
    """A discussion."""
    return _topic("discussion", board, who, when, title, text, replies)


def tells(who: str, when: tuple[int, int] | float, title: str, text: str, *replies: Said) -> Topic:
    """A notice, which does not ask."""
    return _topic("announcement", "notice", who, when, title, text, replies)


def _topic(  # noqa: PLR0917 - private, and called three times just above.
    kind: Kind,
    board: str,
    who: str,
    when: tuple[int, int] | float,
    title: str,
    text: str,
    replies: tuple[Said, ...],
) -> Topic:
    day, hour = when if isinstance(when, tuple) else (0, 0)
    fresh = None if isinstance(when, tuple) else when
    return Topic(board, who, title, text, replies, kind, day, hour, fresh)

"""Pages of lists: keyset paging, and keys that travel in a URL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its rows and, where there are more, the key after which the next page
    starts.
    """

    rows: Sequence[T]
    next_key: str | None = None
    total: int | None = None

    def __bool__(self) -> bool:
        """Whether there is anything on it."""
        return bool(self.rows)


def keyset(rows: Sequence[Any], size: int, key: Callable[[Any], Sequence[Any]]) -> Page[Any]:
    """Return a `Page` of at most `size` rows out of `size + 1` fetched; `key(row)` gives the last
    row's order values.
    """
    if len(rows) <= size:
        return Page(rows)
    kept = rows[:size]
    return Page(kept, next_key=encode_key(key(kept[-1])))


def encode_key(values: Sequence[Any]) -> str:
    """Return order values as one URL-safe text; instants keep their microseconds."""
    return "~".join(
        value.isoformat() if isinstance(value, datetime) else str(value) for value in values
    )


def decode_key(text: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Return the order values of a key, or None for no key or one that is not of these kinds."""
    if not text:
        return None
    parts = text.split("~")
    if len(parts) != len(kinds):
        return None
    try:
        values = tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, OverflowError):
        return None
    return values if all(_fits(value) for value in values) else None


def _fits(value: Any) -> bool:
    """Whether a database takes the value at all; a key is typed by anybody into the address."""
    if isinstance(value, str):
        return "\x00" not in value
    return not isinstance(value, int) or abs(value) < 2**31


def instant(text: str) -> datetime:
    """Return the aware instant written in a key; refuses (ValueError) a naive one."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a key needs an aware instant")
    return value

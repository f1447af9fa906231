"""What a GET tells: kept in a buffer per process, folded by key, written down every few seconds by
`flush_seen`.

A kill loses the last seconds of it and nothing else. Guests leave a day, a kind of page and a
referring site.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy.exc import OperationalError

from app.core import clock
from app.core.access import Viewer
from app.core.activity import services
from app.core.activity.types import Hook, Sight
from app.core.db import transaction
from app.core.errors import OutsideDownError

Sink = Callable[[Sequence[Sight]], None]
_sinks: dict[str, list[Sink]] = {}
_MOST_KEYS = 20_000
_MOST_SITES = 200  # a referring site is what a stranger says; the log of guests is no place to fill


@dataclass(slots=True)
class _Buffer:
    sights: dict[tuple[str, int, str, int], Sight] = field(default_factory=dict)
    presence: Counter[tuple[int, date, Hook]] = field(default_factory=Counter)
    guests: Counter[tuple[date, str, str]] = field(default_factory=Counter)

    def add_guest(self, day: date, page: str, site: str) -> None:
        """Count a guest's page; beyond the first few hundred, without the site they came from."""
        is_crowded = len(self.guests) >= _MOST_SITES and (day, page, site) not in self.guests
        self.guests[(day, page, "" if is_crowded else site)] += 1

    def __len__(self) -> int:
        return len(self.sights) + len(self.presence) + len(self.guests)


_lock = threading.Lock()
_buffer = _Buffer()


def sink(kind: str) -> Callable[[Sink], Sink]:
    """Register a function that writes down sights of a kind; each house may have its own. It is
    called inside the flush's transaction with one folded sight per person and subject.
    """

    def register(function: Sink) -> Sink:
        known = _sinks.setdefault(kind, [])
        if function not in known:
            known.append(function)
        return function

    return register


def seen(
    viewer: Viewer,
    kind: str,
    subject: tuple[str, int] | None = None,
    *,
    number: int = 0,
    hook: Hook = Hook.VISIT,
    referrer: str = "",
) -> None:
    """Note that somebody saw something; writes nothing now.

    A member's sight goes to the kind's sink with the highest `number` and counts as presence for
    the hook; a guest's only counts for the day, the kind and the referring site.
    """
    at = clock.now()
    day = clock.local(at).date()
    with _lock:
        if len(_buffer) >= _MOST_KEYS:
            return
        if viewer.id is None:
            _buffer.add_guest(day, kind, _site(referrer))
            return
        _buffer.presence[(viewer.id, day, hook)] += 1
        if subject is not None:
            key = (kind, viewer.id, *subject)
            before = _buffer.sights.get(key)
            highest = max(number, before.number if before else 0)
            _buffer.sights[key] = Sight(viewer.id, *subject, highest, at)


def flush_seen() -> int:
    """Write down what was seen since, in one transaction; return how many folded notes there
    were. While nobody may write, and where the database is away or busy, it stays in the buffer.
    """
    global _buffer
    with _lock:
        taken, _buffer = _buffer, _Buffer()
    if not len(taken):
        return 0
    by_kind: dict[str, list[Sight]] = {}
    for key in sorted(taken.sights):
        by_kind.setdefault(key[0], []).append(taken.sights[key])
    try:
        with transaction():
            services.count_presence(taken.presence)
            services.count_guests(taken.guests)
            for kind, sights in by_kind.items():
                for write in _sinks.get(kind, ()):
                    write(sights)
    except OutsideDownError:
        _put_back(taken)
        return 0
    except OperationalError:
        _put_back(taken)
        raise
    return len(taken)


def _put_back(taken: _Buffer) -> None:
    with _lock:
        _buffer.presence.update(taken.presence)
        _buffer.guests.update(taken.guests)
        for key, sight in taken.sights.items():
            newer = _buffer.sights.get(key)
            if newer is None or newer.number < sight.number:
                _buffer.sights[key] = sight


def forget_seen() -> None:
    """Drop what was not written down yet; a test begins with this."""
    global _buffer  # noqa: PLW0603 - one buffer per process, swapped under its lock
    with _lock:
        _buffer = _Buffer()


def _site(referrer: str) -> str:
    try:
        return (urlsplit(referrer).hostname or "")[:120]
    except ValueError:
        return ""

"""The town lives: acts of one simulated hour, through the same services that people use."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import count_presence
from app.core.activity.types import Hook
from app.core.db import db
from app.demo.content.people import VOICES
from app.demo.counter import Counter
from app.demo.evenings import Evenings
from app.demo.ground import Ground, join
from app.demo.ongoing import Ongoing
from app.demo.plan import MAIL_HOST, Plan
from app.demo.squares import Squares
from app.merchants.services.hours import keep_late_spans

HOUR = timedelta(hours=1)
SPANS_EVERY_DAYS = 5
FILLING, READING = 5, 21


class Life(Squares, Evenings, Counter, Ongoing):
    """One town between its first hour and now, lived inside the caller's transactions."""

    def __init__(self, plan: Plan, ground: Ground, memory: dict[str, Any] | None = None) -> None:
        super().__init__(plan, ground, memory)
        self._next = 0
        if self.reached is None:
            self.tally.count("members", len(VOICES))
        self._wake()

    def hours(self) -> Iterator[datetime]:
        """Yield the ends of the hours that are still to be lived, the last one being now."""
        ends = (self.reached or clock.at_local(self.size.first_day, time(8))) + HOUR
        while ends < self.size.until:
            yield ends
            ends += HOUR
        if self.reached is None or self.reached < self.size.until:
            yield self.size.until

    def has_work(self, ends: datetime) -> bool:
        """Whether anything falls into the hour; overdue orders are looked at every third."""
        hour = clock.local(ends - HOUR).hour
        if self.reached is None or hour in {FILLING, READING} or hour % 3 == 0:
            return True
        acts = self.plan.acts
        is_planned = self._next < len(acts) and acts[self._next].at < ends
        return is_planned or bool(self.agenda and self.agenda[0][0] < ends.timestamp())

    def live(self, ends: datetime) -> bool:
        """Do all that falls before `ends`; return whether anything was done."""
        done = self._routine(ends)
        for kind, at, data in self._due(ends):
            handler: Callable[..., None] = getattr(self, f"do_{kind}")
            with self.attempt(at):
                handler(at, **data)
            done = True
        done = self.run_timers(ends) or done
        self.reached = ends
        self._forget(ends)
        return done

    def do_join(self, at: datetime, member: int) -> None:
        """Somebody joins."""
        self._meet(member, join(self.ground, self.plan.members[member]))
        self.tally.count("members")

    def _due(self, ends: datetime) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
        """Yield what was planned and what came up, in the order of time."""
        limit = ends.timestamp()
        acts = self.plan.acts
        while True:
            planned = acts[self._next].at.timestamp() if self._next < len(acts) else limit
            arisen = self.agenda[0][0] if self.agenda else limit
            if min(planned, arisen) >= limit:
                return
            if planned <= arisen:
                act = acts[self._next]
                self._next += 1
                yield act.kind, act.at, act.data
            else:
                stamp, _turn, kind, data = heapq.heappop(self.agenda)
                yield kind, datetime.fromtimestamp(stamp, tz=ends.tzinfo), data

    def _routine(self, ends: datetime) -> bool:
        """What comes back every day: opening times ahead, shelves filled, weeks closed, readers."""
        begins = clock.local(ends - HOUR)
        is_first = self.reached is None
        is_morning = begins.hour == FILLING
        if is_first or (is_morning and begins.toordinal() % SPANS_EVERY_DAYS == 0):
            keep_late_spans(at=ends)
        if is_morning:
            self.fill_shelves(ends)
        if is_morning and begins.weekday() == 0:
            self.close_weeks(ends)
        if begins.hour == READING:
            self._read(ends)
        return is_first or is_morning or begins.hour == READING

    def _read(self, ends: datetime) -> None:
        """Count who looked in today, and what drew them."""
        dice = self.size.dice("read", ends.isoformat())
        day = clock.local(ends - HOUR).date()
        shown = {}
        for member in self.plan.present(ends - HOUR):
            if member.number in self.people and dice.random() < 0.07 + 0.05 * member.talks:
                hook = dice.choice((Hook.CONTENT, Hook.TOPIC, Hook.SERVICE, Hook.EVENT))
                shown[self.people[member.number].id or 0, day, hook] = dice.randint(1, 6)
        if shown:
            count_presence(shown)

    def _forget(self, ends: datetime) -> None:
        """Let go of what nothing can follow any more."""
        edge = (ends - timedelta(days=6)).timestamp()
        for key in [key for key, row in self.topics.items() if row[0] < edge]:
            del self.topics[key]

    def _wake(self) -> None:
        """Know everybody who is there already, after the ground was laid or a run was killed."""
        for key, person_id in self.ground.people.items():
            self._meet(self.plan.by_key[key].number, person_id)
        if self.reached is None:
            return
        mails = {member.mail: member.number for member in self.plan.members if not member.key}
        known = select(User.id, User.mail).where(User.mail.like(f"r%@{MAIL_HOST}"))
        for person_id, mail in db.session.execute(known):
            if mail in mails:
                self._meet(mails[mail], person_id)
        acts = self.plan.acts
        while self._next < len(acts) and acts[self._next].at < self.reached:
            self._next += 1

    def _meet(self, number: int, person_id: int) -> None:
        member = self.plan.members[number]
        self.people[number] = Viewer(
            id=person_id,
            name=member.name,
            language=member.language,
            neighbourhood_id=self.ground.hoods[member.hood],
        )

"""What is meant to happen, worked out from the seed before anything does."""

from __future__ import annotations

import random
from bisect import bisect, bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from app.core import clock
from app.demo.content.asides import ASIDES
from app.demo.content.gatherings import MEETS, Meet
from app.demo.content.people import ABOUTS, VOICES, names
from app.demo.content.small_talk import small_talk
from app.demo.content.talk import Topic
from app.demo.content.threads import THREADS
from app.demo.content.town import HOODS

USUAL_DAYS = 90
ORDERS_A_MEMBER_A_DAY = 0.052
WEEKDAYS = (0.85, 0.8, 0.85, 0.95, 1.15, 1.35, 1.2)
HOURS = (7, 8, 9, 10, 11, 11, 12, 13, 14, 15, 16, 17, 17, 18, 18, 19, 20, 20, 21)
REASONS = ("neighbours", "help", "events", "shops", "news", "invited", "other")
MAIL_HOST = "neighbours.linli.test"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a town is lived, for how long, until when, and from which seed."""

    residents: int
    days: int
    seed: int
    until: datetime
    most_orders: int | None = None

    @property
    def first_day(self) -> date:
        """The town's first day."""
        return clock.local(self.until).date() - timedelta(days=self.days)

    def dice(self, *purpose: object) -> random.Random:
        """Dice of their own for one purpose, so that one decision never shifts another."""
        return random.Random(f"linli/{self.seed}/{'/'.join(map(str, purpose))}")  # noqa: S311


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the town, before or after joining."""

    number: int
    name: str
    hood: str
    language: str
    reason: str
    joins_at: datetime
    about: str = ""
    signature: str = ""
    mail: str = ""
    key: str = ""
    buys: float = 1.0
    talks: float = 1.0
    comes: float = 1.0

    @property
    def phone(self) -> str:
        """A number nobody has."""
        return f"1380000{self.number:04d}" if self.number < 10_000 else f"138{self.number:08d}"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to be done at an instant; acts of one instant keep their order."""

    at: datetime
    order: int
    kind: str
    data: dict[str, Any]


class Plan:
    """All that is known beforehand: the people, and every act that does not hang on another."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.members = list(_members(size))
        self.by_key = {member.key: member for member in self.members if member.key}
        self.joined = sorted(self.members, key=lambda member: (member.joins_at, member.number))
        self._joins = [member.joins_at for member in self.joined]
        self.topics: list[Topic] = []
        self.meets: list[tuple[Meet, datetime, datetime]] = []
        self._acts: list[Act] = []
        for member in self.joined:
            if not member.key:
                self._add(member.joins_at, "join", member=member.number)
        self._talk()
        self._gather()
        self._shop()
        self.acts = sorted(self._acts, key=lambda act: (act.at, act.order))

    def _add(self, at: datetime, kind: str, **data: Any) -> None:
        if at <= self.size.until:
            self._acts.append(Act(at, len(self._acts), kind, data))

    def _day(self, days_ago: float, hour: int, dice: random.Random) -> datetime:
        """An instant so many days ago, drawn nearer where the town is younger than usual."""
        ago = round(days_ago * min(1.0, self.size.days / USUAL_DAYS))
        day = clock.local(self.size.until).date() - timedelta(days=min(ago, self.size.days - 1))
        return clock.at_local(day, time(hour, dice.randrange(60), dice.randrange(60)))

    def present(self, at: datetime) -> list[Member]:
        """Return who has joined by an instant."""
        return self.joined[: bisect_left(self._joins, at)]

    # --- what is said ---------------------------------------------------------------------------

    def _talk(self) -> None:
        dice = self.size.dice("talk")
        topics = list(THREADS)
        extra = int(self.size.residents * 0.3 * self.size.days / USUAL_DAYS) - len(topics)
        topics += list(small_talk(self.size.dice("small talk"), extra, self.size.days))
        for topic in topics:
            at = (
                self.size.until - timedelta(hours=topic.fresh)
                if topic.fresh is not None
                else self._day(topic.day, topic.hour, dice)
            )
            self._speak(topic, at, dice)
        for number, aside in enumerate(ASIDES):
            at = self._day(aside.day, 11, dice)
            asker = self._speaker(aside.who, at, {}, dice)
            self._add(at, "ask", aside=number, member=asker)
            then = at + timedelta(hours=aside.after_hours)
            self._add(then, "answer", aside=number)

    def _speak(self, topic: Topic, at: datetime, dice: random.Random) -> None:
        number = len(self.topics)
        cast: dict[str, int] = {}
        author = self._speaker(topic.who, at, cast, dice)
        self.topics.append(topic)
        self._add(at, "open", topic=number, member=author, left=len(topic.replies))
        for position, said in enumerate(topic.replies):
            then = at + timedelta(hours=said.after_hours, minutes=position)
            speaker = self._speaker(said.who, then, cast, dice)
            self._add(then, "reply", topic=number, reply=position, member=speaker)
            if said.is_best and speaker != author:
                best_at = then + timedelta(minutes=dice.randint(3, 50))
                self._add(best_at, "accept_answer", topic=number, reply=position, member=author)
            for thanker in self._thankers(said.is_best, then, {speaker}, dice):
                later = then + timedelta(minutes=dice.randint(2, 600))
                self._add(later, "thank", topic=number, reply=position, member=thanker)

    def _speaker(self, who: str, at: datetime, cast: dict[str, int], dice: random.Random) -> int:
        if not who.startswith("?"):
            return self.by_key[who].number
        if who not in cast:
            taken = set(cast.values())
            there = [m for m in self.present(at) if not m.key and m.number not in taken]
            there = there or [m for m in self.members if m.number not in taken]
            cast[who] = dice.choices(there, [m.talks for m in there])[0].number
        return cast[who]

    def _thankers(
        self, is_best: bool, at: datetime, but: set[int], dice: random.Random
    ) -> list[int]:
        there = [member.number for member in self.present(at) if member.number not in but]
        wanted = dice.randint(2, 7) if is_best else max(0, dice.randint(-2, 3))
        return dice.sample(there, min(wanted, len(there)))

    # --- what is done together ------------------------------------------------------------------

    def _gather(self) -> None:
        dice = self.size.dice("gatherings")
        today = clock.local(self.size.until).date()
        shrink = min(1.0, self.size.days / USUAL_DAYS)
        for meet in MEETS:
            day = meet.day if meet.day >= 0 else round(meet.day * shrink) or -1
            if -day >= self.size.days - 1:
                continue
            hour, minute = map(int, meet.begins.split(":"))
            begins = clock.at_local(today + timedelta(days=day), time(hour, minute))
            ends = begins + timedelta(minutes=meet.minutes)
            number = len(self.meets)
            self.meets.append((meet, begins, ends))
            told = max(
                clock.at_local(self.size.first_day, time(12, 5)),
                min(begins, self.size.until) - timedelta(days=dice.randint(6, 13)),
            )
            self._add(told, "invite", meet=number, member=self.by_key[meet.host].number)
            self._sign_up(meet, number, told, begins, dice)
            self._add(begins + timedelta(minutes=15), "doors", meet=number)

    def _sign_up(
        self, meet: Meet, number: int, told: datetime, begins: datetime, dice: random.Random
    ) -> None:
        last = min(begins, self.size.until)
        there = [m for m in self.present(told) if m.key not in {meet.host, "operator"}]
        seats = meet.seats or 40
        scale = max(1.0, self.size.residents / 220) if seats >= 40 else 1.0
        wanted = int(seats * 0.62 * meet.wanted * scale / (1 + meet.plus_ones * 0.35))
        keys = sorted((dice.random() ** (1 / one.comes), one.number) for one in there)
        chosen = [member for _key, member in keys[-wanted:]] if wanted else []
        known = self.by_key["resident"].number
        if meet.is_for_resident and known not in chosen:
            chosen.append(known)
        for member in chosen:
            span = max(60.0, (last - told).total_seconds() - 600)
            at = told + timedelta(seconds=span * dice.random() ** 1.5 + 300)
            party = 1 + (
                dice.randint(1, meet.plus_ones) if meet.plus_ones and dice.random() < 0.4 else 0
            )
            self._add(at, "register", meet=number, member=member, party=party)
            if dice.random() < 0.08 and member != known:
                later = at + timedelta(hours=dice.randint(2, 60))
                if later < begins:
                    self._add(later, "leave", meet=number, member=member)

    # --- what is bought -------------------------------------------------------------------------

    def _shop(self) -> None:
        dice = self.size.dice("orders")
        moments = list(self._moments(dice))
        if self.size.most_orders is not None and len(moments) > self.size.most_orders:
            moments = sorted(dice.sample(moments, self.size.most_orders))
        appetites = list(accumulate(member.buys for member in self.joined))
        for number, at in enumerate(moments):
            crowd = bisect_left(self._joins, at)
            buyer = self.joined[bisect(appetites, dice.random() * appetites[crowd - 1])]
            self._add(at, "order", number=number, member=buyer.number)
        self._leave_open()

    def _leave_open(self) -> None:
        """Let now be alive: one order ready for the resident, some open on the bakery's board."""
        for minutes, who, picks, fate in (
            (96, "resident", [["sourdough", 1, 1], ["osmanthus-scone", 0, 2]], "waits"),
            (71, "zhengjie", [["baguette", 0, 2], ["redbean-bun", 1, 1]], "half"),
            (58, "wangmei", [["birthday", 0, 1]], "still_accepted"),
            (33, "maria", [["walnut-rye", 1, 1], ["croissant", 0, 3]], "still_accepted"),
            (9, "ahao", [["croissant", 0, 4]], "still_placed"),
            (4, "xiaobei", [["sourdough", 0, 1], ["granola", 0, 1]], "still_placed"),
        ):
            at = self.size.until - timedelta(minutes=minutes)
            self._add(at, "today", member=self.by_key[who].number, picks=picks, fate=fate)
        self._add(self.size.until - timedelta(minutes=45), "away", shop="laochen")
        if self.size.days > 5:
            self._add(self.size.until - timedelta(days=1, hours=2), "shared_out")
        self._add(self.size.until - timedelta(seconds=1), "now")
        for who, picks, fate in (
            ("resident", [["sourdough", 0, 1]], "case_offered"),
            ("maria", [["croissant", 0, 3]], "case_new"),
            ("zhengjie", [["baguette", 0, 2]], "case_unanswered"),
        ):
            at, member = self.size.until - timedelta(days=4), self.by_key[who]
            if member.joins_at < at:
                self._add(at, "today", member=member.number, picks=picks, fate=fate)

    def _moments(self, dice: random.Random) -> Iterator[datetime]:
        for offset in range(1, self.size.days + 1):
            day = self.size.first_day + timedelta(days=offset)
            noon = clock.at_local(day, time(12))
            crowd = bisect_left(self._joins, noon) - len(VOICES) * 0.7
            mean = max(0.0, crowd) * ORDERS_A_MEMBER_A_DAY * WEEKDAYS[day.weekday()]
            count = int(mean) + (dice.random() < mean % 1)
            for _ in range(count):
                at = clock.at_local(
                    day, time(dice.choice(HOURS), dice.randrange(60), dice.randrange(60))
                )
                if at <= self.size.until:
                    yield at


def _members(size: Size) -> Iterator[Member]:
    """The ones with a voice first, then so many others, more of them at the beginning."""
    dice = size.dice("people")
    opening = clock.at_local(size.first_day, time(9))
    for number, voice in enumerate(VOICES):
        late = (
            timedelta(0)
            if voice.is_early
            else timedelta(days=min(3, size.days / 10), minutes=number)
        )
        yield Member(
            number=number,
            name=voice.name,
            hood=voice.hood,
            language=voice.speaks,
            reason="neighbours",
            joins_at=opening + late + timedelta(minutes=number),
            about=voice.about,
            signature=voice.signature,
            mail=voice.mail or f"{voice.key}@{MAIL_HOST}",
            key=voice.key,
            buys=6.0 if voice.key == "resident" else 1.2,
            talks=1.0,
            comes=1.2,
        )
    count = max(0, size.residents - len(VOICES))
    hoods = [hood.slug for hood in HOODS]
    for offset, name in enumerate(names(size.dice("names"), count)):
        number = len(VOICES) + offset
        share = dice.random() ** 1.7
        at = opening + timedelta(hours=2) + (size.until - opening - timedelta(hours=3)) * share
        is_latin = name.isascii() or name[0].isascii()
        yield Member(
            number=number,
            name=name,
            hood=dice.choice(hoods),
            language="en" if is_latin and dice.random() < 0.8 else "zh_Hans",
            reason=dice.choices(REASONS, (30, 18, 14, 16, 8, 11, 3))[0],
            joins_at=at,
            about=dice.choice(ABOUTS) if not is_latin else "",
            mail=f"r{number}@{MAIL_HOST}",
            buys=dice.choice((0.05, 0.3, 1.0, 1.0, 2.0, 4.0)),
            talks=dice.choice((0.05, 0.3, 1.0, 2.0)),
            comes=dice.choice((0.1, 0.5, 1.0, 2.0)),
        )

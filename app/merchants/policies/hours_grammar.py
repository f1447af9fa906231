"""The grammar of OpenStreetMap's opening_hours: words in, rules out, or a refusal by name.

Known: several rules (; , ||), years, dates and ranges of them, weeks, weekdays with [nth], public
and school holidays (PH, SH), Easter, offsets in days, times past midnight, the sun's times, open
ends, off/closed/unknown/open and comments, in any order within a rule. Not known, and so refused by
name: points in time and intervals (12:00, 10:00-16:00/90), which say when something happens and
not when a shop is open. Source: the specification at wiki.openstreetmap.org.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import HoursError
from app.merchants.policies.hours_words import ALWAYS, MONTHS, SUN, WEEKDAYS, Token, words_of

LONGEST = 500
DAY = 24 * 60
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RuleState(StrEnum):
    """What a rule says of the time it covers."""

    OPEN = "open"
    CLOSED = "off"
    UNKNOWN = "unknown"


class Joint(StrEnum):
    """How a rule stands to the one before it."""

    NORMAL = ";"
    ADDITIONAL = ","
    FALLBACK = "||"


@dataclass(frozen=True, slots=True)
class Years:
    """Years from, to (None: for ever), every so many."""

    first: int
    last: int | None
    step: int = 1


@dataclass(frozen=True, slots=True)
class DatePoint:
    """A date that comes every year, or once: a day of a month, an nth weekday of it, or Easter."""

    month: int = 0
    day: int = 0
    year: int | None = None
    weekday: int | None = None
    nth: int = 0
    offset: int = 0
    is_easter: bool = False


@dataclass(frozen=True, slots=True)
class DateSpan:
    """From one date to another, both in, every so many days; a bare month is all of it."""

    first: DatePoint
    last: DatePoint
    is_open_ended: bool = False
    step: int = 1


@dataclass(frozen=True, slots=True)
class Weeks:
    """ISO weeks from, to, every so many."""

    first: int
    last: int
    step: int = 1


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Weekdays from, to; with `nth` only those of the month, moved by `offset` days."""

    first: int
    last: int
    nth: frozenset[int] = frozenset()
    offset: int = 0


class Holiday(StrEnum):
    """Days that others appoint."""

    PUBLIC = "ph"
    SCHOOL = "sh"


@dataclass(frozen=True, slots=True)
class Holidays:
    """Holidays of a kind, or the days so many after them."""

    kind: Holiday
    offset: int = 0


@dataclass(frozen=True, slots=True)
class SunTime:
    """A moment of the sun's day, moved by so many minutes."""

    event: str
    offset: int = 0


Moment = int | SunTime
Days = tuple[Weekdays | Holidays, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """From, to, in minutes from midnight or by the sun; what ends past 1440 ends the next day."""

    first: Moment
    last: Moment


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it holds and what it then says; of `dates` and `days` one of each list."""

    joint: Joint = Joint.NORMAL
    years: tuple[Years, ...] = ()
    dates: tuple[tuple[DateSpan, ...], ...] = ()
    weeks: tuple[Weeks, ...] = ()
    days: tuple[Days, ...] = ()
    times: tuple[Times, ...] = ()
    state: RuleState = RuleState.OPEN
    comment: str = ""


@dataclass(slots=True)
class _Draft:
    """A rule while it is read; `said` tells in which order its parts came."""

    joint: Joint
    years: list[Years] = field(default_factory=list)
    dates: list[list[DateSpan]] = field(default_factory=list)
    weeks: list[Weeks] = field(default_factory=list)
    days: list[list[Weekdays | Holidays]] = field(default_factory=list)
    times: list[Times] = field(default_factory=list)
    state: RuleState | None = None
    comments: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def rule(self) -> Rule:
        comment = " ".join(self.comments)
        unsaid = RuleState.UNKNOWN if comment else RuleState.OPEN
        return Rule(
            self.joint, tuple(self.years), tuple(tuple(dates) for dates in self.dates),
            tuple(self.weeks), tuple(tuple(days) for days in self.days), tuple(self.times),
            self.state or unsaid, comment,
        )  # fmt: skip

    @property
    def is_bare(self) -> bool:
        """Whether it names days only: no times and nothing about them."""
        return not {"times", "always", "state", "comment"} & set(self.said)


def parsed(text: str) -> tuple[Rule, ...]:
    """Return the rules of an opening_hours value; refuses by name what it does not know."""
    if len(text) > LONGEST:
        raise HoursError(_l("Opening hours may have %(n)s characters at most."), n=LONGEST)
    return _Parser(words_of(text), len(text)).rules()


class _Parser:
    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens = tokens
        self.end = Token("end", "", length)
        self.here = 0
        self.parts: dict[str, tuple[Callable[[], bool], Callable[[_Draft], None]]] = {
            "always": (lambda: self._says(ALWAYS), self._take_always),
            "dates": (self._starts_date, self._take_dates),
            "years": (self._is_year, self._take_years),
            "weeks": (lambda: self._says("week"), self._take_weeks),
            "days": (self._starts_day, self._take_days),
            "times": (self._starts_time, self._take_times),
            "state": (lambda: self._says(*RuleState), self._take_state),
            "comment": (lambda: self._peek().kind == "comment", self._take_comment),
        }

    # -- looking -----------------------------------------------------------------------------
    def _peek(self, ahead: int = 0) -> Token:
        at = self.here + ahead
        return self.tokens[at] if at < len(self.tokens) else self.end

    def _is(self, *signs: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "sign" and token.text in signs

    def _says(self, *words: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "word" and token.text in words

    def _takes(self, *texts: str) -> bool:
        if self._is(*texts) or self._says(*texts):
            self.here += 1
            return True
        return False

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            self._refuse()

    def _refuse(self, token: Token | None = None) -> NoReturn:
        token = token or self._peek()
        raise HoursError(part=token.written or token.text or _l("the end"), at=token.at + 1)

    def _number(self, low: int, high: int) -> int:
        token = self._peek()
        if token.kind != "number" or not low <= int(token.text) <= high:
            self._refuse()
        self.here += 1
        return int(token.text)

    def _is_number(self, ahead: int = 0, *, digits: int = 2) -> bool:
        token = self._peek(ahead)
        return token.kind == "number" and len(token.text) <= digits

    def _is_year(self, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "number" and len(token.text) == 4

    # -- rules -------------------------------------------------------------------------------
    def rules(self) -> tuple[Rule, ...]:
        drafts: list[_Draft] = []
        while self._takes(";"):
            pass
        joint = Joint.NORMAL
        while self._peek().kind != "end":
            drafts.append(self._rule(joint, drafts[-1] if drafts else None))
            joint = self._joint()
        if not drafts:
            if self.tokens:
                self._refuse(self.tokens[0])
            raise HoursError(_l("Say at least one opening time, or “off”."))
        return tuple(draft.rule() for draft in drafts)

    def _joint(self) -> Joint:
        """Take what stands between two rules; where nothing does, the second adds to the first."""
        token = self._peek()
        if token.kind == "end":
            return Joint.NORMAL
        if not self._takes(";", ",", "||"):
            return Joint.ADDITIONAL
        while token.text == ";" and self._takes(";"):
            pass
        return Joint(token.text)

    def _rule(self, joint: Joint, before: _Draft | None, stop: int | None = None) -> _Draft:
        begun, draft, places = self.here, _Draft(joint), list[int]()
        part = self._next_part()
        if joint is Joint.ADDITIONAL:
            self._check_comma(part, before)
        while part and self.here != stop:
            if not self._belongs(part, draft):
                break
            draft.said.append(part)
            places.append(self.here)
            self.parts[part][1](draft)
            if part in ("dates", "years", "weeks", "days"):
                self._take_colon()
            elif part in ("always", "state") and self._is(":") and self._peek(1).kind != "end":
                self.here += 1
            part = self._next_part()
        if not draft.said or not (part or self._is(";", ",", "||") or self._peek().kind == "end"):
            self._refuse()
        if part == "times" and stop is None and self.here < len(self.tokens):
            # Mo 8:00-12:00 Tu 9:00-12:00: the second rule began with its day, not with its times.
            after = len(draft.said) - draft.said[::-1].index("times")
            self.here = begun
            return self._rule(joint, before, places[after])
        return draft

    def _next_part(self) -> str:
        return next((name for name, (starts, _take) in self.parts.items() if starts()), "")

    @staticmethod
    def _belongs(part: str, draft: _Draft) -> bool:
        """Whether a part goes on with the rule: each comes once, lists of one kind go on."""
        return part not in draft.said or draft.said[-1] == part or part == "comment"

    def _check_comma(self, part: str, before: _Draft | None) -> None:
        """Refuse `We, Aug Mo`: what the comma joins there cannot be told."""
        if part in ("dates", "years", "weeks") and before is not None and before.is_bare:
            raise HoursError(
                _l("Write “;” before “%(part)s”: after a comma it is not clear what it goes with."),
                part=self._peek().written,
            )

    def _take_colon(self) -> None:
        if self._is(":"):
            self.here += 1
            if not self._next_part():
                self._refuse()

    def _take_always(self, draft: _Draft) -> None:
        self.here += 1
        draft.times.append(Times(0, DAY))

    def _take_state(self, draft: _Draft) -> None:
        draft.state = RuleState(self._peek().text)
        self.here += 1

    def _take_comment(self, draft: _Draft) -> None:
        draft.comments.append(self._peek().text)
        self.here += 1

    # -- years, dates, weeks -----------------------------------------------------------------
    def _take_years(self, draft: _Draft) -> None:
        draft.years.append(self._years())
        while self._is(",") and self._is_year(1) and not self._starts_date(1):
            self.here += 1
            draft.years.append(self._years())

    def _years(self) -> Years:
        first = self._number(1900, 9999)
        last: int | None = first
        step = 1
        if self._takes("+"):
            last = None
        elif self._is("-") and self._peek(1).kind == "number":
            self.here += 1
            last = self._number(first + 1, 9999)
        if self._takes("/"):
            step = self._number(1, 100)
            last = None if last == first else last
        return Years(first, last, step)

    def _take_weeks(self, draft: _Draft) -> None:
        self.here += 1
        draft.weeks.append(self._week())
        while self._is(",") and (self._is_number(1) or self._says("week", ahead=1)):
            self.here += 1
            self._takes("week")
            draft.weeks.append(self._week())

    def _week(self) -> Weeks:
        first = last = self._number(1, 53)
        step = 1
        if self._takes("-"):
            last = self._number(first, 53)
            if self._takes("/"):
                step = self._number(2, 26)
        return Weeks(first, last, step)

    def _starts_date(self, ahead: int = 0) -> bool:
        ahead += self._is_year(ahead)
        return self._says(*MONTHS, "easter", ahead=ahead)

    def _take_dates(self, draft: _Draft) -> None:
        """Take a list of dates. Two lists without a comma between must both hold."""
        found = self._dates()
        while self._is(",") and self._starts_date(1):
            self.here += 1
            found += self._dates()
        draft.dates.append(found)

    def _dates(self) -> list[DateSpan]:
        """Return the dates of one month or range, and the further days of that month in a list."""
        year = self._number(1900, 9999) if self._is_year() else None
        spans = [self._date_span(year)]
        while self._is(",") and self._is_day_of_month(1) and spans[-1].last.day:
            self.here += 1
            month = spans[-1].last.month
            first = last = self._day_of(month)
            if self._is("-") and self._is_number(1):
                self.here += 1
                last = self._day_of(month, least=first)
            first_point, last_point = DatePoint(month, first, year), DatePoint(month, last, year)
            spans.append(DateSpan(first_point, last_point, step=self._period()))
        return spans

    def _is_day_of_month(self, ahead: int = 0) -> bool:
        if not self._is_number(ahead) or self._says("am", "pm", ahead=ahead + 1):
            return False
        return 1 <= int(self._peek(ahead).text) <= 31

    def _period(self) -> int:
        return self._number(1, 31) if self._takes("/") else 1

    def _day_of(self, month: int, *, least: int = 1) -> int:
        return self._number(least, _DAYS_IN[month - 1])

    def _date_span(self, year: int | None) -> DateSpan:
        first = self._date_point(year)
        if self._is("+") and first.day:
            self.here += 1
            return DateSpan(first, first, is_open_ended=True)
        if not self._is("-"):
            return DateSpan(first, first, step=self._period())
        if self._is_number(1) and first.day:
            self.here += 1
            day = self._day_of(first.month, least=first.day)
            return DateSpan(first, DatePoint(first.month, day, year), step=self._period())
        if not self._starts_date(1):
            self._refuse(self._peek(1))
        self.here += 1
        last_year = self._number(1900, 9999) if self._is_year() else None
        begun = self._peek()
        is_day = bool(first.day) or first.weekday is not None or first.is_easter
        last = self._date_point(last_year, takes_weekday=is_day)
        if last.is_easter and (year is None) != (last_year is None):
            self._refuse(begun)
        if last_year is None and year is not None:
            turns = (last.month, last.day or 31) < (first.month, first.day)
            last = DatePoint(
                last.month, last.day, year + turns, last.weekday, last.nth, last.offset
            )  # fmt: skip
        return DateSpan(first, last, step=self._period())

    def _date_point(self, year: int | None, *, takes_weekday: bool = True) -> DatePoint:
        if self._takes("easter"):
            return DatePoint(year=year, offset=self._offset(60), is_easter=True)
        month = self._takes_one_of(MONTHS) + 1
        if self._is_day_of_month():
            return DatePoint(month, self._day_of(month), year, offset=self._offset(60))
        if takes_weekday and self._says(*WEEKDAYS) and self._is("[", ahead=1):
            weekday = self._takes_one_of(WEEKDAYS)
            self.here += 1
            nth = self._nth()
            self._needs("]")
            return DatePoint(month, 0, year, weekday, nth, self._offset(60))
        return DatePoint(month, 0, year)

    def _takes_one_of(self, names: tuple[str, ...]) -> int:
        if not self._says(*names):
            self._refuse()
        self.here += 1
        return names.index(self._peek(-1).text)

    # -- weekdays, holidays ------------------------------------------------------------------
    def _starts_day(self, ahead: int = 0) -> bool:
        return self._says(*WEEKDAYS, *Holiday, ahead=ahead)

    def _take_days(self, draft: _Draft) -> None:
        """Take a list of days. Days and holidays without a comma between must both hold."""
        group = [self._day()]
        while self._is(",") and self._starts_day(1):
            self.here += 1
            group.append(self._day())
        last = draft.days[-1] if draft.days else []
        if last and self._is_holiday(last[-1]) == self._is_holiday(group[0]):
            last += group  # Mo Tu Fr, where the commas were forgotten
        else:
            draft.days.append(group)

    @staticmethod
    def _is_holiday(days: Weekdays | Holidays) -> Holiday | None:
        return days.kind if isinstance(days, Holidays) else None

    def _day(self) -> Weekdays | Holidays:
        if self._says(*Holiday):
            self.here += 1
            return Holidays(Holiday(self._peek(-1).text), self._offset(1))
        first = self._takes_one_of(WEEKDAYS)
        if self._takes("["):
            nths = self._nths()
            self._needs("]")
            return Weekdays(first, first, frozenset(nths), self._offset(6))
        if self._is("-") and self._peek(1).kind != "number":
            self.here += 1
            return Weekdays(first, self._takes_one_of(WEEKDAYS))
        return Weekdays(first, first, offset=self._offset(6))

    def _nths(self) -> list[int]:
        found: list[int] = []
        while True:
            first = last = self._nth()
            if first > 0 and self._takes("-"):
                last = self._number(first, 5)
            found += range(first, last + 1)
            if not self._takes(","):
                return found

    def _nth(self) -> int:
        sign = -1 if self._takes("-") else 1
        return sign * self._number(1, 5)

    def _offset(self, most: int) -> int:
        if self._is("+", "-") and self._peek(1).kind == "number" and self._says("day", ahead=2):
            sign = 1 if self._takes("+") else -1
            self.here += sign < 0
            days = self._number(0, most)
            self.here += 1
            return sign * days
        return 0

    # -- times -------------------------------------------------------------------------------
    def _starts_time(self, ahead: int = 0) -> bool:
        if self._says("forenoon", "afternoon", *SUN, ahead=ahead) or self._is("(", ahead=ahead):
            return True
        if self._peek(ahead).kind == "clock":
            return True
        if not self._is_number(ahead):
            return False
        following = ahead + 1
        if self._says("am", "pm", ahead=following) or self._is("+", ahead=following):
            return not self._says("day", ahead=ahead + 3)
        if not self._is("-", ahead=following):
            return False
        # 9-12, but neither 9-12 of a month nor 9 - 2 days.
        return not self._says("day", ahead=ahead + 3)

    def _take_times(self, draft: _Draft) -> None:
        draft.times.append(self._time_span())
        while self._is(",") and self._starts_time(1):
            self.here += 1
            draft.times.append(self._time_span())

    def _time_span(self) -> Times:
        begun = self._peek()
        first, half = self._moment(DAY - 1)
        if self._takes("+"):
            return Times(first, DAY)
        if not self._takes("-"):
            raise HoursError(
                _l("“%(part)s” is a point in time; write from when to when."), part=begun.written
            )
        last, half_after = self._moment(2 * DAY)
        if self._is("/") or (self._is("+") and isinstance(last, int) and last > DAY + 16 * 60):
            self._refuse()
        self._takes("+")
        if isinstance(first, SunTime) or isinstance(last, SunTime):
            return Times(first, last)
        return _between(first, half, last, half_after)

    def _moment(self, most: int) -> tuple[Moment, str]:
        """Return a moment and, where it was said, which half of the day it is in."""
        if self._is("("):
            self.here += 1
            event = SUN[self._takes_one_of(SUN)]
            sign = 1 if self._takes("+") else -1
            if sign < 0:
                self._needs("-")
            token = self._peek()
            if token.kind != "clock":
                self._refuse()
            self.here += 1
            self._needs(")")
            return SunTime(event, sign * token.minutes), ""
        if self._says(*SUN):
            return SunTime(SUN[self._takes_one_of(SUN)]), ""
        return self._clock(most)

    def _clock(self, most: int) -> tuple[int, str]:
        half = ""
        if self._says("forenoon", "afternoon"):
            half = "am" if self._takes("forenoon") else "pm"
            self.here += half == "pm"
        token = self._peek()
        if token.kind == "clock":
            minutes = token.minutes
        elif self._is_number():
            minutes = int(token.text) * 60
        else:
            self._refuse()
        self.here += 1
        if self._says("am", "pm"):
            half = self._peek().text
            self.here += 1
            if not 60 <= minutes < 13 * 60:
                self._refuse(token)
        if half and minutes < 13 * 60:
            minutes = minutes % (12 * 60) + (12 * 60 if half == "pm" else 0)
        if minutes > most:
            self._refuse(token)
        return minutes, half


def _between(first: int, half: str, last: int, half_after: str) -> Times:
    """Return a stretch of which one end may tell for both which half of the day is meant."""
    noon = DAY // 2
    if half_after == "pm" and not half and first < noon <= first + noon < last:
        first += noon  # 4-10 pm
    if half == "pm" and not half_after and first - noon < last <= noon:
        last += noon  # 下午2点到6点
    return Times(first, last + DAY if last <= first else last)

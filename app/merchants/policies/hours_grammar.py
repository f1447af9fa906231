"""The grammar of OpenStreetMap's opening_hours: text in, rules out, or a refusal by name.

Known: several rules (; , ||), years, dates and ranges of them, weeks, weekdays with [nth], public
holidays (PH), Easter, offsets in days, times past midnight, open ends, off/closed/unknown/open and
comments. Not known, and so refused by name: school holidays, the sun's times, points in time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import HoursError

LONGEST = 500
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SUN = {"sunrise", "sunset", "dawn", "dusk"}
_CHINESE = (
    ("每天", "Mo-Su "), ("每日", "Mo-Su "), ("工作日", "Mo-Fr "), ("周末", "Sa-Su "),
    ("节假日", "PH "), ("法定假日", "PH "), ("全天", "00:00-24:00 "),
    ("休息", " off"), ("不营业", " off"),
    ("至", "-"), ("到", "-"), ("、", ","),
)  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>"[^"]*")|(?P<clock>\d{1,2}:\d{2})|(?P<number>\d+)"""
    r"""|(?P<word>[^\W\d_]+)|(?P<sign>\|\||[-,;:+\[\]()/]))"""
)


class RuleState(StrEnum):
    """What a rule says of the time it covers."""

    OPEN = "open"
    CLOSED = "closed"
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
    """From one date to another, both in; a bare month reaches from its first day to its last."""

    first: DatePoint
    last: DatePoint
    is_open_ended: bool = False


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


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes from midnight; an end past 1440 lies in the next day."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it holds and what it then says."""

    joint: Joint = Joint.NORMAL
    years: tuple[Years, ...] = ()
    dates: tuple[DateSpan, ...] = ()
    weeks: tuple[Weeks, ...] = ()
    weekdays: tuple[Weekdays, ...] = ()
    holiday_offsets: tuple[int, ...] = ()
    holiday_and_weekday: bool = False
    times: tuple[Times, ...] = ()
    state: RuleState = RuleState.OPEN
    comment: str = ""


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int


@dataclass(slots=True)
class _Draft:
    years: list[Years] = field(default_factory=list)
    dates: list[DateSpan] = field(default_factory=list)
    weeks: list[Weeks] = field(default_factory=list)
    weekdays: list[Weekdays] = field(default_factory=list)
    holiday_offsets: list[int] = field(default_factory=list)
    holiday_and_weekday: bool = False
    times: list[Times] = field(default_factory=list)


def parsed(text: str) -> tuple[Rule, ...]:
    """Return the rules of an opening_hours value; refuses by name what it does not know."""
    return _Parser(text).rules()


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    for dash in "‐‑‒–—―−~〜":
        text = text.replace(dash, "-")
    for mark in "“”„":
        text = text.replace(mark, '"')
    for number, name in zip("一二三四五六日天", (*WEEKDAYS, "su"), strict=True):
        for prefix in ("星期", "礼拜", "周", "週"):
            text = text.replace(prefix + number, name.capitalize() + " ")
    for word, ours in _CHINESE:
        text = text.replace(word, ours)
    return text


def _word_in(word: str, short: tuple[str, ...], long: tuple[str, ...], least: int) -> int | None:
    low = word.lower()
    for number, (brief, whole) in enumerate(zip(short, long, strict=True)):
        if low == brief or (len(low) >= least and whole.startswith(low)):
            return number
    return None


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise HoursError(_l("Opening hours may have %(n)s characters at most."), n=LONGEST)
        self.text = _plain(text)
        self.tokens = list(self._tokens())
        self.here = 0

    def _tokens(self) -> list[_Token]:
        found, at, end = [], 0, len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise HoursError(part=self.text[at : at + 12].strip(), at=at + 1)
            kind = match.lastgroup or ""
            found.append(_Token(kind, match.group(kind), match.start(kind)))
            at = match.end()
        return found

    # -- looking -----------------------------------------------------------------------------
    def _peek(self, ahead: int = 0) -> _Token:
        if self.here + ahead < len(self.tokens):
            return self.tokens[self.here + ahead]
        return _Token("end", "", len(self.text))

    def _is(self, *signs: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "sign" and token.text in signs

    def _takes(self, *signs: str) -> bool:
        if self._is(*signs):
            self.here += 1
            return True
        return False

    def _says(self, *words: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "word" and token.text.lower() in words

    def _refuse(self, token: _Token | None = None) -> NoReturn:
        token = token or self._peek()
        raise HoursError(part=token.text or _l("the end"), at=token.at + 1)

    def _weekday(self, ahead: int = 0) -> int | None:
        token = self._peek(ahead)
        if token.kind != "word":
            return None
        return _word_in(token.text, WEEKDAYS, _LONG_WEEKDAYS, 3)

    def _month(self, ahead: int = 0) -> int | None:
        token = self._peek(ahead)
        if token.kind != "word":
            return None
        return _word_in(token.text, MONTHS, _LONG_MONTHS, 3)

    def _year(self, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "number" and len(token.text) == 4

    def _number(self, low: int, high: int) -> int:
        token = self._peek()
        if token.kind != "number" or not low <= int(token.text[:6]) <= high:
            self._refuse()
        self.here += 1
        return int(token.text)

    # -- rules -------------------------------------------------------------------------------
    def rules(self) -> tuple[Rule, ...]:
        if not self.tokens:
            raise HoursError(_l("Say at least one opening time, or “off”."))
        rules, joint = [], Joint.NORMAL
        while self._peek().kind != "end":
            rules.append(self._rule(joint))
            if self._peek().kind == "end":
                break
            token = self._peek()
            if not self._takes(";", ",", "||"):
                self._refuse()
            joint = Joint(token.text)
        return tuple(rules)

    def _rule(self, joint: Joint) -> Rule:
        begun, draft, always = self.here, _Draft(), False
        if self._is_always():
            self.here += 3
            always = True
        else:
            self._wide(draft)
            self._small(draft)
        self._takes(":")
        state, comment, said = self._modifier()
        if begun == self.here or not (always or said or self._chosen(draft)):
            self._refuse()
        return Rule(
            joint, tuple(draft.years), tuple(draft.dates), tuple(draft.weeks),
            tuple(draft.weekdays), tuple(draft.holiday_offsets), draft.holiday_and_weekday,
            tuple(draft.times), state, comment,
        )  # fmt: skip

    def _is_always(self) -> bool:
        return (
            [self._peek(n).text for n in range(3)] == ["24", "/", "7"]
            and self._peek().kind == "number"
        )  # fmt: skip

    @staticmethod
    def _chosen(draft: _Draft) -> bool:
        return bool(
            draft.years or draft.dates or draft.weeks or draft.weekdays
            or draft.holiday_offsets or draft.times
        )  # fmt: skip

    def _modifier(self) -> tuple[RuleState, str, bool]:
        state, said = RuleState.OPEN, False
        words = {"open": RuleState.OPEN, "off": RuleState.CLOSED, "closed": RuleState.CLOSED,
                 "unknown": RuleState.UNKNOWN}  # fmt: skip
        if self._says(*words):
            state, said = words[self._peek().text.lower()], True
            self.here += 1
        self._takes(":")
        comment = ""
        if self._peek().kind == "comment":
            comment = self._peek().text.strip('"').strip()
            if not said:
                state, said = RuleState.UNKNOWN, True
            self.here += 1
        return state, comment, said

    # -- years, dates, weeks -----------------------------------------------------------------
    def _wide(self, draft: _Draft) -> None:
        while True:
            if self._year() and not self._is(":", ahead=1):
                self._years_or_date(draft)
            elif self._month() is not None or self._says("easter"):
                draft.dates += self._date_spans(None)
            elif self._says("week"):
                self.here += 1
                draft.weeks.append(self._week())
                while self._is(",") and self._peek(1).kind == "number":
                    self.here += 1
                    draft.weeks.append(self._week())
            elif self._is(",") and self._chosen(draft) and self._goes_on_wide():
                self.here += 1
                continue
            else:
                break
        if self._chosen(draft) and self._is(":"):
            self.here += 1

    def _goes_on_wide(self) -> bool:
        return self._month(1) is not None or self._year(1) or self._says("easter", ahead=1)

    def _years_or_date(self, draft: _Draft) -> None:
        if self._month(1) is not None or self._says("easter", ahead=1):
            year = self._number(1900, 9999)
            draft.dates += self._date_spans(year)
            return
        first = self._number(1900, 9999)
        last: int | None = first
        step = 1
        if self._takes("+"):
            last = None
        elif self._is("-") and self._year(1):
            self.here += 1
            last = self._number(first, 9999)
        if self._takes("/"):
            step = self._number(1, 100)
            last = None if last == first else last
        draft.years.append(Years(first, last, step))

    def _date_spans(self, year: int | None) -> list[DateSpan]:
        spans = [self._date_span(year)]
        while self._is(",") and self._peek(1).kind == "number" and not self._year(1):
            if self._is(":", ahead=2) or not spans[-1].last.day:
                break
            self.here += 1
            spans.append(self._days_of(year, spans[-1].first.month))
        return spans

    def _days_of(self, year: int | None, month: int) -> DateSpan:
        first = last = self._number(1, 31)
        if self._is("-") and self._peek(1).kind == "number":
            self.here += 1
            last = self._number(1, 31)
        return DateSpan(DatePoint(month, first, year), DatePoint(month, last, year))

    def _date_span(self, year: int | None) -> DateSpan:
        first = self._date_point(year)
        if self._is("+") and first.day:
            self.here += 1
            return DateSpan(first, first, is_open_ended=True)
        if not self._is("-"):
            return DateSpan(first, first)
        token = self._peek(1)
        if token.kind == "number" and not self._year(1) and first.day:
            self.here += 1
            return DateSpan(first, DatePoint(first.month, self._number(1, 31), year))
        if self._month(1) is None and not self._says("easter", ahead=1) and not self._year(1):
            self._refuse(token)
        self.here += 1
        last_year = self._number(1900, 9999) if self._year() else None
        takes_weekday = bool(first.day) or first.weekday is not None or first.is_easter
        last = self._date_point(last_year, takes_weekday=takes_weekday)
        if last_year is None and year is not None:
            turns = not last.is_easter and (last.month, last.day or 31) < (first.month, first.day)
            last = DatePoint(
                last.month, last.day, year + turns, last.weekday, last.nth, last.offset,
                last.is_easter,
            )  # fmt: skip
        return DateSpan(first, last)

    def _date_point(self, year: int | None, *, takes_weekday: bool = True) -> DatePoint:
        if self._says("easter"):
            self.here += 1
            return DatePoint(year=year, offset=self._offset(), is_easter=True)
        month = self._month()
        if month is None:
            self._refuse()
        self.here += 1
        token, after = self._peek(), self._peek(1)
        if token.kind == "number" and not self._year() and after.text != "/":
            day = self._number(1, 31)
            return DatePoint(month + 1, day, year, offset=self._offset())
        weekday = self._weekday()
        if takes_weekday and weekday is not None and self._is("[", ahead=1):
            self.here += 2
            nth = self._nth()
            if not self._takes("]"):
                self._refuse()
            return DatePoint(month + 1, 0, year, weekday, nth, self._offset())
        return DatePoint(month + 1, 0, year)

    def _week(self) -> Weeks:
        first = last = self._number(1, 53)
        step = 1
        if self._takes("-"):
            last = self._number(1, 53)
        if self._takes("/"):
            step = self._number(1, 53)
        return Weeks(first, last, step)

    # -- weekdays, holidays, times -----------------------------------------------------------
    def _small(self, draft: _Draft) -> None:
        self._days(draft)
        self._takes(":") if self._chosen(draft) and self._peek(1).kind != "end" else None
        if self._is("(") or self._says(*_SUN):
            raise HoursError(
                _l("Times of the sun (%(part)s) are not known here; write clock times."),
                part=self._peek(1 if self._is("(") else 0).text,
            )
        while self._starts_time():
            draft.times.append(self._time_span())
            if not (self._is(",") and self._starts_time(1)):
                break
            self.here += 1

    def _days(self, draft: _Draft) -> None:
        while True:
            if self._says("sh"):
                raise HoursError(_l("School holidays (SH) are not known here; write their dates."))
            if self._says("ph"):
                self.here += 1
                draft.holiday_offsets.append(self._offset())
                if self._weekday() is not None:
                    draft.holiday_and_weekday = True
                    continue
            elif self._weekday() is not None:
                draft.weekdays.append(self._weekdays())
            else:
                return
            if not (
                self._is(",") and (self._weekday(1) is not None or self._says("ph", "sh", ahead=1))
            ):
                return
            self.here += 1

    def _weekdays(self) -> Weekdays:
        first = self._weekday()
        assert first is not None
        self.here += 1
        if self._takes("["):
            nths = self._nths()
            if not self._takes("]"):
                self._refuse()
            return Weekdays(first, first, frozenset(nths), self._offset())
        if self._is("-") and self._weekday(1) is not None:
            last = self._weekday(1)
            assert last is not None
            self.here += 2
            return Weekdays(first, last)
        return Weekdays(first, first, offset=self._offset())

    def _nths(self) -> list[int]:
        found: list[int] = []
        while True:
            first = self._nth()
            last = first
            if first > 0 and self._takes("-"):
                last = self._number(first, 5)
            found += range(first, last + 1)
            if not self._takes(","):
                return found

    def _nth(self) -> int:
        sign = -1 if self._takes("-") else 1
        return sign * self._number(1, 5)

    def _offset(self) -> int:
        if (
            self._is("+", "-")
            and self._peek(1).kind == "number"
            and self._says("day", "days", ahead=2)
        ):
            sign = 1 if self._is("+") else -1
            self.here += 1
            days = self._number(0, 60)
            self.here += 1
            return sign * days
        return 0

    def _starts_time(self, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        if token.kind == "clock":
            return True
        if token.kind != "number" or len(token.text) > 2:
            return False
        after = ahead + 1
        return self._is("-", "+", ahead=after) or self._says("am", "pm", "h", ahead=after)

    def _time_span(self) -> Times:
        token = self._peek()
        first = self._clock(24 * 60)
        if self._takes("+"):
            return Times(first, 24 * 60)
        if not self._takes("-"):
            raise HoursError(
                _l("“%(part)s” is a point in time; write from when to when."), part=token.text
            )
        if self._is("(") or self._says(*_SUN):
            raise HoursError(
                _l("Times of the sun (%(part)s) are not known here; write clock times."),
                part=self._peek(1 if self._is("(") else 0).text,
            )
        last = self._clock(48 * 60)
        if self._is("/"):
            self._refuse()
        self._takes("+")
        if last <= first:
            last += 24 * 60
        return Times(first, last)

    def _clock(self, most: int) -> int:
        token = self._peek()
        if token.kind == "clock":
            hours, minutes = (int(part) for part in token.text.split(":"))
        elif token.kind == "number" and len(token.text) <= 2:
            hours, minutes = int(token.text), 0
        else:
            self._refuse()
        self.here += 1
        if self._says("h"):
            self.here += 1
        if self._says("am", "pm"):
            if not 1 <= hours <= 12:
                self._refuse(token)
            hours = hours % 12 + (12 if self._says("pm") else 0)
            self.here += 1
        if minutes > 59 or hours * 60 + minutes > most:
            self._refuse(token)
        return hours * 60 + minutes

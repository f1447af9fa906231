"""Opening hours: the grammar, what it means on real days, and what is refused by name."""

import csv
import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import opening_hours
import pytest
from flask import Flask

from app.core import clock
from app.core.db import db, transaction
from app.core.i18n import speaking
from app.merchants.errors import HoursError
from app.merchants.models import OpeningSpanEntry
from app.merchants.policies.hours import check_hours, open_spans, open_state
from app.merchants.policies.hours_grammar import Holidays, Rule
from app.merchants.policies.special_days import known_days
from app.merchants.services.hours import keep_late_spans
from app.merchants.types import OpeningSpan, SpecialDayKind
from tests.factories.merchants import shop
from tests.sizes import Size, size

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
KNOWN = known_days("Asia/Shanghai")


CHENGDU = (30.57, 104.07)


def on(
    text: str,
    day: date = MONDAY,
    point: tuple[float, float] | None = None,
    **special: SpecialDayKind,
) -> str:
    """Say when a day's hours are, as 08:00-12:00 14:00-18:00."""
    days = dict(KNOWN) | {
        date.fromisoformat(key[1:].replace("_", "-")): kind for key, kind in special.items()
    }
    spans = open_spans(
        check_hours(text), first=day, last=day, zone=ZONE, special_days=days, point=point
    )
    shown = []
    for span in spans:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        start = max(span.starts_at.astimezone(ZONE), midnight)
        end = min(span.ends_at.astimezone(ZONE), midnight + timedelta(days=1))
        if start < end:
            shown.append(f"{start:%H:%M}-{end:%H:%M}")
    return " ".join(shown)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("24/7", "00:00-00:00"),
        ("Mo-Fr 08:00-12:00,14:00-18:00", "08:00-12:00 14:00-18:00"),
        ("Mo-Fr 08:00-18:00; Sa 09:00-12:00; PH off", "08:00-18:00"),
        ("Tu-Su 08:00-18:00", ""),
        ("Sa-Mo 10:00-20:00", "10:00-20:00"),
        ("Mo,We,Fr 10:00-20:00", "10:00-20:00"),
        ("10-12", "10:00-12:00"),
        ("9am-5pm", "09:00-17:00"),
        ("Mo-Su 08:00-18:00; Mo off", ""),
        ("Mo-Su 08:00-18:00; Mo 10:00-11:00", "10:00-11:00"),
        ("Mo-Su 08:00-18:00, Mo 20:00-21:00", "08:00-18:00 20:00-21:00"),
        ("Mo-Su 08:00-18:00; Mo 12:00-13:00 off", "08:00-12:00 13:00-18:00"),
        ("Nov 08:00-18:00", "08:00-18:00"),
        ("Dec-Feb 08:00-18:00", ""),
        ("Oct-Mar Mo 08:00-18:00", "08:00-18:00"),
        ("Nov 20-Dec 5 off", ""),
        ("08:00-18:00; Nov 20-Dec 5 off", ""),
        ("08:00-18:00; 2026 Nov 23 off", ""),
        ("08:00-18:00; 2027 Nov 23 off", "08:00-18:00"),
        ("2026 Dec 20-2027 Jan 5 off; 08:00-18:00", "08:00-18:00"),
        ("2020-2030/2 08:00-18:00", "08:00-18:00"),
        ("2021-2031/2 08:00-18:00", ""),
        ("week 1-53/2 08:00-18:00", ""),
        ("week 48 08:00-18:00", "08:00-18:00"),
        ("Mo[4] 08:00-18:00", "08:00-18:00"),
        ("Mo[-1] 08:00-18:00", ""),
        ("Mo[1,4] 08:00-18:00", "08:00-18:00"),
        ('08:00-12:00 open "ring the bell"', "08:00-12:00"),
        ('08:00-12:00 "by appointment"', ""),
        ("Tu 08:00-12:00 || Mo 09:00-10:00", "09:00-10:00"),
        ("Mo 08:00-12:00 || 09:00-14:00", "08:00-14:00"),
        ('Mo 08:00-12:00 || "call us"; Mo off', ""),
        ("Apr-Nov Mo[4] 14:00-18:00", "14:00-18:00"),
        ("Apr-Oct Mo[4] 14:00-18:00", ""),
        ("Mar Su[-1]-Dec Su[1] 09:00-12:00", "09:00-12:00"),
        ("18:00+", "18:00-00:00"),
        ("周一至周五 8:00-18:00；节假日休息", "08:00-18:00"),
        ("每天上午9点到12点，下午2点到6点半", "09:00-12:00 14:00-18:30"),
        ("周一、周三 9点30分至17点", "09:30-17:00"),
        ("11月20日至12月5日休息；10:00-20:00", "10:00-20:00"),
        ("10:00-20:00；2026年11月23日休息", ""),
        ("24小时营业", "00:00-00:00"),
        ("9am-5.30pm", "09:00-17:30"),
        ("4-10 pm", "16:00-22:00"),
        ("10h30 bis 18h", "10:30-18:00"),
        ("lundi-vendredi 9:00-12:00", "09:00-12:00"),
        ("12:00-14:00 16:00-18:00", "12:00-14:00 16:00-18:00"),
        ("Mo 08:00-12:00 Tu 09:00-10:00", "08:00-12:00"),
        ("Tu 08:00-12:00 Mo 09:00-10:00", "09:00-10:00"),
        ("09:00-10:00 Mo week 48 Nov", "09:00-10:00"),
        ("open Mo 09:00-10:00", "09:00-10:00"),
        ("Nov 01-30/11 10:00-20:00", "10:00-20:00"),
        ("Nov 01-30/10 10:00-20:00", ""),
        ("PH Mo 10:00-12:00", ""),
        ("Mo,PH 10:00-12:00", "10:00-12:00"),
        ("sunrise-sunset", "06:00-18:00"),
        ("(sunrise+01:00)-(sunset-00:30)", "07:00-17:30"),
        ("17:00-late", "17:00-00:00"),
        ("Monday-Friday: 08:00–18:00", "08:00-18:00"),
        ("off", ""),
    ],
)
def test_a_value_means_these_hours_on_a_monday(text: str, monday: str) -> None:
    """Each rule of the grammar, on the same ordinary Monday."""
    assert on(text) == monday


def test_a_night_shift_reaches_into_the_next_day() -> None:
    """What begins on Friday night is still open on Saturday morning, unless Saturday's rule adds to
    it.
    """
    saturday = date(2026, 11, 28)
    assert on("Fr 20:00-02:00", saturday) == "00:00-02:00"
    assert on("Fr 20:00-26:00; Sa 12:00-14:00", saturday) == "00:00-02:00 12:00-14:00"


def test_public_holidays_and_make_up_work_days_are_known() -> None:
    """National Day is a holiday; the make-up Saturday after it follows Friday's hours."""
    text = "Mo-Fr 09:00-18:00; Sa 10:00-12:00; PH off"
    assert on(text, date(2026, 10, 1)) == ""
    assert on(text, date(2026, 10, 8)) == "09:00-18:00"
    assert on(text, date(2026, 10, 10)) == "09:00-18:00"
    assert on(text, date(2026, 10, 17)) == "10:00-12:00"
    assert on("Mo-Fr 09:00-18:00; PH 12:00-14:00", date(2026, 10, 2)) == "12:00-14:00"
    assert on("Mo-Fr 09:00-18:00; PH off", MONDAY, d2026_11_23=SpecialDayKind.HOLIDAY) == ""


def test_open_state_says_until_when_and_when_next() -> None:
    """At ten it is open until noon, at one it opens again at two."""
    spans = open_spans(
        check_hours("08:00-12:00,14:00-18:00"),
        first=MONDAY,
        last=MONDAY,
        zone=ZONE,
        special_days={},
    )
    ten = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert open_state(spans, ten).until == ten + timedelta(hours=2)
    one = open_state(spans, ten + timedelta(hours=3))
    assert (one.is_open, one.opens_at) == (False, ten + timedelta(hours=4))


def test_a_closed_day_closes_only_that_day() -> None:
    """ "Closed today" takes today's hours away and leaves tomorrow's."""
    spans = open_spans(
        check_hours("08:00-12:00"),
        first=MONDAY,
        last=MONDAY + timedelta(days=1),
        zone=ZONE,
        special_days={},
        closed_days=[MONDAY],
    )
    assert [span.starts_at.astimezone(ZONE).date() for span in spans] == [
        MONDAY + timedelta(days=1)
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mo-Fr abc", "abc"),
        ("Mo-Fr 25:00-26:00", "25:00"),
        ("Mo-Fr 08:00", "08:00"),
        ("Mo-Fr 10:00-16:00/90", "/"),
        ("dusk", "dusk"),
        ("summer 10:00-18:00", "summer"),
        ("pn 10:00-12:00", "pn"),
        ("Feb 30 off", "30"),
        ("We, Aug Mo", "Aug"),
        ("Mo,,Th", ","),
        ("week 0", "0"),
        ("Su-PH 10:00-12:00", "PH"),
        ("今天 9点到12点", "今天"),
        ("“open", "open"),
        ("Mo-Fr 08:60-10:00", "08:60"),
        ("Xx 08:00-10:00", "Xx"),
        ("08:00-18:00 lunch", "lunch"),
        ("", "opening time"),
        ("Jan 32", "32"),
        ("x" * 600, "500"),
        ("<script>", "<script>"),
    ],
)
def test_what_is_not_known_is_refused_by_name(text: str, named: str) -> None:
    """A value that cannot be honoured is refused, and the sentence names the part."""
    with pytest.raises(HoursError) as refused:
        check_hours(text)
    with speaking("en"):
        assert named in str(refused.value)


def test_the_sun_is_asked_where_the_shop_is() -> None:
    """In Chengdu the winter sun rises near eight by the clock of Beijing, and sets after six."""
    assert on("sunrise-sunset", date(2026, 1, 5), CHENGDU) == "08:01-18:16"
    assert on("sunset-sunrise", date(2026, 1, 5), CHENGDU) == "00:00-08:01 18:16-00:00"
    assert on("sunrise-08:30", date(2026, 1, 5), CHENGDU) == "08:01-08:30"
    assert on("sunrise-07:30", date(2026, 1, 5), CHENGDU) == ""
    assert on("dawn-dusk", date(2026, 6, 21), (78.2, 15.6)) == "05:30-18:30"


def test_the_town_says_when_its_schools_are_closed(app: Flask) -> None:
    """Hours by school holidays (SH) follow what the command was told, and are renewed by it."""
    shop(opening_hours="Mo-Fr 16:00-18:00; SH 09:00-11:00", at=datetime(2026, 11, 22, tzinfo=UTC))
    told = app.test_cli_runner().invoke
    wrong = told(args=["hours", "school-break", "2026-11-24", "2026-11-23"])
    assert wrong.exit_code == 1
    assert "before" in wrong.output
    for command, tuesday in (
        (["2026-11-23", "2026-11-24", "--name", "秋假"], 9),
        (["2026-11-23"], 16),
    ):
        assert told(args=["hours", "school-break", *command]).exit_code == 0
        with clock.travel(datetime(2026, 11, 22, tzinfo=UTC)), transaction():
            assert keep_late_spans(at=clock.now()) == 1
        starts = [row.starts_at.astimezone(ZONE) for row in db.session.query(OpeningSpanEntry)]
        assert {start.day: start.hour for start in starts}[24] == tuesday
        assert {start.day: start.hour for start in starts}[25] == 16
        db.session.rollback()


def test_a_refusal_names_the_place_in_the_text_as_it_was_written() -> None:
    """The character that is counted is the reader's own, whatever it was read as."""
    for text, place in (("周一至周五 8点到18点，今天", 14), ("Mo ½ 9-12", 4), ("9°° to tea", 8)):
        with pytest.raises(HoursError) as refused:
            check_hours(text)
        with speaking("en"):
            assert f"(character {place})" in str(refused.value)


def _corpus(data_dir: Path) -> dict[str, list[str]]:
    """The values that another reader of these hours is tested with, by the name of their test."""
    file = data_dir / "merchants" / "opening_hours" / "oh_js_tests.tsv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))[1:]
    found: dict[str, list[str]] = {}
    for name, value, _result in rows:
        found.setdefault(name, []).append(value)
    return found


def _read(text: str) -> tuple[Rule, ...] | None:
    try:
        return check_hours(text)
    except HoursError:
        return None


# Tests of that reader whose values are no hours of a shop: points in time (its modes 1 and 2), a
# language given beside the text, and what it refuses itself.
NO_HOURS = (
    "Points in time", "mode", "Missing minutes", "Missing time separator", "pn means",
    "Season words", "Incorrect syntax", "ambiguous cross-locale", "locale-mismatched",
    "beyond six days", "Wrong constructor",
)  # fmt: skip


def test_what_another_reader_accepts_is_read_and_what_it_refuses_is_refused(data_dir: Path) -> None:
    """All but three values of its tests: a bare “yes”, a day called F, and a lost “:”."""
    tests = _corpus(data_dir)
    refused = tests["Incorrect syntax which should throw an error"]
    assert len(refused) == 118
    assert [text for text in refused if _read(text)] == []
    seasons = tests["Season words should fail with explicit date-range guidance"]
    assert [text for text in seasons if _read(text)] == []
    accepted = [
        text
        for name, texts in tests.items()
        if not any(word in name for word in NO_HOURS)
        for text in texts
    ]
    assert len(accepted) > 750
    assert len([text for text in accepted if _read(text) is None]) <= 3


# Its tests whose values all mean the same, by the beginning of their names.
SAME = (
    "Time zero intervals (always closed)", "Error tolerance: dot", "Error tolerance: Correctly ha",
    "Error tolerance: Time intervals", "Fixed time followed by open end, wrapping", "#622",
    "Weekdays", "SH", "Time ranges spanning midnight with", "Week range", "Full day",
    "Last day in month", "Selector order", "Error tolerance: case", "Error tolerance: weekdays",
    "Error tolerance: languages", "Additional comment ", "Error tolerance: month names",
    "Error tolerance: Cyrillic", "Error tolerance: Full range", "Date overwriting",
)  # fmt: skip


def test_what_another_reader_holds_to_be_the_same_is_the_same_here(data_dir: Path) -> None:
    """Values of one of its tests, written in many ways, open and close at the same instants."""
    holiday = {date(2026, 1, 1): SpecialDayKind.HOLIDAY}
    compared = 0
    for name, texts in _corpus(data_dir).items():
        if not name.startswith(SAME):
            continue
        meanings: dict[tuple[OpeningSpan, ...], list[str]] = {}
        for text in dict.fromkeys(texts):
            if (rules := _read(text)) is None:
                continue
            spans = open_spans(
                rules, first=date(2026, 1, 1), last=date(2026, 12, 31), zone=ZONE,
                special_days=holiday, school_breaks=[date(2026, 7, n) for n in range(1, 31)],
            )  # fmt: skip
            meanings.setdefault(tuple(replace(span, comment="") for span in spans), []).append(text)
        compared += len(texts) > 1
        exempt = {
            "Error tolerance: Correctly handle am/pm time.": 6,
            "SH: Only if SH is Wednesday": 2,
            "Weekdays": 1,
            "Selector order": 3,
        }
        assert len(meanings) <= exempt.get(name, 1), (name, list(meanings.values()))
    assert compared >= 20


def _is_told_otherwise(text: str, rules: tuple[Rule, ...]) -> bool:
    """Whether the other library is known to read a value in its own way.

    It takes a bare comment for “open” and a fallback for whole days, cuts a night short where the
    next day has a rule of its own, and holds holidays beside weekdays to be either.
    """
    holidays = any(
        isinstance(day, Holidays) for rule in rules for group in rule.days for day in group
    )
    nights = any(isinstance(t.last, int) and t.last > 24 * 60 for rule in rules for t in rule.times)
    by_sun = any(word in text for word in ("sun", "dawn", "dusk"))
    return '"' in text or "||" in text or holidays or nights or by_sun


@pytest.mark.sized
def test_an_independent_library_opens_and_closes_at_the_same_instants(data_dir: Path) -> None:
    """Each value that both read is asked every 35 minutes of up to 45 days in four seasons."""
    sample = data_dir / "merchants" / "opening_hours" / "oh_rs_sample.txt"
    texts = {line.strip() for line in sample.read_text(encoding="utf-8").splitlines()}
    texts |= {text for texts in _corpus(data_dir).values() for text in texts}
    compared, wrong = 0, []
    for text in sorted(texts):
        rules = _read(text)
        if rules is None or _is_told_otherwise(text, rules) or not opening_hours.validate(text):
            continue
        other = opening_hours.OpeningHours(text)
        compared += 1
        for month in (1, 4, 7, 11):
            first = date(2026, month, 1)
            last = first + timedelta(days={Size.QUICK: 4, Size.CI: 10, Size.FULL: 45}[size()])
            spans = open_spans(rules, first=first, last=last, zone=UTC, special_days={})
            at = datetime(2026, month, 1, 0, 5, tzinfo=UTC)
            while at.date() < last:
                ours = any(span.starts_at <= at < span.ends_at for span in spans)
                if ours != other.is_open(at.replace(tzinfo=None)):
                    wrong.append((text, at))
                    break
                at += timedelta(minutes=35)
    assert wrong == []
    assert compared > 225


def test_the_parisian_shops_are_read(data_dir: Path) -> None:
    """Every value of a real sample is read, and can be laid over days."""
    file = data_dir / "merchants" / "opening_hours" / "oh_rs_sample.txt"
    values = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    values = [value for value in values if value and not value.startswith("#")]
    assert len(values) == 195
    fortnight = MONDAY + timedelta(days=14)
    for value in values:
        open_spans(check_hours(value), first=MONDAY, last=fortnight, zone=ZONE, special_days=KNOWN)

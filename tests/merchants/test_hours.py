"""Opening hours: the grammar, what it means on real days, and what is refused by name."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.i18n import speaking
from app.merchants.errors import HoursError
from app.merchants.policies.hours import check_hours, open_spans, open_state
from app.merchants.policies.special_days import known_days
from app.merchants.types import SpecialDayKind

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
KNOWN = known_days("Asia/Shanghai")


def on(text: str, day: date = MONDAY, **special: SpecialDayKind) -> str:
    """Say when a day's hours are, as 08:00-12:00 14:00-18:00."""
    days = dict(KNOWN) | {
        date.fromisoformat(key[1:].replace("_", "-")): kind for key, kind in special.items()
    }
    spans = open_spans(check_hours(text), first=day, last=day, zone=ZONE, special_days=days)
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
        ("sunrise-sunset", "sunrise"),
        ("SH off", "SH"),
        ("Mo-Fr 08:60-10:00", "08:60"),
        ("Xx 08:00-10:00", "Xx"),
        ("08:00-18:00 lunch", "lunch"),
        ("", "opening time"),
        ("Jan 32", "32"),
        ("x" * 600, "500"),
        ("08:00-18:00/01:00", "/"),
        ("<script>", "<script>"),
    ],
)
def test_what_is_not_known_is_refused_by_name(text: str, named: str) -> None:
    """A value that cannot be honoured is refused, and the sentence names the part."""
    with pytest.raises(HoursError) as refused:
        check_hours(text)
    with speaking("en"):
        assert named in str(refused.value)


def test_the_parisian_shops_are_read(data_dir: Path) -> None:
    """Of a real sample at least 98 of 100 values are read; the rest is refused, never misread."""
    file = data_dir / "merchants" / "opening_hours" / "oh_rs_sample.txt"
    if not file.is_file():
        pytest.skip("the sample of opening hours is not there")
    values = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    values = [value for value in values if value and not value.startswith("#")]
    refused = []
    for value in values:
        try:
            rules = check_hours(value)
        except HoursError as error:
            refused.append((value, str(error)))
            continue
        open_spans(
            rules, first=MONDAY, last=MONDAY + timedelta(days=14), zone=ZONE, special_days=KNOWN
        )
    assert len(values) == 195
    assert len(refused) <= 3, refused
    assert all("sun" in reason for _value, reason in refused), refused

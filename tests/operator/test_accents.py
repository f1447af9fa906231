"""Every colour that a town may choose is read well, by day and by night."""

import re
from pathlib import Path

import pytest

from app.operator.policies.kinds import ACCENTS

CSS = (Path(__file__).resolve().parents[2] / "static/css/linli.css").read_text()
READ = 4.5  # WCAG 2.2 AA, for text
NAMES = ("accent", "on-accent", "accent-text", "accent-tint")


def tokens(block: str) -> dict[str, str]:
    """Return the colours that a block of rules sets."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-Fa-f]{6})", block))


def light(colour: str) -> float:
    """Return a colour's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def ground(scheme: str) -> dict[str, str]:
    """Return the tokens of the page itself, by day or by night."""
    start = ":root {" if scheme == "day" else '[data-theme="dark"], .dark-room {'
    return tokens(CSS.split(start, 1)[1].split("}", 1)[0])


def accent(scheme: str, name: str) -> dict[str, str]:
    """Return what a colour sets, by day or by night."""
    start = {
        "day": f'\n[data-accent="{name}"]',
        "night": f'\n[data-theme="dark"][data-accent="{name}"]',
    }
    return tokens(CSS.split(start[scheme], 1)[1].split("}", 1)[0])


@pytest.mark.parametrize("scheme", ["day", "night"])
@pytest.mark.parametrize("name", list(ACCENTS))
def test_each_colour_is_read_well(scheme: str, name: str) -> None:
    page, own = ground(scheme), accent(scheme, name)
    assert set(own) == set(NAMES)
    pairs = [("on-accent", "accent"), ("accent-text", "accent-tint")]
    assert [contrast(own[front], own[back]) >= READ for front, back in pairs] == [True, True]
    for back in ("paper", "card"):
        assert contrast(own["accent-text"], page[back]) >= READ, back
        assert contrast(own["accent"], page[back]) >= 3, back


@pytest.mark.parametrize("name", list(ACCENTS))
def test_night_by_the_device_is_night_by_choice(name: str) -> None:
    asked = f':root:not([data-theme="light"])[data-accent="{name}"]'
    by_device = tokens(CSS.split(asked, 1)[1].split("}", 1)[0])
    assert by_device == accent("night", name)


def test_a_colour_that_cannot_be_read_is_seen() -> None:
    assert contrast("#FFFFFF", "#E2B45C") < READ
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)

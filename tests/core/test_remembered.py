"""Parts of pages that are remembered: made once for the same inputs, and never out of date."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.core.i18n import speaking
from app.core.templating import Parts


class Making:
    """A part that counts how often it was made."""

    def __init__(self, text: str = "{}") -> None:
        self.times, self.text = 0, text

    def __call__(self, *inputs: Any) -> str:
        self.times += 1
        return self.text.format(*inputs)


def test_a_part_is_made_once_for_the_same_inputs() -> None:
    parts, card = Parts(1000), Making("<li>{}</li>")
    assert [parts.remembered(card, "rice"), parts.remembered(card, "rice")] == ["<li>rice</li>"] * 2
    assert parts.remembered(card, "tea") == "<li>tea</li>"
    assert card.times == 2


def test_another_language_and_another_kind_of_value_make_another_part() -> None:
    parts, card = Parts(1000), Making()
    for code in ("en", "zh_Hans"):
        with speaking(code):
            parts.remembered(card, 1)
    assert card.times == 2
    with speaking("en"):
        assert [parts.remembered(card, 1), parts.remembered(card, True)] == ["1", "True"]


def test_what_was_not_asked_for_lately_is_forgotten_and_the_rest_stays() -> None:
    parts, card = Parts(100), Making("{:0>10}")
    for number in range(1000):
        parts.remembered(card, number)
        parts.remembered(card, 0)
    assert card.times == 1000, "the one that was asked for all the time was made once"
    assert sum(map(len, [*parts._young.values(), *parts._old.values()])) <= 100


def test_nothing_is_remembered_where_no_letter_may_be() -> None:
    parts, card = Parts(0), Making("<b>{}</b>")
    assert [parts.remembered(card, 1), parts.remembered(card, 1)] == ["<b>1</b>"] * 2
    assert card.times == 2


def test_what_cannot_be_compared_is_no_input() -> None:
    with pytest.raises(TypeError):
        Parts(100).remembered(Making(), ["a list may change"])


def test_a_part_that_shows_more_than_its_inputs_is_found(app: Flask) -> None:
    """The application under test makes every part again: the whole suite watches over this."""
    shown = {"hour": 1}
    parts = Parts(100, is_checked=True)
    make = lambda name: f"{name} {shown['hour']}"  # noqa: E731 - one line shows the fault
    assert parts.remembered(make, "open until") == "open until 1"
    shown["hour"] = 2
    with pytest.raises(RuntimeError, match="not among its inputs"):
        parts.remembered(make, "open until")
    assert app.jinja_env.globals["remembered"].__self__._is_checked

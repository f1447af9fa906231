import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.db import transaction
from app.core.errors import FieldError
from app.moderation import queries, services
from app.moderation.errors import RefusedWordError, SilencedError, WordTakenError
from app.moderation.policies.reading import WordList, check_not_refused, folded
from app.moderation.types import Outcome, WordOutcome
from tests.sizes import naughty_strings

ANA = Viewer(id=1, name="Ana")


def _listed(**words: str) -> None:
    with transaction():
        for word, outcome in words.items():
            services.add_word(SYSTEM, word, WordOutcome(outcome), at=clock.now())


def _says(text: str) -> tuple[Outcome, str]:
    found = services.judged(text, ANA)
    return found.outcome, found.masked_text


def test_each_outcome_does_its_work_and_the_strongest_counts(app: Flask) -> None:
    _listed(笨蛋="mask", 代购="hold", 赌博="refuse")
    assert _says("今天天气好") == (Outcome.CLEAR, "今天天气好")
    assert _says("你个笨蛋啊") == (Outcome.MASK, "你个**啊")
    assert _says("代购笨蛋") == (Outcome.HOLD, "代购**")
    found = services.judged("赌博代购", ANA)
    assert (found.outcome, set(found.words)) == (Outcome.REFUSE, {"赌博", "代购"})
    assert services.judged("代购", ANA).is_held


@pytest.mark.parametrize(
    "text",
    ["賭博", "赌\u200b博", "ＶＩＡＧＲＡ", "vIaGrA", "v\u0336iagra", "ｖｉａｇｒａ!", "赌\ufe0f博"],
)
def test_disguises_do_not_help(app: Flask, text: str) -> None:
    _listed(赌博="refuse", viagra="refuse")
    assert _says(f"来 {text} 吧")[0] is Outcome.REFUSE


def test_a_latin_word_counts_only_as_a_whole_word(app: Flask) -> None:
    _listed(ass="refuse")
    assert _says("The class of Scunthorpe")[0] is Outcome.CLEAR
    assert _says("you ass, you")[0] is Outcome.REFUSE
    assert _says("你ass啊")[0] is Outcome.REFUSE


def test_a_mask_covers_what_was_typed_sign_by_sign(app: Flask) -> None:
    _listed(笨蛋="mask", 蛋糕="mask")
    assert _says("👍笨\u200b蛋糕!")[1] == "👍****!"


def test_the_list_counts_at_once_when_it_changes(app: Flask) -> None:
    assert _says("笨蛋")[0] is Outcome.CLEAR
    _listed(笨蛋="mask")
    assert _says("笨蛋")[0] is Outcome.MASK
    with transaction():
        services.remove_word(SYSTEM, queries.words()[0].id, at=clock.now())
    assert _says("笨蛋")[0] is Outcome.CLEAR


def test_a_judgement_costs_one_statement(app: Flask, count_queries: Callable[[], Any]) -> None:
    _listed(笨蛋="mask")
    _says("warm")
    with count_queries() as statements:
        _says("笨蛋")
    assert len(statements) == 1


def test_a_word_is_listed_once_and_must_be_something(app: Flask) -> None:
    _listed(赌博="refuse")
    with pytest.raises(WordTakenError), transaction():
        services.add_word(SYSTEM, "賭博", WordOutcome.MASK, at=clock.now())
    with pytest.raises(FieldError), transaction():
        services.add_word(SYSTEM, "\u200b", WordOutcome.MASK, at=clock.now())


def test_many_words_are_listed_at_once_and_twice_is_once(app: Flask, data_dir: Path) -> None:
    words = json.loads((data_dir / "abuse" / "ldnoobw_zh.json").read_text())
    with transaction():
        added = services.add_words(SYSTEM, words, WordOutcome.HOLD, at=clock.now())
    with transaction():
        assert services.add_words(SYSTEM, words, WordOutcome.HOLD, at=clock.now()) == 0
    assert 250 < added <= len(words)
    assert all(services.judged(word, ANA).is_held for word in words if folded(word))


def test_a_refused_word_is_named_at_the_field(app: Flask) -> None:
    _listed(赌博="refuse", 笨蛋="mask")
    with pytest.raises(RefusedWordError) as refused:
        check_not_refused(services.judged("去赌博", ANA), "body")
    assert refused.value.field == "body"
    assert "赌博" in str(refused.value)
    check_not_refused(services.judged("笨蛋", ANA), "body")


def test_who_is_silenced_is_refused_before_a_word_is_read(app: Flask) -> None:
    with pytest.raises(SilencedError):
        services.judged("hello", replace(ANA, silenced=True))
    assert services.judged("hello", ANA).outcome is Outcome.CLEAR


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=4), max_size=5))
def test_any_text_keeps_its_length_and_the_rest_of_its_signs(text: str, words: list[str]) -> None:
    listed = {folded(word): (word, WordOutcome.MASK) for word in words if folded(word)}
    found = WordList.of(listed).judgement_on(text)
    assert len(found.masked_text) == len(text)
    assert all(new in (old, "*") for new, old in zip(found.masked_text, text, strict=True))


def test_naughty_strings_are_read_without_a_fault(app: Flask, data_dir: Path) -> None:
    texts = naughty_strings(data_dir, every=1)
    with transaction():
        services.add_words(SYSTEM, texts, WordOutcome.MASK, at=clock.now())
    for text in texts:
        services.judged(text, ANA)

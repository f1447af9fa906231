"""What can be found equals what a plain search of every text would find, for those who may see
it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core.access import GUEST, SYSTEM, Grant, Role, Viewer
from app.core.db import db, transaction
from app.core.search import queries, registry, services
from app.core.search.models import SearchDocument
from app.core.search.types import Document
from app.core.search.words import found_ranges, normalised, terms_of

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def put(number: int, title: str, body: str = "", **details: Any) -> None:
    with transaction():
        services.put("thread", number, title=title, body=body, **({"at": NOON} | details))


def found(words: str, viewer: Viewer = GUEST, **wishes: Any) -> list[int]:
    page = queries.find(words, viewer, **wishes)
    db.session.rollback()
    return [hit.id for hit in page.rows]


def test_one_and_two_characters_are_found_anywhere() -> None:
    put(1, "论坛开张", "大家好")
    put(2, "别的", "没有")
    assert found("坛") == found("坛开") == found("家好") == found("论坛开张") == [1]
    assert found("张大") == found("好家") == []


def test_traditional_finds_simplified_and_back() -> None:
    put(1, "论坛开张")
    put(2, "論壇規則")
    assert sorted(found("論壇")) == sorted(found("论坛")) == [1, 2]


def test_latin_and_digits_are_found_from_a_words_start() -> None:
    put(1, "WiFi密码 199元", "Ｃ++ 在19楼 Straße café")
    for words in (
        "wif",
        "WIFI",
        "ｗｉｆｉ",
        "fi密",
        "199",
        "19",
        "c++",
        "19楼",
        "strasse"[:4],
        "café",
    ):
        assert (found(words) == [1]) is (words != "fi密"), words
    for words in ("ifi", "99", "9楼", "afé"):
        assert found(words) == [], words


def test_all_terms_have_to_be_there() -> None:
    put(1, "团购 苹果", "周六取货")
    put(2, "团购 梨")
    assert found("团购 苹果") == [1]
    assert found("苹果 取货") == [1]
    assert found("苹果 梨") == []


@pytest.mark.parametrize("words", ["", "   ", "!!!", "。，", "\x00\x01", '"', "'", "AND", "*", "%"])
def test_signs_alone_find_nothing_and_break_nothing(words: str) -> None:
    put(1, "and 100% 'quoted' \"so\" *")
    assert found(words) == ([1] if words == "AND" else [])


def test_a_changed_document_is_found_as_it_is_now_and_a_dropped_one_not_at_all() -> None:
    put(1, "旧题目")
    put(1, "新题目")
    assert (found("旧题"), found("新题")) == ([], [1])
    with transaction():
        services.drop("thread", 1)
        services.drop("thread", 1)
    assert found("新题") == []
    put(1, "又来")
    assert found("又来") == [1]


def test_nobody_finds_what_their_audience_does_not_open() -> None:
    put(1, "钥匙", audience="public")
    put(2, "钥匙", audience="members")
    put(3, "钥匙", audience="merchant:5")
    put(4, "钥匙", audience="order:9")
    clerk = Viewer(id=8, grants=frozenset({Grant(Role.CLERK, "merchant", 5)}))
    assert sorted(found("钥匙")) == sorted(found("钥匙", SYSTEM)) == [1]
    assert sorted(found("钥匙", Viewer(id=7))) == [1, 2]
    assert sorted(found("钥匙", clerk)) == [1, 2, 3]


def test_kinds_and_the_owners_own_columns_narrow() -> None:
    put(1, "面包")
    put(2, "面包")
    with transaction():
        services.put("listing", 2, title="面包", body="", at=NOON, lang="zh_Hans")
    assert sorted(found("面包", kinds=["thread"])) == [1, 2]
    assert found("面包", kinds=["listing"]) == [2]
    assert found("面包", lang="zh_Hans") == [2]
    number = SearchDocument.__table__.alias().c.subject_id
    only_two = (sa.select(number).where(number == sa.bindparam("wanted")), {"wanted": 2})
    assert found("面包", kinds=["thread"], within=only_two) == [2]
    with pytest.raises(ValueError, match="one kind"):
        found("面包", within=only_two)


def test_the_title_counts_more_than_the_body_weight_more_than_age() -> None:
    put(1, "杂谈", "说说豆浆", at=NOON)
    put(2, "豆浆哪家好", at=NOON - timedelta(days=400))
    put(3, "豆浆", at=NOON - timedelta(days=400))
    put(4, "杂谈", "也说豆浆", at=NOON - timedelta(days=400), weight=90)
    assert found("豆浆") == [3, 2, 4, 1]


def test_pages_follow_each_other_without_a_gap() -> None:
    for number in range(25):
        put(number + 1, "重复", at=NOON + timedelta(minutes=number))
    page = queries.find("重复", GUEST, limit=10)
    assert (page.total, len(page.rows)) == (25, 10)
    ids = [hit.id for hit in page.rows]
    while page.next_key:
        page = queries.find("重复", GUEST, limit=10, after=page.next_key)
        ids += [hit.id for hit in page.rows]
    assert sorted(ids) == list(range(1, 26))
    db.session.rollback()
    assert len(found("重复", after="nonsense")) == 20


def test_an_excerpt_shows_the_place_and_marks_it() -> None:
    put(1, "公告", "前言" * 100 + "這裡有免费停车位" + "后话" * 100)
    (hit,) = queries.find("停車", GUEST).rows
    assert ("停车", True) in hit.excerpt_pieces
    assert hit.excerpt.startswith("…")
    assert hit.excerpt.endswith("…")
    assert len(hit.excerpt) < 100
    assert found_ranges("㎏价 Wifi", ["kg", "wi"]) == [(0, 1), (3, 5)]


def test_putting_costs_few_statements(count_queries: Callable[[], Any]) -> None:
    with transaction(), count_queries() as statements:
        services.put("thread", 1, title="一", body="二", at=NOON)
    assert len(statements) <= 3
    with transaction(), count_queries() as statements:
        services.put("thread", 1, title="三", body="二", at=NOON)
    assert len(statements) <= 4
    with count_queries() as statements:
        queries.find("三", GUEST)
    assert len(statements) == 2


def test_rebuilding_asks_the_houses_again(app: Flask) -> None:
    put(1, "旧的")
    known = dict(registry.describers)
    registry.describers.clear()

    @registry.findable("thread")
    def _threads() -> Iterator[Document]:
        for number in range(450):
            yield Document("thread", number, f"帖子{number}", "正文", NOON)

    runner = app.test_cli_runner()
    try:
        assert "450" in runner.invoke(args=["search", "rebuild"]).output
        assert runner.invoke(args=["search", "rebuild", "--kind", "nothing"]).exit_code == 2
    finally:
        registry.describers.clear()
        registry.describers.update(known)
    db.session.rollback()
    assert found("旧的") == []
    assert len(found("帖子 44", limit=50)) == 11


ALPHABET = "论壇坛論张張門门的不 \n，。!-+aBzé０9１7Ａ々かガ한①㎏ßİ\u200b\u0301😀𠀀"
TEXTS = st.lists(st.text(ALPHABET, max_size=14), min_size=1, max_size=6)


def plainly_contains(text: str, term: str) -> bool:
    """The rule, said without marks or tokens: a substring; a word's letters only from that
    word's start.
    """
    for place in range(len(text) - len(term) + 1):
        if not text.startswith(term, place):
            continue
        before = text[place - 1] if place else " "
        if not (is_letter(term[0]) and is_letter(before)):
            return True
    return False


def is_letter(character: str) -> bool:
    stands_alone = any(
        low <= character <= high
        for low, high in (
            ("々", "〇"),
            ("\u3040", "ヿ"),
            ("一", "\u9fff"),
            ("가", "힣"),
            ("𠀀", "\U0003ffff"),
        )
    )
    return character.isalnum() and not stands_alone


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=TEXTS, pick=st.integers(0, 99), start=st.integers(0, 13), length=st.integers(1, 6))
@example(texts=["WiFi密码"], pick=0, start=4, length=2)
@example(texts=["aBz-aBz", "9７①"], pick=0, start=4, length=2)
def test_every_substring_finds_exactly_what_a_plain_search_finds(
    texts: list[str], pick: int, start: int, length: int
) -> None:
    source = texts[pick % len(texts)]
    words = source[start % (len(source) or 1) :][:length]
    terms = terms_of(words)
    assume(terms)
    with transaction():
        services.clear("post")
        documents = [Document("post", n, "", text, NOON) for n, text in enumerate(texts)]
        services.put_many(documents)
    expected = {
        number
        for number, text in enumerate(texts)
        if all(plainly_contains(normalised(text), term) for term in terms)
    }
    page = queries.find(words, GUEST, kinds=["post"], limit=50)
    db.session.rollback()
    assert {hit.id for hit in page.rows} == expected


def test_of_very_many_matches_the_newest_come_first_and_none_is_lost() -> None:
    many = queries.WEIGHED * 2 + 5
    with transaction():
        for number in range(1, many + 1):
            at = NOON + timedelta(minutes=number)
            services.put("thread", number, title=f"面包 {number}", body="", at=at)
    page = queries.find("面包", GUEST, kinds=["thread"], limit=30)
    assert page.total is None
    assert page.rows[0].id == many
    seen = [hit.id for hit in page.rows]
    while page.next_key:
        page = queries.find("面包", GUEST, kinds=["thread"], limit=30, after=page.next_key)
        seen += [hit.id for hit in page.rows]
    assert sorted(seen) == list(range(1, many + 1))
    assert min(seen[: queries.WEIGHED]) == many - queries.WEIGHED + 1


def test_each_group_has_its_own_best_hits_however_many_another_has(count_queries) -> None:
    with transaction():
        services.put("merchant", 7, title="面包房", body="", at=NOON - timedelta(days=900))
        for number in range(1, queries.WEIGHED + 3):
            services.put("listing", number, title=f"面包 {number}", body="", at=NOON)
    groups = {"shops": ("merchant",), "goods": ("listing", "thread"), "people": ("user",)}
    with count_queries() as counted:
        found = queries.find_each("面包", GUEST, groups, limit=5)
    assert len(counted) <= 2
    assert [hit.id for hit in found["shops"].rows] == [7]
    assert (found["shops"].total, found["goods"].total) == (1, None)
    assert len(found["goods"].rows) == 5
    assert "people" not in found
    assert queries.find_each("", GUEST, groups, limit=5) == {}

"""What people write becomes clean HTML, and nothing of it runs in a neighbour's browser."""

import re

import pytest
from flask import Flask, url_for

from app.forum.services.markdown import called_names, rendered, words_of
from app.forum.types import PERSON_PATH, Format

MARKDOWN, HTML = Format.MARKDOWN, Format.HTML


def test_bold_before_chinese_text_is_bold() -> None:
    assert "<strong>重要：</strong>请看" in rendered("**重要：**请看", MARKDOWN).html


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("看 https://linli.test/a?b=1，再说", "https://linli.test/a?b=1", "，再说"),
        ("（见 http://a.cn/b）然后", "http://a.cn/b", "）然后"),
        ("看https://a.cn。", "https://a.cn", "。"),
        ("看http://a.cn吧", "http://a.cn", "吧"),
        ("https://zh.wikipedia.org/wiki/成都", "https://zh.wikipedia.org/wiki/成都", "</p>"),
    ],
)
def test_a_link_ends_before_chinese_punctuation(text: str, address: str, rest: str) -> None:
    made = rendered(text, MARKDOWN).html
    assert f">{address}</a>{rest}" in made


def test_two_links_with_a_comma_between_are_two_links() -> None:
    made = rendered("https://a.cn/x，https://b.cn/y。", MARKDOWN).html
    assert re.findall(r'href="([^"]+)"', made) == ["https://a.cn/x", "https://b.cn/y"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<form action="https://evil.test"><input name=a></form>',
        '<p style="position:fixed">x</p><iframe src="https://evil.test"></iframe>',
        "<svg/onload=alert(1)>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
@pytest.mark.parametrize("written_in", [MARKDOWN, HTML])
def test_nothing_that_runs_survives(text: str, written_in: Format) -> None:
    made = rendered(text, written_in).html
    tags = " ".join(re.findall(r"<[^>]*>", made)).lower()
    assert not re.search(r"script|onerror|onload|javascript:|data:|style|<form|<iframe|<svg", tags)


def test_a_foreign_picture_becomes_a_link() -> None:
    made = rendered("![our street](https://i.test/a.png)", MARKDOWN).html
    assert "<img" not in made
    assert '<a href="https://i.test/a.png" rel="nofollow ugc noopener">our street</a>' in made


def test_headings_do_not_break_the_page_s_own_order() -> None:
    assert rendered("# Big", MARKDOWN).html == "<p><strong>Big</strong></p>"


def test_a_mention_links_to_the_person_but_not_inside_code_or_links() -> None:
    text = "@林阿姨你好 `@林阿姨` [@林阿姨](https://a.cn) x@林阿姨"
    made = rendered(text, MARKDOWN, {"林阿姨": 3, "林": 4})
    assert made.html.count('<a href="/people/3">@林阿姨</a>') >= 1
    assert "<code>@林阿姨</code>" in made.html
    assert set(made.names) == {"林阿姨"}


def test_every_beginning_of_a_called_name_is_a_candidate() -> None:
    assert called_names("@林阿姨，早 a@b.cn") == {"林", "林阿", "林阿姨"}


def test_the_path_to_a_person_is_the_page_of_a_person(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("home.person", person_id=12) == PERSON_PATH.format(12)


def test_words_are_bare() -> None:
    assert words_of("<p>a &amp; b<br>c</p><ul><li>d</li></ul>") == "a & b\nc\nd"


def test_deep_nesting_ends() -> None:
    assert rendered("[" * 20_000 + "x", MARKDOWN).html
    assert rendered(">" * 5_000 + "x", MARKDOWN).html

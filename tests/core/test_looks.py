"""Three text sizes: chosen by hand, kept in this browser or in the account, and never anybody
else's.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.factories.accounts import person
from tests.visitor import Visitor


@pytest.fixture
def keeping(app: Flask) -> Iterator[Flask]:
    """Return an application that keeps guests' pages whole for a while."""
    start = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(start, page_seconds=30)
    yield app
    app.extensions["linli_settings"] = start


def size_of(visitor: Visitor) -> str:
    """Return the text size in which a page is shown."""
    page = visitor.get("/about")
    assert "Set-Cookie" not in page.answer.headers
    return next(page.tree.iter("html")).get("data-size") or ""


def choose(visitor: Visitor, size: str) -> Any:
    """Choose a size on the page that offers them."""
    page = visitor.visit("/look")
    assert f'value="{size}"' in page.text
    return visitor.post("/look", {"size": size, "back": "/about"}, status=303).answer


def test_a_guest_chooses_a_size_and_no_other_guest_gets_that_page(keeping: Flask) -> None:
    one, other = Visitor(keeping), Visitor(keeping)
    assert [size_of(one), size_of(one), size_of(other)] == ["standard"] * 3
    assert "linli_look=size-largest" in choose(one, "largest").headers["Set-Cookie"]
    assert [size_of(one), size_of(other), size_of(one)] == ["largest", "standard", "largest"]


def test_a_chosen_size_is_kept_like_any_other_page(keeping: Flask, count_queries: Any) -> None:
    guest = Visitor(keeping)
    choose(guest, "large")
    first = guest.get("/forum/").answer
    with count_queries() as statements:
        again = guest.get("/forum/").answer
    assert statements == []
    assert again.get_etag() == first.get_etag()
    assert Visitor(keeping).get("/forum/").answer.get_etag() != first.get_etag()


def test_a_member_finds_the_size_again_in_another_browser(app: Flask, sign_in: Any) -> None:
    somebody = person("Wang")
    choose(sign_in(somebody), "large")
    assert size_of(sign_in(somebody)) == "large"
    assert size_of(sign_in(person("Zhao"))) == "standard"


def test_a_size_that_does_not_exist_changes_nothing(guest: Visitor) -> None:
    guest.post("/look", {"size": "huge", "back": "/about"}, status=303)
    assert size_of(guest) == "standard"

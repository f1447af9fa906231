"""A visitor who comes through the front door and reads every page as a page."""

import re
from collections import Counter
from functools import cached_property
from typing import Any, Self
from xml.etree import ElementTree as ET

import html5lib
from flask import Flask, g, has_app_context
from werkzeug.test import TestResponse

from app.accounts import services as accounts
from app.core.access import session_cookie
from app.core.db import transaction

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Page:
    """An answer, with its text and its forms."""

    def __init__(self, answer: TestResponse) -> None:
        """Keep the answer and read it where it is HTML."""
        self.answer = answer
        self.status = answer.status_code
        self.text = (
            answer.get_data(as_text=True)
            if (answer.mimetype or "").startswith(("text/", "application/"))
            else ""
        )
        self.location = answer.headers.get("Location", "")

    @cached_property
    def tree(self) -> ET.Element:
        """The page as a tree, parsed as browsers do."""
        return html5lib.parse(self.text, namespaceHTMLElements=False)

    def __contains__(self, words: str) -> bool:
        """Whether the words are on the page."""
        return words in self.text or words in "".join(self.tree.itertext())

    def field(self, name: str) -> str:
        """Return the value of a hidden or filled field of the page."""
        for node in self.tree.iter("input"):
            if node.get("name") == name:
                return node.get("value") or ""
        return ""

    def forms(self, action: str = "") -> list[dict[str, str]]:
        """Return each form's fields as a browser would send them unchanged; `action` picks by part
        of the address.
        """
        found = []
        for form in self.tree.iter("form"):
            if action and action not in (form.get("action") or ""):
                continue
            found.append(_fields(form))
        return found


def _forget_request() -> None:
    """A test keeps one application context open: nothing of one request may reach the next."""
    if has_app_context():
        for name in list(g):
            g.pop(name)


def _fields(form: ET.Element) -> dict[str, str]:  # noqa: C901 - one branch a kind of field
    sent: dict[str, str] = {}
    for node in form.iter():
        name = node.get("name")
        if not name or node.tag not in {"input", "textarea", "select"}:
            continue
        if node.tag == "textarea":
            sent[name] = node.text or ""
        elif node.tag == "select":
            options = list(node.iter("option"))
            chosen = next(
                (option for option in options if option.get("selected") is not None),
                options[0] if options else None,
            )
            if chosen is not None:
                sent[name] = chosen.get("value") or ""
        elif node.get("type") in {"checkbox", "radio"}:
            if node.get("checked") is not None:
                sent[name] = node.get("value") or "on"
        elif node.get("type") not in {"file", "submit"}:
            sent[name] = node.get("value") or ""
    return sent


class Visitor:
    """A browser of our own: sends our origin and the CSRF token as a page's form would."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        """Open an empty browser that asks for a language."""
        self.app = app
        self.client = app.test_client()
        self.headers = {**SAME_ORIGIN, "Accept-Language": language, "Accept": "text/html"}
        self.csrf = ""

    @classmethod
    def signed_in(cls, app: Flask, person_id: int, language: str = "en") -> Self:
        """Return a browser in which the person is signed in, by a session row of their own."""
        visitor = cls(app, language)
        with transaction():
            token = accounts.start_session(person_id, user_agent="tests", address="127.0.0.1")
        visitor.client.set_cookie(session_cookie(), token)
        from app.core.access import signed

        visitor.csrf = signed("csrf", token)
        return visitor

    def get(self, url: str, **more: Any) -> Page:
        """Fetch without checking."""
        _forget_request()
        headers = {**self.headers, **more.pop("headers", {})}
        return Page(self.client.get(url, headers=headers, **more))

    def visit(self, url: str, status: int = 200, **more: Any) -> Page:
        """Fetch a page and check it: status, valid structure, one h1 that the title starts with,
        unique ids, labels.
        """
        page = self.get(url, **more)
        assert page.status == status, f"{url} answered {page.status}: {page.text[:400]}"
        if page.answer.mimetype == "text/html" and "<html" in page.text:
            check_page(page, url)
        return page

    def post(
        self, url: str, data: dict[str, Any] | None = None, status: int | None = None, **more: Any
    ) -> Page:
        """Send a form as one of our pages would, following nothing."""
        sent = {**({"csrf_token": self.csrf} if self.csrf else {}), **(data or {})}
        headers = {**self.headers, **more.pop("headers", {})}
        _forget_request()
        page = Page(self.client.post(url, data=sent, headers=headers, **more))
        if status is not None:
            assert page.status == status, f"POST {url} answered {page.status}: {page.text[:600]}"
        return page

    def follow(self, page: Page) -> Page:
        """Go where a redirect leads and check the page there."""
        assert page.location, f"no redirect: {page.status} {page.text[:400]}"
        return self.visit(page.location)


def check_page(page: Page, url: str) -> None:
    """Fail on what no page of ours may have."""
    tree = page.tree
    heads = [" ".join("".join(node.itertext()).split()) for node in tree.iter("h1")]
    assert len(heads) == 1, f"{url}: {len(heads)} h1"
    title = " ".join("".join(next(tree.iter("title")).itertext()).split())
    assert title.startswith(heads[0]), f"{url}: title {title!r} does not start with {heads[0]!r}"
    twice = [
        name
        for name, n in Counter(node.get("id") for node in tree.iter() if node.get("id")).items()
        if n > 1
    ]
    assert not twice, f"{url}: ids twice: {twice}"
    labelled = {node.get("for") for node in tree.iter("label")}
    for node in tree.iter():
        if node.tag in {"input", "select", "textarea"} and node.get("type") not in {
            "hidden",
            "submit",
        }:
            named = (
                node.get("id") in labelled or node.get("aria-label") or node.get("aria-labelledby")
            )
            assert named, f"{url}: field {node.get('name')} has no label"
        if node.tag == "img":
            assert node.get("alt") is not None, f"{url}: image without alt"
        assert node.get("style") is None, f"{url}: inline style on {node.tag}"
        assert not [name for name in node.attrib if str(name).startswith("on")], (
            f"{url}: inline handler"
        )
        if node.tag == "form":
            assert node.get("action"), f"{url}: form without action"
    assert not re.search(r"%\([a-z_]+\)s|\{\{|\}\}", "".join(tree.find("body").itertext())), (
        f"{url}: unfilled text"
    )  # type: ignore[union-attr]

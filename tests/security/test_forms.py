"""What is sent beside a form's own fields counts for nothing; secrets reach no log; lists open as
lists.

Every form that stands on a page of somebody's is sent as its page would send it, once more with
every column name of every table beside its own fields. None of those values may reach a write.
"""

import csv
import io
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import request

from app.accounts.models import User
from app.core.access import me
from app.core.db import Base, db, transaction
from app.core.pages import safe_cell
from tests.security.town import Town

CANARY = "771177117"
WALKERS = ("guest", "buyer", "owner", "operator")
Form = tuple[str, str, dict[str, str]]


def columns() -> set[str]:
    """Return every column name of every table."""
    return {column.name for table in Base.metadata.sorted_tables for column in table.columns}


@pytest.fixture(scope="module")
def sendable(town: Town) -> list[Form]:
    """Every form of every page that four visitors are shown, one for each address."""
    found: dict[tuple[str, str], Form] = {}
    for _method, rule in town.rules(unsafe=False):
        url = town.address(rule)
        for actor in WALKERS:
            end = town.ask(actor, "GET", url)
            if end.status != 200 or end.page is None or "<form" not in end.page.text:
                continue
            for node in end.page.tree.iter("form"):
                action = urlsplit(node.get("action") or "").path
                if (node.get("method") or "").lower() == "post":
                    kind = re.sub(r"\d+", "#", action)
                    fields = next(iter(end.page.forms(action)), {})
                    found.setdefault((actor, kind), (actor, node.get("action") or "", fields))
    return list(found.values())


def reached(town: Town, form: Form, extra: dict[str, str]) -> tuple[bool, list[str]]:
    """Send a form with something beside its fields; say whether it wrote, and where it came in."""
    actor, action, fields = form
    end = town.ask(actor, "POST", action, extra | fields)
    caught = [text for text, values in end.written if CANARY in str(values)]
    return end.wrote, caught


def test_no_column_that_a_form_does_not_declare_can_be_set(
    town: Town, sendable: list[Form]
) -> None:
    names = columns()
    assert len(names) > 300
    wrote, faults = 0, []
    for form in sendable:
        extra = dict.fromkeys(names - form[2].keys() - {"form_key"}, CANARY)
        did, caught = reached(town, form, extra)
        wrote += did
        faults += [f"{form[0]} {form[1]}: {text[:160]}" for text in caught]
    assert wrote > 60
    assert faults == []


def test_a_form_that_takes_all_that_is_sent_is_seen(town: Town) -> None:
    views: dict[str, Any] = town.app.view_functions
    known = views["notifications.read_all"]

    def takes_all() -> str:
        sent = {name: text for name, text in request.form.items() if name != "csrf_token"}
        with transaction():
            db.session.execute(sa.update(User).where(User.id == me().id).values(**sent))
        return ""

    takes_all.__dict__.update(known.__dict__)
    views["notifications.read_all"] = takes_all
    try:
        form = ("buyer", "/me/notifications/read", {})
        _wrote, caught = reached(town, form, {"signature": CANARY})
    finally:
        views["notifications.read_all"] = known
    assert len(caught) == 1


def lists(town: Town) -> Iterator[tuple[str, str]]:
    """Every download of the site that a spreadsheet opens."""
    for _method, rule in town.rules(unsafe=False):
        if rule.rule.endswith(".csv"):
            for actor in ("planner", "owner", "operator"):
                if not town.knock(actor, "GET", rule, town.address(rule)).is_refused:
                    yield actor, town.address(rule)
                    break


def test_every_list_for_spreadsheets_is_sent_as_a_file_and_holds_no_formula(town: Town) -> None:
    found = list(lists(town))
    assert len(found) >= 3
    for actor, url in found:
        end = town.ask(actor, "GET", url)
        assert end.page is not None
        answer = end.page.answer
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="'), url
        assert answer.mimetype == "text/csv"
        for row in csv.reader(io.StringIO(end.page.text.lstrip("\ufeff"))):
            assert [cell for cell in row if cell != safe_cell(cell)] == [], url


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK('//x')", "-", "--1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-3.50", "12", "王梅", "a=b", "", -5, 0])
def test_a_plain_cell_stays_as_it_is(cell: Any) -> None:
    assert safe_cell(cell) == cell


SECRETS = {
    "password": "canary-password-1",
    "code": "canary-code-2",
    "token": "canary-token-3",
    "totp": "canary-totp-4",
    "secret": "canary-secret-5",
    "answer": "canary-answer-6",
    "new_password": "canary-new-7",
    "start_key": "canary-key-8",
}


def test_no_secret_that_is_sent_or_set_reaches_a_log_or_a_refusal(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = [*SECRETS.values(), "tests-only-secret-key", town.visitors["buyer"].csrf]
    pages = []
    for _method, rule in town.rules(unsafe=True):
        for actor in ("guest", "operator"):
            end = town.ask(actor, "POST", town.address(rule), SECRETS)
            if end.page is not None and end.status >= 400:
                pages.append((rule.rule, end.page.text))
    assert len(pages) > 100
    said = "\n".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    for canary in canaries:
        assert canary not in said, canary
    for address, text in pages:
        for name in ("password", "new_password", "totp"):
            assert SECRETS[name] not in text, f"{address} gives the {name} back"
        assert "tests-only-secret-key" not in text, address


def test_a_crash_tells_the_visitor_nothing_and_the_log_no_secret(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """A view that breaks with a password in its hands."""
    views: dict[str, Any] = town.app.view_functions
    known = views["accounts.sign_in"]

    def broken() -> str:
        raise RuntimeError("broken on the way")

    broken.__dict__.update(known.__dict__)
    views["accounts.sign_in"] = broken
    town.app.config["TESTING"] = False
    town.app.testing = False
    try:
        end = town.ask("guest", "POST", "/me/sign-in", {"password": "canary-password-1"})
    finally:
        town.app.testing = True
        views["accounts.sign_in"] = known
    assert end.status == 500
    assert end.page is not None
    assert "Traceback" not in end.page.text
    assert "broken on the way" not in end.page.text
    said = "\n".join(record.getMessage() + (record.exc_text or "") for record in caplog.records)
    assert "request failed" in said
    assert "canary-password-1" not in said


@pytest.mark.parametrize(
    "name", ["Mallory\r\nBcc: all@example.org", "x\nSet-Cookie: a=b", "\u2028x"]
)
def test_a_line_break_in_a_name_makes_no_header(town: Town, name: str) -> None:
    for actor, url, fields in (
        ("buyer", "/me/settings", {"name": name, "signature": name}),
        ("guest", "/look", {"back": name, "size": name, "lang": name}),
        ("buyer", "/me/addresses/new", {"label": name, "text": name}),
    ):
        end = town.ask(actor, "POST", url, fields)
        assert end.status in {-1, -2, 200, 303, 422}
        if end.page is not None:
            assert "Bcc" not in end.page.answer.headers
            assert "a=b" not in str(end.page.answer.headers.getlist("Set-Cookie"))

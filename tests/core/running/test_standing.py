"""Read-only and team-only: who is refused what, what goes on, what waits, how it opens again."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.access import SYSTEM
from app.core.activity.models import LogEntry
from app.core.activity.seen import flush_seen, forget_seen, seen
from app.core.activity.types import Hook
from app.core.db import db, is_postgresql, transaction
from app.core.facts import Fact, put_fact
from app.core.jobs import services as jobs
from app.core.jobs.errors import GiveUpError
from app.core.jobs.models import OutboxRow
from app.core.jobs.registry import job
from app.core.jobs.registry import jobs as known
from app.core.running import queries, services
from app.core.running.errors import TownClosedError
from app.core.running.types import Mode
from app.core.running.views import ALWAYS, DOORS
from tests.conftest import Visitor
from tests.factories import accounts

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LOOK = "/look"


def close(mode: Mode, **more: Any) -> None:
    with transaction(though_closed=True):
        services.set_mode(SYSTEM, mode, at=NOON, **({"why": "搬家。", "why_en": "Moving."} | more))


@pytest.fixture
def neighbour(app: Flask) -> Visitor:
    return Visitor.signed_in(app, accounts.person(language="en").id)


@pytest.fixture
def operator(app: Flask) -> Visitor:
    return Visitor.signed_in(app, accounts.person(roles=("operator",), language="en").id)


def test_an_open_town_takes_a_form(neighbour: Visitor) -> None:
    neighbour.post(LOOK, {"lang": "en"}, status=303)


def test_a_read_only_town_refuses_a_form_and_says_since_when_and_why(
    app: Flask, neighbour: Visitor
) -> None:
    chinese = Visitor.signed_in(app, accounts.person(language="zh_Hans").id)
    close(Mode.READ_ONLY)
    refused = neighbour.post(LOOK, {"lang": "en"}, status=503)
    assert "can only be read" in refused
    assert "Moving." in refused
    assert "12:00" in refused
    said = chinese.post("/look", {"lang": "zh_Hans"}, status=503)
    assert "搬家。" in said
    assert "只能看" in said


def test_reading_goes_on_and_every_page_says_so(guest: Visitor, neighbour: Visitor) -> None:
    close(Mode.READ_ONLY)
    assert "Moving." in guest.visit("/")
    assert "Moving." in neighbour.visit("/forum/")
    assert guest.visit("/healthz").status == 200


def test_a_program_is_refused_in_json(neighbour: Visitor) -> None:
    close(Mode.READ_ONLY)
    page = neighbour.post(LOOK, {}, status=503, headers={"Accept": "application/json"})
    assert json.loads(page.text)["reason"] == "Moving."


def test_no_transaction_begins_while_nobody_may_write(app: Flask) -> None:
    with transaction():
        put_fact("probe", 1)
    close(Mode.READ_ONLY)
    with pytest.raises(TownClosedError), transaction():
        put_fact("probe", 2)
    close(Mode.OPEN)
    with transaction():
        put_fact("probe", 3)


def test_the_team_writes_while_everybody_else_waits(
    operator: Visitor, neighbour: Visitor, guest: Visitor
) -> None:
    close(Mode.STAFF_ONLY)
    operator.post(LOOK, {"lang": "en"}, status=303)
    assert "Moving." in neighbour.post(LOOK, {"lang": "en"}, status=503)
    assert guest.post("/me/sign-in", {"mail": "x@example.org", "password": "x"}).status != 503
    guest.post("/me/enter/join", {}, status=503)
    neighbour.post("/me/passkeys/1/remove", {}, status=503)


def test_every_door_that_stays_open_for_the_team_exists(app: Flask) -> None:
    assert app.view_functions.keys() >= DOORS | ALWAYS
    assert "start" in app.blueprints


def test_the_operator_closes_and_opens_in_the_console_and_the_trail_keeps_it(
    operator: Visitor, neighbour: Visitor
) -> None:
    page = operator.visit("/operator/standing")
    form = page.forms("/operator/standing")[0]
    without = operator.post("/operator/standing", form | {"mode": "read-only"}, status=422)
    assert "Say why" in without
    words = {"mode": "read-only", "why": "换服务器", "why_en": "New server"}
    operator.follow(operator.post("/operator/standing", form | words, status=303))
    neighbour.post(LOOK, {"lang": "en"}, status=503)
    again = operator.visit("/operator/standing").forms("/operator/standing")[0]
    operator.post("/operator/standing", again | {"mode": "open"}, status=303)
    neighbour.post(LOOK, {"lang": "en"}, status=303)
    verbs = sa.select(LogEntry.reason).where(LogEntry.verb == "town.mode_changed")
    assert db.session.scalars(verbs.order_by(LogEntry.id)).all() == ["换服务器", "换服务器"]


def test_a_neighbour_cannot_close_the_town(neighbour: Visitor) -> None:
    neighbour.post("/operator/standing", {"mode": "read-only", "why": "x"}, status=403)
    assert queries.fresh_standing().is_open


def test_whoever_closes_the_town_waits_for_those_who_passed_the_gate_before(app: Flask) -> None:
    """They may have written nothing yet; on SQLite they queue before the closing itself."""
    if not is_postgresql():
        pytest.skip("writers queue on SQLite")
    inside, may_end = threading.Event(), threading.Event()

    def write_late() -> None:
        with app.app_context(), transaction():
            inside.set()
            may_end.wait(10)
            put_fact("probe", "late")

    writer = threading.Thread(target=write_late)
    writer.start()
    inside.wait(10)
    close(Mode.READ_ONLY)
    assert not services.await_writers(seconds=0.3)
    may_end.set()
    assert services.await_writers()
    writer.join(10)
    assert db.session.scalar(sa.select(Fact.value).where(Fact.key == "probe")) == "late"


def test_jobs_wait_while_nobody_may_write_and_then_go_on(app: Flask) -> None:
    done: list[dict[str, Any]] = []
    job("running.probe")(done.append)
    with transaction():
        jobs.enqueue("running.probe", {"n": 1})
    close(Mode.READ_ONLY)
    assert jobs.run_due() == 0
    assert done == []
    close(Mode.OPEN)
    assert jobs.run_due() == 1
    assert done == [{"n": 1}]
    known.pop("running.probe")


def test_a_job_under_way_when_the_town_closes_is_written_down_and_not_done_again(
    app: Flask,
) -> None:
    job("running.closing")(lambda _payload: close(Mode.READ_ONLY))
    with transaction():
        row = jobs.enqueue("running.closing", {})
        row_id = row.id
    assert jobs.run_due() == 1
    assert db.session.scalar(sa.select(OutboxRow.done_at).where(OutboxRow.id == row_id))
    known.pop("running.closing")


def test_a_job_that_meets_a_closed_town_tries_again_later(app: Flask) -> None:
    def meets(_payload: dict[str, Any]) -> None:
        close(Mode.READ_ONLY)
        with transaction():
            put_fact("probe", 1)

    def gives_up(_payload: dict[str, Any]) -> None:
        raise GiveUpError("no")

    job("running.meets")(meets)
    job("running.gives_up")(gives_up)
    with transaction():
        given_up = jobs.enqueue("running.gives_up", {}).id
    jobs.run_due()
    with transaction():
        met = jobs.enqueue("running.meets", {}).id
    jobs.run_due()
    failed = sa.select(OutboxRow.failed_at).where(OutboxRow.id == met)
    assert db.session.scalar(failed) is None
    assert db.session.scalar(sa.select(OutboxRow.failed_at).where(OutboxRow.id == given_up))
    known.pop("running.meets")
    known.pop("running.gives_up")


def test_what_is_read_meanwhile_is_written_down_afterwards(app: Flask) -> None:
    forget_seen()
    person = accounts.person()
    close(Mode.READ_ONLY)
    seen(SYSTEM, "page", hook=Hook.VISIT)
    assert flush_seen() == 0
    close(Mode.OPEN)
    assert flush_seen() == 1
    assert person.id


def test_the_command_shows_and_changes_it_even_while_closed(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["town", "mode"]).output.strip() == "open"
    refused = runner.invoke(args=["town", "mode", "read-only"])
    assert refused.exit_code != 0
    assert "--why" in refused.output
    assert runner.invoke(args=["town", "mode", "read-only", "--why", "搬家"]).exit_code == 0
    shown = json.loads(runner.invoke(args=["town", "mode", "--json"]).output)
    assert (shown["mode"], shown["why"]) == ("read-only", "搬家")
    assert runner.invoke(args=["town", "mode", "open"]).exit_code == 0
    assert queries.fresh_standing().is_open

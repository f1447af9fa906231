"""How long things are kept, and how an authority gets what two people allowed."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import services as people
from app.accounts.models import SignIn
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.jobs.services import run_all
from app.moderation.jobs import remove_what_is_over
from app.moderation.models import LawfulRequest, RetentionRun
from app.moderation.queries import retention as periods
from app.moderation.services import lawful, retention
from tests.factories import forum as talk
from tests.factories.accounts import person, viewer


def test_the_night_removes_old_sessions_and_counts_them(app) -> None:
    made = person()
    with transaction():
        people.start_session(made.id)
        people.start_session(made.id)
    now = clock.now()
    with transaction():
        people.sign_out_everywhere(viewer(made), made.id, at=now)
        people.start_session(made.id)
    remove_what_is_over(now + timedelta(days=189))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 3
    remove_what_is_over(now + timedelta(days=191))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1
    runs = sa.select(RetentionRun.removed).where(RetentionRun.kind == "sign_ins")
    assert list(db.session.scalars(runs.order_by(RetentionRun.id))) == [0, 2]


def test_every_kind_has_sound_bounds_and_can_be_swept(app) -> None:
    assert len(periods.periods()) >= 8
    for period in periods.periods():
        assert period.least <= period.days <= period.most
        assert str(period.title)
        assert str(period.why)
        with transaction():
            assert retention.sweep(period.key, at=clock.now()) == 0


def test_an_operator_moves_a_period_within_its_bounds_only(app, sign_in) -> None:
    browser = sign_in(person(roles=("operator",), language="en"))
    page = browser.visit("/operator/retention")
    fields = page.forms("/retention/sign_ins")[0]
    low = browser.post("/operator/retention/sign_ins", fields | {"days": "30", "reason": "x"}, 422)
    assert "Between 183 and 730 days" in low
    page = browser.visit("/operator/retention")
    fields = page.forms("/retention/sign_ins")[0] | {"days": "365", "reason": "asked by audit"}
    browser.post("/operator/retention/sign_ins", fields, 303)
    kept = {row.period.key: row.days for row in periods.period_rows()}
    assert kept["sign_ins"] == 365
    assert kept["orders"] == 1100
    fields = browser.visit("/operator/retention").forms("/retention/sign_ins")[0]
    sent = fields | {"days": "365", "reason": "no such kind"}
    browser.post("/operator/retention/unknown", sent, 404)
    sign_in(person()).visit("/operator/retention", status=403)


@pytest.fixture
def asked(app, sign_in):
    """A request by law, written down by the first of two operators."""
    target = talk.a_neighbour("Target")
    board = talk.a_board()
    talk.a_thread(board, target, body="In the span.")
    old = clock.now() - timedelta(days=90)
    talk.a_thread(board, target, body="Long before.", at=old)
    first = person(roles=("operator",), language="en")
    browser = sign_in(first)
    today = clock.today()
    fields = browser.visit("/operator/lawful").forms("/operator/lawful")[0] | {
        "authority": "Public security bureau",
        "reference": "2026-17",
        "reason": "Criminal procedure law, article 54",
        "target": f"http://localhost/people/{target.id}",
        "since": str(today - timedelta(days=7)),
        "until": str(today),
    }
    browser.post("/operator/lawful", fields, 303)
    number = db.session.scalar(sa.select(LawfulRequest.id))
    return browser, number, target


def decide(browser, number: int, decision: str, status: int):
    sent = {"decision": decision, "note": "Letter seen, stamp checked"}
    return browser.post(f"/operator/lawful/{number}", sent, status)


def test_one_person_alone_hands_nothing_out(asked, sign_in) -> None:
    browser, number, _target = asked
    page = browser.visit("/operator/lawful")
    assert "Somebody else who runs this town decides." in page
    decide(browser, number, "allow", 403)
    decide(sign_in(person(roles=("moderator",))), number, "allow", 403)
    browser.post(f"/operator/lawful/{number}/file", {}, 404)
    run_all()
    assert db.session.scalar(sa.select(LawfulRequest.state)) == "waiting"


def test_the_database_refuses_one_person_too(asked) -> None:
    _browser, number, _target = asked
    one = sa.update(LawfulRequest).where(LawfulRequest.id == number)
    same = one.values(
        state="approved", decided_by=LawfulRequest.asked_by, decided_at=clock.now(), note="me"
    )
    with pytest.raises(sa.exc.IntegrityError), transaction():
        db.session.execute(same)


def test_a_second_person_allows_it_and_only_the_span_is_in_the_file(asked, sign_in) -> None:
    browser, number, _target = asked
    second = sign_in(person(roles=("operator",), language="en"))
    decide(second, number, "allow", 303)
    decide(second, number, "refuse", 409)
    run_all()
    assert "Ready" in browser.visit("/operator/lawful")
    sent = {"csrf_token": browser.csrf}
    url = f"/operator/lawful/{number}/file"
    with browser.client.post(url, data=sent, headers=browser.headers) as taken:
        content = io.BytesIO(taken.data)
    with zipfile.ZipFile(content) as archive:
        whole = json.loads(archive.read("data.json"))
    assert [row["body"] for row in whole["posts.author_id"]] == ["In the span."]
    verbs = db.session.scalars(
        sa.select(LogEntry.verb).where(LogEntry.subject_kind == "lawful_request")
    )
    assert list(verbs) == ["lawful.asked", "lawful.decided", "lawful.taken"]
    later = clock.now() + timedelta(days=31)
    with transaction():
        assert len(lawful.drop_old_files(at=later)) == 1
    browser.post(url, {}, 404)


def test_a_request_names_one_target_that_is_there(asked) -> None:
    browser, _number, _target = asked
    page = browser.visit("/operator/lawful")
    fields = page.forms("/operator/lawful")[0] | {
        "authority": "A",
        "reference": "B",
        "reason": "C",
        "since": "2026-01-01",
        "until": "2026-02-01",
    }
    for target in ("everybody", "http://localhost/", "http://localhost/people/99999"):
        sent = fields | {"target": target}
        assert browser.post("/operator/lawful", sent).status in {404, 422}
    backward = fields | {"target": "/people/1", "since": "2026-03-01"}
    browser.post("/operator/lawful", backward, 422)

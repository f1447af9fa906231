from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.accounts import queries as accounts
from app.accounts import services as people
from app.core import clock
from app.core.access import Viewer
from app.core.activity.queries import LogFilter, audit_rows
from app.core.db import transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.moderation import queries, services
from app.moderation.errors import (
    AlreadyDecidedError,
    AlreadyReportedError,
    ReviewItemNotFoundError,
    TooManyReportsError,
)
from app.moderation.models import ReviewItem
from app.moderation.policies.reviewing import is_held
from app.moderation.signals import review_decided
from app.moderation.types import (
    Decision,
    HoldMode,
    ReportReason,
    ReviewState,
    Rule,
    SanctionKind,
)
from tests.factories.accounts import person, viewer
from tests.sizes import naughty_strings
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def _held(subject_id: int = 7, **more: Any) -> ReviewItem:
    with transaction():
        return services.hold("post", subject_id, at=clock.now(), **more)


def _report(actor: Viewer, user_id: int) -> ReviewItem:
    with transaction():
        reason = ReportReason.RUDE
        return services.report(actor, "user", user_id, reason=reason, text="x", at=clock.now())


def _decide(actor: Viewer, item_id: int, decision: Decision, rule: Rule = Rule.KIND) -> ReviewItem:
    with transaction():
        return services.decide(actor, item_id, decision, rule=rule, at=clock.now())


def test_a_report_is_filed_once_per_person_and_gathers_under_one_item(app: Flask) -> None:
    rude, one, other = person(), viewer(person()), viewer(person())
    item = _report(one, rude.id)
    assert _report(other, rude.id).id == item.id
    with pytest.raises(AlreadyReportedError):
        _report(one, rude.id)
    row = queries.review_queue(viewer(person(roles=("moderator",)))).rows[0]
    assert (row.report_count, len(row.reports), row.author_id) == (2, 2, rude.id)


def test_a_subject_that_is_not_there_cannot_be_reported(app: Flask) -> None:
    one = viewer(person())
    with pytest.raises(NotFoundError):
        _report(one, 999)
    with pytest.raises(NotFoundError), transaction():
        services.report(one, "teapot", 1, reason=ReportReason.SPAM, text=None, at=clock.now())


def test_a_days_worth_of_reports_is_enough(app: Flask) -> None:
    one = viewer(person())
    for _ in range(30):
        _report(one, person().id)
    with pytest.raises(TooManyReportsError):
        _report(one, person().id)


def test_a_decision_rings_in_the_same_commit_and_is_made_once(app: Flask) -> None:
    judge = viewer(person(roles=("moderator",)))
    item = _held(words=["代购"], excerpt="代购奶粉")
    heard: list[tuple[int, Decision]] = []

    def listens(sender: Any, *, item: ReviewItem, decision: Decision, **_: Any) -> None:
        heard.append((item.subject_id, decision))

    with review_decided.connected_to(listens):
        _decide(judge, item.id, Decision.APPROVE)
        with pytest.raises(AlreadyDecidedError):
            _decide(judge, item.id, Decision.HIDE)
    assert heard == [(7, Decision.APPROVE)]
    entry = audit_rows(LogFilter())[0]
    assert (entry.verb, entry.subject_id, entry.actor_id) == ("moderation.decided", 7, judge.id)


def test_a_listener_that_fails_undoes_the_decision(app: Flask) -> None:
    judge = viewer(person(roles=("moderator",)))
    item = _held()

    def fails(sender: Any, **_: Any) -> None:
        raise RuntimeError

    with review_decided.connected_to(fails), pytest.raises(RuntimeError):
        _decide(judge, item.id, Decision.HIDE)
    assert queries.waiting_count(judge) == 1
    _decide(judge, item.id, Decision.HIDE)
    assert queries.waiting_count(judge) == 0


def test_hiding_names_a_rule(app: Flask) -> None:
    judge = viewer(person(roles=("moderator",)))
    item = _held()
    with pytest.raises(FieldError) as refused:
        _decide(judge, item.id, Decision.HIDE, Rule.NONE)
    assert refused.value.field == "rule"
    assert _decide(judge, item.id, Decision.HIDE, Rule.SPAM).rule is Rule.SPAM


def test_only_reviewers_of_the_place_decide_and_nobody_about_their_own(app: Flask) -> None:
    author = person(roles=("moderator",))
    item = _held(author_id=author.id, scope=("board", 4))
    with pytest.raises(ReviewItemNotFoundError):
        _decide(viewer(person()), item.id, Decision.APPROVE)
    with pytest.raises(NotAllowedError):
        _decide(viewer(author), item.id, Decision.APPROVE)
    boss, here, there = viewer(person(roles=("operator",))), person(), person()
    with transaction():
        for who, board in ((here, 4), (there, 5)):
            people.give_role(
                boss,
                who.id,
                "moderator",
                scope=("board", board),
                reason="board",
                at=clock.now(),
            )
    assert queries.review_queue(viewer(there)).rows == []
    assert queries.review_queue(viewer(person())).rows == []
    with pytest.raises(ReviewItemNotFoundError):
        _decide(viewer(there), item.id, Decision.APPROVE)
    assert len(queries.review_queue(viewer(here)).rows) == 1
    _decide(viewer(here), item.id, Decision.APPROVE)


def test_a_subject_waits_once_and_may_wait_again_after_a_decision(app: Flask) -> None:
    judge = viewer(person(roles=("operator",)))
    item = _held()
    assert _held().id == item.id
    _decide(judge, item.id, Decision.APPROVE)
    assert _held().id != item.id


def test_what_its_author_took_back_leaves_the_queue_unless_reported(app: Flask) -> None:
    judge = viewer(person(roles=("operator",)))
    rude = person()
    _held(1)
    _report(viewer(person()), rude.id)
    with transaction():
        services.withdraw("post", 1)
        services.withdraw("user", rude.id)
    assert [row.subject_kind for row in queries.review_queue(judge).rows] == ["user"]


def test_the_queue_is_read_page_by_page_with_few_statements(
    app: Flask, count_queries: SignIn
) -> None:
    judge = viewer(person(roles=("operator",)))
    ids = [_held(number).id for number in range(7)]
    with count_queries() as statements:
        page = queries.review_queue(judge, size=3)
    assert len(statements) == 2
    seen = [row.id for row in page.rows]
    while page.next_key:
        page = queries.review_queue(judge, size=3, after=page.next_key)
        seen += [row.id for row in page.rows]
    assert seen == ids
    for item_id in ids[:4]:
        _decide(judge, item_id, Decision.APPROVE)
    done = queries.review_queue(judge, state=ReviewState.APPROVED, size=3)
    rest = queries.review_queue(judge, state=ReviewState.APPROVED, size=3, after=done.next_key)
    assert [row.id for row in [*done.rows, *rest.rows]] == ids[:4][::-1]


@pytest.mark.parametrize(
    ("mode", "posts", "days", "expected"),
    [
        (HoldMode.OPEN, 0, 0, False),
        (HoldMode.FIRST_POSTS, 2, 99, True),
        (HoldMode.FIRST_POSTS, 3, 0, False),
        (HoldMode.NEWCOMERS, 9, 6, True),
        (HoldMode.NEWCOMERS, 0, 8, False),
        (HoldMode.EVERYONE, 99, 99, True),
    ],
)
def test_each_mode_holds_whom_it_says(
    mode: HoldMode, posts: int, days: int, expected: bool
) -> None:
    at = clock.now()
    joined = at - timedelta(days=days)
    assert is_held(mode, approved_posts=posts, joined_at=joined, at=at) is expected
    assert not is_held(mode, approved_posts=posts, joined_at=joined, at=at, is_trusted=True)


# --- silence and suspension ----------------------------------------------------------------------


def _sanction(actor: Viewer, user_id: int, kind: SanctionKind, days: int = 1) -> int:
    with transaction():
        row = services.sanction(
            actor,
            user_id,
            kind,
            lasts=timedelta(days=days),
            rule=Rule.KIND,
            reason="said it twice",
            at=clock.now(),
        )
    return row.id


def test_a_silence_counts_until_its_end(app: Flask) -> None:
    judge, rude = viewer(person(roles=("moderator",))), person()
    _sanction(judge, rude.id, SanctionKind.SILENCE)
    assert viewer(rude).silenced
    with clock.travel(clock.now() + timedelta(days=2)):
        assert not viewer(rude).silenced


def test_a_suspension_ends_all_sessions(app: Flask, sign_in: SignIn) -> None:
    judge, rude = viewer(person(roles=("moderator",))), person()
    browser = sign_in(rude)
    assert browser.get("/me/").status == 200
    _sanction(judge, rude.id, SanctionKind.SUSPENSION)
    assert browser.get("/me/").status == 303


def test_the_longer_of_two_silences_stays_when_the_shorter_is_ended(app: Flask) -> None:
    judge, rude = viewer(person(roles=("moderator",))), person()
    long, short = (_sanction(judge, rude.id, SanctionKind.SILENCE, days) for days in (9, 1))
    with transaction():
        services.end_sanction(judge, short, reason="enough", at=clock.now())
    assert viewer(rude).silenced
    with transaction():
        services.end_sanction(judge, long, reason="enough", at=clock.now())
    assert not viewer(rude).silenced
    with pytest.raises(AlreadyDecidedError), transaction():
        services.end_sanction(judge, long, reason="enough", at=clock.now())


def test_only_reviewers_sanction_and_never_themselves_or_an_operator(app: Flask) -> None:
    boss, judge, rude = person(roles=("operator",)), person(roles=("moderator",)), person()
    for actor, target in ((rude, judge), (judge, judge), (judge, boss)):
        with pytest.raises(NotAllowedError):
            _sanction(viewer(actor), target.id, SanctionKind.SILENCE)
    _sanction(viewer(judge), rude.id, SanctionKind.SILENCE)
    _sanction(viewer(boss), judge.id, SanctionKind.SUSPENSION)
    assert accounts.profile(judge.id).suspended_until is not None


def test_a_person_reads_why_and_until_when(app: Flask, sign_in: SignIn) -> None:
    judge, rude = viewer(person(roles=("moderator",))), person(language="en")
    browser = sign_in(rude)
    assert "Nothing was ever decided" in browser.visit("/me/rules")
    _sanction(judge, rude.id, SanctionKind.SILENCE)
    assert "said it twice" in browser.visit("/me/rules")
    assert "/me/rules" in browser.visit("/me/").text


# --- the report page -----------------------------------------------------------------------------


def test_a_member_reports_on_a_page_and_a_guest_signs_in_first(
    app: Flask, sign_in: SignIn, guest: Visitor
) -> None:
    rude = person("Rude Rita")
    url = f"/report/user/{rude.id}"
    assert "/me/sign-in" in guest.get(url).location
    browser = sign_in(person(language="en"))
    page = browser.visit(url)
    assert "Rude Rita" in page
    assert browser.post(url, {"reason": "nonsense"}).status == 422
    browser.post(url, {"reason": "rude", "text": "see above"}, status=303)
    assert "already" in browser.visit(url)
    assert browser.post(url, {"reason": "rude"}).status == 409
    browser.visit("/report/user/9999", status=404)


@pytest.mark.sized
def test_naughty_strings_are_kept_as_typed_or_refused_at_the_field(
    app: Flask, sign_in: SignIn, data_dir: Path
) -> None:
    texts = naughty_strings(data_dir, every=20)
    for text in texts:
        url = f"/report/user/{person().id}"
        browser = sign_in(person())
        if text not in set(ReportReason):
            assert browser.post(url, {"reason": text}).status == 422
        assert browser.post(url, {"reason": "rude", "text": text}).status in {303, 422}
    judge = viewer(person(roles=("operator",)))
    page = queries.review_queue(judge, size=len(texts))
    kept = [report.text for row in page.rows for report in row.reports]
    assert len(kept) > len(texts) / 2
    assert all(text is None or text in {one.strip() for one in texts} for text in kept)

"""The town's texts: shown, changed with what changed, accepted and accepted again."""

import pytest

from app.accounts.queries import texts as reads
from app.accounts.services import texts as services
from app.accounts.types import Language, TextKind
from app.core import clock
from app.core.db import transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.i18n import speaking
from tests.factories.accounts import person, viewer

BODY = "## Rules\n\nBe kind to each other, and to those who come after you. Town: {town}"


def publish(operator, *, asks=True, body=BODY, note="We say it shorter."):
    with transaction():
        return services.publish_text(
            viewer(operator),
            TextKind.RULES,
            body_zh=body + "（中文）",
            body_en=body,
            note_zh="说得更短了。",
            note_en=note,
            asks=asks,
            at=clock.now(),
        )


def test_everybody_reads_the_three_texts_from_the_foot_of_any_page(guest) -> None:
    front = guest.visit("/about")
    for kind in ("rules", "terms", "privacy"):
        assert f'href="/{kind}"' in front.text
        page = guest.visit(f"/{kind}")
        assert "{town}" not in page.text
        assert guest.visit(f"/{kind}", headers={"Accept-Language": "zh-CN"}).text != page.text


def test_a_version_that_asks_is_accepted_at_the_next_visit_and_kept(app, sign_in) -> None:
    operator, neighbour = person(roles=("operator",)), person(language=Language.ENGLISH)
    browser = sign_in(neighbour)
    browser.visit("/me/settings")
    publish(operator)
    sent = browser.get("/me/settings")
    assert sent.status == 303
    assert sent.location == "/me/accept?next=/me/settings"
    page = browser.visit(sent.location)
    assert "We say it shorter." in page
    assert browser.visit("/rules").status == 200
    done = browser.post(sent.location, page.forms("accept")[0], 303)
    assert done.location.startswith("/me/settings")
    browser.visit("/me/settings")
    kept = {(row.kind, row.number) for row in reads.acceptances_of(neighbour.id)}
    assert (TextKind.RULES, 1) in kept
    assert len(kept) == 3


def test_a_small_change_asks_nobody_and_is_listed(guest, sign_in) -> None:
    operator, neighbour = person(roles=("operator",)), person(language=Language.ENGLISH)
    publish(operator, asks=False, note="A spelling mistake is gone.")
    sign_in(neighbour).visit("/me/settings")
    page = guest.visit("/rules")
    assert "A spelling mistake is gone." in page
    assert "Version 1" in page
    assert "This is an older version." in guest.visit("/rules?version=0")
    guest.visit("/rules?version=7", status=404)


def test_who_was_reading_while_it_changed_again_reads_once_more(sign_in) -> None:
    operator, neighbour = person(roles=("operator",)), person(language=Language.ENGLISH)
    browser = sign_in(neighbour)
    publish(operator)
    page = browser.visit("/me/accept?next=/me/settings")
    publish(operator, body=BODY + " And greet.", note="We greet.")
    browser.post("/me/accept?next=/me/settings", page.forms("accept")[0], 409)
    again = browser.visit("/me/accept?next=/me/settings")
    assert "We greet." in again
    assert "We say it shorter." in again
    browser.post("/me/accept?next=/me/settings", again.forms("accept")[0], 303)
    browser.visit("/me/settings")


def test_asking_costs_a_member_no_statement(sign_in, count_queries) -> None:
    operator, neighbour = person(roles=("operator",)), person(language=Language.ENGLISH)
    browser = sign_in(neighbour)
    browser.visit("/rules")
    with count_queries() as before:
        browser.visit("/rules")
    publish(operator, asks=False)
    reads.mark_in_force()
    with count_queries() as after:
        browser.visit("/rules")
    assert len(after) == len(before)


def test_a_version_needs_an_operator_a_change_and_a_word_on_it(app) -> None:
    operator, neighbour = person(roles=("operator",)), person(language=Language.ENGLISH)
    with pytest.raises(NotAllowedError):
        publish(neighbour, note="new")
    with pytest.raises(FieldError):
        publish(operator, note=" ")
    publish(operator)
    with speaking("en"), pytest.raises(FieldError, match="different"):
        publish(operator)
    assert len(reads.versions_of(TextKind.RULES)) == 2


def test_who_joins_through_the_door_accepts_what_stands_then(app, sign_in) -> None:
    operator = person(roles=("operator",))
    publish(operator)
    joined, brought = person(source={}, language="en"), person(language="en")
    kept = {(row.kind, row.number) for row in reads.acceptances_of(joined.id)}
    assert kept == {(TextKind.RULES, 1), (TextKind.TERMS, 0), (TextKind.PRIVACY, 0)}
    assert reads.acceptances_of(brought.id) == []
    sign_in(joined).visit("/me/settings")
    assert sign_in(brought).get("/me/settings").status == 303
    assert "Version 1" in sign_in(joined).visit("/me/data")


def test_who_has_no_password_can_prove_themselves_and_leave_without_accepting(sign_in) -> None:
    operator, neighbour = person(roles=("operator",)), person(phone="13800138000", mail=None)
    browser = sign_in(neighbour)
    publish(operator)
    assert browser.get("/me/settings").location.startswith("/me/accept")
    browser.visit("/me/prove?next=/me/closing")
    browser.visit("/me/closing")

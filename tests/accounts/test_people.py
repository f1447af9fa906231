import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app.accounts import queries, services
from app.accounts.errors import AlreadyHoldsRoleError, LastOperatorError, RoleGoneError
from app.core import clock
from app.core.access import SYSTEM, Role
from app.core.activity.queries import LogFilter, audit_rows
from app.core.db import transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.search.queries import find
from tests.factories.accounts import person, viewer
from tests.factories.places import neighbourhood
from tests.sizes import naughty_strings
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def _profile(**more: Any) -> dict[str, Any]:
    return {
        "name": "王梅",
        "neighbourhood_id": "0",
        "language": "zh_Hans",
        "text_size": "standard",
        "theme": "auto",
    } | more


def _png() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(file, "PNG")
    file.seek(0)
    return file


def test_settings_are_kept_and_count_at_once(sign_in: SignIn) -> None:
    home = neighbourhood()
    made = person()
    browser = sign_in(made)
    browser.visit("/me/settings")
    form = _profile(
        neighbourhood_id=str(home.id), signature="三号楼", text_size="largest", theme="dark"
    )
    browser.post("/me/settings", form, status=303)
    page = browser.visit("/me/settings")
    assert 'lang="zh-Hans" data-size="largest" data-theme="dark"' in page.text
    kept = queries.profile(made.id)
    assert (kept.name, kept.signature, kept.neighbourhood_id) == ("王梅", "三号楼", home.id)


def test_a_member_s_choice_of_look_is_kept_in_the_account(sign_in: SignIn, guest: Visitor) -> None:
    made = person()
    browser = sign_in(made)
    form = browser.visit("/look?back=/forum/").forms("/look")[0]
    for choice in ({"lang": "en"}, {"size": "largest"}, {"theme": "dark"}):
        page = browser.follow(browser.post("/look", form | choice, status=303))
    assert 'lang="en" data-size="largest" data-theme="dark"' in page.text
    assert "That is how you see it now." in page
    other = sign_in(made).visit("/forum/")
    assert 'lang="en" data-size="largest" data-theme="dark"' in other.text
    browser.post("/look", form | {"lang": "xx"}, status=303)
    assert 'lang="en"' in browser.visit("/forum/").text
    page = guest.follow(guest.post("/look", {"back": "/forum/", "lang": "en"}, status=303))
    assert 'lang="en"' in page.text


def test_a_picture_is_shown_and_taken_away(sign_in: SignIn) -> None:
    made = person()
    browser = sign_in(made)
    browser.post("/me/settings", _profile(avatar=(_png(), "me.png")), status=303)
    assert queries.profile(made.id).avatar_picture_id is not None
    assert "/media/" in browser.visit("/me/").text
    browser.post("/me/settings", _profile(no_avatar="y"), status=303)
    assert queries.profile(made.id).avatar_picture_id is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_no_picture_is_refused_at_its_field(sign_in: SignIn, content: bytes) -> None:
    made = person()
    sent = _profile(avatar=(io.BytesIO(content), "me.png"))
    page = sign_in(made).post("/me/settings", sent, status=422)
    assert "field-error" in page.text
    assert queries.profile(made.id).name != "王梅"


@pytest.mark.sized
def test_naughty_strings_are_kept_as_typed_or_refused_at_the_field(
    sign_in: SignIn, data_dir: Path
) -> None:
    made = person()
    browser = sign_in(made)
    for text in naughty_strings(data_dir, every=9):
        sent = _profile(name=text, signature=text, about=text)
        assert browser.post("/me/settings", sent).status in {303, 422}
        odd = _profile(text_size=text, theme=text, language=text, neighbourhood_id=text)
        assert browser.post("/me/settings", odd).status in {303, 422}
        assert browser.get("/me/names", query_string={"q": text}).status == 200
    browser.visit("/me/")


def test_main_pages_of_a_member_cost_few_statements(sign_in: SignIn, count_queries: SignIn) -> None:
    made = person()
    browser = sign_in(made)
    for url in ("/me/", "/me/settings", "/me/settings/devices", "/me/welcome"):
        browser.visit(url)
        with count_queries() as statements:
            browser.visit(url)
        assert len(statements) <= 10, statements


def test_cards_come_in_one_statement_and_leave_out_strangers(
    app: Flask, count_queries: SignIn
) -> None:
    ids = [person().id for _ in range(5)]
    with count_queries() as statements:
        cards = queries.cards_for([*ids, 999, None])
    assert len(statements) == 1
    assert set(cards) == set(ids)
    assert queries.names_for([ids[0]]) == {ids[0]: cards[ids[0]].name}
    assert queries.cards_for([]) == {}


def test_people_are_found_by_the_start_of_their_name(app: Flask, sign_in: SignIn) -> None:
    mei, other = person("王梅"), person("Maria Wang")
    assert [card.id for card in queries.people_named("王")] == [mei.id]
    assert [card.id for card in queries.people_named("ＭＡＲ")] == [other.id]
    assert queries.people_named("%") == []
    assert sign_in(mei).get("/me/names?q=m%00").status == 200
    answer = sign_in(mei).get("/me/names?q=mar")
    assert json.loads(answer.text) == [{"id": other.id, "name": "Maria Wang"}]


def test_of_namesakes_the_neighbour_is_meant(app: Flask) -> None:
    here, there = neighbourhood(), neighbourhood()
    far = person("王梅", neighbourhood_id=there.id)
    near = person("王梅", neighbourhood_id=here.id)
    assert queries.ids_by_name(["王梅"], near=here.id) == {"王梅": near.id}
    assert queries.ids_by_name(["王梅"]) == {"王梅": far.id}
    assert queries.ids_by_name(["没有"]) == {}


def test_members_find_people_and_guests_do_not(app: Flask) -> None:
    made = person("赵一鸣")
    found = find("赵一鸣", viewer(made), kinds=["user"])
    assert [hit.id for hit in found.rows] == [made.id]


def test_the_operators_list_is_read_page_by_page(app: Flask, count_queries: SignIn) -> None:
    ids = [person().id for _ in range(7)]
    with count_queries() as statements:
        first = queries.people(size=3)
    assert len(statements) == 1
    second = queries.people(size=3, after=first.next_key)
    third = queries.people(size=3, after=second.next_key)
    pages = [*first.rows, *second.rows, *third.rows]
    assert [row.id for row in pages] == ids[::-1]
    assert third.next_key is None
    assert [row.id for row in queries.people(words="person").rows] == ids[::-1]
    assert queries.people(words="nobody at all").rows == []


# --- roles ---------------------------------------------------------------------------------------


def test_a_role_is_given_and_taken_with_a_reason(app: Flask) -> None:
    boss, made = person(roles=("operator",)), person()
    with transaction():
        grant = services.give_role(
            viewer(boss), made.id, "moderator", reason="trusted", at=clock.now()
        )
    assert viewer(made).has_role("moderator")
    with transaction():
        services.take_role(viewer(boss), grant.id, reason="moved away", at=clock.now())
    assert not viewer(made).has_role("moderator")
    row = queries.roles_of(made.id)[0]
    assert (row.given_reason, row.taken_reason) == ("trusted", "moved away")
    verbs = [entry.verb for entry in audit_rows(LogFilter())]
    assert verbs[:2] == ["role.taken", "role.given"]


def test_a_role_is_not_given_twice_nor_taken_twice(app: Flask) -> None:
    made = person(roles=("expert",))
    at = clock.now()
    with pytest.raises(AlreadyHoldsRoleError), transaction():
        services.give_role(SYSTEM, made.id, "expert", reason="again", at=at)
    grant = queries.roles_of(made.id)[0]
    with transaction():
        services.take_role(SYSTEM, grant.id, reason="done", at=at)
    with pytest.raises(RoleGoneError), transaction():
        services.take_role(SYSTEM, grant.id, reason="done", at=at)
    with transaction():
        services.give_role(SYSTEM, made.id, "expert", reason="back", at=at)


def test_owners_give_their_own_shops_roles_and_no_others(app: Flask) -> None:
    owner, clerk = person(staff_of={3: "owner"}), person()
    actor, at = viewer(owner), clock.now()
    with transaction():
        services.give_role(actor, clerk.id, "clerk", scope=("merchant", 3), reason="new", at=at)
    for role, scope in (("clerk", ("merchant", 4)), ("operator", ("", 0))):
        with pytest.raises(NotAllowedError), transaction():
            services.give_role(actor, clerk.id, role, scope=scope, reason="x", at=at)
    with pytest.raises(NotAllowedError), transaction():
        services.give_role(
            viewer(clerk), clerk.id, "owner", scope=("merchant", 3), reason="me", at=at
        )


def test_a_role_needs_a_reason_and_a_shops_role_its_shop(app: Flask) -> None:
    made = person()
    with pytest.raises(FieldError), transaction():
        services.give_role(SYSTEM, made.id, "expert", reason="  ", at=clock.now())
    with pytest.raises(FieldError), transaction():
        services.give_role(SYSTEM, made.id, "clerk", reason="x", at=clock.now())


def test_the_last_operator_stays(app: Flask) -> None:
    boss = person(roles=("operator",))
    grant = queries.roles_of(boss.id)[0]
    with pytest.raises(LastOperatorError), transaction():
        services.take_role(viewer(boss), grant.id, reason="tired", at=clock.now())
    person(roles=("operator",))
    with transaction():
        services.take_role(viewer(boss), grant.id, reason="tired", at=clock.now())


def test_holders_are_listed_by_role_and_scope(app: Flask) -> None:
    one, other = person(staff_of={3: "owner"}), person(staff_of={4: "owner"}, roles=("expert",))
    held = queries.role_holders("owner", scope=("merchant", 3))
    assert [row.user_id for row in held] == [one.id]
    assert [row.user_id for row in queries.role_holders(Role.EXPERT)] == [other.id]


def test_commands_make_people_and_give_roles(app: Flask) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(args=["users", "create", "op@example.org", "Op", "--role", "operator"])
    assert done.exit_code == 0, done.output
    assert "password" in done.output
    again = runner.invoke(args=["users", "create", "op@example.org", "Op"])
    assert again.exit_code == 1
    args = ["users", "grant", "op@example.org", "owner", "--scope", "merchant:3"]
    assert runner.invoke(args=args).exit_code == 0
    made = queries.user_by_mail("op@example.org")
    assert made is not None
    assert viewer(made).is_operator
    assert viewer(made).is_staff_of(3)
    assert runner.invoke(args=["users", "grant", "no@example.org", "owner"]).exit_code == 1

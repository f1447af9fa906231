"""Under 14 a guardian makes, holds, sees and closes the account; the law's limits hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries
from app.accounts.errors import ChildMayNotError
from app.accounts.models import Guardianship, User
from app.accounts.policies.ages import is_child_on
from app.accounts.queries.leaving import obligations_of
from app.accounts.services.children import check_may_order
from app.accounts.services.joining import findable_people
from app.core import clock
from app.core.db import db
from app.core.search.queries import find
from tests.factories.accounts import person, viewer
from tests.visitor import Visitor

At = Callable[..., Any]


def years_ago(years: int) -> str:
    day = clock.today()
    return f"{day.year - years}-{day.month:02d}"


@pytest.fixture
def mother(app: Flask) -> Visitor:
    """A guardian at her phone."""
    return Visitor.signed_in(app, person("Mother", language="en").id)


def add(mother: Visitor, name: str = "Lele", born: str = "", status: int = 303) -> User | None:
    sent = {"name": name, "born_month": born or years_ago(9)}
    mother.post("/me/children", sent, status=status)
    db.session.expire_all()
    return db.session.scalar(sa.select(User).where(User.name == name))


def let_in(app: Flask, mother: Visitor, child: User) -> tuple[Visitor, str]:
    page = mother.post(f"/me/children/{child.id}/let-in", status=200)
    field = next(node for node in page.tree.iter("input") if node.get("id") == "child-link")
    link = (field.get("value") or "").replace("http://localhost", "")
    device = Visitor(app)
    device.visit(link)
    return device, link


def test_a_guardian_makes_a_child_and_lets_it_in_on_a_device(app: Flask, mother: Visitor) -> None:
    mother.visit("/me/children")
    child = add(mother)
    assert child is not None
    assert (child.phone, child.mail, child.password_hash) == (None, None, None)
    device, link = let_in(app, mother, child)
    device.post(link, status=303)
    page = device.visit("/me/")
    assert "Lele" in page
    assert "signed in on 1 device" in mother.visit("/me/children")
    second = Visitor(app)
    assert second.get(link).status == 404
    assert second.post(link).status == 404


def test_a_link_runs_out_and_a_stranger_makes_none(app: Flask, mother: Visitor, at: At) -> None:
    child = add(mother)
    assert child is not None
    _device, link = let_in(app, mother, child)
    with at(clock.now() + timedelta(minutes=16)):
        assert Visitor(app).post(link).status == 404
    stranger = Visitor.signed_in(app, person().id)
    for act in ("let-in", "sign-out", "close", "keep"):
        assert stranger.post(f"/me/children/{child.id}/{act}").status == 404
    assert Visitor(app).get("/me/child/guess").status == 404


def test_a_child_orders_nothing_and_its_guardian_may(app: Flask, mother: Visitor) -> None:
    child = add(mother)
    assert child is not None
    with pytest.raises(ChildMayNotError):
        check_may_order(viewer(child))
    check_may_order(viewer(person()))
    device, link = let_in(app, mother, child)
    device.post(link, status=303)
    device.csrf = device.get("/me/").field("csrf_token")
    assert device.post("/me/children", {"name": "Doll", "born_month": years_ago(5)}).status == 403


def test_a_childs_page_is_seen_by_its_guardian_only(app: Flask, mother: Visitor) -> None:
    child = add(mother)
    assert child is not None
    url = f"/people/{child.id}"
    assert mother.get(url).status == 200
    for other in (Visitor(app), Visitor.signed_in(app, person().id)):
        assert other.get(url).status == 404
    assert Visitor.signed_in(app, person(roles=("operator",)).id).get(url).status == 200


def test_a_child_is_found_by_nobody(app: Flask, mother: Visitor) -> None:
    child = add(mother, "Unseen")
    assert child is not None
    Visitor.signed_in(app, child.id).post("/me/welcome", {"signature": "Unseen cat"}, status=303)
    neighbour = viewer(person())
    assert [hit for hit in find("Unseen", neighbour).rows if hit.kind == "user"] == []
    assert queries.people_named("Unse") == []
    kept = [document.subject_id for document in findable_people()]
    assert child.id not in kept
    assert neighbour.id in kept


@pytest.mark.parametrize("born", ["", "2016", "2016-13", "soon", "3016-01", "1990-01"])
def test_a_month_that_fits_no_child_is_refused_at_its_field(mother: Visitor, born: str) -> None:
    sent = {"name": "Lele", "born_month": born}
    mother.post("/me/children", sent, status=422)
    assert db.session.scalars(sa.select(Guardianship)).all() == []


def test_at_fourteen_the_limits_end_by_themselves(app: Flask, mother: Visitor, at: At) -> None:
    child = add(mother, born=years_ago(14))
    assert child is not None
    assert viewer(child).is_child
    with at(clock.now() + timedelta(days=32)):
        assert not viewer(child).is_child
    day = clock.today()
    assert is_child_on(day.replace(day=1), day)


def test_a_guardian_signs_a_child_out_closes_and_keeps_it(app: Flask, mother: Visitor) -> None:
    child = add(mother)
    assert child is not None
    device, link = let_in(app, mother, child)
    device.post(link, status=303)
    mother.post(f"/me/children/{child.id}/sign-out", status=303)
    assert device.get("/me/").status == 303
    mother.post(f"/me/children/{child.id}/close", status=303)
    assert "closes soon" in mother.visit("/me/children")
    mother.post(f"/me/children/{child.id}/keep", status=303)
    assert "closes soon" not in mother.visit("/me/children")


def test_a_family_has_an_end(app: Flask, mother: Visitor) -> None:
    for number in range(6):
        add(mother, f"Child {number}")
    assert add(mother, "Seventh", status=409) is None


def test_a_guardian_leaves_only_after_the_children(app: Flask, mother: Visitor) -> None:
    guardian = db.session.scalars(sa.select(User.id).where(User.name == "Mother")).one()
    child = add(mother)
    assert child is not None
    held = [str(one.words) for one in obligations_of(guardian, at=clock.now()) if one.holds]
    assert any("Lele" in words for words in held)
    mother.post(f"/me/children/{child.id}/close", status=303)
    assert not [one for one in obligations_of(guardian, at=clock.now()) if one.holds]

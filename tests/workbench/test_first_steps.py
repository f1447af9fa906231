"""What a shop that was just approved is told to do, and what it finds filled in."""

import pytest

from app.accounts.types import Language
from tests.factories.accounts import person
from tests.factories.merchants import goods, point, resource, service, shop


@pytest.fixture
def keeper(app):
    return person("麦老板", language=Language.ENGLISH)


@pytest.mark.parametrize(
    ("has_goods", "has_point", "said"),
    [
        (False, False, ["Put the first thing on the shelf", "Say where and when"]),
        (True, False, ["Say where and when"]),
        (False, True, ["Put the first thing on the shelf"]),
        (True, True, []),
    ],
)
def test_a_new_shop_is_told_what_is_missing_before_anybody_can_order(
    keeper, sign_in, has_goods, has_point, said
) -> None:
    merchant = shop(owner=keeper)
    if has_goods:
        goods(merchant)
    if has_point:
        point(merchant)
    page = sign_in(keeper).visit(f"/workbench/{merchant.id}/")
    assert ("Before neighbours can order" in page) is bool(said)
    for words in ("Put the first thing on the shelf", "Say where and when"):
        assert (words in page) is (words in said)


def test_a_shop_of_services_needs_no_place_to_collect(keeper, sign_in) -> None:
    merchant = shop(owner=keeper)
    service(merchant, (resource(merchant).id,))
    assert "Before neighbours can order" not in sign_in(keeper).visit(f"/workbench/{merchant.id}/")


def test_a_new_pickup_point_proposes_the_opening_hours(keeper, sign_in) -> None:
    merchant = shop(owner=keeper, opening_hours="Mo-Fr 08:00-12:00,14:00-18:30; Sa,Su off")
    page = sign_in(keeper).visit(f"/workbench/{merchant.id}/points/new")
    fields = page.forms("/points/new")[0]
    assert (fields["day_0_a_from"], fields["day_0_b_to"]) == ("08:00", "18:30")
    assert fields["day_6_a_from"] == ""


def test_a_shop_without_hours_is_offered_nine_to_six(keeper, sign_in) -> None:
    merchant = shop(owner=keeper, opening_hours="")
    page = sign_in(keeper).visit(f"/workbench/{merchant.id}/points/new")
    fields = page.forms("/points/new")[0]
    assert (fields["day_6_a_from"], fields["day_6_a_to"]) == ("09:00", "18:00")

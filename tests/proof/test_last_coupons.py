"""Many over real HTTP for the last coupons of a budget, and one person with many tabs for more
than a person's share; and each time what comes out when the guard is off.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import Grant, Viewer
from app.core.db import db, transaction
from app.promotions.models import PromotionUse
from app.promotions.services import make_promotion
from app.promotions.types import Draft, Form, Kind
from tests.proof.test_last_units import ACTORS, all_at_once, kind, take_the_constraint_away
from tests.sizes import Proven, Size
from tools import live
from tools.shop import Shop, audit, inside, open_shop

LEFT = 2
OPERATOR = Viewer(grants=frozenset({Grant("operator")}))


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The database server, or None for SQLite."""
    if request.param == "SQLite":
        yield None
        return
    with live.postgresql() as address:
        yield address


@pytest.fixture(scope="module")
def guarded(server: str | None) -> Iterator[live.Site]:
    """A site as it is, with two workers."""
    with live.site(server, LINLI_TESTING="1", workers=2) as site:
        site.start()
        yield site


@pytest.fixture(scope="module")
def unguarded(server: str | None) -> Iterator[live.Site]:
    """The same with the guards off."""
    with live.site(server, target="tests.proof.unguarded:app", LINLI_TESTING="1") as site:
        take_the_constraint_away(site)
        site.start()
        yield site


def coupon(site: live.Site, shop: Shop, budget: int | None) -> int:
    """Make a coupon of a shop, one per person."""
    at = clock.now()
    draft = Draft(
        Kind.COUPON, Form.AMOUNT, "券", "Coupon", at - timedelta(hours=1), at + timedelta(days=9),
        merchant_id=shop.merchant_id, value_minor=100, budget=budget,
    )  # fmt: skip
    with inside(site), transaction():
        return make_promotion(OPERATOR, draft, at=at).id


def race(site: live.Site, actors: int, *, budget: int | None, persons: int) -> tuple[int, set[int]]:
    """Let all open the coupon's page, then take at once; return how many are taken, and the
    statuses that the others got.
    """
    shop = open_shop(site, stock=1, buyers=persons, name=f"Coupons {budget}")
    made = coupon(site, shop, budget)
    takers = [shop.buyer(number % persons) for number in range(actors)]
    forms = [one.get(f"/coupons/{made}").form("/take$") for one in takers]
    answers = all_at_once(actors, lambda one: takers[one].send(forms[one]))
    taken = sa.select(sa.func.count()).where(PromotionUse.promotion_id == made)
    with inside(site):
        many = db.session.scalar(taken) or 0
    return many, {one.status for one in answers if one.status != 200}


@pytest.mark.timeout(300)
def test_the_last_coupons_of_a_budget_go_to_as_many(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    actors = ACTORS[size]
    assert race(guarded, actors, budget=LEFT, persons=actors) == (LEFT, {409})
    audit(guarded)
    said = f"{actors} residents over HTTP for the last {LEFT} coupons, {kind(server)}"
    proven(said, f"{LEFT} coupons, and the others are told that they are gone", f"{LEFT} coupons")


@pytest.mark.timeout(300)
def test_one_person_with_many_tabs_has_one_coupon(
    guarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    actors = ACTORS[size]
    assert race(guarded, actors, budget=None, persons=1) == (1, {409})
    audit(guarded)
    proven(f"{actors} tabs of one person for one coupon, {kind(server)}", "1 coupon", "1 coupon")


@pytest.mark.timeout(300)
def test_both_are_gone_over_when_the_guard_is_off(
    unguarded: live.Site, server: str | None, size: Size, proven: Proven
) -> None:
    actors = ACTORS[size]
    budget, _ = race(unguarded, actors, budget=LEFT, persons=actors)
    share, _ = race(unguarded, actors, budget=None, persons=1)
    assert budget > LEFT
    assert share > 1
    said = f"{budget} and {share} coupons"
    proven(f"the same coupons without the guard, {kind(server)}", said, "the fault is seen")

"""What comes off which line: the best for the buyer, in one order, to the last cent."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.promotions.policies import priced
from app.promotions.types import Audience, Buyer, Form, Funder, Kind, Piece, Rule

END = datetime(2026, 12, 1, tzinfo=UTC)
ANN = Buyer(7)
BASE = Rule(
    1, Kind.OFFER, Form.AMOUNT, 1, None, None, "", Audience.EVERYBODY, Funder.MERCHANT, 0, 0, None,
    0, 0, False, None, None, "优惠", "Offer", END,
)  # fmt: skip


def rule(number: int, **more: Any) -> Rule:
    return replace(BASE, id=number, **more)


def coupon(number: int, off: int, **more: Any) -> Rule:
    return rule(number, kind=Kind.COUPON, value_minor=off, **more)


def piece(number: int, unit: int, quantity: int = 1, shop: int = 1) -> Piece:
    return Piece(number, shop, 10 + number, 3, "goods", quantity, unit)


def off(
    pieces: list[Piece], rules: list[Rule], buyer: Buyer = ANN, **chosen: Any
) -> dict[int, int]:
    found = priced(pieces, rules, buyer, chosen.get("chosen", {}))
    lines = {one.line_id: 0 for one in pieces}
    for shop in found.values():
        for line_id, ones in shop.reductions.items():
            lines[line_id] += sum(one.amount_minor for one in ones)
    return lines


def test_an_amount_is_shared_by_largest_remainder_and_sums_to_the_whole() -> None:
    lines = [piece(1, 333), piece(2, 333), piece(3, 334)]
    found = off(lines, [coupon(1, 100)])
    assert sum(found.values()) == 100
    assert sorted(found.values()) == [33, 33, 34]


def test_a_sum_to_reach_counts_only_the_things_it_is_about() -> None:
    lines = [piece(1, 2000), piece(2, 1500)]
    assert sum(off(lines, [coupon(1, 500, least_minor=3500)]).values()) == 500
    assert sum(off(lines, [coupon(1, 500, least_minor=3500, listing_id=11)]).values()) == 0
    assert sum(off(lines, [coupon(1, 500, least_minor=2000, listing_id=11)]).values()) == 500


def test_percent_stops_at_its_most() -> None:
    half = coupon(1, 0, form=Form.PERCENT, percent=50)
    assert off([piece(1, 3000)], [half]) == {1: 1500}
    assert off([piece(1, 3000)], [replace(half, most_minor=1000)]) == {1: 1000}


def test_the_cheapest_are_the_ones_that_every_second_piece_makes_cheaper() -> None:
    second_half = rule(1, form=Form.NTH, every=2, percent=50)
    assert off([piece(1, 1000, 2), piece(2, 600)], [second_half]) == {1: 0, 2: 300}
    assert off([piece(1, 1000, 4)], [second_half]) == {1: 1000}
    assert off([piece(1, 1000)], [second_half]) == {1: 0}


def test_a_price_for_members_is_not_for_guests() -> None:
    cheaper = rule(1, form=Form.PRICE, value_minor=800, audience=Audience.MEMBERS, listing_id=11)
    assert off([piece(1, 1000, 2)], [cheaper]) == {1: 400}
    assert off([piece(1, 1000, 2)], [cheaper], Buyer()) == {1: 0}


def test_a_guest_gets_no_coupon_and_no_offer_that_counts_persons() -> None:
    for one in (coupon(1, 500), rule(1, value_minor=500, per_person=1)):
        assert off([piece(1, 1000)], [one], Buyer()) == {1: 0}
        assert off([piece(1, 1000)], [one]) == {1: 500}


def test_a_first_order_is_one_at_the_shop_and_for_the_site_anywhere() -> None:
    own = coupon(1, 500, audience=Audience.FIRST_ORDER)
    site = replace(own, merchant_id=None)
    elsewhere, here = Buyer(7, frozenset({2})), Buyer(7, frozenset({1}))
    assert off([piece(1, 1000)], [own], elsewhere) == {1: 500}
    assert off([piece(1, 1000)], [own], here) == {1: 0}
    assert off([piece(1, 1000)], [site], elsewhere) == {1: 0}
    assert off([piece(1, 1000)], [site]) == {1: 500}


def test_what_stands_alone_stands_alone_and_the_best_way_is_taken() -> None:
    lines = [piece(1, 5000)]
    small, large = coupon(1, 300), coupon(2, 400)
    together = rule(3, value_minor=200, combines=True)
    assert off(lines, [small, large]) == {1: 400}
    assert off(lines, [replace(small, combines=True), large, together]) == {1: 500}
    assert off(lines, [small, large], chosen={1: 1}) == {1: 300}
    assert off(lines, [small, large], chosen={1: 0}) == {1: 0}


def test_no_coupon_is_spent_where_an_offer_saves_as_much() -> None:
    found = priced([piece(1, 5000)], [coupon(1, 300), rule(2, value_minor=300)], ANN, {})
    assert [one.promotion_id for one in found[1].reductions[1]] == [2]


def test_one_coupon_of_the_site_counts_for_the_shop_where_it_saves_most() -> None:
    lines = [piece(1, 300), piece(2, 9000, shop=2)]
    site = coupon(1, 500, merchant_id=None)
    assert off(lines, [site]) == {1: 0, 2: 500}
    assert off(lines, [site], chosen={1: 1}) == {1: 300, 2: 0}


def test_a_coupon_that_does_not_fit_yet_says_how_much_is_missing() -> None:
    found = priced([piece(1, 1000)], [coupon(1, 500, least_minor=3000)], ANN, {})
    assert [(one.missing_minor, one.saves_minor) for one in found[1].options] == [(2000, 0)]


RULES = st.lists(
    st.builds(
        rule,
        st.integers(1, 9),
        kind=st.sampled_from(Kind),
        form=st.sampled_from(Form),
        value_minor=st.integers(0, 4000),
        percent=st.integers(1, 100),
        every=st.integers(2, 4),
        least_minor=st.integers(0, 5000),
        combines=st.booleans(),
        listing_id=st.sampled_from([None, 11, 12]),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)
PIECES = st.lists(
    st.builds(piece, st.integers(1, 9), st.integers(0, 3000), st.integers(1, 5), st.integers(1, 2)),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.line_id,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PIECES, RULES)
def test_no_line_ever_costs_less_than_nothing(pieces: list[Piece], rules: list[Rule]) -> None:
    found = off(pieces, rules)
    assert all(0 <= found[one.line_id] <= one.goods_minor for one in pieces)

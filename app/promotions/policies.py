"""What a promotion takes off, reckoned on what is already loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.money import part_of, shares
from app.promotions.types import (
    Audience,
    Buyer,
    Form,
    Option,
    Piece,
    Priced,
    Reduction,
    Rule,
)

# Prices of their own come first, then pieces, then shares of what is left, then amounts.
ORDER = {Form.PRICE: 0, Form.NTH: 1, Form.PERCENT: 2, Form.AMOUNT: 3}


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to price a shop's lines."""

    coupon: Rule | None
    reductions: Mapping[int, tuple[Reduction, ...]]
    saves_minor: int


def priced(
    pieces: Sequence[Piece],
    rules: Sequence[Rule],
    buyer: Buyer,
    chosen: Mapping[int, int],
) -> dict[int, Priced]:
    """Return by shop what comes off its lines: the best there is for the buyer, or with the coupon
    that was `chosen` for a shop (nought: none; for shop nought: wherever it fits). One coupon an
    order, and each coupon once.
    """
    shops: dict[int, list[Piece]] = {}
    for piece in pieces:
        shops.setdefault(piece.merchant_id, []).append(piece)
    plans = {
        shop_id: _plans(shop_id, lines, rules, buyer) for shop_id, lines in shops.items()
    }  # fmt: skip
    picked: dict[int, _Plan] = {}
    spent: set[int] = set()
    while len(picked) < len(shops):
        open_ones = {
            shop_id: _best(plans[shop_id], spent, chosen.get(shop_id, chosen.get(0)))
            for shop_id in shops
            if shop_id not in picked
        }
        shop_id = max(open_ones, key=lambda one: (one in chosen, open_ones[one].saves_minor, -one))
        picked[shop_id] = open_ones[shop_id]
        if picked[shop_id].coupon:
            spent.add(picked[shop_id].coupon.id)  # type: ignore[union-attr]
    return {
        shop_id: Priced(
            plan.reductions, _options(shops[shop_id], rules, buyer, plans[shop_id], plan)
        )
        for shop_id, plan in picked.items()
    }


def _best(plans: Sequence[_Plan], spent: set[int], chosen: int | None) -> _Plan:
    """Return the plan that saves most; of equal ones the one that spends no coupon, then the
    coupon that ends first.
    """
    free = [plan for plan in plans if plan.coupon is None or plan.coupon.id not in spent]
    if chosen == 0:
        free = [plan for plan in free if plan.coupon is None]
    elif chosen:
        named = [plan for plan in free if plan.coupon and plan.coupon.id == chosen]
        free = named or free
    return min(free, key=_rank)


def _rank(plan: _Plan) -> tuple[int, bool, float, int]:
    ends = plan.coupon.ends_at.timestamp() if plan.coupon else 0.0
    return (-plan.saves_minor, plan.coupon is not None, ends, plan.coupon.id if plan.coupon else 0)


def _plans(
    shop_id: int, pieces: Sequence[Piece], rules: Sequence[Rule], buyer: Buyer
) -> list[_Plan]:
    """Return the ways to price one shop's lines: what combines goes together, what stands alone
    stands alone.
    """
    usable = [rule for rule in rules if _is_for(rule, shop_id, buyer)]
    offers = [rule for rule in usable if not rule.is_coupon]
    together = [rule for rule in offers if rule.combines]
    ways: list[tuple[Rule | None, list[Rule]]] = [(None, together)]
    ways += [(None, [rule]) for rule in offers if not rule.combines]
    for coupon in (rule for rule in usable if rule.is_coupon):
        ways.append((coupon, [*together, coupon] if coupon.combines else [coupon]))
    found = []
    for used, applied in ways:
        reductions = _applied(pieces, applied)
        saves = sum(one.amount_minor for ones in reductions.values() for one in ones)
        takes = used and any(
            one.promotion_id == used.id for ones in reductions.values() for one in ones
        )
        if used is None or takes:
            found.append(_Plan(used, reductions, saves))
    return found


def _is_for(rule: Rule, shop_id: int, buyer: Buyer) -> bool:
    if rule.merchant_id not in (None, shop_id):
        return False
    if buyer.person_id is None:
        return (
            rule.audience is Audience.EVERYBODY and not rule.is_coupon and rule.per_person is None
        )
    return rule.audience is not Audience.FIRST_ORDER or buyer.is_first(rule.merchant_id)


def _applied(pieces: Sequence[Piece], rules: Sequence[Rule]) -> dict[int, tuple[Reduction, ...]]:
    left = {piece.line_id: piece.goods_minor for piece in pieces}
    found: dict[int, tuple[Reduction, ...]] = {}
    for rule in sorted(rules, key=lambda one: (ORDER[one.form], one.is_coupon, one.id)):
        fitting = fitting_pieces(pieces, rule)
        if not fitting or sum(one.goods_minor for one in fitting) < rule.least_minor:
            continue
        for line_id, amount in _taken_off(rule, fitting, left).items():
            if amount <= 0:
                continue
            left[line_id] -= amount
            one = Reduction(
                rule.id, rule.use_id, rule.funder, rule.name_zh, rule.name_en, amount
            )  # fmt: skip
            found[line_id] = (*found.get(line_id, ()), one)
    return found


def fitting_pieces(pieces: Sequence[Piece], rule: Rule) -> list[Piece]:
    """Return the lines that a rule is about."""
    return [
        piece
        for piece in pieces
        if rule.merchant_id in (None, piece.merchant_id)
        and rule.listing_id in (None, piece.listing_id)
        and rule.category_id in (None, piece.category_id)
        and rule.listing_kind in ("", piece.kind)
    ]


def _taken_off(rule: Rule, pieces: Sequence[Piece], left: Mapping[int, int]) -> dict[int, int]:
    """Return what one rule takes off each line, never more than is left of it."""
    lines = [piece.line_id for piece in pieces]
    weights = [left[line_id] for line_id in lines]
    base = sum(weights)
    if rule.form is Form.PRICE:
        off = {
            piece.line_id: piece.quantity * max(0, piece.unit_minor - rule.value_minor)
            for piece in pieces
        }
        return _capped(off, left)
    if rule.form is Form.NTH:
        return _capped(_cheapest(rule, pieces), left)
    whole = rule.value_minor if rule.form is Form.AMOUNT else part_of(base, rule.percent * 100)
    whole = min(whole, base, rule.most_minor if rule.most_minor is not None else base)
    return dict(zip(lines, shares(whole, weights), strict=True)) if whole > 0 else {}


def _cheapest(rule: Rule, pieces: Sequence[Piece]) -> dict[int, int]:
    """Every so-many-th piece is cheaper; of different things it is the cheapest ones."""
    count = sum(piece.quantity for piece in pieces) // max(1, rule.every)
    off: dict[int, int] = {}
    for piece in sorted(pieces, key=lambda one: (one.unit_minor, one.line_id)):
        many = min(count, piece.quantity)
        count -= many
        off[piece.line_id] = many * part_of(piece.unit_minor, rule.percent * 100)
    return off


def _capped(off: Mapping[int, int], left: Mapping[int, int]) -> dict[int, int]:
    return {line_id: min(amount, left[line_id]) for line_id, amount in off.items()}


def _options(
    pieces: Sequence[Piece],
    rules: Sequence[Rule],
    buyer: Buyer,
    plans: Sequence[_Plan],
    picked: _Plan,
) -> tuple[Option, ...]:
    """Return the coupons for one shop, what saves most first; what does not fit yet says how much
    is missing.
    """
    without = max(plan.saves_minor for plan in plans if plan.coupon is None)
    saves = {plan.coupon.id: plan.saves_minor - without for plan in plans if plan.coupon}
    options = []
    for rule in rules:
        fitting = fitting_pieces(pieces, rule)
        if not rule.is_coupon or not fitting or not _is_for(rule, pieces[0].merchant_id, buyer):
            continue
        missing = max(0, rule.least_minor - sum(piece.goods_minor for piece in fitting))
        is_chosen = picked.coupon is not None and picked.coupon.id == rule.id
        options.append(
            Option(
                rule.id, rule.name_zh, rule.name_en, max(0, saves.get(rule.id, 0)), missing,
                rule.ends_at, is_chosen,
            )
        )  # fmt: skip
    return tuple(
        sorted(options, key=lambda one: (-one.saves_minor, one.missing_minor, one.ends_at))
    )

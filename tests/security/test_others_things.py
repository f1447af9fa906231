"""Numbers in addresses are guessed: another shop's things through one's own door, and the things of
others by their numbers, open to nobody.

`test_rights.py` asks whether the door of a shop is shut to a rival; here the rival stands at their
*own* door and names the other shop's things, and a buyer names another buyer's.
"""

from werkzeug.routing import Rule

from app.orders.policies import guest_key
from tests.security.town import Side, Town

# Things that belong to the town, so that a shop may name them whoever else does: its own points,
# and what a neighbour asks everybody in a thread.
SHARED = {"workbench.use_point", "workbench.quote_thread"}


def mixed(town: Town, rule: Rule, door: Side, things: Side) -> str:
    """Return an address at one side's door that names the other side's things."""
    return town.address(rule, things, merchant_id=door.shop.id)


def with_things(town: Town) -> list[tuple[str, Rule]]:
    """Return the addresses of a shop that name something of it."""
    return [
        (method, rule)
        for method, rule in town.rules()
        if "merchant_id" in rule.arguments and len(rule.arguments) > 1
    ]


def test_no_shop_reaches_anothers_things_through_its_own_door(town: Town) -> None:
    rows = with_things(town)
    assert len(rows) > 25
    reached = []
    for method, rule in rows:
        if rule.endpoint in SHARED:
            continue
        end = town.knock("rival", method, rule, mixed(town, rule, town.b, town.a))
        # A form that is shown again (422) has read nothing of the other shop's yet.
        if not end.is_refused and end.status != 422:
            reached.append(f"{method} {rule.rule}: {end.status}")
    assert not reached, "\n".join(reached)


def test_the_same_walk_reaches_ones_own_things(town: Town) -> None:
    """Else the walk above would prove nothing."""
    rows = [row for row in with_things(town) if row[1].endpoint not in SHARED]
    opened = [
        rule.rule
        for method, rule in rows
        if not town.knock("owner", method, rule, mixed(town, rule, town.a, town.a)).is_refused
    ]
    assert len(opened) > 0.9 * len(rows)


def test_a_payment_is_reached_only_under_its_own_order(town: Town) -> None:
    [(method, rule)] = [row for row in town.rules() if row[1].endpoint == "orders.dispute"]
    assert not town.knock("buyer", method, rule, town.address(rule)).is_refused
    taken = town.address(rule, payment_id=town.b.ids["payment_id"])
    assert town.knock("buyer", method, rule, taken).is_refused


def test_a_guests_key_opens_their_own_order_and_no_other(town: Town) -> None:
    order = town.a.ids["order_id"]
    other = guest_key("2026-0001")
    for address in (f"/orders/{order}?key={other}", f"/orders/{order}/live?key={other}"):
        assert town.ask("guest", "GET", address).status == 404


def test_another_ones_basket_and_another_shops_sizes_are_not_named_in_forms(town: Town) -> None:
    line = town.a.ids["line_id"]
    assert town.ask("rival", "POST", f"/orders/basket/lines/{line}", {"quantity": "0"}).is_refused
    url = f"/workbench/{town.b.shop.id}/listings/{town.b.ids['listing_id']}"
    fields = next(form for form in town.visitors["rival"].get(url).forms(url) if "name_zh" in form)
    taken = {"size_0_id": str(town.a.ids["variant_id"])}
    assert fields.keys() & taken.keys()
    assert town.ask("rival", "POST", url, fields).wrote
    assert not town.ask("rival", "POST", url, fields | taken).wrote


def test_a_picture_is_reached_by_its_whole_address_only(town: Town) -> None:
    address = town.a.ids["address"]
    number, tag, rest = address.split("-", 2)
    guesses = [
        f"{int(number) + 1}-{tag}-{rest}",
        f"{number}-{tag[::-1]}-{rest}",
        f"{number}--{rest}",
    ]
    for guess in guesses:
        assert town.ask("operator", "GET", f"/media/{guess}").status == 404
        assert town.ask("operator", "GET", f"/pictures/{guess}").status == 404

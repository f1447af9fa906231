"""What pieces of a line cost once something came off the line: the parts sum to the whole."""

from __future__ import annotations

from typing import Any


def worth_minor(line: Any, count: Any) -> Any:
    """Return what the first `count` pieces of a line cost with packaging and less their share of
    what came off; two counts' difference is what the pieces between them cost. Reads alike on rows
    and on columns.

    Refunded pieces are the first ones and given up pieces the last, so whatever happens in whatever
    order, the cents add up.
    """
    each = line.unit_minor + line.packaging_minor
    return each * count - line.reduced_minor * count // line.quantity


def goods_worth(line: Any, count: int) -> int:
    """Return what a commission is reckoned on for the first `count` pieces: the goods, less what
    the shop itself lets off.
    """
    let_off = line.reduced_minor * count // line.quantity - site_share(line, count)
    return int(line.unit_minor * count - let_off)


def site_share(line: Any, count: int) -> int:
    """Return what the site pays of the first `count` pieces."""
    return int(line.site_minor * count // line.quantity)

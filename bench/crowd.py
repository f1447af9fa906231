"""Many listings: the pages on which things are found, beside the same with a tenth of everything."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.core import clock
from app.core.access import Grant, Viewer
from app.core.db import db, transaction
from app.core.pools.services import make_pools
from app.core.search import services as search
from app.merchants.models import Category, Listing, Merchant, Variant
from app.merchants.queries.finding import listing_document
from app.merchants.services.importing import import_merchants
from app.merchants.types import ImportRow, ListingKind, MerchantState
from bench import load
from bench.pages import Statements
from tools import live
from tools.shop import inside

SHOPS, LISTINGS, TENTH = 500, 10_000, 10
AIM = 1.3
TRADES = ("bakery", "greengrocer", "restaurant", "repair")
THINGS = ("面包", "苹果", "牛肉面", "豆浆", "饺子", "鸡蛋", "青菜", "蛋糕", "米酒", "酸奶")
PAGES = {
    "list": "/merchants/listings",
    "list of shops": "/merchants/",
    "filter: trade, open now": "/merchants/listings?category={trade}&open=1",
    "filter: price, cheapest first": "/merchants/listings?min=5&max=20&sort=cheap",
    "words in the list": "/merchants/listings?q=%E9%9D%A2%E5%8C%85",
    "list on the map": "/merchants/listings?view=map",
    "shops on the map": "/merchants/?view=map",
    "map of the town": "/map",
    "search": "/search?q=%E9%9D%A2%E5%8C%85",
}
GUEST = {"Accept": "text/html", "Accept-Language": "zh-CN"}


@dataclass
class Row:
    """One page at both sizes: statements, and the seconds of every request."""

    name: str
    urls: tuple[str, str]
    statements: tuple[int, int]
    seconds: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    def p50(self, size: int) -> float:
        """Return the median milliseconds at the small size (0) or the large one (1)."""
        return statistics.median(self.seconds[size]) * 1000

    @property
    def growth(self) -> float:
        """How many times as long the large town takes."""
        return self.p50(1) / self.p50(0)


@contextmanager
def crowds(server: str | None) -> Iterator[list[Row]]:
    """Open the same town twice, with a tenth of the shops and listings and with all of them."""
    with ExitStack() as held:
        sites = []
        for share in (TENTH, 1):
            site = held.enter_context(live.site(server, LINLI_PAGE_SECONDS="0"))
            print(f"{LISTINGS // share} listings…", file=sys.stderr, flush=True)
            trade = fill(site, shops=SHOPS // share, listings=LISTINGS // share)
            site.start()
            sites.append((site, Statements(site), trade))
        yield [row(name, path, sites) for name, path in PAGES.items()]


def row(name: str, path: str, sites: list[tuple[live.Site, Statements, int]]) -> Row:
    """Return a page's row, its statements counted at both sizes."""
    paths = [path.format(trade=trade) for _site, _counts, trade in sites]
    found = [
        (site.address + there, counts.of(there, GUEST))
        for there, (site, counts, _trade) in zip(paths, sites, strict=True)
    ]
    (small, few), (large, many) = found
    return Row(name, (small, large), (few, many))


def measure(rows: list[Row], *, requests: int) -> None:
    """Ask every page at both sizes, one request at a time, the sizes taking turns."""
    for each in rows:
        for size in (0, 1):
            load.run(each.urls[size], requests=5, headers=GUEST)
        for _ in range(4):
            for size in (0, 1):
                run = load.run(each.urls[size], requests=max(1, requests // 4), headers=GUEST)
                if run.statuses != {200}:
                    raise RuntimeError(f"{each.urls[size]} answered {run.statuses}")
                each.seconds[size].extend(run.seconds)


def fill(site: live.Site, *, shops: int, listings: int) -> int:
    """Write the town in bulk: shops as an import writes them, then approved; return a trade's id."""
    with inside(site):
        now = clock.now()
        operator = Viewer(id=1, grants=frozenset({Grant("operator")}))
        rows = [shop(number) for number in range(shops)]
        for start in range(0, shops, 250):
            with transaction():
                import_merchants(operator, rows[start : start + 250], source="bench", at=now)
        with transaction():
            approved = {"state": MerchantState.ACTIVE, "approved_at": now}
            db.session.execute(sa.update(Merchant).values(**approved))
        owners = {one.id: one for one in db.session.scalars(sa.select(Merchant))}
        for start in range(0, listings, 500):
            with transaction():
                numbers = range(start, min(start + 500, listings))
                write_listings(numbers, list(owners.values()), now)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("ANALYZE"))
        trade = db.session.scalar(sa.select(sa.func.min(Category.id)).where(in_use()))
        assert trade is not None
        return int(trade)


def in_use() -> sa.ColumnElement[bool]:
    """The trades that some shop of the town has."""
    return Category.id.in_(sa.select(Merchant.category_id))


def shop(number: int) -> ImportRow:
    """Return one shop: a place in the town, its hours, its trade."""
    return ImportRow(
        source_key=f"bench-{number}",
        name_zh=f"{THINGS[number % len(THINGS)]}铺 {number}",
        name_en=f"Shop {number}",
        category=TRADES[number % len(TRADES)],
        description="街坊的小店，现做现卖。",
        address=f"南街 {number} 号",
        lat=31.25 + (number % 25) / 1000,
        lng=120.70 + (number // 25) / 1000,
        opening_hours="24/7" if number % 2 else "Mo-Su 07:00-21:00",
    )


def write_listings(numbers: Sequence[int], owners: list[Merchant], now: object) -> None:
    """Write a batch of listings with one size and a shelf each, and what the search finds."""
    pools = make_pools("variant", {f"bench-{number}": 50 for number in numbers})
    rows = []
    for number in numbers:
        owner, price = owners[number % len(owners)], 300 + 37 * number % 5000
        name = THINGS[(number // len(owners)) % len(THINGS)]
        rows.append(
            {
                "merchant_id": owner.id, "kind": ListingKind.GOODS, "category_id": owner.category_id,
                "name_zh": f"{name} {number}", "name_en": f"Thing {number}",
                "description": "当天做的。", "min_price_minor": price,
                "created_at": now, "changed_at": now,
            }
        )  # fmt: skip
    made = sa.insert(Listing).returning(Listing, sort_by_parameter_order=True)
    written = list(db.session.scalars(made, rows))
    db.session.execute(
        sa.insert(Variant),
        [
            {"listing_id": one.id, "price_minor": one.min_price_minor, "pool_id": pools[f"bench-{number}"]}
            for number, one in zip(numbers, written, strict=True)
        ],
    )  # fmt: skip
    by_id = {one.id: one for one in owners}
    search.put_many([listing_document(one, by_id[one.merchant_id]) for one in written])

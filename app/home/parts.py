"""What a thing says of itself when it is sent on: as a guest may see it, in the language spoken."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from app.core import clock
from app.core.access import GUEST
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import ngettext, pick
from app.core.media.queries import picture_rows, pictures_of
from app.core.pages import absolute, shown_exactly, shown_money, shown_time
from app.events.queries import gathering_view
from app.forum.queries.posts import posts_on
from app.forum.queries.threads import thread_for
from app.merchants.queries.browsing import listing_page, merchant_for


@dataclass(frozen=True, slots=True)
class Share:
    """A thing on its way out: its name, what one must know, its own page and its picture."""

    title: str
    lines: tuple[str, ...]
    url: str
    hint: str
    picture: str = ""

    @property
    def text(self) -> str:
        """The same as text to copy, with the address last, where chats make it a link."""
        return "\n".join([self.title, *self.lines, self.url])


def share_of(kind: str, subject_id: int) -> Share:
    """Return what may be sent on of a thing; refuses (NotFoundError) what a guest may not see."""
    if kind not in KINDS:
        raise NotFoundError
    return KINDS[kind](subject_id)


def _thread(thread_id: int) -> Share:
    thread = thread_for(GUEST, thread_id)
    first = posts_on(thread, viewer=GUEST)[:1]
    pictures = pictures_of("post", [post.id for post in first])
    board = pick(thread.board_name or "", thread.board_name_en)
    asked = _("Waits for an answer") if thread.asks_answer else ""
    count = thread.reply_count
    replies = ngettext("%(num)s reply", "%(num)s replies", count) if count else asked
    return Share(
        thread.title,
        tuple(filter(None, (" · ".join(filter(None, (board, replies))),))),
        absolute(url_for("forum.thread", thread_id=thread_id)),
        _("Press and hold to read and answer"),
        next((row.name for rows in pictures.values() for row in rows), ""),
    )


def _listing(listing_id: int) -> Share:
    page, sizes = listing_page(GUEST, listing_id, at=clock.now())
    prices = [size.price_minor for size in sizes if not size.is_archived]
    price = shown_money(min(prices)) if prices else ""
    if price and min(prices) != max(prices):
        price = _("from %(price)s", price=price)
    shop = pick(page.merchant_zh, page.merchant_en)
    where = " · ".join(filter(None, (shop, page.merchant_address)))
    return Share(
        pick(page.name_zh, page.name_en),
        tuple(filter(None, (price, where))),
        absolute(url_for("merchants.listing", listing_id=listing_id)),
        _("Press and hold to order"),
        _name_of(page.picture_id),
    )


def _merchant(merchant_id: int) -> Share:
    shop = merchant_for(GUEST, merchant_id)
    kind = " · ".join(filter(None, (pick(shop.category_zh, shop.category_en), shop.address)))
    return Share(
        pick(shop.name_zh, shop.name_en),
        tuple(filter(None, (kind, shop.opening_hours[:60]))),
        absolute(url_for("merchants.merchant", merchant_id=merchant_id)),
        _("Press and hold to see what there is"),
        _name_of(shop.picture_id),
    )


def _gathering(gathering_id: int) -> Share:
    row = gathering_view(GUEST, gathering_id).gathering
    when = f"{shown_exactly(row.starts_at)}–{shown_time(row.ends_at)}"
    return Share(
        pick(row.title, row.title_en),
        (when, row.place),
        absolute(url_for("events.gathering", gathering_id=gathering_id)),
        _("Press and hold to join"),
        _name_of(row.picture_id),
    )


def _name_of(picture_id: int | None) -> str:
    return picture_rows([picture_id])[picture_id].name if picture_id else ""


KINDS: dict[str, Callable[[int], Share]] = {
    "thread": _thread,
    "listing": _listing,
    "merchant": _merchant,
    "gathering": _gathering,
}

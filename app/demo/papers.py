"""The papers of the demo town's shops: most are looked at, one waits, one ends soon."""

from __future__ import annotations

from datetime import date, datetime

from app.core.access import Viewer
from app.demo.content.shops import Shop
from app.merchants.policies.papers import credit_code
from app.merchants.services.papers import decide_paper, send_paper
from app.merchants.types.papers import PaperDraft, PaperKind

FOOD = frozenset(
    {"bakery", "noodles", "breakfast", "restaurant", "greengrocer", "fruit", "butcher"}
)
FOOD |= {"fish", "grocery", "tea", "cafe", "water"}
# Who sells so little that the law asks for no licence.
EXEMPT = frozenset({"parcel", "tailor"})
WAITING = "screendoc"
HOLDS_YEARS = 5


def show_papers(desk: Viewer, owner: Viewer, merchant_id: int, shop: Shop, *, at: datetime) -> None:
    """Hand a shop's papers in and have the desk look at them, by its trade."""
    for draft in _drafts(merchant_id, shop, at.date()):
        paper = send_paper(owner, merchant_id, draft, at=at)
        if shop.key != WAITING:
            decide_paper(desk, paper.id, is_right=True, answer="", at=at)


def _drafts(merchant_id: int, shop: Shop, day: date) -> list[PaperDraft]:
    holder = f"{shop.name_zh}（个体工商户）"
    if shop.trade in EXEMPT:
        return [PaperDraft(PaperKind.EXEMPT, "", shop.name_zh)]
    # Region 000000 is nobody's: these numbers are sound, and belong to no real business.
    licence = PaperDraft(PaperKind.LICENCE, credit_code(f"92000000MA{merchant_id:07d}"), holder)
    if shop.trade not in FOOD:
        return [licence]
    number, until = f"JY1000000{merchant_id:07d}", date(day.year + HOLDS_YEARS, day.month, 28)
    return [licence, PaperDraft(PaperKind.FOOD_PERMIT, number, holder, until)]

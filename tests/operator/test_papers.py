"""A shop's papers: handed in, looked at, read by neighbours, told of before they end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.errors import ConflictError, FieldError, NotAllowedError
from app.merchants.jobs import warn_of_papers
from app.merchants.models import MerchantPaper
from app.merchants.policies.papers import checked_number
from app.merchants.services import papers, shops
from app.merchants.types.papers import PaperDraft, PaperKind, PaperState
from app.notifications.models import Notice
from tests.factories.accounts import person, viewer
from tests.factories.merchants import shop, trades
from tests.factories.notifications import follow

NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
SOUND = "91110000802100433B"
LICENCE = {"kind": "licence", "number": SOUND, "holder": "麦田食品店", "valid_until": "2026-12-05"}


@pytest.fixture
def bakery(app):
    boss = person("麦老板", language=Language.ENGLISH)
    desk = person(roles=("operator",), language=Language.ENGLISH)
    return {"shop": shop("麦田面包房", owner=boss), "boss": boss, "desk": desk}


def told(person_id: int) -> list[str]:
    follow(clock.now())
    db.session.rollback()
    rows = db.session.scalars(db.select(Notice).where(Notice.person_id == person_id))
    return [row.kind.value for row in sorted(rows, key=lambda row: row.id)]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (PaperKind.LICENCE, "9111 0000 8021 0043 3b", SOUND),
        (PaperKind.LICENCE, "HRB 12345-B", "HRB 12345-B"),
        (PaperKind.FOOD_PERMIT, "jy15101070012345", "JY15101070012345"),
        (PaperKind.EXEMPT, "anything", ""),
    ],
)
def test_a_number_is_kept_as_it_is_printed(kind: PaperKind, typed: str, kept: str) -> None:
    assert checked_number(PaperDraft(kind, typed, "x")) == kept


@pytest.mark.parametrize("typed", ["", "12", "<b>1234</b>", "91110000802100433C", "x" * 41])
def test_a_number_that_cannot_be_one_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(FieldError) as refused:
        checked_number(PaperDraft(PaperKind.LICENCE, typed, "x"))
    assert refused.value.field == "number"


def test_neighbours_read_what_the_desk_looked_at_and_nothing_before(bakery, sign_in, guest) -> None:
    public = f"/merchants/{bakery['shop'].id}/papers"
    with clock.travel(NOON):
        boss, desk = sign_in(bakery["boss"]), sign_in(bakery["desk"])
        url = f"/workbench/{bakery['shop'].id}/papers"
        wrong = boss.post(url, LICENCE | {"number": SOUND[:-1] + "C"}, status=422)
        assert "does not fit" in wrong
        assert "麦田食品店" in wrong
        assert "over already" in boss.post(url, LICENCE | {"valid_until": "2026-11-09"}, status=422)
        boss.follow(boss.post(url, LICENCE, status=303))
        assert SOUND not in guest.visit(public)
        paper = db.session.scalars(db.select(MerchantPaper)).one()
        waiting = desk.visit("/operator/papers")
        assert SOUND in waiting
        page = desk.post(f"/operator/papers/{paper.id}/wrong", {"answer": " "}, status=422)
        assert "Say what is wrong with it." in page
        desk.follow(desk.post(f"/operator/papers/{paper.id}/right", {"answer": ""}, status=303))
        assert SOUND in guest.visit(public)
        assert desk.post(f"/operator/papers/{paper.id}/right", {"answer": ""}).status == 409
        assert SOUND in desk.visit("/operator/papers?state=ending")
        assert told(bakery["boss"].id) == ["shop_approved", "paper_right"]
        assert "in order, neighbours can read it now" in boss.visit("/me/notifications/")
        boss.follow(boss.post(url, LICENCE | {"valid_until": "2030-01-01"}, status=303))
        assert SOUND not in guest.visit(public), "what was sent anew is looked at anew"
        again = db.session.scalars(db.select(MerchantPaper)).one().id
        no = desk.post(f"/operator/papers/{again}/wrong", {"answer": "看不清"}, status=303)
        desk.follow(no)
        assert "看不清" in boss.visit(url)
        assert told(bakery["boss"].id) == ["shop_approved", "paper_right", "paper_wrong"]


def test_clerks_and_strangers_hand_no_papers_in(bakery, sign_in) -> None:
    clerk = person(staff_of={bakery["shop"].id: "clerk"})
    for who in (clerk, person()):
        assert sign_in(who).post(f"/workbench/{bakery['shop'].id}/papers", LICENCE).status == 403
        with pytest.raises(NotAllowedError), transaction():
            papers.send_paper(
                viewer(who), bakery["shop"].id, PaperDraft(PaperKind.LICENCE, SOUND, "x"), at=NOON
            )


def test_what_was_sent_anew_meanwhile_is_not_decided_unseen(bakery) -> None:
    boss, desk = viewer(bakery["boss"]), viewer(bakery["desk"])
    first = PaperDraft(PaperKind.LICENCE, SOUND, "麦田")
    with transaction():
        paper_id = papers.send_paper(boss, bakery["shop"].id, first, at=NOON).id
    seen = db.session.get(MerchantPaper, paper_id)
    assert seen.state is PaperState.WAITING
    with transaction():
        papers.decide_paper(desk, paper_id, is_right=True, answer="", at=NOON)
    with pytest.raises(ConflictError), transaction():
        papers.decide_paper(desk, paper_id, is_right=False, answer="no", at=NOON)


def test_a_shop_is_warned_once_of_each_end_however_late(bakery) -> None:
    boss, desk = viewer(bakery["boss"]), viewer(bakery["desk"])
    draft = PaperDraft(PaperKind.FOOD_PERMIT, "JY15101070012345", "麦田", date(2027, 1, 20))
    with transaction():
        paper = papers.send_paper(boss, bakery["shop"].id, draft, at=NOON)
        papers.decide_paper(desk, paper.id, is_right=True, answer="", at=NOON)
    with clock.travel(NOON + timedelta(days=20)):
        warn_of_papers(clock.now())
        assert told(bakery["boss"].id) == ["shop_approved", "paper_right"]
    with clock.travel(NOON + timedelta(days=90)):
        for _again in range(3):
            warn_of_papers(clock.now())
        assert told(bakery["boss"].id) == ["shop_approved", "paper_right", "paper_ends"]


def test_an_application_names_its_papers_and_the_desk_reads_them_with_it(app, sign_in) -> None:
    applicant = person("老周", language=Language.ENGLISH)
    member, desk = sign_in(applicant), sign_in(person(roles=("operator",), language="en"))
    sent = {
        "name_zh": "老周修理铺", "category_id": str(trades()["repair"]), "neighbourhood_id": "0",
        "description": "修水管", "address": "二单元", "phone": "13800001111", "application": "十年",
        "licence": SOUND[:-1] + "C", "holder": "周师傅",
    }  # fmt: skip
    assert "does not fit" in member.post("/merchants/apply", sent, status=422)
    done = member.post("/merchants/apply", sent | {"licence": SOUND}, status=303)
    member.follow(done)
    assert SOUND in desk.visit("/operator/merchants")
    paper = db.session.scalars(db.select(MerchantPaper)).one()
    desk.follow(desk.post(f"/operator/merchants/{paper.merchant_id}/approve", status=303))
    db.session.expire_all()
    assert db.session.get(MerchantPaper, paper.id).state is PaperState.CHECKED
    assert told(applicant.id) == ["shop_approved", "paper_right"]


def test_a_shop_hears_why_it_is_stopped_and_that_it_goes_on(bakery, sign_in) -> None:
    with transaction():
        shops.suspend_merchant(SYSTEM, bakery["shop"].id, reason="No permit.", at=clock.now())
    with transaction():
        shops.resume_merchant(SYSTEM, bakery["shop"].id, reason="It came.", at=clock.now())
    assert told(bakery["boss"].id) == ["shop_approved", "shop_stopped", "shop_resumed"]
    inbox = sign_in(bakery["boss"]).visit("/me/notifications/")
    assert "takes no new orders for now: No permit." in inbox

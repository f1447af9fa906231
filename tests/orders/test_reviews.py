"""Reviews: earned at the counter once a line, blind for both sides, answered, reported, counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.types import Leaving
from app.core import clock
from app.core.access import GUEST, Viewer
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.forum.models import Thread
from app.merchants.errors import ReviewBlindError, ReviewOverError
from app.merchants.models import Listing, Review
from app.merchants.queries import reviews as reads
from app.merchants.services import leaving, reviews
from app.merchants.types import ReviewFigures, ReviewFilter, ReviewShowing, ReviewView
from app.merchants.types.reviews import BLIND, WRITABLE
from app.moderation import services as moderation
from app.moderation.types import Decision, ReportReason, Rule, WordOutcome
from app.notifications.models import Notice
from app.notifications.types import NoticeKind
from app.orders.queries.standing import standing_of
from app.orders.services import counter
from tests.factories import accounts, merchants, orders
from tests.factories.forum import a_reply
from tests.factories.notifications import follow
from tests.factories.orders import Stall

DAY = timedelta(days=1)


def collected(place: Stall, **more: Any) -> Any:
    """Hand an order over; return what it was, and its review as it stands."""
    order = orders.accepted(place, **more)
    with transaction():
        hand = counter.hand_over(place.keeper, order.id, at=clock.now())
    return hand, right(order.id)


def right(order_id: int) -> Review:
    """The right to a review that an order's first line has."""
    wanted = select(Review).where(Review.order_id == order_id).order_by(Review.line_id)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).first()


def write(actor: Viewer, review: Review, stars: int = 5, body: str = "壳硬心软") -> Review:
    with transaction():
        return reviews.write_review(actor, review.id, stars=stars, body=body, at=clock.now())


def count(place: Stall) -> int:
    return reads.figures_of(place.merchant.id, at=clock.now()).count


def test_collecting_gives_the_right_to_a_review_once_a_line_and_undoing_lets_it_rest(
    place: Stall,
) -> None:
    order = orders.accepted(place, quantity=2)
    assert right(order.id) is None
    line = orders.line_of(order)
    with transaction():
        counter.hand_over(place.keeper, order.id, quantities={line.id: 1}, at=clock.now())
    first = right(order.id)
    assert (first.person_id, first.listing_id) == (place.buyer.id, place.listing.id)
    with transaction():
        hand = counter.hand_over(place.keeper, order.id, at=clock.now())
    with transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())
    assert right(order.id).void_at is None, "one piece is still with the buyer"
    assert len(db.session.scalars(select(Review)).all()) == 1
    hand, review = collected(place)
    write(place.customer, review)
    with transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())
    later = clock.now() + BLIND
    assert reads.figures_of(place.merchant.id, at=later).count == 0
    with transaction():
        counter.hand_over(place.keeper, review.order_id, at=clock.now())
    assert reads.figures_of(place.merchant.id, at=later).count == 1, "it was not lost"


def test_only_who_collected_writes_and_nobody_of_the_shop(place: Stall) -> None:
    _hand, review = collected(place)
    with pytest.raises(NotFoundError):
        write(accounts.viewer(accounts.person()), review)
    with pytest.raises(NotFoundError):
        write(GUEST, review)
    with pytest.raises(FieldError):
        write(place.customer, review, stars=6)
    helper = accounts.person(staff_of={place.merchant.id: "clerk"})
    with transaction():
        db.session.get_one(Review, review.id).person_id = helper.id
    with pytest.raises(NotAllowedError):
        write(accounts.viewer(helper), review)
    with transaction():
        db.session.get_one(Review, review.id).person_id = place.buyer.id
    with clock.travel(clock.now() + WRITABLE + DAY), pytest.raises(ReviewOverError):
        write(place.customer, review)
    assert write(place.customer, review, body="").stars == 5, "stars may stand alone"


def test_neither_side_reads_the_other_before_both_wrote_or_seven_days_are_over(
    place: Stall,
) -> None:
    _hand, review = collected(place)
    write(place.customer, review, 2, "底糊了")
    assert count(place) == 0
    for viewer in (GUEST, place.keeper):
        with pytest.raises(NotFoundError):
            reads.review_for(viewer, review.id, at=clock.now())
    listed = reads.reviews_for_shop(
        place.merchant.id, ReviewView.BLIND, ReviewFilter(), at=clock.now()
    )
    [row] = listed.rows
    assert (row.is_written, row.stars, row.body) == (True, None, "")
    with pytest.raises(ReviewBlindError), transaction():
        reviews.answer_review(place.keeper, review.id, "谢谢", at=clock.now())
    write(place.customer, review, 3, "底有点糊")
    with clock.travel(clock.now() + BLIND):
        assert count(place) == 1
        assert reads.review_for(GUEST, review.id, at=clock.now()).stars == 3
        with pytest.raises(ReviewOverError):
            write(place.customer, review, 5)
        with pytest.raises(ReviewBlindError), transaction():
            reviews.meet_review(place.keeper, review.id, "来得准时", at=clock.now())


def test_it_opens_at_once_when_both_wrote_whoever_was_first(place: Stall) -> None:
    _hand, review = collected(place, quantity=1)
    with transaction():
        reviews.meet_review(place.keeper, review.id, "来得准时", at=clock.now())
    own = reads.own_review(place.customer, review.id, at=clock.now())
    assert own.word == "", "the buyer does not read it before writing"
    write(place.customer, review)
    assert count(place) == 1
    _hand, second = collected(place, quantity=1)
    write(place.customer, second, 1)
    with transaction():
        reviews.meet_review(place.keeper, second.id, "谢谢光临", at=clock.now())
    assert count(place) == 2
    with pytest.raises(ReviewOverError):
        write(place.customer, second, 5)


def test_what_was_open_and_is_taken_back_is_not_written_anew(place: Stall) -> None:
    _hand, review = collected(place)
    write(place.customer, review, 2)
    with transaction():
        reviews.take_back(place.customer, review.id, at=clock.now())
    write(place.customer, review, 4)
    with clock.travel(clock.now() + BLIND + DAY):
        with transaction():
            reviews.answer_review(place.keeper, review.id, "谢谢", at=clock.now())
        with transaction():
            reviews.take_back(place.customer, review.id, at=clock.now())
        assert count(place) == 0
        assert right(review.order_id).answer == ""
        with pytest.raises(ReviewOverError):
            write(place.customer, review, 5)


def test_the_figures_are_honest() -> None:
    assert ReviewFigures((2, 0, 0, 0, 0)).mean is None
    assert str(ReviewFigures((2, 1, 0, 0, 0)).mean) == "4.7"
    assert str(ReviewFigures((1, 0, 0, 0, 1)).mean or "") == ""
    assert ReviewFigures((1, 2, 3, 4, 5)).table == ((5, 1), (4, 2), (3, 3), (2, 4), (1, 5))


def test_a_reviewer_takes_away_what_breaks_a_rule_and_the_review_apart_from_its_answer(
    place: Stall, app: Any
) -> None:
    _hand, review = collected(place)
    boss = accounts.viewer(accounts.person(roles=("operator",)))
    with transaction():
        moderation.add_word(boss, "骗子", WordOutcome.HOLD, at=clock.now())
    assert write(place.customer, review, 1, "老板是骗子").showing is ReviewShowing.HELD
    other = accounts.viewer(accounts.person())
    at = clock.now() + BLIND + DAY
    with clock.travel(at):
        assert count(place) == 0
        item = moderation.queries.waiting_item("review", review.id)
        with transaction():
            moderation.decide(
                boss, item.id, Decision.APPROVE, rule=Rule.NONE, note="opinion", at=at
            )
        assert count(place) == 1
        with transaction():
            reviews.answer_review(place.keeper, review.id, "你才是", at=at)
            item = moderation.report(
                other, "review_answer", review.id, reason=ReportReason.RUDE, text="", at=at
            )
        with transaction():
            moderation.decide(boss, item.id, Decision.HIDE, rule=Rule.KIND, note="rude", at=at)
        seen = reads.review_for(other, review.id, at=at)
        assert (seen.body, seen.answer) == ("老板是骗子", "")


@pytest.mark.parametrize("keeps_words", [True, False])
def test_who_leaves_keeps_the_words_under_a_former_neighbour_or_takes_them(
    place: Stall, keeps_words: bool
) -> None:
    _hand, review = collected(place)
    write(place.customer, review)
    with transaction():
        leaving.forget_person(Leaving(place.buyer.id, keeps_words, "former"), clock.now())
    with clock.travel(clock.now() + BLIND):
        assert count(place) == (1 if keeps_words else 0)
    assert right(review.order_id).person_id is None


def test_the_shop_hears_of_a_review_and_the_buyer_of_the_answer(place: Stall) -> None:
    _hand, review = collected(place)
    write(place.customer, review)
    write(place.customer, review, 4)
    with clock.travel(clock.now() + BLIND):
        with transaction():
            reviews.answer_review(place.keeper, review.id, "谢谢", at=clock.now())
        follow(clock.now())
    kinds = [NoticeKind.SHOP_REVIEWED, NoticeKind.SHOP_ANSWERED]
    rows = db.session.scalars(select(Notice).where(Notice.kind.in_(kinds)).order_by(Notice.id))
    assert [(row.kind, row.person_id) for row in rows] == [
        (NoticeKind.SHOP_REVIEWED, place.owner.id),
        (NoticeKind.SHOP_ANSWERED, place.buyer.id),
    ]


def test_a_follower_hears_of_a_new_listing_once_a_day_and_who_only_asked_does_not(
    place: Stall, sign_in: Any
) -> None:
    fan, asks = accounts.person(language="en"), accounts.person(language="en")
    url = f"/merchants/{place.merchant.id}"
    visitor = sign_in(fan)
    assert "Hear what is new here" in visitor.visit(url)
    assert "Following" in visitor.follow(visitor.post(f"{url}/follow", {}, status=303))
    asking = sign_in(asks)
    asking.post(f"/forum/threads/{place.merchant.thread_id}/follow", {})
    with clock.travel(clock.now() + 2 * DAY):
        merchants.goods(place.merchant, name_zh="新的")
        merchants.goods(place.merchant, name_zh="更新的")
        follow(clock.now())
    wanted = select(Notice).where(Notice.kind == NoticeKind.SHOP_NEWS)
    assert [(row.person_id, row.data["title"]) for row in db.session.scalars(wanted)] == [
        (fan.id, "新的")
    ]
    visitor.post(f"{url}/follow", {"quiet": "1"}, status=303)
    with clock.travel(clock.now() + 5 * DAY):
        merchants.goods(place.merchant, name_zh="还有")
        follow(clock.now())
    assert len(db.session.scalars(wanted).all()) == 1


def test_the_pages_walk_from_the_order_to_the_answer(
    place: Stall, sign_in: Any, guest: Any
) -> None:
    _hand, review = collected(place)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    assert "Write a review" in buyer.visit(f"/orders/{review.order_id}")
    url = f"/merchants/reviews/{review.id}"
    buyer.visit(f"{url}/write")
    kept = buyer.post(f"{url}/write", {"body": "字留着"}, status=422)
    assert "字留着" in kept
    done = buyer.post(f"{url}/write", {"stars": "4", "body": "壳硬心软"}, status=303)
    assert "Until then you may change it" in buyer.follow(done)
    shop = f"/workbench/{place.merchant.id}/reviews"
    blind = keeper.visit(f"{shop}?view=blind")
    assert "a review waits" in blind
    assert "壳硬心软" not in blind
    assert guest.get(url).status == 404
    assert keeper.post(f"{shop}/{review.id}/word?view=blind", {"text": ""}).status == 422
    keeper.post(f"{shop}/{review.id}/word", {"text": "来得准时"}, status=303)
    assert "壳硬心软" in keeper.visit(shop)
    keeper.post(f"{shop}/{review.id}/answer", {"text": "欢迎再来"}, status=303)
    for page in (
        f"/merchants/{place.merchant.id}",
        f"/merchants/listings/{place.listing.id}",
        f"/merchants/{place.merchant.id}/reviews?sort=low&stars=4",
        url,
    ):
        shown = guest.visit(page)
        assert "壳硬心软" in shown, page
        assert "欢迎再来" in shown, page
    assert "Nothing waits for your answer" in keeper.visit(shop)
    elsewhere = merchants.shop(owner=place.owner)
    there = f"/workbench/{elsewhere.id}/reviews/{review.id}/answer"
    assert keeper.post(there, {"text": "x"}).status in {403, 404}


def test_a_shops_pages_stay_within_their_statements_with_reviews(
    place: Stall, sign_in: Any, guest: Any, count_queries: Any
) -> None:
    for _number in range(3):
        _hand, review = collected(place, quantity=1)
        write(place.customer, review)
    with clock.travel(clock.now() + BLIND):
        member = sign_in(place.buyer)
        for thread_id in (place.merchant.thread_id, place.listing.thread_id):
            a_reply(db.session.get_one(Thread, thread_id), place.customer, "能切吗？")
        for url in (
            f"/merchants/{place.merchant.id}",
            f"/merchants/listings/{place.listing.id}",
            f"/merchants/{place.merchant.id}/reviews",
        ):
            for visitor, most in ((guest, 6), (member, 10)):
                with count_queries() as statements:
                    assert visitor.get(url).status == 200
                assert len(statements) <= most, (url, statements)


def test_a_shop_is_told_in_figures_only_where_enough_orders_stand_behind_them(
    place: Stall,
) -> None:
    _hand, _review = collected(place)
    found = standing_of(place.merchant.id, at=clock.now())
    assert (found.orders, found.customers, found.came_back, found.answered) == (1, 1, 0, 1)
    assert not any((found.tells_return, found.tells_answer, found.tells_complaints))
    collected(place)
    assert standing_of(place.merchant.id, at=clock.now()).came_back == 1
    assert db.session.get(Listing, place.listing.id) is not None

"""What the town thinks of what it collected, and what the shops say to that."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo.content.opinions import OPINIONS, WORDS, Opinion
from app.demo.content.shops import SHOPS
from app.demo.market import Parcel
from app.demo.stage import Stage
from app.forum.services import follow
from app.merchants.queries.browsing import merchant_for
from app.merchants.queries.reviews import bodies_of, rights_of_order
from app.merchants.services.reviews import answer_review, meet_review, write_review
from app.merchants.types import ReviewRow

OWNERS = {shop.key: shop.owner for shop in SHOPS}
REVIEWS = 0.3


class Critics(Stage):
    """Reviews, the shops' words and answers, and who follows a shop after a good one."""

    def foresee_review(self, order: int, parcel: Parcel, at: datetime) -> None:
        """Now and then somebody writes how it was; now and then the shop does, before it may read
        that.
        """
        dice = self.size.dice("review", order)
        is_asked = dice.random() < REVIEWS and parcel.fate != "undone"
        if is_asked:
            then = at + timedelta(hours=dice.uniform(3, 60))
            self.later(then, "review", order=order, member=parcel.buyer, shop=parcel.shop)
        if is_asked and dice.random() < 0.12:
            then = at + timedelta(hours=dice.uniform(5, 90))
            self.later(then, "word", order=order, member=parcel.buyer, shop=parcel.shop)

    def do_review(self, at: datetime, order: int, member: int, shop: str) -> None:
        """The buyer writes how one thing of the order was."""
        found = self._opinion(order, member, at)
        if found is None:
            return
        right, opinion = found
        buyer = self.viewer(member)
        made = write_review(buyer, right.id, stars=opinion.stars, body=opinion.text, at=at)
        dice = self.size.dice("follow", order)
        if opinion.stars == 5 and dice.random() < 0.5:
            self._follow(right.merchant_id, member, at)
        if opinion.answer:
            then = max(made.opens_at, at) + timedelta(hours=dice.uniform(1, 20))
            self.later(then, "answer_review", review=made.id, shop=shop, text=opinion.answer)

    def _opinion(
        self, order: int, member: int, at: datetime
    ) -> tuple[ReviewRow, Opinion] | None:  # fmt: skip
        """Choose what is said of which line; nobody repeats what another said."""
        keys = {listing_id: key for key, listing_id in self.ground.listings.items()}
        for right in rights_of_order(self.viewer(member), order, at=at):
            said = bodies_of(right.listing_id or 0)
            for opinion in OPINIONS:
                if opinion.offer == keys.get(right.listing_id or 0) and opinion.text not in said:
                    return right, opinion
        return None

    def _follow(self, merchant_id: int, member: int, at: datetime) -> None:
        thread_id = merchant_for(self.viewer(member), merchant_id).thread_id
        if thread_id is not None:
            follow(self.viewer(member), thread_id, at=at, with_news=True)

    def do_word(self, at: datetime, order: int, member: int, shop: str) -> None:
        """The shop writes its word while it may not read the buyer's."""
        rights = rights_of_order(self.viewer(member), order, at=at)
        if rights:
            word = self.size.dice("word", order).choice(WORDS)
            meet_review(self.staff(OWNERS[shop]), rights[0].id, word, at=at)

    def do_answer_review(self, at: datetime, review: int, shop: str, text: str) -> None:
        """The shop answers what is open."""
        answer_review(self.staff(OWNERS[shop]), review, text, at=at)

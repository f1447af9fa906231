"""What the town says: threads, replies, thanks and answers."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFoundError
from app.demo.content.asides import ASIDES
from app.demo.content.shops import SHOPS
from app.demo.ground import OFFERS
from app.demo.stage import Stage
from app.forum.models import Post
from app.forum.queries.boards import board_for
from app.forum.services import accept_answer, open_thread, thank_post
from app.forum.services import reply as write_reply
from app.forum.types import ThreadKind
from app.merchants.models import Listing

_OWNERS = {shop.key: shop.owner for shop in SHOPS}
OWNER_OF = {offer.key: _OWNERS[offer.shop] for offer in OFFERS}


class Squares(Stage):
    """The forum's part of a life; `topics` remembers (opened, thread, number of each reply)."""

    def do_open(self, at: datetime, topic: int, member: int, left: int) -> None:
        """Somebody opens a thread."""
        row = self.plan.topics[topic]
        actor = self.viewer(member)
        thread = open_thread(
            actor,
            board_for(actor, self.ground.boards[row.board]),
            title=row.title,
            body=row.text,
            kind=ThreadKind(row.kind),
            lang=row.lang,
            at=at,
        )
        self.topics[str(topic)] = [int(at.timestamp()), thread.id] + [0] * left
        self.tally.count("threads")
        self.tally.touch("content", actor.id or 0)

    def do_reply(self, at: datetime, topic: int, reply: int, member: int) -> None:
        """Somebody answers."""
        known = self._known(topic)
        actor = self.viewer(member)
        text = self.plan.topics[topic].replies[reply].text
        post = write_reply(actor, SimpleNamespace(id=known[1]), text, at=at)
        known[2 + reply] = post.number
        self.tally.count("replies")
        self.tally.touch("topic", actor.id or 0)

    def do_accept_answer(self, at: datetime, topic: int, reply: int, member: int) -> None:
        """The asker marks the answer."""
        known = self._known(topic)
        actor = self.viewer(member)
        accept_answer(actor, SimpleNamespace(id=known[1]), known[2 + reply], at=at)
        self.tally.count("answers_accepted")

    def do_thank(self, at: datetime, topic: int, reply: int, member: int) -> None:
        """Somebody thanks for an answer."""
        known = self._known(topic)
        actor = self.viewer(member)
        number = known[2 + reply]
        wanted = select(Post).where(Post.thread_id == known[1], Post.number == number)
        post = db.session.scalar(wanted)
        if post is None:
            raise NotFoundError
        thank_post(actor, post, at=at)
        self.tally.count("thanks")
        self.tally.touch("relation", actor.id or 0)

    def do_ask(self, at: datetime, aside: int, member: int) -> None:
        """Somebody asks under a listing."""
        actor = self.viewer(member)
        write_reply(actor, self._talk_of(aside), ASIDES[aside].text, at=at)
        self.tally.count("questions_under_listings")
        self.tally.touch("topic", actor.id or 0)

    def do_answer(self, at: datetime, aside: int) -> None:
        """The shop answers there."""
        keeper = self.staff(OWNER_OF[ASIDES[aside].offer])
        write_reply(keeper, self._talk_of(aside), ASIDES[aside].answer, at=at)
        self.tally.touch("topic", keeper.id or 0)

    def _talk_of(self, aside: int) -> SimpleNamespace:
        listing_id = self.ground.listings[ASIDES[aside].offer]
        talk = select(Listing.thread_id).where(Listing.id == listing_id)
        return SimpleNamespace(id=db.session.scalars(talk).one())

    def _known(self, topic: int) -> list[int]:
        known = self.topics.get(str(topic))
        if known is None:
            raise NotFoundError
        return known

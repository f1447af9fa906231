"""What the town does together: invitations, sign-ups, second thoughts and the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.core.errors import NotFoundError
from app.demo.stage import Stage
from app.events.services.desk import admit_walk_in, check_in
from app.events.services.gatherings import open_gathering, publish_gathering
from app.events.services.registrations import leave, register
from app.events.types import GatheringDraft, GatheringKind

COMES = 0.86
WALK_INS = ("隔壁楼的叔叔", "路过的小朋友和妈妈", "Visitor from next door", "送孩子来的奶奶")


class Evenings(Stage):
    """The gatherings' part of a life; `meets` remembers each with its sign-ups."""

    def do_invite(self, at: datetime, meet: int, member: int) -> None:
        """Somebody invites the neighbourhood."""
        plan, begins, ends = self.plan.meets[meet]
        host = self.viewer(member)
        draft = GatheringDraft(
            title=plan.title,
            title_en=plan.title_en,
            description=plan.about,
            description_en=plan.about_en,
            kind=GatheringKind(plan.kind),
            place=plan.place,
            starts_at=begins,
            ends_at=ends,
            capacity=plan.seats,
            plus_ones=plan.plus_ones,
            neighbourhood_id=self.ground.hoods[plan.hood],
            lat=plan.lat,
            lng=plan.lng,
            is_step_free=plan.is_step_free,
        )
        gathering = publish_gathering(host, open_gathering(host, draft, at=at), at=at)
        self.meets[str(meet)] = {"id": gathering.id, "signed": {}}
        self.tally.count("gatherings")

    def do_register(self, at: datetime, meet: int, member: int, party: int) -> None:
        """Somebody signs up."""
        known = self._invited(meet)
        actor = self.viewer(member)
        registration = register(actor, known["id"], party=party, at=at)
        known["signed"][str(member)] = [registration.id, party]
        self.tally.at_gathering(self.plan.meets[meet][0].key, "signed_up")
        self.tally.touch("event", actor.id or 0)

    def do_leave(self, at: datetime, meet: int, member: int) -> None:
        """Somebody cannot come after all."""
        known = self._invited(meet)
        if str(member) not in known["signed"]:
            raise NotFoundError
        leave(self.viewer(member), known["signed"][str(member)][0], at=at)
        del known["signed"][str(member)]
        self.tally.at_gathering(self.plan.meets[meet][0].key, "left")

    def do_doors(self, at: datetime, meet: int) -> None:
        """The host lets in who comes; a few come without having said so."""
        known = self._invited(meet)
        plan = self.plan.meets[meet][0]
        host = self.staff(plan.host)
        dice = self.size.dice("doors", meet)
        for number, (registration_id, party) in enumerate(known["signed"].values()):
            then = at - timedelta(minutes=dice.uniform(0, 24))
            comes, fewer = dice.random() < COMES, dice.random() < 0.1
            if not comes:
                continue
            with self.attempt(then):
                arrival = check_in(
                    host,
                    known["id"],
                    nonce=f"door-{meet}-{number}",
                    registration_id=registration_id,
                    people=max(1, party - fewer),
                    at=then,
                )
                self.tally.at_gathering(plan.key, "arrived_parties")
                self.tally.at_gathering(plan.key, "arrived_people", arrival.people)
        for number, name in enumerate(dice.sample(WALK_INS, dice.choice((0, 0, 1, 2)))):
            with self.attempt(at):
                nonce = f"walk-{meet}-{number}"
                admit_walk_in(host, known["id"], name=name, party=1, nonce=nonce, at=at)
                self.tally.at_gathering(plan.key, "arrived_parties")
                self.tally.at_gathering(plan.key, "arrived_people")
                self.tally.at_gathering(plan.key, "walk_ins")
        del self.meets[str(meet)]

    def _invited(self, meet: int) -> dict[str, Any]:
        known = self.meets.get(str(meet))
        if known is None:
            raise NotFoundError
        return known

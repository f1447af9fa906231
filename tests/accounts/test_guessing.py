"""However often somebody guesses at codes, nothing opens, and the victim still gets in."""

import secrets
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, services
from app.accounts.errors import CodeGoneError
from app.accounts.models import Proof, SignIn
from app.accounts.policies.codes import code_of
from app.accounts.policies.questions import digits_of, new_question
from app.accounts.services import proofs
from app.accounts.types import Caller, Purpose, Way
from app.core import clock
from app.core.access import signed, token_hash
from app.core.db import db, transaction
from app.core.errors import FieldError, TooManyError
from tests.factories.accounts import person
from tests.sizes import Proven, Size, database_in_use

PHONE = "+8613800138000"
GUESSES = {Size.QUICK: 150, Size.CI: 2_000, Size.FULL: 100_000}
RUNGS = timedelta(seconds=2)


class Attacker:
    """Somebody with as many addresses as they like, who reads every picture and keeps at it."""

    def __init__(self) -> None:
        self.token = ""
        self.guesses = self.refused = self.opened = 0

    def guess(self, turn: int) -> None:
        """Ask for a code where the last one is dead, then guess once; every try is counted."""
        at = clock.now() + RUNGS * turn
        self.guesses += 1
        if not self.token or turn % 5 == 0:
            self._ask(turn)
        token = self.token if turn % 2 else secrets.token_urlsafe(24)
        try:
            with transaction():
                found = proofs.try_code(token, Purpose.ENTER, code=f"{turn % 10**6:06d}", at=at)
        except CodeGoneError:
            self.refused += 1
            return
        self.opened += found is not None

    def _ask(self, turn: int) -> None:
        caller = Caller(address_hash=signed("address", f"10.{turn}"))
        at = clock.now() + RUNGS * turn
        try:
            with transaction():
                question = new_question(caller.address_hash, at=at)
                asked = {"question": question, "answer": digits_of(question)}
                self.token = proofs.ask_code(
                    Purpose.ENTER, Way.PHONE, PHONE, caller, at=at, **asked
                )
        except (TooManyError, FieldError):
            self.refused += 1


@pytest.mark.sized
def test_guessing_gets_nothing_and_locks_nobody_out(app: Flask, size: Size, proven: Proven) -> None:
    made = person(phone=PHONE)
    own = Caller(address_hash=signed("address", "home"), device_hash=token_hash("my phone"))
    with transaction():
        services.sign_in(made.id, own, at=clock.now())
    attacker = Attacker()
    tries = GUESSES[size]
    for turn in range(tries):
        attacker.guess(turn)
    asked = db.session.scalar(sa.select(sa.func.count()).select_from(Proof)) or 0
    days = (RUNGS * tries).days + 1
    assert attacker.opened == 0
    assert asked <= 10 * days
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1
    at = clock.now() + RUNGS * tries
    with transaction():
        token = proofs.ask_code(Purpose.ENTER, Way.PHONE, PHONE, own, at=at)
    proof = db.session.scalars(sa.select(Proof).order_by(Proof.id.desc()).limit(1)).one()
    with transaction():
        opened = proofs.try_code(token, Purpose.ENTER, code=code_of(proof.salt), at=at)
    assert opened is not None
    assert queries.user_by_phone(PHONE) is not None
    proven(
        f"{tries} guesses at codes for one number, from as many addresses as wanted,"
        f" {database_in_use()}",
        f"{attacker.opened} opened, {asked} codes sent in {days} days",
        "nothing opens; the victim's own device still gets a code",
    )

"""Leaving: asked, held by what is open, taken back, carried out; nothing personal stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import services as people
from app.accounts.errors import NameTakenError, StillBoundError
from app.accounts.jobs import close_due_accounts
from app.accounts.models import Closing, SignIn, User
from app.accounts.queries import leaving as reads
from app.accounts.services import closing
from app.accounts.types import ClosingState
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import Base, db, transaction
from app.core.jobs import services as jobs
from app.core.ledger import queries as ledger
from app.core.mail import gateway as mails
from app.core.pools import queries as pools
from app.core.search.queries import find
from app.core.sms import gateway as texts
from app.events.models import Registration
from app.events.services import gatherings
from app.forum.models import Board, Post, Thread
from app.notifications.services import failures
from app.notifications.types import Way
from app.orders.models import Order
from app.orders.services import endings
from app.orders.services.leaving import forget_contacts
from tests.factories import events as meeting
from tests.factories import forum as talk
from tests.factories import merchants as market
from tests.factories import orders as market_place
from tests.factories.accounts import PASSWORD, person, viewer

WEEK = timedelta(days=7, minutes=1)


def close(made, *, keeps_words: bool = True) -> None:
    now = clock.now()
    with transaction():
        closing.ask_closing(viewer(made), keeps_words=keeps_words, at=now)
    close_due_accounts(now + WEEK)


def everywhere(text: str) -> list[str]:
    """Every column of every table in which a text stands."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.String | sa.Text | sa.JSON):
                asked = sa.cast(column, sa.Text).contains(text, autoescape=True)
                if db.session.scalar(sa.select(sa.func.count()).select_from(table).where(asked)):
                    found.append(f"{table.name}.{column.name}")
    return found


def test_a_person_asks_changes_their_mind_and_stays(sign_in) -> None:
    made = person(has_password=True, language="en")
    browser = sign_in(made)
    fields = browser.visit("/me/closing").forms("/me/closing")[0]
    assert fields["words"] == "keep"
    browser.post("/me/closing", fields | {"password": "wrong"}, 422)
    assert reads.open_closing(made.id) is None
    fields = browser.visit("/me/closing").forms("/me/closing")[0] | {"password": PASSWORD}
    browser.post("/me/closing", fields, 303)
    page = browser.visit("/me/closing")
    assert "Your account closes on" in page
    close_due_accounts(clock.now())
    browser.visit("/me/")
    browser.post("/me/closing/stay", page.forms("stay")[0], 303)
    close_due_accounts(clock.now() + WEEK)
    assert db.session.get(User, made.id).closed_at is None
    browser.visit("/me/")


def test_after_the_week_the_person_is_gone_and_the_number_stays(app, sign_in, guest) -> None:
    made = person(
        name="Zhao Quartz", mail="quartz@example.org", phone="13912345678", about="I like quartz."
    )
    browser = sign_in(made)
    close(made)
    row = db.session.get(User, made.id, populate_existing=True)
    assert (row.mail, row.phone, row.about, row.source) == (None, None, None, {})
    assert row.closed_at is not None
    assert everywhere("Quartz") == everywhere("quartz") == everywhere("13912345678") == []
    assert browser.get("/me/").status == 303
    assert "Quartz" not in guest.visit(f"/people/{made.id}")
    assert (
        db.session.scalar(
            sa.select(sa.func.count()).where(SignIn.user_id == made.id, SignIn.ended_at.is_(None))
        )
        == 0
    )
    deeds = db.session.scalars(sa.select(LogEntry.verb).where(LogEntry.subject_id == made.id))
    assert "person.closed" in set(deeds)


def test_nobody_takes_the_name_of_somebody_who_left_nor_the_word_for_them(app) -> None:
    made = person(name="Old Chen")
    with transaction():
        people.check_name_is_free("Old Chens")
    close(made)
    for name in ("Old Chen", "old chen", "A former neighbour", "从前的邻居"):
        with pytest.raises(NameTakenError), transaction():
            people.check_name_is_free(name)


def test_a_place_at_what_was_called_off_does_not_keep_anybody_here(app) -> None:
    planner, comer = meeting.neighbour("Planner", "planner"), meeting.neighbour()
    evening = meeting.gathering(planner)
    meeting.signed_up(comer, evening.id)
    with transaction():
        gatherings.cancel_gathering(planner, evening, reason="storm", at=clock.now())
    assert reads.obligations_of(comer.id, at=clock.now()) == []
    close(comer.id)
    assert db.session.get(User, comer.id, populate_existing=True).closed_at is not None


def test_a_board_counts_no_thread_that_left_with_its_author(app) -> None:
    author, other, board = talk.a_neighbour(), talk.a_neighbour(), talk.a_board()
    talk.a_thread(board, author, title="Mine alone")
    answered = talk.a_thread(board, author, title="Answered")
    talk.a_reply(answered, other, "I know.")
    talk.a_thread(board, other, title="Theirs")
    close(author.id, keeps_words=False)
    assert db.session.get(Board, board.id, populate_existing=True).thread_count == 2


def test_words_stay_without_a_name_or_go_as_the_person_chose(app, guest) -> None:
    for keeps, bird in ((True, "heron"), (False, "crane")):
        author, other = talk.a_neighbour(f"Author {keeps}"), talk.a_neighbour()
        board = talk.a_board(f"board {keeps}")
        own = talk.a_thread(board, author, title=f"A {bird} seen", body="At the pond.")
        alone = talk.a_thread(board, author, title=f"Lonely {bird}", body="At the lake.")
        talk.a_reply(own, other, "Saw it too.", quote_number=1, quote="At the")
        talk.a_reply(own, other, "So did I.", quote_number=2, quote="Saw")
        theirs = talk.a_thread(board, other, title="Fox seen?")
        reply = talk.a_reply(theirs, author, "Behind the bins.")
        close(author.id, keeps_words=keeps)
        page = guest.visit(f"/forum/threads/{own.id}")
        assert "Saw it too." in page
        assert f"Author {keeps}" not in page
        assert ("At the pond." in page) is keeps
        assert everywhere(f"Author {keeps}") == []
        words = sa.select(Post.quote).where(Post.thread_id == own.id, Post.number == 2)
        assert db.session.scalar(words) == ("At the" if keeps else None)
        quoted = sa.select(Post.quote_author).where(Post.thread_id == own.id, Post.number == 3)
        assert db.session.scalar(quoted) == other.name
        assert guest.get(f"/forum/threads/{alone.id}").status == (200 if keeps else 404)
        count = sa.select(Thread.reply_count).where(Thread.id == theirs.id)
        assert db.session.scalar(count) == (1 if keeps else 0)
        assert db.session.get(Post, reply.id, populate_existing=True).author_id is None
        assert bool(find(bird, viewer(other.id)).rows) is keeps
        db.session.remove()


def test_the_last_operator_is_held_and_told_why(sign_in) -> None:
    operator = person(roles=("operator",), language="en", has_password=True)
    page = sign_in(operator).visit("/me/closing")
    assert "Nobody else runs this town" in page
    assert not page.forms("/me/closing")
    person(roles=("operator",))
    assert sign_in(operator).visit("/me/closing").forms("/me/closing")


def test_a_shop_taken_on_meanwhile_holds_the_account_though_no_page_is_open(app, sign_in) -> None:
    made, now = person(language="en"), clock.now()
    with transaction():
        closing.ask_closing(viewer(made), keeps_words=True, at=now)
    market.shop(owner=made)
    close_due_accounts(now + WEEK)
    assert db.session.get(User, made.id).closed_at is None
    page = sign_in(made).visit("/me/closing")
    assert "It waits, because:" in page


def test_what_is_new_on_the_day_puts_it_off_and_is_shown(app) -> None:
    operator, second = person(roles=("operator",)), person(roles=("operator",))
    now = clock.now()
    with transaction():
        row = closing.ask_closing(viewer(operator), keeps_words=True, at=now)
    with transaction():
        closing.ask_closing(viewer(second), keeps_words=True, at=now + timedelta(seconds=1))
    close_due_accounts(now + WEEK)
    states = db.session.execute(sa.select(Closing.state, Closing.held_by).order_by(Closing.id))
    (first, _why), (held, why) = states.all()
    assert (first, held) == (ClosingState.DONE, ClosingState.WAITING)
    assert why
    assert row.user_id == operator.id


def test_orders_hold_and_books_stay_clean_when_contact_and_seats_go(app, sign_in) -> None:
    stall = market_place.stall()
    order = market_place.placed(stall)
    now = clock.now()
    starts = now + timedelta(days=20)
    gathering = meeting.gathering(starts_at=starts, ends_at=starts + timedelta(hours=2))
    buyer, number = stall.customer, order.id
    seat_id = meeting.signed_up(buyer, gathering.id).id
    page = sign_in(buyer.id).visit("/me/closing")
    assert order.number in page
    assert not page.forms("/me/closing")
    with pytest.raises(StillBoundError), transaction():
        closing.ask_closing(buyer, keeps_words=True, at=now)
    with transaction():
        endings.cancel(buyer, number, at=now)
    assert everywhere("王梅")
    close(buyer.id)
    assert everywhere("王梅") == everywhere("1234 5678") == everywhere("12345678") == []
    assert ledger.audit().is_clean
    assert list(pools.wrong_counts()) == []
    db.session.remove()
    assert db.session.get(Registration, seat_id).state == "cancelled"
    assert db.session.get(Order, number).person_id == buyer.id


def test_finished_orders_lose_the_contact_when_their_years_are_over_open_ones_do_not(app) -> None:
    stall = market_place.stall()
    order, now = market_place.placed(stall), clock.now()
    market_place.placed(stall, slot=1)
    with transaction():
        endings.cancel(stall.customer, order.id, at=now)
    with transaction():
        assert forget_contacts(now - timedelta(days=1)) == 0
    with transaction():
        assert forget_contacts(now + timedelta(days=1)) == 1
    names = sa.select(Order.contact_name).order_by(Order.id)
    assert list(db.session.scalars(names)) == ["", "王梅"]
    assert ledger.audit().is_clean


def test_the_last_letter_says_what_went_what_stays_and_until_when(app) -> None:
    made = person(name="Zhao Quartz", mail="quartz@example.org", language="en")
    mails.collected.clear()
    sends(app, mail_url="collect:")
    close(made, keeps_words=False)
    assert everywhere("quartz") == []
    jobs.run_all()
    (letter,) = mails.collected
    assert letter.to == "quartz@example.org"
    assert "is closed" in letter.subject
    gone, _mark, stays = letter.text.partition("This stays, and why:")
    assert "What you wrote goes, too." in gone
    assert "- Your passkeys" in gone
    assert "- What you agreed to: It proves what was agreed." in stays
    day = clock.local(clock.now() + WEEK + timedelta(days=190)).date()
    assert f"- Where people signed in: {day}" in stays
    assert everywhere("quartz") == []
    jobs.run_all()
    assert len(mails.collected) == 1


def test_who_has_a_phone_only_gets_the_last_letter_there_and_a_stayer_none(app) -> None:
    texts.collected.clear()
    made, stayer = person(mail=None, phone="13912345678"), person(mail=None, phone="13912345679")
    now = clock.now()
    with transaction():
        closing.ask_closing(viewer(stayer), keeps_words=True, at=now)
        closing.withdraw_closing(viewer(stayer), at=now)
    close(made)
    assert everywhere("13912345678") == []
    jobs.run_all()
    assert [text.to for text in texts.collected] == ["+8613912345678"]
    assert "/privacy" in texts.collected[0].text


def test_an_address_that_failed_goes_with_its_person(app) -> None:
    made = person(mail="Quartz@example.org")
    with transaction():
        failures.mark_failed(Way.MAIL, "quartz@example.org", why="unknown", at=clock.now())
    assert everywhere("quartz")
    close(made)
    assert everywhere("quartz") == []


def sends(app, **settings) -> None:
    """Let the town send by these gateways."""
    app.extensions["linli_settings"] = replace(app.extensions["linli_settings"], **settings)

"""The operator's day: what waits, where it is stuck, what is due."""

from datetime import timedelta

from flask import Response, request

from app.accounts import queries as people
from app.core import clock
from app.core.access import me, role
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.pages import render
from app.events import queries as events
from app.forum import queries as forum
from app.moderation import queries as moderation
from app.moderation.queries import takedowns
from app.operator.types import STUCK_WORDS
from app.operator.views.blueprint import bp
from app.orders import queries as orders
from app.settlement import queries as settlement


@bp.get("/")
@role("operator")
def today() -> Response:
    """Show today at a glance, with the sentence that the day asks for as its title."""
    now = clock.now()
    start, end = clock.day_span(clock.today())
    waiting = forum.unanswered(me(), at=now, limit=8)
    stuck = orders.stuck_orders(now, limit=8)
    joined, newest = people.joined_since(now - timedelta(days=1), limit=8)
    return render(
        "operator/today.html",
        sentence=_sentence(forum.count_unanswered(me()), len(stuck)),
        waiting=waiting,
        stuck=stuck,
        stuck_words=STUCK_WORDS,
        joined=joined,
        newest=newest,
        counts=orders.counts_for_operator(now),
        gatherings=events.gatherings_on_day(start, end),
        money=settlement.money_due(clock.today()),
        in_review=moderation.waiting_count(me()),
        take_downs=takedowns.open_count(at=clock.now()),
    )


def _sentence(waiting: int, stuck: int) -> str:
    """Say in one line what the day asks for."""
    said = []
    if waiting:
        said.append(
            ngettext(
                "%(num)s thread waits for an answer", "%(num)s threads wait for an answer", waiting
            )
        )
    if stuck:
        said.append(ngettext("%(num)s order is stuck", "%(num)s orders are stuck", stuck))
    return _(", ").join(said) if said else _("Everything is answered, nothing is stuck")


@bp.get("/duty")
@role("operator", "moderator")
def duty() -> Response:
    """List the threads that nobody has answered, the one that waits longest first or last, of all
    boards or one.
    """
    rows = forum.unanswered(me(), at=clock.now(), limit=200)
    boards = {row.board_id: (row.board_name, row.board_name_en) for row in rows}
    board, newest = request.args.get("board", type=int), request.args.get("sort") == "newest"
    board = board if board in boards else None
    shown = [row for row in rows if board in {None, row.board_id}]
    return render(
        "operator/duty.html",
        rows=shown[::-1] if newest else shown,
        boards=boards,
        board=board,
        newest=newest,
    )


@bp.get("/orders", endpoint="orders")
@role("operator")
def stuck_orders() -> Response:
    """List the orders that need somebody, and why: all or those of one cause, the longest waiting
    first or last.
    """
    now = clock.now()
    rows = orders.stuck_orders(now, limit=200)
    causes = [one for one in STUCK_WORDS if any(row.why is one for row in rows)]
    why = next((one for one in causes if one.value == request.args.get("why")), None)
    newest = request.args.get("sort") == "newest"
    shown = [row for row in rows if why in {None, row.why}]
    return render(
        "operator/orders.html",
        rows=shown[::-1] if newest else shown,
        words=STUCK_WORDS,
        counts=orders.counts_for_operator(now),
        causes=causes,
        why=why,
        newest=newest,
    )

"""`flask demo town` and `flask simulate`: walk the simulated hours, one short transaction each."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import func, select

from app.accounts.models import User
from app.core import clock
from app.core.activity.cursors import is_caught_up
from app.core.cli import group
from app.core.db import db, transaction
from app.core.jobs.services import hold_timed
from app.demo.content.people import VOICES
from app.demo.ground import Ground, passwords, step_count, steps
from app.demo.life import Life
from app.demo.plan import Plan, Size
from app.demo.services import keep_town, town_known
from app.notifications.services.delivery import BATCH, follow_log
from app.notifications.types import READER

USUAL = {"residents": 220, "days": 90, "seed": 7}
MOST_ORDERS = 1_200
HOLD = timedelta(minutes=20)
RENEWED_SECONDS = 60.0
TELLING_SECONDS = 15.0

demo = group("demo")


@demo.command("town")
@click.option(
    "--seed", type=int, default=USUAL["seed"], show_default=True, help="draw another town"
)
@click.option("--json", "as_json", is_flag=True, help="print what was made, for machines")
def town(seed: int, as_json: bool) -> None:
    """Write the demo town: 90 days of a neighbourhood up to now.

    A second run changes nothing; a run that was ended goes on where it stopped.
    """
    wanted = {"residents": USUAL["residents"], "days": USUAL["days"], "seed": seed}
    _show(_lived(wanted | {"most_orders": MOST_ORDERS}), as_json=as_json)


simulate = group("simulate")
simulate.invoke_without_command = True
simulate.no_args_is_help = False
simulate.subcommand_metavar = ""


@click.option(
    "--residents", type=click.IntRange(1), default=USUAL["residents"], show_default=True,
    help=f"the {len(VOICES)} who keep its shops and desks among them, however few you ask for",
)  # fmt: skip
@click.option("--days", type=click.IntRange(1), default=USUAL["days"], show_default=True)
@click.option("--seed", type=int, default=USUAL["seed"], show_default=True)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="its last minute (default: now)"
)
@click.option("--json/--plain", "as_json", default=True, show_default=True)
def _simulate(residents: int, days: int, seed: int, until: datetime | None, as_json: bool) -> None:
    """Live a town of any size up to now and print the truth of what happened in it.

    The same size, seed and last minute make the same town and the same truth.
    """
    wanted = {"residents": residents, "days": days, "seed": seed, "most_orders": None}
    _show(_lived(wanted, until=_moment(until)), as_json=as_json)


def _moment(until: datetime | None) -> datetime | None:
    """Return the last minute by the town's clock; refuses one that has not come yet."""
    at = until and until.replace(tzinfo=clock.site_zone()).astimezone(UTC)
    if at is not None and at > clock.now():
        raise click.BadParameter("it has not come yet", param_hint="--until")
    return at


simulate.callback = _simulate
simulate.params = list(reversed(getattr(_simulate, "__click_params__", [])))
simulate.help = _simulate.__doc__


def _show(truth: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(truth, ensure_ascii=False, sort_keys=True))
        return
    for name, value in truth.items():
        if isinstance(value, dict):
            rows = [f"{key} {one}" for key, one in value.items() if not isinstance(one, dict)]
            click.echo(f"{name}: {', '.join(rows) or len(value)}")
        else:
            click.echo(f"{name}: {value}")


def _lived(wanted: dict[str, Any], *, until: datetime | None = None) -> dict[str, Any]:
    """Live the town, or the rest of it, and return its truth; refuses a site where others live."""
    known = town_known()
    if known.get("truth"):
        click.echo("The town is there already; nothing was changed.", err=True)
        return dict(known["truth"])
    if not known:
        if db.session.scalar(select(func.count()).select_from(User)):
            raise click.ClickException("People live on this site already; it is no demo town.")
        last = (until or clock.now()).isoformat()
        known = {**wanted, "until": last, "laid": 0, "ground": {}, "memory": {}}
    size = Size(
        residents=known["residents"],
        days=known["days"],
        seed=known["seed"],
        until=datetime.fromisoformat(known["until"]),
        most_orders=known["most_orders"],
    )
    db.session.remove()
    return _walk(Plan(size), known)


def _walk(plan: Plan, known: dict[str, Any]) -> dict[str, Any]:
    ground = Ground(**known["ground"])
    _keep_quiet()
    _lay(plan, ground, known)
    life = Life(plan, ground, known["memory"])
    db.session.remove()
    hours = list(life.hours())
    renewed = time.monotonic()
    with click.progressbar(hours, label="living", file=sys.stderr, width=40) as waiting:
        for ends in waiting:
            _live(life, ends, known, is_last=ends is hours[-1])
            if time.monotonic() - renewed > RENEWED_SECONDS:
                _keep_quiet()
                renewed = time.monotonic()
    _tell(plan)
    return dict(known["truth"])


def _tell(plan: Plan) -> None:
    """Put the notices of the last days into the inboxes; past ones are history, none is mailed.

    On PostgreSQL a writer elsewhere may hold the log back a moment: then look again.
    """
    patience = time.monotonic() + TELLING_SECONDS
    is_told = False
    while not is_told:
        with transaction():
            read, _letters = follow_log(at=plan.size.until)
            is_late = time.monotonic() > patience
            is_told = is_caught_up(READER) or (read < BATCH and is_late)
            if is_told:
                hold_timed(clock.now())
        db.session.remove()
        if read < BATCH and not is_told:
            time.sleep(0.05)


def _lay(plan: Plan, ground: Ground, known: dict[str, Any]) -> None:
    """Lay what is not laid yet: the site can be looked at as soon as this is done."""
    todo = list(
        enumerate(steps(plan, ground, passwords() if known["laid"] < step_count(plan) else {}))
    )
    with click.progressbar(
        todo[known["laid"] :], label="laying", file=sys.stderr, width=40
    ) as waiting:
        for number, step in waiting:
            with transaction():
                step()
                known |= {"laid": number + 1, "ground": ground.kept()}
                keep_town(known)
            db.session.remove()


def _live(life: Life, ends: datetime, known: dict[str, Any], *, is_last: bool) -> None:
    if not (is_last or life.has_work(ends)):
        return
    with transaction():
        done = life.live(ends)
        if is_last:
            known.pop("memory", None)
            known |= {"truth": {**_named(known), **life.tally.told()}}
        elif done:
            known["memory"] = life.memory()
        if done or is_last:
            keep_town(known)
    db.session.remove()


def _named(known: dict[str, Any]) -> dict[str, Any]:
    return {name: known[name] for name in ("residents", "days", "seed", "until")}


def _keep_quiet() -> None:
    """Let the site's clockwork wait: while a past is written everything would seem overdue."""
    with transaction():
        hold_timed(clock.now() + HOLD)
    db.session.remove()

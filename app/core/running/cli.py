"""`flask town …`."""

import json

import click

from app.core import clock
from app.core.access import SYSTEM
from app.core.cli import group
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.running import queries, services
from app.core.running.types import Mode

LINGERING = (
    "some that began before are still under way: look at pg_stat_activity before you rely on it"
)


@group("town").command("mode")
@click.argument("mode", required=False, type=click.Choice([str(mode) for mode in Mode]))
@click.option("--why", default="", help="What everybody reads who is refused, in Chinese.")
@click.option("--why-en", default="", help="The same in English.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def mode(mode: str | None, why: str, why_en: str, as_json: bool) -> None:
    """Show how open the town is, or open it, or let only its team or nobody write."""
    if mode is not None:
        try:
            with transaction(though_closed=True):
                services.set_mode(SYSTEM, Mode(mode), at=clock.now(), why=why, why_en=why_en)
        except FieldError as refused:
            raise click.UsageError(f"{refused} (--why)") from refused
        if mode == Mode.READ_ONLY and not services.await_writers():
            click.echo(LINGERING, err=True)
    now = queries.fresh_standing()
    since_text = now.since.isoformat(timespec="seconds") if now.since else ""
    if as_json:
        shown = {"mode": str(now.mode), "since": since_text, "why": now.reason}
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo(" ".join(filter(None, [str(now.mode), since_text, now.reason])))

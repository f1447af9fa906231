"""`flask jobs …`."""

import json
import signal
import threading
from types import FrameType

import click

from app.core import clock
from app.core.cli import group
from app.core.db import transaction
from app.core.jobs import jobs, queries, services
from app.core.presence import announce
from app.core.settings import settings


@group("jobs").command("run")
@click.option("--once", is_flag=True, help="Carry out what is due, then end.")
def run(once: bool) -> None:
    """Carry out due work until interrupted; run as many of these as you like."""
    if once:
        with transaction():
            services.plan_timed(clock.now())
        click.echo(f"{services.run_all()} jobs")
        return
    announce(settings().instance)
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs.work_until(stopping)


@group("jobs").command("status")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(as_json: bool) -> None:
    """Say how much waits, runs and failed."""
    figures = queries.status(clock.now())
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:22}{value:>8}")
    for row in queries.failed_jobs(limit=20):
        click.echo(f"failed {row.id} {row.name} after {row.attempts}: {row.last_error}")


@group("jobs").command("retry")
@click.argument("row_id", type=int, required=False)
@click.option("--all", "is_all", is_flag=True, help="All failed rows.")
def retry(row_id: int | None, is_all: bool) -> None:
    """Try a failed row again."""
    if row_id is None and not is_all:
        raise click.UsageError("name a row, or say --all")
    with transaction():
        count = services.retry(row_id)
    click.echo(f"{count} jobs wait again")

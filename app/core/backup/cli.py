"""`flask backup …`."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.backup import archive, secrets
from app.core.backup.errors import BackupError
from app.core.backup.services import creating, leaving, moving, restoring, upgrading
from app.core.backup.types import Outcome, Report, Watcher, nobody
from app.core.cli import group
from app.core.db import db, transaction
from app.core.running.queries import fresh_standing
from app.core.running.services import await_writers, put_standing
from app.core.running.types import Mode, Standing
from app.core.settings import settings

backup = group("backup")


@contextmanager
def plainly() -> Iterator[None]:
    """Word a refusal in one line and end with 1."""
    try:
        yield
    except BackupError as refused:
        raise click.ClickException(str(refused)) from refused
    except sa.exc.SQLAlchemyError as refused:
        said = str(getattr(refused, "orig", refused)).strip().splitlines()[0]
        raise click.ClickException(f"the database refuses: {said}") from refused


def bar(as_json: bool) -> Watcher:
    """Return a progress bar for a person's terminal; nobody for programs and logs."""
    if as_json or not sys.stderr.isatty():
        return nobody

    def draw(what: str, done: int, total: int) -> None:
        """Draw it anew where it moved by a hundredth."""
        share = done / total if total else 1.0
        if done in {0, total} or int(share * 100) != int((done - 1) / total * 100):
            filled = int(share * 30)
            click.echo(f"\r{what:<18}[{'#' * filled}{'.' * (30 - filled)}] {share:4.0%}", err=True,
                       nl=done >= total)  # fmt: skip

    return draw


def passphrase(is_wanted: bool) -> str:
    """Return the passphrase from the environment, or ask for it."""
    if not is_wanted:
        return ""
    return os.environ.get(secrets.PASSPHRASE) or str(click.prompt("Passphrase", hide_input=True))


@backup.command("create")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but the newest so many.")
@click.option("--with-secrets", is_flag=True, help="Put key and secrets in, under a passphrase.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def create(folder: Path | None, keep: int | None, with_secrets: bool, as_json: bool) -> None:
    """Save database, pictures and settings into one archive, while the site runs."""
    target = folder or settings().instance / "backups"
    with plainly():
        report = creating.create(target, passphrase=passphrase(with_secrets), watch=bar(as_json))
        gone = creating.keep_newest(target, keep) if keep else []
    if as_json:
        told = report.as_json() | {"removed": [str(path) for path in gone]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    show(report)
    for path in gone:
        click.echo(f"removed {path}")


@backup.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(path: Path, as_json: bool) -> None:
    """Read every byte of an archive; say what it holds and that it is whole, or why not."""
    with plainly():
        report = archive.checked(path, bar(as_json))
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        show(report)


@backup.command("restore")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--replace", "is_replacing", is_flag=True, help="Even if a town is here; it is kept aside."
)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--with-secrets", is_flag=True, help="Unlock key and secrets by their passphrase.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def restore(
    path: Path, is_replacing: bool, is_sure: bool, with_secrets: bool, as_json: bool
) -> None:
    """Put an archive's town into this instance, which has to be empty and stopped."""
    if is_replacing and not is_sure:
        click.confirm(
            f"Put another town in the place of the one in {settings().instance}?", abort=True
        )
    with plainly():
        outcome = restoring.restore(
            path,
            is_replacing=is_replacing,
            passphrase=passphrase(with_secrets),
            watch=bar(as_json),
        )
    if as_json:
        click.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
    else:
        show_outcome(outcome)
        now = fresh_standing()
        if not now.is_open:
            click.echo(f"note: it was saved while closed ({now.mode}): flask town mode open")


@group("database").command("move")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def move(target: str, as_json: bool) -> None:
    """Copy this site's SQLite database into an empty PostgreSQL one; the source is only read."""
    with plainly():
        outcome = moving.move(target, bar(as_json))
    if as_json:
        click.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        return
    rows = sum(outcome.figures.tables.values())
    click.echo(f"{rows} rows in {len(outcome.figures.tables)} tables are there, all of them")
    click.echo(f"the books' head is {outcome.figures.ledger['head'] or 'not sealed yet'}")
    for note in outcome.notes:
        click.echo(note)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def export(folder: Path, as_json: bool) -> None:
    """Write everything into a new folder, in a form that needs no Linli, for leaving."""
    with plainly():
        told = leaving.export(folder, bar(as_json))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{sum(told['tables'].values())} rows in {len(told['tables'])} files")
    click.echo(f"{told['media']} files of pictures")
    click.echo(f"{folder}/README.md says how to read them")


@click.command("upgrade")
@click.option(
    "--backups", type=click.Path(path_type=Path, file_okay=False), help="Where to save it."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def upgrade(backups: Path | None, as_json: bool) -> None:
    """Close the town, save it, bring its tables up to date, check it and open it again; whatever
    fails puts it back.
    """
    before, newest = upgrading.stands()
    if before == newest:
        click.echo(json.dumps({"revision": newest}) if as_json else f"up to date: {newest}")
        return
    stood = fresh_standing()
    with plainly():
        if not before:
            raise BackupError("this site has no tables yet: flask db upgrade")
        try:
            _stand(Standing(Mode.READ_ONLY, clock.now(), "upgrade"))
            if not await_writers():
                raise BackupError("some still write: look at pg_stat_activity, then try again")
            outcome = upgrading.upgrade(backups or settings().instance / "backups", bar(as_json))
        finally:
            _stand(stood)
    if as_json:
        click.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        return
    click.echo(
        f"{before} → {outcome.revision}; books and pools are clean; saved in {outcome.backup}"
    )
    click.echo(
        "restart the site, so that it runs the new program: systemctl restart linli linli-jobs"
    )


def _stand(wanted: Standing) -> None:
    """Open or close the town without the trail, whose table may be in between."""
    with transaction(though_closed=True):
        put_standing(wanted)
    db.session.remove()


def connect(app: Flask) -> None:
    """Give the commands that have no group to Flask's command line."""
    app.cli.add_command(export)
    app.cli.add_command(upgrade)


def show(report: Report) -> None:
    """Print what an archive holds."""
    told = report.manifest
    figures, kept = told.figures, told.media
    rows = sum(figures.tables.values())
    where = "in it" if kept["where"] == "archive" else "outside, listed by hash"
    secret = "locked in it" if told.has_secrets else "not in it: keep instance/secret_key elsewhere"
    for line in (
        f"{report.path}: whole, {report.size} bytes",
        f"  made      {told.made_at} of {told.site}, sealed by {report.seal}",
        f"  database  {told.database} {told.server} at {told.revision}",
        f"  rows      {rows} in {len(figures.tables)} tables",
        f"  books     {figures.ledger['seals']} seals, head {figures.ledger['head'][:16]}",
        f"  pictures  {kept['files']} files {where}, {len(kept['missing'])} missing",
        f"  secrets   {secret}",
    ):
        click.echo(line)


def show_outcome(outcome: Outcome) -> None:
    """Print what came of a restore or a move."""
    rows = sum(outcome.figures.tables.values())
    click.echo(f"{rows} rows in {len(outcome.figures.tables)} tables at {outcome.revision}")
    click.echo(f"{outcome.media_files} files of pictures; books and pools are clean")
    for note in outcome.notes:
        click.echo(f"note: {note}")
    if outcome.replaced:
        click.echo(f"what was here before lies in {outcome.replaced}")

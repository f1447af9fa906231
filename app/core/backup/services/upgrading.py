"""Bringing a town to the newest tables: closed, saved, migrated, checked and opened again, or put
back as it was.
"""

import shutil
import time
from pathlib import Path

from flask_migrate import upgrade as migrate

from app.core import clock
from app.core.backup import archive, database
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, known_revisions, revision_of
from app.core.backup.services.creating import create
from app.core.backup.services.restoring import audits
from app.core.backup.types import Figures, Outcome, Watcher, nobody
from app.core.db import db
from app.core.jobs import queries as jobs
from app.core.settings import settings

PATIENCE = 60


def stands() -> tuple[str, str]:
    """Return the migration that the database stands at, and the newest there is."""
    with database.reading(settings().database_url) as connection:
        return revision_of(connection), known_revisions()[-1]


def upgrade(folder: Path, watch: Watcher = nobody) -> Outcome:
    """Save the town (nobody may write by now), bring its tables up to date and check its books.

    Whatever fails puts back the backup that was just made, and is refused as BackupError.
    """
    before, newest = stands()
    if before not in known_revisions():
        raise BackupError(
            f"the tables stand at {before or 'nothing'}, which this program does not know: "
            "put the newer program back, or flask db upgrade for a new site"
        )
    _await_jobs()
    report = create(folder, label="before-upgrade", watch=watch)
    try:
        watch("migrating", 0, 1)
        migrate()
        watch("migrating", 1, 1)
        return _checked(report.manifest.figures, newest, report.path)
    except BaseException as failed:
        db.session.remove()
        _put_back(Path(report.path), report.manifest.figures)
        if not isinstance(failed, Exception):
            raise
        said = str(failed).strip().splitlines()
        raise BackupError(
            f"the upgrade failed and the town is back at {before} ({type(failed).__name__}: "
            f"{said[0] if said else ''}); put the earlier program back too. The backup is "
            f"{report.path}"
        ) from failed


def _await_jobs() -> None:
    """Wait until no job that began before the town was closed is under way."""
    for _ in range(PATIENCE * 2):
        running = jobs.status(clock.now())["running"]
        db.session.remove()
        if not running:
            return
        time.sleep(0.5)
    raise BackupError(f"jobs are still under way after {PATIENCE} s: look at flask jobs status")


def _checked(before: Figures, newest: str, backup: str) -> Outcome:
    db.session.remove()
    with database.reading(settings().database_url) as connection:
        after, revision = figures_of(connection), revision_of(connection)
    if revision != newest:
        raise BackupError(f"the tables stand at {revision}, not at {newest}")
    if before.ledger and after.ledger != before.ledger:
        raise BackupError(f"the books changed: {'; '.join(before.differences(after)[:3])}")
    fewer = [name for name, count in before.tables.items() if after.tables.get(name, count) < count]
    if fewer:
        raise BackupError(f"rows are gone from {', '.join(fewer)}")
    outcome = Outcome(after, audits(), revision=revision, backup=backup)
    if any(outcome.audits.values()):
        raise BackupError(f"what came out does not add up: {outcome.audits}")
    return outcome


def _put_back(path: Path, known: Figures) -> None:
    """Put the database of a backup in the place of the one that could not be migrated."""
    conf = settings()
    report = archive.checked(path)
    stamp = clock.local(clock.now()).strftime("%Y%m%d%H%M%S")
    stage, aside = conf.instance / f".putting-back-{stamp}", conf.instance / f"failed-{stamp}"
    stage.mkdir(mode=0o700)
    try:
        archive.unpack(path, report.manifest, stage)
        db.engine.dispose()
        copy = stage / database.MEMBER[report.manifest.database]
        with (
            database.replaced(conf.database_url, copy, aside),
            database.reading(conf.database_url) as connection,
        ):
            differences = known.differences(figures_of(connection))
            if differences:
                raise BackupError(f"putting back failed: {'; '.join(differences[:3])}")
    finally:
        shutil.rmtree(stage, ignore_errors=True)

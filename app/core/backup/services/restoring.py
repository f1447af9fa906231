"""Putting an archive in a town's place, checked before and after, with the old one kept aside."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from flask_migrate import upgrade

from app.core import clock
from app.core.backup import archive, database, gateway, secrets
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, known_revisions, revision_of
from app.core.backup.types import Manifest, Outcome, Report, Watcher, nobody
from app.core.db import db
from app.core.ledger import queries as ledger
from app.core.media import gateway as media
from app.core.pools import queries as pools
from app.core.presence import alone
from app.core.settings import settings

_STAGE = ".restoring-"


def audits() -> dict[str, int]:
    """Return what the books' and the pools' own checks count; every figure must be zero."""
    db.session.remove()
    found = ledger.audit().figures | {"broken_seals": ledger.broken_seals()}
    found["wrong_pools"] = len(pools.wrong_counts())
    db.session.remove()
    return found


def restore(
    path: Path, *, is_replacing: bool = False, passphrase: str = "", watch: Watcher = nobody
) -> Outcome:
    """Put an archive's town into this instance and return what came of it.

    Refuses (BackupError) a refused archive, one of another database kind or of a newer Linli, a
    running site, and an instance that is not empty unless it is to be replaced; what was there is
    kept aside. Whatever fails leaves the instance as it was.
    """
    conf = settings()
    report = archive.checked(path, watch)
    _check_fits(report.manifest)
    unlocked = _unlocked(path, report, passphrase)
    with alone(conf.instance) as is_alone:
        if not is_alone:
            raise BackupError("the site runs here: stop it (systemctl stop linli linli-jobs) first")
        db.session.remove()
        db.engine.dispose()
        _check_nobody_is_connected()
        if not is_replacing:
            _check_empty()
        stamp = clock.local(clock.now()).strftime("%Y%m%d%H%M%S")
        stage, aside = conf.instance / f"{_STAGE}{stamp}", conf.instance / f"replaced-{stamp}"
        stage.mkdir(mode=0o700)
        try:
            archive.unpack(path, report.manifest, stage, watch)
            outcome = put_in_place(report.manifest, stage, aside, watch)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    outcome.notes += _settled(report, unlocked)
    return outcome


def _check_fits(manifest: Manifest) -> None:
    here = database.kind_of(settings().database_url)
    if manifest.database != here:
        advice = (
            "restore it into SQLite and then: flask database move postgresql://…"
            if here == database.POSTGRESQL
            else "set LINLI_DATABASE_URL to an empty PostgreSQL database"
        )
        raise BackupError(f"this archive holds {manifest.database}, the site has {here}: {advice}")
    if manifest.revision not in known_revisions():
        raise BackupError(
            f"this archive was made by a newer Linli (its tables stand at {manifest.revision}): "
            "update the program first"
        )
    if here == database.POSTGRESQL:
        gateway.check_tools(database.server_major(settings().database_url))


def _check_nobody_is_connected() -> None:
    """The site may run on other machines, too, where it has other folders."""
    url = settings().database_url
    if database.kind_of(url) == database.POSTGRESQL and (others := database.await_others(url)):
        raise BackupError(
            f"{others} others are connected to the database: stop the site on every machine first"
        )


def _check_empty() -> None:
    conf = settings()
    if not database.is_empty(conf.database_url):
        raise BackupError(
            "this site has tables already: choose an empty instance, or say --replace"
        )
    if any(media.local_folder().rglob("*.webp")):
        raise BackupError("this site has pictures already: choose an empty instance, or --replace")


def _unlocked(path: Path, report: Report, passphrase: str) -> dict[str, str]:
    if not (passphrase and report.manifest.has_secrets):
        return {}
    member = report.manifest.files[secrets.MEMBER]
    with archive.opened(path) as opened:
        content = b"".join(archive.chunks(path, opened, secrets.MEMBER, member))
    return secrets.unlocked(content, passphrase)


def put_in_place(manifest: Manifest, stage: Path, aside: Path, watch: Watcher) -> Outcome:
    """Move what was unpacked into the instance, bring its tables up to date, and hold it against
    the manifest; on a failure put back what was there.
    """
    url = settings().database_url
    copy = stage / database.MEMBER[manifest.database]
    if manifest.database == database.SQLITE:
        database.check_sqlite(copy)
    watch("database", 0, 1)
    with (
        database.replaced(url, copy, aside) as kept,
        _replaced_media(manifest, stage, aside),
    ):
        with database.reading(url) as connection:
            _check_same(manifest, figures_of(connection))
        watch("database", 1, 1)
        if manifest.revision != known_revisions()[-1]:
            upgrade()
        outcome = Outcome(manifest.figures, audits())
        with database.reading(url) as connection:
            outcome.revision = revision_of(connection)
        if any(outcome.audits.values()):
            raise BackupError(f"what was restored does not add up: {outcome.audits}")
        outcome.media_files = _check_media(manifest, watch)
    kept_files = str(aside) if aside.exists() else ""
    outcome.replaced = " and ".join(dict.fromkeys(filter(None, (kept, kept_files))))
    return outcome


def _check_same(manifest: Manifest, found: object) -> None:
    differences = manifest.figures.differences(found)  # type: ignore[arg-type]
    if differences:
        raise BackupError(f"what was restored is not what was saved: {'; '.join(differences[:3])}")


@contextmanager
def _replaced_media(manifest: Manifest, stage: Path, aside: Path) -> Iterator[None]:
    live, staged, old = media.local_folder(), stage / "media", aside / "media"
    if manifest.media["where"] != "archive":
        yield
        return
    had_one = live.exists()
    if had_one and any(live.iterdir()):
        aside.mkdir(parents=True, exist_ok=True)
        live.rename(old)
    elif had_one:
        live.rmdir()
    staged.mkdir(exist_ok=True)
    staged.rename(live)
    try:
        yield
    except BaseException:
        shutil.rmtree(live, ignore_errors=True)
        if old.exists():
            old.rename(live)
        raise


def _check_media(manifest: Manifest, watch: Watcher) -> int:
    """Hash every picture where it lies now; return how many there are."""
    if manifest.media["where"] != "archive":
        return 0
    wanted = {name: member for name, member in manifest.files.items() if name.startswith("media/")}
    for number, (name, member) in enumerate(wanted.items()):
        watch("pictures", number, len(wanted))
        lying = media.local_folder().parent / name
        if not lying.is_file() or archive.file_sha256(lying) != member.sha256:
            raise BackupError(f"{name} is not what was saved")
    watch("pictures", len(wanted), len(wanted))
    return len(wanted)


def _settled(report: Report, unlocked: dict[str, str]) -> list[str]:
    """Put the secrets where they belong and return what the person has to know."""
    conf, manifest, notes = settings(), report.manifest, []
    if unlocked:
        key = unlocked.pop("LINLI_SECRET_KEY", "")
        _write(conf.instance / "secret_key", key)
        lines = "".join(f"{name}={value}\n" for name, value in sorted(unlocked.items()))
        _write(conf.instance / "restored-secrets.env", lines)
        notes.append(
            f"the town's key is back; other secrets stand in {conf.instance}/restored-secrets.env"
        )
    elif report.seal == "another key":
        notes.append(
            "this instance has another secret key than the town had: copy the old "
            "instance/secret_key here, or addresses in mails already sent will not open"
        )
    if manifest.media["where"] == "outside":
        notes.append(f"its {manifest.media['files']} pictures live outside: {_outside(report)}")
    if manifest.media["missing"]:
        notes.append(f"{len(manifest.media['missing'])} pictures had no file when it was made")
    return notes


def _outside(report: Report) -> str:
    store = media.remote_store()
    if store is None:
        return "set LINLI_MEDIA_URL to that store; media.jsonl in the archive lists them by hash"
    path = Path(report.path)
    with archive.opened(path) as opened:
        member = report.manifest.files["media.jsonl"]
        text = b"".join(archive.chunks(path, opened, "media.jsonl", member))
    gone = 0
    for line in text.splitlines():
        told = json.loads(line)
        try:
            gone += obstore.head(store, told["path"])["size"] != told["size"]
        except FileNotFoundError:
            gone += 1
    return f"{gone} of them are missing there" if gone else "all of them are there"


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)

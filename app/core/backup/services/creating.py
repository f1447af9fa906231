"""Making an archive while the site runs, keeping the newest ones."""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import obstore
import sqlalchemy as sa

from app.core import clock
from app.core.backup import database, secrets
from app.core.backup.archive import Writer, checked
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, revision_of
from app.core.backup.types import Manifest, Report, Watcher, nobody
from app.core.media import gateway as media
from app.core.settings import settings

NAME = re.compile(r"linli-\d{8}-\d{6}\.zip")
_WORK = ".making-"
_PICTURES = sa.text("SELECT DISTINCT name FROM pictures WHERE name <> ''")


def create(
    folder: Path, *, label: str = "", passphrase: str = "", watch: Watcher = nobody
) -> Report:
    """Write an archive of database, pictures and settings into a folder and return what it holds.

    It gets its name only after every byte of it was read again. Refuses (BackupError) while another
    one is being made, and where the disk is too small.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        _sweep(folder)
        stamp = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
        final = folder / f"linli-{stamp}{f'-{label}' if label else ''}.zip"
        if final.exists():
            raise BackupError(f"{final} is there already")
        work = folder / f"{_WORK}{stamp}"
        work.mkdir(mode=0o700)
        try:
            _check_room(folder)
            written = _written(work, label, passphrase, watch)
            report = checked(written, watch)
            database.synced(written)
            written.rename(final)
            database.synced(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return replace(report, path=str(final))


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as taken:
        raise BackupError("another backup is being made here") from taken
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what a killed backup left; none of it has a final name."""
    for left in folder.glob(f"{_WORK}*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_room(folder: Path) -> None:
    conf = settings()
    needed = sum(path.stat().st_size for path in _local_media())
    if database.kind_of(conf.database_url) == database.SQLITE:
        needed += 2 * database.file_of(conf.database_url).stat().st_size
    if shutil.disk_usage(folder).free < needed + 64 * 1024 * 1024:
        raise BackupError(f"{folder}: a backup needs up to {needed} bytes, and the disk has fewer")


def _written(work: Path, label: str, passphrase: str, watch: Watcher) -> Path:
    conf = settings()
    path = work / "archive.part"
    watch("database", 0, 1)
    with database.snapshot(conf.database_url, work) as (copy, connection):
        figures, revision = figures_of(connection), revision_of(connection)
        server = connection.dialect.server_version_info
        has_pictures = "pictures" in figures.tables
        names = set(connection.scalars(_PICTURES)) if has_pictures else set()
    if not revision:
        raise BackupError("this site has no tables yet: flask db upgrade")
    if database.kind_of(conf.database_url) == database.SQLITE:
        database.check_sqlite(copy)
    writer = Writer(path)
    writer.add_file(copy.name, copy)
    watch("database", 1, 1)
    kept = _add_media(writer, names, watch)
    plain = json.dumps(secrets.plain_settings(conf), ensure_ascii=False, indent=1)
    writer.add_bytes("settings.json", plain.encode())
    if passphrase:
        writer.add_bytes(secrets.MEMBER, secrets.locked(secrets.secret_settings(conf), passphrase))
    writer.close(
        Manifest(
            made_at=clock.now().isoformat(),
            site=conf.base_url,
            database=database.kind_of(conf.database_url),
            server=".".join(str(part) for part in server or ()),
            revision=revision,
            figures=figures,
            media=kept,
            has_secrets=bool(passphrase),
            files=writer.files,
            label=label,
        )
    )
    path.chmod(0o600)
    return path


def _local_media() -> list[Path]:
    """Return the pictures' files in the instance folder, none that is still being written."""
    folder = media.local_folder()
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix == ".webp")


def _add_media(writer: Writer, names: set[str], watch: Watcher) -> dict[str, Any]:
    """Add pictures, or where they live outside the list of them; say which the database misses."""
    if media.remote_store() is not None:
        return _add_list(writer, names, watch)
    folder, found = media.local_folder(), set()
    files = _local_media()
    for number, path in enumerate(files):
        watch("pictures", number, len(files))
        try:
            writer.add_file(f"media/{path.relative_to(folder).as_posix()}", path)
        except FileNotFoundError:  # swept up meanwhile: no picture of the snapshot needs it
            continue
        found.add(path.name.rsplit("-", 1)[0])
    watch("pictures", len(files), len(files))
    return {"where": "archive", "files": len(files), "missing": sorted(names - found)}


def _add_list(writer: Writer, names: set[str], watch: Watcher) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    found = set()
    store: Any = media.remote_store()
    for batch in obstore.list(store):
        for entry in batch:
            watch("list of pictures", len(lines), len(names) * 3)
            path = str(entry["path"])
            content = media.read(path)
            if content is None:
                continue
            digest = hashlib.sha256(content).hexdigest()
            lines.append({"path": path, "size": len(content), "sha256": digest})
            found.add(Path(path).name.rsplit("-", 1)[0])
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    writer.add_bytes("media.jsonl", text.encode())
    return {"where": "outside", "files": len(lines), "missing": sorted(names - found)}


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Remove all but the newest archives made by the clock; those with a label stay. Return what
    went.
    """
    made = sorted(path for path in folder.glob("linli-*.zip") if NAME.fullmatch(path.name))
    gone = made[:-count] if count > 0 else []
    for path in gone:
        path.unlink()
    return gone

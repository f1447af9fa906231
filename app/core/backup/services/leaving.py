"""The export for leaving: every table as lines of JSON, the pictures, and a page that says how to
read them.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import obstore
import sqlalchemy as sa

from app.core import clock
from app.core.backup import database
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, revision_of
from app.core.backup.types import Figures, Watcher, nobody
from app.core.db import Base
from app.core.media import gateway as media
from app.core.settings import settings

# Derived from the rest.
WITHOUT = ("search_documents",)
_SAYS = """# A Linli town, for reading elsewhere

Written {at} from {site}, tables at {revision}. All of it is one moment of the town.

- `tables/NAME.jsonl`: one JSON object a line, one line a row, by primary key. Instants are UTC
  (`2026-11-21T04:00:00Z`), days `2026-11-21`, times of day `17:30:00` in the town's zone
  ({timezone}), money whole minor units of {currency} in columns that end in `_minor`, bytes base64.
- `media/AB/HASH-SIZE.webp`: the pictures; `tables/pictures.jsonl` names their HASH in `name` and
  says whose they are. SIZE is thumb, card or full.
- `schema.json`: each table's columns with type, whether they may be empty, and what they refer to.
- `counts.json`: rows of each table, files of pictures, and the head of the ledger's seals.

Links upward in the schema are pairs `…_kind`, `…_id`. Passwords are argon2 hashes, sign-ins and
tokens SHA-256 hashes: keep this folder as safe as the site. The search index is left out; it is
derived from the rest.
"""


def export(folder: Path, watch: Watcher = nobody) -> dict[str, Any]:
    """Write everything into a new folder in a form that needs no Linli; return the counts.

    Refuses (BackupError) a folder that is there. Nothing is left of an export that fails.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already: name a new folder")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        counts = _written(part, watch)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return counts


def _written(part: Path, watch: Watcher) -> dict[str, Any]:
    conf = settings()
    (part / "tables").mkdir()
    with database.reading(conf.database_url) as connection:
        figures = figures_of(connection)
        revision = revision_of(connection)
        counts = _write_tables(connection, figures, part, watch)
    told = {
        "tables": counts,
        "media": _write_media(part / "media", watch),
        "ledger": figures.ledger,
        "revision": revision,
    }
    _write_json(part / "counts.json", told)
    _write_json(part / "schema.json", _schema(figures))
    words = {
        "at": clock.now().isoformat(timespec="seconds"),
        "site": conf.base_url,
        "revision": revision,
        "timezone": conf.timezone,
        "currency": conf.currency,
    }
    (part / "README.md").write_text(_SAYS.format(**words))
    return told


def _write_tables(
    connection: sa.Connection, figures: Figures, part: Path, watch: Watcher
) -> dict[str, int]:
    counts: dict[str, int] = {}
    done, total = 0, sum(figures.tables.values())
    for table in _tables(figures):
        rows = 0
        with (part / "tables" / f"{table.name}.jsonl").open("w", encoding="utf-8") as out:
            for line in _lines(connection, table):
                out.write(line)
                rows += 1
                if rows % 500 == 0:
                    watch("rows", done + rows, total)
        done += rows
        if rows != figures.tables[table.name]:
            raise BackupError(f"{table.name}: {figures.tables[table.name]} rows, {rows} written")
        counts[table.name] = rows
    watch("rows", total, total)
    return counts


def _tables(figures: Figures) -> list[sa.Table]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name in figures.tables and table.name not in WITHOUT
    ]


def _lines(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in there]
    statement = sa.select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=500).execute(statement):
        plain = {name: _plain(value) for name, value in row._mapping.items()}
        yield json.dumps(plain, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _schema(figures: Figures) -> dict[str, Any]:
    return {
        table.name: {
            column.name: {
                "type": str(column.type),
                "empty": bool(column.nullable),
                "key": column.primary_key,
                "refers": [key.target_fullname for key in column.foreign_keys],
            }
            for column in table.columns
        }
        for table in _tables(figures)
    }


def _write_media(folder: Path, watch: Watcher) -> int:
    folder.mkdir()
    store: Any = media.remote_store()
    if store is not None:
        paths = [str(entry["path"]) for batch in obstore.list(store) for entry in batch]
    else:
        lying = media.local_folder()
        paths = sorted(path.relative_to(lying).as_posix() for path in lying.rglob("*.webp"))
    written = 0
    for number, path in enumerate(paths):
        watch("pictures", number, len(paths))
        content = media.read(path)
        if content is None or ".." in Path(path).parts:
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        written += 1
    watch("pictures", len(paths), len(paths))
    return written


def _write_json(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

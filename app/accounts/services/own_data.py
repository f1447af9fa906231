"""The rules of taking one's own data along: asking, gathering, handing out, removing."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.errors import ExportRunningError
from app.accounts.models import OwnExport
from app.accounts.queries import own
from app.accounts.types import EXPORT_ASKED, EXPORT_TAKEN, ExportState
from app.core.access import Viewer, signed
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import NotSignedInError
from app.core.facts import site
from app.core.i18n import gettext as _
from app.core.i18n import speaking
from app.core.jobs.services import enqueue
from app.core.media import gateway as media
from app.core.pages import safe_cell
from app.core.settings import settings

KEPT_FOR = timedelta(days=7)
GATHERED_WITHIN = timedelta(hours=6)
Progress = Callable[[int, int], None]
Span = tuple[datetime, datetime]


def ask_export(actor: Viewer, *, at: datetime) -> OwnExport:
    """Ask for everything the town holds about the actor; refuses while one is being gathered."""
    if actor.id is None:
        raise NotSignedInError
    row = OwnExport(user_id=actor.id, state=ExportState.WAITING, asked_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as running:
        raise ExportRunningError from running
    payload = {"export": row.id, "language": actor.language or "zh_Hans"}
    enqueue("accounts.export", payload, key=f"export:{row.id}")
    record(actor, EXPORT_ASKED, ("user", actor.id), at=at)
    return row


def waiting_export(export_id: int) -> int | None:
    """Return whose export waits to be gathered under this number."""
    wanted = select(OwnExport.user_id).where(
        OwnExport.id == export_id, OwnExport.state == ExportState.WAITING
    )
    return db.session.scalar(wanted)


def note_progress(export_id: int, done: int, total: int) -> None:
    """Write down how far the gathering is."""
    changed(_of(export_id).values(done=done, total=total))


def export_gathered(export_id: int, *, size: int, digest: str, at: datetime) -> None:
    """Write down that the file is there, and until when."""
    ready = {"state": ExportState.READY, "ready_at": at, "ends_at": at + KEPT_FOR}
    changed(_of(export_id).values(size=size, digest=digest, **ready))


def note_taken(actor: Viewer, export_id: int, *, at: datetime) -> None:
    """Write down that the file was handed out."""
    record(actor, EXPORT_TAKEN, ("user", actor.id or 0), at=at, data={"export": export_id})


def drop_exports_of(user_id: int, *, at: datetime) -> None:
    """End the days of a person's exports now, and gather none that waits."""
    own_ones = update(OwnExport).where(OwnExport.user_id == user_id)
    changed(own_ones.where(OwnExport.state == ExportState.READY).values(ends_at=at))
    changed(own_ones.where(OwnExport.state == ExportState.WAITING).values(state=ExportState.FAILED))


def drop_old_exports(*, at: datetime) -> list[int]:
    """Forget exports whose days are over, and return which files go; one that was not gathered
    within hours is given up, so that its owner may ask again.
    """
    stuck = update(OwnExport).where(
        OwnExport.state == ExportState.WAITING, OwnExport.asked_at <= at - GATHERED_WITHIN
    )
    changed(stuck.values(state=ExportState.FAILED))
    over = select(OwnExport.id).where(OwnExport.state == ExportState.READY, OwnExport.ends_at <= at)
    ids = list(db.session.scalars(over))
    if ids:
        gone = update(OwnExport).where(OwnExport.id.in_(ids))
        changed(gone.values(state=ExportState.REMOVED))
    return ids


def _of(export_id: int) -> Any:
    return update(OwnExport).where(
        OwnExport.id == export_id, OwnExport.state == ExportState.WAITING
    )


def file_of(kind: str, number: int) -> Path:
    """Return where an export's file lies; its name cannot be guessed."""
    name = f"{kind}-{number}-{signed('export', f'{kind}:{number}')[:16]}.zip"
    return settings().instance / "exports" / name


def write_archive(
    path: Path,
    person_id: int,
    *,
    language: str,
    progress: Progress,
    span: Span | None = None,
) -> None:
    """Gather what every house holds about a person into one file: JSON, CSV and pictures.

    With a `span` only what lies within it, as a request by law may want. Writes no rows.
    """
    parts = own.handed_out()
    pictures = {} if span is not None else own.pictures_of_person(person_id)
    total = len(parts) + len(pictures)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive, speaking(language):
        whole: dict[str, list[dict[str, Any]]] = {}
        titles: dict[str, str] = {}
        for number, held in enumerate(parts, 1):
            rows = list(own.rows_of(held, person_id, span=span))
            whole.setdefault(held.part, []).extend(rows)
            titles[held.part] = str(held.title)
            progress(number, total)
        for name, rows in whole.items():
            if rows:
                archive.writestr(f"csv/{name}.csv", _sheet(rows))
        archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=1))
        for number, (picture_id, place) in enumerate(pictures.items(), 1):
            if (content := media.read(place)) is not None:
                archive.writestr(f"pictures/{picture_id}.webp", content, zipfile.ZIP_STORED)
            progress(len(parts) + number, total)
        archive.writestr("README.txt", _read_me(titles, whole, len(pictures)))
    draft.replace(path)


def _sheet(rows: list[dict[str, Any]]) -> str:
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([safe_cell(_cell(value)) for value in row.values()])
    return target.getvalue()


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _read_me(titles: dict[str, str], whole: dict[str, list[Any]], pictures: int) -> str:
    lines = [
        _("Everything that %(town)s holds about you.", town=site().site_name),
        _("data.json has all of it; the folder csv has the same as tables."),
        "",
        *(f"{titles[name]}: {len(rows)}  ({name})" for name, rows in whole.items()),
        f"{_('Pictures')}: {pictures}",
        "",
        _("Not in here, and why:"),
        *sorted({f"{held.title}: {held.left_out}" for held in own.all_held() if held.left_out}),
    ]
    return "\n".join(str(line) for line in lines) + "\n"

"""The forum's command: bring the threads of another site."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import click

from app.core import clock
from app.core.access import SYSTEM
from app.core.cli import group
from app.core.db import transaction
from app.core.i18n import speaking
from app.core.pages import safe_cell
from app.forum import queries, services
from app.forum.errors import DumpRefusedError
from app.forum.models import Board
from app.forum.types import BoardDraft, Fate, PastPost

BATCH = 100
OLD_THREADS = "旧帖"
WHY = {
    Fate.ORPHAN: "what it answers is not in the dump",
    Fate.EMPTY: "nothing readable is left of it",
}


@dataclass(slots=True)
class _Import:
    """One run: what became of everything that was read."""

    source: str
    board: Board
    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[str, str, str]] = field(default_factory=list)
    orphans: list[tuple[str, str, PastPost]] = field(default_factory=list)

    def write(self, batch: list[tuple[str, str, PastPost]], *, is_last: bool) -> None:
        """Bring one batch in one short transaction."""
        with transaction():
            posts = [post for _file, _number, post in batch]
            fates = services.bring_past(SYSTEM, self.board, self.source, posts, at=clock.now())
        for entry, fate in zip(batch, fates, strict=True):
            if fate is Fate.ORPHAN and not is_last:
                self.orphans.append(entry)
            elif fate in WHY:
                self.reject(entry[0], entry[1], WHY[fate])
            else:
                self.counts[f"{_kind(entry[2])} {fate.value}"] += 1

    def reject(self, file: str, number: str, reason: str) -> None:
        """Note what is left out and why."""
        self.rejected.append((file, number, reason))


@group("import").command("threads")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--board", "board_name", default=OLD_THREADS, help="the board they go to, made if missing"
)
@click.option("--source", default="", help="the name under which a second run knows them again")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="a CSV of what is left out"
)
@click.option("--json", "as_json", is_flag=True, help="for machines")
def import_threads(
    folder: Path, board_name: str, source: str, rejects: Path | None, as_json: bool
) -> None:
    """Bring the threads of a Stack Exchange dump: Posts, Comments and Users, .xml or .xml.gz."""
    began = monotonic()
    try:
        read, wanted, badges = _looked_through(folder)
        authors = services.authors_in(folder, wanted)
    except DumpRefusedError as refused:
        with speaking("en"):  # as everything else that commands say
            click.echo(f"{refused} Nothing was brought in.", err=True)
        sys.exit(1)
    run = _Import((source or folder.resolve().name)[:40], _board(board_name))
    _bring(run, folder, authors, sum(read.values()), is_quiet=as_json)
    with transaction():
        accepted = services.accept_past(run.source, services.accepted_in(folder))
    if rejects is not None:
        _write_rejects(rejects, run.rejected)
    report = {
        "read": {"posts": read["Posts"], "comments": read["Comments"], "badges": badges},
        "imported": _of(run, Fate.NEW),
        "there already": _of(run, Fate.KNOWN),
        "accepted answers": accepted,
        "rejected": len(run.rejected),
        "reasons": Counter(f"{file}: {reason}" for file, _number, reason in run.rejected),
        "seconds": round(monotonic() - began, 1),
    }
    report["rows per second"] = round(sum(read.values()) / max(monotonic() - began, 0.001))
    _tell(report, as_json)


def _looked_through(folder: Path) -> tuple[Counter[str], set[str], int]:
    """Read everything once before anything is written: a broken or hostile file leaves nothing
    behind.
    """
    read: Counter[str] = Counter()
    wanted: set[str] = set()
    if services.file_of(folder, "Posts") is None:
        raise DumpRefusedError(file="Posts.xml", reason="it is not there")
    for name, owner in (("Posts", "OwnerUserId"), ("Comments", "UserId")):
        for row in services.rows(folder, name):
            read[name] += 1
            wanted.add(row.get(owner, ""))
    badges = sum(1 for _row in services.rows(folder, "Badges"))
    return read, wanted, badges


def _bring(run: _Import, folder: Path, authors: Any, total: int, *, is_quiet: bool) -> None:
    batch: list[tuple[str, str, PastPost]] = []
    said = services.said_in(folder, authors)
    with _progress(said, total, is_quiet=is_quiet) as entries:
        for file, number, post in entries:
            if isinstance(post, str):
                run.reject(file, number, post)
                continue
            batch.append((file, number, post))
            if len(batch) == BATCH:
                run.write(batch, is_last=False)
                batch = []
        run.write(batch, is_last=False)
    while run.orphans:
        waiting, run.orphans = run.orphans, []
        before = sum(run.counts.values())
        for part in _parts(waiting):
            run.write(part, is_last=False)
        if sum(run.counts.values()) == before:
            waiting, run.orphans = run.orphans, []
            for part in _parts(waiting):
                run.write(part, is_last=True)


def _parts(entries: list[Any]) -> Iterator[list[Any]]:
    return (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))


def _progress(entries: Iterator[Any], total: int, *, is_quiet: bool) -> Any:
    return click.progressbar(
        entries, length=total, label="threads", file=sys.stderr, hidden=is_quiet, show_pos=True
    )


def _board(name: str) -> Board:
    known = {board_name: board_id for board_id, board_name, _twin in queries.board_names()}
    if name in known:
        return queries.board_for(SYSTEM, known[name])
    promise = "从旧网站搬来的帖子，时间和作者都照原样。"
    promise_en = "Threads from the old site, with their times and authors."
    draft = BoardDraft(
        name=name,
        name_en="From the old site" if name == OLD_THREADS else None,
        promise=promise,
        promise_en=promise_en,
        position=90,
    )
    with transaction():
        return services.make_board(SYSTEM, draft)


def _kind(post: PastPost) -> str:
    if post.parent_key is None:
        return "questions"
    return "comments" if post.is_quoting else "answers"


def _of(run: _Import, fate: Fate) -> dict[str, int]:
    kinds = ("questions", "answers", "comments")
    return {kind: run.counts[f"{kind} {fate.value}"] for kind in kinds}


def _write_rejects(path: Path, rejected: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["file", "id", "reason"])
        writer.writerows([safe_cell(cell) for cell in row] for row in rejected)


def _tell(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    for name, value in report.items():
        if isinstance(value, dict):
            click.echo(f"{name}:" + ("" if value else " none"))
            for part, number in value.items():
                click.echo(f"  {number:>7}  {part}")
        else:
            click.echo(f"{name}: {value}")

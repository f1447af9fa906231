"""Pages: CPU, rate, waiting, bytes and statements of each, guest and member, cold and kept."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.core.db import db
from app.core.settings import from_environment
from app.factory import create_app
from bench import cost, load
from bench.stage import Stage, path_of
from tools import live
from tools.visitor import Visitor

GUEST_PAGES = [
    "front",
    "board",
    "thread",
    "events",
    "event",
    "shop",
    "listings",
    "listing",
    "search",
]
MEMBER_PAGES = [*GUEST_PAGES, "orders", "order", "inbox"]
LINES = 8


@dataclass
class Target:
    """One thing that is asked for again and again, and what each round gave."""

    name: str
    who: str
    url: str
    site: live.Site
    headers: dict[str, str] = field(default_factory=dict)
    statements: int | None = None
    spent: list[cost.Spent] = field(default_factory=list)
    runs: list[load.Result] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def median(self, part: str = "total") -> float:
        """Return the median CPU milliseconds of the rounds."""
        return statistics.median(getattr(each, part) for each in self.spent)

    @property
    def rate(self) -> float:
        """Return the median requests a second with eight connections."""
        return statistics.median(run.rate for run in self.runs)

    def wait(self, share: float) -> float:
        """Return the milliseconds within which this share was answered at eight connections."""
        every = load.Result(seconds=[second for run in self.runs for second in run.seconds])
        return every.at(share) * 1000

    @property
    def size(self) -> float:
        """Return the body's kilobytes."""
        return self.runs[-1].size / 1000


def targets(stage: Stage) -> list[Target]:
    """List what is measured on a stage: floor, guests in all four ways, members."""
    listed = [
        Target(
            "floor: bare route", "floor", f"{stage.floor.address}/bare", stage.floor, statements=0
        ),
        Target(
            "floor: 30 kB, one query",
            "floor",
            f"{stage.floor.address}/page",
            stage.floor,
            statements=1,
        ),
    ]
    paths = {name: path_of(name, as_resident(stage)) for name in MEMBER_PAGES}
    counts = Statements(stage.cold)
    guest = {"Accept": "text/html", "Accept-Language": "zh-CN"}
    for name in GUEST_PAGES:
        path = paths[name]
        tag = Visitor(stage.kept.address).once("GET", path, **guest).headers.get("etag", "")
        counted = counts.of(path, guest)
        listed += [
            Target(name, "guest", stage.cold.address + path, stage.cold, guest, counted),
            Target(name, "first", stage.bare.address + path, stage.bare, guest, counted),
            Target(name, "kept", stage.kept.address + path, stage.kept, guest, 0),
            Target(
                name,
                "again",
                stage.kept.address + path,
                stage.kept,
                guest | {"If-None-Match": tag},
                0,
            ),
        ]
    member = guest | {"Cookie": stage.cookies["resident"]}
    for name in MEMBER_PAGES:
        path = paths[name]
        counted = counts.of(path, member)
        listed.append(
            Target(name, "member", stage.cold.address + path, stage.cold, member, counted)
        )
    return listed


def as_resident(stage: Stage) -> Visitor:
    """Return a visitor with the resident's session."""
    visitor = Visitor(stage.cold.address)
    for pair in stage.cookies["resident"].split("; "):
        name, _, value = pair.partition("=")
        visitor.cookies[name] = value
    return visitor


class Statements:
    """Counts the statements of one request, in this process, on the site's own database."""

    def __init__(self, site: live.Site) -> None:
        self.app = create_app(from_environment(site.surroundings()))

    def of(self, path: str, headers: dict[str, str]) -> int:
        """Return how many statements the page sends to the database."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        with self.app.app_context():
            engine = db.engine
        client = self.app.test_client(use_cookies=False)
        client.get(path, headers=headers)
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            answer = client.get(path, headers=headers)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return len(seen)


def measure(stage: Stage, target: Target, *, requests: int) -> None:
    """Ask one at a time for the CPU, then over eight connections for the rate and the waiting.

    What costs next to nothing is asked five times as often: the machine counts CPU in hundredths.
    """
    requests *= 5 if target.who in {"floor", "kept", "again"} else 1

    def work() -> int:
        run = load.run(target.url, requests=requests, headers=target.headers)
        target.waits += run.seconds
        return len(run.seconds)

    load.run(target.url, requests=5, headers=target.headers)
    target.spent.append(cost.spent(target.site.processes, stage.database_processes, work))
    run = load.run(target.url, requests=requests, lines=LINES, headers=target.headers)
    if run.statuses - {200, 304}:
        raise RuntimeError(f"{target.url} answered {run.statuses}")
    target.runs.append(run)

"""The stage: demo town and floor on each database, each behind a granian of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from tools import live
from tools.shop import Shop, open_gathering, open_shop
from tools.sights import MAILS, PASSWORD, SIGHTS, address_of
from tools.visitor import Visitor

KEPT_SECONDS = "600"
STATEMENTS = "X-Statements"


@dataclass
class Stage:
    """One database kind with everything that is measured on it."""

    name: str
    floor: live.Site
    cold: live.Site
    kept: live.Site
    bare: live.Site
    database: list[psutil.Process] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    shop: Shop = field(init=False)
    gathering: str = ""
    thread: str = ""

    @property
    def tokens(self) -> list[str]:
        """The sessions of people who were made for the flows."""
        return self.shop.tokens

    def database_processes(self) -> list[psutil.Process]:
        """Return the processes of the database server; SQLite has none of its own."""
        return [each for head in self.database for each in [head, *head.children(recursive=True)]]


@contextmanager
def stages(*, with_postgresql: bool = True, people: int) -> Iterator[list[Stage]]:
    """Open both stages, SQLite first, and close everything afterwards."""
    with ExitStack() as held:
        opened = [held.enter_context(stage("SQLite", None, people))]
        if with_postgresql:
            server = held.enter_context(live.postgresql())
            opened.append(held.enter_context(stage("PostgreSQL", server, people)))
        yield opened


@contextmanager
def stage(name: str, server: str | None, people: int) -> Iterator[Stage]:
    """Write a demo town and serve it three times, once keeping guests' pages and once remembering
    no part of any, beside the floor.
    """
    with ExitStack() as held:
        cold = held.enter_context(live.site(server, LINLI_PAGE_SECONDS="0"))
        print(f"{name}: writing a demo town…", file=sys.stderr, flush=True)
        cold.must("demo", "town")
        shop = open_shop(cold, stock=1_000_000, buyers=people)
        cold.start()
        twin = {"LINLI_PAGE_SECONDS": KEPT_SECONDS}
        kept = live.Site(cold.folder, cold.database, environment=twin)
        held.callback(kept.stop)
        kept.start()
        forgetful = {"LINLI_PAGE_SECONDS": "0", "LINLI_REMEMBERED_LETTERS": "0"}
        bare = live.Site(cold.folder, cold.database, environment=forgetful)
        held.callback(bare.stop)
        bare.start()
        made = Stage(name, held.enter_context(floor(server)), cold, kept, bare)
        if server is not None:
            made.database = [postmaster(server)]
        made.shop = shop
        made.gathering = open_gathering(cold)
        made.thread = path_of("thread", Visitor(cold.address))
        for who, mail in MAILS.items():
            made.cookies[who] = cookie(cold.address, mail)
        yield made


@contextmanager
def floor(server: str | None) -> Iterator[live.Site]:
    """Serve the floor on a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="linli-floor-"))
    with live.database(server, folder) as address:
        given = {"LINLI_BENCH_FLOOR_DATABASE": address}
        subprocess.run(
            [sys.executable, "-c", "from bench import floor; floor.fill()"],
            cwd=live.ROOT, env=os.environ | given, check=True,
        )  # fmt: skip
        site = live.Site(folder, address, target="bench.floor:app", environment=given)
        site.start()
        try:
            yield site
        finally:
            site.stop()


def postmaster(server: str) -> psutil.Process:
    """Return the head of the database server's processes."""
    with psycopg.connect(server) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        head = psutil.Process(row[0]).parent()
    assert head is not None
    return head


def cookie(address: str, mail: str) -> str:
    """Sign in over HTTP and return the Cookie header of that session."""
    visitor = signed_in(address, mail)
    return "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())


def signed_in(address: str, mail: str) -> Visitor:
    """Return a visitor who has signed in over HTTP."""
    visitor = Visitor(address)
    form = visitor.get("/me/sign-in").form(mail="", password="")
    answer = visitor.send(form, mail=mail, password=PASSWORD)
    if "/me/sign-in" in answer.path:
        raise RuntimeError(f"{mail} could not sign in: {answer.status}")
    return visitor


def settle(seconds: float = 1.0) -> None:
    """Let what was started come to rest before anything is measured."""
    time.sleep(seconds)


def path_of(name: str, visitor: Visitor) -> str:
    """Find a page's address by following links."""
    sight = next(sight for sight in SIGHTS if sight.name == name)
    return address_of(sight, lambda path: visitor.get(path).text)

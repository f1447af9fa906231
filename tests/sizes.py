"""The three sizes of a proof, and the book that the figures of the full one are written into.

A test marked `sized` asks `size()` how much to try: a sample in the quick run, about a tenth under
`LINLI_PROOF=ci`, all of it under `LINLI_PROOF=full`. Loaded as a plugin by `tests/conftest.py`.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

import pytest

Proven = Callable[[str, str, str], None]
Row = tuple[str, str, str]
Thing = TypeVar("Thing")

BOOK = Path(__file__).resolve().parents[1] / "docs/proof.md"
KEPT = pytest.StashKey[list[Row]]()


class Size(IntEnum):
    """How much of a proof is run."""

    QUICK = 0
    CI = 1
    FULL = 2


def size() -> Size:
    """Return the size that `LINLI_PROOF` names; an unknown word is refused (KeyError)."""
    return Size[os.environ.get("LINLI_PROOF", "quick").upper()]


def sample(things: Sequence[Thing], *, quick: int) -> list[Thing]:
    """Return all of `things` in the full proof, every tenth in CI, every `quick`-th when quick."""
    return list(things[:: {Size.FULL: 1, Size.CI: min(10, quick)}.get(size(), quick)])


def naughty_strings(data_dir: Path, *, every: int) -> list[str]:
    """Return the Big List of Naughty Strings, or as much of it as this size asks for."""
    file = data_dir / "abuse" / "blns.json"
    if not file.is_file():
        pytest.skip(f"the list of naughty strings is not there: {file.name}")
    return sample(json.loads(file.read_text(encoding="utf-8")), quick=every)


@pytest.fixture(name="size")
def size_of_proof() -> Size:
    """Return how much of a proof is run."""
    return size()


@pytest.fixture
def proven(request: pytest.FixtureRequest) -> Proven:
    """Write one figure down: what was tried, what came out, what was asked for."""

    def write(tried: str, came_out: str, asked: str) -> None:
        request.node.user_properties.append(("proven", (tried, came_out, asked)))

    return write


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark, and keep an empty book."""
    config.addinivalue_line("markers", "sized: tries more under LINLI_PROOF=ci and =full")
    config.stash[KEPT] = []


class Collector:
    """Takes the figures from the reports, also of workers; only of tests that passed."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test that held has written."""
        if report.when != "call" or not report.passed:
            return
        found = [value for name, value in report.user_properties if name == "proven"]
        if not found and "sized" in report.keywords and size() is Size.FULL:
            found = [(sentence(report.nodeid), "held", "holds, at full size")]
        self.rows += [(str(tried), str(out), str(asked)) for tried, out, asked in found]  # type: ignore[misc]


def sentence(nodeid: str) -> str:
    """Return what a test promises, from its name, with its file and its database."""
    file, _, name = nodeid.partition("::")
    promise = name.removeprefix("test_").replace("_", " ")
    return f"{promise} ({file.removeprefix('tests/')}, {database_in_use()})"


def database_in_use() -> str:
    """Name the database that the tests run on."""
    return "PostgreSQL" if os.environ.get("LINLI_TEST_DATABASE") else "SQLite"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to the reports."""
    session.config.pluginmanager.register(Collector(session.config.stash[KEPT]))


def table(rows: list[Row]) -> str:
    """Set the figures as a Markdown table."""
    lines = ["| tried | came out | asked for |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures; a full run also writes them into docs/proof.md, over older ones."""
    rows = terminalreporter.config.stash.get(KEPT, [])
    if not rows:
        return
    terminalreporter.section("figures")
    terminalreporter.write_line(table(rows))
    if size() is Size.FULL:
        day = time.strftime("%Y-%m-%d", time.gmtime())
        fresh = {tried: (tried, came_out, asked, day) for tried, came_out, asked in rows}
        BOOK.write_text(page(list((written() | fresh).values())))


def written() -> dict[str, tuple[str, ...]]:
    """Return what the book holds already, by what was tried, so that one proof may run alone."""
    lines = BOOK.read_text().splitlines() if BOOK.exists() else []
    rows = [tuple(line.strip("| ").split(" | ")) for line in lines if line.startswith("| ")]
    return {row[0]: row for row in rows[2:] if len(row) == 4}


def page(rows: list[tuple[str, ...]]) -> str:
    """Compose docs/proof.md."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines = [f"| {' | '.join(row)} |" for row in sorted(rows)]
    head = "| tried | came out | asked for | on |\n| --- | --- | --- | --- |"
    return (
        "# What was proven\n\nWritten by `make prove`: real servers, real HTTP on loopback, real "
        f"kills, both databases, on a shared machine ({machine}). A row is written only when its "
        f"proof held.\n\n{head}\n" + "\n".join(lines) + "\n"
    )

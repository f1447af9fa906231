"""How large a proof is (a taste, a tenth, full), and the book that its figures are written into."""

import datetime
import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

Proven = Callable[[str, str, str], None]

SIZES = {"quick": 0, "ci": 1, "full": 2}
BOOK = Path(__file__).resolve().parents[2] / "docs/proof.md"
KEPT = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture(scope="session")
def size() -> int:
    """0 quick, 1 ci, 2 full; an unknown word is refused."""
    return SIZES[os.environ.get("LINLI_PROOF", "quick")]


@pytest.fixture
def proven(pytestconfig: pytest.Config) -> Proven:
    """Write one figure down: what was tried, what came out, what was asked for."""

    def write(tried: str, came_out: str, asked: str) -> None:
        pytestconfig.stash.setdefault(KEPT, []).append((tried, came_out, asked))

    return write


def table(rows: list[tuple[str, str, str]]) -> str:
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
    if os.environ.get("LINLI_PROOF") == "full":
        day = str(datetime.datetime.now(datetime.UTC).date())
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

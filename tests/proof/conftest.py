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
    """Show the figures; a full run also writes them into docs/proof.md."""
    rows = terminalreporter.config.stash.get(KEPT, [])
    if not rows:
        return
    terminalreporter.section("figures")
    terminalreporter.write_line(table(rows))
    if os.environ.get("LINLI_PROOF") == "full":
        BOOK.write_text(page(rows, terminalreporter))


def page(rows: list[tuple[str, str, str]], reporter: pytest.TerminalReporter) -> str:
    """Compose docs/proof.md: figures, then how many proofs held and which did not."""
    failed = [report.nodeid for report in reporter.stats.get("failed", [])]
    held = len(reporter.stats.get("passed", []))
    day = datetime.datetime.now(datetime.UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    tail = "\n".join(f"- not held: `{name}`" for name in failed)
    return (
        "# What was proven\n\nWritten by `make prove`: real servers, real HTTP on loopback, "
        f"real kills, both databases.\n{day}, {machine}: "
        f"{held} proofs held, {len(failed)} did not.\n\n"
        f"{table(rows)}\n{tail}"
    ).rstrip() + "\n"

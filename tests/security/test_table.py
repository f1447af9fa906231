"""`docs/security.md` names a test for each check, and each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/security.md"
CHECKS = 42
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def rows(text: str) -> dict[int, str]:
    """Return the table's rows by number."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells[0].strip().isdigit():
            found[int(cells[0])] = line
    return found


def missing(text: str) -> list[str]:
    """Return the tests that a page names and nobody wrote."""
    found = []
    for path, name in NAMED.findall(text):
        file = ROOT / "tests" / path
        text_of = file.read_text() if file.is_file() else ""
        if f"def {name}(" not in text_of:
            found.append(f"{path}::{name}")
    return found


def test_the_table_has_a_row_for_each_check() -> None:
    assert sorted(rows(PAGE.read_text())) == list(range(1, CHECKS + 1))


@pytest.mark.parametrize("number", range(1, CHECKS + 1))
def test_a_row_names_its_tests_or_says_why_there_is_none(number: int) -> None:
    row = rows(PAGE.read_text())[number]
    assert NAMED.search(row) or "does not apply" in row
    assert re.search(r"\d+\.\d+\.\d+", row), "no ASVS id"


def test_every_test_that_the_page_names_is_there() -> None:
    assert missing(PAGE.read_text()) == []


def test_a_test_that_nobody_wrote_is_seen() -> None:
    page = "`accounts/test_ways.py::test_that_nobody_wrote` `nowhere.py::test_x`"
    assert missing(page) == ["accounts/test_ways.py::test_that_nobody_wrote", "nowhere.py::test_x"]

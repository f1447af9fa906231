"""Each import contract and each linter of `make check` is seen to object to a planted fault."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

BIN = Path(sys.executable).parent

# (contract's name, file to add or extend, the fault, what the report must name)
FAULTS = [
    (
        "Houses call downhill only",
        "app/places/services.py",
        "import app.forum.queries",
        "app.places.services",
    ),
    ("Rooms of a house", "app/forum/queries.py", "import app.forum.services", "app.forum.queries"),
    (
        "Rules know nothing of the web",
        "app/forum/services.py",
        "import flask",
        "app.forum.services",
    ),
    ("Only a gateway speaks", "app/forum/services.py", "import smtplib", "smtplib"),
    ("Only the factory opens", "app/home/queries.py", "import app.forum.views", "app.forum.views"),
    ("No two siblings", "app/core/clock.py", "import app.core.jobs.services", "app.core"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the linters read."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def report(copy: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / program, *arguments], cwd=copy, capture_output=True, text=True, check=False
    )


def plant(copy: Path, where: str, source: str) -> None:
    (copy / where).parent.mkdir(parents=True, exist_ok=True)
    with (copy / where).open("a") as file:
        file.write(f"\n{source}\n")


@pytest.mark.parametrize(
    ("name", "where", "fault", "named"), FAULTS, ids=[fault[0] for fault in FAULTS]
)
def test_a_contract_objects_to_its_fault(
    copy: Path, name: str, where: str, fault: str, named: str
) -> None:
    plant(copy, where, fault)
    result = report(copy, "lint-imports", "--no-cache")
    broken = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert result.returncode == 1
    assert any(line.startswith(name) for line in broken)
    assert named in result.stdout


def test_a_new_kind_of_room_breaks_the_contract(copy: Path) -> None:
    plant(copy, "app/forum/helpers.py", '"""A room that does not exist."""')
    result = report(copy, "lint-imports", "--no-cache")
    assert result.returncode == 1
    assert "app.forum.helpers" in result.stdout


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("from flask import abort\nabort(404)", "TID251"),
        ("import datetime\ndatetime.datetime.now()", "DTZ005"),
        ("def f():\n  print(1)", "T201"),
        ("from . import models", "TID252"),
    ],
)
def test_ruff_objects_to_its_fault(copy: Path, source: str, code: str) -> None:
    plant(copy, "app/forum/policies.py", source)
    assert code in report(copy, "ruff", "check", "--no-cache", "app/forum/policies.py").stdout


def test_djlint_objects_to_a_picture_without_words(copy: Path) -> None:
    plant(copy, "app/forum/templates/forum/fault.html", '<img src="/x.png">')
    assert "H013" in report(copy, "djlint", "app/forum/templates/forum/fault.html", "--lint").stdout


def test_mypy_objects_to_a_function_without_types(copy: Path) -> None:
    (copy / "app/fault.py").write_text("def f(x):\n    return x\n")
    result = report(
        copy, "mypy", "--cache-dir", str(copy / "kept"), "app/fault.py", "--follow-imports", "skip"
    )
    assert "no-untyped-def" in result.stdout

"""Everything can be taken along, and what cannot be done is refused in one line."""

import json
from pathlib import Path

import pytest
from flask import Flask

from app.core.backup import database
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, known_revisions
from app.core.backup.services import leaving, moving, upgrading
from app.core.settings import settings
from tests.conftest import POSTGRESQL


def test_an_export_holds_every_row_and_says_how_to_read_it(town: None, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    told = leaving.export(folder)
    with database.reading(settings().database_url) as connection:
        figures = figures_of(connection)
    wanted = {name: n for name, n in figures.tables.items() if name not in leaving.WITHOUT}
    assert told["tables"] == wanted
    lines = (folder / "tables/users.jsonl").read_text().splitlines()
    assert len(lines) == figures.tables["users"] == 1
    assert json.loads(lines[0])["joined_at"].endswith("Z")
    schema = json.loads((folder / "schema.json").read_text())
    assert schema["ledger_movements"]["entry_id"]["refers"] == ["ledger_entries.id"]
    assert schema.keys() == wanted.keys()
    assert len(list((folder / "media").rglob("*.webp"))) == told["media"] == 3
    assert json.loads((folder / "counts.json").read_text())["ledger"] == figures.ledger
    assert "UTC" in (folder / "README.md").read_text()


def test_an_export_into_a_folder_that_is_there_is_refused(town: None, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupError, match="is there already"):
        leaving.export(tmp_path / "out")
    assert list(tmp_path.glob("**/*.jsonl")) == []


def test_the_export_is_a_command(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["export", str(tmp_path / "out"), "--json"])
    assert json.loads(done.stdout)["tables"]["users"] == 0
    again = app.test_cli_runner().invoke(args=["export", str(tmp_path / "out")])
    assert again.exit_code == 1
    assert again.output.startswith("Error: ")


def test_a_move_to_something_else_than_postgresql_is_refused(app: Flask) -> None:
    says = "on PostgreSQL already" if POSTGRESQL else "say where to"
    with pytest.raises(BackupError, match=says):
        moving.move("mysql://localhost/linli")


def test_an_upgrade_of_a_town_that_is_up_to_date_does_nothing(app: Flask) -> None:
    assert upgrading.stands() == (known_revisions()[-1],) * 2
    done = app.test_cli_runner().invoke(args=["upgrade"])
    assert done.output.strip() == f"up to date: {known_revisions()[-1]}"

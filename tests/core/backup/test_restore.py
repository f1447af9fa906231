"""A town is put into an empty instance, or in another's place; what fails leaves all as it was."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app.accounts.models import User
from app.core import presence
from app.core.backup import archive, database
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of
from app.core.backup.services import creating, restoring
from app.core.backup.types import Figures, Report
from app.core.db import db, transaction
from app.core.facts import put_fact
from app.core.media import gateway as media
from app.core.settings import settings
from tests.core.backup.conftest import empty_app
from tests.core.backup.test_archive import members, sealed, written
from tests.visitor import Visitor


def figures() -> Figures:
    with database.reading(settings().database_url) as connection:
        return figures_of(connection)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: archive.file_sha256(path) for path in folder.rglob("*.webp")}


def test_a_restored_town_is_the_one_that_was_saved(
    app: Flask, made: Report, elsewhere: Flask, tmp_path: Path
) -> None:
    outcome = restoring.restore(Path(made.path))
    assert figures() == made.manifest.figures
    assert not any(outcome.audits.values())
    assert outcome.media_files == 3
    assert hashes(media.local_folder()) == hashes(
        app.extensions["linli_settings"].instance / "media"
    )
    assert Visitor(elsewhere).get("/healthz").status == 200
    assert Visitor(elsewhere).visit("/").status == 200
    left = {path.name for path in settings().instance.iterdir()}
    assert not [name for name in left if name.startswith((".restoring", "replaced"))]


def test_the_books_of_a_restored_town_stay_unchangeable(made: Report, elsewhere: Flask) -> None:
    restoring.restore(Path(made.path))
    with pytest.raises(sa.exc.DBAPIError), transaction():
        db.session.execute(sa.text("UPDATE ledger_movements SET amount_minor = 1"))


def test_a_town_is_replaced_only_when_asked_and_kept_aside(made: Report, elsewhere: Flask) -> None:
    upgrade()
    with transaction():
        put_fact("here", "before")
    with pytest.raises(BackupError, match="--replace"):
        restoring.restore(Path(made.path))
    assert figures().tables["users"] == 0
    outcome = restoring.restore(Path(made.path), is_replacing=True)
    assert figures() == made.manifest.figures
    if settings().database_url.startswith("sqlite"):
        with database.reading(f"sqlite:///{outcome.replaced}/database.sqlite") as old:
            assert figures_of(old).tables["users"] == 0
    else:
        with database.reading(settings().database_url) as here:
            schemas = sa.inspect(here).get_schema_names()
        assert outcome.replaced.removeprefix("the schema ") in schemas


def test_a_restore_that_fails_late_leaves_the_old_town(made: Report, elsewhere: Flask) -> None:
    upgrade()
    with transaction():
        put_fact("here", "before")
    before = figures()
    content = members(Path(made.path))
    told = json.loads(content["manifest.json"])["figures"]
    lying = told | {"tables": told["tables"] | {"users": 7}}
    written(Path(made.path), sealed(content, figures=lying))
    with pytest.raises(BackupError, match="users: 7 rows, there 1"):
        restoring.restore(Path(made.path), is_replacing=True)
    assert figures() == before
    assert not list(media.local_folder().rglob("*.webp"))


def test_a_running_site_is_not_restored_over(made: Report, elsewhere: Flask) -> None:
    folder = settings().instance
    presence.announce(folder)
    try:
        with pytest.raises(BackupError, match="the site runs here"):
            restoring.restore(Path(made.path))
    finally:
        presence.retire(folder)
    restoring.restore(Path(made.path))


def test_a_site_that_runs_on_another_machine_is_not_restored_over(
    made: Report, elsewhere: Flask
) -> None:
    url = settings().database_url
    if database.kind_of(url) == database.SQLITE:
        pytest.skip("a file is on one machine")
    with database.reading(url), pytest.raises(BackupError, match="1 others are connected"):
        restoring.restore(Path(made.path))
    restoring.restore(Path(made.path))


def test_an_archive_of_a_newer_linli_is_refused_by_name(made: Report, elsewhere: Flask) -> None:
    written(Path(made.path), sealed(members(Path(made.path)), revision="0999_flying"))
    with pytest.raises(BackupError, match="0999_flying"):
        restoring.restore(Path(made.path))


def test_an_archive_of_the_other_database_is_refused_with_the_way(
    made: Report, elsewhere: Flask
) -> None:
    other = "postgresql" if made.manifest.database == "sqlite" else "sqlite"
    content = sealed(members(Path(made.path)), database=other)
    written(Path(made.path), content)
    with pytest.raises(BackupError, match="database move|LINLI_DATABASE_URL"):
        restoring.restore(Path(made.path))


def test_secrets_come_back_with_their_passphrase_only(
    app: Flask, town: None, elsewhere: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        made = creating.create(tmp_path / "locked", passphrase="three blue boats")
    with pytest.raises(BackupError, match="does not unlock"):
        restoring.restore(Path(made.path), passphrase="three red boats")
    assert database.is_empty(settings().database_url)
    restoring.restore(Path(made.path), passphrase="three blue boats")
    kept = (settings().instance / "secret_key").read_text()
    assert kept == app.extensions["linli_settings"].secret_key


def test_a_town_under_another_key_is_told_so(
    made: Report, tmp_path: Path, elsewhere: Flask
) -> None:
    folder = tmp_path / "third"
    folder.mkdir()
    url = f"sqlite:///{folder / 'linli.db'}"
    if not settings().database_url.startswith("sqlite"):
        url = settings().database_url
        db.session.remove()
        db.engine.dispose()
    third = empty_app(folder, url, key="quite another secret key")
    with third.app_context():
        outcome = restoring.restore(Path(made.path))
        assert any("another secret key" in note for note in outcome.notes)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
        db.session.remove()
        db.engine.dispose()

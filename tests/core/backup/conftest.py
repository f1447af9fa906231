"""A small town to save, and an empty instance to put it into."""

import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.core import clock
from app.core.access import SYSTEM
from app.core.backup.services import creating
from app.core.backup.types import Report
from app.core.db import db, transaction
from app.core.ledger import services as ledger
from app.core.ledger.types import AccountKind, Movement
from app.core.media import services as pictures
from app.core.settings import Settings
from app.factory import create_app
from tests.factories import accounts

KEY = "tests-only-secret-key"


def photo() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((90, 60)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def town(app: Flask) -> None:
    """Somebody, a sealed entry in the books and a picture."""
    person = accounts.person()
    made = pictures.prepared_bytes(photo())
    with transaction():
        pictures.keep(made, owner=("user", person.id), actor=SYSTEM)
        ledger.open_account("site:cash", AccountKind.ASSET, "CNY")
        ledger.open_account("site:income", AccountKind.INCOME, "CNY")
        moves = [Movement("site:cash", "site:income", 1250)]
        ledger.post(movements=moves, cause=("test", 1), key="test:1", at=clock.now())
        ledger.seal_entries()


@pytest.fixture
def made(town: None, tmp_path: Path) -> Report:
    return creating.create(tmp_path / "backups")


def empty_app(folder: Path, url: str, key: str = KEY) -> Flask:
    """An application on an instance that has nothing yet."""
    return create_app(
        Settings(
            instance=folder,
            database_url=url,
            secret_key=key,
            testing=True,
            first_start=False,
            base_url="http://localhost",
        )
    )


@pytest.fixture
def elsewhere(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An empty instance of its own, on the kind of database that the tests run on."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    server = os.environ.get("LINLI_TEST_DATABASE", "")
    url, name = f"sqlite:///{folder / 'linli.db'}", f"linli_elsewhere_{uuid.uuid4().hex[:8]}"
    if server:
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        _on_server(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    other = empty_app(folder, url)
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()
    if server:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()

"""One application serves many tests; what one of them did must not reach the next."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import User
from app.core import facts, i18n, keeping, money
from app.core.access import Viewer
from app.core.activity.seen import flush_seen, seen
from app.core.db import db, transaction
from tests.factories.accounts import person


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_finds_the_application_as_it_starts(app: Flask, tmp_path: Path, turn: str) -> None:
    """Both turns look first and leave everything changed, whichever comes second."""
    settings = app.extensions["linli_settings"]
    assert (settings.base_url, settings.instance) == ("http://localhost", tmp_path)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    assert "test" not in facts.facts()
    assert (keeping.cache.get("test"), money.site_currency()) == (None, settings.currency)

    assert flush_seen() == 0

    seen(Viewer(id=1), "board", ("merchant", 1))
    person(f"Left behind by the {turn}")
    with transaction():
        facts.put_fact("test", turn)
    facts.facts()
    keeping.cache.set("test", turn)
    app.extensions["linli_settings"] = replace(settings, base_url="https://elsewhere.example")
    money.use_currency("GBP")
    i18n.use_language("en")

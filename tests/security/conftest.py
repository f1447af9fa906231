"""One town for all tests of a module, which nothing that they send can change."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core import clock
from tests.conftest import opened
from tests.security.town import NOON, Town


@pytest.fixture(scope="module")
def town(
    request: pytest.FixtureRequest, built: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Return a town with one of everything; a module that asks for it asks for no other app."""
    with opened(request, built, tmp_path_factory.mktemp("town")) as app, clock.travel(NOON):
        yield Town(app)

"""Services outside, and the site set to use them."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app.core.sms.gateway import collected
from tests.notifications.outside import Letterbox, Service


@pytest.fixture
def letterbox(app: Flask) -> Iterator[Letterbox]:
    """A mail server on loopback, and the site set to use it."""
    box = Letterbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, mail_url=f"smtp://127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def outside(app: Flask) -> Iterator[Service]:
    """A service on loopback, and the site allowed to call it."""
    service = Service()
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, private_webhooks=True)
    yield service
    service.stop()


@pytest.fixture
def texts() -> Iterator[list[object]]:
    """The text messages that left, none at first."""
    collected.clear()
    yield collected  # type: ignore[misc]
    collected.clear()

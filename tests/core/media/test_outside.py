"""Pictures in an S3-compatible store: copied by a job, served when the disk has lost them."""

import io
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from flask import Flask
from PIL import Image

from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.jobs import services as jobs
from app.core.media import gateway, queries, services
from app.core.media.types import Size
from app.core.settings import Settings


@pytest.fixture
def media_url() -> Iterator[str]:
    server = pytest.importorskip("moto.server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    running.start()
    endpoint = f"http://127.0.0.1:{port}"
    import urllib.request

    made = urllib.request.Request(f"{endpoint}/town", method="PUT")
    urllib.request.urlopen(made).close()
    yield f"s3://key:secret@town/pictures?endpoint={endpoint}"
    running.stop()


def keep_one() -> int:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "PNG")
    picture = services.prepared_bytes(file.getvalue())
    with transaction():
        return services.keep(picture, owner=("post", 1), actor=Viewer(id=7)).id


@pytest.fixture
def outside(app: Flask, media_url: str) -> str:
    conf: Settings = app.extensions["linli_settings"]
    changed = {name: getattr(conf, name) for name in conf.__dataclass_fields__}
    app.extensions["linli_settings"] = Settings(**(changed | {"media_url": media_url}))
    return media_url


@pytest.mark.usefixtures("outside")
def test_a_picture_lives_on_outside_when_the_disk_is_lost(app: Flask) -> None:
    picture_id = keep_one()
    jobs.run_all()
    names = {Path(row["path"]).name for row in obstore.list(gateway.remote_store()).collect()}
    assert len(names) == 3
    shutil.rmtree(gateway.local_folder())
    with app.test_request_context():
        address = app.jinja_env.globals["picture_url"](picture_id, "card")
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/webp")


@pytest.mark.usefixtures("outside")
def test_a_picture_that_was_swept_up_and_comes_again_is_copied_again() -> None:
    first = keep_one()
    jobs.run_all()
    name = queries.picture_rows([first])[first].name
    with transaction():
        services.drop_pictures([first])
    for path in services.file_paths(name):
        gateway.remove(path)
    keep_one()
    jobs.run_all()
    assert len(obstore.list(gateway.remote_store()).collect()) == 3


@pytest.mark.usefixtures("app")
def test_without_a_store_outside_nothing_is_copied(app: Flask) -> None:
    picture_id = keep_one()
    assert jobs.run_all() == 0
    name = queries.picture_rows([picture_id])[picture_id].name
    db.session.rollback()
    path = queries.file_path(name, Size.CARD)
    assert gateway.read(path) is not None
    gateway.remove(path)
    assert gateway.read(path) is None

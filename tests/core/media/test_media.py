"""Pictures: what is kept was written by us; what is refused says why and leaves nothing."""

import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from PIL import Image

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.media import gateway, jobs, queries, services
from app.core.media.errors import (
    DrawingRefusedError,
    PictureBrokenError,
    PictureRefusedError,
    PictureTooLargeError,
)
from app.core.media.models import Picture
from app.core.media.types import Size

pytestmark = pytest.mark.usefixtures("app")
ANNA = Viewer(id=7)


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **details: Any) -> bytes:
    file = io.BytesIO()
    picture = Image.radial_gradient("L").resize(size).convert(details.pop("mode", "RGB"))
    picture.save(file, kind, **details)
    return file.getvalue()


def keep(content: bytes, owner: tuple[str, int] = ("post", 1)) -> Picture:
    picture = services.prepared_bytes(content)
    with transaction():
        return services.keep(picture, owner=owner, actor=ANNA)


def files() -> list[Path]:
    return sorted(gateway.local_folder().glob("*/*.webp"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_we_read_becomes_webp_in_three_sizes(kind: str) -> None:
    picture = services.prepared_bytes(photo(kind, (2400, 1200)))
    assert (picture.width, picture.height) == (1600, 800)
    sizes = {}
    for size, content in picture.files.items():
        with Image.open(io.BytesIO(content)) as written:
            assert written.format == "WEBP"
            sizes[size] = written.size
    assert sizes == {Size.FULL: (1600, 800), Size.CARD: (720, 360), Size.THUMB: (160, 80)}


def test_nothing_the_picture_carried_along_is_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    exif.get_ifd(0x8825)[1] = "N"
    content = photo("JPEG", (400, 300), exif=exif, comment=b"secret")
    picture = services.prepared_bytes(content)
    assert (picture.width, picture.height) == (300, 400)
    with Image.open(io.BytesIO(picture.files[Size.FULL])) as written:
        assert not written.getexif()
        assert set(written.info) <= {"loop", "background"}
    assert b"secret" not in picture.files[Size.FULL]


def test_a_see_through_picture_stays_see_through() -> None:
    picture = services.prepared_bytes(photo("PNG", mode="RGBA"))
    with Image.open(io.BytesIO(picture.files[Size.CARD])) as written:
        assert written.mode in {"RGBA", "RGB"}


def png_of(width: int, height: int) -> bytes:
    """Return a PNG whose head promises any size and whose body holds almost nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checked

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", PictureBrokenError),
        (b"hello, I am a text", PictureRefusedError),
        (b"%PDF-1.7 not a picture", PictureRefusedError),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", DrawingRefusedError),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", DrawingRefusedError),
        (photo()[:-2000], PictureBrokenError),
        (photo("PNG")[:500], PictureBrokenError),
        (photo("WEBP")[:300], PictureBrokenError),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 400, PictureRefusedError),
        (png_of(100, 100), PictureBrokenError),
        (png_of(30_000, 30_000), PictureTooLargeError),
        (png_of(8_000, 8_000), PictureTooLargeError),
        (b"\xff" * (10 * 1024 * 1024 + 1), PictureTooLargeError),
        (b"BM" + b"\x00" * 200, PictureRefusedError),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value.__name__,
)
def test_what_is_no_sound_picture_is_refused_by_name_and_leaves_nothing(
    content: bytes, refusal: type[PictureRefusedError]
) -> None:
    with pytest.raises(refusal) as refused:
        services.prepared(io.BytesIO(content), field="photo")
    assert refused.value.field == "photo"
    assert str(refused.value)
    assert files() == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_damaged_picture_never_crashes(kind: str) -> None:
    content = bytearray(photo(kind, (64, 64)))
    for place in range(0, len(content), max(1, len(content) // 40)):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        for sample in (bytes(broken), bytes(content[:place])):
            try:
                services.prepared_bytes(sample)
            except PictureRefusedError:
                continue


def test_a_picture_is_prepared_before_the_transaction() -> None:
    with transaction(), pytest.raises(RuntimeError):
        services.prepared_bytes(photo())


def test_a_kept_picture_is_served_for_ever_under_an_address_nobody_can_guess(app: Flask) -> None:
    picture = keep(photo())
    with app.test_request_context():
        address = app.jinja_env.globals["picture_url"](picture.id, "card")
    client = app.test_client()
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    tag = address.split("-")[1]
    wrong = [
        address.replace(tag, "0" * len(tag)),
        address.replace(tag, tag[:-1]),
        address.replace(tag, ""),
        address.replace(f"/{picture.id}-", f"/{picture.id + 1}-"),
        address.replace("card", "huge"),
        "/media/x",
        "/media/1-2-card.webp",
        "/media/..%2F..%2Fsecret_key",
    ]
    assert {client.get(path).status_code for path in wrong} == {404}


def test_the_same_content_is_stored_once_and_goes_with_its_last_picture() -> None:
    first, second = keep(photo()), keep(photo(), ("post", 2))
    assert first.name == second.name
    assert len(files()) == 3
    old = (clock.now() - timedelta(days=2)).timestamp()
    for path in files():
        os.utime(path, (old, old))
    with transaction():
        services.drop_pictures([first.id])
    jobs.sweep(clock.now())
    assert len(files()) == 3
    with transaction():
        services.drop_pictures([second.id])
    jobs.sweep(clock.now())
    assert files() == []


def _keep_and_fail(picture: services.PreparedPicture) -> None:
    services.keep(picture, owner=("post", 1), actor=ANNA)
    raise RuntimeError


def test_files_of_a_failed_transaction_are_swept_after_a_day() -> None:
    picture = services.prepared_bytes(photo())
    with pytest.raises(RuntimeError), transaction():
        _keep_and_fail(picture)
    jobs.sweep(clock.now())
    young = files()
    jobs.sweep(clock.now() + timedelta(days=2))
    assert (len(young), files()) == (3, [])


def test_a_picture_that_is_gone_never_lends_its_address_to_the_next() -> None:
    first, second = keep(photo()), keep(photo("PNG"))
    with transaction():
        services.drop_pictures([first.id, second.id])
    assert queries.picture_rows([first.id, second.id]) == {}
    assert queries.picture_at(queries.address_part(second.id, Size.CARD)) is None
    third = keep(photo("GIF"))
    assert third.id > second.id
    with transaction():
        services.drop_pictures([])
    assert db.session.scalars(sa.select(Picture.id)).all() == [third.id]


def test_a_sweep_spares_old_files_that_a_picture_under_way_uses_again() -> None:
    picture = services.prepared_bytes(photo())
    with pytest.raises(RuntimeError), transaction():
        _keep_and_fail(picture)
    for path in files():
        old = (clock.now() - timedelta(days=3)).timestamp()
        os.utime(path, (old, old))
    with transaction():
        services.keep(picture, owner=("post", 1), actor=ANNA)
        with ThreadPoolExecutor(1) as another:
            another.submit(_sweep, current_app._get_current_object()).result()  # type: ignore[attr-defined]
    assert len(files()) == 3


def _sweep(app: Flask) -> None:
    with app.app_context():
        jobs.sweep(clock.now())


def test_warnings_of_the_process_are_left_alone_while_pictures_are_read() -> None:
    """The filters belong to all threads: two that change and restore them leave them changed."""
    content, before = photo("PNG", (900, 900)), list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_preparing(current_app._get_current_object()), [content] * 8))  # type: ignore[attr-defined]
    assert warnings.filters == before


def _preparing(app: Flask) -> Callable[[bytes], None]:
    def prepare(content: bytes) -> None:
        with app.app_context():
            services.prepared_bytes(content)

    return prepare


def test_pictures_of_many_owners_come_with_one_statement(count_queries: Any) -> None:
    one, two = keep(photo(), ("post", 1)), keep(photo("PNG", (50, 60)), ("post", 2))
    db.session.rollback()
    with count_queries() as statements:
        found = queries.pictures_of("post", [1, 2, 3])
    assert {owner: [row.id for row in rows] for owner, rows in found.items()} == {
        1: [one.id],
        2: [two.id],
    }
    assert queries.picture_rows([two.id])[two.id].height == 60
    assert len(statements) == 1

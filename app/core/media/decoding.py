"""Reading a picture that somebody sent, and writing it anew in our sizes; runs before any
transaction.
"""

import hashlib
import io
import struct
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.media.errors import (
    DrawingRefusedError,
    PictureBrokenError,
    PictureRefusedError,
    PictureTooLargeError,
)
from app.core.media.types import PreparedPicture, Size

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
LARGEST_FILE = 10 * 1024 * 1024
MOST_POINTS = 50_000_000
_SIDES = {Size.THUMB: 160, Size.CARD: 720, Size.FULL: 1600}
_QUALITY = {Size.THUMB: 70, Size.CARD: 78, Size.FULL: 80}
# The largest picture takes some 400 MiB while it is decoded: a process does this once at a time.
_ONE_AT_A_TIME = threading.Lock()
# What Pillow's decoders are known to raise on bytes made to hurt; AVIF's says RuntimeError.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)


def decoded(content: bytes, *, field: str) -> PreparedPicture:
    """Return the picture in all sizes, or refuse with the reason at `field`."""
    if len(content) > LARGEST_FILE:
        raise PictureTooLargeError(field)
    if not content:
        raise PictureBrokenError(field)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in content[:4096].lower() or start.startswith((b"<?xml", b"<!doctype")):
        raise DrawingRefusedError(field)
    with _ONE_AT_A_TIME:
        return _written_anew(_opened(content, field))


def _written_anew(image: Image.Image) -> PreparedPicture:
    width, height = image.size
    files = {}
    for size in (Size.FULL, Size.CARD, Size.THUMB):
        image.thumbnail((_SIDES[size], _SIDES[size]), Image.Resampling.LANCZOS)
        if size is Size.FULL:
            width, height = image.size
        written = io.BytesIO()
        image.save(written, "WEBP", quality=_QUALITY[size], method=4)
        files[size] = written.getvalue()
    name = hashlib.sha256(files[Size.FULL]).hexdigest()
    return PreparedPicture(name, width, height, files)


def _opened(content: bytes, field: str) -> Image.Image:
    """Decode the whole picture, upright, with nothing but its points."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as source:
            if source.width * source.height > MOST_POINTS:
                raise PictureTooLargeError(field)
            if source.format in {"JPEG", "MPO"}:
                source.draft("RGB", (_SIDES[Size.FULL], _SIDES[Size.FULL]))
            source.load()
            upright = ImageOps.exif_transpose(source)
            return _plain(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureTooLargeError(field) from bomb
    except UnidentifiedImageError as unknown:
        raise PictureRefusedError(field) from unknown
    except (*_BROKEN, Warning) as broken:
        raise PictureBrokenError(field) from broken


def _plain(image: Image.Image) -> Image.Image:
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    plain.info = {}
    return plain

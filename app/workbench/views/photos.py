"""Reading the QR code on a photo, for phones whose browser cannot."""

from __future__ import annotations

import warnings

import zxingcpp
from PIL import Image
from werkzeug.datastructures import FileStorage

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l

MOST_PIXELS = 50_000_000
SIDE = 1600


def text_in(photo: FileStorage | None) -> str:
    """Return the text of the first QR code on a photo; refuses no photo, no picture and no code."""
    if photo is None or not photo.filename:
        raise FieldError("photo", _l("Take a photo of the code first."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(photo.stream, formats=["JPEG", "PNG", "WEBP"])
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too large")
            picture.draft("L", (SIDE, SIDE))
            picture.thumbnail((SIDE, SIDE))
            found = zxingcpp.read_barcodes(
                picture.convert("L"), zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
            )
    except (OSError, ValueError, Image.DecompressionBombError, Warning) as broken:
        raise FieldError("photo", _l("This is not a picture we can read.")) from broken
    if not found:
        raise FieldError("photo", _l("There is no code on this photo. Try again, closer."))
    return str(found[0].text)[:200]

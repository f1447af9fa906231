"""Why a picture is refused; each is shown at the form's field."""

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l


class PictureRefusedError(FieldError):
    """A file that is no picture we can read."""

    message = _l("This file is not a picture we can read. JPEG, PNG, WebP, AVIF and GIF work.")


class PictureTooLargeError(PictureRefusedError):
    """More bytes or more points than we decode."""

    message = _l("This picture is too large: at most 10 MB and 50 million points.")


class PictureBrokenError(PictureRefusedError):
    """A picture that ends too early or breaks its own format."""

    message = _l("This picture is damaged or incomplete.")


class DrawingRefusedError(PictureRefusedError):
    """An SVG, which is a program more than a picture."""

    message = _l("SVG drawings are not taken. Please send a JPEG or PNG.")

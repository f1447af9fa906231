"""Serves pictures, for ever the same under one address."""

from flask import Blueprint, Flask, Response, request, url_for

from app.core.access import public
from app.core.errors import NotFoundError
from app.core.media import gateway
from app.core.media.queries import address_part, file_path, picture_at
from app.core.media.types import Size

bp = Blueprint("media", __name__, url_prefix="/media")

# What stands where somebody did not want to be shown.
HIDDEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400">'
    '<rect width="640" height="400" fill="#ddd6cb"/></svg>'
)
FOREVER = "public, max-age=31536000, immutable"


@bp.get("/<address>")
@public
def picture(address: str) -> Response:
    """Answer one size of a picture; an address whose tag is not ours is not found."""
    found = picture_at(address)
    if found is None:
        raise NotFoundError
    name, size, is_hidden = found
    if is_hidden:
        answer = Response(HIDDEN, content_type="image/svg+xml")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    content = gateway.read(file_path(name, size))
    if content is None:
        raise NotFoundError
    answer = Response(content, content_type="image/webp")
    answer.headers["Cache-Control"] = FOREVER
    answer.set_etag(f"{name[:16]}-{size}")
    return answer.make_conditional(request)  # type: ignore[return-value]


def picture_url(picture_id: int, size: str = "card") -> str:
    """Return a picture's address, without asking the database."""
    return url_for("media.picture", address=address_part(picture_id, Size(size)))


def connect(app: Flask) -> None:
    """Give templates `picture_url`."""
    app.jinja_env.globals["picture_url"] = picture_url

"""Serves pictures, for ever the same under one address."""

from flask import Blueprint, Flask, Response, request, url_for

from app.core.access import public
from app.core.errors import NotFoundError
from app.core.media import gateway
from app.core.media.queries import address_part, file_path, picture_at
from app.core.media.types import Size

bp = Blueprint("media", __name__, url_prefix="/media")

FOREVER = "public, max-age=31536000, immutable"


@bp.get("/<address>")
@public
def picture(address: str) -> Response:
    """Answer one size of a picture; an address whose tag is not ours is not found."""
    found = picture_at(address)
    if found is None:
        raise NotFoundError
    content = gateway.read(file_path(*found))
    if content is None:
        raise NotFoundError
    answer = Response(content, content_type="image/webp")
    answer.headers["Cache-Control"] = FOREVER
    answer.set_etag(f"{found[0][:16]}-{found[1]}")
    return answer.make_conditional(request)  # type: ignore[return-value]


def picture_url(picture_id: int, size: str = "card") -> str:
    """Return a picture's address, without asking the database."""
    return url_for("media.picture", address=address_part(picture_id, Size(size)))


def connect(app: Flask) -> None:
    """Give templates `picture_url`."""
    app.jinja_env.globals["picture_url"] = picture_url

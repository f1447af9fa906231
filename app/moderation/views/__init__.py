"""The pages of moderation, by subject, on one blueprint."""

from flask import Flask

from app.moderation.views import pictures, reporting, takedowns
from app.moderation.views.reporting import bp

__all__ = ["bp", "connect", "pictures", "reporting", "takedowns"]


def connect(app: Flask) -> None:
    """Give templates the address of a picture's own page."""
    app.jinja_env.globals["picture_page"] = pictures.page_address

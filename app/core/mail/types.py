"""A mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address, as text and, where there is one, as a page."""

    to: str
    subject: str
    text: str
    html: str | None = None
    key: str = ""
    stop: str | None = None

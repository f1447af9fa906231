"""What moderation hears of and tells upper houses' pages."""

from app.moderation import queries


def connect() -> None:
    """Let people be reported; their house is below and cannot say so itself."""
    queries.register_reader("user", queries.person_reportable)

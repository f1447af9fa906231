"""What a person says of themselves, and how they read the site."""

from datetime import datetime

from app.accounts import queries
from app.accounts.errors import PersonNotFoundError
from app.accounts.models import User
from app.accounts.policies.names import name_key, tidy_name
from app.accounts.services.joining import check_name_is_free, document
from app.accounts.types import PROFILE_EDITED, JoinedReason, Language, TextSize, Theme
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.search.services import put_many


def edit_profile(
    actor: Viewer,
    *,
    name: str,
    language: Language,
    neighbourhood_id: int | None,
    signature: str | None,
    about: str | None,
    text_size: TextSize,
    theme: Theme,
    at: datetime,
) -> User:
    """Change what a person says of themselves and how they read the site; refuses a name that
    somebody else has.
    """
    person = own(actor)
    if name_key(name) != person.name_key:
        check_name_is_free(name, but=person.id)
    person.name, person.name_key = tidy_name(name), name_key(name)
    person.language, person.neighbourhood_id = Language(language), neighbourhood_id
    person.signature, person.about = (
        (signature or "").strip() or None,
        (about or "").strip() or None,
    )
    person.text_size, person.theme = TextSize(text_size), Theme(theme)
    db.session.flush()
    _find_again(actor, person)
    record(actor, PROFILE_EDITED, ("user", person.id), at=at, place=neighbourhood_id)
    return person


def _find_again(actor: Viewer, person: User) -> None:
    if not actor.is_child:  # a child is found by nobody
        put_many([document(person)])


def choose_look(
    actor: Viewer, *, language: str | None, size: str | None, theme: str | None
) -> None:
    """Change how a person reads the site, as far as they chose; the rest stays."""
    person = own(actor)
    person.language = Language(language or person.language)
    person.text_size = TextSize(size or person.text_size)
    person.theme = Theme(theme or person.theme)
    db.session.flush()


def introduce(actor: Viewer, *, signature: str | None, joined_reason: JoinedReason | None) -> User:
    """Take down the little that a newcomer says of themselves right after joining."""
    person = own(actor)
    person.signature = (signature or "").strip() or person.signature
    person.joined_reason = joined_reason or person.joined_reason
    db.session.flush()
    _find_again(actor, person)
    return person


def set_avatar(actor: Viewer, picture_id: int | None) -> None:
    """Show this picture beside the person's name, or none."""
    own(actor).avatar_picture_id = picture_id
    db.session.flush()


def own(actor: Viewer) -> User:
    """Return the actor's own account; refuses who has none."""
    if actor.id is None:
        raise PersonNotFoundError
    return queries.user(actor.id)

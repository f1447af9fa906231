"""The trades of the town, in two languages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, insert_ignoring
from app.core.drawings import KINDS
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import Category
from app.merchants.policies import selling
from app.merchants.policies.trades import FIRST_CATEGORIES
from app.merchants.types import CATEGORY_CHANGED


def save_category(
    actor: Viewer,
    category_id: int | None,
    *,
    slug: str,
    name_zh: str,
    name_en: str,
    drawing: str,
    position: int,
    at: datetime,
) -> Category:
    """Add or change a trade; operators only; refuses a taken short name and an unknown drawing."""
    selling.check_operates(actor)
    selling.check_named(name_zh, name_en)
    if drawing not in KINDS:
        raise FieldError("drawing", _l("There is no such drawing."))
    _check_names_free(name_zh, name_en, but=category_id)
    other = db.session.scalar(select(Category.id).where(Category.slug == slug))
    if other is not None and other != category_id:
        raise FieldError("slug", _l("Another category has this short name."))
    category = _category(category_id) if category_id else Category(slug=slug)
    category.slug, category.name_zh, category.name_en = slug, name_zh, name_en
    category.drawing, category.position = drawing, position
    db.session.add(category)
    db.session.flush()
    record(actor, CATEGORY_CHANGED, ("category", category.id), at=at, data={"slug": slug})
    return category


def _check_names_free(name_zh: str, name_en: str, *, but: int | None) -> None:
    """Two trades of one name in the same list could not be told apart."""
    for field, column, name in (
        ("name_zh", Category.name_zh, name_zh.strip()),
        ("name_en", Category.name_en, name_en.strip()),
    ):
        same = select(Category.id).where(column == name, Category.archived_at.is_(None))
        if name and set(db.session.scalars(same)) - {but}:
            raise FieldError(field, _l("Another category has this name."))


def archive_category(actor: Viewer, category_id: int, is_archived: bool, *, at: datetime) -> None:
    """Take a trade off the lists or put it back; its shops keep it."""
    selling.check_operates(actor)
    category = _category(category_id)
    category.archived_at = at if is_archived else None
    db.session.flush()
    record(
        actor, CATEGORY_CHANGED, ("category", category_id), at=at, data={"archived": is_archived}
    )


def make_first_categories(only: Collection[str] | None = None) -> dict[str, int]:
    """Make the trades a town starts with (or some of them), unless they are there; return the id
    by short name.
    """
    rows = [
        {"slug": slug, "name_zh": zh, "name_en": en, "drawing": drawing, "position": 100 + number}
        for number, (slug, zh, en, drawing) in enumerate(FIRST_CATEGORIES)
        if only is None or slug in only
    ]
    if rows:
        insert_ignoring(Category, rows, keys=["slug"])
    return {row.slug: row.id for row in db.session.execute(select(Category.slug, Category.id))}


def _category(category_id: int) -> Category:
    category = db.session.get(Category, category_id)
    if category is None:
        raise NotFoundError
    return category

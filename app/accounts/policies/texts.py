"""The town's texts: the ones the software brings, how Markdown becomes a page, what is a change."""

import hashlib
from functools import lru_cache
from pathlib import Path

import comrak
import nh3

from app.accounts.types import TextKind, TextRow
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l

SHORTEST = 40
_FOLDER = Path(__file__).resolve().parents[1] / "templates" / "accounts" / "texts"
_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.autolink = True
_EXTENSIONS.table = True
_EXTENSIONS.cjk_friendly_emphasis = True
_RENDER = comrak.RenderOptions()
_RENDER.escape = True
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "blockquote", "ul", "ol", "li", "strong", "em", "a", "code"),
        *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener noreferrer",
)


@lru_cache(maxsize=12)
def brought(kind: TextKind) -> TextRow:
    """Return the text that the software brings, as version 0."""
    both = [(_FOLDER / f"{kind}.{code}.md").read_text(encoding="utf-8") for code in _CODES]
    return TextRow(kind=kind, number=0, body_zh=both[0], body_en=both[1])


_CODES = ("zh_Hans", "en")


@lru_cache(maxsize=64)
def page_of(body: str, town: str) -> str:
    """Return a text as clean markup, with the town's name where it is wanted."""
    named = body.replace("{town}", town)
    made = comrak.render_markdown(named, extension_options=_EXTENSIONS, render_options=_RENDER)
    made = made.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return str(_CLEANER.clean(made))


def digest_of(text: TextRow) -> str:
    """Return what proves later which words were accepted."""
    return hashlib.sha256(f"{text.body_zh}\x00{text.body_en}".encode()).hexdigest()


def check_change(old: TextRow, *, body_zh: str, body_en: str, note_zh: str, note_en: str) -> None:
    """Refuse a version that says nothing, changes nothing, or does not say what changed."""
    for field, body in (("body_zh", body_zh), ("body_en", body_en)):
        if len(body.strip()) < SHORTEST:
            raise FieldError(field, _l("This is too short to be a text people agree to."))
    if (body_zh.strip(), body_en.strip()) == (old.body_zh.strip(), old.body_en.strip()):
        raise FieldError("body_zh", _l("Nothing is different from what stands now."))
    for field, note in (("note_zh", note_zh), ("note_en", note_en)):
        if not note.strip():
            raise FieldError(field, _l("Say in a sentence what changed."))

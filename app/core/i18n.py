"""Languages: Simplified Chinese and English, chosen per person; message ids are English sentences.

Each house keeps its Chinese in `app/translations/zh_Hans/<house>.po`; the files are read at start,
so there is nothing to compile. Inside a request or a `speaking()` block `gettext` costs one
dictionary look-up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGES = ("zh_Hans", "en")
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
_speaking: ContextVar[str] = ContextVar("language", default="")
_site: list[str] = ["zh_Hans"]

Messages: TypeAlias = dict[str, str | tuple[str, ...]]


def use_language(code: str) -> None:
    """Fix the language used where a person's wish is unknown; the factory calls this from the
    settings.
    """
    _site[0] = code


def site_language() -> str:
    """Return the language used where a person's wish is unknown."""
    return _site[0]


def language() -> str:
    """Return the language being spoken now: `zh_Hans` or `en`."""
    return _speaking.get() or _site[0]


def locale() -> Locale:
    """Return Babel's locale of the language being spoken now."""
    return _locale(language())


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def speak(code: str) -> None:
    """Speak `code` from here on in this context; `core.pages` does this once per request."""
    _speaking.set(code if code in LANGUAGES else _site[0])


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language inside the block, for mails and notices."""
    token = _speaking.set(code if code in LANGUAGES else _site[0])
    try:
        yield
    finally:
        _speaking.reset(token)


@cache
def messages(code: str) -> Messages:
    """Return the catalogue of a language, all houses together; English is its own message ids."""
    found: Messages = {}
    for file in sorted((CATALOGUES / code).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=code):
                _keep(found, message)
    return found


def _keep(found: Messages, message: Any) -> None:
    if not message.id or message.fuzzy or not message.string:
        return
    context = f"{message.context}\x04" if message.context else ""
    if isinstance(message.id, tuple):
        if all(message.string):
            found[context + message.id[0]] = tuple(message.string)
    else:
        found[context + message.id] = message.string


def raw_gettext(message: str) -> str:
    """Return the message in the language being spoken, unfilled."""
    found = messages(language()).get(message, message)
    return found if isinstance(found, str) else found[0]


def raw_ngettext(one: str, many: str, number: int) -> str:
    """Return the singular or plural message in the language being spoken, unfilled."""
    found = messages(language()).get(one)
    if found is None:
        return one if number == 1 else many
    return found if isinstance(found, str) else found[0]  # Chinese has one form


def raw_pgettext(context: str, message: str) -> str:
    """Return the message in a context (where one English word has two Chinese ones), unfilled."""
    found = messages(language()).get(f"{context}\x04{message}", message)
    return found if isinstance(found, str) else found[0]


def raw_npgettext(context: str, one: str, many: str, number: int) -> str:
    """Return the singular or plural message in a context, unfilled."""
    found = messages(language()).get(f"{context}\x04{one}")
    if found is None:
        return one if number == 1 else many
    return found if isinstance(found, str) else found[0]


def gettext(message: str, **values: Any) -> str:
    """Return the message in the language being spoken, filled with `values` (`%(name)s`)."""
    text = raw_gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Return the message for a number; `%(num)s` is the number."""
    return raw_ngettext(one, many, num) % {"num": num, **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    """Return the message in a context, filled."""
    text = raw_pgettext(context, message)
    return text % values if values else text


class LazyText:
    """A message that is worded when it is read, in the reader's language."""

    __slots__ = ("_context", "_message", "_values")

    def __init__(
        self, message: str, context: str = "", values: dict[str, Any] | None = None
    ) -> None:
        """Keep the message's id, its context and the values that fill it."""
        self._message, self._context, self._values = message, context, values

    def __str__(self) -> str:
        """Word it now."""
        text = (
            raw_pgettext(self._context, self._message)
            if self._context
            else raw_gettext(self._message)
        )
        return text % self._values if self._values else text

    def __html__(self) -> str:
        """Word it for a page, escaped."""
        return (
            str(self)
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace('"', "&#34;")
        )

    def __mod__(self, values: Any) -> str:
        """Word it and fill it (`WTForms` does this with its own messages)."""
        worded: str = str(self) % values
        return worded

    def __eq__(self, other: object) -> bool:
        """Compare by wording."""
        return str(self) == str(other)

    def __hash__(self) -> int:
        """Hash by id, so that a lazy text may be a key."""
        return hash(self._message)

    def __repr__(self) -> str:
        """Show the id."""
        return f"LazyText({self._message!r})"

    def __len__(self) -> int:
        """Return the length of today's wording."""
        return len(str(self))


def lazy_gettext(message: str, **values: Any) -> Any:
    """Return the message to be worded when it is read."""
    return LazyText(message, values=values or None)


def lazy_pgettext(context: str, message: str, **values: Any) -> Any:
    """Return the message in a context, to be worded when it is read."""
    return LazyText(message, context, values or None)


def pick(chinese: str | None, english: str | None) -> str:
    """Return the twin of a name in the language being spoken, or the one there is."""
    if language() == "en":
        return english or chinese or ""
    return chinese or english or ""

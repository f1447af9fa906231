"""Which houses can describe their findable things again, for `flask search rebuild`."""

from collections.abc import Callable, Iterable

from app.core.search.types import Document

Describer = Callable[[], Iterable[Document]]
describers: dict[str, Describer] = {}


def findable(kind: str) -> Callable[[Describer], Describer]:
    """Register the function that yields every document of a kind; it reads in pages, so that any
    number fits.
    """

    def register(function: Describer) -> Describer:
        describers[kind] = function
        return function

    return register

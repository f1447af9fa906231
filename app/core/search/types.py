"""What goes into the index and what comes out."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app.core.search.words import Pieces, excerpt, found_ranges, pieces


@dataclass(frozen=True, slots=True)
class Document:
    """One findable thing, as its house describes it."""

    kind: str
    subject_id: int
    title: str
    body: str
    at: datetime
    lang: str = ""
    audience: str = "public"
    weight: float = 0


@dataclass(frozen=True)
class Hit:
    """One thing found; title and excerpt come in pieces, each with whether it is what was looked
    for, and are cut only where they are shown.
    """

    kind: str
    id: int
    title: str
    text: str
    terms: tuple[str, ...]
    at: datetime

    @cached_property
    def title_pieces(self) -> Pieces:
        """The title, with what was looked for marked."""
        return pieces(self.title, found_ranges(self.title, self.terms))

    @cached_property
    def excerpt_pieces(self) -> Pieces:
        """The text around the first place where a term stands, with the terms marked."""
        return excerpt(self.text, self.terms)

    @property
    def excerpt(self) -> str:
        """The excerpt without marks."""
        return "".join(text for text, _is_hit in self.excerpt_pieces)

"""What goes into the index and what comes out."""

from dataclasses import dataclass
from datetime import datetime

Pieces = tuple[tuple[str, bool], ...]


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


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; title and excerpt come in pieces, each with whether it is what was looked
    for.
    """

    kind: str
    id: int
    title_pieces: Pieces
    excerpt_pieces: Pieces
    at: datetime

    @property
    def title(self) -> str:
        """The title without marks."""
        return "".join(text for text, _is_hit in self.title_pieces)

    @property
    def excerpt(self) -> str:
        """The excerpt without marks."""
        return "".join(text for text, _is_hit in self.excerpt_pieces)

"""How a text is read against the word list: folded, so that disguises do not help."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick
from opencc import OpenCC

from app.moderation.errors import RefusedWordError
from app.moderation.types import Judgement, Outcome, WordOutcome

MASK_SIGN = "*"
_STRENGTH = {outcome: strength for strength, outcome in enumerate(Outcome)}
_converter: list[Any] = []


@lru_cache(maxsize=20_000)
def folded_sign(sign: str) -> str:
    """Return one character as the list compares it: one width, small, bare of marks, simplified."""
    plain = unicodedata.normalize("NFKD", sign).casefold()
    kept = "".join(part for part in plain if unicodedata.category(part) not in {"Cf", "Mn", "Me"})
    if kept and kept.isascii():
        return kept
    if not _converter:
        _converter.append(OpenCC("t2s"))
    return "".join(_converter[0].convert(part) for part in kept)


def folded(text: str) -> str:
    """Return a text as the list compares it; zero-width signs and accents are gone."""
    return "".join(folded_sign(sign) for sign in text).strip()


@dataclass(frozen=True)
class WordList:
    """The words in force, ready to be found in a text."""

    words: tuple[tuple[str, str, WordOutcome], ...]
    automaton: Any

    @classmethod
    def of(cls, rows: Mapping[str, tuple[str, WordOutcome]]) -> "WordList":
        """Build the list from `{folded word: (word, outcome)}`."""
        words = tuple((key, word, outcome) for key, (word, outcome) in rows.items() if key)
        return cls(words, AhoCorasick([key for key, _word, _outcome in words]) if words else None)

    def judgement_on(self, text: str) -> Judgement:
        """Return the strongest outcome of the words in the text, and the text with masks."""
        if self.automaton is None or not text:
            return Judgement(Outcome.CLEAR, text)
        read, sources = _read(text)
        strongest, masked = Outcome.CLEAR, list(text)
        met: dict[str, None] = {}
        for index, start, end in self.automaton.find_matches_as_indexes(read, overlapping=True):
            if not _is_whole(read, start, end):
                continue
            _key, word, outcome = self.words[index]
            met[word] = None
            strongest = max(strongest, Outcome(outcome.value), key=_STRENGTH.__getitem__)
            if outcome is WordOutcome.MASK:
                span = range(sources[start], sources[end - 1] + 1)
                masked[span.start : span.stop] = [MASK_SIGN] * len(span)
        return Judgement(strongest, "".join(masked), tuple(met))


def _read(text: str) -> tuple[str, list[int]]:
    read: list[str] = []
    sources: list[int] = []
    for position, sign in enumerate(text):
        for part in folded_sign(sign):
            read.append(part)
            sources.append(position)
    return "".join(read), sources


def _is_whole(read: str, start: int, end: int) -> bool:
    """A Latin word counts only as a whole: no town is refused for three letters in its name."""
    if _is_latin(read[start]) and start > 0 and _is_latin(read[start - 1]):
        return False
    return not (_is_latin(read[end - 1]) and end < len(read) and _is_latin(read[end]))


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def check_not_refused(judgement: Judgement, field: str) -> None:
    """Refuse with `RefusedWordError` at the field a text that has a refused word."""
    if judgement.outcome is Outcome.REFUSE:
        raise RefusedWordError(field, word=judgement.words[0] if judgement.words else "")

"""Texts as the index sees them: folded character by character, cut into tokens, with a mark at each
word's start.

With that mark one plain substring test says all: a Chinese run matches anywhere, a Latin or digit
run from its start.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import opencc

Pieces = tuple[tuple[str, bool], ...]
MARK = "\x01"
_EXCERPT = 90
LONGEST_PREFIX = 6
_CHINESE = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@cache
def _converter() -> Any:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65_536)
def folded(character: str) -> str:
    """Return one character as the index keeps it: NFKC, lower case, Simplified; blank for white
    space, "" for marks without width.
    """
    if character.isspace():
        return " "
    text = unicodedata.normalize("NFKC", character).lower()
    kept = "".join(part for part in text if unicodedata.category(part) not in _WITHOUT_WIDTH)
    return "".join(_converter().convert(part) if is_chinese(part) else part for part in kept)


_WITHOUT_WIDTH = {"Cc", "Cf", "Cs", "Cn"}


class _FoldingTable(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = folded(chr(code))
        return self[code]


_table = _FoldingTable()


def normalised(text: str) -> str:
    """Return a text folded character by character, so that context never changes how a character is
    found.
    """
    return text.translate(_table)


@lru_cache(maxsize=65_536)
def is_chinese(character: str) -> bool:
    """Whether a character stands for itself (Chinese, kana, hangul) and needs no word around it."""
    code = ord(character)
    return any(low <= code <= high for low, high in _CHINESE)


@lru_cache(maxsize=65_536)
def is_word_part(character: str) -> bool:
    """Whether a character is a letter or digit of a run that is read as a word."""
    return character.isalnum() and not is_chinese(character)


def marked(text: str) -> str:
    """Return a normalised text with the mark before each word, as it is kept and as terms are
    looked for.
    """
    parts, before = [], False
    for character in text:
        inside = is_word_part(character)
        parts.append(MARK + character if inside and not before else character)
        before = inside
    return "".join(parts)


def runs(text: str) -> list[tuple[str, bool, int]]:
    """Cut a normalised text into runs: (run, is it Chinese, where it starts); all else is left
    out.
    """
    found: list[tuple[str, bool, int]] = []
    start, kind = 0, 0
    for place, character in enumerate(f"{text} "):
        here = 2 if is_chinese(character) else int(character.isalnum())
        if here != kind:
            if kind:
                found.append((text[start:place], kind == 2, start))
            start, kind = place, here
    return found


def tokens_of(text: str) -> set[str]:
    """Return the tokens under which a normalised text is found."""
    tokens: set[str] = set()
    for run, chinese, _start in runs(text):
        if chinese:
            tokens.update(run)
            tokens.update(run[place : place + 2] for place in range(len(run) - 1))
        else:
            tokens.add(run[:64])
            tokens.update(run[:length] for length in range(1, LONGEST_PREFIX + 1))
    return tokens


def tokens_wanted(term: str) -> set[str]:
    """Return the tokens that every text containing a normalised term must have."""
    wanted: set[str] = set()
    for run, chinese, start in runs(term):
        if chinese and len(run) == 1:
            wanted.add(run)
        elif chinese:
            wanted.update(run[place : place + 2] for place in range(len(run) - 1))
        elif start + len(run) < len(term):
            wanted.add(run[:64])
        else:
            wanted.add(run[:LONGEST_PREFIX])
    return wanted


def terms_of(words: str, *, most: int = 8, longest: int = 64) -> list[str]:
    """Return the normalised terms of what somebody typed; one without any letter or digit is left
    out.
    """
    terms = normalised(words[:longest]).split()
    return [term for term in dict.fromkeys(terms) if runs(term)][:most]


def found_ranges(original: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the terms stand in a text as it was written, as merged half-open ranges."""
    folds = [_table[code] for code in map(ord, original)]
    text = "".join(folds)
    places: Sequence[int] = range(len(original) + 1)
    if any(len(fold) != 1 for fold in set(folds)):
        places = [place for place, fold in enumerate(folds) for _part in fold]
    hits = []
    for term in terms:
        start = text.find(term)
        while start >= 0:
            if not (is_word_part(term[0]) and start and is_word_part(text[start - 1])):
                hits.append((places[start], places[start + len(term) - 1] + 1))
            start = text.find(term, start + 1)
    return _merged(sorted(hits))


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def excerpt(body: str, terms: Sequence[str]) -> Pieces:
    """Cut the body around the first place where a term stands, and mark the terms in it."""
    text = " ".join(body.split())
    ranges = found_ranges(text, terms)
    start = max(0, ranges[0][0] - _EXCERPT // 3) if ranges else 0
    if start + _EXCERPT > len(text):
        start = max(0, len(text) - _EXCERPT)
    end = min(len(text), start + _EXCERPT)
    inside = [
        (max(a, start) - start, min(b, end) - start) for a, b in ranges if a < end and b > start
    ]
    middle = pieces(text[start:end], inside)
    before: Pieces = (("…", False),) if start else ()
    after: Pieces = (("…", False),) if end < len(text) else ()
    return before + middle + after


def pieces(text: str, ranges: Sequence[tuple[int, int]]) -> Pieces:
    """Cut a text at the ranges, each piece with whether it is one of them."""
    cut, place = [], 0
    for start, end in ranges:
        cut += [(text[place:start], False), (text[start:end], True)]
        place = end
    cut.append((text[place:], False))
    return tuple((piece, is_hit) for piece, is_hit in cut if piece)

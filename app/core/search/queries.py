"""Finding: candidates by tokens, checked as exact substrings, filtered by audience, best first."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, fetch, is_postgresql
from app.core.lists import Page, decode_key, encode_key
from app.core.search.models import SearchDocument
from app.core.search.types import Hit, Pieces
from app.core.search.words import found_ranges, marked, normalised, terms_of, tokens_wanted

MOST_CANDIDATES = 1000
_EXCERPT = 90

_HITS: Any = sa.select(
    SearchDocument.id,
    SearchDocument.kind,
    SearchDocument.subject_id,
    SearchDocument.title,
    SearchDocument.body,
    SearchDocument.at,
).where(SearchDocument.id.in_(sa.bindparam("ids", expanding=True)))


def find(
    words: str,
    viewer: Viewer,
    *,
    kinds: Sequence[str] | None = None,
    within: sa.Select[Any] | None = None,
    lang: str | None = None,
    limit: int = 20,
    after: str | None = None,
) -> Page[Hit]:
    """Return what contains every term of `words` and is open to the viewer, best first.

    `kinds` narrows to some kinds; `within`, a select of ids, needs exactly one kind and narrows to
    those of its things. Of very many matches only the newest thousand are weighed and counted. Two
    statements.
    """
    terms = terms_of(words)
    if not terms:
        return Page([], total=0)
    weighed = _weighed(_candidates(terms, viewer.audiences, kinds, within, lang), terms)
    (offset,) = decode_key(after, int) or (0,)
    following = offset + limit
    next_key = encode_key([following]) if 0 < following < len(weighed) else None
    return Page(_hits(weighed[max(offset, 0) : following], terms), next_key, len(weighed))


def matching(words: str) -> sa.ColumnElement[bool] | None:
    """Return the condition on `SearchDocument` that it contains every term, or None if there is no
    term.
    """
    terms = terms_of(words)
    return sa.and_(*_contains(terms)) if terms else None


def _contains(terms: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    tokens = sorted(set().union(*(tokens_wanted(term) for term in terms)))
    conditions = [_has_tokens(tokens)]
    place = sa.func.strpos if is_postgresql() else sa.func.instr
    # A term that is one token itself is in every candidate; the others are checked as they stand.
    checked = [term for term in terms if tokens_wanted(term) != {term}]
    return conditions + [place(SearchDocument.text, marked(term)) > 0 for term in checked]


def _has_tokens(tokens: list[str]) -> sa.ColumnElement[bool]:
    if is_postgresql():
        wanted = sa.cast(tokens, SearchDocument.tokens.type.dialect_impl(db.engine.dialect))
        return SearchDocument.tokens.op("@>", is_comparison=True)(wanted)
    match = " AND ".join(f'"{token}"' for token in tokens)
    inside = sa.text("SELECT rowid FROM search_index WHERE search_index MATCH :search_tokens")
    # The sum keeps SQLite from fetching candidates one by one: it reads the newest first instead.
    return (SearchDocument.id + 0).in_(
        inside.bindparams(search_tokens=match).columns(sa.column("rowid"))
    )


def _candidates(
    terms: Sequence[str],
    audiences: Sequence[str],
    kinds: Sequence[str] | None,
    within: sa.Select[Any] | None,
    lang: str | None,
) -> list[Any]:
    statement = (
        sa.select(SearchDocument.id, SearchDocument.title, SearchDocument.weight, SearchDocument.at)
        .where(*_contains(terms), SearchDocument.audience.in_(list(audiences)))
        .order_by(SearchDocument.at.desc(), SearchDocument.id.desc())
        .limit(MOST_CANDIDATES)
    )
    if kinds is not None:
        statement = statement.where(SearchDocument.kind.in_(list(kinds)))
    if lang is not None:
        statement = statement.where(SearchDocument.lang == lang)
    if within is not None:
        if kinds is None or len(kinds) != 1:
            raise ValueError("`within` needs exactly one kind")
        statement = statement.where(SearchDocument.subject_id.in_(within))
    # Written anew for every search, so that compiling it for good would pay nothing back.
    return list(db.session.connection().execute(statement))


def renamed(hit: Hit, words: str, title: str, text: str | None = None) -> Hit:
    """Return the hit under another title, and with the excerpt of another text where one is given;
    the words are marked in both.
    """
    terms = terms_of(words)
    excerpt = hit.excerpt_pieces if text is None else _excerpt(text, terms)
    named = _pieces(title, found_ranges(title, terms))
    return replace(hit, title_pieces=named, excerpt_pieces=excerpt)


def _weighed(rows: list[Any], terms: Sequence[str]) -> list[int]:
    now = clock.now()
    scored = [(-_score(row, terms, now), -row.id) for row in rows]
    return [-negative_id for _score_of, negative_id in sorted(scored)]


def _score(row: Any, terms: Sequence[str], now: datetime) -> float:
    title = normalised(row.title)
    in_title = sum(term in title and marked(term) in marked(title) for term in terms) / len(terms)
    is_title = in_title == 1 and title.strip() == " ".join(terms)
    age_days = max((now - row.at).total_seconds() / 86_400, 0)
    return float(
        4 * in_title + 2 * is_title + math.log10(1 + max(row.weight, 0)) + 1 / (1 + age_days / 30)
    )


def _hits(document_ids: Sequence[int], terms: list[str]) -> list[Hit]:
    if not document_ids:
        return []
    rows = fetch(_HITS, ids=list(document_ids))
    found = {
        row.id: Hit(
            row.kind,
            row.subject_id,
            _pieces(row.title, found_ranges(row.title, terms)),
            _excerpt(row.body, terms),
            row.at,
        )
        for row in rows
    }
    return [found[document_id] for document_id in document_ids if document_id in found]


def _excerpt(body: str, terms: list[str]) -> Pieces:
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
    pieces = _pieces(text[start:end], inside)
    before: Pieces = (("…", False),) if start else ()
    after: Pieces = (("…", False),) if end < len(text) else ()
    return before + pieces + after


def _pieces(text: str, ranges: list[tuple[int, int]]) -> Pieces:
    pieces, place = [], 0
    for start, end in ranges:
        pieces += [(text[place:start], False), (text[start:end], True)]
        place = end
    pieces.append((text[place:], False))
    return tuple((piece, is_hit) for piece, is_hit in pieces if piece)

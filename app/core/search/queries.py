"""Finding: candidates by tokens, checked as exact substrings, filtered by audience, best first."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, fetch, is_postgresql
from app.core.lists import Page, decode_key, encode_key
from app.core.search.models import SearchDocument
from app.core.search.types import Hit
from app.core.search.words import marked, normalised, terms_of, tokens_wanted

MOST_CANDIDATES = 1000

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


def _checks(terms: Sequence[str]) -> int:
    return len(_checked(terms))


def _checked(terms: Sequence[str]) -> list[str]:
    """A term that is one token itself is in every candidate; the others are checked as they
    stand.
    """
    return [marked(term) for term in terms if tokens_wanted(term) != {term}]


def _values(terms: Sequence[str]) -> dict[str, Any]:
    tokens = sorted(set().union(*(tokens_wanted(term) for term in terms)))
    match = " AND ".join(f'"{token}"' for token in tokens)
    checked = {f"term_{place}": term for place, term in enumerate(_checked(terms))}
    return {"tokens": tokens if is_postgresql() else match, **checked}


@cache
def _conditions(on_postgresql: bool, checks: int) -> list[Any]:
    place = sa.func.strpos if on_postgresql else sa.func.instr
    terms = [sa.bindparam(f"term_{number}", type_=sa.Text) for number in range(checks)]
    return [_has_tokens(on_postgresql), *(place(SearchDocument.text, term) > 0 for term in terms)]


def _has_tokens(on_postgresql: bool) -> Any:
    if on_postgresql:
        listed: Any = sa.ARRAY(sa.Text)
        wanted = sa.cast(sa.bindparam("tokens", type_=listed), listed)
        return SearchDocument.tokens.op("@>", is_comparison=True)(wanted)
    inside = sa.text("SELECT rowid FROM search_index WHERE search_index MATCH :tokens")
    # The sum keeps SQLite from fetching candidates one by one: it reads the newest first instead.
    return (SearchDocument.id + 0).in_(inside.columns(sa.column("rowid")))


def _candidates(
    terms: Sequence[str],
    audiences: Sequence[str],
    kinds: Sequence[str] | None,
    within: sa.Select[Any] | None,
    lang: str | None,
) -> Sequence[Any]:
    statement = _wanted(
        is_postgresql(), _checks(terms), of_kinds=kinds is not None, in_language=lang is not None
    )
    values = _values(terms) | {"audiences": list(audiences), "kinds": kinds, "lang": lang}
    if within is None:
        found: Sequence[Any] = fetch(statement, **values)
        return found
    if kinds is None or len(kinds) != 1:
        raise ValueError("`within` needs exactly one kind")
    statement = statement.where(SearchDocument.subject_id.in_(within))
    rows: Sequence[Any] = db.session.connection().execute(statement, values).all()
    return rows


@cache
def _wanted(on_postgresql: bool, checks: int, *, of_kinds: bool, in_language: bool) -> Any:
    statement = (
        sa.select(SearchDocument.id, SearchDocument.title, SearchDocument.weight, SearchDocument.at)
        .where(
            *_conditions(on_postgresql, checks),
            SearchDocument.audience.in_(sa.bindparam("audiences", expanding=True)),
        )
        .order_by(SearchDocument.at.desc(), SearchDocument.id.desc())
        .limit(MOST_CANDIDATES)
    )
    if of_kinds:
        statement = statement.where(SearchDocument.kind.in_(sa.bindparam("kinds", expanding=True)))
    return (
        statement.where(SearchDocument.lang == sa.bindparam("lang")) if in_language else statement
    )


def renamed(hit: Hit, title: str, text: str | None = None) -> Hit:
    """Return the hit under another title, and with the excerpt of another text where one is
    given.
    """
    return replace(hit, title=title, text=hit.text if text is None else text)


def _weighed(rows: Sequence[Any], terms: Sequence[str]) -> list[int]:
    now, terms = clock.now(), tuple(terms)
    scored = [(-_score(row, terms, now), -row.id) for row in rows]
    return [-negative_id for _score_of, negative_id in sorted(scored)]


def _score(row: Any, terms: tuple[str, ...], now: datetime) -> float:
    age_days = max((now - row.at).total_seconds() / 86_400, 0)
    titled = _in_title(row.title, terms)
    return float(titled + math.log10(1 + max(row.weight, 0)) + 1 / (1 + age_days / 30))


@lru_cache(maxsize=8192)
def _in_title(text: str, terms: tuple[str, ...]) -> float:
    title = normalised(text)
    in_title = sum(term in title and marked(term) in marked(title) for term in terms) / len(terms)
    return 4 * in_title + 2 * (in_title == 1 and title.strip() == " ".join(terms))


def _hits(document_ids: Sequence[int], terms: list[str]) -> list[Hit]:
    if not document_ids:
        return []
    rows = fetch(_HITS, ids=list(document_ids))
    found = {
        row.id: Hit(row.kind, row.subject_id, row.title, row.body, tuple(terms), row.at)
        for row in rows
    }
    return [found[document_id] for document_id in document_ids if document_id in found]

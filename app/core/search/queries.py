"""Finding: candidates by tokens, checked as exact substrings, filtered by audience, best first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import UtcDateTime, fetch, is_postgresql
from app.core.lists import Page, decode_key, encode_key, instant
from app.core.search.models import SearchDocument
from app.core.search.types import Hit
from app.core.search.words import marked, normalised, terms_of, tokens_wanted

# Of very many matches so many are weighed at a time, the newest first; older ones follow.
WEIGHED = 100
Within = tuple[sa.Select[Any], Mapping[str, Any]]

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
    within: Within | None = None,
    lang: str | None = None,
    limit: int = 20,
    after: str | None = None,
) -> Page[Hit]:
    """Return what contains every term of `words` and is open to the viewer, best first.

    `kinds` narrows to some kinds; `within`, a select of ids that was built once with the values it
    is asked with, needs exactly one kind and narrows to those of its things. Of very many matches
    the newest hundred come first, best first among themselves, then the next hundred, and the total
    is not told. Two statements.
    """
    terms = terms_of(words)
    if not terms:
        return Page([], total=0)
    bound, offset = _place_of(after)
    rows = _candidates(terms, viewer.audiences, kinds=kinds, within=within, lang=lang, bound=bound)
    block, has_older = rows[:WEIGHED], len(rows) > WEIGHED
    weighed = _weighed(block, terms)
    following = offset + limit
    next_key: str | None
    if following < len(weighed):
        next_key = encode_key([*bound, following])
    else:
        next_key = encode_key([block[-1].at, block[-1].id, 0]) if has_older else None
    total = None if has_older or bound else len(weighed)
    return Page(_hits(weighed[offset:following], terms), next_key, total)


def find_each(
    words: str, viewer: Viewer, groups: Mapping[str, Sequence[str]], *, limit: int
) -> dict[str, Page[Hit]]:
    """Return the best hits of each group of kinds that has any, weighed among its newest hundred of
    each kind; where there are more of them the total is not told. Two statements.
    """
    terms = terms_of(words)
    if not terms:
        return {}
    kinds = [kind for group in groups.values() for kind in group]
    rows = _candidates(terms, viewer.audiences, kinds=kinds)
    found: dict[str, tuple[list[int], int | None]] = {}
    for name, group in groups.items():
        of_group = [row for row in rows if row.kind in group]
        if of_group:
            is_whole = all(sum(row.kind == kind for row in rows) <= WEIGHED for kind in group)
            weighed = _weighed(of_group, terms)
            found[name] = (weighed[:limit], len(weighed) if is_whole else None)
    hits = iter(_hits([number for ids, _total in found.values() for number in ids], terms))
    return {
        name: Page([next(hits) for _number in ids], total=total)
        for name, (ids, total) in found.items()
    }


def _place_of(after: str | None) -> tuple[tuple[Any, ...], int]:
    """Return the instant and number below which a page's hundred starts, none for the newest, and
    the place in it.
    """
    further = decode_key(after, instant, int, int)
    if further:
        return further[:2], max(further[2], 0)
    (offset,) = decode_key(after, int) or (0,)
    return (), max(offset, 0)


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


def _candidates(
    terms: Sequence[str],
    audiences: Sequence[str],
    *,
    kinds: Sequence[str] | None,
    within: Within | None = None,
    lang: str | None = None,
    bound: tuple[Any, ...] = (),
) -> list[Any]:
    """Return the newest matches below a bound, newest first: of each kind as many as are weighed,
    and one more where there are older ones.
    """
    checks, count = len(_checked(terms)), 0 if kinds is None else len(kinds)
    values = _values(terms) | {"audiences": list(audiences), "lang": lang}
    values |= {f"kind_{number}": kind for number, kind in enumerate(kinds or ())}
    values |= dict(zip(("bound_at", "bound_id"), bound, strict=False))
    shape = {"in_language": lang is not None, "is_older": bool(bound)}
    if within is None:
        rows = fetch(_wanted(is_postgresql(), checks, count, **shape), **values)
    elif count == 1:
        among, with_values = within
        narrowed = _wanted_among(among, is_postgresql(), checks, **shape)
        rows = fetch(narrowed, **dict(with_values) | values)
    else:
        raise ValueError("`within` needs exactly one kind")
    return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)


@cache
def _wanted_among(
    among: Any, on_postgresql: bool, checks: int, *, in_language: bool, is_older: bool
) -> Any:
    (number,) = among.selected_columns
    here = among.where(number == SearchDocument.subject_id).correlate(SearchDocument).exists()
    return _newest(on_postgresql, checks, 0, in_language=in_language, is_older=is_older).where(here)


@cache
def _wanted(
    on_postgresql: bool, checks: int, kinds: int, *, in_language: bool, is_older: bool
) -> Any:
    shape = {"in_language": in_language, "is_older": is_older}
    if kinds == 0:
        return _newest(on_postgresql, checks, None, **shape)
    each = [_newest(on_postgresql, checks, number, **shape).subquery() for number in range(kinds)]
    return sa.union_all(*(sa.select(one) for one in each))


def _newest(
    on_postgresql: bool, checks: int, number: int | None, *, in_language: bool, is_older: bool
) -> Any:
    """Return the select of the newest matches, of one kind where its number is given: each kind is
    read along its own index, and no further than needed.
    """
    place = sa.func.strpos if on_postgresql else sa.func.instr
    terms = [sa.bindparam(f"term_{one}", type_=sa.Text) for one in range(checks)]
    wanted = (
        sa.select(
            SearchDocument.id,
            SearchDocument.kind,
            SearchDocument.title,
            SearchDocument.weight,
            SearchDocument.at,
        )
        .where(
            _has_tokens(on_postgresql),
            *(place(SearchDocument.text, term) > 0 for term in terms),
            SearchDocument.audience.in_(sa.bindparam("audiences", expanding=True)),
        )
        .order_by(SearchDocument.at.desc(), SearchDocument.id.desc())
        .limit(WEIGHED + 1)
    )
    if number is not None:
        wanted = wanted.where(SearchDocument.kind == sa.bindparam(f"kind_{number}", type_=sa.Text))
    if in_language:
        wanted = wanted.where(SearchDocument.lang == sa.bindparam("lang"))
    if is_older:
        at: Any
        last: Any
        at, last = sa.bindparam("bound_at", type_=UtcDateTime), sa.bindparam("bound_id")
        wanted = wanted.where(
            SearchDocument.at <= at, sa.or_(SearchDocument.at < at, SearchDocument.id < last)
        )
    return wanted


def _has_tokens(on_postgresql: bool) -> Any:
    if on_postgresql:
        listed: Any = sa.ARRAY(sa.Text)
        wanted = sa.cast(sa.bindparam("tokens", type_=listed), listed)
        return SearchDocument.tokens.op("@>", is_comparison=True)(wanted)
    inside = sa.text("SELECT rowid FROM search_index WHERE search_index MATCH :tokens")
    # The sum keeps SQLite from fetching candidates one by one: it reads the newest first instead.
    return (SearchDocument.id + 0).in_(inside.columns(sa.column("rowid")))


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

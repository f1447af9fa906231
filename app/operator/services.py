"""The rules of the first start and of what the town says of itself."""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.accounts import services as people
from app.accounts.types import Language
from app.core.access import SYSTEM, Role, Viewer
from app.core.activity.services import record
from app.core.db import changed, insert_ignoring, upsert
from app.core.errors import FieldError
from app.core.facts import put_town, town
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import drop_pictures
from app.forum.services import boards as board_services
from app.forum.types import BoardDraft
from app.merchants.services import categories, points
from app.merchants.services.terms import set_terms
from app.merchants.types import PointDraft, SlotRuleDraft
from app.operator import queries
from app.operator.errors import NotPlacedError, NotReadyError, SomebodyBeganError, WrongKeyError
from app.operator.models import StartDraft
from app.operator.policies.divisions import Division
from app.operator.policies.kinds import ACCENTS, KINDS
from app.operator.types import TOWN_CHANGED, TOWN_OPENED
from app.places import queries as place_queries
from app.places import services as places
from app.places.types.points import Point

BEGUN = "begun"
MOST_PLACES = 100
DIVISIONS = "divisions"
LISTS = ("places", "boards", "trades", "points", "terms", DIVISIONS)
TOWN = ("town", 1)
DAYS = {"every": range(7), "workdays": range(5), "weekend": (5, 6)}


def begin_town(
    *, key: str, name: str, mail: str, password_hash: str, language: str, at: datetime
) -> int:
    """Make the account of a new town's operator; refuses a wrong key and whoever comes second."""
    check_key(key)
    begun = {"step": BEGUN, "value": True, "changed_at": at}
    is_first = insert_ignoring(StartDraft, [begun], keys=["step"]) == 1
    if not is_first or queries.has_operator():
        raise SomebodyBeganError
    person = people.create_person(
        name=name, mail=mail, password_hash=password_hash, language=Language(language), at=at
    )
    people.give_role(SYSTEM, person.id, Role.OPERATOR, reason="first start", at=at)
    return person.id


def check_key(key: str) -> None:
    """Refuse a key that is not the server's; takes the same time for every answer."""
    wanted, typed = (queries.plain_key(text).encode() for text in (queries.start_key(), key))
    if not hmac.compare_digest(wanted, typed):
        raise WrongKeyError


def choose_kind(actor: Viewer, kind: str, *, at: datetime) -> None:
    """Start from a kind of town; another kind than before fills all lists anew."""
    if kind not in KINDS:
        raise FieldError("kind", _l("Please choose one of these."))
    if town().kind == kind:
        return
    idea = KINDS[kind]
    changed(delete(StartDraft).where(StartDraft.step.in_(LISTS[1:-1])))
    words = ("charter", "charter_en", "tone", "tone_en", "accent")
    put_town(kind=kind, **{name: getattr(idea, name) for name in words})
    record(actor, TOWN_CHANGED, TOWN, at=at, data={"kind": kind}, reason="first start")


def keep_step(step: str, value: Any, *, at: datetime) -> None:
    """Keep what was filled in at one step, so that one may leave and come back."""
    upsert(
        StartDraft,
        [{"step": step, "value": value, "changed_at": at}],
        keys=["step"],
        update=lambda new: {"value": new.value, "changed_at": new.changed_at},
    )


def take_divisions(rows: Sequence[Division], *, at: datetime) -> None:
    """Add lines of a list of divisions to the parts of the town, each name once."""
    known = queries.draft("places") or {"middle": "", "rows": []}
    names = {row["name"] for row in known["rows"]}
    for row in rows:
        if row.name not in names and len(names) < MOST_PLACES:
            names.add(row.name)
            known["rows"].append({"name": row.name, "name_en": row.name_en})
    keep_step("places", known, at=at)


def add_divisions(actor: Viewer, rows: Sequence[Division], *, at: datetime) -> int:
    """Add lines of a list to an open town's neighbourhoods, at the middle of those there are;
    refuses where there is none yet.
    """
    known = place_queries.neighbourhoods(with_archived=True)
    if not known:
        raise NotPlacedError(
            _l("Type or draw the first neighbourhood; the others stand there until they are drawn.")
        )
    names, taken = {row.name for row in known}, {row.slug for row in known}
    lat, lng = (sum(getattr(row, part) for row in known) / len(known) for part in ("lat", "lng"))
    fresh = [row for row in rows if row.name not in names]
    for number, row in enumerate(fresh, len(known) + 1):
        places.add_neighbourhood(
            actor, name=row.name, name_en=row.name_en or None, position=number, at=at,
            slug=free_slug(row.name_en, f"part-{number}", taken), centre=Point(lat, lng),
        )  # fmt: skip
    return len(fresh)


def say_who_we_are(
    actor: Viewer,
    *,
    name: str,
    name_en: str,
    accent: str,
    language: str,
    logo: int | None,
    at: datetime,
    reason: str,
) -> None:
    """Change the town's name, colour, usual language and sign; refuses a colour not offered."""
    if not name.strip():
        raise FieldError("name", _l("A town needs a name."))
    if accent not in ACCENTS:
        raise FieldError("accent", _l("Please choose one of these."))
    before = town().logo
    put_town(
        name=name.strip(), name_en=name_en.strip(), accent=accent, language=str(Language(language)),
        logo=logo,
    )  # fmt: skip
    if before is not None and before != logo:
        drop_pictures([before])
    record(actor, TOWN_CHANGED, TOWN, at=at, data={"name": name.strip()}, reason=reason)


def say_charter(
    actor: Viewer,
    *,
    charter: str,
    charter_en: str,
    tone: str,
    tone_en: str,
    at: datetime,
    reason: str,
) -> None:
    """Change what the town's people promise each other, and how they talk."""
    put_town(
        charter=charter.strip(), charter_en=charter_en.strip(), tone=tone.strip(),
        tone_en=tone_en.strip(),
    )  # fmt: skip
    record(actor, TOWN_CHANGED, TOWN, at=at, data={"charter": True}, reason=reason)


def open_town(actor: Viewer, *, trades: Sequence[str], lists: dict[str, Any], at: datetime) -> None:
    """Lay all that was filled in and open the town, in one go; refuses a town without a name or a
    board.
    """
    if not town().name or not lists["boards"]:
        raise NotReadyError
    if lists["unplaced"]:
        raise NotPlacedError
    _lay_places(actor, lists["places"], at)
    for position, row in enumerate(lists["boards"], 1):
        board_services.make_board(actor, _board(actor, row, position), at=at)
    _lay_trades(actor, trades, lists["own_trades"], at)
    for row in lists["points"]:
        points.save_point(actor, None, point_draft(row), at=at)
    set_terms(actor, None, lists["rate"], valid_from=at, at=at)
    changed(delete(StartDraft))
    put_town(opened_at=at.isoformat(timespec="seconds"))
    record(actor, TOWN_OPENED, TOWN, at=at, reason="first start")


def open_by_command(*, at: datetime) -> None:
    """Open a town that commands have filled."""
    changed(delete(StartDraft))
    put_town(opened_at=at.isoformat(timespec="seconds"))


def _lay_places(actor: Viewer, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    taken: set[str] = set()
    for position, row in enumerate(rows, 1):
        slug = free_slug(row.get("name_en") or "", f"part-{position}", taken)
        places.add_neighbourhood(
            actor, name=row["name"], name_en=row.get("name_en") or None, slug=slug,
            centre=Point(*row["middle"]), polygon=row.get("outline") or None, position=position,
            at=at,
        )  # fmt: skip


def free_slug(text: str, otherwise: str, taken: set[str]) -> str:
    """Return a short name for the address, made of the text, that none of `taken` has; adds it."""
    tidy = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:50].strip("-") or otherwise
    slug = next(
        name for name in (tidy, *(f"{tidy}-{n}" for n in range(2, 10_000))) if name not in taken
    )
    taken.add(slug)
    return slug


def _board(actor: Viewer, row: dict[str, Any], position: int) -> BoardDraft:
    return BoardDraft(
        name=row["name"], name_en=row["name_en"], promise=row["promise"],
        promise_en=row["promise_en"], rules=row["rules"], rules_en=row["rules_en"],
        leader_id=actor.id if row["leads"] else None, position=position * 10,
        required_fields=row["required"],
    )  # fmt: skip


def _lay_trades(
    actor: Viewer, slugs: Sequence[str], own: Sequence[dict[str, str]], at: datetime
) -> None:
    taken = set(categories.make_first_categories(set(slugs))) if slugs else set()
    for number, row in enumerate(own, 1):
        categories.save_category(
            actor, None, slug=free_slug(row["name_en"], f"trade-{number}", taken),
            name_zh=row["name_zh"], name_en=row["name_en"], drawing="shop",
            position=200 + number, at=at,
        )  # fmt: skip


def point_draft(row: dict[str, Any]) -> PointDraft:
    """Return a pickup point as one line of the first start describes it."""
    rules = tuple(
        SlotRuleDraft(
            weekday=day, starts_minute=row["opens"], ends_minute=row["closes"], slot_minutes=30,
            capacity=row["capacity"],
        )
        for day in DAYS[row["days"]]
    )  # fmt: skip
    return PointDraft(
        name_zh=row["name_zh"], name_en=row["name_en"], address=row["address"],
        note=row["note"], days_ahead=7, rules=rules,
    )  # fmt: skip

"""What shops hear from the town's desk: approved or not, stopped, claims, papers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.accounts.queries import role_holders
from app.core.access import Role
from app.core.activity.types import LogRow
from app.merchants import types as merchants
from app.merchants.queries.keeping import applicant_of
from app.merchants.queries.selling import names_of
from app.merchants.types import MerchantState, RequestState
from app.merchants.types.papers import PAPER_DECIDED, PAPER_ENDS, PaperState
from app.notifications.types import NoticeKind, Told

STATES = {
    MerchantState.ACTIVE.value: NoticeKind.SHOP_RESUMED,
    MerchantState.SUSPENDED.value: NoticeKind.SHOP_STOPPED,
    MerchantState.ARCHIVED.value: NoticeKind.SHOP_CLOSED,
}


def _approved(row: LogRow) -> Iterable[Told]:
    yield from _to_keepers(row, NoticeKind.SHOP_APPROVED)


def _state_changed(row: LogRow) -> Iterable[Told]:
    kind = STATES.get(str(row.data.get("state")))
    if kind is not None:
        yield from _to_keepers(row, kind)


def _request_decided(row: LogRow) -> Iterable[Told]:
    person_id = row.data.get("person")
    if person_id is None:
        return
    is_granted = row.data.get("state") == RequestState.GRANTED.value
    kind = NoticeKind.REQUEST_GRANTED if is_granted else NoticeKind.REQUEST_REFUSED
    data = _of_shop(row) | {"reason": row.data.get("answer", "")}
    yield Told((int(person_id),), kind, ("merchant", row.subject_id), data)


def _paper_decided(row: LogRow) -> Iterable[Told]:
    is_right = row.data.get("state") == PaperState.CHECKED.value
    yield from _to_keepers(row, NoticeKind.PAPER_RIGHT if is_right else NoticeKind.PAPER_WRONG)


def _paper_ends(row: LogRow) -> Iterable[Told]:
    yield from _to_keepers(row, NoticeKind.PAPER_ENDS, ends_on=row.data.get("until", ""))


def _to_keepers(row: LogRow, kind: NoticeKind, **more: Any) -> Iterable[Told]:
    """Tell the owners of a shop, and who applied for it, but not whoever did it."""
    people = {one.user_id for one in role_holders(Role.OWNER, scope=("merchant", row.subject_id))}
    people |= {applicant_of(row.subject_id) or 0}
    told = tuple(sorted(people - {0, row.actor_id}))
    if told:
        data = _of_shop(row) | {"reason": row.reason or "", "paper": row.data.get("kind", "")}
        yield Told(told, kind, ("merchant", row.subject_id), data | more)


def _of_shop(row: LogRow) -> dict[str, Any]:
    names = names_of([row.subject_id]).get(row.subject_id, ("", ""))
    return {"merchant_id": row.subject_id, "shop": names[0], "shop_en": names[1]}


SHOP_RULES = {
    merchants.APPROVED.name: _approved,
    merchants.STATE_CHANGED.name: _state_changed,
    merchants.REQUEST_DECIDED.name: _request_decided,
    PAPER_DECIDED.name: _paper_decided,
    PAPER_ENDS.name: _paper_ends,
}

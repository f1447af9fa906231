"""Posting to the ledger and taking back; the only way in which a balance moves."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.db import changed, db, insert_ignoring, inserting, is_postgresql, upsert
from app.core.ledger.errors import (
    AlreadyReversedError,
    InsufficientError,
    LedgerAlarmError,
    MixedUnitsError,
    NoSuchAccountError,
)
from app.core.ledger.models import Account, Checkpoint, Entry, MovementLine, Seal
from app.core.ledger.queries import balance, balances, movements_of_entry, sealed_hash
from app.core.ledger.types import AccountKind, Draft, Movement
from app.core.money import site_currency

__all__ = [
    "balance",
    "balances",
    "open_account",
    "open_accounts",
    "post",
    "post_many",
    "reverse",
    "seal_entries",
    "write_checkpoints",
]

_Accounts = Mapping[str, Any]
_CHUNK = 400


def open_account(
    code: str,
    kind: AccountKind,
    unit: str | None = None,
    *,
    is_cached: bool | None = None,
    is_guarded: bool = False,
) -> Account:
    """Return the account of this code, opened unless it is there; in the site's currency unless
    `unit` says other.

    Liabilities (people, merchants, orders) keep a cached balance unless told otherwise; the site's
    own accounts do not, so that nothing queues behind one row. A guarded account never goes below
    zero.
    """
    wanted = sa.select(Account).where(Account.code == code)
    found = db.session.scalar(wanted)
    if found is None:
        open_accounts([code], kind, unit, is_cached=is_cached, is_guarded=is_guarded)
        found = db.session.scalars(wanted).one()
    return found


def open_accounts(
    codes: Iterable[str],
    kind: AccountKind,
    unit: str | None = None,
    *,
    is_cached: bool | None = None,
    is_guarded: bool = False,
) -> None:
    """Open the accounts of one kind that are not there yet, a few hundred a statement."""
    cached = is_guarded or (kind == AccountKind.LIABILITY if is_cached is None else is_cached)
    rows = [
        {
            "code": code,
            "kind": kind,
            "unit": unit or site_currency(),
            "balance_minor": 0 if cached else None,
            "is_guarded": is_guarded,
        }
        for code in sorted(set(codes))
    ]
    for start in range(0, len(rows), _CHUNK):
        insert_ignoring(Account, rows[start : start + _CHUNK], keys=["code"])


def post(
    *,
    key: str,
    cause: tuple[str, int],
    movements: Sequence[Movement],
    at: datetime,
    memo: dict[str, Any] | None = None,
) -> Entry:
    """Post movements under a key of our own, once for ever.

    The same key and content returns the old entry, other content raises LedgerAlarmError; a guarded
    account with too little refuses with InsufficientError.
    """
    return _posted(Draft(key, cause, tuple(movements), at, memo))


def reverse(
    entry_id: int,
    *,
    at: datetime,
    key: str | None = None,
    cause: tuple[str, int] | None = None,
    memo: dict[str, Any] | None = None,
) -> Entry:
    """Post the mirror of an entry, naming it; once only, the same key again returns the first
    reversal.

    Refuses with AlreadyReversedError where another key has reversed it.
    """
    old = db.session.execute(
        sa.select(Entry.key, Entry.cause_kind, Entry.cause_id).where(Entry.id == entry_id)
    ).one()
    own_key = key or f"{old.key}:reversed"
    earlier = db.session.scalar(sa.select(Entry.key).where(Entry.reverses == entry_id))
    if earlier is not None and earlier != own_key:
        raise AlreadyReversedError(entry_id=entry_id)
    mirror = tuple(movement.mirrored for movement in movements_of_entry(entry_id))
    return _posted(
        Draft(own_key, cause or (old.cause_kind, old.cause_id), mirror, at, memo, reverses=entry_id)
    )


def post_many(drafts: Sequence[Draft]) -> dict[str, int]:
    """Post entries as one act with few statements; return the entry id by key. Refuses as `post`
    does, all or nothing.
    """
    if len({draft.key for draft in drafts}) != len(drafts):
        raise LedgerAlarmError(key="two drafts of one key")
    posted: dict[str, int] = {}
    for start in range(0, len(drafts), _CHUNK):
        posted |= _posted_chunk(drafts[start : start + _CHUNK])
    return posted


def _as_one_act(accounts: _Accounts) -> AbstractContextManager[object]:
    """Return a savepoint where a guarded account may refuse, so that who catches the refusal posts
    nothing.
    """
    if any(account.is_guarded for account in accounts.values()):
        return db.session.begin_nested()
    return nullcontext()


def _posted(draft: Draft) -> Entry:
    entry_id = post_many([draft])[draft.key]
    return db.session.scalars(sa.select(Entry).where(Entry.id == entry_id)).one()


def _posted_chunk(drafts: Sequence[Draft]) -> dict[str, int]:
    accounts = _accounts_of(drafts)
    for draft in drafts:
        _check(draft, accounts)
    with _as_one_act(accounts):
        posted = _written_entries(drafts)
        new = [draft for draft in drafts if draft.key in posted]
        if len(new) < len(drafts):
            posted |= _known_entries([draft for draft in drafts if draft.key not in posted])
        if new:
            _write_movements(new, posted, accounts)
            _move_balances(new, accounts)
    return posted


def _accounts_of(drafts: Iterable[Draft]) -> _Accounts:
    codes = sorted(
        {code for draft in drafts for line in draft.movements for code in (line.debit, line.credit)}
    )
    found: dict[str, Any] = {}
    for start in range(0, len(codes), _CHUNK):
        rows = db.session.execute(
            sa.select(
                Account.code,
                Account.id,
                Account.kind,
                Account.unit,
                Account.is_guarded,
                (Account.balance_minor.is_not(None)).label("is_cached"),
            ).where(Account.code.in_(codes[start : start + _CHUNK]))
        )
        found |= {row.code: row for row in rows}
    if len(found) < len(codes):
        raise NoSuchAccountError(codes=sorted(set(codes) - set(found)))
    return found


def _check(draft: Draft, accounts: _Accounts) -> None:
    units = {accounts[code].unit for line in draft.movements for code in (line.debit, line.credit)}
    sound = all(line.amount_minor > 0 and line.debit != line.credit for line in draft.movements)
    if len(units) != 1 or not sound:
        raise MixedUnitsError(key=draft.key)


def _fingerprint(draft: Draft) -> str:
    content = [
        list(draft.cause),
        [[line.debit, line.credit, line.amount_minor] for line in draft.movements],
        draft.reverses,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _written_entries(drafts: Sequence[Draft]) -> dict[str, int]:
    rows = [
        {
            "key": draft.key,
            "fingerprint": _fingerprint(draft),
            "cause_kind": draft.cause[0],
            "cause_id": draft.cause[1],
            "at": draft.at,
            "memo": draft.memo,
            "reverses": draft.reverses,
        }
        for draft in drafts
    ]
    table: Any = Entry.__table__
    step = inserting(table).values(rows).on_conflict_do_nothing(index_elements=["key"])
    returned = db.session.execute(step.returning(table.c.key, table.c.id))
    return {row[0]: row[1] for row in returned}


def _known_entries(drafts: Sequence[Draft]) -> dict[str, int]:
    rows = db.session.execute(
        sa.select(Entry.key, Entry.id, Entry.fingerprint).where(
            Entry.key.in_([draft.key for draft in drafts])
        )
    )
    known = {row.key: row for row in rows}
    for draft in drafts:
        if known[draft.key].fingerprint != _fingerprint(draft):
            raise LedgerAlarmError(key=draft.key)
    return {key: row.id for key, row in known.items()}


def _write_movements(
    drafts: Sequence[Draft], entry_ids: Mapping[str, int], accounts: _Accounts
) -> None:
    rows = [
        {
            "entry_id": entry_ids[draft.key],
            "n": n,
            "debit_id": accounts[line.debit].id,
            "credit_id": accounts[line.credit].id,
            "unit": accounts[line.debit].unit,
            "amount_minor": line.amount_minor,
        }
        for draft in drafts
        for n, line in enumerate(draft.movements, start=1)
    ]
    db.session.execute(sa.insert(MovementLine.__table__), rows)  # type: ignore[arg-type]


def _move_balances(drafts: Iterable[Draft], accounts: _Accounts) -> None:
    """Move the cached balances in id order; a guarded one only as far as it reaches."""
    net: dict[str, int] = {}
    for draft in drafts:
        for line in draft.movements:
            net[line.debit] = net.get(line.debit, 0) - line.amount_minor
            net[line.credit] = net.get(line.credit, 0) + line.amount_minor
    for code in sorted(net, key=lambda code: int(accounts[code].id)):
        account = accounts[code]
        grown = -net[code] if account.kind.grows_by_debit else net[code]
        if account.is_cached and grown:
            _move_balance(account, grown)


def _move_balance(account: Any, grown: int) -> None:
    step = (
        sa.update(Account)
        .where(Account.id == account.id)
        .values(balance_minor=Account.balance_minor + grown)
    )
    if account.is_guarded and grown < 0:
        step = step.where(Account.balance_minor + grown >= 0)
    if changed(step) == 0:
        raise InsufficientError(
            code=account.code, wanted=-grown, balance_minor=balance(account.code)
        )


def seal_entries(*, limit: int = 1000) -> int:
    """Seal up to `limit` entries that have no seal yet, in id order; return how many. Only the
    worker calls this.
    """
    if is_postgresql():  # one sealer at a time; on SQLite every writer is alone
        db.session.execute(sa.text("LOCK TABLE ledger_seals IN EXCLUSIVE MODE"))
    last = db.session.execute(sa.select(Seal.n, Seal.hash).order_by(Seal.n.desc()).limit(1)).first()
    n, previous = (last.n, last.hash) if last else (0, "")
    # Only the newest are looked through: no transaction lasts while ten thousand others post.
    recent = (db.session.scalar(sa.select(sa.func.max(Seal.entry_id))) or 0) - 10_000
    waiting = db.session.scalars(
        sa.select(Entry.id)
        .outerjoin(Seal, Seal.entry_id == Entry.id)
        .where(Seal.entry_id.is_(None), Entry.id > recent)
        .order_by(Entry.id)
        .limit(limit)
    ).all()
    contents = sealed_hash(waiting)
    rows = []
    for entry_id in waiting:
        n += 1
        sealed = hashlib.sha256(f"{previous}{contents[entry_id]}".encode()).hexdigest()
        rows.append({"n": n, "entry_id": entry_id, "previous": previous, "hash": sealed})
        previous = sealed
    if rows:
        db.session.execute(sa.insert(Seal.__table__), rows)  # type: ignore[arg-type]
    return len(rows)


def write_checkpoints() -> int:
    """Add up the site's own accounts to this moment, so that their balances stay quick to read;
    return how many.

    On PostgreSQL it waits for postings under way, so that none of them falls between checkpoint and
    tail.
    """
    if is_postgresql():
        db.session.execute(sa.text("LOCK TABLE ledger_movements IN SHARE MODE"))
    upto = db.session.scalar(sa.select(sa.func.max(MovementLine.id))) or 0
    own = db.session.execute(
        sa.select(Account.id, Account.code).where(Account.balance_minor.is_(None))
    ).all()
    now_at = balances([row.code for row in own])
    rows = [
        {"account_id": row.id, "movement_id": upto, "balance_minor": now_at[row.code]}
        for row in own
    ]
    moved = ("movement_id", "balance_minor")
    for start in range(0, len(rows), _CHUNK):
        upsert(
            Checkpoint,
            rows[start : start + _CHUNK],
            keys=["account_id"],
            update=lambda new: {name: getattr(new, name) for name in moved},
        )
    return len(own)

"""Reads of the ledger: balances, movements, and the audit whose figures must all be zero."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.ledger.models import Account, Checkpoint, Entry, MovementLine, Seal
from app.core.ledger.types import AccountKind, AccountRow, Audit, Movement, MovementRow

_DEBIT_KINDS = (AccountKind.ASSET, AccountKind.EXPENSE)


def balance(code: str) -> int:
    """Return what an account comes to now, in minor units; zero where it was never opened."""
    return balances([code]).get(code, 0)


def balances(codes: Iterable[str]) -> dict[str, int]:
    """Return what each of the accounts comes to now, zero for one that was never opened. One
    statement.
    """
    wanted = sorted(set(codes))
    found = dict.fromkeys(wanted, 0)
    if wanted:
        rows = db.session.execute(
            sa.select(Account.code, _balance()).where(Account.code.in_(wanted))
        )
        found |= {row[0]: int(row[1]) for row in rows}
    return found


def accounts_like(prefix: str) -> list[AccountRow]:
    """Return the accounts whose code begins with `prefix` (`"merchant:"`), with balances, by code.
    One statement.
    """
    rows = db.session.execute(
        sa.select(Account.id, Account.code, Account.kind, Account.unit, _balance())
        .where(Account.code.startswith(prefix, autoescape=True))
        .order_by(Account.code)
    )
    return [AccountRow(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]


def movements_on(
    code: str, *, after: int = 0, upto: int | None = None, limit: int | None = None
) -> list[MovementRow]:
    """Return an account's movements with ids in `(after, upto]`, oldest first, each signed as the
    balance moved.
    """
    own, other = aliased(Account), aliased(Account)
    is_debit = MovementLine.debit_id == own.id
    grows = is_debit == own.kind.in_(_DEBIT_KINDS)
    statement = (
        sa.select(
            MovementLine.id,
            Entry.id,
            Entry.key,
            Entry.cause_kind,
            Entry.cause_id,
            Entry.at,
            Entry.memo,
            sa.case((grows, MovementLine.amount_minor), else_=-MovementLine.amount_minor),
            other.code,
            Entry.reverses,
        )
        .select_from(own)
        .join(
            MovementLine,
            sa.or_(MovementLine.debit_id == own.id, MovementLine.credit_id == own.id),
        )
        .join(
            other,
            other.id == sa.case((is_debit, MovementLine.credit_id), else_=MovementLine.debit_id),
        )
        .join(Entry, Entry.id == MovementLine.entry_id)
        .where(own.code == code, MovementLine.id > after)
        .order_by(MovementLine.id)
        .limit(limit)
    )
    if upto is not None:
        statement = statement.where(MovementLine.id <= upto)
    return [MovementRow(*row) for row in db.session.execute(statement)]


def movements_of_entry(entry_id: int) -> list[Movement]:
    """Return an entry's movements in their order."""
    debit, credit = aliased(Account), aliased(Account)
    rows = db.session.execute(
        sa.select(debit.code, credit.code, MovementLine.amount_minor)
        .join(debit, debit.id == MovementLine.debit_id)
        .join(credit, credit.id == MovementLine.credit_id)
        .where(MovementLine.entry_id == entry_id)
        .order_by(MovementLine.n)
    )
    return [Movement(*row) for row in rows]


def entries_of(cause: tuple[str, int]) -> list[Entry]:
    """Return the entries posted for one cause, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Entry)
            .where(Entry.cause_kind == cause[0], Entry.cause_id == cause[1])
            .order_by(Entry.id)
        )
    )


def entry_by_key(key: str) -> Entry | None:
    """Return the entry posted under a key, or None."""
    return db.session.scalar(sa.select(Entry).where(Entry.key == key))


def audit() -> Audit:
    """Return the audit's figures, one statement over the whole ledger; every one of them must be
    zero.
    """
    row = db.session.execute(sa.select(*_figures())).one()
    return Audit({name: int(value or 0) for name, value in row._mapping.items()})


def broken_seals() -> int:
    """Return how many seals do not fit their entry's content or the seal before; reads the whole
    ledger.
    """
    broken, previous, after = 0, "", 0
    while True:
        seals = db.session.execute(
            sa.select(Seal.n, Seal.entry_id, Seal.previous, Seal.hash)
            .where(Seal.n > after)
            .order_by(Seal.n)
            .limit(1000)
        ).all()
        if not seals:
            return broken
        contents = sealed_hash([seal.entry_id for seal in seals])
        for seal in seals:
            text = f"{previous}{contents[seal.entry_id]}"
            is_whole = seal.hash == hashlib.sha256(text.encode()).hexdigest()
            broken += not (is_whole and seal.previous == previous and seal.n == after + 1)
            previous, after = seal.hash, seal.n


def sealed_hash(entry_ids: Sequence[int]) -> dict[int, str]:
    """Return what a seal covers of each entry: a digest of its head and its movements, by ids and
    amounts.
    """
    lines: dict[int, list[list[object]]] = {entry_id: [] for entry_id in entry_ids}
    for row in db.session.execute(
        sa.select(
            MovementLine.entry_id,
            MovementLine.n,
            MovementLine.debit_id,
            MovementLine.credit_id,
            MovementLine.unit,
            MovementLine.amount_minor,
        )
        .where(MovementLine.entry_id.in_(list(entry_ids)))
        .order_by(MovementLine.entry_id, MovementLine.n)
    ):
        lines[row.entry_id].append(list(row)[1:])
    heads = db.session.execute(
        sa.select(
            Entry.id,
            Entry.key,
            Entry.cause_kind,
            Entry.cause_id,
            Entry.at,
            Entry.memo,
            Entry.reverses,
        ).where(Entry.id.in_(list(entry_ids)))
    )
    digests = {}
    for head in heads:
        content: list[Any] = [*head[:4], head.at.isoformat(), head.memo, head.reverses]
        text = json.dumps([*content, lines[head.id]], ensure_ascii=False, sort_keys=True)
        digests[head.id] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def _net(account: Any, after: Any) -> sa.ColumnElement[int]:
    """Debits minus credits of an account's movements after a movement, as a correlated
    expression.
    """

    def total(side: Any) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.coalesce(sa.func.sum(MovementLine.amount_minor), 0))
            .where(side == account.id, MovementLine.id > after)
            .correlate(account, Checkpoint)
            .scalar_subquery()
        )

    return total(MovementLine.debit_id) - total(MovementLine.credit_id)


def _signed(account: Any, net: Any) -> sa.ColumnElement[int]:
    return sa.case((account.kind.in_(_DEBIT_KINDS), net), else_=-net)


def _balance() -> sa.ColumnElement[int]:
    checkpoint = (
        sa.select(Checkpoint.balance_minor)
        .where(Checkpoint.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    upto = (
        sa.select(Checkpoint.movement_id)
        .where(Checkpoint.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    tail = _signed(Account, _net(Account, sa.func.coalesce(upto, 0)))
    derived = sa.func.coalesce(checkpoint, 0) + tail
    return sa.case((Account.balance_minor.is_not(None), Account.balance_minor), else_=derived)


def _figures() -> list[sa.Label[Any]]:
    """The audit's columns: each counts rows that must not exist."""
    debit, credit = aliased(Account), aliased(Account)
    per_account = sa.select(
        Account.id,
        Account.unit,
        Account.kind,
        Account.is_guarded,
        Account.balance_minor,
        _balance().label("shown"),
        _signed(Account, _net(Account, 0)).label("derived"),
    ).cte("per_account")
    as_debit = sa.case(
        (per_account.c.kind.in_(_DEBIT_KINDS), per_account.c.shown), else_=-per_account.c.shown
    )
    untrue = (
        sa.select(per_account.c.unit)
        .group_by(per_account.c.unit)
        .having(sa.func.sum(as_debit) != 0)
        .subquery()
    )
    linked = sa.select(
        Seal.n,
        Seal.previous,
        sa.func.lag(Seal.n, 1, 0).over(order_by=Seal.n).label("n_before"),
        sa.func.lag(Seal.hash, 1, "").over(order_by=Seal.n).label("hash_before"),
    ).subquery()
    counted = {
        "trial_balance": sa.select(sa.func.count()).select_from(untrue),
        "balance_not_derived": sa.select(sa.func.count())
        .select_from(per_account)
        .where(per_account.c.shown != per_account.c.derived),
        "empty_entries": sa.select(sa.func.count())
        .select_from(Entry)
        .where(~sa.exists().where(MovementLine.entry_id == Entry.id)),
        "overdrawn": sa.select(sa.func.count())
        .select_from(per_account)
        .where(per_account.c.is_guarded, per_account.c.derived < 0),
        "mixed_units": sa.select(sa.func.count())
        .select_from(MovementLine)
        .join(debit, debit.id == MovementLine.debit_id)
        .join(credit, credit.id == MovementLine.credit_id)
        .where(sa.or_(debit.unit != MovementLine.unit, credit.unit != MovementLine.unit)),
        "seal_chain": sa.select(sa.func.count())
        .select_from(linked)
        .where(
            sa.or_(
                linked.c.n != linked.c.n_before + 1,
                linked.c.previous != linked.c.hash_before,
            )
        ),
    }
    return [counts.scalar_subquery().label(name) for name, counts in counted.items()]

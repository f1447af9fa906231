"""What the desk looks at: whom to phone, which addresses failed, which robots there are."""

from urllib.parse import urlsplit

from sqlalchemy import bindparam, func, or_, select, tuple_

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import Count, db
from app.core.lists import Page, decode_key, instant, keyset
from app.core.sms.numbers import e164_or_none
from app.merchants.models import Merchant
from app.notifications.models import Call, FailedAddress, Robot
from app.notifications.types import CallRow, CallState, FailedRow, RobotRow, Way, whose_robot
from app.orders.models import Order

SIZE = 30
_BY = User.__table__.alias("callers")


def calls_of_desk(
    state: CallState, *, about: str = "", newest: bool = False, after: str | None = None
) -> Page[CallRow]:
    """Return whom to phone, the longest waiting first (or the newest), or whom somebody phoned."""
    wanted = (
        select(
            Call.id,
            Call.about_kind,
            Call.about_id,
            Call.why,
            Call.state,
            Call.since,
            Call.tries,
            Call.note,
            Call.last_at,
            _BY.c.name,
            Order.number,
            Merchant.name_zh,
            Merchant.name_en,
            Merchant.phone,
            User.name,
            User.phone,
            Call.person_id,
            Call.data,
        )
        .outerjoin(Order, (Call.about_kind == "order") & (Order.id == Call.about_id))
        .outerjoin(Merchant, Merchant.id == Call.merchant_id)
        .outerjoin(User, User.id == Call.person_id)
        .outerjoin(_BY, _BY.c.id == Call.last_by)
        .where(Call.state == state)
    )
    if about:
        wanted = wanted.where(Call.about_kind == about)
    place = tuple_(Call.since, Call.id)
    if (key := decode_key(after, instant, int)) is not None:
        wanted = wanted.where(place < key if newest else place > key)
    order = (Call.since.desc(), Call.id.desc()) if newest else (Call.since, Call.id)
    rows = [CallRow(*row) for row in db.session.execute(wanted.order_by(*order).limit(SIZE + 1))]
    return keyset(rows, SIZE, lambda row: (row.since, row.id))


_WAITING = (
    select(func.count())
    .select_from(Call)
    .where(Call.state == bindparam("call_state"))
    .scalar_subquery()
)


def waiting_calls(viewer: Viewer) -> Count | None:
    """Return what counts the calls that wait, for those who run the town."""
    return Count(_WAITING, {"call_state": CallState.WAITING}) if viewer.is_operator else None


def failed_addresses(
    *, way: Way | None, newest: bool = True, after: str | None = None
) -> Page[FailedRow]:
    """Return the addresses that were refused, with whose they are, the latest first (or last)."""
    is_theirs = or_(
        (FailedAddress.way == Way.MAIL) & (func.lower(User.mail) == FailedAddress.address),
        (FailedAddress.way == Way.SMS) & (User.phone == FailedAddress.address),
    )
    wanted = select(
        FailedAddress.way,
        FailedAddress.address,
        FailedAddress.why,
        FailedAddress.failed_at,
        User.id,
        User.name,
    ).outerjoin(User, is_theirs & User.closed_at.is_(None))
    if way is not None:
        wanted = wanted.where(FailedAddress.way == way)
    place = tuple_(FailedAddress.failed_at, FailedAddress.address)
    if (key := decode_key(after, instant, str)) is not None:
        wanted = wanted.where(place < key if newest else place > key)
    order = (FailedAddress.failed_at, FailedAddress.address)
    wanted = wanted.order_by(*(one.desc() for one in order) if newest else order)
    rows = [FailedRow(*row) for row in db.session.execute(wanted.limit(SIZE + 1))]
    return keyset(rows, SIZE, lambda row: (row.failed_at, row.address))


def failed_of(mail: str | None, phone: str | None) -> list[FailedRow]:
    """Return which of one person's own addresses were refused."""
    number = e164_or_none(phone) if phone else None
    own = [one for one in ((mail or "").lower(), number) if one]
    if not own:
        return []
    rows = db.session.execute(
        select(
            FailedAddress.way, FailedAddress.address, FailedAddress.why, FailedAddress.failed_at
        ).where(FailedAddress.address.in_(own))
    )
    return [FailedRow(*row, None, None) for row in rows]


def addresses_of(person_id: int) -> tuple[str | None, str | None]:
    """Return a person's mail address and number."""
    row = db.session.execute(
        select(User.mail, User.phone).where(User.id == person_id)
    ).one_or_none()
    return (None, None) if row is None else (row[0], row[1])


def robot(robot_id: int) -> Robot | None:
    """Return a robot with its secrets, for the job that speaks through it."""
    return db.session.get(Robot, robot_id, populate_existing=True)


def robot_row(merchant_id: int | None) -> RobotRow | None:
    """Return a shop's robot, or the town's, as a page may show it."""
    whose = whose_robot(merchant_id)
    fresh = {"populate_existing": True}
    found = db.session.scalar(select(Robot).where(Robot.whose == whose), execution_options=fresh)
    if found is None:
        return None
    return RobotRow(
        found.id,
        found.merchant_id,
        found.kind,
        urlsplit(found.url).hostname or "",
        found.url[-4:],
        bool(found.secret),
        found.made_at,
        found.told_at,
        found.failed_at,
        found.failure,
    )

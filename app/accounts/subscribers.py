"""What accounts, and the ground beneath it, hold about a person; and how accounts forget one."""

from datetime import datetime

from app.accounts import models
from app.accounts.queries import role_holders
from app.accounts.queries.children import children_of
from app.accounts.queries.leaving import obliges
from app.accounts.queries.own import OFFICE, SECRET, TRACE, Fate, holds
from app.accounts.services import closing
from app.accounts.types import Obligation
from app.core.activity.models import LogEntry, Presence
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.media.models import Picture
from app.places.models import Address


def connect() -> None:
    """Say what is held, and how it is forgotten."""
    closing.forgets("accounts", closing.forget_sign_ins)
    obliges("accounts", last_operator)
    obliges("accounts.children", children_held)
    _accounts()
    _ground()


def last_operator(person_id: int, _at: datetime) -> list[Obligation]:
    """Return the town itself, where nobody else runs it."""
    running = {row.user_id for row in role_holders("operator")}
    is_last = running == {person_id}
    return [Obligation(_("Nobody else runs this town"), None)] if is_last else []


def children_held(person_id: int, at: datetime) -> list[Obligation]:
    """Return the children whose accounts a guardian holds; they are closed first."""
    held = [row for row in children_of(person_id, at=at) if not row.is_closing]
    words = _(
        "You hold the account of %(name)s; close it first", name=", ".join(r.name for r in held)
    )
    return [Obligation(words, ("user", held[0].id))] if held else []


def _accounts() -> None:
    gone, kept, emptied = Fate.REMOVED, Fate.KEPT, Fate.EMPTIED
    holds(models.User, "id", title=_l("Your account"), fate=emptied, at="joined_at")
    grants = _l("Roles you held")
    holds(models.RoleGrant, "user_id", title=grants, fate=kept, why=TRACE)
    for column in ("given_by", "taken_by"):
        holds(models.RoleGrant, column, title=grants, fate=kept, why=OFFICE, left_out=OFFICE)
    why = _l("Ended at once; kept for some months because the law wants network logs.")
    holds(models.SignIn, "user_id", title=_l("Where you signed in"), fate=kept, why=why)
    reset = _l("Links for a new password")
    holds(models.PasswordReset, "user_id", title=reset, fate=gone, left_out=SECRET)
    holds(models.TownText, "by_id", title=_l("Texts"), fate=kept, why=OFFICE, left_out=OFFICE)
    why = _l("It proves what was agreed.")
    holds(models.Acceptance, "user_id", title=_l("What you agreed to"), fate=kept, why=why)
    holds(models.OwnExport, "user_id", title=_l("Times you took your data"), fate=kept, why=TRACE)
    holds(models.Closing, "user_id", title=_l("Your leaving"), fate=kept, why=TRACE)
    holds(models.Passkey, "user_id", title=_l("Your passkeys"), fate=gone)
    holds(models.RecoveryCode, "user_id", title=_l("Recovery codes"), fate=gone, left_out=SECRET)
    proofs = _l("Codes sent to you")
    holds(models.Proof, "user_id", title=proofs, fate=gone, left_out=SECRET)
    child = _l("Children and guardians")
    holds(models.Guardianship, "child_id", title=child, fate=gone)
    holds(models.Guardianship, "guardian_id", title=child, fate=gone)
    numbers = _l("Changed numbers")
    holds(models.NumberChange, "user_id", title=numbers, fate=emptied)
    for column in ("asked_by", "confirmed_by"):
        holds(models.NumberChange, column, title=numbers, fate=kept, why=OFFICE, left_out=OFFICE)


def _ground() -> None:
    kept = Fate.KEPT
    holds(LogEntry, "actor_id", title=_l("What you did, and when"), fate=kept, why=TRACE)
    holds(Presence, "user_id", title=_l("Days you were here"), fate=kept, why=TRACE)
    pictures = _l("Pictures")
    why = _l("They go with what they belong to.")
    holds(Picture, "given_by", title=pictures, fate=kept, why=why)
    mine = Address.owner_kind == "user"
    addresses = _l("Your addresses")
    holds(Address, "owner_id", title=addresses, fate=Fate.REMOVED, only=mine)

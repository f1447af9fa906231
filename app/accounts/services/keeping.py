"""What accounts remove of their own rows when it was kept long enough."""

from datetime import datetime

from sqlalchemy import delete, func

from app.accounts.models import PasswordReset, SignIn
from app.core.db import changed


def forget_sign_ins(before: datetime) -> int:
    """Delete sessions that were over before an instant, with the addresses in them."""
    over = func.coalesce(SignIn.ended_at, SignIn.ends_at)
    return changed(delete(SignIn).where(over < before))


def forget_resets(before: datetime) -> int:
    """Delete links for a new password that were made before an instant."""
    return changed(delete(PasswordReset).where(PasswordReset.made_at < before))

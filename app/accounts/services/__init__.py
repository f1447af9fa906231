"""The rules of accounts, by subject; what other houses and most doors need stands here."""

from app.accounts.policies.passwords import hashed as hashed_password
from app.accounts.services.joining import check_name_is_free, create_person
from app.accounts.services.passwords import (
    change_password,
    check_reset_is_open,
    reset_password,
    send_reset_link,
)
from app.accounts.services.profiles import choose_look, edit_profile, introduce, set_avatar
from app.accounts.services.roles import give_role, take_role
from app.accounts.services.sessions import (
    SIGN_IN_LASTS,
    count_try,
    end_session_of,
    end_sign_in,
    forget_attempts,
    note_seen,
    sign_in,
    sign_out_everywhere,
    start_session,
)
from app.accounts.services.standing import set_silenced, set_suspended

__all__ = [
    "SIGN_IN_LASTS",
    "change_password",
    "check_name_is_free",
    "check_reset_is_open",
    "choose_look",
    "count_try",
    "create_person",
    "edit_profile",
    "end_session_of",
    "end_sign_in",
    "forget_attempts",
    "give_role",
    "hashed_password",
    "introduce",
    "note_seen",
    "reset_password",
    "send_reset_link",
    "set_avatar",
    "set_silenced",
    "set_suspended",
    "sign_in",
    "sign_out_everywhere",
    "start_session",
    "take_role",
]

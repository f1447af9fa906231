"""The last letter to somebody who left: what went, what stays, and until when.

The address is read before it is emptied and lies sealed in the outbox; the text lies in no table.
"""

from datetime import datetime

from app.accounts.models import Closing, User
from app.accounts.policies import words
from app.accounts.queries import leaving as reads
from app.accounts.queries.own import Fate, all_held
from app.accounts.services.totp import sealed, unsealed
from app.accounts.types import Way
from app.core.i18n import speaking
from app.core.jobs.services import enqueue
from app.core.mail.services import can_send_mail
from app.core.mail.services import deliver_now as deliver_mail
from app.core.sms.numbers import e164_or_none
from app.core.sms.services import can_send_sms
from app.core.sms.services import deliver_now as deliver_sms


def promise_farewell(person: User, closing: Closing) -> None:
    """Leave a last letter to the outbox, by mail, else by text message, in the closing's own
    transaction; who has neither gets none.
    """
    if person.mail is not None and can_send_mail():
        way, address = Way.MAIL, person.mail
    elif person.phone is not None and e164_or_none(person.phone) and can_send_sms():
        way, address = Way.PHONE, person.phone
    else:
        return
    payload = {"closing": closing.id, "way": way, "to": sealed(address)}
    payload["language"] = str(person.language)
    enqueue("accounts.farewell", payload, key=f"farewell:{closing.id}")


def send_farewell(closing_id: int, way: Way, to: str, language: str) -> None:
    """Carry the last letter out, from the job; worded in the language of who left."""
    row = reads.closing_done(closing_id)
    if row is None or row.over_at is None:
        return
    key = f"farewell:{closing_id}"
    with speaking(language):
        if way is Way.PHONE:
            deliver_sms(unsealed(to), words.farewell_text(), key=key)
            return
        subject, text = _letter(row.over_at, keeps_words=row.keeps_words)
        deliver_mail(unsealed(to), subject, text, key=key)


def _letter(at: datetime, *, keeps_words: bool) -> tuple[str, str]:
    shown = [held for held in all_held() if held.left_out is None]
    gone = {str(held.title) for held in shown if held.fate is not Fate.KEPT}
    stays = {str(held.title): str(held.why) for held in shown if held.fate is Fate.KEPT}
    until = reads.kept_after(at=at)
    return words.farewell_mail(
        at, gone=sorted(gone - set(stays)), stays=stays, until=until, keeps_words=keeps_words
    )

"""Timed work: a new ticket well before the old one ends."""

from datetime import datetime, timedelta

import structlog

from app.core.db import transaction
from app.core.errors import OutsideDownError
from app.core.jobs.registry import every
from app.core.settings import settings
from app.core.wechat import gateway, queries, services
from app.core.wechat.errors import WeChatRefusedError

_log = structlog.get_logger("linli.wechat")
# Time for several more tries while the old ticket still signs.
LEAD = timedelta(minutes=45)
SILENT = "no answer"


@every(minutes=10, key="wechat.ticket")
def renew_ticket(now: datetime) -> None:
    """Fetch a ticket where the operator set WeChat up and the one there is ends soon; what went
    wrong is kept for the operator, and asked again the next time.
    """
    if not settings().tells_wechat or queries.ticket_at(now + LEAD) is not None:
        return
    try:
        value, seconds = gateway.fetched_ticket()
    except (OutsideDownError, WeChatRefusedError) as refused:
        why = str(refused) if isinstance(refused, WeChatRefusedError) else SILENT
        _log.warning("no ticket from WeChat", why=why)
        with transaction():
            services.note_refusal(why, at=now)
        return
    with transaction():
        services.keep_ticket(value, seconds, at=now)

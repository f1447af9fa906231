"""The audit trail, and the health of jobs and books."""

from datetime import timedelta

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries import names_for
from app.core import clock
from app.core.access import role
from app.core.activity.queries import LogFilter, audit_rows
from app.core.activity.types import privileged_verbs
from app.core.db import database_name, transaction
from app.core.forms import ButtonForm
from app.core.jobs import queries as jobs
from app.core.jobs import services as job_services
from app.core.ledger.queries import audit as ledger_audit
from app.core.lists import decode_key
from app.core.pages import Page, render, said
from app.core.pools.queries import count_pools, wrong_counts
from app.core.settings import settings
from app.core.wechat import queries as wechat
from app.operator.types import FIGURE_WORDS, SUBJECT_WORDS, VERB_WORDS
from app.operator.views.blueprint import DONE, bp
from app.settlement.queries import drift

SIZE = 50


@bp.get("/audit")
@role("operator")
def audit() -> Response:
    """Show who did what with which reason, newest first, narrowed by verb, person or days."""
    verb = request.args.get("verb", "")
    days = request.args.get("days", type=int)
    wanted = LogFilter(
        actor_id=_number("person"),
        verbs=[verb] if verb else None,
        since=clock.now() - timedelta(days=min(days, 3650)) if days and days > 0 else None,
    )
    rows = audit_rows(wanted, before_id=_number("after"), limit=SIZE + 1)
    page = Page(rows[:SIZE], str(rows[SIZE - 1].id) if len(rows) > SIZE else None)
    names = names_for(row.actor_id for row in page.rows)
    return render(
        "operator/audit.html",
        page=page,
        names=names,
        verb=verb,
        days=days,
        verbs=sorted(privileged_verbs()),
        verb_words=VERB_WORDS,
        subject_words=SUBJECT_WORDS,
    )


def _number(name: str) -> int | None:
    """Return a number from the address, or None where it is none that a column could hold."""
    found = decode_key(request.args.get(name), int)
    return found[0] if found else None


@bp.get("/health")
@role("operator")
def health() -> Response:
    """Show whether the books add up, the pools agree, and what the worker does."""
    now = clock.now()
    return render(
        "operator/health.html",
        ledger=ledger_audit(),
        drift=drift(),
        pools=count_pools(),
        wrong_pools=wrong_counts(),
        worker=jobs.status(now),
        failed=jobs.failed_jobs(),
        stumbling=jobs.stumbling_jobs(),
        database=database_name(),
        words=FIGURE_WORDS,
        wechat=wechat.standing() if settings().tells_wechat else None,
    )


@bp.post("/health/jobs/<int:job_id>/retry")
@role("operator")
def retry(job_id: int) -> ResponseReturnValue:
    """Give a failed job another round."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        job_services.retry(job_id)
        act.leads_to(url_for("operator.health"))
    return said(act.location, DONE)

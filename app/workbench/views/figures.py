"""How the shop does: plain counts with what they mean, small charts, and files to take out."""

from __future__ import annotations

from flask import Response, request

from app.core import clock
from app.core.access import Role, staff_of
from app.core.i18n import gettext as _
from app.core.pages import render
from app.core.shown import shown_day
from app.merchants.types.figures import FEWEST
from app.orders.queries.figures import figures_by
from app.orders.types.customers import SPAN_WORDS, Bucket, Span
from app.workbench.views.blueprint import bp


@bp.get("/<int:merchant_id>/figures")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def figures(merchant_id: int) -> Response:
    wanted = request.args.get("by", "")
    span = Span(wanted) if wanted in set(Span) else Span.WEEK
    found = figures_by(merchant_id, span, at=clock.now())
    return render(
        "workbench/figures.html", merchant_id=merchant_id, found=found, span=span,
        spans=SPAN_WORDS, fewest=FEWEST,
        placed=[(_label(span, one), one.orders) for one in found.buckets],
        sold=[(_label(span, one), one.sales_minor) for one in found.buckets],
    )  # fmt: skip


def _label(span: Span, bucket: Bucket) -> str:
    if span is Span.MONTH:
        return f"{bucket.begins:%Y-%m}"
    day = shown_day(bucket.begins)
    return _("from %(day)s", day=day) if span is Span.WEEK else day

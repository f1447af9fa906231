"""The town's texts: reading them, accepting them again, and the foot of every page."""

import re
from collections.abc import Iterable, Sequence

from flask import Blueprint, Flask, Response, redirect, request, url_for
from markupsafe import Markup

from app.accounts import parts
from app.accounts.forms import AcceptForm
from app.accounts.policies.texts import page_of
from app.accounts.policies.ways import safe_next
from app.accounts.queries import texts as reads
from app.accounts.services import texts as services
from app.accounts.types import TextKind
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.db import transaction
from app.core.facts import facts, site
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import Link, render, said, slot, toast

town_bp = Blueprint("town", "app.accounts", template_folder="templates")
KINDS = "rules, terms, privacy"
ACCEPTED = toast("accounts.accepted", _l("Thank you. That is noted."))
# What a person may still open who has not accepted: the texts, their data, the ways out, and the
# proof that these two may ask for.
FREE = re.compile(r"^(core|media|town|moderation)\.|^accounts\.(accept|sign_|own_|closing|prove)")


def connect(app: Flask) -> None:
    """Open the texts at addresses of their own: /rules, /terms, /privacy."""
    app.register_blueprint(town_bp)


@town_bp.get(f"/<any({KINDS}):kind>")
@public
def text(kind: str) -> Response:
    """Show one of the texts as it stands, or an older version of it."""
    asked = request.args.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else None
    found, versions = reads.text_version(TextKind(kind), number)
    body = pick(found.body_zh, found.body_en)
    # Cleaned by the text's own policy, so that only its few tags are left.
    body_html = Markup(page_of(body, site().site_name))  # noqa: S704
    return render(
        "accounts/text.html",
        kind=found.kind,
        title=parts.TEXT_NAMES[found.kind],
        row=found,
        versions=versions,
        body_html=body_html,
        is_old=found.number != versions[0].number,
        names=parts.TEXT_NAMES,
    )


@bp.route("/accept", methods=["GET", "POST"])
@member
def accept() -> Response:
    """Ask for agreement to what changed, saying what changed."""
    form = AcceptForm.posted(mark=reads.mark_in_force())
    back = safe_next(request.args.get("next"), url_for("home.front"))
    if request.method == "GET":
        changes = reads.changes_for(me().id or 0)
        if not changes:
            return redirect(back, 303)  # type: ignore[return-value]
        return render(
            "accounts/accept.html", form=form, back=back, changes=changes, names=parts.TEXT_NAMES
        )
    form.check()
    with transaction(once=form.key) as act:
        services.accept_texts(me(), mark=_mark(form), at=clock.now())
        act.leads_to(back)
    return said(back, ACCEPTED)


def _mark(form: AcceptForm) -> int:
    seen = form.mark.data or ""
    return int(seen) if seen.isdecimal() else -1


@bp.before_app_request
def ask_again() -> Response | None:
    """Lead a member to what changed before the next page; it costs no statement of its own."""
    viewer = me()
    if not viewer.is_member or request.method != "GET" or request.endpoint is None:
        return None
    if request.headers.get("HX-Request") or FREE.match(request.endpoint):
        return None
    if "text/html" not in request.headers.get("Accept", "text/html"):
        return None
    if viewer.accepted_mark >= reads.mark_in_force():
        return None
    here = request.full_path.rstrip("?")
    return redirect(url_for("accounts.accept", next=here), 303)  # type: ignore[return-value]


@slot("foot").add
def _foot(_viewer: Viewer) -> Iterable[Sequence[Link]]:
    yield [
        Link(url_for("town.text", kind="rules"), _("House rules")),
        Link(url_for("town.text", kind="terms"), _("Terms of use")),
        Link(url_for("town.text", kind="privacy"), _("Privacy")),
        *slot("foot_links"),
    ]
    known = facts().get(reads.FOOT) or {}
    said = [known.get(name, "") for name in ("owner", "contact")]
    lines = [Link("", words) for words in said if words]
    lines += [Link("", line) for line in (known.get("licences") or "").splitlines() if line.strip()]
    if known.get("icp"):
        lines.append(Link("https://beian.miit.gov.cn/", known["icp"]))
    if known.get("police"):
        digits = "".join(re.findall(r"\d", known["police"]))
        address = f"https://beian.mps.gov.cn/#/query/webSearch?code={digits}"
        lines.append(Link(address, known["police"]))
    if lines:
        yield lines

"""People and roles: who is here, what they may do, why, and since when."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, services
from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said
from app.moderation import queries as moderation
from app.moderation import services as moderation_services
from app.moderation.types import RULE_WORDS, Rule, SanctionKind
from app.operator.forms import ReasonForm, RoleForm, SanctionForm
from app.operator.types import ROLE_WORDS, SANCTION_WORDS, SITE_ROLES
from app.operator.views.blueprint import DONE, bp


@bp.get("/people")
@role("operator")
def people() -> Response:
    """List accounts, newest first, found by name, mail or phone; and who holds a role."""
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    state, is_oldest = request.args.get("state", ""), request.args.get("sort") == "old"
    page = queries.people(
        words=words,
        standing=state,
        is_oldest_first=is_oldest,
        after=request.args.get("after"),
    )
    chosen: dict[str, Any] = {"state": state, "is_oldest": is_oldest}
    holders = [row for row in queries.role_holders() if not row.scope_kind]
    return render(
        "operator/people.html",
        page=page,
        words=words,
        holders=holders,
        roles=ROLE_WORDS,
        **chosen,
    )


@bp.get("/people/<int:person_id>")
@role("operator")
def person(person_id: int) -> Response:
    """Show one person: roles with their reasons, silences and suspensions."""
    return _person(person_id, role_form(), sanction_form())


def _person(person_id: int, roles: RoleForm, sanctions: SanctionForm) -> Response:
    return render(
        "operator/person.html", role_form=roles, sanction_form=sanctions, **_facts(person_id)
    )


def _facts(person_id: int) -> dict[str, Any]:
    return {
        "profile": queries.profile(person_id),
        "held": queries.roles_of(person_id),
        "sanctions": moderation.sanctions_of(person_id),
        "words": ROLE_WORDS,
        "sanction_words": SANCTION_WORDS,
        "rules": RULE_WORDS,
        "at": clock.now(),
    }


def role_form() -> RoleForm:
    """Return the form that gives a site-wide role."""
    form = RoleForm.posted()
    form.role.choices = [("", _l("Choose a role")), *((one, ROLE_WORDS[one]) for one in SITE_ROLES)]
    return form


def sanction_form() -> SanctionForm:
    """Return the form that silences or suspends."""
    form = SanctionForm.posted(days=7)
    form.kind.choices = [(kind.value, SANCTION_WORDS[kind]) for kind in SanctionKind]
    form.rule.choices = [(rule.value, RULE_WORDS[rule]) for rule in Rule if rule is not Rule.NONE]
    return form


@bp.post("/people/<int:person_id>/roles")
@role("operator")
def give_role(person_id: int) -> ResponseReturnValue:
    """Give a role with a reason."""
    form = role_form()
    facts = _facts(person_id)
    with form.shows_field_errors(
        "operator/person.html", role_form=form, sanction_form=SanctionForm(), **facts
    ):
        form.check()
        with transaction(once=form.key) as act:
            services.give_role(
                me(), person_id, form.role.data, reason=form.reason.data, at=clock.now()
            )
            act.leads_to(url_for("operator.person", person_id=person_id))
    return said(act.location, DONE)


@bp.post("/people/<int:person_id>/roles/<int:grant_id>/take")
@role("operator")
def take_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.take_role(me(), grant_id, reason=form.reason.data, at=clock.now())
        act.leads_to(url_for("operator.person", person_id=person_id))
    return said(act.location, DONE)


@bp.post("/people/<int:person_id>/sanctions")
@role("operator")
def sanction(person_id: int) -> ResponseReturnValue:
    """Silence or suspend, with rule, reason and end."""
    form = sanction_form()
    facts = _facts(person_id)
    with form.shows_field_errors(
        "operator/person.html", sanction_form=form, role_form=RoleForm(), **facts
    ):
        form.check()
        with transaction(once=form.key) as act:
            moderation_services.sanction(
                me(),
                person_id,
                SanctionKind(form.kind.data),
                lasts=timedelta(days=form.days.data),
                rule=Rule(form.rule.data),
                reason=form.reason.data,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.person", person_id=person_id))
    return said(act.location, DONE)


@bp.post("/people/<int:person_id>/sanctions/<int:sanction_id>/end")
@role("operator")
def end_sanction(person_id: int, sanction_id: int) -> ResponseReturnValue:
    """End a silence or suspension early, with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        moderation_services.end_sanction(me(), sanction_id, reason=form.reason.data, at=clock.now())
        act.leads_to(url_for("operator.person", person_id=person_id))
    return said(act.location, DONE)

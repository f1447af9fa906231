"""Signing in and joining with a phone and a six-digit code, and the second step of a password."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.accounts import queries, services
from app.accounts.errors import CodeGoneError, WrongCodeError
from app.accounts.forms import CodeForm, EnterForm, JoinForm
from app.accounts.models import Proof, User
from app.accounts.policies.names import masked_mail
from app.accounts.policies.pictures import digits_png
from app.accounts.policies.questions import digits_of, in_words, is_open, new_question
from app.accounts.policies.ways import safe_next
from app.accounts.queries import proofs as reads
from app.accounts.services import proofs
from app.accounts.types import Language, Purpose, Way
from app.accounts.views.door import (
    ask_by,
    caller,
    known_device,
    second_step,
    signed_in,
    step_token,
    to_step,
)
from app.accounts.views.people import (
    UTM_FIELDS,
    bp,
    foreign_referrer,
    neighbourhood_choices,
    reason_of,
)
from app.core import clock, i18n
from app.core.access import me, public
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.pages import render
from app.core.sms.numbers import masked
from app.core.sms.services import can_send_sms


@bp.route("/enter", methods=["GET", "POST"])
@public
def enter() -> Response:
    """Ask for a phone number and send it a code, whoever has it."""
    form = EnterForm.posted(**came_with())
    back = safe_next(form.next.data, "")
    if request.method == "GET":
        if me().is_member:
            return redirect(back or url_for("home.front"), 303)  # type: ignore[return-value]
        return render("accounts/enter.html", form=form, can_send=can_send_sms())
    where, at = caller(known_device()), clock.now()
    fresh = new_question(where.address_hash, at=at)
    asked = {"fresh_question": fresh, "question_in_words": in_words(fresh)}
    with form.shows_field_errors("accounts/enter.html", can_send=can_send_sms(), **asked):
        form.check()
        with transaction():
            token = proofs.ask_code(
                Purpose.ENTER,
                Way.PHONE,
                form.phone.data,
                where,
                at=at,
                question=form.question.data or "",
                answer=form.answer.data or "",
            )
    kept = {name: getattr(form, name).data or None for name in (*UTM_FIELDS, "referrer", "landing")}
    return to_step(url_for("accounts.enter_code", next=back or None, **kept), token)


def came_with() -> dict[str, Any]:
    """Return where a newcomer came from, as far as the page can know."""
    asked = {name: request.args.get(name, "")[:120] for name in (*UTM_FIELDS, "referrer")}
    asked["referrer"] = asked["referrer"] or foreign_referrer()
    wanted = request.args.get("next", "")
    return {**asked, "next": wanted, "landing": request.args.get("landing", "")[:120] or wanted}


@bp.get("/question/<question>.png")
@public
def question_picture(question: str) -> Response:
    """Draw the digits of a question that was asked from this very address."""
    if not is_open(question, caller(None).address_hash, at=clock.now()):
        raise NotFoundError
    answer = Response(digits_png(digits_of(question)), content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def sent_to(proof: Proof) -> str:
    """Return where the code of a proof went, masked."""
    if proof.target is None:
        return ""
    return masked(proof.target) if proof.way is Way.PHONE else masked_mail(proof.target)


def tried(form: CodeForm, *purposes: Purpose) -> Proof:
    """Spend one guess on this browser's step; refuses a wrong code after the guess is counted."""
    with transaction():
        proof = proofs.try_code(step_token(), *purposes, code=form.code.data or "", at=clock.now())
    if proof is None:
        raise WrongCodeError
    return proof


@bp.route("/enter/code", methods=["GET", "POST"])
@public
def enter_code() -> Response:
    """Take the code: a number that is known here signs in, another one joins."""
    form = CodeForm.posted()
    proof = reads.open_proof(step_token(), Purpose.ENTER, at=clock.now())
    if proof is None or proof.proven_at is not None:
        return _from_the_start("accounts.enter")
    again = EnterForm(data={**came_with(), "phone": proof.target})
    context: dict[str, Any] = {"sent_to": sent_to(proof), "again": again}
    if request.method == "GET":
        return render("accounts/enter_code.html", form=form, **context)
    with form.shows_field_errors("accounts/enter_code.html", **context):
        form.check()
        proof = tried(form, Purpose.ENTER)
        person = queries.user_by_phone(proof.target or "")
        if person is None:
            return to("accounts.join")
        if reads.may_be_somebody_else(person, caller(known_device()), at=clock.now()):
            return to("accounts.whose")
        return entered(person, safe_next(request.args.get("next"), url_for("home.front")))


def to(endpoint: str) -> Response:
    """Lead to the next page of the same door, with where the person came from."""
    return redirect(url_for(endpoint, **came_from()), 303)  # type: ignore[return-value]


def came_from() -> dict[str, Any]:
    """Return where a newcomer came from, as the next address carries it."""
    return {name: text or None for name, text in came_with().items()}


def entered(person: User, back: str) -> Response:
    """Use the proven number up and let its person in, after the app's code where they chose one."""
    at = clock.now()
    with transaction():
        proofs.spend(step_token(), Purpose.ENTER, at=at)
        proofs.note_proven_way(queries.user(person.id), Way.PHONE, at=at)
    if person.totp_secret:
        chosen = second_step(person, back, is_always=True)
        if chosen is not None:
            return chosen
    return signed_in(person, back, is_proven=True)


def _from_the_start(endpoint: str) -> Response:
    wanted = request.args.get("next")
    return redirect(url_for(endpoint, next=wanted), 303)  # type: ignore[return-value]


@bp.route("/enter/join", methods=["GET", "POST"])
@public
def join() -> Response:
    """Make an account for a proven number that is not known here: a name is enough."""
    if me().is_member:
        return redirect(url_for("accounts.welcome"), 303)  # type: ignore[return-value]
    proof = reads.open_proof(step_token(), Purpose.ENTER, at=clock.now())
    if proof is None or proof.proven_at is None:
        return _from_the_start("accounts.enter")
    form = JoinForm.posted(**came_with(), neighbourhood_id=0)
    form.neighbourhood_id.choices = neighbourhood_choices()
    if request.method == "GET":
        return render("accounts/join.html", form=form, sent_to=sent_to(proof))
    with form.shows_field_errors("accounts/join.html", sent_to=sent_to(proof)):
        form.check()
        person = _joined(form)
    back = safe_next(request.args.get("next"), url_for("home.front"))
    return signed_in(person, back, is_proven=True)


def _joined(form: JoinForm) -> User:
    source = {name: getattr(form, name).data for name in ("referrer", *UTM_FIELDS, "landing")}
    at = clock.now()
    with transaction():
        proof = proofs.spend(step_token(), Purpose.ENTER, at=at)
        person = services.create_person(
            name=form.name.data,
            phone=proof.target,
            language=Language(i18n.language()),
            neighbourhood_id=form.neighbourhood_id.data or None,
            joined_reason=reason_of(form.joined_reason.data),
            source=source,
            at=at,
        )
        services.check_name_is_free(person.name, but=person.id)
        proofs.note_proven_way(person, Way.PHONE, at=at)
        return person


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def device_code() -> Response:
    """Take the second proof of somebody whose password was right, on a new device."""
    form = CodeForm.posted()
    proof = reads.open_proof(step_token(), Purpose.DEVICE, at=clock.now())
    if proof is None or proof.proven_at is not None:
        return _from_the_start("accounts.sign_in")
    person = queries.user(proof.user_id or 0)
    context: dict[str, Any] = {
        "sent_to": sent_to(proof),
        "way": proof.way,
        "others": [row for row in reads.ways_of(person) if row.way is not proof.way],
    }
    if request.method == "GET":
        return render("accounts/device_code.html", form=form, **context)
    with form.shows_field_errors("accounts/device_code.html", **context):
        form.check()
        proof = tried(form, Purpose.DEVICE)
        at = clock.now()
        with transaction():
            proofs.spend(step_token(), Purpose.DEVICE, at=at)
            proofs.note_proven_way(queries.user(person.id), proof.way, at=at)
    back = safe_next(request.args.get("next"), url_for("home.front"))
    return signed_in(person, back, attempt_id=proof.attempt_id, is_proven=True)


@bp.post("/sign-in/code/<any(phone, mail, totp):way>")
@public
def device_way(way: str) -> Response:
    """Send the second proof by another of the person's ways."""
    CodeForm.posted()
    proof = reads.open_proof(step_token(), Purpose.DEVICE, at=clock.now())
    if proof is None:
        raise CodeGoneError
    person = queries.user(proof.user_id or 0)
    chosen = next((row for row in reads.ways_of(person) if row.way == way), None)
    # Where one-time passwords were chosen, nothing weaker stands in for them.
    if chosen is None or person.totp_secret and chosen.way is not Way.TOTP:
        raise NotFoundError
    token = ask_by(chosen.way, chosen.target, person, Purpose.DEVICE, attempt_id=proof.attempt_id)
    wanted = safe_next(request.args.get("next"), "") or None
    return to_step(url_for("accounts.device_code", next=wanted), token)

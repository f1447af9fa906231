"""Pages for joining, signing in, and a person's own things."""

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, redirect, request, url_for
from wtforms import SelectChoice

from app.accounts import parts, queries, services
from app.accounts.errors import WrongPasswordError
from app.accounts.forms import (
    AdviceForm,
    EnterForm,
    NewPasswordForm,
    PasswordForm,
    ProfileForm,
    ResetForm,
    SignInForm,
    SignUpForm,
    WelcomeForm,
)
from app.accounts.models import User
from app.accounts.policies import passwords
from app.accounts.policies.ways import safe_next
from app.accounts.services.proofs import check_fresh, note_proven_way
from app.accounts.types import AttemptKind, JoinedReason, Language, TextSize, Theme, Way
from app.accounts.views.door import count_try, second_step, signed_in
from app.core import clock, i18n
from app.core.access import (
    Viewer,
    forget_session,
    me,
    member,
    public,
    session_cookie,
    set_loader,
    set_look_keeper,
)
from app.core.activity.seen import seen
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture, keep, prepared
from app.core.pages import absolute, render, said, toast
from app.core.sms.services import can_send_sms
from app.places import queries as places

bp = Blueprint("accounts", "app.accounts", url_prefix="/me", template_folder="templates")

SETTINGS_SAVED = toast("accounts.saved", _l("Saved."))
SIGNED_OUT = toast("accounts.signed_out", _l("You are signed out."))
PASSWORD_SET = toast("accounts.password_set", _l("Your new password counts from now on."))
ENDED = toast("accounts.ended", _l("That device is signed out."))
ENDED_ALL = toast("accounts.ended_all", _l("All other devices are signed out."))

UTM_FIELDS = ("utm_source", "utm_medium", "utm_campaign")


def connect(app: Flask) -> None:
    """Tell the ground how a session's token becomes a viewer, and who keeps a member's look."""
    set_loader(app, queries.viewer_of)
    set_look_keeper(app, _keep_look)


def _keep_look(viewer: Viewer, wanted: dict[str, str]) -> None:
    with transaction():
        services.choose_look(
            viewer, language=wanted.get("lang"), size=wanted.get("size"), theme=wanted.get("theme")
        )


@bp.before_app_request
def note_session() -> None:
    """Remember, without writing now, that a session was used."""
    viewer = me()
    is_page = request.method == "GET" and not (request.endpoint or "core.").startswith("core.")
    if is_page and viewer.sign_in_id is not None:
        seen(viewer, "session", ("sign_in", viewer.sign_in_id))


def neighbourhood_choices() -> list[SelectChoice]:
    """Return the neighbourhoods to choose from, and elsewhere."""
    rows = places.neighbourhoods()
    names = [SelectChoice(row.id, i18n.pick(row.name, row.name_en)) for row in rows]
    return [SelectChoice(0, _l("Elsewhere")), *names]


def _prepared_avatar(form: Any) -> PreparedPicture | None:
    file = form.avatar.data
    return prepared(file, field="avatar") if file and file.filename else None


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    form = SignInForm.posted(next=request.args.get("next", ""))
    back = safe_next(form.next.data, url_for("home.front"))
    if request.method == "GET":
        if me().is_member:
            return redirect(back, 303)  # type: ignore[return-value]
        return render("accounts/sign_in.html", form=form, **by_phone())
    with form.shows_field_errors("accounts/sign_in.html", **by_phone()):
        form.check()
        attempt_id = count_try(AttemptKind.SIGN_IN, form.mail.data)
        person = _proven(form.mail.data, form.password.data)
        return second_step(person, back, attempt_id=attempt_id) or signed_in(
            person, back, attempt_id=attempt_id, new_hash=_rehashed(person, form.password.data)
        )


def by_phone() -> dict[str, Any]:
    """Return the form for a phone number that stands on other doors' pages, or none."""
    names = (*UTM_FIELDS, "next")
    asked = {name: request.args.get(name, "")[:120] for name in names}
    form = EnterForm(data=asked)
    form.phone.id = "enter-phone"
    return {"enter_form": form if can_send_sms() else None}


def _proven(mail: str, password: str) -> User:
    person = queries.user_by_mail(mail)
    if not passwords.is_right(password, person.password_hash if person else None) or not person:
        raise WrongPasswordError
    return person


def _rehashed(person: User, password: str) -> str | None:
    is_old = person.password_hash is not None and passwords.is_outdated(person.password_hash)
    return passwords.hashed(password) if is_old and len(password) >= passwords.SHORTEST else None


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Response:
    form = SignUpForm.posted(**_sign_up_defaults())
    choices = neighbourhood_choices()
    choices[0] = SelectChoice(0, _l("Elsewhere, or I say it later"))
    form.neighbourhood_id.choices = choices
    back = safe_next(form.next.data, "")
    if request.method == "GET":
        if me().is_member:
            return redirect(url_for("accounts.me"), 303)  # type: ignore[return-value]
        return render("accounts/sign_up.html", form=form, **by_phone())
    with form.shows_field_errors("accounts/sign_up.html", **by_phone()):
        form.check()
        count_try(AttemptKind.SIGN_UP, form.mail.data)
        new_hash = passwords.hashed(form.password.data)
        person = _came_twice(form) or _joined(form, new_hash)
    about_person = (form.name.data, form.mail.data)
    is_weak = not passwords.advice_on(form.password.data, about_person).is_good
    return signed_in(
        person, url_for("accounts.welcome", next=back or None, weak=1 if is_weak else None)
    )


def _came_twice(form: SignUpForm) -> User | None:
    """A form sent twice by a nervous thumb finds its own account, by its own password."""
    person = queries.user_by_mail(form.mail.data)
    is_own = person is not None and passwords.is_right(form.password.data, person.password_hash)
    return person if is_own else None


def _sign_up_defaults() -> dict[str, Any]:
    asked = {name: request.args.get(name, "")[:120] for name in UTM_FIELDS}
    return {
        **asked,
        "next": request.args.get("next", ""),
        "landing": request.args.get("next", ""),
        "referrer": foreign_referrer(),
        "language": i18n.language(),
        "neighbourhood_id": 0,
    }


def foreign_referrer() -> str:
    """Return the page elsewhere that led here, if one did."""
    referrer = request.referrer or ""
    return "" if referrer.startswith(request.host_url) else referrer[:120]


def _joined(form: SignUpForm, new_hash: str) -> User:
    source = {name: getattr(form, name).data for name in ("referrer", *UTM_FIELDS, "landing")}
    with transaction():
        person = services.create_person(
            name=form.name.data,
            mail=form.mail.data,
            password_hash=new_hash,
            language=Language(form.language.data),
            neighbourhood_id=form.neighbourhood_id.data or None,
            joined_reason=reason_of(form.joined_reason.data),
            source=source,
            at=clock.now(),
        )
        # After the mail, so that who has an account already is told that first.
        services.check_name_is_free(person.name, but=person.id)
        return person


def reason_of(text: str | None) -> JoinedReason | None:
    """Return the reason that was tapped, if it is one of ours."""
    return JoinedReason(text) if text in set(JoinedReason) else None


@bp.post("/password-advice")
@public
def password_advice() -> Response:
    form = AdviceForm.posted()
    form.check()
    about_person = (form.name.data or "", form.mail.data or "")
    advice = passwords.advice_on(form.password.data or "", about_person)
    return render("accounts/_advice.html", advice=advice)


@bp.route("/welcome", methods=["GET", "POST"])
@member
def welcome() -> Response:
    back = safe_next(request.args.get("next"), url_for("home.front"))
    person = queries.user(me().id or 0)
    form = WelcomeForm.posted(person, joined_reason=person.joined_reason)
    is_weak = request.args.get("weak") == "1"
    if request.method == "GET":
        return render("accounts/welcome.html", form=form, back=back, is_weak=is_weak)
    with form.shows_field_errors("accounts/welcome.html", back=back, is_weak=is_weak):
        form.check()
        picture = _prepared_avatar(form)
        reason = reason_of(form.joined_reason.data)
        with transaction(once=form.key) as act:
            services.introduce(me(), signature=form.signature.data, joined_reason=reason)
            _keep_avatar(picture)
            act.leads_to(back)
    return said(back, SETTINGS_SAVED)


def _keep_avatar(picture: PreparedPicture | None) -> None:
    if picture is not None:
        kept = keep(picture, owner=("user", me().id or 0), actor=me(), at=clock.now())
        services.set_avatar(me(), kept.id)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    ButtonForm.posted().check()
    token = request.cookies.get(session_cookie())
    if token:
        with transaction():
            services.end_session_of(token, at=clock.now())
    answer = said(url_for("home.front"), SIGNED_OUT)
    answer.headers["Clear-Site-Data"] = '"cache"'  # whoever goes back at this device sees nothing
    forget_session(answer)
    return answer


@bp.route("/reset", methods=["GET", "POST"])
@public
def reset() -> Response:
    form = ResetForm.posted(mail=request.args.get("mail", ""))
    if request.method == "GET":
        return render("accounts/reset.html", form=form, is_sent=request.args.get("sent") == "1")
    with form.shows_field_errors("accounts/reset.html", is_sent=False):
        form.check()
        count_try(AttemptKind.RESET, form.mail.data)
        with transaction():
            services.send_reset_link(form.mail.data, _reset_address, at=clock.now())
    return redirect(url_for("accounts.reset", sent=1), 303)  # type: ignore[return-value]


def _reset_address(token: str) -> str:
    return absolute(url_for("accounts.new_password", token=token))


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Response:
    form = NewPasswordForm.posted()
    services.check_reset_is_open(token, at=clock.now())
    if request.method == "GET":
        return render("accounts/new_password.html", form=form)
    with form.shows_field_errors("accounts/new_password.html"):
        form.check()
        new_hash = passwords.hashed(form.password.data)
        with transaction():
            person = services.reset_password(token, new_hash, at=clock.now())
            note_proven_way(person, Way.MAIL, at=clock.now())
    back = url_for("accounts.me", said=PASSWORD_SET)
    # Who chose an app is asked for it, also after a link by mail.
    asked = second_step(person, back, is_always=True) if person.totp_secret else None
    return asked or signed_in(person, back)


@bp.get("/", endpoint="me")
@member
def own_page() -> Response:
    person = queries.profile(me().id or 0)
    home = places.names_of([person.neighbourhood_id] if person.neighbourhood_id else [])
    names = home.get(person.neighbourhood_id or 0)
    return render("accounts/me.html", person=person, home=i18n.pick(*names) if names else "")


@bp.route("/settings", methods=["GET", "POST"], endpoint="settings")
@member
def own_settings() -> Response:
    person = queries.user(me().id or 0)
    form = ProfileForm.posted(person, neighbourhood_id=person.neighbourhood_id or 0)
    form.neighbourhood_id.choices = neighbourhood_choices()
    context: dict[str, Any] = {"mail": person.mail, "avatar_picture_id": person.avatar_picture_id}
    if request.method == "GET":
        return render("accounts/settings.html", form=form, **context)
    with form.shows_field_errors("accounts/settings.html", **context):
        form.check()
        picture = _prepared_avatar(form)
        with transaction(once=form.key) as act:
            _edit_profile(form, picture)
            act.leads_to(url_for("accounts.settings"))
    return said(url_for("accounts.settings"), SETTINGS_SAVED)


def _edit_profile(form: ProfileForm, picture: PreparedPicture | None) -> None:
    services.edit_profile(
        me(),
        name=form.name.data,
        language=Language(form.language.data),
        neighbourhood_id=form.neighbourhood_id.data or None,
        signature=form.signature.data,
        about=form.about.data,
        text_size=TextSize(form.text_size.data),
        theme=Theme(form.theme.data),
        at=clock.now(),
    )
    if form.no_avatar.data:
        services.set_avatar(me(), None)
    _keep_avatar(picture)


@bp.route("/settings/password", methods=["GET", "POST"])
@member
def change_password() -> Response:
    form = PasswordForm.posted()
    person = queries.user(me().id or 0)
    if person.password_hash is None:
        check_fresh(me(), at=clock.now())
        del form.old_password
    if request.method == "GET":
        return render("accounts/password.html", form=form)
    with form.shows_field_errors("accounts/password.html"):
        form.check()
        if person.password_hash is not None:
            count_try(AttemptKind.SIGN_IN, person.mail or str(person.id))
            if not passwords.is_right(form.old_password.data, person.password_hash):
                raise WrongPasswordError("old_password")
        new_hash = passwords.hashed(form.password.data)
        with transaction(once=form.key) as act:
            services.change_password(me(), new_hash, at=clock.now())
            act.leads_to(url_for("accounts.settings"))
    return said(url_for("accounts.settings"), PASSWORD_SET)


@bp.get("/settings/devices")
@member
def devices() -> Response:
    rows = queries.open_sign_ins(me(), at=clock.now())
    return render("accounts/devices.html", rows=rows, device_words=parts.device_words)


@bp.post("/settings/devices/<int:sign_in_id>/end")
@member
def end_device(sign_in_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        services.end_sign_in(me(), sign_in_id, at=clock.now())
    return said(url_for("accounts.devices"), ENDED)


@bp.post("/settings/devices/end-all")
@member
def end_all_devices() -> Response:
    form = ButtonForm.posted()
    form.check()
    is_also_this = request.form.get("this") == "1"
    with transaction():
        but = None if is_also_this else me().sign_in_id
        services.sign_out_everywhere(me(), me().id or 0, at=clock.now(), but=but)
    if not is_also_this:
        return said(url_for("accounts.devices"), ENDED_ALL)
    answer = said(url_for("home.front"), SIGNED_OUT)
    forget_session(answer)
    return answer


@bp.get("/names")
@member
def names() -> Response:
    cards = queries.people_named(request.args.get("q", "").replace("\x00", "")[:40])
    return jsonify([{"id": card.id, "name": card.name} for card in cards])

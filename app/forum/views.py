"""The forum's pages: boards, threads, writing, and the list of those who wait for an answer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import GUEST, is_signed, me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import prepared
from app.core.pages import here, part, register_subject, render, said, subject_link, toast
from app.forum import policies, queries, services
from app.forum.forms import (
    DETAIL,
    DutyForm,
    EditForm,
    ReasonForm,
    ReplyForm,
    ThreadForm,
    thread_form_for,
)
from app.forum.models import Board
from app.forum.parts import thread_rows, waiting_rows
from app.forum.types import (
    KIND_LABELS,
    PAGE_SIZE,
    PICTURE_LIMIT,
    PROMISE,
    Showing,
    Sort,
    ThreadKind,
    ThreadView,
    page_of,
)
from app.moderation.parts import consent_said

bp = Blueprint("forum", __name__, url_prefix="/forum", template_folder="templates")

register_subject("board", "forum.board", "board_id")
register_subject("thread", "forum.thread", "thread_id")
register_subject("post", "forum.post", "post_id")
OPENED = toast("forum.opened", _l("Your thread is there."))
SETTLED = toast("forum.settled", _l("Settled. You can open it again."))
OPEN_AGAIN = toast("forum.open_again", _l("Open again. Neighbours can reply."))
REPLIED = toast("forum.replied", _l("Your reply is there."))
WAITS = toast(
    "forum.waits", _l("Thank you. A reviewer looks at it first; until then only you see it.")
)
EDITED = toast("forum.edited", _l("Changed."))
HIDDEN = toast("forum.hidden", _l("Taken away."))
CHANGED = toast("forum.changed", _l("Done."))
FOLLOWS = toast("forum.follows", _l("You will hear of new replies."))
QUIET = toast("forum.quiet", _l("You will not hear of this thread any more."))


@bp.get("/")
@public
def boards() -> Response:
    rows = queries.boards_seen(me())
    waiting = queries.unanswered(me(), at=clock.now(), limit=3)
    latest = queries.latest_threads(me(), limit=8)
    seen(me(), "boards", referrer=request.referrer or "")
    return render(
        "forum/boards.html",
        boards=rows,
        waiting=waiting_rows(waiting) if waiting else "",
        latest=thread_rows(latest) if latest else "",
    )


@bp.get("/boards/<int:board_id>")
@public
def board(board_id: int) -> Response:
    found = queries.board_shown(me(), board_id)
    words = request.args.get("q", "").strip()[:64]
    sort = _sort(request.args.get("sort"))
    after = request.args.get("after")
    seen(me(), "board", ("board", board_id), hook=Hook.CONTENT, referrer=request.referrer or "")
    if words:
        hits = queries.found_on(board_id, words, viewer=me())
        return render("forum/found.html", board=found, words=words, hits=hits)
    page = queries.threads_on(board_id, viewer=me(), sort=sort, after=after)
    return render(
        "forum/board.html",
        board=found,
        page=page,
        threads=thread_rows(page.rows, with_board=False) if page else "",
        sort=sort.value,
        after=after,
    )


@bp.get("/boards/<int:board_id>/feed.atom")
@public
def feed(board_id: int) -> Response:
    found = queries.board_for(GUEST, board_id)
    rows = queries.threads_on(board_id, viewer=GUEST, sort=Sort.NEW).rows
    page = part("forum/feed.xml", board=found, rows=rows)
    return Response(page, content_type="application/atom+xml; charset=utf-8")


@bp.get("/unanswered")
@public
def unanswered() -> Response:
    rows = queries.unanswered(me(), at=clock.now(), limit=100)
    late = sum(row.is_late for row in rows)
    hours = int(PROMISE.total_seconds()) // 3600
    return render(
        "forum/unanswered.html",
        number=len(rows),
        waiting=waiting_rows(rows) if rows else "",
        late=late,
        hours=hours,
    )


@bp.get("/threads/<int:thread_id>")
@public
def thread(thread_id: int) -> ResponseReturnValue:
    try:
        found = queries.thread_for(me(), thread_id)
    except NotFoundError:
        if (elsewhere := _page_of_subject(queries.subject_of(thread_id))) is None:
            raise
        return redirect(elsewhere)
    about = (found.about_kind, found.about_id) if found.about_kind and found.about_id else None
    if (elsewhere := _page_of_subject(about)) is not None:
        return redirect(elsewhere)
    page = _page_number(found)
    _note_read(found, page)
    form = ReplyForm.posted(**_quoted(found)) if me().is_member else None
    return _thread_page(found, page, form)


@bp.get("/posts/<int:post_id>")
@public
def post(post_id: int) -> ResponseReturnValue:
    thread_id, number = queries.post_place(post_id)
    return redirect(_post_url(thread_id, number))


@bp.route("/boards/<int:board_id>/new", methods=["GET", "POST"])
@member
def new_thread(board_id: int) -> ResponseReturnValue:
    found = queries.board_for(me(), board_id)
    form = thread_form_for(found.required_fields).posted(kind=queries.usual_kind(board_id).value)
    form.offer(_kinds_for(found))
    if request.method == "GET":
        return render("forum/new_thread.html", board=found, form=form, detail=DETAIL)
    with form.shows_field_errors("forum/new_thread.html", board=found, detail=DETAIL):
        form.check()
        pictures = [prepared(file, field="pictures") for file in form.files]
        with transaction(once=form.key) as act:
            made = services.open_thread(
                me(),
                found,
                title=form.title.data or "",
                body=form.body.data or "",
                kind=_kind_of(form),
                details=_details(form, found),
                pictures=pictures,
                consent=consent_said(form.consent.data),
            )
            location = act.leads_to(url_for("forum.thread", thread_id=made.id))
    return said(location, OPENED if made.showing is Showing.SHOWN else WAITS)


@bp.post("/threads/<int:thread_id>/reply")
@member
def reply(thread_id: int) -> ResponseReturnValue:
    form = ReplyForm.posted()
    found = _thread_to_talk_in(thread_id)
    with form.shows_field_errors(
        "forum/reply.html", thread=found, limit=PICTURE_LIMIT, talk_pass=form.talk.data
    ):
        form.check()
        pictures = [prepared(file, field="pictures") for file in form.files]
        with transaction(once=form.key) as act:
            made = services.reply(
                me(),
                found,
                form.body.data or "",
                quote_number=form.quote_number.data,
                quote=form.quote.data,
                pictures=pictures,
                consent=consent_said(form.consent.data),
            )
            location = act.leads_to(_after_reply(found, made.number, form.back.data))
    return said(location, REPLIED if made.showing is Showing.SHOWN else WAITS)


@bp.route("/threads/<int:thread_id>/posts/<int:number>/edit", methods=["GET", "POST"])
@member
def edit(thread_id: int, number: int) -> ResponseReturnValue:
    found = queries.thread_for(me(), thread_id)
    said_before = queries.post_for(me(), found, number)
    policies.check_can_edit(me(), said_before, is_closed=found.is_closed)
    form = EditForm.posted(title=found.title, body=said_before.body)
    if request.method == "GET":
        return render("forum/edit.html", thread=found, post=said_before, form=form)
    with form.shows_field_errors("forum/edit.html", thread=found, post=said_before):
        form.check()
        with transaction(once=form.key) as act:
            title = form.title.data if number == 1 and found.board_id else None
            services.edit_post(me(), said_before, form.body.data or "", title=title or None)
            location = act.leads_to(_post_url(thread_id, number))
    return said(location, EDITED)


@bp.get("/threads/<int:thread_id>/posts/<int:number>/edits")
@public
def edits(thread_id: int, number: int) -> Response:
    found = queries.thread_for(me(), thread_id)
    post_now = queries.post_for(me(), found, number)
    rows = queries.edits_of(post_now.id)
    return render("forum/edits.html", thread=found, post=post_now, rows=rows)


@bp.post("/threads/<int:thread_id>/posts/<int:number>/hide")
@member
def hide(thread_id: int, number: int) -> ResponseReturnValue:
    form = ReasonForm.posted()
    found = queries.thread_for(me(), thread_id)
    taken = queries.post_for(me(), found, number)
    is_own = taken.author_id == me().id
    with form.shows_field_errors("forum/hide.html", thread=found, post=taken):
        if not is_own:
            form.check()
        with transaction(once=form.key) as act:
            rule = _("by its author") if is_own else form.reason.data or ""
            services.hide_post(me(), taken, rule=rule)
            location = act.leads_to(_after_hiding(found, number))
    return said(location, HIDDEN)


@bp.get("/threads/<int:thread_id>/posts/<int:number>/hide")
@member
def ask_hide(thread_id: int, number: int) -> Response:
    found = queries.thread_for(me(), thread_id)
    taken = queries.post_for(me(), found, number)
    policies.check_can_hide(me(), taken, found.leader_id)
    return render("forum/hide.html", thread=found, post=taken, form=ReasonForm.posted())


@bp.post("/threads/<int:thread_id>/posts/<int:number>/show")
@member
def show(thread_id: int, number: int) -> ResponseReturnValue:
    ButtonForm.posted().check()
    found = queries.thread_for(me(), thread_id)
    if not policies.can_review(me(), found.leader_id):
        raise NotAllowedError
    back = queries.post_for(me(), found, number)
    with transaction():
        services.show_post(me(), back)
    return said(_post_url(thread_id, number), CHANGED)


@bp.post("/threads/<int:thread_id>/posts/<int:number>/thanks")
@member
def thank(thread_id: int, number: int) -> ResponseReturnValue:
    ButtonForm.posted().check()
    found = queries.thread_for(me(), thread_id)
    thanked = queries.post_for(me(), found, number)
    with transaction():
        if request.form.get("take_back"):
            services.take_thanks_back(me(), thanked)
        else:
            services.thank_post(me(), thanked)
    return redirect(_post_url(thread_id, number), 303)


@bp.post("/threads/<int:thread_id>/posts/<int:number>/accept")
@member
def accept(thread_id: int, number: int) -> ResponseReturnValue:
    form = ButtonForm.posted()
    form.check()
    found = queries.thread_for(me(), thread_id)
    with transaction(once=form.key) as act:
        services.accept_answer(me(), found, number)
        location = act.leads_to(_post_url(thread_id, number))
    return said(location, CHANGED)


@bp.post("/threads/<int:thread_id>/follow")
@member
def follow(thread_id: int) -> ResponseReturnValue:
    ButtonForm.posted().check()
    found = queries.thread_for(me(), thread_id)
    is_quiet = bool(request.form.get("quiet"))
    with transaction():
        (services.unfollow if is_quiet else services.follow)(me(), found.id)
    return said(url_for("forum.thread", thread_id=thread_id), QUIET if is_quiet else FOLLOWS)


@bp.post("/threads/<int:thread_id>/settle")
@member
def settle(thread_id: int) -> ResponseReturnValue:
    """Let the author close a thread as settled, or open it again."""
    ButtonForm.posted().check()
    found = queries.thread_for(me(), thread_id)
    is_settled = not request.form.get("again")
    with transaction():
        services.settle_thread(me(), found, is_settled=is_settled)
    return said(url_for("forum.thread", thread_id=thread_id), SETTLED if is_settled else OPEN_AGAIN)


@bp.route("/threads/<int:thread_id>/duty", methods=["GET", "POST"])
@member
def duty(thread_id: int) -> ResponseReturnValue:
    found = queries.thread_for(me(), thread_id)
    policies.check_can_review(me(), found.leader_id)
    form = DutyForm.posted()
    form.offer(queries.board_names())
    if request.method == "GET":
        return render("forum/duty.html", thread=found, form=form)
    with form.shows_field_errors("forum/duty.html", thread=found):
        form.check()
        with transaction(once=form.key) as act:
            _on_duty(form, found, form.reason.data or "")
            location = act.leads_to(url_for("forum.thread", thread_id=thread_id))
    return said(location, CHANGED)


def _on_duty(form: DutyForm, found: ThreadView, reason: str) -> None:
    if form.change.data == "hide":
        services.hide_thread(me(), found, rule=reason)
        return
    if form.change.data == "move":
        if not form.board.data:
            raise FieldError("board", _l("Choose the board it goes to."))
        target = queries.board_for(me(), int(form.board.data))
        services.move_thread(me(), found, target, reason=reason)
        return
    acts: dict[str, Callable[..., None]] = {
        "pin": services.pin_thread,
        "unpin": services.unpin_thread,
        "close": services.close_thread,
        "reopen": services.reopen_thread,
        "show": services.show_thread,
    }
    acts[form.change.data](me(), found, reason=reason)


def _thread_page(found: ThreadView, page: int, form: ReplyForm | None) -> Response:
    return render(
        "forum/thread.html",
        thread=found,
        posts=queries.posts_on(found, viewer=me(), page=page),
        page=page,
        form=form,
        may_review=policies.can_review(me(), found.leader_id),
        may_settle=policies.can_settle(me(), found),
        may_accept=policies.can_accept(me(), found, found.leader_id),
        page_url=lambda number: here(page=number if number > 1 else None),
        limit=PICTURE_LIMIT,
        kinds=KIND_LABELS,
    )


def _note_read(found: ThreadView, page: int) -> None:
    last = min(found.last_number, page * PAGE_SIZE)
    subject = ("thread", found.id)
    seen(me(), "thread", subject, number=last, hook=Hook.CONTENT, referrer=request.referrer or "")


def _quoted(found: ThreadView) -> dict[str, Any]:
    number = request.args.get("quote", type=int)
    if number is None or me().is_guest:
        return {}
    words = queries.quotable(found, number)
    return {} if words is None else {"quote_number": number, "quote": words}


def _thread_to_talk_in(thread_id: int) -> ThreadView:
    proof = request.form.get("talk", "")
    is_vouched = is_signed("talk", f"{thread_id}:{me().id}", proof)
    return queries.thread_for(me(), thread_id, is_vouched=is_vouched)


def _page_of_subject(subject: tuple[str, int] | None) -> str | None:
    location = subject_link(*subject) if subject else None
    return f"{location}#talk" if location else None


def _page_number(found: ThreadView) -> int:
    page = request.args.get("page", default=1, type=int)
    if not 1 <= page <= found.page_count:
        raise NotFoundError
    return page


def _post_url(thread_id: int, number: int) -> str:
    page = page_of(number)
    return url_for(
        "forum.thread",
        thread_id=thread_id,
        page=page if page > 1 else None,
        _anchor=f"p{number}",
    )


def _after_reply(found: ThreadView, number: int, back: str | None) -> str:
    if found.board_id is not None or not back:
        return _post_url(found.id, number)
    is_local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return f"{back.split('#')[0]}#talk-{found.id}" if is_local else _post_url(found.id, number)


def _after_hiding(found: ThreadView, number: int) -> str:
    if number == 1 and found.board_id is not None:
        return url_for("forum.board", board_id=found.board_id)
    return _post_url(found.id, number)


def _sort(text: str | None) -> Sort:
    return Sort(text) if text in {sort.value for sort in Sort} else Sort.LATEST


def _kind_of(form: ThreadForm) -> ThreadKind:
    """Who ends a title with a question mark asks, whatever the form had chosen before."""
    kind = ThreadKind(form.kind.data)
    asks = (form.title.data or "").rstrip().endswith(("?", "？"))
    return ThreadKind.QUESTION if asks and kind is ThreadKind.DISCUSSION else kind


def _kinds_for(found: Board) -> list[ThreadKind]:
    kinds = [ThreadKind.DISCUSSION, ThreadKind.QUESTION]
    may = policies.can_announce(me(), found.leader_id)
    return [*kinds, ThreadKind.ANNOUNCEMENT] if may else kinds


def _details(form: ThreadForm, found: Board) -> list[list[str]]:
    return [
        [asked["label"], asked.get("label_en", ""), form[f"{DETAIL}{place}"].data]
        for place, asked in enumerate(found.required_fields)
    ]

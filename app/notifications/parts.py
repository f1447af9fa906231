"""How a notice reads: its sentence, where it leads, and the mail it becomes."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from app.core.access import is_signed, signed
from app.core.i18n import gettext as _
from app.core.i18n import language, pick
from app.core.pages import absolute, shown_moment, subject_link
from app.core.settings import settings
from app.forum.types import page_of
from app.moderation.types import RULE_WORDS, Rule
from app.notifications.types import SENTENCES, Letter, NoticeKind, NoticeRow, Topic


def sentence(notice: NoticeRow) -> str:
    """Return what a notice says, in the language being spoken."""
    data = notice.data
    values = {
        "who": notice.actor or _("Somebody"),
        "title": pick(data.get("title"), data.get("title_en")) or _("what you wrote"),
        "number": data.get("number", ""),
        "shop": pick(data.get("shop"), data.get("shop_en")),
        "place": data.get("place", ""),
        "reason": _reason(data),
        "when": _moment(data),
    }
    return str(SENTENCES[notice.kind]) % values + _collected(notice)


def _collected(notice: NoticeRow) -> str:
    """The shop reads in the notice of a new order when and where it is collected."""
    if notice.kind is not NoticeKind.ORDER_NEW or not notice.data.get("slot_at"):
        return ""
    when = shown_moment(datetime.fromisoformat(notice.data["slot_at"]))
    where = pick(notice.data.get("point"), notice.data.get("point_en"))
    return f" · {when}" + (f" · {where}" if where else "")


def _reason(data: dict[str, Any]) -> str:
    """Return the rule in words, then what was written beside it."""
    rule, note = data.get("rule"), data.get("reason") or ""
    words = RULE_WORDS.get(Rule(rule)) if rule in set(Rule) else None
    said = [str(words)] if words else []
    if note and note != rule:
        said.append(note)
    return " · ".join(said) or _("no reason was given")


def _moment(data: dict[str, Any]) -> str:
    text = data.get("starts_at")
    return shown_moment(datetime.fromisoformat(text)) if text else ""


def link_of(notice: NoticeRow) -> str:
    """Return where a notice leads; the front page where its subject has no page."""
    data = notice.data
    about = data.get("about")
    if about and notice.subject_kind == "thread":
        return (subject_link(about[0], about[1]) or "/") + f"#p{data.get('number')}"
    if notice.subject_kind == "thread":
        number = int(data.get("number") or 1)
        page = page_of(number)
        values = {"page": page} if page > 1 else {}
        return (subject_link("thread", notice.subject_id, **values) or "/") + f"#p{number}"
    if notice.topic is Topic.SHOP and notice.subject_kind == "order":
        return url_for("workbench.board", merchant_id=data.get("merchant_id"))
    return subject_link(notice.subject_kind, notice.subject_id) or "/"


def mail_of(letter: Letter) -> tuple[str, str, str, str | None]:
    """Return subject, text and page of a mail, and the address that stops a member's mails."""
    says = sentence(letter.notice)
    stop = None
    if letter.person_id is not None:
        token = stop_token(letter.person_id, letter.notice.topic)
        stop = absolute(url_for("notifications.stop", token=token))
    values = {
        "says": says,
        "link": absolute(link_of(letter.notice)),
        "stop": stop,
        "site_name": settings().site_name,
        "language": language(),
    }
    text = render_template("notifications/mail/notice.txt", **values)
    html = render_template("notifications/mail/notice.html", **values)
    return f"{says} · {settings().site_name}", text, html, stop


def stop_token(person_id: int, topic: Topic) -> str:
    """Return what proves that a link to stop mails was sent to this person."""
    return f"{person_id}.{topic.value}.{signed('stop-mails', f'{person_id}.{topic.value}')}"


def read_stop_token(token: str) -> tuple[int, Topic] | None:
    """Return person and topic of a link to stop mails, or None for one that is not ours."""
    parts = token.split(".")
    if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdigit()):
        return None
    if parts[1] not in set(Topic) or not is_signed("stop-mails", ".".join(parts[:2]), parts[2]):
        return None
    return int(parts[0]), Topic(parts[1])

"""How a notice reads: its sentence, where it leads, and the mail it becomes."""

import hmac
import re
from datetime import date, datetime
from typing import Any

from flask import render_template, url_for

from app.core.access import Viewer, is_signed, signed
from app.core.db import fetch_counts
from app.core.facts import site
from app.core.i18n import gettext as _
from app.core.i18n import language, ngettext, pick
from app.core.money import Money, site_currency
from app.core.pages import Link, absolute, shown_moment, subject_link
from app.core.shown import shown_day
from app.forum.types import page_of
from app.merchants.types.papers import PAPER_WORDS, PaperKind
from app.moderation.types import RULE_WORDS, Rule
from app.notifications.queries.desk import waiting_calls
from app.notifications.types import (
    DIGEST_STOP,
    NEEDED_TEXTS,
    SENTENCES,
    DigestLetter,
    Errand,
    Letter,
    NoticeKind,
    NoticeRow,
    Topic,
)

# Hex digits of the seal in a short link: nobody guesses 64 bits, and it fits a text message.
SEAL = 16


def sentence(notice: NoticeRow) -> str:
    """Return what a notice says, in the language being spoken."""
    data = notice.data
    shop = pick(data.get("shop"), data.get("shop_en"))
    values = {
        "who": notice.actor or data.get("who") or shop or _("Somebody"),
        "title": pick(data.get("title"), data.get("title_en")) or _what(notice),
        "number": data.get("number", ""),
        "shop": shop,
        "place": data.get("place", ""),
        "search": data.get("search", ""),
        "reason": _reason(data),
        "when": _moment(data),
        "terms": _terms(data),
        "paper": _paper(data),
        "until": _until(data),
    }
    return str(SENTENCES[notice.kind]) % values + _collected(notice)


def _what(notice: NoticeRow) -> str:
    return _("your picture") if notice.subject_kind == "picture" else _("what you wrote")


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


def _terms(data: dict[str, Any]) -> str:
    """Return what is to be paid of a bill, and by when."""
    if not data.get("payable_minor"):
        return _("nothing to pay")
    day = shown_day(date.fromisoformat(data["due_on"]))
    owed = Money(int(data["payable_minor"]), site_currency()).format(full=True)
    return _("%(sum)s to pay, %(day)s at the latest", sum=owed, day=day)


def _paper(data: dict[str, Any]) -> str:
    kind = data.get("paper")
    return str(PAPER_WORDS[PaperKind(kind)]) if kind in set(PaperKind) else ""


def _until(data: dict[str, Any]) -> str:
    text = data.get("ends_on")
    return shown_day(date.fromisoformat(text)) if text else ""


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
    if data.get("case_id"):
        return _case_link(notice)
    if notice.topic is Topic.SHOP and (at_work := _work_link(notice)):
        return at_work
    if notice.subject_kind == "picture":
        return url_for("moderation.own")
    values = {"key": data["key"]} if data.get("key") else {}
    return subject_link(notice.subject_kind, notice.subject_id, **values) or "/"


def _work_link(notice: NoticeRow) -> str | None:
    """Return the page of the workbench on which a shop's people do what a notice asks for."""
    data, merchant_id = notice.data, notice.data.get("merchant_id")
    if notice.subject_kind == "order":
        return url_for("workbench.board", merchant_id=merchant_id)
    if notice.topic is Topic.SHOP and notice.subject_kind == "proposal":
        shop, proposal_id = data.get("merchant_id"), notice.subject_id
        return url_for("workbench.quote_page", merchant_id=shop, proposal_id=proposal_id)
    if notice.kind is NoticeKind.SHOP_REVIEWED:
        return url_for("workbench.reviews", merchant_id=merchant_id, view=data.get("view"))
    if data.get("paper"):
        return url_for("workbench.papers", merchant_id=merchant_id)
    if notice.kind is NoticeKind.BILL_NEW:
        return url_for("workbench.bill", merchant_id=merchant_id, bill_id=notice.subject_id)
    return None


def _case_link(notice: NoticeRow) -> str:
    data = notice.data
    if notice.topic is Topic.SHOP:
        merchant_id, case_id = data.get("merchant_id"), data["case_id"]
        return url_for("workbench.case", merchant_id=merchant_id, case_id=case_id)
    values = {"key": data["key"]} if data.get("key") else {}
    return subject_link("order_case", data["case_id"], **values) or "/"


def mail_of(letter: Letter) -> tuple[str, str, str, str | None]:
    """Return subject, text and page of a mail, and the address that stops a member's mails."""
    says = sentence(letter.notice)
    stop = None
    if letter.person_id is not None:
        stop = stop_address(letter.person_id, letter.notice.topic)
    values = {
        "says": says,
        "link": absolute(link_of(letter.notice)),
        "stop": stop,
        "site_name": site().site_name,
        "language": language(),
    }
    text = render_template("notifications/mail/notice.txt", **values)
    html = render_template("notifications/mail/notice.html", **values)
    return f"{says} · {site().site_name}", text, html, stop


def digest_of(letter: DigestLetter) -> tuple[str, str, str, str]:
    """Return subject, text and page of a letter of what was missed, and the address that ends
    them.
    """
    stop = stop_address(letter.person_id, DIGEST_STOP)
    subject = ngettext(
        "%(num)s thing you have not seen", "%(num)s things you have not seen", letter.count
    )
    values = {
        "subject": subject,
        "rows": [(sentence(row), absolute(link_of(row))) for row in letter.notices],
        "more": letter.count - len(letter.notices),
        "inbox": absolute(url_for("notifications.inbox")),
        "stop": stop,
        "site_name": site().site_name,
        "language": language(),
    }
    text = render_template("notifications/mail/digest.txt", **values)
    html = render_template("notifications/mail/digest.html", **values)
    return f"{subject} · {site().site_name}", text, html, stop


def text_of(letter: Letter) -> str:
    """Return a text message: one sentence and the site's name, for it may lie open on a table;
    then that it is needed, or the short link that ends such messages.
    """
    said = f"{sentence(letter.notice)} · {site().site_name}"
    if letter.notice.topic in NEEDED_TEXTS:
        return said + " " + _("(needed for this order)")
    if letter.person_id is None:
        return said
    link = texts_stop_address(letter.person_id, letter.notice.topic)
    return said + " " + _("No more texts: %(link)s", link=link)


def push_of(letter: Letter) -> dict[str, str]:
    """Return what a browser shows of a piece of news; only that browser can read it."""
    return {
        "title": site().site_name,
        "body": sentence(letter.notice),
        "url": absolute(link_of(letter.notice)),
        "tag": f"{letter.notice.subject_kind}-{letter.notice.subject_id}",
    }


def line_of(errand: Errand) -> str:
    """Return a robot's line about an order: its number and where to look, and nobody's name."""
    values = {"number": errand.number, "shop": pick(*errand.shop)}
    if errand.is_desk:
        url = absolute(url_for("notifications.calls"))
        said = _(
            "Order %(number)s: %(shop)s has not looked. Please phone.",
            **values,
        )
    else:
        url = absolute(url_for("workbench.board", merchant_id=errand.merchant_id))
        said = _(
            "New order %(number)s for %(shop)s. Please look and accept.",
            **values,
        )
    return f"{said} {url}"


def stop_address(person_id: int, what: str) -> str:
    """Return the address that ends mails about a topic without signing in."""
    return absolute(url_for("notifications.stop", token=stop_token(person_id, what)))


def texts_stop_address(person_id: int, topic: Topic) -> str:
    """Return the short address that ends text messages about a topic without signing in."""
    token = f"{person_id}{topic.value[0]}{_texts_seal(person_id, topic)}"
    return absolute(url_for("notifications.stop_texts", token=token))


def read_texts_token(token: str) -> tuple[int, Topic] | None:
    """Return person and topic of a short link that ends text messages, or None for one that is not
    ours.
    """
    topics = {topic.value[0]: topic for topic in Topic}
    parts = re.fullmatch(rf"([0-9]{{1,9}})([{''.join(topics)}])([0-9a-f]{{{SEAL}}})", token)
    if parts is None:
        return None
    person_id, topic = int(parts[1]), topics[parts[2]]
    is_ours = hmac.compare_digest(_texts_seal(person_id, topic), parts[3])
    return (person_id, topic) if is_ours else None


def _texts_seal(person_id: int, topic: Topic) -> str:
    return signed("stop-texts", f"{person_id}.{topic}")[:SEAL]


def stop_token(person_id: int, what: str) -> str:
    """Return what proves that a link to stop mails was sent to this person."""
    said = f"{person_id}.{what}"
    return f"{said}.{signed('stop-mails', said)}"


def read_stop_token(token: str) -> tuple[int, str] | None:
    """Return person and topic (or the digest's word) of a link to stop mails, or None for one that
    is not ours.
    """
    parts = token.split(".")
    if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdigit()):
        return None
    known = {*Topic, DIGEST_STOP}
    if parts[1] not in known or not is_signed("stop-mails", ".".join(parts[:2]), parts[2]):
        return None
    return int(parts[0]), parts[1]


def desk_links(viewer: Viewer) -> list[Link]:
    """Return the desk's ways to whom nothing reaches, with how many wait, and to how people are
    reached; one statement.
    """
    count = waiting_calls(viewer)
    if count is None:
        return []
    waiting = fetch_counts({"calls": count})["calls"]
    return [
        Link(url_for("notifications.calls"), _("Nobody reached"), waiting),
        Link(url_for("notifications.town"), _("Ways to people")),
    ]


def shop_links(merchant_id: int) -> list[dict[str, Any]]:
    """Return the way to a shop's group robot, for those who run it."""
    url = url_for("notifications.shop_robot", merchant_id=merchant_id)
    return [{"url": url, "label": _("Group robot"), "count": None}]

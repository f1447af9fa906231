"""Mail that really leaves: a deed becomes a notice, a mail, and arrives at an SMTP server."""

from email.message import EmailMessage

from flask import Flask

from app.core import clock
from app.core.jobs.services import run_all
from app.notifications.parts import read_stop_token
from app.notifications.queries.inbox import wishes_of
from app.notifications.types import Topic
from tests.factories.events import gathering, neighbour, signed_up
from tests.factories.notifications import follow
from tests.notifications.outside import Letterbox
from tests.visitor import Visitor


def test_a_sign_up_arrives_as_a_mail_with_its_link_and_a_way_to_stop(
    app: Flask, guest: Visitor, letterbox: Letterbox
) -> None:
    person = neighbour("王梅")
    made = gathering()
    signed_up(person, made.id)
    follow(clock.now())
    run_all()
    (mail,) = letterbox.arrived
    assert isinstance(mail, EmailMessage)
    assert mail["Subject"].startswith("You are in: “Balcony greens on Sunday”")
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    words = text.get_content()
    assert f"http://localhost/events/{made.id}" in words
    assert f"http://localhost/events/{made.id}" in html.get_content()
    stop = next(word for word in words.split() if "/stop/" in word)
    assert read_stop_token(stop.rsplit("/", 1)[1]) == (person.id, Topic.EVENTS)
    guest.visit(stop.removeprefix("http://localhost"))
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    elsewhere = app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
    assert elsewhere.status_code == 200
    assert wishes_of([person.id or 0])[(person.id or 0, Topic.EVENTS)].by_mail is False


def test_the_same_mail_is_sent_once_however_often_jobs_run(
    app: Flask, letterbox: Letterbox
) -> None:
    signed_up(neighbour(), gathering().id)
    for _ in range(3):
        follow(clock.now())
        run_all()
    assert len(letterbox.arrived) == 1


def test_a_title_with_a_line_break_cannot_write_headers(app: Flask, letterbox: Letterbox) -> None:
    title = "Tea\r\nBcc: everybody@example.org"
    signed_up(neighbour(), gathering(title=title, title_en=None).id)
    follow(clock.now())
    run_all()
    (mail,) = letterbox.arrived
    assert mail["Bcc"] is None
    assert "Bcc: everybody" in mail["Subject"]


def test_who_has_no_mail_address_gets_the_notice_alone(app: Flask, letterbox: Letterbox) -> None:
    signed_up(neighbour(is_reachable=False), gathering().id)
    follow(clock.now())
    run_all()
    assert letterbox.arrived == []

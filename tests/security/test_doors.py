"""The doors of the site as those who guess, forge and lead astray find them."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from PIL import Image

from app.accounts.models import SignIn, User
from app.core.db import db
from app.core.jobs.services import run_all
from app.core.mail import gateway as mails
from app.core.media import services as media
from app.core.media.errors import PictureRefusedError
from app.notifications.policies.outward import is_outward, is_public
from tests.factories.accounts import PASSWORD, person
from tests.visitor import Visitor

MAIL = "wang@example.org"


@pytest.fixture
def proofs_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often a password is really proven: seconds would depend on the machine."""
    seen: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str | bytes, password: str | bytes) -> Any:
        seen.append("verify")
        return real(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


def sign_in(visitor: Visitor, mail: str, password: str = PASSWORD, **more: Any) -> Any:
    return visitor.post("/me/sign-in", {"mail": mail, "password": password}, **more)


def bare(text: str, mail: str) -> str:
    """Return a page without what was typed and the key of its form."""
    return "\n".join(line for line in text.replace(mail, "").splitlines() if "form_key" not in line)


def test_a_known_and_an_unknown_mail_cost_one_proof_and_get_one_answer(
    app: Flask, proofs_counted: list[str]
) -> None:
    person(mail=MAIL, has_password=True)
    person(mail="phone-only@example.org")
    pages = []
    for mail in (MAIL, "nobody@example.org", "phone-only@example.org"):
        proofs_counted.clear()
        page = sign_in(Visitor(app), mail, "wrong but long enough")
        assert proofs_counted == ["verify"], mail
        pages.append((page.status, bare(page.text, mail)))
    assert len(set(pages)) == 1


def test_a_planted_session_is_never_taken_over(app: Flask) -> None:
    made = person(mail=MAIL, has_password=True)
    visitor = Visitor(app)
    visitor.client.set_cookie("linli_session", "planted-by-somebody-else")
    visitor.client.set_cookie("linli_device", "planted-device")
    sign_in(visitor, MAIL, status=303)
    cookie = visitor.client.get_cookie("linli_session")
    assert cookie is not None
    assert cookie.value != "planted-by-somebody-else"
    thief = Visitor(app)
    thief.client.set_cookie("linli_session", "planted-by-somebody-else")
    assert thief.get("/me/").status == 303
    db.session.rollback()
    rows = db.session.scalars(sa.select(SignIn).where(SignIn.user_id == made.id)).all()
    assert len(rows) == 1
    assert cookie.value not in str([vars(row) for row in rows])


def test_signing_out_empties_the_browser_and_ends_the_cookie(app: Flask) -> None:
    visitor = Visitor.signed_in(app, person().id)
    kept = visitor.client.get_cookie("linli_session")
    assert kept is not None
    answer = visitor.post("/me/sign-out", status=303).answer
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    again = Visitor(app)
    again.client.set_cookie("linli_session", kept.value)
    assert again.get("/me/").status == 303


def test_a_fresh_site_has_no_account_that_somebody_could_know(app: Flask) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    for mail, password in (("admin@localhost", "admin123"), ("operator@example.org", "password")):
        assert sign_in(Visitor(app), mail, password).status == 422


def test_a_letter_with_a_link_names_the_towns_own_address(app: Flask) -> None:
    """Whatever host the request was sent to."""
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(
        known, base_url="https://town.example", mail_url="collect:"
    )
    mails.collected.clear()
    person(mail=MAIL, has_password=True)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    Visitor(app).post("/me/reset", {"mail": MAIL}, status=303, headers=headers)
    run_all()
    text = str(mails.collected)
    assert "https://town.example/me/reset/" in text
    assert "evil.example" not in text
    mails.collected.clear()


def test_over_tls_every_answer_says_so_for_a_year(app: Flask, guest: Visitor) -> None:
    assert "Strict-Transport-Security" not in guest.get("/").answer.headers
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, base_url="https://localhost")
    for url in ("/", "/nothing", "/me/", "/healthz"):
        said = guest.get(url).answer.headers["Strict-Transport-Security"]
        seconds = int(said.partition("max-age=")[2].partition(";")[0])
        assert seconds >= 365 * 24 * 3600
        assert "includeSubDomains" in said
    look = guest.post("/look", {"size": "large"}, status=303).answer.headers["Set-Cookie"]
    assert "Secure" in look


# --- addresses that lead inside ---


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "localhost",
        "localhost.",
        "a.localhost",
        "printer.local",
        "db.internal",
        "nas.lan",
        "router",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_no_address_that_somebody_types_leads_the_town_inside(host: str) -> None:
    assert not is_outward(f"https://{host}/x")
    assert is_outward("https://push.example.com/x")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1%eth0", "nonsense"],
)
def test_what_a_name_stands_for_is_asked_too(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34")


# --- uploads ---


def png(width: int = 8, height: int = 8) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"\0" * 1_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7\n<script>",
        b"MZ\x90\x00",
        b"",
        zipped(),
        png(30_000, 30_000),
    ],
    ids=["svg", "html", "pdf", "exe", "nothing", "zip", "30000 pixels"],
)
@pytest.mark.usefixtures("app")
def test_what_is_no_picture_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(PictureRefusedError):
        media.prepared_bytes(content)


def test_a_picture_that_is_also_a_page_loses_the_page(app: Flask) -> None:
    """What stands behind the picture, or in its comments, is not in what is kept."""
    both = png() + b"<script>alert('canary')</script>"
    ready = media.prepared_bytes(both)
    assert b"canary" not in repr(ready).encode()
    assert all(b"canary" not in part for part in _bytes_of(ready))


def _bytes_of(ready: Any) -> list[bytes]:
    found = []
    for name in getattr(ready, "__slots__", None) or vars(ready):
        value = getattr(ready, name)
        values = value.values() if isinstance(value, dict) else [value]
        found += [one for one in values if isinstance(one, bytes)]
    assert found
    return found


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.php.png", "..\\..\\x.png", "x\x00.png", "a\r\nb.png", "x.svg"]
)
def test_a_files_own_name_is_never_used(app: Flask, name: str) -> None:
    visitor = Visitor.signed_in(app, person().id)
    fields = visitor.visit("/me/settings").forms("/me/settings")[0]
    sent = visitor.post("/me/settings", fields | {"avatar": (io.BytesIO(png()), name)})
    assert sent.status in {303, 422}
    root = app.extensions["linli_settings"].instance
    made = [file.name for file in root.rglob("*") if file.is_file()]
    assert not [one for one in made if "passwd" in one or ".php" in one or one.endswith(".svg")]


# --- too often ---


Send = Callable[[int], Any]


def test_whoever_asks_too_often_is_told_how_long_to_wait(app: Flask) -> None:
    visitor = Visitor(app)
    for number in range(60):
        page = visitor.post("/me/reset", {"mail": f"m{number}@example.org"})
        if page.status == 429:
            break
    assert page.status == 429
    assert int(page.answer.headers["Retry-After"]) > 0

"""No page contacts a third party: whatever a browser fetches by itself is our own."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest

from tests.factories import forum as talk
from tests.factories.accounts import person

ROOT = Path(__file__).resolve().parents[2]
# What a browser fetches, or sends to, without anybody following a link.
FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "form": ("action",),
    "button": ("formaction",),
    "use": ("href",),
    "image": ("href",),
    "base": ("href",),
}
# A link that only names a thing for machines is not fetched.
NAMES_ONLY = {"canonical", "alternate", "author", "license"}
PAGES = (
    "/",
    "/forum/",
    "/forum/unanswered",
    "/events/",
    "/merchants/",
    "/merchants/listings",
    "/map",
    "/search?q=tap",
    "/about",
    "/rules",
    "/terms",
    "/privacy",
    "/take-down",
    "/orders/basket",
    "/orders/find",
    "/me/sign-in",
    "/me/sign-up",
)
OWN_PAGES = ("/me/", "/me/settings", "/me/data", "/me/closing", "/me/rules", "/me/notifications/")


def foreign(tree: ET.Element) -> Iterator[str]:
    for node in tree.iter():
        tag = str(node.tag).rpartition("}")[2]
        if tag == "link" and set((node.get("rel") or "").split()) & NAMES_ONLY:
            continue
        for name in FETCHED.get(tag, ()):
            for one in re.split(r",\s+", node.get(name) or ""):
                address = urlsplit(one.strip())
                if address.netloc not in {"", "localhost"} or address.scheme in {
                    "ftp",
                    "ws",
                    "wss",
                }:
                    yield f"<{tag} {name}={one!r}>"
        for name, value in node.attrib.items():
            is_fetching = str(name).startswith(("hx-", "data-tiles", "data-src", "ping"))
            if is_fetching and re.match(r"(https?:)?//(?!localhost)", value):
                yield f"<{tag} {name}={value!r}>"


def read(text: str) -> ET.Element:
    return html5lib.parse(text, namespaceHTMLElements=False)


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<img srcset="/a.webp 1x, //cdn.example/b.webp 2x" alt="">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<form action="http://elsewhere.example/"></form>',
        '<div hx-get="https://elsewhere.example/"></div>',
        '<a href="/" ping="https://count.example/"></a>',
    ],
)
def test_a_planted_third_party_is_seen(planted: str) -> None:
    assert list(foreign(read(f"<title>x</title>{planted}")))


def test_our_own_resources_and_plain_links_are_not_taken_for_one() -> None:
    fine = '<link rel="icon" href="/i.svg"><img src="/a.webp"><a href="https://beian.miit.gov.cn/">'
    assert not list(foreign(read(f"<title>x</title>{fine}")))


def test_no_page_of_a_guest_or_a_member_contacts_a_third_party(app, guest, sign_in) -> None:
    thread = talk.a_thread(
        talk.a_board(),
        talk.a_neighbour(),
        body="![x](https://elsewhere.example/x.png) https://elsewhere.example/",
    )
    member = sign_in(person(roles=("operator",)))
    own = (*PAGES, f"/forum/threads/{thread.id}")
    for visitor, addresses in ((guest, own), (member, (*own, *OWN_PAGES, "/operator/"))):
        for address in addresses:
            page = visitor.get(address)
            assert page.status in {200, 303}, address
            assert list(foreign(read(page.text))) == [], address
            policy = page.answer.headers.get("Content-Security-Policy", "")
            assert not re.search(r"https?:|\*", policy), address


def test_links_at_the_foot_lead_to_the_registers_and_give_nobody_away(app, guest, sign_in) -> None:
    operator = sign_in(person(roles=("operator",), language="en"))
    fields = operator.visit("/operator/foot").forms("/operator/foot")[0] | {
        "owner": "Willow Lane Services Ltd",
        "icp": "京ICP备12345678号-1",
        "police": "京公网安备11010502000001号",
        "licences": "ICP 经营许可 B2-2026\nFood 42",
    }
    operator.post("/operator/foot", fields, 303)
    page = guest.visit("/about")
    for words in ("Willow Lane Services Ltd", "京ICP备12345678号-1", "Food 42"):
        assert words in page
    outward = [
        node for node in page.tree.iter("a") if (node.get("href") or "").startswith("https://")
    ]
    assert {urlsplit(node.get("href")).netloc for node in outward} == {
        "beian.miit.gov.cn",
        "beian.mps.gov.cn",
    }
    assert any("11010502000001" in node.get("href") for node in outward)
    assert all("noreferrer" in (node.get("rel") or "") for node in outward)
    assert not list(foreign(page.tree))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "static").rglob("*.css")), ids=lambda path: path.name
)
def test_no_style_sheet_fetches_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"(url\(|@import)\s*[\"']?\s*(https?:)?//", text)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "static").rglob("*.js")), ids=lambda path: path.name
)
def test_no_script_of_ours_calls_elsewhere(path: Path) -> None:
    calls = re.findall(
        r"(?:fetch|open|import|sendBeacon)\(\s*[\"'`](?:https?:)?//", path.read_text()
    )
    assert calls == []

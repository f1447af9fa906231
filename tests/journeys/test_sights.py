"""Every main page, both screens, both languages, light and dark: sound for axe and for a thumb."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.journeys.conftest import OpenPage
from tools.sights import SIGHTS, Sight, address_of

SERIOUS = {"serious", "critical"}
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
LOOKS = [
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desk", "en", "light"),
    ("desk", "zh", "dark"),
]
SMALL = """() => [...document.querySelectorAll('button, .button, select, input, textarea')]
    .filter(node => !['hidden', 'checkbox', 'radio'].includes(node.type) && node.offsetParent)
    .filter(node => node.ariaHidden !== 'true')
    .map(node => [Math.round(node.getBoundingClientRect().height), node.outerHTML.slice(0, 120)])
    .filter(([height]) => height < 44)
    .map(([height, words]) => `${height} px high: ${words}`)"""


def faults(page: Any) -> list[str]:
    """What axe holds for serious, one line each; a page that was not left has axe already."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS)
    return [
        f"{fault['id']}: {node['target']} {node['html'][:160]}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


def fetch(page: Any, path: str) -> str:
    return str(page.request.get(path).text())


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
@pytest.mark.parametrize("who", ["", "resident", "merchant", "operator"])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, look: tuple[str, str, str], who: str
) -> None:
    screen, language, scheme = look
    page = open_page("/", screen, language=language, scheme=scheme, who=who)
    wrong: dict[str, list[str]] = {}
    for sight in (sight for sight in SIGHTS if sight.who == who):
        answer = page.goto(address_of(sight, lambda path: fetch(page, path)))
        found = [*faults(page), *too_wide(page), *too_small(page, screen)]
        if answer.status != 200:
            found.append(f"{answer.status} from {page.url}")
        if found:
            wrong[sight.name] = found
    assert wrong == {}


def too_wide(page: Any) -> list[str]:
    """Say when the page scrolls sideways."""
    width, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{width} px wide on a screen of {room}"] if width > room else []


def too_small(page: Any, screen: str) -> list[str]:
    """Name buttons and fields on a phone that a thumb would miss (under 44 px high)."""
    if screen != "phone":
        return []
    return list(page.evaluate(SMALL))


def test_a_planted_fault_is_seen(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate("""() => { const planted = document.createElement('img'); planted.src = '/x.png';
        document.querySelector('main').append(planted); document.body.style.width = '2000px'; }""")
    assert any("image-alt" in fault for fault in faults(page))
    assert too_wide(page)


def test_every_sight_has_a_name_of_its_own() -> None:
    assert len({sight.name for sight in SIGHTS}) == len(SIGHTS)
    assert all(isinstance(sight, Sight) for sight in SIGHTS)

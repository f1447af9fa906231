"""Real Chromium before a real server with a small town; missing either skips, under CI it fails."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tools import live
from tools.shop import SESSION, Shop, open_gathering, open_shop
from tools.sights import sign_in, speak

SCREENS = {"phone": {"width": 360, "height": 780}, "desk": {"width": 1280, "height": 900}}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
            "--disable-component-update", "--disable-sync", "--disable-quic",
            # A camera that shows a moving picture, and nobody asked whether it may be used.
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # fmt: skip


WECHAT = "wechat"
WECHAT_AGENT = (
    "Mozilla/5.0 (Linux; Android 13; V2241A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/130.0.6723.103 Mobile Safari/537.36 MicroMessenger/8.0.56.2800 Language/zh_CN"
)
# What WeChat's browser lacks; a page that leans on any of it breaks here.
TAKEN_AWAY = """
for (const name of ["Notification", "BarcodeDetector", "PushManager"]) delete window[name];
for (const name of ["serviceWorker", "clipboard", "share"])
  Object.defineProperty(Navigator.prototype, name, { get: () => undefined, configurable: true });
window.open = () => null;
"""


def missing(what: str) -> None:
    """Skip with a plain word; a machine that judges must not skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a journey the time that writing its town takes on a busy machine."""
    items[:] = [item for item in items if not is_wechat_desk(item)]
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.timeout(900))


def is_wechat_desk(item: pytest.Item) -> bool:
    """Whether a journey would run in WeChat's browser on a desk."""
    given = getattr(item, "callspec", None)
    return (
        given is not None
        and given.params.get("scripts") == WECHAT
        and (given.params.get("screen", "phone") != "phone")
    )


@pytest.fixture(scope="session")
def town() -> Iterator[live.Site]:
    """A served demo town."""
    settings = {"LINLI_JOBS_EMBEDDED": "1", "LINLI_SQLITE_SYNCHRONOUS": "NORMAL"}
    with live.site(**settings) as site:
        live.fill(site)
        site.start()
        yield site


@pytest.fixture(scope="session")
def bakery(town: live.Site) -> Shop:
    """A shop of the town that always has bread, with ten people who may buy it."""
    return open_shop(town, stock=1000, buyers=10, name="Corner Bakery", goods="Rye loaf")


@pytest.fixture(scope="session")
def grocer(town: live.Site) -> Shop:
    """A second shop of the town."""
    return open_shop(town, stock=1000, buyers=0, name="Green Grocer", goods="Red apples")


@pytest.fixture(scope="session")
def gathering(town: live.Site) -> str:
    """The address of an event with room for everybody."""
    return open_gathering(town)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the session, Debian's own."""
    path = shutil.which("chromium")
    if path is None:
        missing("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, town: live.Site) -> Iterator[OpenPage]:
    """Open a page of the town on a screen; what the browser complains about fails the test."""
    contexts = []
    complaints: list[str] = []

    def opened(
        path: str, screen: str = "phone", *, language: str = "en", scheme: str = "light",
        scripts: bool | str = True, who: str = "", token: str = "",
    ) -> Any:  # fmt: skip
        is_wechat = scripts == WECHAT
        context = browser.new_context(
            user_agent=WECHAT_AGENT if is_wechat else None, accept_downloads=not is_wechat,
            viewport=SCREENS[screen], locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme=scheme, java_script_enabled=bool(scripts), base_url=town.address,
            has_touch=screen == "phone", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        contexts.append(context)
        if is_wechat:
            context.add_init_script(TAKEN_AWAY)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: note(message, complaints))
        if token:
            context.add_cookies([{"name": SESSION, "value": token, "url": town.address}])
        if who:
            sign_in(page, who)
            speak(page, language)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def note(message: Any, complaints: list[str]) -> None:
    """Keep a console error, but for what the journey asks for: answers (422, 409 and the like),
    and a network that it took away.
    """
    asked_for = ("the server responded with a status of 4", "ERR_INTERNET_DISCONNECTED")
    if message.type == "error" and not any(text in message.text for text in asked_for):
        complaints.append(message.text)


def press(page: Any, button: Any) -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        button.click()


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest) -> str:
    """A phone of 360 px, then a desk of 1280."""
    return str(request.param)


@pytest.fixture(params=[True, False, WECHAT], ids=["scripts", "no-scripts", "wechat"])
def scripts(request: pytest.FixtureRequest) -> bool | str:
    """With JavaScript, then without, then as WeChat's browser has it."""
    return request.param  # type: ignore[no-any-return]

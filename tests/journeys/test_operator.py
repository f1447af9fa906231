"""The operator's journey: today, the duty desk, a report in review, a bill and its receipt."""

import re
import uuid

from tests.journeys.conftest import OpenPage, press
from tools.shop import Shop


def test_an_unanswered_question_leaves_the_duty_desk_when_it_is_answered(
    open_page: OpenPage, bakery: Shop, screen: str, scripts: bool
) -> None:
    words = f"Where is the lost glove box {uuid.uuid4().hex[:6]}?"
    ask(bakery, 6, words)
    page = open_page("/operator/", screen, scripts=scripts, who="operator")
    assert page.locator("h1").count() == 1
    page.goto("/operator/duty")
    page.get_by_role("link", name=words).click()
    page.locator("textarea[name=body]").fill("At the gate, on the left.")
    press(page, page.get_by_role("button", name=re.compile("^(Reply|回复)$")))
    page.goto("/operator/duty")
    assert page.get_by_role("link", name=words).count() == 0


def ask(bakery: Shop, number: int, words: str) -> str:
    """Let a neighbour open a thread on the first board; return its address."""
    neighbour = bakery.buyer(number)
    board = re.search(r'href="(/forum/boards/\d+)"', neighbour.get("/forum/").text)
    assert board
    form = neighbour.get(f"{board[1]}/new").form(r"/new$", title="")
    return neighbour.send(form, title=words, body="I looked everywhere.").path.split("?")[0]


def test_a_report_is_reviewed_and_the_thread_taken_away(
    open_page: OpenPage, bakery: Shop, screen: str, scripts: bool
) -> None:
    words = f"Cheap watches {uuid.uuid4().hex[:6]}"
    thread = ask(bakery, 7, words)
    number = thread.rsplit("/", 1)[1].split("-")[0]
    neighbour = bakery.buyer(1)
    page_of_report = neighbour.get(f"/report/thread/{number}")
    neighbour.send(page_of_report.form(r"/report/"))
    page = open_page("/operator/review", screen, scripts=scripts, who="operator")
    panel = page.locator("section", has_text=words).last
    panel.locator("select[name=rule]").select_option(index=1)
    press(page, panel.locator("button[value=hide]"))
    guest = open_page("/", screen)
    assert "I looked everywhere." not in guest.request.get(thread).text()


def test_the_operator_reads_bills_people_and_the_audit_trail(
    open_page: OpenPage, screen: str, scripts: bool
) -> None:
    page = open_page("/operator/bills", screen, scripts=scripts, who="operator")
    press(page, page.locator("main a[href*='/operator/bills/']").first)
    assert page.locator("table").count() >= 1
    for path in ("/operator/people", "/operator/audit", "/operator/orders", "/operator/terms"):
        page.goto(path)
        assert page.locator("h1").count() == 1

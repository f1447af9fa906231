"""In Chinese the site says you in one way on every page."""

from pathlib import Path

APP = Path(__file__).parents[2] / "app"


def familiar(text: str) -> list[str]:
    """Return the translated lines that say 你 where the site says 您."""
    lines = text.splitlines()
    return [line for line in lines if "你" in line and not line.startswith("msgid")]


def test_every_page_says_you_politely() -> None:
    files = [*APP.glob("translations/zh_Hans/*.po"), *APP.glob("*/templates/**/*zh_Hans*")]
    assert len(files) > 10
    assert [line for file in files for line in familiar(file.read_text("utf-8"))] == []


def test_a_familiar_line_is_seen() -> None:
    assert familiar('msgid "Your order"\nmsgstr "你的订单"') == ['msgstr "你的订单"']

"""What a cell of a shop's table may say: pure reading, one column at a time."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money, NotMoneyError
from app.merchants.types.sheets import SHEET_COLUMNS

LONGEST = {
    "name_zh": 60, "name_en": 60, "size_zh": 40, "size_en": 40, "unit": 80, "allergens": 200,
    "rules": 2000, "description": 4000,
}  # fmt: skip
KINDS = {"goods": "goods", "商品": "goods", "service": "service", "服务": "service"}


def columns_of(head: Sequence[str]) -> list[str]:
    """Return the key of each column by its head in either language; what is not known is empty."""
    known = {name.casefold(): key for key, *names in SHEET_COLUMNS for name in (key, *names)}
    return [known.get(name.strip().casefold(), "") for name in head]


def plain(cell: str) -> str:
    """Return a cell without the mark that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell


def is_same(cell: str, kept: str) -> bool:
    """Whether a cell says what is kept, line ends and spaces at the ends aside."""
    return _even(kept) in (_even(cell), _even(plain(cell)))


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def text_cell(key: str, cell: str) -> str:
    """Return a text; refuses one that is too long or cannot be kept."""
    text = plain(cell).strip()
    if "\x00" in text:
        raise FieldError(key, _l("This contains characters that cannot be kept."))
    if len(text) > LONGEST[key]:
        raise FieldError(key, _l("This is too long."))
    return text


def price_cell(cell: str) -> int:
    """Return a price in minor units; refuses what is none."""
    try:
        amount = Money.of(cell.strip().lstrip("¥￥").replace(",", ""))
    except NotMoneyError:
        amount = Money(-1)
    if not 0 <= amount.decimal <= 1_000_000:
        raise FieldError(
            "price", _("Write an amount such as %(amount)s.", amount=Money(1250).plain())
        )
    return amount.minor


def number_cell(key: str, cell: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
    """Return a whole number or, of an empty cell, None; refuses anything else."""
    text = cell.strip().removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise FieldError(key, _l("Please give a whole number, such as 3."))
    if not least <= int(text) <= most:
        raise FieldError(
            key, _l("This number is too large.") if int(text) > most else _l("This is too little.")
        )
    return int(text)


def kind_cell(cell: str) -> str:
    """Return goods or service, also said in Chinese; an empty cell is goods."""
    found = KINDS.get(cell.strip().casefold() or "goods")
    if found is None:
        raise FieldError("kind", _l("Write goods or service."))
    return found

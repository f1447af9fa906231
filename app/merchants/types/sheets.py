"""The shelf as a table: its columns, its lines, and what came of reading one."""

from __future__ import annotations

from dataclasses import dataclass, field

# Key, Chinese and English head of every column, in the order of an export.
SHEET_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("listing", "编号", "Number"),
    ("variant", "规格编号", "Size number"),
    ("kind", "类型", "Kind"),
    ("name_zh", "中文名", "Name in Chinese"),
    ("name_en", "英文名", "Name in English"),
    ("size_zh", "规格", "Size"),
    ("size_en", "规格英文", "Size in English"),
    ("price", "价格", "Price"),
    ("stock", "货架数量", "On the shelf"),
    ("unit", "单位", "Unit"),
    ("minutes", "时长（分钟）", "Minutes"),
    ("allergens", "过敏原", "Allergens"),
    ("rules", "须知", "Rules"),
    ("description", "说明", "Description"),
)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One size of a listing as a line of the table."""

    listing: int
    variant: int
    kind: str
    name_zh: str
    name_en: str
    size_zh: str
    size_en: str
    price_minor: int
    stock: int | None
    unit: str
    minutes: int | None
    allergens: str
    rules: str
    description: str


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A line that was left out: where, in which column, and why."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class SheetReport:
    """What came of a table: listings made and changed, lines as before, and what was left out."""

    added: int = 0
    changed: int = 0
    as_before: int = 0
    faults: list[SheetFault] = field(default_factory=list)

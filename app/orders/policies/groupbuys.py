"""Group-buys: prices by steps, whole cases, fair shares, and what a pasted list says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.core.access import SYSTEM, Viewer
from app.core.errors import FieldError, NotAllowedError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import shares
from app.orders.policies import can_decide
from app.orders.types.groupbuys import GroupBuyDraft, ItemRow, ReadLine, Step
from app.orders.types.limits import MOST_OF_ONE

UNITS = "份件箱斤袋盒个瓶桶包单只枚条串把kgKG"
DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_HEAD = re.compile(r"^\s*(\d{1,4})\s*[.、,，:)）．]\s*(.*)$")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_COUNT = re.compile(
    rf"[x*+]\s*(?P<marked>\d{{1,9}})(?!\d)\s*[{UNITS}]?"
    rf"|(?<!\d)(?P<plain>\d{{1,9}})\s*(?:[{UNITS}]|pieces?\b|pcs?\b)"
    rf"|(?P<word>[零一二两俩三四五六七八九十]{{1,3}})[{UNITS}]"
)
_LONE = re.compile(r"(?<![\w])(?P<lone>\d{1,3})\s*$")


def can_lead(actor: Viewer, *, merchant_id: int, leader_id: int | None) -> bool:
    """Whether the actor leads the group-buy: its leader, those who decide for its shop, the
    site.
    """
    return can_decide(actor, merchant_id) or (leader_id is not None and actor.id == leader_id)


def check_decides_for(actor: Viewer, merchant_id: int) -> None:
    """Refuse who does not decide for the shop."""
    if not (actor is SYSTEM or can_decide(actor, merchant_id)):
        raise NotAllowedError


def check_draft(draft: GroupBuyDraft, at: datetime) -> None:
    """Refuse times that do not follow each other, a tolerance of a whole case, and steps that do
    not get cheaper.
    """
    if draft.cut_off_at <= max(draft.opens_at, at):
        raise FieldError("cut_off_at", _l("The cut-off comes after the opening, and after now."))
    if draft.starts_at <= draft.cut_off_at:
        raise FieldError("starts_at", _l("Collecting begins after the cut-off."))
    if draft.ends_at <= draft.starts_at:
        raise FieldError("ends_at", _l("Collecting ends after it begins."))
    for number, item in enumerate(draft.items):
        if not 0 <= item.tolerance < item.case_size:
            raise FieldError(
                f"item_{number}_tolerance", _l("The tolerance is less than a whole case.")
            )


def check_steps(number: int, price_minor: int, steps: Sequence[Step]) -> None:
    """Refuse a step that is not cheaper, or not further, than the one before."""
    last = Step(0, price_minor)
    for place, step in enumerate(steps, start=1):
        if step.price_minor >= last.price_minor or step.at_least <= last.at_least:
            raise FieldError(
                f"item_{number}_price_{place}", _l("Each step asks for more and costs less.")
            )
        last = step


def price_at(price_minor: int, steps: Iterable[Step], count: int) -> int:
    """Return what a piece costs once so many joined."""
    return min([price_minor, *(one.price_minor for one in steps if one.at_least <= count)])


def next_step(items: Iterable[ItemRow], count: int) -> int | None:
    """Return from how many on something gets cheaper next, or None."""
    further = [step.at_least for item in items for step in item.steps if step.at_least > count]
    return min(further, default=None)


def whole_cases(pieces: int, case_size: int, tolerance: int) -> tuple[int, int]:
    """Return how many cases are bought, and how many of the pieces asked for are in them.

    A case of which no more than the tolerance is missing is bought whole; a lesser rest is cut.
    """
    cases, rest = divmod(pieces, case_size)
    if rest and case_size - rest <= tolerance:
        return cases + 1, pieces
    return cases, pieces - rest


def fair_shares(available: int, wanted: Sequence[int]) -> list[int]:
    """Share what there is: one each as far as it reaches, the rest by what was asked for, by
    largest remainder; nobody gets more than they asked for, and who asked alike gets alike within
    one piece. Who joined first wins a tie.
    """
    if available >= sum(wanted):
        return list(wanted)
    asking = [index for index, count in enumerate(wanted) if count > 0]
    given = [0] * len(wanted)
    if available < len(asking):
        for index in asking[: max(0, available)]:
            given[index] = 1
        return given
    more = shares(available - len(asking), [wanted[index] - 1 for index in asking])
    for index, extra in zip(asking, more, strict=True):
        given[index] = 1 + extra
    return given


def masked(name: str) -> str:
    """Return a name as a list for everybody shows it: its first sign."""
    first = name.strip()[:1]
    return f"{first}**" if first else "**"


# --- a pasted list ---


def read_list(text: str, products: Sequence[tuple[int, Sequence[str]]]) -> list[ReadLine]:
    """Return what each line of a pasted 接龙 says: `products` are (variant_id, its names), the
    first being what is meant where no product is named.

    What stands before the first numbered line is its heading. A line that is not understood says
    why.
    """
    found: list[ReadLine] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = unicodedata.normalize("NFKC", raw).replace("×", "x").replace("✕", "x").strip()
        head = _HEAD.match(line)
        if head:
            found.append(_read(number, raw.strip(), head[2], products))
        elif line and found:
            found.append(ReadLine(number, raw.strip()[:200], why=_("It has no number in front.")))
    return found


def _read(
    number: int, raw: str, said: str, products: Sequence[tuple[int, Sequence[str]]]
) -> ReadLine:
    said = _PHONE.sub(" ", said).replace("X", "x")
    marks = list(_marks(said, products))
    name = said[: marks[0][0]] if marks else said
    name = name.strip(" ,，、:：;；-—@·")
    raw = raw[:200]
    if not name:
        return ReadLine(number, raw, why=_("There is no name in it."))
    if not marks:
        return ReadLine(number, raw, name[:60], why=_("It does not say how many of what."))
    counts, why = _paired([mark[2:] for mark in marks], [variant_id for variant_id, _n in products])
    if why:
        return ReadLine(number, raw, name[:60], why=why)
    return ReadLine(number, raw, name[:60], tuple(sorted(counts.items())))


def _marks(
    said: str, products: Sequence[tuple[int, Sequence[str]]]
) -> Iterator[tuple[int, int, int | None, int | None]]:
    """Give each product and each number in it in turn: (from, to, variant_id, count)."""
    names = sorted(
        ((name.strip(), key) for key, own in products for name in own if name.strip()),
        key=lambda pair: -len(pair[0]),
    )
    spots: list[tuple[int, int, int | None, int | None]] = []
    hidden = said
    for name, key in names:
        place = hidden.casefold().find(name.casefold())
        while place >= 0:
            spots.append((place, place + len(name), key, None))
            hidden = hidden[:place] + "\0" * len(name) + hidden[place + len(name) :]
            place = hidden.casefold().find(name.casefold())
    counted = list(_COUNT.finditer(hidden))
    if not counted or hidden[counted[-1].end() :].strip():
        counted += _LONE.finditer(hidden)
    for match in counted:
        spots.append((match.start(), match.end(), None, _number(match)))
    yield from sorted(spots)


def _number(match: re.Match[str]) -> int:
    parts = match.groupdict()
    word = parts.get("word")
    if word is None:
        return int(parts.get("marked") or parts.get("plain") or parts.get("lone") or 0)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return DIGITS.get(word, 0)
    return DIGITS.get(tens, 1) * 10 + (DIGITS.get(ones, 0) if ones else 0)


def _paired(
    marks: Sequence[tuple[int | None, int | None]], variant_ids: Sequence[int]
) -> tuple[dict[int, int], str]:
    """Give each product the number behind it, else the one before it, else one; a number left
    over is of the first product. Return the counts, or why they are not clear.
    """
    counts: dict[int, int] = {}
    loose: list[int] = []
    waiting: list[int] = []

    def settle(count: int | None) -> None:
        for key in waiting:
            before = loose.pop() if loose and count is None else 1
            counts[key] = counts.get(key, 0) + (before if count is None else count)
        waiting.clear()

    for key, count in marks:
        if key is not None:
            settle(None)
            waiting.append(key)
        elif waiting:
            settle(count or 0)
        else:
            loose.append(count or 0)
    settle(None)
    return _with_loose(counts, loose, variant_ids[0])


def _with_loose(
    counts: dict[int, int], loose: Sequence[int], first_id: int
) -> tuple[dict[int, int], str]:
    if len(loose) > 1 or (loose and first_id in counts):
        return {}, _("Two numbers stand in it, and it is not clear of what.")
    if loose:
        counts[first_id] = loose[0]
    if any(not 1 <= count <= MOST_OF_ONE for count in counts.values()):
        return {}, _("The number is not between 1 and 999.")
    return counts, ""

"""Pictures to send on: a card with title, a line or two and a code, drawn by the site itself.

What chats pass on is a picture that one presses and holds, not an address. A card needs a font with
Chinese in it; where the machine has none, `drawn_card` returns None and pages offer the text alone.
"""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.core.media import gateway
from app.core.media.queries import file_path
from app.core.media.types import Size
from app.core.settings import settings

WIDTH, MARGIN, CODE = 750, 48, 220
PICTURE_HEIGHT = 420
TITLE_SIZE, LINE_SIZE, SMALL_SIZE = 46, 32, 26
TITLE_ROWS, LINE_ROWS = 3, 2
REMEMBERED = 24
PAPER, INK, SOFT, ACCENT, LINE = "#FBF7F0", "#24211C", "#6F685E", "#C0432B", "#E7DECF"
PLACES = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
NAMES = ("NotoSerifCJK-Bold", "NotoSansCJK-Bold", "SourceHan", "wqy-", "PingFang", "msyh", "CJK")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says; `picture` is the content name of a kept picture, or empty."""

    title: str
    lines: tuple[str, ...]
    address: str
    town: str
    hint: str
    picture: str = ""


def drawn_card(card: Card) -> bytes | None:
    """Return the card as a JPEG 750 px wide, or None where no font has Chinese.

    The last two dozen are remembered by all that they show.
    """
    font = _font_file()
    return None if font is None else _drawn(card, font)


@lru_cache(maxsize=REMEMBERED)
def _drawn(card: Card, font: tuple[str, int]) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - heavy, and few pages need it

    title, text, small = (_font(font, size) for size in (TITLE_SIZE, LINE_SIZE, SMALL_SIZE))
    room = WIDTH - 2 * MARGIN
    rows = [(row, title, INK, 1.35) for row in _wrapped(card.title, title, room, TITLE_ROWS)]
    for line in card.lines:
        rows += [(row, text, SOFT, 1.5) for row in _wrapped(line, text, room, LINE_ROWS)]
    shown = _picture(card.picture)
    top = PICTURE_HEIGHT if shown else 12
    height = top + MARGIN + int(sum(font.size * step for _, font, _, step in rows))
    code = _code(card.address)
    image = Image.new("RGB", (WIDTH, height + MARGIN + code.height + MARGIN), PAPER)
    pen = ImageDraw.Draw(image)
    if shown:
        image.paste(shown, (0, 0))
    else:
        pen.rectangle((0, 0, WIDTH, top), fill=ACCENT)
    y = float(top + MARGIN)
    for row, font_, colour, step in rows:
        pen.text((MARGIN, y), row, font=font_, fill=colour)
        y += font_.size * step
    pen.line((MARGIN, height + 16, WIDTH - MARGIN, height + 16), fill=LINE, width=2)
    foot = height + MARGIN
    image.paste(code, (WIDTH - MARGIN - code.width, foot))
    beside = room - code.width - 24
    y = float(foot + 24)
    for row in _wrapped(card.town, text, beside, 2):
        pen.text((MARGIN, y), row, font=text, fill=INK)
        y += LINE_SIZE * 1.5
    for row in _wrapped(card.hint, small, beside, 3):
        pen.text((MARGIN, y), row, font=small, fill=SOFT)
        y += SMALL_SIZE * 1.5
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def can_draw_cards() -> bool:
    """Whether this machine has a font for them."""
    return _font_file() is not None


def _picture(name: str) -> Any | None:
    """Return a kept picture cut to the card's width and a fixed height, or None."""
    content = gateway.read(file_path(name, Size.FULL)) if name else None
    if content is None:
        return None
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
        return ImageOps.fit(image.convert("RGB"), (WIDTH, PICTURE_HEIGHT))


def _code(address: str) -> Any:
    import segno  # noqa: PLC0415 - only pages with a code pay for it
    from PIL import Image  # noqa: PLC0415 - as above

    code, out = segno.make(address, error="m", micro=False), io.BytesIO()
    scale = max(3, CODE // code.symbol_size(border=2)[0])
    code.save(out, kind="png", scale=scale, border=2)
    with Image.open(out, formats=["PNG"]) as image:
        return image.convert("RGB")


def _wrapped(text: str, font: Any, room: int, limit: int) -> list[str]:
    """Break a text into rows that fit; what is over ends in an ellipsis."""
    rows = [""]
    for piece in _pieces(_drawable(text)):
        if font.getlength(rows[-1] + piece) <= room:
            rows[-1] += piece
            continue
        if len(rows) == limit:
            while rows[-1] and font.getlength(rows[-1] + "…") > room:
                rows[-1] = rows[-1][:-1]
            rows[-1] += "…"
            break
        rows.append(piece.lstrip())
        while len(rows[-1]) > 1 and font.getlength(rows[-1]) > room:
            rows[-1] = rows[-1][:-1]
    return [row for row in rows if row]


def _pieces(text: str) -> Iterator[str]:
    """Give what may stand on one row: a Chinese character, or a Latin word with its space."""
    word = ""
    for letter in text:
        if ord(letter) < 0x2E80 and letter != " ":
            word += letter
            continue
        if word:
            yield word
        word = ""
        yield letter
    if word:
        yield word


def _drawable(text: str) -> str:
    """Leave out what fonts for text do not hold: emoji and signs that show nothing."""
    gone = {"So", "Cf", "Cs", "Cc", "Cn"}
    kept = (sign for sign in text if unicodedata.category(sign) not in gone)
    return " ".join("".join(kept).split())


@lru_cache(maxsize=1)
def _font_file() -> tuple[str, int] | None:
    """Return the first font with Chinese (simplified where a file holds several) and its index."""
    given = settings().font
    if given:
        return given, 0
    files = [
        file for place in PLACES if Path(place).is_dir() for file in Path(place).rglob("*.tt[cf]")
    ]
    for name in NAMES:
        for file in sorted(files):
            if name in file.name:
                return str(file), _simplified(file)
    return None


def _simplified(file: Path) -> int:
    """Return which face of a collection is the one for Simplified Chinese."""
    from PIL import ImageFont  # noqa: PLC0415 - as above

    for index in range(8):
        try:
            family = ImageFont.truetype(str(file), 12, index=index).getname()[0] or ""
        except OSError:
            return 0
        if family.endswith(" SC"):
            return index
    return 0


def _font(file: tuple[str, int], size: int) -> Any:
    from PIL import ImageFont  # noqa: PLC0415 - as above

    return ImageFont.truetype(file[0], size, index=file[1])

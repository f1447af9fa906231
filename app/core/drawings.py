"""Our own illustrations: flat, warm, drawn from a few shapes, seeded by a name.

They stand wherever there is no photograph yet: shops, listings, gatherings, boards, empty pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from app.core.drawn import counter, crafts, places, together
from app.core.drawn.brush import Brush
from app.core.drawn.pieces import PIECES

SCENES: dict[str, Callable[[Brush], None]] = {
    **counter.SCENES,
    **crafts.SCENES,
    **together.SCENES,
    **places.SCENES,
}
ALIASES = {
    "family": "children",
    "garden": "gardening",
    "sport": "badminton",
    "talk": "reading",
    "walk": "hike",
    "meeting": "gathering",
    "leisure": "film",
    "stay": "welcome",
    "counter": "money",
}
KINDS = (*SCENES, *ALIASES)
FALLBACK = "shop"
BAKED = ("bakery", "cafe", "tea", "sweets")
NAMED: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (piece, trades, re.compile(words, re.IGNORECASE))
    for piece, trades, words in (
        ("baguette", BAKED, r"法棍|法式长棍|baguette"),
        ("croissant", BAKED, r"可颂|羊角|croissant"),
        ("scone", BAKED, r"司康|\bscones?\b"),
        ("cake", BAKED, r"蛋糕|\bcakes?\b"),
        ("granola", BAKED, r"燕麦|granola|\boats?\b"),
        ("rye", BAKED, r"黑麦|\brye\b"),
        ("buns", BAKED, r"老面包|小面包|餐包|红豆|\bbuns?\b|\brolls?\b"),
        ("loaf", BAKED, r"面包|吐司|sourdough|\bloaf\b|\bbread\b"),
        ("cat", ("pet",), r"猫|\bcats?\b"),
        ("dog", ("pet",), r"犬|狗|\bdogs?\b"),
        ("pump", ("water",), r"压泵|抽水|\bpump"),
        ("tickets", ("water",), r"票|\btickets?\b|\bvouchers?\b"),
        ("massage", ("health", "beauty", "massage"), r"推拿|按摩|正骨|massage"),
        ("eggs", (), r"[鸡鸭鹅]蛋$|\beggs\b"),
    )
)


@lru_cache(maxsize=2048)
def drawing_for(kind: str, name_zh: str, name_en: str = "") -> str:
    """Return the kind that fits a thing's own name, else its trade's."""
    for piece, trades, words in NAMED:
        if (not trades or kind in trades) and (words.search(name_zh) or words.search(name_en)):
            return piece
    return kind


@lru_cache(maxsize=512)
def drawing(kind: str, seed: str, width: int = 320, height: int = 200) -> str:
    """The SVG picture of a kind, varied by the seed; an unknown kind is drawn as a shop front."""
    wide = max(200 * width / height, 200.0)
    tall = wide * height / width
    left, top = 160 - wide / 2, 104 - tall / 2
    brush = Brush(kind, seed, left, left + wide)
    scene = PIECES.get(kind) or SCENES.get(ALIASES.get(kind, kind), SCENES[FALLBACK])
    scene(brush)
    turn = "" if scene is places.street else _turned(brush)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="{left:g} {top:g} {wide:g} {tall:g}" aria-hidden="true">'
        f"<g{turn}>{''.join(brush.parts)}</g></svg>"
    )


def _turned(brush: Brush) -> str:
    """Seen a little nearer or from the other side: no two shops alike, at no extra strokes."""
    size, side = brush.between(1.06, 1.2), brush.pick((1, -1))
    across, down = 160 - 160 * side * size, 118 - 118 * size
    return f' transform="translate({across:g} {down:g}) scale({side * size:g} {size:g})"'

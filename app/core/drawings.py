"""Our own illustrations: flat, warm, drawn from a few shapes, seeded by a name.

They stand wherever there is no photograph yet: shops, listings, gatherings, boards, empty pages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from app.core.drawn import counter, crafts, places, together
from app.core.drawn.brush import Brush

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


@lru_cache(maxsize=512)
def drawing(kind: str, seed: str, width: int = 320, height: int = 200) -> str:
    """The SVG picture of a kind, varied by the seed; an unknown kind is drawn as a shop front."""
    wide = max(200 * width / height, 200.0)
    tall = wide * height / width
    left, top = 160 - wide / 2, 104 - tall / 2
    brush = Brush(kind, seed, left, left + wide)
    scene = SCENES.get(ALIASES.get(kind, kind), SCENES[FALLBACK])
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

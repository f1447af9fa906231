"""Our own pictures are deterministic, light, well-formed and free of anything a strict page
refuses.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.core.drawings import ALIASES, KINDS, NAMED, SCENES, drawing, drawing_for
from app.core.drawn.pieces import PIECES

NAMES = ("麦田面包房", "Corner Bakery", "a", "", "<&\"'>", "老周修理铺")


@pytest.mark.parametrize("kind", [*KINDS, *PIECES])
def test_a_drawing_is_light_well_formed_and_carries_no_style_or_script(kind: str) -> None:
    for name in NAMES:
        picture = drawing(kind, name, 640, 400)
        ElementTree.fromstring(picture)
        assert len(picture.encode()) < 4_200
        assert not any(word in picture for word in (" style=", "<script", "<text", "href", "url("))


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    drawing.cache_clear()
    first = drawing("bakery", "麦田面包房", 640, 400)
    drawing.cache_clear()
    assert drawing("bakery", "麦田面包房", 640, 400) == first
    pictures = {drawing(kind, f"shop {n}", 640, 400) for kind in SCENES for n in range(12)}
    assert len(pictures) > 11 * len(SCENES)


def test_an_unknown_kind_is_a_shop_front_and_any_shape_of_frame_is_filled() -> None:
    assert 'height="92"' in drawing("no-such-trade", "x", 320, 200)
    for width, height in ((1200, 300), (96, 96), (200, 500)):
        assert f'width="{width}" height="{height}"' in drawing("street", "town", width, height)


def test_there_are_enough_kinds_for_a_town() -> None:
    assert len(SCENES) >= 40
    assert set(ALIASES.values()) <= set(SCENES)


@pytest.mark.parametrize(
    ("trade", "zh", "en", "kind"),
    [
        ("bakery", "法棍", "", "baguette"),
        ("bakery", "核桃黑麦", "Walnut rye", "rye"),
        ("bakery", "", "Butter croissant", "croissant"),
        ("bakery", "小生日蛋糕", "", "cake"),
        ("bakery", "乡村酸面包", "", "loaf"),
        ("breakfast", "葱油饼", "Scallion pancake", "breakfast"),
        ("pet", "猫洗澡", "", "cat"),
        ("pet", "小型犬洗护", "", "dog"),
        ("fruit", "猫山王榴莲", "", "fruit"),
        ("greengrocer", "跑山鸡蛋", "", "eggs"),
        ("breakfast", "鸡蛋灌饼", "", "breakfast"),
        ("water", "手压泵", "A hand pump", "pump"),
        ("water", "水票十张", "Ten water tickets", "tickets"),
        ("water", "桶装水", "A bottle of water", "water"),
        ("health", "全身推拿", "", "massage"),
    ],
)
def test_a_thing_is_drawn_as_itself_where_its_name_says_what_it_is(trade, zh, en, kind) -> None:
    assert drawing_for(trade, zh, en) == kind
    assert {piece for piece, _trades, _words in NAMED} <= set(PIECES)

"""One hand: the paints, the strokes and the little figures that every scene is made of."""

# ruff: noqa: D102, E501, PLR0917 - a stroke is its coordinates, named by what it shows.

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

PERSIMMON, BRICK, CORAL = "#C2452D", "#8E2F1F", "#E58A6B"
LEAF, MOSS, SAGE, MINT = "#3B7550", "#6E9B7D", "#A9C6B2", "#E1EDE4"
SKY, BLUE, MIST, ICE = "#2F5F86", "#6494BC", "#BDD2E3", "#E2EAF2"
SUN, WHEAT, PEACH, CREAM = "#E2B45C", "#D9B36C", "#F3DAB8", "#FBF1DC"
BREAD, CRUST, BARK = "#DFA25B", "#C4823F", "#7A4F2A"
ROSE, WHITE, INK, STEEL = "#F8E4DA", "#FFFDF8", "#3A332B", "#8095A7"

GROUNDS = (PEACH, MINT, ICE, CREAM, ROSE)
LIGHTER = {PEACH: "#F7E6CC", MINT: "#EBF4EE", ICE: "#EDF3F8", CREAM: "#FDF7EA", ROSE: "#FCEEE7"}
SKINS = ("#F0C9A0", "#E3B088", "#C98F6B", "#A9714B")
CLOTHES = (PERSIMMON, SKY, SUN, LEAF, CORAL, BLUE, MOSS)
FAR = 600


class Brush:
    """Collects the strokes of one picture; the same kind and seed always draw the same."""

    def __init__(self, kind: str, seed: str, left: float, right: float) -> None:
        self.dice = random.Random(f"{kind}/{seed}")  # noqa: S311 - a picture is no secret
        self.left, self.right = left, right
        self.parts: list[str] = []

    def pick(self, options: Sequence[T]) -> T:
        return self.dice.choice(options)

    def some(self, options: Sequence[T], count: int) -> list[T]:
        return self.dice.sample(list(options), count)

    def between(self, low: float, high: float) -> float:
        return round(self.dice.uniform(low, high), 1)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.dice.random() < chance

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0) -> None:
        corner = f' rx="{r:g}"' if r else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"{corner} fill="{fill}"/>'
        )

    def dot(self, x: float, y: float, r: float, fill: str) -> None:
        self.parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}"/>')

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        self.parts.append(f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"/>')

    def ring(self, x: float, y: float, r: float, colour: str, width: float = 4) -> None:
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="none" stroke="{colour}"'
            f' stroke-width="{width:g}"/>'
        )

    def shape(self, d: str, fill: str) -> None:
        self.parts.append(f'<path d="{d}" fill="{fill}"/>')

    def line(self, d: str, colour: str, width: float = 4) -> None:
        self.parts.append(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def ground(self, fill: str) -> None:
        self.rect(-FAR, -FAR, 2 * FAR + 320, 2 * FAR + 200, fill)

    def floor(self, y: float, fill: str) -> None:
        self.rect(-FAR, y, 2 * FAR + 320, FAR, fill)

    def shadow(self, x: float, y: float, rx: float, ry: float = 0) -> None:
        self.parts.append(
            f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry or rx / 7:g}"'
            ' fill="#5B4326" fill-opacity=".16"/>'
        )

    def table(self, fills: Sequence[str] = GROUNDS, y: float = 142) -> str:
        """A quiet wall and a table top; most things to buy stand on it."""
        wall = self.pick(fills)
        tops = {
            PEACH: "#EBC998",
            MINT: "#C9DDCF",
            ICE: "#C7D7E5",
            CREAM: "#F1DDB4",
            ROSE: "#EFCBBB",
        }
        self.ground(wall)
        wallpaper = self.pick(("plain", "lamp", "halo", "halo", "stripes"))
        if wallpaper == "lamp":
            self.dot(self.pick((60, 250)), self.between(38, 52), self.between(15, 22), WHITE)
        elif wallpaper == "halo":
            self.dot(160, 106, self.between(78, 92), LIGHTER[wall])
        elif wallpaper == "stripes":
            for x in range(-280, 620, 40):
                self.rect(x, -FAR, 18, FAR + y, LIGHTER[wall])
        self.floor(y, tops[wall])
        return wall

    def meadow(self, sky: str = MINT, y: float = 150) -> None:
        """Open air: a light, one or two soft hills and grass."""
        self.ground(sky)
        self.dot(
            self.between(225, 262),
            self.between(34, 50),
            self.between(15, 20),
            self.pick((SUN, CORAL)),
        )
        far, near = (SAGE, "#8DB59A") if sky != MINT else ("#C3D8CA", SAGE)
        dip = self.between(-12, 12)
        self.shape(
            f"M-600 {y}V{y - 12:g}C-300 {y - 60:g} -150 {y:g} -20 {y - 20:g}"
            f"S90 {y - 58 + dip:g} 170 {y - 26:g}S300 {y - 70 - dip:g} 400 {y - 30:g}S700 {y - 60:g} 920 {y}z",
            far,
        )
        self.floor(y, near)

    def tree(self, x: float, y: float, s: float = 1, fill: str = LEAF) -> None:
        h, r = 62 * s, 17 * s
        self.line(f"M{x:g} {y:g}V{y - h:g}", BARK, 3.6 * s)
        for dx, dy, size in ((-11, 0, 0.9), (11, 2, 0.85), (0, -13, 1)):
            self.dot(x + dx * s, y - h + dy * s, r * size, fill)

    def bush(self, x: float, y: float, s: float = 1, fill: str = MOSS) -> None:
        self.shape(
            f"M{x - 22 * s:g} {y:g}a{11 * s:g} {12 * s:g} 0 0 1 {14 * s:g} {-11 * s:g}"
            f"a{12 * s:g} {12 * s:g} 0 0 1 {22 * s:g} {4 * s:g}a8 8 0 0 1 {8 * s:g} {7 * s:g}z",
            fill,
        )

    def cloud(self, x: float, y: float, s: float = 1) -> None:
        self.shape(
            f"M{x:g} {y:g}a{9 * s:g} {9 * s:g} 0 0 1 {6 * s:g} {-15 * s:g}a{14 * s:g} {14 * s:g} 0 0 1"
            f" {26 * s:g} {-2 * s:g}a{9 * s:g} {9 * s:g} 0 0 1 {8 * s:g} {17 * s:g}z",
            WHITE,
        )

    def person(self, x: float, y: float, s: float = 1, fill: str = "") -> None:
        """Head, hair and a round coat, standing on `y`."""
        coat, skin = fill or self.pick(CLOTHES), self.pick(SKINS)
        hair = self.pick((INK, INK, BARK, "#B9B2A6"))
        self.shape(
            f"M{x - 15 * s:g} {y:g}c0 {-20 * s:g} {4 * s:g} {-30 * s:g} {15 * s:g} {-30 * s:g}"
            f"s{15 * s:g} {10 * s:g} {15 * s:g} {30 * s:g}z",
            coat,
        )
        head = y - 38 * s
        if self.maybe(0.35):
            self.dot(x, head - 9 * s, 5 * s, hair)
        self.dot(x, head, 10.5 * s, skin)
        self.shape(
            f"M{x - 10.8 * s:g} {head:g}a{10.8 * s:g} {10.8 * s:g} 0 0 1 {21.6 * s:g} 0"
            f"q{-8 * s:g} {-1 * s:g} {-12 * s:g} {-6 * s:g}q{-3 * s:g} {5 * s:g} {-9.6 * s:g} {6 * s:g}z",
            hair,
        )

    def steam(self, x: float, y: float, colour: str, count: int = 3) -> None:
        for i in range(count):
            at = x + (i - (count - 1) / 2) * 20
            self.line(f"M{at:g} {y:g}c-8 -9 8 -14 0 -25", colour, 3.4)

    def sprig(self, x: float, y: float, fill: str = LEAF, s: float = 1) -> None:
        self.line(f"M{x:g} {y:g}q{3 * s:g} {-16 * s:g} {-2 * s:g} {-32 * s:g}", fill, 2.4 * s)
        for dy, side in ((-9, 1), (-15, -1), (-22, 1), (-28, -1)):
            self.shape(
                f"M{x + s:g} {y + dy * s:g}q{side * 6 * s:g} {-9 * s:g} {side * 14 * s:g} {-6 * s:g}"
                f"q{side * -4 * s:g} {8 * s:g} {side * -14 * s:g} {6 * s:g}z",
                fill,
            )

    def awning(
        self, x: float, y: float, w: float, one: str, other: str = WHITE, n: int = 6
    ) -> None:
        step = w / n
        for i in range(n):
            left = x + i * step
            self.shape(
                f"M{left:g} {y:g}h{step:g}v18a{step / 2:g} {step / 2:g} 0 0 1 {-step:g} 0z",
                one if i % 2 == 0 else other,
            )

    def house(self, x: float, y: float, w: float, h: float, roof: str, wall: str) -> None:
        self.rect(x, y - h, w, h, wall)
        peak = w * 0.36
        self.shape(
            f"M{x - 8:g} {y - h + 1:g}L{x + w / 2:g} {y - h - peak:g}L{x + w + 8:g} {y - h + 1:g}z",
            roof,
        )

    def shopfront(self, x: float, y: float, w: float, h: float, wall: str, stripe: str) -> None:
        self.rect(x, y - h, w, h, wall, 3)
        self.rect(x + w * 0.09, y - h * 0.58, w * 0.47, h * 0.38, ICE, 2)
        self.rect(x + w * 0.66, y - h * 0.58, w * 0.24, h * 0.58, BARK, 2)
        self.awning(x - 5, y - h + 4, w + 10, stripe, WHITE, max(4, round(w / 14)))

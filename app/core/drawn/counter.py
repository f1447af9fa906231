"""What is eaten, drunk and carried home: scenes of the food shops and the market."""

# ruff: noqa: C901, D103, E501, PLR0917 - a stroke is its coordinates, named by what it shows.

from __future__ import annotations

from app.core.drawn.brush import (
    BARK,
    BLUE,
    BREAD,
    BRICK,
    CORAL,
    CREAM,
    CRUST,
    ICE,
    INK,
    LEAF,
    MINT,
    MOSS,
    PEACH,
    PERSIMMON,
    ROSE,
    SAGE,
    SKY,
    STEEL,
    SUN,
    WHEAT,
    WHITE,
    Brush,
)


def _roll(b: Brush, x: float, y: float, s: float, top: str = BREAD) -> None:
    b.oval(x, y + 7 * s, 38 * s, 22 * s, CRUST)
    b.oval(x, y, 38 * s, 23 * s, top)
    for dx in (-12, 2, 14) if b.maybe() else (-8, 8):
        b.line(
            f"M{x + dx * s - 8 * s:g} {y - 4 * s:g}q{8 * s:g} {-3 * s:g} {13 * s:g} {-8 * s:g}",
            BARK,
            2.6 * s,
        )


def _loaf(b: Brush, x: float, y: float) -> None:
    b.shape(f"M{x - 66:g} {y:g}c-16 -52 28 -66 66 -66s82 14 66 66q-66 14 -132 0z", CRUST)
    b.shape(f"M{x - 62:g} {y - 8:g}c-12 -44 28 -54 62 -54s74 10 62 54q-62 12 -124 0z", BREAD)
    for dx in (-36, -10, 16):
        b.line(f"M{x + dx:g} {y - 22:g}q10 -18 26 -24", "#F6DDB0", 5)


def _croissant(b: Brush, x: float, y: float, s: float) -> None:
    b.shape(
        f"M{x - 60 * s:g} {y:g}q{6 * s:g} {-52 * s:g} {60 * s:g} {-54 * s:g}t{60 * s:g} {54 * s:g}"
        f"q{-16 * s:g} {-24 * s:g} {-60 * s:g} {-22 * s:g}t{-60 * s:g} {22 * s:g}z",
        BREAD,
    )
    for dx in (-30, -10, 10, 30):
        b.line(
            f"M{x + dx * s:g} {y - (46 - abs(dx) / 4) * s:g}q{-dx / 6 * s:g} {14 * s:g} {-dx / 3 * s:g} {22 * s:g}",
            CRUST,
            4 * s,
        )


def bakery(b: Brush) -> None:
    b.table((PEACH, CREAM, ROSE, PEACH))
    b.shadow(160, 154, 92, 13)
    way = b.pick(("rolls", "loaf", "croissant", "cake", "tray"))
    if way == "rolls":
        _roll(b, 128, 122, 1.05)
        _roll(b, 192, 130, 0.95, WHEAT)
        if b.maybe(0.6):
            _roll(b, 160, 96, 0.85, "#E8B676")
    elif way == "loaf":
        b.rect(74, 146, 172, 10, BARK, 5)
        _loaf(b, 160, 146)
    elif way == "croissant":
        _croissant(b, 128, 150, 0.86)
        _croissant(b, 196, 154, 0.74)
    elif way == "cake":
        cream = b.pick((WHITE, ROSE, CREAM))
        b.oval(160, 152, 82, 12, WHITE)
        b.rect(108, 102, 104, 46, b.pick((BREAD, CRUST)), 6)
        b.shape(
            "M106 112q0 -18 18 -18h72q18 0 18 18v8q-9 12 -18 0t-18 0t-18 0t-18 0t-18 0t-18 0z",
            cream,
        )
        for x in (130, 160, 190):
            b.dot(x, 91, 8, b.pick((PERSIMMON, SUN, BRICK)))
        b.rect(108, 128, 104, 5, cream)
    else:
        b.rect(76, 138, 168, 12, STEEL, 6)
        for i, x in enumerate((104, 141, 178, 215)):
            b.shape(f"M{x - 21} 138c0 -30 8 -38 21 -38s21 8 21 38z", (BREAD, "#E8B676")[i % 2])
            b.dot(x, 116, 5, b.pick((PERSIMMON, INK, SUN)))
    if b.maybe():
        b.line("M262 152q-6 -34 8 -64", CRUST, 3)
        for dy in (0, 12, 24, 36):
            b.oval(262 + dy / 8, 118 - dy, 5, 8, SUN)
            b.oval(274 - dy / 10, 112 - dy, 5, 8, WHEAT)


def _bowl(b: Brush, x: float, y: float, s: float, fill: str, rim: str) -> None:
    b.shape(
        f"M{x - 62 * s:g} {y:g}h{124 * s:g}q{-4 * s:g} {50 * s:g} {-42 * s:g} {54 * s:g}h{-40 * s:g}"
        f"q{-38 * s:g} {-4 * s:g} {-42 * s:g} {-54 * s:g}z",
        fill,
    )
    b.oval(x, y, 62 * s, 15 * s, rim)


def noodles(b: Brush) -> None:
    b.table((MINT, ROSE, CREAM, ICE))
    bowl = b.pick((WHITE, SKY, PERSIMMON, LEAF))
    b.shadow(160, 158, 84)
    _bowl(b, 160, 104, 1.1, bowl, "#EADBC0" if bowl == WHITE else WHITE)
    soup = b.pick((CORAL, "#E9B872", SUN, PERSIMMON if bowl != PERSIMMON else SUN))
    b.oval(160, 105, 60, 12, soup)
    way = b.pick(("noodles", "dumplings", "tofu"))
    if way == "noodles":
        for dx in (-34, -12, 10, 30):
            b.line(f"M{160 + dx - 10} 106q10 -12 20 0", CREAM, 4)
        b.oval(b.pick((136, 184)), 100, 13, 8, WHITE)
        b.dot(b.pick((136, 184)), 100, 4.4, SUN)
    elif way == "dumplings":
        for dx in (-32, 0, 32):
            b.shape(f"M{142 + dx} 106q4 -22 18 -22t18 22q-18 6 -36 0z", WHITE)
            b.line(f"M{152 + dx} 90q8 5 16 0", WHEAT, 2.4)
    else:
        for dx, dy in ((-30, 2), (-4, -3), (24, 3)):
            b.rect(146 + dx, 95 + dy, 24, 13, WHITE, 4)
    for dx in (-44, -20, 18, 42):
        b.dot(162 + dx, 107 + (dx % 3), 2.6, LEAF)
    b.steam(160, 80, SKY if bowl == SKY else LEAF if bowl in (WHITE, LEAF) else PERSIMMON)
    if bowl != WHITE:
        b.line("M108 128q52 14 104 0", WHITE, 3)
    else:
        b.line("M108 130q52 14 104 0", SKY, 3)
    b.line("M226 92L276 64M232 98L280 76", BARK, 4)


def restaurant(b: Brush) -> None:
    b.table((CREAM, ROSE, MINT))
    b.shadow(160, 162, 104, 12)
    way = b.pick(("steamer", "hotpot", "plates"))
    if way == "steamer":
        for i in range(3):
            y = 140 - i * 26
            b.rect(94, y, 132, 24, (WHEAT, "#E3C486")[i % 2], 5)
            b.line(f"M100 {y + 8}h120", CRUST, 2.4)
        b.shape("M92 88h136q-6 -26 -68 -26t-68 26z", WHEAT)
        b.rect(150, 52, 20, 10, CRUST, 4)
        b.steam(160, 48, LEAF)
    elif way == "hotpot":
        b.rect(104, 112, 112, 42, PERSIMMON, 12)
        b.oval(160, 112, 68, 17, BRICK)
        b.oval(160, 112, 58, 13, CORAL)
        b.line("M160 100v25", BRICK, 5)
        for x, y, c in (
            (130, 108, LEAF),
            (142, 116, SUN),
            (182, 108, WHITE),
            (194, 115, MOSS),
            (176, 117, SUN),
        ):
            b.dot(x, y, 5, c)
        b.steam(160, 88, PERSIMMON)
    else:
        b.oval(118, 138, 56, 20, WHITE)
        b.oval(118, 135, 38, 12, b.pick((CORAL, MOSS, SUN)))
        b.oval(206, 146, 50, 18, WHITE)
        b.oval(206, 143, 34, 11, b.pick((LEAF, BREAD, PERSIMMON)))
        for x in (104, 118, 132, 196, 212):
            b.dot(x, 135 if x < 150 else 142, 5, b.pick((PERSIMMON, LEAF, CREAM, SUN)))
        b.line("M150 96L250 72M156 106L256 86", BARK, 4)


def _leafy(b: Brush, x: float, y: float) -> None:
    b.shape(f"M{x - 9} {y}q-4 -18 2 -30h14q6 12 2 30q-9 6 -18 0z", WHITE)
    for dx, c in ((-13, LEAF), (13, LEAF), (0, MOSS)):
        b.oval(x + dx, y - 42, 13, 19, c)
    b.line(f"M{x} {y - 24}v-28", SAGE, 2.6)


def greengrocer(b: Brush) -> None:
    b.table((MINT, CREAM, PEACH))
    b.shadow(160, 164, 104, 10)
    crate = b.pick((WHEAT, CRUST, "#D39A5A"))
    x = 86.0
    for _ in range(4):
        what = b.pick(("leafy", "carrot", "aubergine", "tomato", "corn"))
        at = x + 18
        if what == "leafy":
            _leafy(b, at, 130)
        elif what == "carrot":
            b.line(f"M{at} 92q-6 -16 -12 -20M{at} 92v-26M{at} 92q6 -16 12 -20", LEAF, 4)
            b.shape(f"M{at - 13} 92q13 -8 26 0q0 30 -13 50q-13 -20 -13 -50z", CORAL)
        elif what == "aubergine":
            b.shape(f"M{at - 9} 96c-16 16 -12 52 9 52s25 -36 9 -52z", "#6C4A7A")
            b.shape(f"M{at - 11} 100q4 -12 11 -12t11 12q-11 -5 -22 0z", LEAF)
            b.line(f"M{at} 88v-8", LEAF, 4)
        elif what == "tomato":
            b.dot(at - 4, 112, 18, PERSIMMON)
            b.shape(f"M{at - 14} 97l10 4l10 -4l-6 -6l-4 3l-4 -3z", LEAF)
        else:
            b.oval(at, 108, 11, 32, SUN)
            b.shape(
                f"M{at - 17} 138q-4 -34 12 -44q-4 30 5 46zM{at + 17} 138q4 -34 -12 -44q4 30 -5 46z",
                MOSS,
            )
        x += 37
    b.rect(76, 122, 168, 40, crate, 4)
    b.line("M80 135h160M80 149h160", BARK if crate == CRUST else CRUST, 2.4)


def fruit(b: Brush) -> None:
    b.table((CREAM, MINT, ROSE, ICE))
    b.shadow(160, 158, 96)
    way = b.pick(("orange", "peach", "melon", "grape", "mixed"))
    if way == "melon":
        b.shape("M70 118a90 66 0 0 0 180 0z", LEAF)
        b.shape("M80 118a80 56 0 0 0 160 0z", CREAM)
        b.shape("M86 118a74 49 0 0 0 148 0z", CORAL if b.maybe() else PERSIMMON)
        for dx, dy in ((-36, 10), (-12, 22), (12, 8), (34, 18), (0, 36)):
            b.oval(160 + dx, 118 + dy, 2.6, 4.6, INK)
    elif way == "grape":
        colour = b.pick(("#6C4A7A", MOSS, BRICK))
        for row, n in enumerate((4, 5, 4, 3, 2, 1)):
            for i in range(n):
                b.dot(160 + (i - (n - 1) / 2) * 23, 76 + row * 17, 12.5, colour)
                if (row + i) % 2:
                    b.dot(157 + (i - (n - 1) / 2) * 23, 72 + row * 17, 3, WHITE)
        b.line("M160 66q2 -16 14 -22", BARK, 4)
        b.shape("M172 50q16 -18 40 -8q-14 22 -40 8z", LEAF)
    else:
        main = {"orange": SUN, "peach": CORAL, "mixed": PERSIMMON}[way]
        other = b.pick((main, SUN, MOSS, CORAL)) if way == "mixed" else main
        spots = (
            (112, 132, main),
            (160, 136, other),
            (206, 132, main),
            (136, 98, other),
            (184, 98, main),
        )
        for x, y, c in spots[: b.pick((3, 5, 5))]:
            b.dot(x, y, 25, c)
            b.dot(x - 8, y - 9, 4.4, WHITE)
            b.line(f"M{x} {y - 22}q1 -5 5 -8", BARK, 3)
            b.shape(f"M{x + 4} {y - 28}q9 -9 20 -3q-9 10 -20 3z", LEAF)


def tea(b: Brush) -> None:
    b.table((MINT, CREAM, PEACH))
    pot = b.pick((LEAF, BRICK, SKY, "#A06A42"))
    b.shadow(160, 154, 100)
    if b.maybe(0.62):
        b.line("M176 106q44 -2 40 24t-46 14", pot, 8)
        b.shape("M84 104q-22 2 -30 -22l10 -3q6 14 22 12z", pot)
        b.shape("M78 116q0 -30 52 -30t52 30q0 36 -30 38h-44q-30 -2 -30 -38z", pot)
        b.oval(130, 88, 34, 8, WHITE)
        b.oval(130, 86, 32, 7, pot)
        b.dot(130, 76, 6, pot)
        b.sprig(120, 138, WHITE, 0.8)
        b.shape("M212 130h44q0 24 -16 24h-12q-16 0 -16 -24z", WHITE)
        b.oval(234, 130, 22, 5, b.pick((SUN, MOSS, CORAL)))
        b.steam(234, 118, pot, 2)
    else:
        b.shape("M104 96h112q4 58 -34 60h-44q-38 -2 -34 -60z", WHITE)
        b.line("M112 122q48 12 96 0", pot, 3)
        b.shape("M96 96q6 -26 64 -26t64 26z", pot)
        b.dot(160, 68, 6, pot)
        b.oval(160, 158, 82, 8, WHITE)
        b.sprig(250, 152, LEAF, 1.3)
        b.steam(160, 54, pot, 2)


def cafe(b: Brush) -> None:
    b.table((PEACH, ROSE, ICE, CREAM))
    cup = b.pick((WHITE, PERSIMMON, LEAF, SKY))
    b.shadow(160, 162, 86)
    if b.maybe(0.6):
        b.oval(156, 158, 84, 11, WHITE if cup != WHITE else "#EADBC0")
        b.line("M208 108q38 -4 34 20t-44 14", cup, 9)
        b.shape("M96 98h120q2 56 -38 58h-44q-40 -2 -38 -58z", cup)
        b.oval(156, 98, 60, 13, BARK)
        b.oval(156, 98, 50, 9, "#B98350")
        b.shape("M156 105q-22 -9 -11 -13q7 -2 11 4q4 -6 11 -4q11 4 -11 13z", CREAM)
        b.steam(156, 78, BARK, b.pick((2, 3)))
    else:
        for x, c in ((122, cup), (192, b.pick((SUN, CORAL, MOSS)))):
            b.shape(f"M{x - 28} 88h56l-7 70h-42z", c)
            b.rect(x - 32, 76, 64, 13, INK if c == WHITE else WHITE, 5)
            b.shape(f"M{x - 25.5} 108h51l-3 28h-45z", "#EADBC0" if c == WHITE else WHITE)
            b.oval(x, 122, 7, 9, BARK)
            b.line(f"M{x + 10} 76l6 -34", PERSIMMON, 4)


def grocery(b: Brush) -> None:
    b.table((ICE, CREAM, MINT))
    b.shadow(160, 162, 100)
    b.shape("M86 96h100l8 64h-116z", b.pick((WHEAT, "#D9B07A")))
    b.line("M112 96q0 -34 24 -34t24 34", BARK, 4)
    b.shape("M106 96q4 -30 14 -30t10 30zM150 96q-2 -22 10 -26t16 26z", LEAF)
    b.rect(132, 70, 20, 26, WHITE, 3)
    b.rect(136, 60, 12, 12, BLUE, 2)
    milk = b.pick((SKY, PERSIMMON, LEAF))
    b.shape("M206 108l10 -22h24l10 22z", milk)
    b.rect(206, 108, 44, 52, WHITE)
    b.rect(206, 124, 44, 16, milk)
    b.dot(128, 130, 12, b.pick((PERSIMMON, SUN, WHITE)))


def butcher(b: Brush) -> None:
    b.table((ROSE, ICE, CREAM))
    b.shadow(160, 160, 96)
    b.rect(70, 148, 180, 13, BARK, 6)
    if b.maybe():
        b.shape("M88 146q-8 -50 46 -58t96 20q10 30 -22 38z", PERSIMMON)
        b.shape("M104 138q-2 -32 36 -36t70 14q2 16 -14 20z", CORAL)
        b.dot(136, 122, 12, CREAM)
        b.line("M166 116q20 0 34 8M160 130q16 -2 30 2", CREAM, 4)
    else:
        for x, y in ((118, 128), (198, 130), (158, 104)):
            b.oval(x, y, 33, 20, BRICK)
            b.oval(x, y - 3, 33, 19, b.pick((PERSIMMON, CORAL)))
            b.line(f"M{x - 16} {y - 4}q16 -12 32 0", ROSE, 3)


def breakfast(b: Brush) -> None:
    b.table((CREAM, PEACH, ICE))
    b.shadow(160, 162, 104, 11)
    _bowl(b, 114, 116, 0.78, b.pick((SKY, WHITE, LEAF)), WHITE)
    b.oval(114, 117, 43, 8, CREAM)
    b.oval(206, 152, 58, 14, WHITE)
    for i in range(3):
        b.line(
            f"M{172 + i * 6} {142 - i * 9}L{238 + i * 5} {136 - i * 11}",
            (CRUST, BREAD, CRUST)[i],
            13,
        )
    if b.maybe():
        b.dot(262, 146, 15, CREAM)
    b.steam(114, 96, CRUST, 2)


def seafood(b: Brush) -> None:
    b.table((ICE, MINT, CREAM))
    b.oval(160, 146, 112, 22, WHITE)
    b.shadow(160, 150, 86, 11)
    body, fin = b.pick(((BLUE, SKY), (CORAL, PERSIMMON), (STEEL, SKY)))
    b.shape("M82 118q46 -50 110 -12l42 -28q-6 30 4 62l-46 -18q-64 34 -110 -4z", body)
    b.shape("M128 92q20 -22 42 -8l6 14zM136 142q14 16 32 2z", fin)
    b.dot(104, 112, 6, WHITE)
    b.dot(104, 112, 2.6, INK)
    b.line("M126 102q10 14 0 30M150 104q8 12 0 24M172 108q6 10 0 18", WHITE, 3)
    b.shape("M228 152a20 20 0 0 1 40 0z", SUN)
    b.line("M248 150v-14M240 148l-6 -8M256 148l6 -8", CREAM, 2.4)


SCENES = {
    "bakery": bakery,
    "noodles": noodles,
    "restaurant": restaurant,
    "breakfast": breakfast,
    "greengrocer": greengrocer,
    "fruit": fruit,
    "tea": tea,
    "cafe": cafe,
    "grocery": grocery,
    "butcher": butcher,
    "seafood": seafood,
}

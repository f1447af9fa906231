"""Single things that a shop's scene would show wrongly: this bread, not that one; a cat, a dog."""

# ruff: noqa: D103, E501 - a stroke is its coordinates, named by what it shows.

from __future__ import annotations

from app.core.drawn.brush import (
    BARK,
    BREAD,
    BRICK,
    CORAL,
    CREAM,
    CRUST,
    ICE,
    INK,
    MINT,
    PEACH,
    PERSIMMON,
    ROSE,
    SKY,
    STEEL,
    SUN,
    WHEAT,
    WHITE,
    Brush,
)

PALE = "#F6DDB0"
DARK = "#8A5A36"


def _tray(b: Brush, width: float = 92) -> None:
    b.table((PEACH, CREAM, ROSE, PEACH))
    b.shadow(160, 154, width, 13)


def baguette(b: Brush) -> None:
    _tray(b, 112)
    for y in (96, 128) if b.maybe(0.6) else (116,):
        b.shape(
            f"M44 {y + 22}q-6 -20 24 -26L256 {y - 22}q28 -2 26 16q-2 14 -26 18L70 {y + 30}q-20 2 -26 -8z",
            CRUST,
        )
        b.shape(
            f"M52 {y + 18}q0 -14 22 -17L254 {y - 16}q20 -1 18 10q-2 9 -22 12L74 {y + 24}q-16 2 -22 -6z",
            BREAD,
        )
        for x in (84, 122, 160, 198, 236):
            b.line(f"M{x} {y + 22 - x / 8:g}q12 -2 22 -16", PALE, 5)


def loaf(b: Brush) -> None:
    _tray(b)
    b.rect(74, 146, 172, 10, BARK, 5)
    b.shape("M94 146c-16 -54 28 -68 66 -68s82 14 66 68q-66 14 -132 0z", CRUST)
    b.shape("M98 138c-12 -46 28 -56 62 -56s74 10 62 56q-62 12 -124 0z", b.pick((BREAD, "#E8B676")))
    for dx in (-36, -10, 16) if b.maybe(0.6) else (-24, 4):
        b.line(f"M{160 + dx} 124q10 -18 26 -24", PALE, 5)


def rye(b: Brush) -> None:
    _tray(b)
    b.rect(74, 146, 172, 10, BARK, 5)
    b.shape("M92 146c-16 -52 28 -68 68 -68s84 16 68 68q-68 12 -136 0z", "#6B4226")
    b.shape("M98 138c-12 -42 26 -54 62 -54s74 12 62 54q-62 10 -124 0z", DARK)
    b.line("M120 104h80M160 86v50", "#E9D6B4", 5)
    for x, y in ((118, 122), (138, 128), (184, 124), (204, 118), (172, 132)):
        b.oval(x, y, 6, 4, WHEAT)


def croissant(b: Brush) -> None:
    _tray(b)
    for x, y, s in ((128, 150, 0.9), (200, 154, 0.74)) if b.maybe(0.6) else ((160, 156, 1.15),):
        b.shape(
            f"M{x - 62 * s:g} {y:g}q{4 * s:g} {-58 * s:g} {62 * s:g} {-60 * s:g}t{62 * s:g} {60 * s:g}"
            f"q{-16 * s:g} {-26 * s:g} {-62 * s:g} {-24 * s:g}t{-62 * s:g} {24 * s:g}z",
            BREAD,
        )
        for dx in (-36, -13, 13, 36):
            b.line(
                f"M{x + dx * s:g} {y - (54 - abs(dx) / 3) * s:g}q{dx / 5 * s:g} {14 * s:g} {-dx / 8 * s:g} {30 * s:g}",
                CRUST,
                4 * s,
            )


def scone(b: Brush) -> None:
    _tray(b)
    b.oval(160, 152, 92, 13, WHITE)
    for x, y in ((122, 146), (198, 146), (160, 122)) if b.maybe(0.7) else ((126, 146), (192, 146)):
        b.rect(x - 34, y - 30, 68, 32, CRUST, 9)
        b.rect(x - 34, y - 14, 68, 5, CREAM)
        b.shape(f"M{x - 36} {y - 26}q4 -20 36 -20t36 20q-36 8 -72 0z", BREAD)
        for dx in (-18, 2, 18):
            b.dot(x + dx, y - 34 + abs(dx) / 6, 3, SUN)


def cake(b: Brush) -> None:
    _tray(b)
    cream = b.pick((WHITE, ROSE, CREAM))
    b.oval(160, 152, 86, 12, WHITE)
    b.rect(104, 98, 112, 50, b.pick((BREAD, CRUST)), 6)
    b.shape(
        "M102 108q0 -18 18 -18h80q18 0 18 18v8q-10 12 -20 0t-19 0t-19 0t-19 0t-19 0t-20 0z", cream
    )
    b.rect(104, 126, 112, 5, cream)
    for x in (132, 160, 188):
        b.rect(x - 2.5, 66, 5, 24, b.pick((PERSIMMON, SKY, CORAL)), 2)
        b.oval(x, 60, 3.6, 6, SUN)


def buns(b: Brush) -> None:
    _tray(b)
    for x, y in ((112, 136), (160, 136), (208, 136), (136, 106), (184, 106)):
        b.oval(x, y + 5, 28, 19, CRUST)
        b.oval(x, y, 28, 19, BREAD)
        b.dot(x, y - 5, 5, BRICK)


def granola(b: Brush) -> None:
    _tray(b)
    b.shape("M98 108h124q-4 48 -42 52h-40q-38 -4 -42 -52z", b.pick((SKY, WHITE, CORAL)))
    b.oval(160, 108, 62, 15, PALE)
    for number in range(14):
        x, y = 160 + 50 * (number / 6.5 - 1), 108 + b.between(-8, 8)
        b.oval(round(x, 1), y, 5, 3.4, b.pick((CRUST, BREAD, BARK, BRICK)))


def eggs(b: Brush) -> None:
    _tray(b, 100)
    shells = (PALE, "#E8C49A", WHITE)
    for x in (96, 139, 181, 224):
        b.oval(x, 120, 20, 27, b.pick(shells))
    b.shape("M66 124h188l-12 32h-164z", STEEL)
    for x in (96, 139, 181, 224):
        b.oval(x, 124, 22, 7, "#6F8397")


def cat(b: Brush) -> None:
    b.table((MINT, ICE, ROSE, CREAM))
    b.shadow(160, 158, 66)
    fur = b.pick((WHEAT, STEEL, INK, CORAL))
    b.line("M206 150q44 -4 34 -46", fur, 13)
    b.shape("M112 158q-4 -58 48 -60q52 2 48 60z", fur)
    b.shape("M118 92l-2 -46l26 20h36l26 -20l-2 46q-10 26 -42 26t-42 -26z", fur)
    for x in (142, 178):
        b.oval(x, 88, 5, 7, SUN if fur == INK else INK)
    b.shape("M154 98h12l-6 7z", ROSE)
    b.line("M132 100h-26M132 107l-24 6M188 100h26M188 107l24 6", WHITE if fur != WHEAT else BARK, 2)
    b.oval(140, 156, 15, 8, WHITE)
    b.oval(180, 156, 15, 8, WHITE)


def dog(b: Brush) -> None:
    b.table((MINT, ICE, PEACH, CREAM))
    b.shadow(160, 158, 70)
    fur, ear = b.pick(((WHEAT, CRUST), (WHITE, BARK), (CRUST, BARK)))
    b.line("M208 138q30 -6 28 -34", fur, 12)
    b.shape("M110 158q-2 -56 50 -58q52 2 50 58z", fur)
    b.oval(160, 82, 46, 40, fur)
    b.shape("M120 56q-24 2 -20 50q20 6 26 -20z", ear)
    b.shape("M200 56q24 2 20 50q-20 6 -26 -20z", ear)
    b.oval(160, 98, 22, 17, WHITE if fur != WHITE else PALE)
    b.oval(160, 90, 8, 6, INK)
    b.line("M160 96v8q-8 8 -14 1M160 104q8 8 14 1", INK, 2.6)
    b.dot(142, 74, 5, INK)
    b.dot(178, 74, 5, INK)
    b.line("M124 118q36 16 72 0", b.pick((PERSIMMON, SKY)), 7)


def pump(b: Brush) -> None:
    """A pump that is pressed by hand, on its bottle."""
    b.table((ICE, MINT, CREAM))
    b.shadow(160, 172, 62)
    b.rect(112, 92, 96, 82, SKY, 18)
    b.rect(122, 104, 10, 54, ICE, 5)
    b.rect(138, 74, 44, 22, ICE, 6)
    b.rect(134, 84, 52, 12, STEEL, 5)
    pressed = b.pick((0, 6))
    b.rect(152, 50 + pressed, 16, 36 - pressed, WHITE, 4)
    b.rect(128, 36 + pressed, 64, 16, b.pick((PERSIMMON, CORAL)), 8)
    b.line(f"M172 {66 + pressed}h34q10 0 10 12v10", STEEL, 8)
    b.shape(f"M216 {96 + pressed}q-9 13 0 18q9 -5 0 -18z", SKY)


def tickets(b: Brush) -> None:
    """A fan of paper tickets, each with a drop."""
    b.table((PEACH, CREAM, MINT))
    b.shadow(160, 158, 84)
    for dx, dy, fill in ((-26, -22, ICE), (0, -4, b.pick((PEACH, SUN))), (26, 14, WHITE)):
        x, y = 86 + dx, 76 + dy
        b.rect(x, y, 148, 62, fill, 8)
        b.dot(x, y + 31, 8, CREAM)
        b.dot(x + 148, y + 31, 8, CREAM)
        b.line(f"M{x + 100} {y + 8}v46", STEEL, 2.5)
    b.shape("M150 100q-20 28 0 38q20 -10 0 -38z", SKY)
    b.line("M222 112h22M222 124h14", STEEL, 4)


def massage(b: Brush) -> None:
    """Two hands on a back under a towel."""
    b.table((MINT, PEACH, CREAM))
    b.rect(52, 132, 216, 26, BARK, 8)
    b.shape("M60 132q4 -40 62 -44h70q62 2 68 44z", PEACH)
    b.shape("M160 132q2 -38 40 -43q54 4 60 43z", b.pick((WHITE, MINT, ICE)))
    b.oval(74, 112, 25, 22, PEACH)
    b.shape("M50 110q2 -26 28 -22q-12 10 -8 26q-12 8 -20 -4z", b.pick((INK, BARK)))
    sleeve = b.pick((CORAL, SKY))
    for x in (116, 160):
        b.line(f"M{x + 22} 28q-20 24 -16 52", sleeve, 18)
        b.line(f"M{x + 5} 72q0 8 -2 12", BREAD, 13)
        b.shape(f"M{x - 18} 94q2 -14 18 -15q18 0 16 12q-16 10 -34 3z", BREAD)


PIECES = {
    "baguette": baguette,
    "loaf": loaf,
    "rye": rye,
    "croissant": croissant,
    "scone": scone,
    "cake": cake,
    "buns": buns,
    "granola": granola,
    "eggs": eggs,
    "cat": cat,
    "dog": dog,
    "pump": pump,
    "tickets": tickets,
    "massage": massage,
}

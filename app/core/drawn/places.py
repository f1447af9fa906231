"""Where it all is: the street, the shop front, the boards, and the quiet pages with nothing yet."""

# ruff: noqa: D103, E501 - a stroke is its coordinates, named by what it shows.

from __future__ import annotations

from app.core.drawn.brush import (
    BARK,
    BLUE,
    BRICK,
    CORAL,
    CREAM,
    CRUST,
    ICE,
    INK,
    LEAF,
    MINT,
    MIST,
    MOSS,
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

ROOFS = ((BRICK, PERSIMMON), (SKY, BLUE), (BARK, WHEAT), (LEAF, MOSS), (BRICK, CORAL))


def _building(b: Brush, x: float, y: float, w: float) -> None:
    roof, wall = b.pick(ROOFS)
    if b.maybe(0.35):
        h = b.between(46, 62)
        b.shopfront(x, y, w, h, wall, roof)
        return
    h = b.between(38, 66)
    b.house(x, y, w, h, roof, wall)
    b.rect(x + w * 0.4, y - 24, w * 0.22, 24, CREAM, 2)
    for dx in (0.14, 0.68):
        b.rect(x + w * dx, y - h * 0.72, w * 0.2, 11, CREAM if b.maybe(0.7) else SUN, 1)


def street(b: Brush) -> None:
    b.ground(b.pick((ROSE, PEACH, ICE, CREAM)))
    span = b.right - b.left
    b.dot(b.left + span * b.between(0.68, 0.86), 56, 20, b.pick((SUN, "#F0A763")))
    b.cloud(b.left + span * b.between(0.1, 0.4), 62, 1.1)
    x, step = b.left - 40, span / 4 + 20
    while x < b.right + 40:
        b.oval(round(x + step / 2), 160, round(step * 0.72), b.between(34, 62), "#BCD2C3")
        x += step
    b.floor(156, "#8FB59C")
    x = b.left + 14
    while x < b.right - 34:
        w = b.between(44, 64)
        if b.maybe(0.22):
            b.tree(x + 12, 158, b.between(0.75, 1.1), b.pick((LEAF, MOSS)))
            x += 34
            continue
        _building(b, x, 158, min(w, b.right - x - 12))
        x += w + b.between(8, 16)
    b.rect(-600, 158, 1520, 7, "#E7D9BF")
    for _ in range(max(2, int(span / 110))):
        b.person(b.between(b.left + 20, b.right - 20), 178, b.between(0.55, 0.7))


def shop(b: Brush) -> None:
    b.ground(b.pick((PEACH, ICE, MINT, ROSE)))
    b.dot(b.pick((64, 262)), 48, 15, SUN)
    b.floor(160, "#E7D9BF")
    roof, wall = b.pick(ROOFS)
    b.rect(92, 44, 136, 26, roof, 5)
    b.line("M112 57h40M162 57h20", CREAM, 5)
    b.shopfront(84, 160, 152, 92, wall if wall != CORAL else WHEAT, roof)
    paint = b.some((PERSIMMON, SUN, LEAF, WHITE, SKY), 3)
    for i, c in enumerate(paint):
        b.rect(104 + i * 22, 124, 15, 17, c, 3)
    b.bush(70, 160, 0.9)
    if b.maybe():
        b.person(252, 164, 0.95)
    else:
        b.tree(254, 160, 1)


def chat(b: Brush) -> None:
    b.ground(b.pick((CREAM, MINT, ROSE)))
    one, two = b.some((PERSIMMON, LEAF, SKY, SUN), 2)
    b.shape(
        "M92 46h92q16 0 16 16v34q0 16 -16 16h-58l-24 22v-22h-10q-16 0 -16 -16v-34q0 -16 16 -16z",
        one,
    )
    b.line("M100 70h72M100 88h44", WHITE, 5)
    b.shape(
        "M166 90h70q14 0 14 14v30q0 14 -14 14h-6v20l-22 -20h-42q-14 0 -14 -14v-30q0 -14 14 -14z",
        two,
    )
    for x in (180, 200, 220):
        b.dot(x, 119, 5, WHITE)


def help_board(b: Brush) -> None:
    b.table((ICE, CREAM, MINT), 152)
    b.line(
        "M108 162L134 38M180 162L160 38M130 60h34M125 84h43M120 108h52M114 134h62",
        b.pick((CRUST, BARK)),
        6,
    )
    one, two = b.some((PERSIMMON, SKY, LEAF, SUN), 2)
    b.person(214, 164, 1.15, one)
    b.line("M202 140L176 116", one, 8)
    if b.maybe():
        b.person(86, 166, 1, two)
    b.dot(150, 30, 10, SUN)


def lost(b: Brush) -> None:
    b.table((ROSE, ICE, CREAM))
    if b.maybe():
        b.shadow(160, 156, 80)
        c = b.pick((SUN, STEEL, CRUST))
        b.ring(112, 106, 27, c, 13)
        b.line("M138 114L232 142M206 134l-6 18M224 140l-5 16", c, 11)
        b.rect(74, 60, 22, 34, PERSIMMON, 6)
        b.dot(85, 68, 4, WHITE)
    else:
        c = b.pick((PERSIMMON, SKY, LEAF))
        b.shadow(160, 162, 60)
        b.shape(
            "M82 100a78 66 0 0 1 156 0q-14 -12 -26 0q-12 -12 -26 0q-13 -12 -26 0q-13 -12 -26 0q-14 -12 -26 0q-12 -12 -26 0z",
            c,
        )
        b.line("M160 98v54q0 12 12 12t12 -12", BARK, 5)
        b.line("M160 34v-8", BARK, 5)


def notice(b: Brush) -> None:
    b.meadow(b.pick((CREAM, ICE)), 152)
    b.line("M94 166V50M226 166V50", BARK, 7)
    b.rect(78, 46, 164, 84, CRUST, 5)
    b.shape("M70 48L160 20L250 48z", BRICK)
    spots = (
        (88, 56, 42, 34),
        (138, 58, 40, 50),
        (188, 56, 44, 28),
        (88, 98, 42, 24),
        (188, 92, 44, 30),
    )
    for x, y, w, h in spots:
        b.rect(x, y, w, h, b.pick((WHITE, CREAM, MIST, ROSE)), 2)
        b.dot(x + w / 2, y + 4, 3, b.pick((PERSIMMON, LEAF, SKY)))
        b.line(f"M{x + 7} {y + 14}h{w - 16}", STEEL, 2)


def trade(b: Brush) -> None:
    b.table((PEACH, MINT, ICE))
    b.shadow(160, 164, 100)
    b.rect(84, 96, 92, 64, "#D9A868", 3)
    b.shape("M84 96l-18 -16l24 -6l20 22zM176 96l18 -16l-24 -6l-20 22z", "#C99556")
    b.dot(112, 84, 15, b.pick((PERSIMMON, SKY)))
    b.rect(132, 62, 18, 34, b.pick((LEAF, SUN)), 3)
    b.line("M204 160v-64M204 160l-14 4M204 160l14 4", BARK, 5)
    b.shape("M182 98q2 -40 22 -40t22 40z", b.pick((SUN, CORAL, MOSS)))
    b.rect(110, 118, 40, 24, WHITE, 3)
    b.line("M118 130h24", PERSIMMON, 4)


def parents(b: Brush) -> None:
    b.meadow(b.pick((CREAM, ROSE, ICE)))
    b.person(122, 166, 1.25)
    b.person(196, 166, 1.15)
    b.person(160, 168, 0.75, SUN)
    x = b.pick((78, 238))
    b.line(f"M{x} 150q-4 -30 6 -62", INK, 1.6)
    b.oval(x + 6, 72, 15, 18, b.pick((PERSIMMON, CORAL, SKY)))


def welcome(b: Brush) -> None:
    b.ground(b.pick((PEACH, MINT, ICE)))
    b.floor(160, "#E7D9BF")
    b.rect(112, 30, 96, 130, WHITE, 5)
    b.rect(120, 38, 80, 122, "#F6DDB0", 2)
    b.shape("M120 38l38 12v116l-38 -6z", b.pick((PERSIMMON, LEAF, SKY)))
    b.dot(151, 106, 4, SUN)
    b.rect(124, 162, 74, 8, CRUST, 3)
    b.person(226, 168, 1.1)
    b.bush(92, 160, 1)
    b.line("M90 140v-22", LEAF, 3)


def sports(b: Brush) -> None:
    b.table((MINT, ICE, CREAM), 138)
    b.shadow(160, 160, 84)
    c = b.pick((PERSIMMON, SUN, LEAF))
    b.dot(126, 120, 38, c)
    b.line("M126 82v76M88 120h76M100 92q26 28 0 56M152 92q-26 28 0 56", INK, 2.6)
    b.dot(208, 136, 22, WHITE)
    b.shape("M208 126l9 7l-4 11h-10l-4 -11z", INK)
    b.line("M176 88L196 66", BARK, 6)
    b.oval(212, 46, 21, 25, c)
    b.oval(212, 46, 15, 19, CREAM)
    b.line("M204 34v24M212 28v36M220 34v24M199 42h26M199 52h26", STEEL, 1.6)


def calendar(b: Brush) -> None:
    b.table((ROSE, MINT, ICE), 160)
    c = b.pick((PERSIMMON, LEAF, SKY))
    b.shadow(160, 168, 70, 7)
    b.rect(98, 46, 124, 118, WHITE, 9)
    b.rect(98, 46, 124, 30, c, 9)
    b.line("M128 38v18M192 38v18", INK, 5)
    day = b.pick(range(15))
    for i in range(15):
        x, y = 112 + (i % 5) * 21, 88 + (i // 5) * 24
        b.rect(x, y, 13, 13, c if i == day else "#EFE6D8", 4)


def basket(b: Brush) -> None:
    b.table((CREAM, MINT, PEACH))
    b.shadow(160, 162, 84)
    b.line("M112 98Q160 14 208 98", CRUST, 7)
    b.shape("M84 98h152l-16 60h-120z", WHEAT)
    b.line("M88 114h144M93 130h134M97 146h126", CRUST, 3)
    b.line("M124 98l6 60M160 98v60M196 98l-6 60", CRUST, 3)


def quiet(b: Brush) -> None:
    b.meadow(b.pick((CREAM, MINT, ICE)), 150)
    b.tree(92, 156, 1.25)
    b.rect(150, 128, 92, 8, CRUST, 3)
    b.rect(150, 108, 92, 6, CRUST, 3)
    b.line("M160 164v-60M232 164v-60", BARK, 5)
    coat = b.pick((INK, "#D9953F", STEEL))
    b.line("M214 126q18 2 14 -14", coat, 5)
    b.shape("M178 128q-2 -24 20 -24t20 24z", coat)
    b.shape("M176 100l2 -20l11 8h10l11 -8l2 20q-18 18 -36 0z", coat)
    b.dot(188, 98, 2, CREAM)
    b.dot(200, 98, 2, CREAM)


def sorry(b: Brush) -> None:
    b.meadow(b.pick((CREAM, ICE)), 152)
    b.line("M160 164V56", BARK, 7)
    one, two = b.some((PERSIMMON, LEAF, SKY, SUN), 2)
    b.shape("M112 60h84l18 15l-18 15h-84z", one)
    b.shape("M206 96h-78l-18 14l18 14h78z", two)
    b.line("M126 75h52M146 110h44", WHITE, 4)
    b.bush(112, 166, 1)
    b.shape("M220 158q6 -22 20 -10q16 -8 12 12z", CORAL)


def money(b: Brush) -> None:
    b.table((MINT, CREAM, PEACH))
    b.shadow(160, 162, 84)
    b.shape("M96 44h92v116l-12 -8l-11 8l-12 -8l-11 8l-12 -8l-11 8l-12 -8l-11 8z", WHITE)
    b.line("M112 66h60M112 84h40M112 102h60", MIST, 5)
    b.line("M138 122h34", PERSIMMON, 5)
    for i in range(b.pick((3, 4))):
        b.oval(218, 152 - i * 11, 28, 9, CRUST)
        b.oval(218, 149 - i * 11, 28, 9, SUN)


def lantern(b: Brush) -> None:
    b.ground("#54627A")
    b.floor(160, "#3F5A4B")
    b.dot(248, 40, 15, CREAM)
    b.house(70, 160, 70, 60, BRICK, "#8A6A58")
    b.rect(92, 118, 26, 22, SUN, 2)
    b.line("M196 162V60q0 -16 16 -16", INK, 5)
    b.shape("M196 56h34l14 104h-62z", "#6F7A86")
    b.rect(204, 44, 18, 24, SUN, 5)
    b.person(170, 166, 0.95, SKY)


SCENES = {
    "street": street,
    "shop": shop,
    "chat": chat,
    "help": help_board,
    "lost": lost,
    "notice": notice,
    "trade": trade,
    "parents": parents,
    "welcome": welcome,
    "sports": sports,
    "calendar": calendar,
    "basket": basket,
    "empty": quiet,
    "sorry": sorry,
    "money": money,
    "duty": lantern,
}

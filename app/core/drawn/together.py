"""What neighbours do together: scenes of the gatherings."""

# ruff: noqa: D103 - a stroke is its coordinates, named by what it shows.

from __future__ import annotations

from app.core.drawn.brush import (
    BARK,
    BLUE,
    BREAD,
    BRICK,
    CLOTHES,
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
    SAGE,
    SKY,
    STEEL,
    SUN,
    WHEAT,
    WHITE,
    Brush,
)


def gardening(b: Brush) -> None:
    b.meadow(b.pick((ICE, CREAM)), 140)
    b.rect(60, 140, 200, 22, BARK, 5)
    b.rect(60, 140, 200, 7, "#5E3B1E", 3)
    for i, x in enumerate((80, 112, 144, 176, 208, 240)):
        h = b.between(14, 34)
        b.line(f"M{x} 140v{-h:g}", LEAF, 3)
        b.oval(x - 8, 140 - h, 8, 5, MOSS if i % 2 else LEAF)
        b.oval(x + 8, 136 - h, 8, 5, LEAF)
        if b.maybe(0.4):
            b.dot(x, 134 - h, 6, b.pick((PERSIMMON, SUN, CORAL)))
    can = b.pick((SKY, PERSIMMON, SUN))
    b.shape("M226 70h38v36h-38z", can)
    b.line("M226 84l-30 -18", can, 7)
    b.line("M232 70q12 -18 26 0", can, 4)
    for x, y in ((186, 74), (178, 86), (192, 86), (184, 98)):
        b.shape(f"M{x} {y}q-5 7 0 10q5 -3 0 -10z", BLUE)
    b.person(104, 132, 0.9)


def badminton(b: Brush) -> None:
    b.ground(b.pick((MINT, ICE)))
    b.floor(128, b.pick(("#8DB59A", "#C79A6B", "#7FA3BF")))
    b.line("M-600 166H900M160 128V200", WHITE, 3)
    b.line("M60 128V74M260 128V74", INK, 4)
    b.rect(60, 76, 200, 30, WHITE, 2)
    for x in range(72, 260, 14):
        b.line(f"M{x} 78v26", MIST, 1.6)
    b.line("M60 88h200", MIST, 1.6)
    left, y = b.between(130, 190), b.between(34, 52)
    b.shape(f"M{left:g} {y:g}l-16 -18l26 -8l4 20z", WHITE)
    b.dot(left + 5, y, 7, PERSIMMON)
    one, two = b.some(CLOTHES, 2)
    for px, c, s in ((100, one, 1), (218, two, -1)):
        b.person(px, 168, 1.05, c)
        b.line(f"M{px + 12 * s} 146l{18 * s} -22", INK, 3.4)
        b.parts.append(
            f'<ellipse cx="{px + 38 * s}" cy="108" rx="11" ry="15" fill="{WHITE}" fill-opacity=".7"'
            f' stroke="{c}" stroke-width="3.4" transform="rotate({40 * s} {px + 38 * s} 108)"/>'
        )


def reading(b: Brush) -> None:
    b.ground(b.pick((CREAM, ROSE, PEACH)))
    b.floor(150, "#E7CDA4")
    b.rect(70, 30, 180, 64, WHITE, 4)
    b.rect(156, 30, 8, 64, CREAM)
    b.rect(78, 38, 76, 56, ICE)
    b.rect(166, 38, 76, 56, ICE)
    b.dot(b.pick((104, 214)), 58, 11, SUN)
    people = b.pick((3, 4))
    for i in range(people):
        x = 160.0 + (i - (people - 1) / 2) * 54
        b.person(x, 158, 1.05)
        c = b.pick((PERSIMMON, SKY, LEAF, SUN))
        b.shape(f"M{x:g} 142l-17 -6v17l17 6l17 -6v-17z", c)
        b.shape(f"M{x:g} 141l-14 -5v14l14 5z", WHITE)
        b.shape(f"M{x:g} 141l14 -5v14l-14 5z", CREAM)
    b.floor(164, CRUST)


def market(b: Brush) -> None:
    b.meadow(b.pick((ICE, CREAM)), 146)
    for x, c in zip((64, 178), b.some((PERSIMMON, LEAF, SKY, SUN), 2), strict=True):
        b.line(f"M{x + 2} 150V72M{x + 76} 150V72", BARK, 4)
        b.awning(x - 4, 58, 86, c, WHITE, 6)
        b.rect(x - 2, 116, 82, 34, WHEAT, 3)
        for i in range(5):
            b.dot(x + 8 + i * 15, 113, 8, b.pick((PERSIMMON, SUN, MOSS, CORAL, LEAF)))
    b.line("M30 36Q160 66 290 34", BARK, 2)
    for i, x in enumerate(range(50, 290, 34)):
        y = 50 - ((x - 160) / 34) ** 2
        b.shape(f"M{x} {y:g}h16l-8 15z", (PERSIMMON, SUN, LEAF, SKY)[i % 4])
    b.person(160, 170, 1)
    if b.maybe(0.6):
        b.person(b.pick((110, 206)), 174, 0.8)


def hike(b: Brush) -> None:
    sky = b.pick((ICE, ROSE, CREAM))
    b.ground(sky)
    b.dot(b.pick((84, 240)), 46, 19, b.pick((SUN, CORAL)))
    b.shape(
        "M-80 160L70 60L130 112L196 40L300 140L420 90V240H-80z", MIST if sky == ICE else "#C9D6CC"
    )
    b.shape("M196 40l20 20l-14 8l-10 -7l-14 6z", WHITE)
    b.shape("M-600 200V150Q-40 100 90 138T250 128T460 140T920 150V800H-600z", MOSS)
    b.shape("M150 200q-30 -30 10 -44t40 -22q10 10 -20 22t10 44z", CREAM)
    for x, s in ((60, 0.8), (82, 1), (256, 0.9)):
        b.shape(f"M{x} {152 - 52 * s:g}l{16 * s:g} {46 * s:g}h{-32 * s:g}z", LEAF)
        b.line(f"M{x} {152 - 8 * s:g}v10", BARK, 4)
    for x, s in ((128, 0.85), (152, 0.95), (182, 0.75)):
        b.person(x, 172, s)
        b.line(f"M{x + 15 * s:g} 172l3 {-30 * s:g}", BARK, 2.4)


def children(b: Brush) -> None:
    b.meadow(b.pick((ICE, CREAM, MINT)))
    way = b.pick(("slide", "kite", "swing"))
    if way == "slide":
        b.line("M104 158V84M126 158V84M104 104h22M104 122h22M104 140h22", BARK, 4)
        b.line("M124 86Q156 92 184 132T232 158", PERSIMMON, 11)
        b.person(152, 108, 0.62)
        b.person(258, 164, 0.7)
    elif way == "kite":
        x, y = b.between(200, 226), b.between(46, 60)
        b.line(f"M112 132Q150 110 {x:g} {y:g}", INK, 1.6)
        b.shape(f"M{x:g} {y - 28:g}l20 26l-14 30l-26 -26z", b.pick((PERSIMMON, SUN, SKY)))
        b.line(f"M{x - 6:g} {y + 30:g}q10 10 0 18t4 16", CORAL, 3)
        b.person(100, 164, 0.85)
        b.person(142, 168, 0.7)
        b.person(214, 170, 0.8)
    else:
        b.line("M88 160L110 56L232 56L254 160M110 56h122", LEAF, 5)
        b.line("M142 58l-14 66h30zM196 58l6 66h-24z", BARK, 2)
        b.person(142, 128, 0.72)
        b.person(190, 126, 0.68)
    b.dot(b.pick((64, 72)), 164, 9, b.pick((PERSIMMON, SUN)))


def repair_cafe(b: Brush) -> None:
    b.table((CREAM, MINT, ICE), 132)
    b.rect(50, 128, 220, 12, BARK, 5)
    for x in (92, 160, 228):
        b.person(x, 128, 1)
    b.rect(76, 108, 34, 20, b.pick((PERSIMMON, SKY)), 4)
    b.dot(92, 118, 6, CREAM)
    b.line("M84 108l-6 -18", STEEL, 2.6)
    b.shape("M146 128l4 -24h20l4 24z", SUN)
    b.line("M160 104v-10", INK, 3)
    b.rect(206, 120, 44, 8, STEEL, 3)
    b.line("M214 120l8 -14l10 14", LEAF, 4)
    b.line("M70 160h34m6 -6l12 12m-12 0l12 -12", SKY, 5)
    b.line("M196 164l40 -10", PERSIMMON, 7)
    b.line("M236 154l16 -4", STEEL, 4)


def choir(b: Brush) -> None:
    b.ground(b.pick((ROSE, CREAM, ICE)))
    b.floor(148, b.pick((WHEAT, "#D8B9A3", "#C7D7E5")))
    robe = b.some(CLOTHES, 2)
    for i, x in enumerate((96, 139, 182, 225)):
        b.person(x, 136, 0.92, robe[0])
        b.dot(x, 104.5, 2.8, BRICK) if i % 2 else b.oval(x, 104.5, 3, 2, BRICK)
    for i, x in enumerate((76, 118, 160, 202, 244)):
        b.person(x, 166, 1, robe[1])
        b.oval(x, 132.5, 3, 2 if i % 2 else 3.4, BRICK)
    for x, y in b.some(((70, 54), (116, 38), (162, 56), (206, 34), (250, 56)), 4):
        b.oval(x, y, 7, 5.4, INK)
        b.line(f"M{x + 6} {y}v-25q8 2 10 9", INK, 3)


def film(b: Brush) -> None:
    b.ground("#4A5C78")
    for _ in range(9):
        b.dot(b.between(10, 310), b.between(8, 60), 1.6, CREAM)
    b.dot(b.pick((52, 270)), 36, 13, CREAM)
    b.floor(136, "#3F5A4B")
    b.line("M84 146V34M236 146V34", BARK, 5)
    b.rect(84, 30, 152, 86, WHITE, 3)
    b.rect(92, 38, 136, 70, b.pick((PEACH, MIST, ROSE)), 2)
    if b.maybe():
        b.shape("M92 108q30 -40 68 -16t68 -14v30z", MOSS)
        b.dot(196, 58, 11, PERSIMMON)
    else:
        b.person(138, 108, 0.95, PERSIMMON)
        b.person(182, 108, 0.95, SKY)
    for x in (68, 106, 142, 180, 218, 254):
        b.person(x, 182, 0.85)


def shared_meal(b: Brush) -> None:
    b.meadow(b.pick((CREAM, ROSE)), 126)
    b.line("M20 30Q160 64 300 30", BARK, 2)
    for x in (60, 104, 150, 196, 240):
        b.dot(x, 54 - ((x - 160) / 30) ** 2 + 4, 8, b.pick((SUN, PERSIMMON, CORAL)))
    for x in (82, 134, 186, 238):
        b.person(x, 134, 0.95)
    b.rect(40, 132, 240, 46, WHITE, 4)
    b.rect(40, 132, 240, 10, b.pick((PERSIMMON, SKY, LEAF)), 3)
    for x, c in zip((70, 116, 162, 208, 252), (CORAL, MOSS, SUN, BREAD, LEAF), strict=True):
        b.oval(x, 130, 19, 6, "#E9E1D4")
        b.shape(f"M{x - 13} 129q2 -12 13 -12t13 12z", c)
    b.steam(162, 112, STEEL, 2)


def gathering(b: Brush) -> None:
    b.meadow(b.pick((MINT, CREAM, ICE)), 148)
    for x, s in zip((70, 96, 122), (0.9, 1.2, 1), strict=True):
        b.tree(x, 152, s)
    for i in range(b.pick((3, 4))):
        b.person(176 + i * 28, 164 + (i % 2) * 4, b.between(0.7, 1.05))


def craft(b: Brush) -> None:
    b.table((ROSE, CREAM, MINT), 136)
    b.shadow(160, 164, 88)
    c = b.pick((PERSIMMON, SKY, LEAF))
    if b.maybe():
        b.line("M232 62L172 148", BARK, 5)
        b.shape("M240 44q12 6 2 22l-12 -4q-2 -12 10 -18z", INK)
        b.shape("M78 92h110v70h-110z", WHITE)
        b.line("M112 108q22 10 8 44M100 124h62M148 106v46", INK, 6)
        b.rect(200, 142, 46, 18, INK, 5)
    else:
        b.dot(128, 122, 36, c)
        b.line("M98 112q30 -20 60 0M96 128q32 -16 64 4M108 146q22 -12 44 0", WHITE, 3)
        b.line("M112 92L196 42M144 92L220 62", BARK, 5)
        b.line("M160 136q40 20 80 -4", c, 4)
        b.shape("M184 152q28 -14 62 0v10h-62z", SUN)


def music(b: Brush) -> None:
    b.table((CREAM, ICE, PEACH))
    b.shadow(164, 162, 84)
    wood = b.pick((CRUST, BRICK, BREAD))
    b.line("M176 96L246 40", BARK, 9)
    b.shape("M240 32l18 -2l4 14l-14 10z", INK)
    b.shape("M96 122q2 -26 28 -22q14 2 22 -10t26 -4t4 30q-10 8 -6 20q2 26 -36 28t-38 -42z", wood)
    b.dot(144, 122, 13, BARK)
    b.line("M128 136L236 50", CREAM, 2)
    for x, y in ((82, 62), (232, 122)):
        b.oval(x, y, 7, 5.4, SKY)
        b.line(f"M{x + 6} {y}v-25q8 2 10 9", SKY, 3)


def cleanup(b: Brush) -> None:
    b.meadow(b.pick((ICE, MINT)), 144)
    b.tree(78, 150, 1.1)
    b.tree(258, 148, 0.9, MOSS)
    for x, c in zip((124, 164, 206), b.some(CLOTHES, 3), strict=True):
        b.person(x, 166, 0.95, c)
        b.shape(f"M{x + 12} 150q12 -6 16 4t-2 16h-14q-8 -8 0 -20z", SAGE if x != 164 else SUN)
    b.line("M104 168v-40m-7 0h14l-2 -10h-10z", BARK, 3)


SCENES = {
    "gardening": gardening,
    "badminton": badminton,
    "reading": reading,
    "market": market,
    "hike": hike,
    "children": children,
    "repair-cafe": repair_cafe,
    "choir": choir,
    "film": film,
    "food": shared_meal,
    "gathering": gathering,
    "craft": craft,
    "music": music,
    "cleanup": cleanup,
}

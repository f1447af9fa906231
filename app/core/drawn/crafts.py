"""What hands do for you: scenes of the workshops, the services and the shelves."""

# ruff: noqa: D103, E501 - a stroke is its coordinates, named by what it shows.

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
    MIST,
    MOSS,
    PEACH,
    PERSIMMON,
    ROSE,
    SAGE,
    SKINS,
    SKY,
    STEEL,
    SUN,
    WHEAT,
    WHITE,
    Brush,
)


def hairdresser(b: Brush) -> None:
    b.table((ROSE, ICE, CREAM))
    way = b.pick(("chair", "scissors", "mirror"))
    pole = b.pick((PERSIMMON, SKY))
    if way == "scissors":
        steel, handle = STEEL, b.pick((PERSIMMON, LEAF, SKY))
        b.shadow(160, 162, 78)
        b.line("M118 46L186 124M202 46L134 124", steel, 9)
        b.dot(160, 94, 5, WHITE)
        b.ring(198, 138, 16, handle, 9)
        b.ring(122, 138, 16, handle, 9)
        b.rect(232, 60, 16, 92, handle, 4)
        for y in range(68, 148, 9):
            b.rect(222, y, 14, 4, handle, 2)
    else:
        seat = b.pick((BRICK, LEAF, SKY))
        if way == "mirror":
            b.oval(112, 78, 36, 46, WHEAT)
            b.oval(112, 78, 30, 40, WHITE)
            b.line("M98 66l14 -16M98 84l24 -28", MIST, 4)
        else:
            b.rect(92, 44, 24, 84, WHITE, 6)
            for y in (50, 72, 94):
                b.shape(f"M92 {y + 16}l24 -14v11l-24 14z", pole)
            b.rect(88, 38, 32, 10, STEEL, 4)
            b.rect(88, 124, 32, 10, STEEL, 4)
        b.shadow(200, 164, 52)
        b.rect(166, 60, 18, 66, seat, 8)
        b.rect(166, 110, 66, 20, seat, 8)
        b.line("M190 92h40v18", STEEL, 6)
        b.rect(194, 130, 10, 28, STEEL)
        b.rect(172, 156, 54, 8, STEEL, 4)


def repair(b: Brush) -> None:
    b.table((ICE, MINT, CREAM))
    way = b.pick(("wrench", "pipe", "toolbox", "lamp"))
    if way == "wrench":
        steel = b.pick((SKY, STEEL, LEAF))
        b.shadow(160, 160, 84)
        b.line("M118 78L214 142", steel, 17)
        b.shape(
            "M84 66a30 30 0 0 1 42 -22l-16 18l6 14l16 3l17 -18a30 30 0 0 1 -42 36a30 30 0 0 1 -23 -31z",
            steel,
        )
        b.dot(212, 141, 5, WHITE)
        b.ring(228, 84, 13, SUN, 9)
    elif way == "pipe":
        b.line("M-60 78H150V124H400", STEEL, 28)
        b.rect(126, 58, 12, 40, SKY, 3)
        b.rect(182, 104, 12, 40, SKY, 3)
        b.shape("M152 146q-11 16 0 22q11 -6 0 -22z", BLUE)
        b.shape("M168 156q-7 10 0 14q7 -4 0 -14z", BLUE)
    elif way == "toolbox":
        box = b.pick((PERSIMMON, LEAF, SKY))
        b.shadow(160, 164, 92)
        b.line("M124 96L108 48", BARK, 9)
        b.rect(94, 36, 32, 17, STEEL, 4)
        b.line("M182 96V54", SUN, 12)
        b.rect(178, 34, 8, 24, STEEL)
        b.line("M206 96l20 -38", STEEL, 8)
        b.rect(82, 96, 156, 62, box, 8)
        b.rect(82, 96, 156, 18, INK, 8)
        b.rect(146, 104, 28, 18, SUN, 4)
    else:
        b.line("M160 0V52", INK, 3)
        b.shape("M112 100q4 -50 48 -50t48 50z", b.pick((LEAF, PERSIMMON, SKY)))
        b.shape("M128 100h64l34 100h-132z", CREAM)
        b.dot(160, 104, 15, SUN)
        b.rect(134, 160, 52, 8, BARK, 3)


def housekeeping(b: Brush) -> None:
    b.table((MINT, ICE, ROSE))
    pail = b.pick((SKY, PERSIMMON, LEAF))
    b.shadow(152, 164, 86)
    b.line("M226 30L204 118", BARK, 6)
    b.shape("M186 116h38l12 46h-58z", SUN)
    b.line("M192 132l-4 26M206 130v28M220 132l4 26", CRUST, 2.6)
    b.line("M96 100q2 -42 38 -42t38 42", STEEL, 4)
    b.shape("M90 98h88l-10 62h-68z", pail)
    b.oval(134, 98, 44, 9, WHITE)
    for x, y, r in ((112, 90, 11), (132, 84, 13), (154, 90, 10), (146, 72, 6), (120, 68, 4)):
        b.dot(x, y, r, WHITE if b.maybe(0.7) else MIST)
    if b.maybe():
        b.rect(88, 120, 92, 7, WHITE)


def tutoring(b: Brush) -> None:
    b.table((CREAM, MINT, ICE), 150)
    board = b.pick((LEAF, SKY, "#4B5A52"))
    b.rect(74, 34, 172, 92, WHEAT, 6)
    b.rect(82, 42, 156, 76, board, 3)
    if b.maybe():
        b.line("M100 92l20 -34l20 34z", WHITE, 3)
        b.ring(172, 76, 17, WHITE, 3)
        b.line("M206 60v32M198 76h18", SUN, 3)
    else:
        b.line("M98 64h50M98 80h76M98 96h40", WHITE, 3)
        b.line("M196 96v-36l22 18z", SUN, 3)
    b.shadow(160, 166, 80, 8)
    stack = b.some((PERSIMMON, SUN, BLUE, MOSS, CORAL), 3)
    for i, c in enumerate(stack):
        b.rect(108 + i * 5, 154 - i * 11, 84 - i * 8, 10, c, 3)
    b.dot(218, 150, 11, PERSIMMON)
    b.shape("M218 140q4 -10 13 -9q-2 9 -13 9z", LEAF)


def flowers(b: Brush) -> None:
    b.table((ROSE, CREAM, MINT, ICE))
    vase = b.pick((SKY, WHITE, BRICK, MOSS))
    b.shadow(160, 162, 56)
    heads = ((160, 46), (122, 66), (198, 64), (140, 90), (182, 92), (108, 96), (212, 96))
    for x, y in heads:
        b.line(f"M160 132Q{(x + 160) / 2:g} 112 {x} {y}", LEAF, 3.4)
    for x, y in ((126, 114), (194, 114), (150, 106)):
        b.oval(x, y, 13, 7, MOSS)
    kind, paint = (
        b.pick(("round", "tulip", "daisy")),
        b.some((PERSIMMON, SUN, CORAL, BLUE, WHITE), 3),
    )
    for i, (x, y) in enumerate(heads[: b.pick((5, 7))]):
        c = paint[i % 3]
        if kind == "tulip":
            b.shape(f"M{x - 14} {y - 12}l8 9l6 -14l6 14l8 -9q4 28 -14 30q-18 -2 -14 -30z", c)
        elif kind == "daisy":
            for dx, dy in ((0, -11), (10, -4), (7, 8), (-7, 8), (-10, -4)):
                b.dot(x + dx, y + dy, 8, c)
            b.dot(x, y, 6, SUN if c != SUN else BRICK)
        else:
            b.dot(x, y, 16, c)
            b.line(f"M{x - 7} {y}a7 7 0 1 1 7 7", WHITE if c != WHITE else CORAL, 2.6)
    b.shape("M130 118h60q-10 14 -4 26q4 16 -6 18h-40q-10 -2 -6 -18q6 -12 -4 -26z", vase)


def print_shop(b: Brush) -> None:
    b.table((ICE, CREAM, MINT))
    b.shadow(160, 164, 92)
    top = b.pick((SKY, STEEL, LEAF))
    b.rect(118, 44, 84, 50, WHITE, 3)
    b.line("M130 58h60M130 70h44", MIST, 4)
    b.rect(84, 86, 152, 58, top, 9)
    b.rect(104, 124, 112, 36, WHITE, 3)
    picture = b.pick(("hill", "lines", "heart"))
    if picture == "hill":
        b.shape("M112 156l26 -22l18 14l14 -10l34 18z", MOSS)
        b.dot(192, 136, 5, SUN)
    elif picture == "lines":
        b.line("M116 136h84M116 146h60", PERSIMMON, 4)
    else:
        b.shape("M160 154q-22 -13 -11 -21q7 -4 11 4q4 -8 11 -4q11 8 -11 21z", PERSIMMON)
    b.dot(218, 102, 5, SUN)
    b.dot(202, 102, 5, WHITE)


def laundry(b: Brush) -> None:
    if b.maybe():
        b.table((ICE, MINT, ROSE))
        b.shadow(160, 166, 70, 9)
        b.rect(102, 40, 116, 122, WHITE, 10)
        b.rect(102, 40, 116, 26, MIST, 10)
        b.dot(120, 53, 5, PERSIMMON)
        b.rect(162, 49, 40, 8, SKY, 4)
        b.dot(160, 114, 38, STEEL)
        b.dot(160, 114, 30, ICE)
        b.shape("M131 118q14 -14 29 0t29 0a30 30 0 0 1 -58 0z", BLUE)
        b.dot(150, 106, 7, b.pick((PERSIMMON, SUN, CORAL)))
        b.dot(168, 128, 8, b.pick((SUN, MOSS, WHITE)))
        return
    b.meadow(b.pick((ICE, CREAM)))
    b.line("M20 56Q160 82 300 52", BARK, 3)
    b.line("M40 150V50M282 150V46", BARK, 6)
    paint = b.some((PERSIMMON, SKY, SUN, WHITE, LEAF, CORAL), 4)
    b.shape("M66 66l14 -4h14l14 5l9 18l-11 5l-4 -6v38h-34v-38l-4 6l-11 -5z", paint[0])
    b.shape("M134 71h42v46q-21 8 -42 0z", paint[1])
    b.line("M138 98h34", WHITE if paint[1] != WHITE else BLUE, 4)
    b.shape("M196 70h34l4 54h-15l-6 -34l-6 34h-15z", paint[2])
    b.shape("M250 63h16v26q12 6 8 14q-16 4 -24 -4z", paint[3])


def pet(b: Brush) -> None:
    b.table((PEACH, MINT, ICE, CREAM))
    coat = b.pick((SUN, BREAD, WHITE, STEEL, INK, CRUST))
    eye = WHITE if coat == INK else INK
    b.shadow(160, 160, 72)
    if b.maybe():
        b.line("M206 150q42 -6 28 -52", coat, 13)
        b.shape("M108 158q-8 -66 52 -66t52 66z", coat)
        b.shape("M118 66l2 -34l24 18h32l24 -18l2 34q2 40 -42 40t-42 -40z", coat)
        b.line("M148 82q6 7 12 0q6 7 12 0", eye, 3)
        b.line("M112 74l-22 -4M112 82l-22 4M208 74l22 -4M208 82l22 4", eye, 2)
        b.dot(142, 68, 4.4, eye)
        b.dot(178, 68, 4.4, eye)
        b.rect(128, 100, 64, 8, PERSIMMON, 4)
        b.dot(160, 110, 6, SUN if coat != SUN else WHITE)
    else:
        ear = b.pick((BARK, CRUST, BRICK))
        b.shape("M106 158q-4 -64 54 -64t54 64z", coat)
        b.oval(160, 70, 40, 36, coat)
        b.oval(120, 72, 13, 27, ear)
        b.oval(200, 72, 13, 27, ear)
        b.oval(160, 84, 18, 13, CREAM)
        b.oval(160, 78, 7, 5, INK)
        b.line("M160 82v6q-5 5 -9 1M160 88q5 5 9 1", INK, 2.4)
        b.dot(145, 63, 4.4, eye)
        b.dot(175, 63, 4.4, eye)
        b.rect(130, 102, 60, 8, b.pick((SKY, PERSIMMON, LEAF)), 4)
        b.shape("M232 146h26q6 -6 8 0t-4 7q8 2 4 8t-9 0h-24q-6 6 -9 0t4 -8q-8 -2 -4 -7t8 0z", WHITE)


def pharmacy(b: Brush) -> None:
    b.table((MINT, ICE, CREAM))
    b.shadow(160, 162, 92)
    body = b.pick((LEAF, SKY, CRUST))
    b.rect(92, 72, 68, 88, WHITE, 9)
    b.rect(100, 52, 52, 22, body, 5)
    b.rect(92, 94, 68, 42, body)
    b.rect(121, 100, 10, 30, WHITE, 2)
    b.rect(111, 110, 30, 10, WHITE, 2)
    if b.maybe():
        b.shape("M184 116h66q0 44 -22 44h-22q-22 0 -22 -44z", b.pick((STEEL, WHEAT)))
        b.line("M222 120L256 70", BARK, 8)
        b.sprig(206, 116, MOSS, 1.1)
    else:
        b.rect(184, 128, 70, 30, WHITE, 15)
        b.shape("M219 128h20a15 15 0 0 1 0 30h-20z", PERSIMMON)
        b.dot(202, 108, 12, SUN)
        b.dot(234, 108, 12, WHITE)
        b.line("M226 108h16", MIST, 3)


def bookshop(b: Brush) -> None:
    b.table((CREAM, ROSE, ICE, PEACH), 150)
    if b.maybe(0.6):
        b.rect(74, 146, 172, 8, BARK, 3)
        x = 82.0
        while x < 226:
            w, h = b.pick((12, 15, 18, 22)), b.between(58, 96)
            c = b.pick((PERSIMMON, SKY, SUN, LEAF, CORAL, BLUE, MOSS, BRICK))
            b.rect(x, round(146 - h), w, round(h), c, 2)
            b.rect(x + 3, round(158 - h), w - 6, 5, CREAM, 1)
            x += w + 2
    else:
        b.shadow(160, 160, 92)
        c = b.pick((PERSIMMON, SKY, LEAF))
        b.shape("M160 74q-38 -22 -84 -10v90q46 -12 84 8q38 -20 84 -8v-90q-46 -12 -84 10z", c)
        b.shape("M160 72q-34 -18 -76 -10v84q42 -8 76 10z", WHITE)
        b.shape("M160 72q34 -18 76 -10v84q-42 -8 -76 10z", CREAM)
        b.line("M98 82q24 -4 48 5M98 100q24 -4 48 5M98 118q20 -3 36 2", MIST, 4)
        b.line("M174 87q24 -9 48 -5M174 105q24 -9 48 -5", WHEAT, 4)
        b.shape("M210 58h14v34l-7 -7l-7 7z", SUN)


def tailor(b: Brush) -> None:
    b.table((ROSE, MINT, CREAM))
    b.shadow(160, 164, 92)
    if b.maybe():
        c = b.pick((SKY, LEAF, BRICK, INK))
        b.rect(84, 142, 156, 18, BARK, 5)
        b.shape("M98 142v-16h34v-30q0 -18 -18 -18h-10v-22h112q16 0 16 18v68h-24v-46h-40v46z", c)
        b.dot(222, 78, 12, SUN)
        b.line("M112 82v44", STEEL, 5)
        b.shape("M84 136q30 -8 58 4t60 -2v8h-118z", b.pick((CORAL, SUN, MIST)))
    else:
        c = b.pick((PERSIMMON, SKY, MOSS))
        b.line("M160 126v34M138 162h44", BARK, 6)
        b.shape("M124 60q36 14 72 0q10 26 -8 44q4 14 4 26h-64q0 -12 4 -26q-18 -18 -8 -44z", c)
        b.rect(150, 42, 20, 20, WHEAT, 5)
        b.line("M136 72q8 44 -10 66", SUN, 6)
        b.line("M236 150a18 18 0 1 1 .1 0", PERSIMMON if c != PERSIMMON else LEAF, 7)
        b.dot(236, 132, 6, WHITE)


def bicycle(b: Brush) -> None:
    b.meadow(b.pick((ICE, CREAM, MINT)), 152)
    frame = b.pick((PERSIMMON, SKY, LEAF, INK))
    b.shadow(160, 164, 96, 7)
    for x in (108, 212):
        b.ring(x, 130, 31, INK, 5)
        b.dot(x, 130, 4, STEEL)
        b.line(f"M{x - 29} 130h58M{x} 101v58", "#CBBFAE", 1.4)
    b.line("M108 130L138 86L196 84L162 130zM138 86L162 130M212 130L192 72", frame, 5.5)
    b.line("M192 72l-4 -8h20", INK, 5)
    b.line("M138 86l-4 -12", frame, 5)
    b.rect(120, 68, 30, 8, BARK, 4)
    if b.maybe(0.6):
        b.shape("M206 78h36l-5 26h-26z", WHEAT)
        for x, y in ((214, 72), (224, 67), (234, 73)):
            b.dot(x, y, 8, b.pick((CORAL, SUN, PERSIMMON, WHITE)))
    else:
        b.rect(88, 78, 36, 22, WHEAT, 4)


def parcel(b: Brush) -> None:
    b.table((PEACH, ICE, CREAM))
    b.shadow(160, 164, 98)
    tape = b.pick((PERSIMMON, SKY, LEAF))

    def box(x: float, y: float, w: float, h: float, c: str) -> None:
        b.rect(x, y, w, h, c, 3)
        b.rect(x + w / 2 - 6, y, 12, h, "#F1DDB4")
        b.rect(x + 8, y + h - 20, 22, 12, WHITE, 2)

    box(84, 98, 88, 62, "#D9A868")
    box(176, 112, 62, 48, "#C99556")
    if b.maybe(0.7):
        box(104, 54, 62, 44, "#E3BC84")
    b.rect(84, 116, 88, 8, tape)
    if b.maybe():
        b.shape("M206 112q-26 -10 -20 -22t20 14q14 -26 20 -14t-20 22z", tape)
    else:
        b.shape("M228 44a20 20 0 0 1 20 20q0 14 -20 34q-20 -20 -20 -34a20 20 0 0 1 20 -20z", tape)
        b.dot(228, 64, 8, WHITE)


def water(b: Brush) -> None:
    b.table((ICE, MINT, CREAM))
    b.shadow(160, 164, 76)
    blue = b.pick((BLUE, "#7FB0CF", SKY))
    b.rect(146, 30, 28, 14, WHITE, 4)
    b.shape(
        "M144 44h32q2 14 24 20q8 4 8 14v74q0 10 -10 10h-76q-10 0 -10 -10v-74q0 -10 8 -14q22 -6 24 -20z",
        blue,
    )
    b.line("M116 86h88M116 108h88M116 130h88", MIST, 4)
    b.rect(130, 92, 60, 32, WHITE, 5)
    b.shape("M160 95q-12 16 0 25q12 -9 0 -25z", blue)
    if b.maybe():
        b.shape("M230 124h34l-4 38h-26z", WHITE)
        b.shape("M231 136h32l-3 26h-26z", MIST)


def clothes(b: Brush) -> None:
    b.table((ROSE, CREAM, ICE), 156)
    b.line("M70 48H250M82 48V164M238 48V164", BARK, 5)
    for x, c in zip(
        (104, 146, 188, 222), b.some((PERSIMMON, SKY, SUN, LEAF, CORAL, WHITE), 4), strict=True
    ):
        b.line(f"M{x} 44v14", INK, 2.4)
        if b.maybe():
            b.shape(f"M{x - 14} 62l14 -6l14 6l-3 22l12 50h-46l12 -50z", c)
        else:
            b.shape(f"M{x - 20} 66l12 -8h16l12 8l-3 26h-5v34h-24v-34h-5z", c)


def photo(b: Brush) -> None:
    b.table((CREAM, MINT, ROSE))
    b.shadow(160, 164, 80)
    body = b.pick((INK, SKY, BRICK))
    b.rect(132, 54, 56, 24, body, 6)
    b.rect(88, 70, 144, 88, body, 12)
    b.rect(88, 96, 144, 34, b.pick((WHEAT, STEEL, CORAL)))
    b.dot(160, 113, 36, WHITE)
    b.dot(160, 113, 27, SKY if body != SKY else INK)
    b.dot(151, 104, 8, MIST)
    b.dot(212, 84, 6, SUN)


def phone_shop(b: Brush) -> None:
    b.table((ICE, MINT, PEACH))
    b.shadow(160, 164, 70)
    b.rect(120, 36, 74, 126, INK, 12)
    b.rect(126, 44, 62, 106, b.pick((MIST, SAGE, CREAM)), 4)
    for i in range(6):
        b.rect(
            134 + (i % 3) * 17,
            56 + (i // 3) * 18,
            12,
            12,
            b.pick((PERSIMMON, SUN, LEAF, SKY, WHITE)),
            4,
        )
    b.line("M136 106l18 14l14 -10l18 16", PERSIMMON, 3)
    b.line("M222 74v54m-10 -42v-12h20v12m-14 42v14q0 18 20 18", STEEL, 5)


def health(b: Brush) -> None:
    b.table((MINT, ICE, ROSE))
    skin = b.pick(SKINS)
    b.shadow(160, 164, 84)
    if b.maybe():
        b.line("M112 50q-10 54 26 60t28 -58M138 110q2 44 38 40t28 -46", LEAF, 6)
        b.dot(204, 100, 13, STEEL)
        b.dot(204, 100, 6, WHITE)
    else:
        b.shape("M78 160q2 -32 42 -36l80 -4q42 2 42 40z", WHITE)
        b.dot(214, 112, 20, skin)
        b.shape("M196 106q6 -18 24 -14t14 22q-10 -12 -38 -8z", INK)
        b.steam(140, 108, MOSS, 3)
    b.rect(86, 66, 12, 36, PERSIMMON, 3)
    b.rect(74, 78, 36, 12, PERSIMMON, 3)


SCENES = {
    "hairdresser": hairdresser,
    "repair": repair,
    "housekeeping": housekeeping,
    "tutoring": tutoring,
    "flowers": flowers,
    "print": print_shop,
    "laundry": laundry,
    "pet": pet,
    "pharmacy": pharmacy,
    "bookshop": bookshop,
    "tailor": tailor,
    "bicycle": bicycle,
    "parcel": parcel,
    "water": water,
    "clothes": clothes,
    "photo": photo,
    "phone": phone_shop,
    "health": health,
}

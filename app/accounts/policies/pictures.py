"""Draws the digits of a picture question."""

import io
import random

INK = (60, 40, 30)
PAPER = (250, 246, 238)
SIZE = (280, 96)
STROKES = 7


def digits_png(digits: str) -> bytes:
    """Return the digits as a picture, each turned and moved a little, with strokes across."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only when questions are asked

    chance = random.Random()  # noqa: S311 - how the picture looks is no secret
    image = Image.new("RGB", SIZE, PAPER)
    font = ImageFont.load_default(size=62)
    for place, digit in enumerate(digits):
        sign = Image.new("L", (72, 84), 0)
        ImageDraw.Draw(sign).text((18, 4), digit, font=font, fill=255)
        turned = sign.rotate(chance.uniform(-28, 28), resample=Image.Resampling.BICUBIC)
        spot = (12 + place * 64 + chance.randint(-6, 6), chance.randint(2, 10))
        image.paste(INK, spot, turned)
    pen = ImageDraw.Draw(image)
    for _stroke in range(STROKES):
        ends = [(chance.randint(0, SIZE[0]), chance.randint(0, SIZE[1])) for _end in range(2)]
        pen.line(ends, fill=INK, width=2)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()

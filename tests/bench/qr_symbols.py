"""QR codes as pictures, and what stands around them: shared by the drawn pages and the drawn photos."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageOps

Picture = Image.Image
Drawing = Callable[[random.Random, str], Picture]
"""Draws one picture of a code that holds a text."""
WHITE, BLACK, NIGHT, INK = (255, 255, 255), (0, 0, 0), (24, 26, 27), (40, 40, 50)
UNIT = 12
"""Pixels a module in which codes are drawn, before they are scaled."""


def text(chance: random.Random) -> str:
    """What set-up pages show: an ``otpauth`` address, sometimes a link."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    secret = "".join(chance.choices(letters, k=chance.choice((16, 16, 32, 32, 52))))
    issuer = chance.choice(("Portal", "Example", "Lieferant%20GmbH", "Energie", "Net"))
    account = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 12)))
    if chance.random() < 0.2:
        return f"https://example.com/{account}/{secret.lower()}"
    tail = chance.choice(("", "&algorithm=SHA1&digits=6&period=30"))
    return f"otpauth://totp/{issuer}:{account}@example.com?secret={secret}&issuer={issuer}{tail}"


def symbol(
    content: str,
    *,
    quiet: int = 4,
    shape: str = "square",
    dark: Any = BLACK,
    light: Any = WHITE,
    error: str = "m",
    version: int | None = None,
    mode: str = "RGB",
) -> Picture:
    """A code at 12 pixels a module. ``shape``: square, rounded, dots (square marks), all-dots, gaps, bars."""
    matrix = [
        list(row) for row in segno.make_qr(content, error=error, version=version, boost_error=False).matrix
    ]
    count = len(matrix)
    side = (count + 2 * quiet) * UNIT
    image = Image.new(mode, (side, side), light)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if not is_dark:
                continue
            left, top = (x + quiet) * UNIT, (y + quiet) * UNIT
            box = left, top, left + UNIT - 1, top + UNIT - 1
            mark = ((x < 7 or x >= count - 7) and y < 7) or (x < 7 and y >= count - 7)
            if shape == "all-dots" or (shape == "dots" and not mark):
                draw.ellipse((box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1), fill=dark)
            elif shape == "rounded" and not mark:
                draw.rounded_rectangle(box, 5, fill=dark)
            elif shape == "gaps":
                draw.rectangle((box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1), fill=dark)
            elif shape == "bars" and not mark:
                draw.rectangle((box[0] + 2, box[1], box[2] - 2, box[3]), fill=dark)
            else:
                draw.rectangle(box, fill=dark)
    if shape == "round-marks":
        for left, top in ((0, 0), (count - 7, 0), (0, count - 7)):
            x, y = (left + quiet) * UNIT, (top + quiet) * UNIT
            draw.rectangle((x, y, x + 7 * UNIT - 1, y + 7 * UNIT - 1), fill=light)
            draw.rounded_rectangle((x, y, x + 7 * UNIT - 1, y + 7 * UNIT - 1), 30, fill=dark)
            draw.rounded_rectangle((x + 12, y + 12, x + 6 * UNIT - 1, y + 6 * UNIT - 1), 22, fill=light)
            draw.ellipse((x + 24, y + 24, x + 5 * UNIT - 1, y + 5 * UNIT - 1), fill=dark)
    return image


def sized(image: Picture, module: float, how: Image.Resampling = Image.Resampling.LANCZOS) -> Picture:
    """Scale from 12 pixels a module to ``module``."""
    side = max(21, round(image.width * module / UNIT))
    return image.resize((side, side), how)


def jpeg(image: Picture, quality: int) -> Picture:
    """Through a lossy file and back."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def framed(image: Picture, modules: float, colour: Any) -> Picture:
    return ImageOps.expand(image, border=round(modules * UNIT), fill=colour)


def scenery(chance: random.Random, size: tuple[int, int], *, low: int = 60, high: int = 220) -> Picture:
    """Soft blotches of colour and a few edges: what stands behind."""
    noise = np.random.default_rng(chance.getrandbits(32))
    small = noise.integers(low, high, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = tuple(chance.randint(low, high) for _ in range(3))
        draw.rectangle((x, y, x + chance.randint(10, 200), y + chance.randint(6, 90)), fill=colour)
    return image


def logo(image: Picture, share: float, chance: random.Random) -> Picture:
    """Cover ``share`` of the side in the middle with a sign."""
    draw = ImageDraw.Draw(image)
    half, middle = image.width * share / 2, image.width / 2
    draw.rounded_rectangle((middle - half, middle - half, middle + half, middle + half), 8, fill=WHITE)
    half *= 0.8
    colour = chance.choice(((200, 30, 60), (20, 90, 200), (0, 0, 0)))
    draw.ellipse((middle - half, middle - half, middle + half, middle + half), fill=colour)
    return image

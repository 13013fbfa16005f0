"""Draws QR codes as pages show them: styles, themes, frames, and what cameras and scaling do to them."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench import qr_symbols
from bench.qr_symbols import UNIT

URI = "otpauth://totp/M%C3%BCller:me@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=M%C3%BCller"
Colour = tuple[int, int, int]
WHITE, BLACK, NIGHT = (255, 255, 255), (0, 0, 0), (24, 26, 27)


def code(
    text: str = URI,
    *,
    module: float = 4,
    quiet: int = 4,
    shape: str = "square",
    dark: Colour = BLACK,
    light: Colour = WHITE,
    frame: float = 0,
    logo: float = 0,
    error: str = "m",
) -> Image.Image:
    """Draw a code. ``shape``: square, dots (square corner marks), all-dots, gaps; ``frame`` in modules."""
    image = qr_symbols.symbol(text, quiet=quiet, shape=shape, dark=dark, light=light, error=error)
    if logo:
        draw = ImageDraw.Draw(image)
        middle = image.width / 2
        half = (middle - quiet * UNIT) * logo
        draw.rectangle((middle - half, middle - half, middle + half, middle + half), fill=light)
        half *= 0.8
        draw.ellipse((middle - half, middle - half, middle + half, middle + half), fill=(200, 30, 60))
    if frame:
        image = ImageOps.expand(image, border=int(frame * UNIT), fill=dark)
    size = round(image.width * module / UNIT)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def page(
    *parts: Image.Image,
    size: tuple[int, int] = (1280, 800),
    ground: Colour = WHITE,
    ink: Colour = (40, 40, 50),
) -> Image.Image:
    """Put pictures beside each other onto a page of text."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    chance = random.Random(3)
    for y in range(0, size[1], 26):
        for x in range(20, size[0] // 3, 90):
            word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9)))
            draw.text((x, y), word, fill=ink, font_size=15)
    left = size[0] // 3 + 70
    for part in parts:
        image.paste(part, (left, size[1] // 4))
        left += part.width + 60
    return image


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def tilted(image: Image.Image) -> Image.Image:
    """As seen from the side and from below."""
    image = ImageOps.expand(image, border=image.width // 4, fill=(190, 190, 190))
    side = image.width
    lens = (1.2, -0.1, 0, 0.02, 1.0, 0, 0.3 / side, -0.1 / side)
    return image.transform(image.size, Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC)


def bent(image: Image.Image) -> Image.Image:
    """On paper that is not flat: the fourth corner is not where the other three say."""
    image = ImageOps.expand(image, border=image.width // 4, fill=(190, 190, 190))
    w, h = image.size
    corners = (w * 0.03, h * 0.01, 0, h, w, h * 0.965, w * 0.95, h * 0.05)
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def file(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()

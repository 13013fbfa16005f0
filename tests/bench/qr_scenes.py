"""Draws hard pictures of QR codes with their truth beside them, for ``tests/bench/qr.py``.

    python tests/bench/qr_scenes.py DIR [--each N] [--only STYLE ...]

Two kinds, each style in a folder of its own: ``web-*`` as pages and screenshots show codes, ``photo-*`` as
cameras see them. The same arguments give the same pictures on every machine.
"""

from __future__ import annotations

import argparse
import io
import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Picture = Image.Image
Made = tuple[Picture, list[str]]
"""A picture and the texts of its codes; any of them counts as its truth."""
WHITE, BLACK, NIGHT, INK = (255, 255, 255), (0, 0, 0), (24, 26, 27), (40, 40, 50)
_UNIT = 12


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
    side = (count + 2 * quiet) * _UNIT
    image = Image.new(mode, (side, side), light)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if not is_dark:
                continue
            left, top = (x + quiet) * _UNIT, (y + quiet) * _UNIT
            box = left, top, left + _UNIT - 1, top + _UNIT - 1
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
            x, y = (left + quiet) * _UNIT, (top + quiet) * _UNIT
            draw.rectangle((x, y, x + 7 * _UNIT - 1, y + 7 * _UNIT - 1), fill=light)
            draw.rounded_rectangle((x, y, x + 7 * _UNIT - 1, y + 7 * _UNIT - 1), 30, fill=dark)
            draw.rounded_rectangle((x + 12, y + 12, x + 6 * _UNIT - 1, y + 6 * _UNIT - 1), 22, fill=light)
            draw.ellipse((x + 24, y + 24, x + 5 * _UNIT - 1, y + 5 * _UNIT - 1), fill=dark)
    return image


def sized(image: Picture, module: float, how: Image.Resampling = Image.Resampling.LANCZOS) -> Picture:
    """Scale from 12 pixels a module to ``module``."""
    side = max(21, round(image.width * module / _UNIT))
    return image.resize((side, side), how)


def page(
    chance: random.Random,
    *parts: Picture,
    size: tuple[int, int] = (1280, 800),
    ground: Any = WHITE,
    ink: Any = INK,
) -> Picture:
    """A page of text with pictures on its right."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for y in range(0, size[1], 26):
        for x in range(20, size[0] // 3, 90):
            word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9)))
            draw.text((x, y), word, fill=ink, font_size=chance.choice((13, 15, 15, 18)))
    left = size[0] // 3 + chance.randint(20, 70)
    for part in parts:
        image.paste(
            part, (left, size[1] // 4 + chance.randint(-20, 20)), part if part.mode == "RGBA" else None
        )
        left += part.width + 40
    return image


def jpeg(image: Picture, quality: int) -> Picture:
    """Through a lossy file and back."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _framed(image: Picture, modules: float, colour: Any) -> Picture:
    return ImageOps.expand(image, border=round(modules * _UNIT), fill=colour)


def _logo(image: Picture, share: float, chance: random.Random) -> Picture:
    draw = ImageDraw.Draw(image)
    half, middle = image.width * share / 2, image.width / 2
    draw.rounded_rectangle((middle - half, middle - half, middle + half, middle + half), 8, fill=WHITE)
    half *= 0.8
    colour = chance.choice(((200, 30, 60), (20, 90, 200), (0, 0, 0)))
    draw.ellipse((middle - half, middle - half, middle + half, middle + half), fill=colour)
    return image


def _gradient(image: Picture, first: Any, last: Any) -> Picture:
    ramp = Image.linear_gradient("L").resize(image.size)
    colours = Image.composite(Image.new("RGB", image.size, last), Image.new("RGB", image.size, first), ramp)
    mask = ImageOps.invert(image.convert("L"))
    return Image.composite(colours, Image.new("RGB", image.size, WHITE), mask)


def _scenery(chance: random.Random, size: tuple[int, int], *, low: int = 60, high: int = 220) -> Picture:
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


Web = Callable[[random.Random, str], Picture]


def _m(chance: random.Random) -> float:
    return chance.choice((2.0, 2.5, 3.0, 3.3, 4.0, 5.0, 6.0))


WEB: dict[str, Web] = {
    "plain": lambda c, t: page(c, sized(symbol(t), _m(c))),
    "dark-page": lambda c, t: page(c, sized(symbol(t), _m(c)), ground=NIGHT, ink=(200, 200, 200)),
    "dark-page-thin": lambda c, t: page(c, sized(symbol(t, quiet=1), _m(c)), ground=NIGHT, ink=(200,) * 3),
    "dark-page-none": lambda c, t: page(c, sized(symbol(t, quiet=0), _m(c)), ground=NIGHT, ink=(200,) * 3),
    "inverted": lambda c, t: page(c, sized(symbol(t, dark=WHITE, light=NIGHT), _m(c)), ground=NIGHT),
    "inverted-none": lambda c, t: page(
        c, sized(symbol(t, dark=WHITE, light=NIGHT, quiet=0), _m(c)), ground=NIGHT
    ),
    "none": lambda c, t: page(c, sized(symbol(t, quiet=0), _m(c))),
    "framed-none": lambda c, t: page(
        c,
        sized(_framed(symbol(t, quiet=0), c.choice((0.3, 0.5, 1, 1.5, 3)), c.choice((BLACK, NIGHT))), _m(c)),
    ),
    "framed-thin": lambda c, t: page(
        c, sized(_framed(symbol(t, quiet=1), c.choice((0.3, 0.5, 1, 1.5, 3)), BLACK), _m(c))
    ),
    "framed-coloured": lambda c, t: page(
        c,
        sized(_framed(symbol(t, quiet=0), 2, tuple(c.randint(0, 140) for _ in range(3))), _m(c)),
    ),
    "cropped": lambda c, t: sized(symbol(t, quiet=0), _m(c)),
    "rounded": lambda c, t: page(c, sized(symbol(t, shape="rounded"), _m(c))),
    "round-marks": lambda c, t: page(c, sized(symbol(t, shape="round-marks"), _m(c))),
    "dots": lambda c, t: page(c, sized(symbol(t, shape="dots"), _m(c))),
    "all-dots": lambda c, t: page(c, sized(symbol(t, shape="all-dots"), _m(c) + 0.5)),
    "all-dots-dark": lambda c, t: page(
        c, sized(symbol(t, shape="all-dots", quiet=2), _m(c) + 1), ground=NIGHT, ink=(200,) * 3
    ),
    "bars": lambda c, t: page(c, sized(symbol(t, shape="bars"), _m(c))),
    "gaps": lambda c, t: page(c, sized(symbol(t, shape="gaps"), _m(c) + 0.5)),
    "gradient": lambda c, t: page(c, sized(_gradient(symbol(t), (200, 40, 80), (40, 60, 190)), _m(c))),
    "logo": lambda c, t: page(c, sized(_logo(symbol(t, error="q"), 0.2, c), _m(c))),
    "logo-large": lambda c, t: page(c, sized(_logo(symbol(t, error="h"), 0.27, c), _m(c))),
    "logo-low": lambda c, t: page(c, sized(_logo(symbol(t, error="m"), 0.17, c), _m(c))),
    "coloured": lambda c, t: page(c, sized(symbol(t, dark=(20, 60, 160), light=(255, 240, 170)), _m(c))),
    "coloured-equal": lambda c, t: page(
        c, sized(symbol(t, dark=(220, 30, 30), light=(60, 130, 60)), _m(c) + 0.5)
    ),
    "low-contrast": lambda c, t: page(c, sized(symbol(t, dark=(190,) * 3, light=(212,) * 3), _m(c))),
    "low-contrast-dark": lambda c, t: page(
        c, sized(symbol(t, dark=(30,) * 3, light=(50,) * 3), _m(c)), ground=(20,) * 3, ink=(150,) * 3
    ),
    "tiny-1.25": lambda c, t: _rescaled(page(c, sized(symbol(t), 2, Image.Resampling.BOX)), 1.25),
    "tiny-0.8": lambda c, t: _rescaled(page(c, sized(symbol(t), 2, Image.Resampling.BOX)), 0.8),
    "tiny-1.5": lambda c, t: _rescaled(page(c, sized(symbol(t), 1, Image.Resampling.BOX)), 1.5),
    "tiny-1.75": lambda c, t: _rescaled(page(c, sized(symbol(t), 1, Image.Resampling.BOX)), 1.75),
    "jpeg-15": lambda c, t: jpeg(page(c, sized(symbol(t), _m(c))), 15),
    "jpeg-5": lambda c, t: jpeg(page(c, sized(symbol(t), _m(c) + 0.5)), 5),
    "blur": lambda c, t: _blurred(page(c, sized(symbol(t), m := _m(c) + 1)), m * 0.45),
    "blur-heavy": lambda c, t: _blurred(page(c, sized(symbol(t), m := _m(c) + 1)), m * 0.62),
    "blur-worst": lambda c, t: _blurred(page(c, sized(symbol(t), m := _m(c) + 2)), m * 0.75),
    "big-page": lambda c, t: page(c, sized(symbol(t), 2), size=(3840, 2160)),
    "several": lambda c, t: page(
        c, *(sized(symbol(x), 2.5) for x in ("https://example.com/app", t)), size=(1600, 800)
    ),
    "table": lambda c, t: page(c, sized(symbol(t, shape="gaps"), c.choice((3, 4, 5))), ground=(245,) * 3),
    "svg-fraction": lambda c, t: page(
        c, sized(symbol(t), c.uniform(1.4, 2.6), c.choice((Image.Resampling.BILINEAR, Image.Resampling.BOX)))
    ),
    "nearest": lambda c, t: page(c, sized(symbol(t), c.uniform(1.5, 2.8), Image.Resampling.NEAREST)),
    "transparent-dark": lambda c, t: page(
        c,
        sized(symbol(t, mode="RGBA", dark=(0, 0, 0, 255), light=(0, 0, 0, 0)), _m(c)),
        ground=(52, 58, 64),
        ink=(200,) * 3,
    ),
    "background": lambda c, t: _onto(c, sized(symbol(t, quiet=c.choice((0, 1, 2))), _m(c))),
    "watermark": lambda c, t: Image.blend(
        page(c, sized(symbol(t), _m(c) + 0.5)), _scenery(c, (1280, 800)), 0.35
    ),
    "tilted": lambda c, t: _tilted(c, sized(symbol(t), _m(c) + 1)),
    "turned": lambda c, t: page(
        c,
        sized(symbol(t), _m(c)).rotate(
            c.uniform(5, 85), Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE
        ),
    ),
    "mirrored": lambda c, t: page(c, ImageOps.mirror(sized(symbol(t), _m(c)))),
}


def _rescaled(image: Picture, factor: float) -> Picture:
    size = round(image.width * factor), round(image.height * factor)
    return image.resize(size, Image.Resampling.BILINEAR)


def _blurred(image: Picture, radius: float) -> Picture:
    return image.filter(ImageFilter.GaussianBlur(radius))


def _onto(chance: random.Random, part: Picture) -> Picture:
    image = _scenery(chance, (1280, 800))
    image.paste(part, (chance.randint(50, 500), chance.randint(30, 200)))
    return image


def _tilted(chance: random.Random, part: Picture) -> Picture:
    part = ImageOps.expand(part, border=part.width // 4, fill=(190, 190, 190))
    side = part.width
    lens = (1.2, chance.uniform(-0.15, 0.1), 0, 0.02, 1.0, 0, chance.uniform(0.1, 0.5) / side, -0.1 / side)
    tilted = part.transform(part.size, Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC)
    return page(chance, tilted, size=(1400, 900))


# --- photos -------------------------------------------------------------------------------------------------


class Camera:
    """Looks at a flat or bent sheet from somewhere, with its own lens, light and sensor."""

    def __init__(self, chance: random.Random, size: tuple[int, int] = (1280, 960)) -> None:
        self.chance, self.size = chance, size
        self.noise = np.random.default_rng(chance.getrandbits(32))
        self.tilt = chance.uniform(-20, 20)
        self.pan = chance.uniform(-20, 20)
        self.roll = chance.choice((0, 0, 90, 180)) + chance.uniform(-15, 15)
        self.fill = chance.uniform(0.3, 0.55)
        """Share of the picture's shorter side that the sheet takes."""
        self.bend = 0.0
        """Half the angle of the cylinder that the sheet lies on, in radians."""
        self.crease = 0.0
        """How far the sheet is crumpled, as a share of its side."""
        self.shade = 0.0
        self.blur = 0.7
        self.motion = 0.0
        self.grain = 3.0
        self.gain = 1.0
        self.lift = 0.0
        self.quality = 88

    def shoot(self, sheet: Picture) -> Picture:
        """Take the photo."""
        w, h = self.size
        small = 1
        behind = np.asarray(_scenery(self.chance, self.size), dtype=np.float32)
        x, y = np.meshgrid(np.arange(w * small, dtype=np.float32), np.arange(h * small, dtype=np.float32))
        sx, sy, inside = self._map((x - w / 2) / min(w, h), (y - h / 2) / min(w, h))
        # Mipmap: the sheet is shrunk first so that thin lines do not alias.
        shrink = max(1.0, sheet.width / (self.fill * min(w, h)) / 1.6)
        if shrink > 1.05:
            sheet = sheet.resize(
                (round(sheet.width / shrink), round(sheet.height / shrink)), Image.Resampling.BOX
            )
        seen = _sampled(np.asarray(sheet.convert("RGB"), dtype=np.float32), sx, sy)
        photo = np.where(inside[..., None], seen, behind)
        photo = self._lit(photo)
        image = Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))
        if self.motion:
            image = _moved_blur(image, self.motion, self.chance.uniform(0, math.pi))
        image = image.filter(ImageFilter.GaussianBlur(self.blur))
        photo = np.asarray(image, dtype=np.float32) * self.gain + self.lift
        photo += self.noise.normal(0, self.grain, photo.shape)
        return jpeg(Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)), self.quality)

    def _map(self, u: Any, v: Any) -> tuple[Any, Any, Any]:
        """From a pixel's ray to the sheet's own coordinates, 0 to 1."""
        a, b, r = (math.radians(angle) for angle in (self.tilt, self.pan, self.roll))
        focal = 1.1
        distance = focal / self.fill
        turn = (
            np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
            @ np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
            @ np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
        )
        back = turn.T
        # Ray through the pixel, in the sheet's own frame; the camera stands at (0, 0, -distance).
        rays = [back[i, 0] * u + back[i, 1] * v + back[i, 2] * focal for i in range(3)]
        eye = back @ np.array([0, 0, -distance])
        if self.bend:
            sx, sy, hit = self._cylinder(rays, eye)
        else:
            t = -eye[2] / rays[2]
            sx, sy, hit = eye[0] + t * rays[0], eye[1] + t * rays[1], t > 0
        if self.crease:
            k = self.chance.uniform(3, 6)
            p, q = self.chance.uniform(0, 6), self.chance.uniform(0, 6)
            sx = sx + self.crease * np.sin(k * sy * 2 + p) * np.cos(k * sx)
            sy = sy + self.crease * np.sin(k * sx * 2 + q) * np.cos(k * 0.7 * sy)
        sx, sy = sx + 0.5, sy + 0.5
        return sx, sy, hit & (sx >= 0) & (sx < 1) & (sy >= 0) & (sy < 1)

    def _cylinder(self, rays: list[Any], eye: Any) -> tuple[Any, Any, Any]:
        radius = 0.5 / self.bend
        # Axis along y at depth radius: x^2 + (z - radius)^2 = radius^2; the nearer hit.
        oz = eye[2] - radius
        a = rays[0] ** 2 + rays[2] ** 2
        b = 2 * (eye[0] * rays[0] + oz * rays[2])
        c = eye[0] ** 2 + oz**2 - radius**2
        root = b * b - 4 * a * c
        t = (-b - np.sqrt(np.maximum(root, 0))) / (2 * a)
        px, py, pz = eye[0] + t * rays[0], eye[1] + t * rays[1], oz + t * rays[2]
        angle = np.arctan2(px, -pz)
        return angle * radius, py, (root > 0) & (np.abs(angle) < 1.5)

    def _lit(self, photo: Any) -> Any:
        if not self.shade:
            return photo
        h, w = photo.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        angle = self.chance.uniform(0, math.pi)
        across = (x / w - self.chance.uniform(0.4, 0.6)) * math.cos(angle) + (
            y / h - self.chance.uniform(0.4, 0.6)
        ) * math.sin(angle)
        edge = 1 / (1 + np.exp(-across * self.chance.choice((20, 60, 200))))
        return photo * (1 - self.shade * edge)[..., None]


def _sampled(texture: Any, u: Any, v: Any) -> Any:
    h, w = texture.shape[:2]
    x, y = np.clip(u * w - 0.5, 0, w - 1.001), np.clip(v * h - 0.5, 0, h - 1.001)
    x0, y0 = x.astype(np.int32), y.astype(np.int32)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    top = texture[y0, x0] * (1 - fx) + texture[y0, x1] * fx
    low = texture[y1, x0] * (1 - fx) + texture[y1, x1] * fx
    return top * (1 - fy) + low * fy


def _moved_blur(image: Picture, length: float, angle: float) -> Picture:
    total = np.zeros((image.height, image.width, 3), dtype=np.float32)
    steps = max(2, round(length))
    for i in range(steps):
        at = (i / (steps - 1) - 0.5) * length
        shift = (1, 0, at * math.cos(angle), 0, 1, at * math.sin(angle))
        total += np.asarray(
            image.transform(image.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR)
        )
    return Image.fromarray((total / steps).astype(np.uint8))


def _glare(
    chance: random.Random, image: Picture, spots: int, reach: float, over: tuple[float, float]
) -> Picture:
    """Light spots near the middle; ``over``: how far above white their middle is."""
    photo = np.asarray(image, dtype=np.float32)
    h, w = photo.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    for _ in range(spots):
        cx, cy = w * chance.uniform(0.35, 0.65), h * chance.uniform(0.35, 0.65)
        size = reach * min(w, h) * chance.uniform(0.5, 1.3)
        squeeze = chance.uniform(0.5, 2)
        away = ((x - cx) / squeeze) ** 2 + ((y - cy) * squeeze) ** 2
        photo = photo + (chance.uniform(*over) * np.exp(-away / (2 * size * size)))[..., None]
    return Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))


def _sheet(chance: random.Random, content: str, **options: Any) -> Picture:
    options = {"error": chance.choice("lmq")} | options
    return ImageOps.expand(symbol(content, **options), border=_UNIT * 2, fill=WHITE)


def photo(chance: random.Random, content: str, sheet: Picture | None = None, **settings: Any) -> Picture:
    """A photo of a sheet; ``settings`` are the camera's."""
    camera = Camera(chance)
    for name, value in settings.items():
        setattr(camera, name, value)
    return camera.shoot(sheet or _sheet(chance, content))


def _close(c: random.Random, t: str) -> Picture:
    image = photo(c, t, fill=c.uniform(0.9, 1.08), tilt=c.uniform(-8, 8), pan=c.uniform(-8, 8))
    return image


def _damaged(c: random.Random, t: str) -> Picture:
    sheet = _sheet(c, t, error=c.choice("mqh"))
    draw = ImageDraw.Draw(sheet)
    for _ in range(c.randint(2, 5)):
        x, y = c.randrange(sheet.width), c.randrange(sheet.height)
        size = sheet.width * c.uniform(0.04, 0.13)
        colour = c.choice(((240, 235, 225), (40, 30, 30), (150, 120, 90), (250, 250, 250)))
        if c.random() < 0.5:
            draw.ellipse((x - size, y - size * 0.6, x + size, y + size * 0.6), fill=colour)
        else:
            end = (x + c.uniform(-4, 4) * size, y + c.uniform(-4, 4) * size)
            draw.line((x, y, *end), fill=colour, width=round(size * 0.35))
    return photo(c, t, sheet)


def _lots(c: random.Random, texts: list[str]) -> Picture:
    sheet = Image.new("RGB", (3000, 3000), WHITE)
    row = math.ceil(math.sqrt(len(texts)))
    pitch = 3000 // row
    for i, one in enumerate(texts):
        part = symbol(one, quiet=2, error="l").resize((int(pitch * 0.86),) * 2, Image.Resampling.BOX)
        sheet.paste(part, (i % row * pitch + 20, i // row * pitch + 20))
    camera = Camera(c, (2400, 1800))
    camera.fill, camera.tilt, camera.pan = 0.92, c.uniform(-20, 20), c.uniform(-20, 20)
    return camera.shoot(sheet)


def _monitor(c: random.Random, t: str) -> Picture:
    """A code on a screen whose pixels' red, green and blue stripes beat with the camera's own."""
    screen = np.asarray(sized(symbol(t), c.choice((3, 4, 5)), Image.Resampling.BOX).convert("RGB"))
    fine = np.zeros((screen.shape[0] * 6, screen.shape[1] * 6, 3), dtype=np.uint8)
    for colour in range(3):
        for dy in range(5):
            for dx in (0, 1):
                fine[dy::6, colour * 2 + dx :: 6, colour] = screen[..., colour]
    fine = np.clip(fine.astype(np.float32) * 1.6, 0, 255).astype(np.uint8)
    camera = Camera(c)
    camera.fill, camera.roll = c.uniform(0.5, 0.95), c.uniform(-8, 8)
    camera.tilt, camera.pan, camera.blur = c.uniform(-12, 12), c.uniform(-12, 12), c.uniform(0.3, 0.9)
    # No mipmap: the beat is what this is about.
    sheet = Image.fromarray(fine)
    side = round(camera.fill * 960 * c.uniform(1.9, 2.6))
    if sheet.width > side:
        sheet = sheet.resize((side, side), Image.Resampling.BILINEAR)
    camera.gain, camera.grain = c.uniform(1.0, 1.8), c.uniform(2, 8)
    return camera.shoot(sheet)


def _noncompliant(c: random.Random, t: str) -> Picture:
    kind = c.choice(("inverted", "round-marks", "all-dots", "none", "coloured", "framed", "bars"))
    if kind == "inverted":
        sheet = ImageOps.expand(symbol(t, dark=WHITE, light=BLACK), border=24, fill=BLACK)
    elif kind in ("round-marks", "all-dots", "bars"):
        sheet = _sheet(c, t, shape=kind)
    elif kind == "coloured":
        sheet = _sheet(c, t, dark=tuple(c.randint(0, 150) for _ in range(3)), light=(235, 215, 160))
    elif kind == "framed":
        sheet = _framed(symbol(t, quiet=0), 1.5, BLACK)
    else:
        sheet = symbol(t, quiet=0)
    return photo(c, t, sheet)


def _high(c: random.Random, t: str) -> Picture:
    version = c.choice((15, 20, 25, 30, 40))
    long = t + "&note=" + "".join(c.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=version * version // 3))
    sheet = _sheet(c, long, version=version, error="l")
    camera = Camera(c, (2000, 1500))
    camera.fill, camera.blur, camera.bend = c.uniform(0.7, 0.9), 0.8, c.choice((0, 0, 0.15))
    camera.tilt, camera.pan = c.uniform(-15, 15), c.uniform(-15, 15)
    photo = camera.shoot(sheet)
    photo.info["truth"] = long
    return photo


PHOTO: dict[str, Web] = {
    "nominal": photo,
    "blurred": lambda c, t: photo(c, t, blur=c.uniform(2.5, 5.5), fill=c.uniform(0.35, 0.6)),
    "motion": lambda c, t: photo(c, t, motion=c.uniform(6, 16), fill=c.uniform(0.35, 0.6)),
    "brightness": lambda c, t: photo(
        c, t, gain=(g := c.choice((0.08, 0.15, 0.5, 1.3))), lift=120 if g > 1 else 4, grain=c.uniform(2, 6)
    ),
    "bright_spots": lambda c, t: _glare(c, photo(c, t, gain=0.8), c.randint(2, 5), 0.04, (150, 400)),
    "glare": lambda c, t: _glare(c, photo(c, t, gain=0.7), 1, 0.1, (150, 500)),
    "close": _close,
    "curved": lambda c, t: photo(c, t, bend=c.uniform(0.5, 1.15), roll=c.uniform(-180, 180)),
    "crumpled": lambda c, t: photo(c, t, crease=c.uniform(0.006, 0.018)),
    "damaged": _damaged,
    "high_version": _high,
    "monitor": _monitor,
    "noncompliant": _noncompliant,
    "perspective": lambda c, t: photo(
        c, t, tilt=c.choice((-1, 1)) * c.uniform(40, 66), pan=c.uniform(-20, 20), fill=c.uniform(0.45, 0.7)
    ),
    "rotations": lambda c, t: photo(c, t, roll=c.uniform(0, 360)),
    "shadows": lambda c, t: photo(c, t, shade=c.uniform(0.5, 0.9)),
    "low-light": lambda c, t: photo(c, t, gain=0.25, grain=c.uniform(10, 22), blur=1.2),
    "small": lambda c, t: photo(c, t, fill=c.uniform(0.08, 0.14)),
}


def scenes(each: int, only: list[str]) -> dict[str, list[Made]]:
    """Return style → pictures with their truths; ``each``: pictures a style."""
    result: dict[str, list[Made]] = {}
    for kind, styles in (("web", WEB), ("photo", PHOTO)):
        for style, draw in styles.items():
            name = f"{kind}-{style}"
            if only and not any(part in name for part in only):
                continue
            made: list[Made] = []
            for number in range(each):
                chance = random.Random(f"{name} {number}")
                content = text(chance)
                picture = draw(chance, content)
                made.append((picture, [picture.info.get("truth", content)]))
            result[name] = made
    if not only or any(part in "photo-lots" for part in only):
        result["photo-lots"] = []
        for number in range(max(1, each // 4)):
            chance = random.Random(f"lots {number}")
            texts = [text(chance) for _ in range(chance.choice((36, 49, 64)))]
            result["photo-lots"].append((_lots(chance, texts), texts))
    return result


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description="Draws hard pictures of QR codes.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=8, help="pictures a style (%(default)s)")
    parser.add_argument("--only", nargs="*", default=[], metavar="STYLE", help="styles whose names hold this")
    options = parser.parse_args()
    for style, made in scenes(options.each, options.only).items():
        folder = options.folder / style
        folder.mkdir(parents=True, exist_ok=True)
        for number, (picture, texts) in enumerate(made):
            if style.startswith("photo"):
                picture.save(folder / f"{number:02}.jpg", quality=92)
            else:
                picture.save(folder / f"{number:02}.png", compress_level=1)
            (folder / f"{number:02}.txt").write_text(texts[0], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

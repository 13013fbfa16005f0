"""Codes as cameras see them, one function for each style; data for ``qr_scenes.py``."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.qr_camera import Camera
from bench.qr_symbols import BLACK, UNIT, WHITE, Drawing, Picture, framed, logo, scenery, sized, symbol


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
    return ImageOps.expand(symbol(content, **options), border=UNIT * 2, fill=WHITE)


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


def lots(c: random.Random, texts: list[str]) -> Picture:
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
        sheet = framed(symbol(t, quiet=0), 1.5, BLACK)
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


_PHONE = (4032, 3024)


def _large(c: random.Random, t: str, **settings: Any) -> Picture:
    """What a phone hands out: 12 megapixels, of which the code takes a small part."""
    camera = Camera(c, _PHONE)
    camera.fill, camera.blur, camera.grain = c.uniform(0.06, 0.3), 1.5, c.uniform(3, 8)
    camera.shift = c.uniform(-0.3, 0.3), c.uniform(-0.2, 0.2)
    camera.tilt, camera.pan = c.uniform(-35, 35), c.uniform(-35, 35)
    for name, value in settings.items():
        setattr(camera, name, value)
    return camera.shoot(_sheet(c, t))


def _large_hard(c: random.Random, t: str) -> Picture:
    trouble = c.choice(
        (
            {"motion": c.uniform(10, 20)},
            {"defocus": c.uniform(4, 9)},
            {"gain": 0.25, "grain": c.uniform(10, 18)},
            {"shade": c.uniform(0.6, 0.9)},
            {"bend": c.uniform(0.4, 0.9)},
            {"tilt": c.choice((-1, 1)) * c.uniform(45, 62)},
        )
    )
    return _large(c, t, **({"fill": c.uniform(0.12, 0.4)} | trouble))


def _webcam(c: random.Random, t: str) -> Picture:
    camera = Camera(c, (640, 480))
    camera.fill, camera.blur, camera.grain, camera.quality = c.uniform(0.35, 0.7), 1.1, c.uniform(3, 8), 55
    return camera.shoot(_sheet(c, t))


def _outside(c: random.Random, t: str) -> Picture:
    """A part of the code, with a corner mark or without, lies outside the picture."""
    fill = c.uniform(0.55, 0.8)
    side = c.choice((-1, 1)) * (0.5 - fill * c.uniform(0.28, 0.36))
    shift = c.choice(((side, c.uniform(-0.1, 0.1)), (c.uniform(-0.1, 0.1), side)))
    sheet = _sheet(c, t, error=c.choice("mqh"))
    camera = Camera(c, (960, 960))
    camera.fill, camera.shift = fill, shift
    return camera.shoot(sheet)


def _covered(c: random.Random, t: str) -> Picture:
    """A thumb, a sticker or a stain on one of the corner marks."""
    sheet = _sheet(c, t, error=c.choice("mqh"))
    draw = ImageDraw.Draw(sheet)
    edge, far = 6.0 * UNIT, sheet.width - 6.0 * UNIT
    x, y = c.choice(((edge, edge), (far, edge), (edge, far)))
    mark, kind = 7 * UNIT, c.choice(("whole", "half", "middle"))
    inwards_x, inwards_y = (1 if x == edge else -1), (1 if y == edge else -1)
    x, y = x + inwards_x * mark / 2, y + inwards_y * mark / 2
    if kind == "half":
        x, y = x - inwards_x * mark * 0.3, y - inwards_y * mark * 0.3
    size = {"whole": 0.6, "half": 0.5, "middle": 0.3}[kind] * mark
    colour = c.choice(((205, 160, 135), (250, 250, 245), (60, 40, 35), (120, 130, 150)))
    draw.ellipse((x - size, y - size * 1.1, x + size, y + size * 1.1), fill=colour)
    return photo(c, t, sheet)


def _half_glare(c: random.Random, t: str) -> Picture:
    """A window's reflection on gloss: a bright, sharp-edged band, haze around it."""
    picture = photo(c, t, _sheet(c, t, error=c.choice("mqh")), gain=c.uniform(0.6, 0.9))
    values = np.asarray(picture, dtype=np.float32)
    h, w = values.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = c.uniform(0, math.pi)
    across = (x - w / 2) * math.cos(angle) + (y - h / 2) * math.sin(angle) - c.uniform(-0.12, 0.12) * h
    half, soft = c.uniform(0.02, 0.09) * h, c.choice((2.0, 10.0, 40.0))
    band = 1 / (1 + np.exp(np.clip((np.abs(across) - half) / soft, -50, 50)))
    strength = band * c.uniform(0.75, 1.3) + c.uniform(0, 0.3)
    values = values + (255 * 1.1 - values) * np.clip(strength, 0, 1)[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _behind_glass(c: random.Random, t: str) -> Picture:
    """A room mirrored in the pane over the code."""
    seen = photo(c, t)
    room = scenery(c, seen.size, low=0, high=255).filter(ImageFilter.GaussianBlur(c.uniform(2, 12)))
    values = np.asarray(seen, dtype=np.float32) * 0.7
    values += np.asarray(room, dtype=np.float32) * c.uniform(0.3, 0.6)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _pathological(c: random.Random, t: str) -> Picture:
    """Around the code, things that look like parts of one: corner marks, checks, barcodes, a second half."""
    part = symbol(t, error=c.choice("lmq"), quiet=c.choice((2, 4)))
    room = part.width // 2
    sheet = Image.new("RGB", (part.width + 2 * room, part.height + 2 * room), WHITE)
    draw = ImageDraw.Draw(sheet)
    kind = c.choice(("marks", "checks", "lines", "noise", "halves"))
    if kind == "marks":
        for _ in range(60):
            x, y, u = c.randrange(sheet.width), c.randrange(sheet.height), c.choice((6, 12, 12, 18))
            for inset, colour in ((0, BLACK), (u, WHITE), (2 * u, BLACK)):
                draw.rectangle((x + inset, y + inset, x + 7 * u - inset, y + 7 * u - inset), fill=colour)
    elif kind == "checks":
        for y in range(0, sheet.height, UNIT):
            for x in range(y // UNIT % 2 * UNIT, sheet.width, 2 * UNIT):
                draw.rectangle((x, y, x + UNIT - 1, y + UNIT - 1), fill=BLACK)
    elif kind == "lines":
        x = 0
        while x < sheet.width:
            wide = c.randint(3, 20)
            draw.rectangle((x, 0, x + wide, sheet.height), fill=BLACK)
            x += wide + c.randint(3, 20)
    elif kind == "noise":
        for y in range(0, sheet.height, UNIT):
            for x in range(0, sheet.width, UNIT):
                if c.random() < 0.5:
                    draw.rectangle((x, y, x + UNIT - 1, y + UNIT - 1), fill=BLACK)
    else:
        other = symbol(t[::-1])
        for at in ((-room, -room), (room * 2, -room), (-room, room * 2), (room * 2, room * 2)):
            sheet.paste(other, at)
    sheet.paste(part, (room, room))
    return photo(c, t, sheet, fill=c.uniform(0.6, 0.9))


def _artistic(c: random.Random, t: str) -> Picture:
    """Every module a small dot in its middle; between them a picture in greys."""
    plain = symbol(t, error="h", quiet=2)
    count = plain.width // UNIT
    ground = scenery(c, plain.size, low=40, high=240)
    mask = Image.new("L", plain.size, 0)
    draw = ImageDraw.Draw(mask)
    inset = c.choice((2, 3))
    for y in range(count):
        for x in range(count):
            mark = ((x < 10 or x >= count - 10) and y < 10) or (x < 10 and y >= count - 10)
            gap = 0 if mark else inset
            box = x * UNIT + gap, y * UNIT + gap, (x + 1) * UNIT - gap - 1, (y + 1) * UNIT - gap - 1
            draw.rectangle(box, fill=255)
    return photo(c, t, ImageOps.expand(Image.composite(plain, ground, mask), border=2 * UNIT, fill=WHITE))


def _thermal(c: random.Random, t: str) -> Picture:
    """A receipt: pale ink, dead dots of the print head as white lines, the paper fed unevenly."""
    sheet = _sheet(
        c, t, error=c.choice("mq"), dark=(g := c.randint(70, 150), g, g + 10), light=(240, 238, 230)
    )
    draw = ImageDraw.Draw(sheet)
    for _ in range(c.randint(2, 7)):
        x = c.randrange(sheet.width)
        draw.line((x, 0, x, sheet.height), fill=(240, 238, 230), width=c.randint(2, 7))
    stretched = sheet.resize((sheet.width, round(sheet.height * c.uniform(0.82, 1.18))))
    square = Image.new("RGB", (max(stretched.size),) * 2, (240, 238, 230))
    square.paste(stretched, (0, 0))
    return photo(c, t, square, bend=c.choice((0, 0.5)), crease=c.choice((0, 0.004)))


def _engraved(c: random.Random, t: str) -> Picture:
    """Etched into brushed metal: little contrast, stripes, often light on dark."""
    low = c.randint(90, 140)
    pair = [(low,) * 3, (low + c.randint(25, 50),) * 3]
    c.shuffle(pair)
    sheet = ImageOps.expand(
        symbol(t, dark=pair[0], light=pair[1], error=c.choice("mq")), border=24, fill=pair[1]
    )
    stripes = np.random.default_rng(c.getrandbits(32)).normal(0, 9, (sheet.height, 1, 1))
    brushed = np.clip(np.asarray(sheet, dtype=np.float32) + stripes, 0, 255).astype(np.uint8)
    return photo(c, t, Image.fromarray(brushed), shade=c.choice((0, 0.4)), blur=1.0)


def _logo_photo(c: random.Random, t: str) -> Picture:
    sheet = ImageOps.expand(logo(symbol(t, error="h"), c.uniform(0.18, 0.28), c), border=24, fill=WHITE)
    return photo(c, t, sheet, blur=c.uniform(0.7, 2.2))


PHOTO: dict[str, Drawing] = {
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
    "defocus": lambda c, t: photo(c, t, defocus=c.uniform(3, 7.5), fill=c.uniform(0.35, 0.6)),
    "large": _large,
    "large-hard": _large_hard,
    "webcam": _webcam,
    "outside": _outside,
    "covered": _covered,
    "half-glare": _half_glare,
    "behind-glass": _behind_glass,
    "folded": lambda c, t: photo(c, t, folds=c.uniform(0.3, 0.75)),
    "bottle": lambda c, t: photo(
        c,
        t,
        bend=c.uniform(0.9, 1.35),
        tilt=c.uniform(-30, 30),
        pan=c.uniform(-25, 25),
        roll=c.uniform(0, 360),
    ),
    "cloth": lambda c, t: photo(c, t, crease=c.uniform(0.016, 0.03)),
    "pathological": _pathological,
    "artistic": _artistic,
    "thermal": _thermal,
    "engraved": _engraved,
    "logo": _logo_photo,
}

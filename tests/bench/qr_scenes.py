"""Draws hard pictures of QR codes with their truth beside them, for ``tests/bench/qr.py``.

    python tests/bench/qr_scenes.py DIR [--each N] [--only STYLE ...]

Two kinds, each style in a folder of its own: ``web-*`` as pages and screenshots show codes, ``photo-*`` as
cameras see them. The same arguments give the same pictures on every machine.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.qr_photos import PHOTO, lots
from bench.qr_symbols import (
    BLACK,
    INK,
    NIGHT,
    WHITE,
    Drawing,
    Picture,
    framed,
    jpeg,
    logo,
    scenery,
    sized,
    symbol,
    text,
)

Made = tuple[Picture, list[str]]
"""A picture and the texts of its codes; any of them counts as its truth."""


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


def _gradient(image: Picture, first: Any, last: Any) -> Picture:
    ramp = Image.linear_gradient("L").resize(image.size)
    colours = Image.composite(Image.new("RGB", image.size, last), Image.new("RGB", image.size, first), ramp)
    mask = ImageOps.invert(image.convert("L"))
    return Image.composite(colours, Image.new("RGB", image.size, WHITE), mask)


def _m(chance: random.Random) -> float:
    return chance.choice((2.0, 2.5, 3.0, 3.3, 4.0, 5.0, 6.0))


WEB: dict[str, Drawing] = {
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
        sized(framed(symbol(t, quiet=0), c.choice((0.3, 0.5, 1, 1.5, 3)), c.choice((BLACK, NIGHT))), _m(c)),
    ),
    "framed-thin": lambda c, t: page(
        c, sized(framed(symbol(t, quiet=1), c.choice((0.3, 0.5, 1, 1.5, 3)), BLACK), _m(c))
    ),
    "framed-coloured": lambda c, t: page(
        c,
        sized(framed(symbol(t, quiet=0), 2, tuple(c.randint(0, 140) for _ in range(3))), _m(c)),
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
    "logo": lambda c, t: page(c, sized(logo(symbol(t, error="q"), 0.2, c), _m(c))),
    "logo-large": lambda c, t: page(c, sized(logo(symbol(t, error="h"), 0.27, c), _m(c))),
    "logo-low": lambda c, t: page(c, sized(logo(symbol(t, error="m"), 0.17, c), _m(c))),
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
        page(c, sized(symbol(t), _m(c) + 0.5)), scenery(c, (1280, 800)), 0.35
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
    image = scenery(chance, (1280, 800))
    image.paste(part, (chance.randint(50, 500), chance.randint(30, 200)))
    return image


def _tilted(chance: random.Random, part: Picture) -> Picture:
    part = ImageOps.expand(part, border=part.width // 4, fill=(190, 190, 190))
    side = part.width
    lens = (1.2, chance.uniform(-0.15, 0.1), 0, 0.02, 1.0, 0, chance.uniform(0.1, 0.5) / side, -0.1 / side)
    tilted = part.transform(part.size, Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC)
    return page(chance, tilted, size=(1400, 900))


# --- photos -------------------------------------------------------------------------------------------------


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
            result["photo-lots"].append((lots(chance, texts), texts))
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
            if len(texts) > 1:
                (folder / f"{number:02}.codes").write_text(json.dumps(texts), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

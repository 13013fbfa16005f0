"""The pipeline: what is tried on a picture, from cheapest to dearest. Data for :mod:`auto2fa.qr.reader`.

The order comes from trials on public photo sets and made screenshots: how many pictures a stage adds to those
before it, against its time.
"""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image

from auto2fa.qr import engines
from auto2fa.qr import treatments as t
from auto2fa.qr.corners import bent_hints, straight_hints
from auto2fa.qr.finder import grids
from auto2fa.qr.fitted import by_lines, by_rings, fitted_hints, fitted_marks, fitted_pairs, smaller_than_page
from auto2fa.qr.regions import regions
from auto2fa.qr.views import Step


class Stage(NamedTuple):
    """One try: a treatment in steps, then an engine."""

    name: str
    steps: tuple[Step, ...]
    engine: engines.Engine
    cost: float
    """Milliseconds for each megapixel of the page (measured on one core of 2024); decides what still fits."""
    most: float = 1e9
    """Megapixels beyond which the steps work on a smaller copy, so the cost grows no further."""
    once: float = 0
    """Milliseconds whatever the page's size."""


_BUSY = regions(24, 10, 70)
_HALF = t.scale(0.5, resample=Image.Resampling.BOX)

STAGES: tuple[Stage, ...] = (
    Stage("as is", (), engines.zxing, 5),
    Stage("sheet", (t.sheet, t.scale(2, up_to=4), t.unsharp(2, 200)), engines.zxing, 60, 4),
    Stage("hints enlarged", (t.hinted, t.scale(3, up_to=2), t.unsharp(3, 200)), engines.zxing, 5),
    # Modules drawn as dots with gaps between them: together again, most of them in no time.
    Stage("dots joined", (t.at_most(4), _HALF, t.blur(2)), engines.zxing, 8, 4),
    Stage("hints local", (t.hinted, t.scale(2, up_to=2), t.local(0.06)), engines.zxing_fixed, 5),
    Stage("hints fitted", (fitted_hints(),), engines.zxing, 2, 2, 120),
    Stage("hints straightened", (straight_hints,), engines.zxing, 20),
    Stage("one threshold", (), engines.zxing_global, 5),
    Stage("hints bent", (bent_hints,), engines.zxing, 20),
    Stage("hints followed", (fitted_hints(follow=True),), engines.zxing, 2, 2, 200),
    Stage("region", (_BUSY, t.contrast(), t.pad()), engines.zxing, 10),
    Stage("region sharp", (_BUSY, t.contrast(), t.scale(2, up_to=2), t.unsharp(3, 300)), engines.zxing, 20),
    Stage("region deblurred", (_BUSY, t.at_most(0.3), t.deblurred), engines.zxing, 20, 1, 60),
    Stage("region marks", (_BUSY, t.at_most(1), grids(0.05)), engines.zxing, 20),
    Stage("half", (_HALF, t.blur(1)), engines.zxing, 6),
    Stage("rings", (t.at_most(1), fitted_marks(by_rings)), engines.zxing, 8, 2, 120),
    Stage("transparent", (t.transparent, t.contrast()), engines.zxing, 8),
    Stage("colours", (t.at_most(4), t.channels, t.contrast()), engines.zxing, 30, 4),
    Stage("marks", (t.at_most(2.5), grids(0.05)), engines.zxing, 60, 2.5),
    Stage("region larger", (_BUSY, t.contrast(), t.scale(3, up_to=2), t.unsharp(5, 400)), engines.zxing, 30),
    Stage("region local", (_BUSY, t.scale(2, up_to=2), t.local(0.05)), engines.zxing_fixed, 20),
    Stage(
        "region marks sharp",
        (_BUSY, t.contrast(), t.scale(2, up_to=2), t.unsharp(4, 300), grids(0.05)),
        engines.zxing,
        20,
    ),
    Stage("region marks softened", (_BUSY, t.at_most(1), t.blur(1.5), grids(0.05)), engines.zxing, 20),
    Stage("pairs", (t.at_most(1), fitted_pairs(by_rings)), engines.zxing, 8, 2, 300),
    Stage(
        "region rings",
        (_BUSY, smaller_than_page, t.at_most(1), fitted_marks(by_rings)),
        engines.zxing,
        8,
        2,
        150,
    ),
    Stage("region lines", (_BUSY, t.at_most(1), fitted_marks(by_lines(0.05))), engines.zxing, 8, 2, 100),
    Stage("pairs followed", (t.at_most(1), fitted_pairs(by_rings, follow=True)), engines.zxing, 8, 2, 300),
    Stage(
        "region pairs",
        (_BUSY, smaller_than_page, t.at_most(1), fitted_pairs(by_rings, follow=True)),
        engines.zxing,
        8,
        2,
        200,
    ),
    Stage("region marks soft", (_BUSY, t.at_most(1), t.blur(3), grids(0.05)), engines.zxing, 20),
    Stage(
        "region marks joined", (_BUSY, t.at_most(1), t.darker(3), t.blur(1), grids(0.05)), engines.zxing, 20
    ),
    Stage("region dark", (_BUSY, t.contrast(), t.level(0.3)), engines.zxing_fixed, 10),
    Stage("region light", (_BUSY, t.contrast(), t.level(0.7)), engines.zxing_fixed, 10),
    Stage("region lightest", (_BUSY, t.contrast(), t.level(0.85), t.blur(1.5)), engines.zxing, 12),
    Stage("region darkest", (_BUSY, t.contrast(), t.level(0.2), t.blur(1.5)), engines.zxing, 12),
    Stage("region soft", (_BUSY, t.contrast(), t.blur(2)), engines.zxing, 10),
    Stage("region joined", (_BUSY, t.contrast(), t.darker(3)), engines.zxing, 10),
    Stage("region zbar", (_BUSY, t.contrast(), t.scale(2, up_to=1)), engines.zbar, 20),
    Stage("640 sharp", (t.fit(640), t.unsharp(2, 200)), engines.zxing, 8, 1),
    Stage("blur", (t.at_most(4), t.blur(2)), engines.zxing, 15, 4),
    Stage("local", (t.at_most(4), t.local(0.03)), engines.zxing_fixed, 15, 4),
    Stage("dark", (t.level(0.3),), engines.zxing_fixed, 6),
    Stage("light", (t.level(0.7),), engines.zxing_fixed, 6),
    Stage("lightest", (t.at_most(4), t.level(0.85), t.blur(1.5)), engines.zxing, 15, 4),
    Stage("darkest", (t.at_most(4), t.level(0.2), t.blur(1.5)), engines.zxing, 15, 4),
    Stage("border", (t.at_most(4), t.pad(), t.contrast()), engines.zxing, 10, 4),
    Stage("double sharp", (t.scale(2), t.unsharp(3, 300)), engines.zxing, 95, 2.3),
    Stage("marks softened", (t.at_most(2.5), t.blur(1.5), grids(0.05)), engines.zxing, 60, 2.5),
    Stage("monitor", (t.at_most(4), t.lighter(5), t.darker(5), t.blur(2)), engines.zxing, 25, 4),
    Stage(
        "colour regions", (t.at_most(4), t.channels, _BUSY, t.contrast(), t.blur(0.7)), engines.zxing, 60, 4
    ),
    Stage("double local", (t.scale(2), t.local(0.02)), engines.zxing_fixed, 65, 2.3),
    Stage("zbar", (t.at_most(4),), engines.zbar, 20, 4),
    Stage("marks sharp", (t.scale(2, up_to=4), t.unsharp(3, 200), grids(0.03)), engines.zxing, 150, 2),
    Stage("monitor coarse", (t.fit(1200), t.lighter(7), t.darker(5), t.blur(3)), engines.zxing, 25, 2),
    Stage("equal", (t.at_most(4), t.equalize()), engines.zxing, 10, 4),
    Stage("400", (t.fit(400),), engines.zxing, 5, 1),
    Stage("blur 4", (t.at_most(4), t.blur(4)), engines.zxing, 15, 4),
    Stage("median", (t.at_most(4), t.median()), engines.zxing, 30, 4),
    Stage("joined", (t.at_most(4), t.darker(3)), engines.zxing, 10, 4),
    Stage("opened", (t.at_most(4), t.darker(3), t.lighter(3)), engines.zxing, 10, 4),
    Stage("tiles", (t.tiles(3), t.scale(2, up_to=4), t.unsharp(2, 200)), engines.zxing, 120, 4),
    Stage("zbar local", (t.at_most(4), t.local(0.05)), engines.zbar, 30, 4),
    Stage("zbar double", (t.scale(2),), engines.zbar, 90, 2.3),
    Stage("zbar half", (_HALF,), engines.zbar, 12, 8),
    Stage("zbar tiles", (t.tiles(3),), engines.zbar, 40, 8),
)
"""What is tried, in this order."""

"""The pipeline: what is tried on a picture, from cheapest to dearest. Data for :mod:`auto2fa.qr.reader`.

The order comes from trials on public photo sets and made screenshots: how many pictures a stage adds to those
before it, against its time.
"""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image

from auto2fa.qr import engines
from auto2fa.qr import treatments as t
from auto2fa.qr.finder import grids
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


_HALF = t.scale(0.5, resample=Image.Resampling.BOX)

STAGES: tuple[Stage, ...] = (
    Stage("as is", (), engines.zxing, 5),
    Stage("hints enlarged", (t.hinted, t.scale(3, up_to=2), t.unsharp(3, 200)), engines.zxing, 5),
    Stage("hints local", (t.hinted, t.scale(2, up_to=2), t.local(0.06)), engines.zxing_fixed, 5),
    Stage("one threshold", (), engines.zxing_global, 5),
    Stage("marks", (t.at_most(2.5), grids(0.05)), engines.zxing, 60, 2.5),
    Stage("half", (_HALF, t.blur(1)), engines.zxing, 6),
    Stage("double sharp", (t.scale(2), t.unsharp(2, 200)), engines.zxing, 90, 2.3),
    Stage("border", (t.at_most(4), t.pad(), t.contrast()), engines.zxing, 10, 4),
    Stage("transparent", (t.transparent, t.contrast()), engines.zxing, 8),
    Stage("colours", (t.at_most(4), t.channels, t.contrast()), engines.zxing, 30, 4),
    Stage("marks softened", (t.at_most(2.5), t.blur(1.5), grids(0.05)), engines.zxing, 60, 2.5),
    Stage("blur", (t.at_most(4), t.blur(2)), engines.zxing, 15, 4),
    Stage("640 sharp", (t.fit(640), t.unsharp(2, 200)), engines.zxing, 8, 1),
    Stage("zbar", (t.at_most(4),), engines.zbar, 20, 4),
    Stage("local", (t.at_most(4), t.local(0.03)), engines.zxing_fixed, 15, 4),
)
"""What is tried, in this order."""

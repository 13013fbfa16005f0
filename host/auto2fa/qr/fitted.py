"""Steps that fit the grid onto located codes, correct what they hold, and draw them clean for an engine."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PIL import ImageChops

from auto2fa.qr.views import Page, Step, View, around, moved

if TYPE_CHECKING:
    from PIL.Image import Image

    from auto2fa.qr.finder import Mark, Triple
    from auto2fa.qr.fit import Promise
    from auto2fa.qr.symbol import Grid

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Read when numpy is first imported, which happens in the steps. The matrices are small: threads would cost
# more than they bring.

_MOST_HINTS = 4
_MOST_TRIPLES = 30
_MOST_PROMISES = 4
_MOST_PAIRS = 6
_PAIRED = 0.3
"""How much two marks' code must look like one, where three marks' code need less."""
_SEEN = 0.8
"""Likeness of the known modules from which on something is taken for a code, read or not."""


def fitted_hints(*, follow: bool = False) -> Step:
    """Fit the grid onto every code that an engine located but could not read.

    ``follow``: module by module, over folds and bends.
    """

    def step(view: View, page: Page) -> Iterator[View]:
        if not page.hints:
            return
        from auto2fa.qr import fit

        for corners in page.hints[:_MOST_HINTS]:
            box = around(corners, view.image)
            if box is None:
                continue
            part = view.seen(view.image.crop(box), moved(box[0], box[1]))
            quad = fit.array(corners) - box[:2]
            promises = [fit.Promise(quad, version) for version in range(1, 41)]
            for promise in fit.likeliest(part.image, promises)[:2]:
                if time.monotonic() > page.deadline:
                    return
                yield from _mended(part, part.image, promise, page, follow)

    return step


def fitted_marks(find: Callable[[Image], list[Mark]]) -> Step:
    """Fit the grid onto what three corner marks promise."""

    def step(view: View, page: Page) -> Iterator[View]:
        from auto2fa.qr import fit
        from auto2fa.qr.finder import triples

        for dark_on_light in (True, False):
            grey = view.image if dark_on_light else ImageChops.invert(view.image)
            promises: list[fit.Promise] = []
            for triple in triples(find(grey), _MOST_TRIPLES, crossed=find is not by_rings):
                nearest, reach = (triple.modules - 17) / 4, 2 + triple.modules * 0.02
                near = [v for v in range(1, 41) if abs(v - nearest) <= reach]
                promises += [fit.Promise(fit.array(_corners(triple, 17 + 4 * v)), v) for v in near]
            for promise in fit.likeliest(grey, promises)[:_MOST_PROMISES]:
                if time.monotonic() > page.deadline:
                    return
                if not _read_already(view, promise.quad, page):
                    yield from _mended(view, grey, promise, page, follow=False)

    return step


def fitted_pairs(find: Callable[[Image], list[Mark]], *, follow: bool = False) -> Step:
    """Fit the grid onto what two corner marks promise: the third is covered, in glare or outside.

    ``follow``: module by module, which also meets a view from the side, of which two marks tell little.
    """

    def step(view: View, page: Page) -> Iterator[View]:
        from auto2fa.qr import fit
        from auto2fa.qr.pairs import pair_promises

        for dark_on_light in (True, False):
            grey = view.image if dark_on_light else ImageChops.invert(view.image)
            for promise in fit.likeliest(grey, pair_promises(grey, find(grey)), _PAIRED)[:_MOST_PAIRS]:
                if time.monotonic() > page.deadline:
                    return
                if not _read_already(view, promise.quad, page):
                    yield from _mended(view, grey, promise, page, follow)

    return step


def smaller_than_page(view: View, page: Page) -> Iterator[View]:
    """Only parts that are clearly smaller than the page, yet large enough for a mark to be seen whole."""
    side = max(view.image.size)
    if 60 <= side <= 0.7 * max(page.grey.size):
        yield view


def by_lines(window: float) -> Callable[[Image], list[Mark]]:
    """Marks by runs of pixels along lines: exact on what is sharp."""
    from auto2fa.qr.finder import binary, marks

    return lambda grey: marks(binary(grey, window))


def by_rings(grey: Image) -> list[Mark]:
    """Marks by their likeness as a whole."""
    from auto2fa.qr.rings import ring_marks

    return ring_marks(grey)


def _corners(triple: Triple, side: int) -> tuple[tuple[float, float], ...]:
    """The code's corners if its three marks were parts of an even grid."""
    a, b, c = triple.top_left, triple.top_right, triple.bottom_left
    share = 3.5 / (side - 7)
    ux, uy = (b.x - a.x) * share, (b.y - a.y) * share
    vx, vy = (c.x - a.x) * share, (c.y - a.y) * share
    return (
        (a.x - ux - vx, a.y - uy - vy),
        (b.x + ux - vx, b.y + uy - vy),
        (b.x + c.x - a.x + ux + vx, b.y + c.y - a.y + uy + vy),
        (c.x - ux + vx, c.y - uy + vy),
    )


def _read_already(view: View, quad: Grid, page: Page) -> bool:
    """True where the quadrangle's middle lies in the middle half of a code that was read."""
    x, y = view.place(float(quad[:, 0].mean()), float(quad[:, 1].mean()))
    for corners in page.read:
        middle = sum(p[0] for p in corners) / 4, sum(p[1] for p in corners) / 4
        if math.dist((x, y), middle) < 0.25 * math.dist(corners[0], corners[2]):
            return True
    return False


def _mended(view: View, grey: Image, promise: Promise, page: Page, follow: bool) -> Iterator[View]:
    from auto2fa.qr import fit, mend

    for found in (fit.followed if follow else fit.fitted)(grey, promise, page.deadline):
        page.located = page.located or (
            promise.unseen is None and fit.likeness(found.values, promise.version) >= _SEEN
        )
        for values in (found.values, found.values.T):
            matrix = mend.mended(values, promise.version)
            if matrix is not None:
                yield fit.drawn(matrix if values is found.values else matrix.T, found, view)
                return

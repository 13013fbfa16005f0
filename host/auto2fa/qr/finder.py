"""Finds a code by the centres of its three corner marks alone, and lays its modules straight.

Engines look for the corner mark's whole profile, dark-light-dark-light-dark at 1:1:3:1:1, with light around
it. A frame that touches the code or a dark page without a quiet zone breaks the outer ring; the inner
light-dark-light at 1:3:1 survives. From three centres follows the grid (ISO/IEC 18004 section 12), each
module is averaged over its middle, and the clean matrix goes to the engine, which checks every reading by its
error correction.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

from PIL import Image, ImageChops, ImageFilter, ImageOps

from auto2fa.qr.views import Page, Step, View, darkest_lightest

_RUNS = re.compile(rb"\x00+|\xff+")
_MOST_MARKS = 24
_MOST_TRIPLES = 20
_MOST_RUNS = 200_000
"""Runs of equal pixels that are looked at: noise has as many as pixels."""
_MOST_LAID = 6
"""Codes laid straight and handed to the engine, best agreement first."""
_LIKE_A_CODE = 0.74
"""Share of corner-mark and timing modules that must be as the standard says."""
_SEEN = 0.86
"""The share from which on something is taken for a code, read or not."""
_MARGIN = 4
"""Quiet zone of the straightened code, in modules."""


class Mark(NamedTuple):
    """A possible corner mark."""

    x: float
    y: float
    width: float
    """Of its dark middle, three modules, measured along the row; pixels."""
    height: float
    hits: int


class Triple(NamedTuple):
    """Three marks that may belong to one code."""

    top_left: Mark
    top_right: Mark
    bottom_left: Mark
    modules: float
    """Estimated modules along one side."""
    badness: float


def marks(image: Image.Image) -> list[Mark]:
    """Return possible corner marks of a black-and-white picture (mode L, only 0 and 255), best first."""
    width, height = image.size
    data = image.tobytes()
    columns: dict[int, bytes] = {}
    grouped: list[list[float]] = []
    cells: dict[tuple[int, int], list[int]] = {}
    step = 1 if height < 500 else 2
    runs = 0
    for y in range(0, height, step):
        if runs > _MOST_RUNS:
            break
        row = data[y * width : (y + 1) * width]
        ends = [match.end() for match in _RUNS.finditer(row)]
        runs += len(ends)
        if len(ends) < 5:
            continue
        dark_first = row[0] == 0
        # ends[i] closes run i; dark runs in the middle of five
        first = 2 if dark_first else 3
        for i in range(first, len(ends) - 2, 2):
            middle = ends[i] - ends[i - 1]
            if middle < 3:
                continue
            before, after = ends[i - 1] - ends[i - 2], ends[i + 1] - ends[i]
            unit = (before + middle + after) / 5
            slack = unit * 0.5 + 0.7
            if abs(before - unit) > slack or abs(after - unit) > slack or abs(middle - 3 * unit) > 2 * slack:
                continue
            outer_left = ends[i - 2] - (ends[i - 3] if i >= 3 else 0)
            outer_right = ends[i + 2] - ends[i + 1]
            if outer_left < 0.4 * unit or outer_right < 0.4 * unit:
                continue
            x = (ends[i] + ends[i - 1]) // 2
            column = columns.get(x)
            if column is None:
                column = columns[x] = data[x::width]
            upright = _upright(column, y, unit)
            if upright is None:
                continue
            middle_y, tall = upright
            _gather(grouped, cells, (ends[i] + ends[i - 1]) / 2, middle_y, middle, tall)
    found = [Mark(g[0] / g[4], g[1] / g[4], g[2] / g[4], g[3] / g[4], int(g[4])) for g in grouped]
    # A real mark is hit by most of the rows through its middle.
    found = [m for m in found if m.hits * step >= max(1.0, 0.3 * m.height)]
    found.sort(key=lambda m: -m.hits * step / m.height)
    return found[:_MOST_MARKS]


def _upright(column: bytes, y: int, unit: float) -> tuple[float, float] | None:
    """Check the same profile along the column; return the dark middle's centre and length."""
    top = column.rfind(b"\xff", 0, y) + 1
    bottom = column.find(b"\xff", y)
    if bottom < 0:
        return None
    tall = bottom - top
    if not 1.2 * unit <= tall <= 5.5 * unit:
        return None
    unit = tall / 3
    slack = unit * 0.6 + 1
    above = top - 1 - column.rfind(b"\x00", 0, top)
    below = column.find(b"\x00", bottom) - bottom
    if top - above <= 0 or below < 0 or abs(above - unit) > slack or abs(below - unit) > slack:
        return None
    return (top + bottom) / 2, tall


def _gather(
    grouped: list[list[float]],
    cells: dict[tuple[int, int], list[int]],
    x: float,
    y: float,
    width: float,
    height: float,
) -> None:
    """Add a hit to the mark that it belongs to (sums of x, y, width, height, count)."""
    cell = int(x) >> 4, int(y) >> 4
    for dx in (0, -1, 1):
        for dy in (0, -1, 1):
            for index in cells.get((cell[0] + dx, cell[1] + dy), ()):
                group = grouped[index]
                count = group[4]
                near = max(2.0, 0.35 * width)
                if abs(group[0] / count - x) <= near and abs(group[1] / count - y) <= near:
                    for i, value in enumerate((x, y, width, height, 1)):
                        group[i] += value
                    return
    cells.setdefault(cell, []).append(len(grouped))
    grouped.append([x, y, width, height, 1])


def triples(found: list[Mark], most: int = _MOST_TRIPLES, *, crossed: bool = True) -> list[Triple]:
    """Return the most likely threesomes, best first.

    ``crossed``: widths were measured along rows and columns, which cross a turned mark at a slant.
    """
    likely = []
    top = max((mark.hits for mark in found), default=1)
    for three in combinations(found, 3):
        sizes = [m.width + m.height for m in three]
        if max(sizes) > 1.5 * min(sizes):
            continue
        # The top left one faces the longest side.
        corner = max(range(3), key=lambda i: _distance(three[(i + 1) % 3], three[(i + 2) % 3]))
        a, b, c = three[corner], three[(corner + 1) % 3], three[(corner + 2) % 3]
        ab, ac = _distance(a, b), _distance(a, c)
        if not 0.7 <= ab / ac <= 1.43:
            continue
        cosine = ((b.x - a.x) * (c.x - a.x) + (b.y - a.y) * (c.y - a.y)) / (ab * ac)
        if abs(cosine) > 0.35:
            continue
        if (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0:
            b, c = c, b
        angle = math.atan2(abs(b.y - a.y), abs(b.x - a.x))
        slant = max(math.cos(angle), math.sin(angle)) if crossed else 1.0
        module = sum(sizes) / 18 * slant
        modules = (ab + ac) / 2 / module + 7
        if not 17 <= modules <= 190:
            continue
        badness = abs(cosine) + abs(math.log(ab / ac)) + 0.5 * (max(sizes) / min(sizes) - 1)
        badness -= 0.5 * min(mark.hits for mark in three) / top
        likely.append(Triple(a, b, c, modules, badness))
    likely.sort(key=lambda t: t.badness)
    return likely[:most]


def _distance(a: Mark, b: Mark) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)


def _sides(modules: float) -> list[int]:
    """The code sizes (21, 25, ... modules a side) near an estimate, nearest first."""
    nearest = round((modules - 17) / 4)
    reach = 1 if nearest < 8 else 2
    versions = sorted(range(nearest - reach, nearest + reach + 1), key=lambda v: abs(17 + 4 * v - modules))
    return [17 + 4 * v for v in versions if 1 <= v <= 40]


def straightened(grey: Image.Image, triple: Triple, side: int, pixels: int) -> tuple[Image.Image, View]:
    """Lay a code straight: ``pixels`` by ``pixels`` for each module, ``_MARGIN`` modules around it.

    Returns the picture and a view of it whose ``place`` leads back to ``grey``.
    """
    a, b, c = triple.top_left, triple.top_right, triple.bottom_left
    span = side - 7
    ux, uy = (b.x - a.x) / span, (b.y - a.y) / span
    vx, vy = (c.x - a.x) / span, (c.y - a.y) / span
    # The mark's centre lies 3.5 modules inside the code.
    shift = 3.5 + _MARGIN
    x0, y0 = a.x - shift * (ux + vx), a.y - shift * (uy + vy)
    size = (side + 2 * _MARGIN) * pixels
    matrix = (ux / pixels, vx / pixels, x0, uy / pixels, vy / pixels, y0)
    image = grey.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)

    def place(x: float, y: float) -> tuple[float, float]:
        u, v = x / pixels, y / pixels
        return x0 + u * ux + v * vx, y0 + u * uy + v * vy

    return image, View(image, place)


_SHARPER = (
    None,
    ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 8, -1, 0, -1, 0)),
    ImageFilter.Kernel((3, 3), (-1, -4, -1, -4, 28, -4, -1, -4, -1)),
)
"""Against blur: how much of its neighbours is taken out of each module (none, a half, more)."""


def matrices(straight: Image.Image, side: int, pixels: int) -> Iterator[Image.Image]:
    """Return clean pictures of a straightened code, one pixel for each module, that differ in the threshold.

    The mean of a whole module serves dots and noise, its middle alone blur and jitter.
    """
    edge = _MARGIN * pixels
    inside = straight.crop((edge, edge, edge + side * pixels, edge + side * pixels))
    whole = inside.resize((side, side), Image.Resampling.BOX)
    middle = inside.reduce(pixels // 3).resize((side, side), Image.Resampling.NEAREST)
    for means, sharper in ((whole, 0), (middle, 0), (whole, 1), (middle, 2)):
        kernel = _SHARPER[sharper]
        values = means.filter(kernel) if kernel else means
        stretched = ImageOps.autocontrast(values, 2)
        yield stretched.point([0] * 128 + [255] * 128)
        around = stretched.filter(ImageFilter.BoxBlur(4))
        yield ImageChops.subtract(stretched, around, 1, 128).point([0] * 128 + [255] * 128)


def grids(window: float | None) -> Step:
    """Find codes by their marks' middles and yield them straightened, as clean matrices and in grey.

    ``window``: share of the shorter side over which the threshold's mean is taken; ``None`` takes one
    threshold for the whole picture.
    """

    def step(view: View, page: Page) -> Iterator[View]:
        for dark_on_light in (True, False):
            grey = view.image if dark_on_light else ImageChops.invert(view.image)
            likely = []
            for triple in triples(marks(binary(grey, window))):
                if time.monotonic() > page.deadline:
                    return
                for side in _sides(triple.modules):
                    share = agreement(grey, triple, side)
                    if share >= _LIKE_A_CODE:
                        likely.append((share, side, triple))
            page.located = page.located or any(share >= _SEEN for share, _, _ in likely)
            likely.sort(key=lambda one: -one[0])
            for _, side, triple in likely[:_MOST_LAID]:
                yield from _laid(view, grey, triple, side)

    return step


def agreement(grey: Image.Image, triple: Triple, side: int) -> float:
    """Return how well a threesome fits: the share of fixed modules that are as they must be (0 to 1)."""
    pixels = 2
    straight, _ = straightened(grey, triple, side, pixels)
    edge = _MARGIN * pixels
    inside = straight.crop((edge, edge, edge + side * pixels, edge + side * pixels))
    means = ImageOps.autocontrast(inside.resize((side, side), Image.Resampling.BOX), 2)
    around = means.filter(ImageFilter.BoxBlur(3))
    values = ImageChops.subtract(means, around, 1, 128).tobytes()
    fixed = _fixed(side)
    right = sum((values[at] < 128) == dark for at, dark in fixed)
    return right / len(fixed)


@cache
def _fixed(side: int) -> tuple[tuple[int, bool], ...]:
    """The modules that every code of this size has: corner marks with their light rims, and timing lines."""
    fixed = []
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for y in range(7):
            for x in range(7):
                ring = max(abs(x - 3), abs(y - 3))
                fixed.append(((top + y) * side + left + x, ring != 2))
    for at in range(8, side - 8):
        fixed.append((6 * side + at, at % 2 == 0))
        fixed.append((at * side + 6, at % 2 == 0))
    return tuple(fixed)


def binary(grey: Image.Image, window: float | None) -> Image.Image:
    """Black and white, against the mean of a window of ``window`` of the shorter side, or one threshold."""
    if window is None:
        return ImageOps.autocontrast(grey, 2).point([0] * 128 + [255] * 128)
    mean = grey.filter(ImageFilter.BoxBlur(max(4, int(min(grey.size) * window))))
    return ImageChops.subtract(grey, mean, 1, 128).point([0] * 127 + [255] * 129)


def _laid(view: View, grey: Image.Image, triple: Triple, side: int) -> Iterator[View]:
    """All readings of one code at one assumed size."""
    pixels = 6
    straight, local = straightened(grey, triple, side, pixels)
    if darkest_lightest(straight)[1] - darkest_lightest(straight)[0] < 8:
        return
    for matrix in matrices(straight, side, pixels):
        framed = ImageOps.expand(matrix, border=_MARGIN, fill=255)
        large = framed.resize((framed.width * 4, framed.height * 4), Image.Resampling.NEAREST)
        yield view.seen(large, lambda x, y: local.place(x * pixels / 4, y * pixels / 4))
    edge = _MARGIN * pixels
    inside = straight.crop((edge, edge, straight.width - edge, straight.height - edge))
    clean = ImageOps.expand(ImageOps.autocontrast(inside, 1), border=edge, fill=255)
    yield view.seen(clean, local.place)

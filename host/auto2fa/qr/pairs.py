"""Guesses codes from two of their corner marks, where the third is covered, in glare or cut off."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from PIL import Image

from auto2fa.qr.finder import Mark
from auto2fa.qr.fit import Promise, array

_MOST_MARKS = 12
_ALIKE = 1.45
"""How many times as large as the other a mark may be."""
_ASKEW = math.radians(18)
"""How far the marks' edges may be turned from where the line between the marks wants them."""
_CLEAR = 0.25
"""How well the edges must agree on a direction (0 to 1) for it to count."""


def pair_promises(grey: Image.Image, marks: list[Mark]) -> list[Promise]:
    """Return the codes of which two of ``marks`` may be corners."""
    best = marks[:_MOST_MARKS]
    turned = [_turn(grey, mark) for mark in best]
    promises: list[Promise] = []
    for (i, one), (j, other) in combinations(enumerate(best), 2):
        sizes = one.width + one.height, other.width + other.height
        if max(sizes) > _ALIKE * min(sizes):
            continue
        module = sum(sizes) / 12
        along = complex(other.x - one.x, other.y - one.y)
        if abs(along) < 10 * module:
            continue
        for diagonal in (False, True):
            wanted = cmath.phase(along) + (math.pi / 4 if diagonal else 0)
            if any(turn is not None and _askew(turn, wanted) > _ASKEW for turn in (turned[i], turned[j])):
                continue
            span = abs(along) / module / (math.sqrt(2) if diagonal else 1)
            promises += _quads(complex(one.x, one.y), along, span, diagonal)
    return promises


def _quads(one: complex, along: complex, span: float, diagonal: bool) -> Iterator[Promise]:
    """All codes that fit: the marks' middles lie at ``one`` and ``one + along``, ``span`` modules apart."""
    nearest, reach = (span + 7 - 17) / 4, 1 + span * 0.04
    for version in range(1, 41):
        if abs(version - nearest) > reach:
            continue
        modules = 10 + 4 * version  # between the marks' middles
        if diagonal:
            # The code's x axis from its top left: the line between the marks, turned by 45 degrees.
            for top_right, other in ((one, one + along), (one + along, one)):
                middle, half = (top_right + other) / 2, (top_right - other) / 2
                top_left = middle - 1j * half
                yield _promise(top_left, top_right - top_left, version, modules, 0)
            continue
        for start, line in ((one, along), (one + along, -along)):
            # Clockwise on the screen: x to the right, y down, so down is 1j times right.
            yield _promise(start, line, version, modules, 3)
            # The line runs down from the top right's place in the turned code: top left to bottom left.
            yield _promise(start, line / 1j, version, modules, 1)


def _promise(top_left: complex, right: complex, version: int, modules: int, unseen: int) -> Promise:
    """``right``: from the top left mark's middle to the top right one's."""
    step = right / modules
    corner = top_left - 3.5 * step * (1 + 1j)
    side = step * (modules + 7)
    quad = (corner, corner + side, corner + side * (1 + 1j), corner + side * 1j)
    return Promise(array([(point.real, point.imag) for point in quad]), version, unseen)


def _turn(grey: Image.Image, mark: Mark) -> float | None:
    """The direction of a mark's edges, in radians modulo a quarter turn; ``None`` where none is clear."""
    reach = max(4, round((mark.width + mark.height) / 6 * 3.6))
    box = round(mark.x) - reach, round(mark.y) - reach, round(mark.x) + reach + 1, round(mark.y) + reach + 1
    part = np.asarray(grey.crop(box), dtype=np.float32)
    down, across = np.gradient(part)
    slope = across + 1j * down
    strength = np.abs(slope)
    total = float((strength**2).sum())
    if total == 0:
        return None
    # The fourth power makes the four directions of a square's edges one.
    mean = complex((slope**4 / np.maximum(strength, 1e-6) ** 2).sum()) / total
    return cmath.phase(mean) / 4 if abs(mean) > _CLEAR else None


def _askew(turn: float, wanted: float) -> float:
    """The angle between two directions modulo a quarter turn."""
    quarter = math.pi / 2
    return abs((turn - wanted + quarter / 2) % quarter - quarter / 2)

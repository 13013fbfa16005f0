"""Finds corner marks by their likeness as a whole: blurred, noisy, stained or half covered ones too.

A corner mark is a dark middle in a light and a dark ring. The picture is correlated with that in eleven
sizes, averaged over all turns, so that it matters neither how sharp the edges are nor whether each is there.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from auto2fa.qr.finder import Mark
from auto2fa.qr.symbol import Grid

_LARGEST = 480
"""Pixels along the longer side of the picture that is searched; larger ones are reduced."""
_FRAME = 512
_SIZES = tuple(1.25 * 1.22**i for i in range(11))
"""Pixels a module that are tried."""
_MOST = 24
_LEAST = 0.42
"""Share of the best mark's likeness that another must have."""


def ring_marks(grey: Image.Image) -> list[Mark]:
    """Return possible corner marks, best first; ``hits`` is their likeness in thousandths."""
    shrink = max(1.0, max(grey.size) / _LARGEST)
    size = max(1, round(grey.width / shrink)), max(1, round(grey.height / shrink))
    small = grey if size == grey.size else grey.resize(size, Image.Resampling.BOX)
    values = np.zeros((_FRAME, _FRAME), dtype=np.float32)
    values[: size[1], : size[0]] = _even(small)
    spectrum = np.fft.rfft2(values)
    layers = []
    for module in _SIZES:
        if module * 21 > min(size) * 1.2:
            break
        layers.append(np.fft.irfft2(spectrum * _spectrum(module), s=values.shape)[: size[1], : size[0]])
    if not layers:
        return []
    stack = np.stack(layers)
    best = stack.max(axis=0)
    which = stack.argmax(axis=0)
    peaks = _peaks(best)
    if not len(peaks):
        return []
    floor = _LEAST * float(np.sort(best[peaks[:, 0], peaks[:, 1]])[-3:].mean())
    found: list[Mark] = []
    order = np.argsort(-best[peaks[:, 0], peaks[:, 1]])
    for y, x in peaks[order]:
        likeness = float(best[y, x])
        if likeness < max(floor, 0.12) or len(found) >= _MOST:
            break
        module = _SIZES[which[y, x]]
        if any(math.hypot(m.x / shrink - x, m.y / shrink - y) < 4 * module for m in found):
            continue
        dx, dy = _between(best, int(y), int(x))
        found.append(
            Mark(
                (x + dx + 0.5) * shrink,
                (y + dy + 0.5) * shrink,
                3 * module * shrink,
                3 * module * shrink,
                int(likeness * 1000),
            )
        )
    return found


def _even(image: Image.Image) -> Grid:
    wide = max(6, max(image.size) // 14)
    values = np.asarray(image, dtype=np.float32)
    mean = np.asarray(image.filter(ImageFilter.BoxBlur(wide)), dtype=np.float32)
    away = values - mean
    spread = np.asarray(
        Image.fromarray(np.clip(np.abs(away), 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(wide)),
        dtype=np.float32,
    )
    return np.asarray(np.clip(away / (spread + 4), -2, 2), dtype=np.float32)


def _peaks(best: Grid) -> Grid:
    """Rows and columns of the local maxima."""
    inner = best[1:-1, 1:-1]
    top = inner > 0.12
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dx or dy:
                top &= inner >= best[1 + dy : best.shape[0] - 1 + dy, 1 + dx : best.shape[1] - 1 + dx]
    return np.argwhere(top) + 1


def _between(best: Grid, y: int, x: int) -> tuple[float, float]:
    """The maximum's place between the pixels, by a parabola along each axis."""

    def vertex(left: float, middle: float, right: float) -> float:
        bend = left - 2 * middle + right
        return 0.0 if bend >= 0 else max(-0.5, min(0.5, (left - right) / (2 * bend)))

    return (
        vertex(best[y, x - 1], best[y, x], best[y, x + 1]),
        vertex(best[y - 1, x], best[y, x], best[y + 1, x]),
    )


@lru_cache(maxsize=len(_SIZES))
def _spectrum(module: float) -> Grid:
    """The conjugate spectrum of the mark, light positive, at ``module`` pixels a module."""
    reach = math.ceil(4.6 * module)
    line = np.arange(-reach, reach + 1)
    x, y = np.meshgrid(line, line)
    total = np.zeros(x.shape)
    inside = np.zeros(x.shape)
    turns = 6
    for turn in range(turns):
        angle = turn * math.pi / 2 / turns
        u = np.abs(x * math.cos(angle) + y * math.sin(angle)) / module
        v = np.abs(y * math.cos(angle) - x * math.sin(angle)) / module
        ring = np.maximum(u, v)
        soft = 0.5 / module  # pixels are not points
        dark = _edge(1.5 - ring, soft) + _edge(3.5 - ring, soft) - _edge(2.5 - ring, soft)
        within = _edge(4.5 - ring, soft)
        total += (1 - 2 * dark) * within
        inside += within
    mark = (total - inside * total.sum() / inside.sum()) / turns
    mark /= np.abs(mark).sum()
    frame = np.zeros((_FRAME, _FRAME), dtype=np.float32)
    frame[: mark.shape[0], : mark.shape[1]] = mark
    frame = np.roll(frame, (-reach, -reach), axis=(0, 1))
    return np.asarray(np.conj(np.fft.rfft2(frame)))


def _edge(inside: Grid, soft: float) -> Grid:
    return np.asarray(np.clip(inside / (2 * soft) + 0.5, 0, 1))

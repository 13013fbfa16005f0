"""Lays the standard's grid onto a located code until it sits, on flat, tilted and bent surfaces.

The known modules (corner marks, timing lines, alignment marks) are a picture that every code holds: the
grid is moved so that it meets them best (Lucas and Kanade 1981). Then modules that are certain already join
in, and the surface may bend. In the end every module's grey value is taken where it really lies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from auto2fa.qr import symbol
from auto2fa.qr.grown import Field, Net, grown
from auto2fa.qr.symbol import Grid
from auto2fa.qr.views import View

_WANTED = 6.0
"""Pixels a module of the picture that is worked on; larger ones are reduced."""
_ROOM = 3.0
"""Modules around the code that belong to the picture."""
_OFFSETS = np.array([(0, 0), (-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)])
"""Points in a module, its middle first; in modules."""
_BENDS = tuple((i, j) for i in range(5) for j in range(5) if 2 <= i + j <= 5 and (i, j) != (1, 1))
_PERSPECTIVE = 8


class Patch:
    """The part of a picture around one code, reduced, with its light made even."""

    def __init__(self, grey: Image.Image, corners: Grid, side: int) -> None:
        edges = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
        module = float(edges.mean()) / side
        room = _ROOM * module + 4
        left, top = (int(v) for v in np.maximum(0, corners.min(axis=0) - room))
        right = min(grey.width, int(corners[:, 0].max() + room) + 1)
        bottom = min(grey.height, int(corners[:, 1].max() + room) + 1)
        part = grey.crop((left, top, max(left + 8, right), max(top + 8, bottom)))
        shrink = max(1.0, module / _WANTED)
        size = max(8, round(part.width / shrink)), max(8, round(part.height / shrink))
        self.scale = part.width / size[0], part.height / size[1]
        self.origin = left, top
        self.image = part if size == part.size else part.resize(size, Image.Resampling.BOX)
        self.module = module / shrink
        self.corners = self.to_patch(corners)

    def to_patch(self, points: Grid) -> Grid:
        """From pixels of the whole picture."""
        return np.asarray((points - np.array(self.origin)) / np.array(self.scale) - 0.5)

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """To pixels of the whole picture."""
        return (x + 0.5) * self.scale[0] + self.origin[0], (y + 0.5) * self.scale[1] + self.origin[1]

    def even(self, blur: float) -> Grid:
        """Grey values, blurred, relative to the light around (-1 to 1 or so)."""
        soft = self.image.filter(ImageFilter.GaussianBlur(blur)) if blur > 0.3 else self.image
        values = np.asarray(soft, dtype=np.float32)
        wide = max(4, int(self.module * 5))
        mean = np.asarray(soft.filter(ImageFilter.BoxBlur(wide)), dtype=np.float32)
        away = np.abs(values - mean)
        spread = np.asarray(
            Image.fromarray(np.clip(away, 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(wide)),
            dtype=np.float32,
        )
        return np.asarray(np.clip((values - mean) / (spread + 6), -2.5, 2.5))


class Surface(NamedTuple):
    """A map from the code's plane (-1 to 1) to a patch's pixels: projective, and bent on top."""

    projection: Grid
    bend: Grid
    """Two lines (x, y), one pixel amount for each of ``_BENDS``."""

    def at(self, u: Grid, v: Grid) -> tuple[Grid, Grid]:
        """Map points."""
        h = self.projection
        depth = 1 + h[6] * u + h[7] * v
        x, y = (h[0] * u + h[1] * v + h[2]) / depth, (h[3] * u + h[4] * v + h[5]) / depth
        if self.bend.any():
            basis = _bends(u, v)
            x, y = x + self.bend[0] @ basis, y + self.bend[1] @ basis
        return x, y


def _bends(u: Grid, v: Grid) -> Grid:
    pu = [np.ones_like(u), u, u**2 - 1 / 3, u**3 - 0.6 * u, u**4 - 6 / 7 * u**2 + 3 / 35]
    pv = [np.ones_like(v), v, v**2 - 1 / 3, v**3 - 0.6 * v, v**4 - 6 / 7 * v**2 + 3 / 35]
    return np.stack([pu[i] * pv[j] for i, j in _BENDS])


def flat(corners: Grid) -> Surface:
    """The projective map of four corners, clockwise from the top left."""
    plane = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    rows, wanted = [], []
    for (u, v), (x, y) in zip(plane, corners, strict=True):
        rows.append((u, v, 1, 0, 0, 0, -x * u, -x * v))
        rows.append((0, 0, 0, u, v, 1, -y * u, -y * v))
        wanted += [x, y]
    return Surface(np.linalg.solve(np.array(rows, dtype=float), np.array(wanted)), np.zeros((2, len(_BENDS))))


@cache
def _plane(side: int) -> tuple[Grid, Grid]:
    """The middles of all modules on the plane."""
    line = (2 * np.arange(side) + 1) / side - 1
    u, v = np.meshgrid(line, line)
    return u, v


def sampled(values: Grid, x: Grid, y: Grid) -> Grid:
    """Bilinear; the rim goes on outside."""
    height, width = values.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    x0, y0 = x.astype(np.intp), y.astype(np.intp)
    fx, fy = x - x0, y - y0
    flat_values = values.ravel()
    at = y0 * width + x0
    upper = flat_values[at] * (1 - fx) + flat_values[at + 1] * fx
    lower = flat_values[at + width] * (1 - fx) + flat_values[at + width + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def modules(values: Grid, surface: Surface, side: int, points: int = 5) -> Grid:
    """Every module's value, dark positive: of its middle, or the mean of five points."""
    u, v = _plane(side)
    offsets = _OFFSETS if points > 1 else _OFFSETS[:1]
    us = np.concatenate([(u + dx * 2 / side).ravel() for dx, _ in offsets])
    vs = np.concatenate([(v + dy * 2 / side).ravel() for _, dy in offsets])
    x, y = surface.at(us, vs)
    seen = np.where(_inside(values, x, y), sampled(values, x, y), 0)
    return np.asarray(-seen.reshape(len(offsets), side, side).mean(axis=0))


def _inside(values: Grid, x: Grid, y: Grid) -> Grid:
    """False for points that lie outside the picture: nobody knows what is there."""
    height, width = values.shape
    inside: Grid = (x > -1) & (x < width) & (y > -1) & (y < height)
    return inside


def _moved(
    surface: Surface,
    values: Grid,
    slopes: tuple[Grid, Grid],
    points: tuple[Grid, Grid, Grid, Grid],
    rounds: int,
    stiffness: float | None,
    *,
    level: bool = False,
) -> Surface:
    """Move the surface so that ``values`` meet the wanted ones. ``points``: u, v, wanted, weight.

    ``stiffness``: how much bending costs; ``None`` keeps the bend as it is. ``level``: keep the perspective.
    """
    u, v, wanted, given = points
    basis = _bends(u, v) if stiffness is not None else None
    damp, best, kept = 1e-3, np.inf, surface
    for turn in range(rounds + 1):
        h = surface.projection
        x, y = surface.at(u, v)
        seen = sampled(values, x, y)
        weight = given * _inside(values, x, y)
        columns = np.stack([wanted, np.ones_like(wanted)])
        weighted = columns * weight
        gain = np.linalg.solve(weighted @ weighted.T + np.eye(2) * 1e-9, weighted @ (seen * weight))
        residual = (seen - gain @ columns) * weight
        error = float(residual @ residual)
        if error >= best:
            break
        kept = surface
        if turn == rounds or error > best * 0.998:
            break
        best = error
        gx, gy = sampled(slopes[0], x, y), sampled(slopes[1], x, y)
        depth = 1 + h[6] * u + h[7] * v
        px, py = (h[0] * u + h[1] * v + h[2]) / depth, (h[3] * u + h[4] * v + h[5]) / depth
        pull = -(gx * px + gy * py) / depth
        lines = [gx * u / depth, gx * v / depth, gx / depth, gy * u / depth, gy * v / depth, gy / depth]
        lines += [pull * u, pull * v]
        if basis is not None:
            lines += [*(gx * basis), *(gy * basis)]
        jacobian = np.stack(lines) * weight
        normal = jacobian @ jacobian.T
        right = -(jacobian @ residual)
        cost = np.diag(normal) * damp + 1e-9
        if level:
            cost[6:8] += 1e9
        if basis is not None and stiffness is not None:
            bend = surface.bend.ravel()
            cost[_PERSPECTIVE:] += stiffness
            right[_PERSPECTIVE:] -= stiffness * bend
        try:
            step = np.linalg.solve(normal + np.diag(cost), right)
        except np.linalg.LinAlgError:
            break
        bend = surface.bend
        if basis is not None:
            bend = bend + step[_PERSPECTIVE:].reshape(2, -1)
        surface = Surface(h + step[:_PERSPECTIVE], bend)
    return kept


def _points(wanted: Grid, weight: Grid, side: int, points: int = 5) -> tuple[Grid, Grid, Grid, Grid]:
    """One point or five in every module of non-zero weight. ``wanted``: dark positive."""
    chosen = weight > 0
    u, v = _plane(side)
    u, v, wanted, weight = u[chosen], v[chosen], -wanted[chosen], weight[chosen]
    offsets = _OFFSETS if points > 1 and chosen.sum() < 1500 else _OFFSETS[:1]
    us = np.concatenate([u + dx * 2 / side for dx, _ in offsets])
    vs = np.concatenate([v + dy * 2 / side for _, dy in offsets])
    return us, vs, np.tile(wanted, len(offsets)), np.tile(weight, len(offsets))


def likeness(found: Grid, version: int) -> float:
    """How well module values match the known modules: 0 by chance, 1 all right; negative: light on dark."""
    fixed = symbol.fixed(version)
    chosen = fixed != symbol.UNKNOWN
    return float((np.sign(found[chosen]) * (2 * fixed[chosen] - 1)).mean())


class Fitted(NamedTuple):
    """A code whose grid sits."""

    values: Grid
    """Side by side, dark positive."""
    version: int
    surface: Surface
    patch: Patch

    def place(self, x: float, y: float) -> tuple[float, float]:
        """From modules (0 to side) to pixels of the picture."""
        side = 17 + 4 * self.version
        u, v = np.array([2 * x / side - 1]), np.array([2 * y / side - 1])
        px, py = self.surface.at(u, v)
        return self.patch.to_picture(float(px[0]), float(py[0]))


_PROMISING = 0.2


class Promise(NamedTuple):
    """A quadrangle (4 by 2, clockwise from the code's top left) that may be a code of one version."""

    quad: Grid
    version: int
    unseen: int | None = None
    """The corner whose mark nobody saw (0 top left, 1 top right, 3 bottom left)."""


def likeliest(grey: Image.Image, promises: list[Promise], least: float = _PROMISING) -> list[Promise]:
    """Those that look like codes, best first. ``least``: the likeness that they must have (0 to 1)."""
    lights: dict[int, Grid] = {}
    scores = []
    for number, (quad, version, _) in enumerate(promises):
        side = 17 + 4 * version
        module = float(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).mean()) / side
        wide = 2 ** round(math.log2(max(4.0, module * 5)))
        if wide not in lights:
            mean = grey.filter(ImageFilter.BoxBlur(wide))
            lights[wide] = np.asarray(ImageChops.subtract(grey, mean, 1, 128), dtype=np.float32) - 128
        try:
            surface = flat(quad - 0.5)
        except np.linalg.LinAlgError:
            continue
        u, v, dark = _fixed_points(version)
        seen = sampled(lights[wide], *surface.at(u, v))
        score = abs(float((np.sign(-seen) * dark).mean()))
        if score > least:
            scores.append((score, number))
    return [promises[number] for _, number in sorted(scores, reverse=True)]


@cache
def _fixed_points(version: int) -> tuple[Grid, Grid, Grid]:
    """The known modules' middles on the plane, and 1 for dark, -1 for light."""
    fixed = symbol.fixed(version)
    chosen = fixed != symbol.UNKNOWN
    u, v = _plane(17 + 4 * version)
    return u[chosen], v[chosen], 2.0 * fixed[chosen] - 1


_BENDING = ((9, 1e-2), (1.2, 5e-3), (1.2, 1e-3), (0.9, 5e-4), (0.6, 2e-4))
"""Rounds of bending: how certain a module must be to take part, and how much bending costs."""
_BENDING_MORE = ((0.6, 2e-5), (0.4, 2e-5), (0.3, 2e-5), (0.3, 2e-5))
"""For what is bent more than that."""
_CORNERS = {
    0: (slice(0, 9), slice(0, 9)),
    1: (slice(0, 9), slice(-8, None)),
    3: (slice(-8, None), slice(0, 9)),
}
"""Where the three marks lie, with what is written beside them."""
_MARKS_SIT = 0.2
_ALL_SIT = 0.35


def _started(grey: Image.Image, promise: Promise) -> tuple[Patch, Surface, Grid, float] | None:
    """Move a flat grid onto the known modules.

    Returns the patch, the surface, the even light (light positive), and -1 where the code is light on dark.
    """
    quad, version, unseen = promise
    side = 17 + 4 * version
    try:
        patch = Patch(grey, quad, side)
        surface = flat(patch.corners)
    except (np.linalg.LinAlgError, ValueError):
        return None
    fixed = symbol.fixed(version)
    known = (fixed != symbol.UNKNOWN).astype(float)
    if unseen is not None:
        known[_CORNERS[unseen]] = 0
    marks = np.zeros_like(known)
    marks[:8, :8] = marks[:8, -8:] = marks[-8:, :8] = 1
    sign = 1.0
    clear = patch.even(0.35 * patch.module)
    if likeness(modules(clear, surface, side, 1), version) < -0.2:
        sign, clear = -1.0, -clear
    for blur, weight in ((0.6, marks * known), (0.5, known), (0.35, known)):
        values = clear if blur == 0.35 else patch.even(blur * patch.module) * sign
        slopes = np.gradient(values)
        points = _points(2.0 * fixed - 1, weight, side)
        # Two marks alone say nothing of the perspective.
        level = unseen is not None and blur == 0.6
        surface = _moved(surface, values, (slopes[1], slopes[0]), points, 6, None, level=level)
    if likeness(modules(clear, surface, side, 1), version) < _MARKS_SIT:
        return None
    return patch, surface, clear, sign


def fitted(grey: Image.Image, promise: Promise, _deadline: float = math.inf) -> Iterator[Fitted]:
    """Fit the grid.

    Yields the modules' values in several ways, the surest first; nothing where the grid does not sit.
    """
    start = _started(grey, promise)
    if start is None:
        return
    patch, surface, clear, sign = start
    version = promise.version
    side = 17 + 4 * version
    fixed = symbol.fixed(version)
    known = fixed != symbol.UNKNOWN
    # The surface may bend now; modules join in from the known ones outwards, as they become certain.
    slopes = np.gradient(clear)
    fine = patch.even(0.15 * patch.module) * sign
    for part in (_BENDING, _BENDING_MORE):
        for sure, stiff in part:
            found = modules(clear, surface, side, 1)
            weight = np.where(known, 1.0, np.clip(np.abs(found) - sure, 0, 0.5))
            bits = np.where(known, fixed, found > 0)
            points = _points(2.0 * bits - 1, weight, side, 1)
            surface = _moved(surface, clear, (slopes[1], slopes[0]), points, 3, stiff * side * side)
        found = modules(fine, surface, side)
        share = likeness(found, version)
        if share < _ALL_SIT:
            return
        yield Fitted(found, version, surface, patch)
        # The middles alone: a mean over the module is blur, too.
        yield Fitted(_sharpened(modules(fine, surface, side, 1), version), version, surface, patch)


def followed(grey: Image.Image, promise: Promise, deadline: float = math.inf) -> Iterator[Fitted]:
    """Do the same as :func:`fitted`, module by module: for what is bent more, or folded.

    ``deadline``: ``time.monotonic`` seconds after which it is given up.
    """
    start = _started(grey, promise)
    if start is None:
        return
    patch, surface, clear, sign = start
    version = promise.version
    net = grown(-clear, Net(*surface.at(*_plane(17 + 4 * version))), version, deadline)
    if net is None:
        return
    fine = Field(patch.even(0.15 * patch.module) * -sign)
    found = net.modules(fine)
    if likeness(found, version) < _ALL_SIT:
        return
    yield Fitted(found, version, surface, patch)
    yield Fitted(_sharpened(net.modules(fine, 1), version), version, surface, patch)


def _neighbours(values: Grid) -> Grid:
    """One line for each of the modules around and for a constant; outside is light."""
    side, wide = len(values), 2 * _REACH + 1
    padded = np.pad(values, _REACH, constant_values=-1.0)
    around = [padded[y : y + side, x : x + side].ravel() for y in range(wide) for x in range(wide)]
    return np.stack([*around, np.ones(side * side)])


_REACH = 3
"""Modules that blur reaches over."""


def _sharpened(found: Grid, version: int) -> Grid:
    """Undo blur: how neighbours shine into a module is learnt from the known modules, then taken out."""
    fixed = symbol.fixed(version).ravel()
    known = fixed != symbol.UNKNOWN
    around = _neighbours(np.clip(found, -2, 2))
    target = np.where(known, 2.0 * fixed - 1, 0)
    weight = known.astype(float)
    result = found.ravel()
    for ridge, sure in _LESSONS:
        weighted = around * weight
        normal = weighted @ around.T + np.eye(len(around)) * (ridge * weight.sum())
        result = np.linalg.solve(normal, weighted @ target) @ around
        weight = np.where(known, 1.0, np.clip(np.abs(result) - sure, 0, 0.5))
        target = np.where(known, target, np.sign(result))
    return np.asarray(result.reshape(found.shape))


_LESSONS = (
    *((5e-3, 0.2), (2e-3, 0.2), (1e-3, 0.2), (5e-4, 0.2), (3e-4, 0.2)),
    *((2e-4, 0.1), (1e-4, 0.0), (1e-4, 0.0), (1e-4, 0.0), (1e-4, 0.0)),
)
"""How cautious each round of learning is, and how certain a module must be to teach the next one."""


def drawn(matrix: Grid, fit: Fitted, view: View) -> View:
    """A clean picture of a matrix (1 dark) that leads back to where the code lies in ``view``."""
    pixels, margin = 3, 4
    bordered = np.pad(255 - 255 * matrix.astype(np.uint8), margin, constant_values=255)
    large = np.kron(bordered, np.ones((pixels, pixels), dtype=np.uint8))
    return view.seen(Image.fromarray(large), lambda x, y: fit.place(x / pixels - margin, y / pixels - margin))


def array(corners: Any) -> Grid:
    """Corners as an array."""
    return np.array(corners, dtype=float)

"""Follows a code's grid module by module from its corner marks: over folds, cloth and bottles.

A surface of few numbers (:mod:`auto2fa.qr.fit`) does not follow a crease. Here each module's middle is
foretold from those around it that are placed already, then shifted to where the modules are most of one
colour: the grid's lines are edges, whatever the content. The known modules (timing lines, alignment marks)
keep it from slipping by a whole module.
"""

from __future__ import annotations

import math
import time
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image

from auto2fa.qr import symbol
from auto2fa.qr.symbol import Grid

_REACH = 5
"""Modules around one that foretell its place."""
_NEAR = 3.0
"""Of these, the standard deviation of their weight, in modules."""
_STIFF = 0.1
"""How much a bend costs in foretelling."""
_ENOUGH = (10, 8, 6, 4)
"""Placed modules among the 24 around that one needs to be foretold; fewer where no other is left."""
_POINTS = np.array([(0, 0), (-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)])
"""Where a module is looked at, from its middle, in modules (along rows, along columns)."""
_MARK = 8
"""Modules of a corner mark with its light rim."""
_SEATED = 0.6
"""Likeness from which on a corner mark is taken for placed."""
_JOINT = 2.5
"""Neighbours along the front are shifted alike: the standard deviation of their weight, in modules."""
_PULL = 0.35
"""What it costs to lie a module away from the foretold place, in modules of one colour."""


def _lattice(reach: float, steps: int) -> Grid:
    line = np.linspace(-reach, reach, steps)
    return np.array([(a, b) for a in line for b in line])


_COARSE, _FINE = _lattice(0.5, 5), _lattice(0.125, 3)
_SETTLING = (_lattice(0.3, 5), _lattice(0.15, 5), _lattice(0.1, 3))
_BLOCK = np.array([(i, j) for j in (-1, 0, 1) for i in (-1, 0, 1)], dtype=float)


class Net(NamedTuple):
    """The middles of all modules, in pixels."""

    x: Grid
    y: Grid

    def axes(self) -> tuple[Grid, Grid, Grid, Grid]:
        """How x and y change from one module to the next along the row and along the column."""
        return (
            np.gradient(self.x, axis=1),
            np.gradient(self.y, axis=1),
            np.gradient(self.x, axis=0),
            np.gradient(self.y, axis=0),
        )

    def modules(self, dark: Field, points: int = 5) -> Grid:
        """Every module's value in ``dark`` (dark positive): of its middle, or the mean of five points."""
        ax, ay, bx, by = self.axes()
        total = np.zeros_like(self.x)
        for a, b in _POINTS[:points]:
            total += dark.at(self.x + a * ax + b * bx, self.y + a * ay + b * by)
        return total / points


class Field:
    """A picture that is looked at in very many places: twice as large, so that the nearest pixel will do."""

    def __init__(self, values: Grid) -> None:
        """``values`` outside count as 0."""
        height, width = values.shape
        image = Image.fromarray(np.asarray(values, dtype=np.float32))
        double = np.asarray(image.resize((2 * width, 2 * height), Image.Resampling.BILINEAR))
        self._values = np.pad(double, _RIM)
        self._flat = self._values.ravel()

    def at(self, x: Grid, y: Grid) -> Grid:
        """Values at places in pixels."""
        height, width = self._values.shape
        column = (2 * x + (1 + _RIM)).astype(np.int32)
        row = (2 * y + (1 + _RIM)).astype(np.int32)
        np.minimum(np.maximum(column, 0, out=column), width - 1, out=column)
        np.minimum(np.maximum(row, 0, out=row), height - 1, out=row)
        row *= width
        row += column
        return self._flat[row]


_RIM = 2


def grown(dark: Grid, start: Net, version: int, deadline: float = math.inf) -> Net | None:
    """Place every module, beginning with the corner marks of ``start``; ``None`` where two do not sit.

    ``dark``: the picture with its light made even, dark positive. ``deadline``: ``time.monotonic`` seconds.
    """
    dark = np.clip(dark, -1.2, 1.2)
    slopes = Field(np.gradient(dark, axis=1)), Field(np.gradient(dark, axis=0))
    field = Field(dark)
    fixed = symbol.fixed(version)
    target = np.where(fixed == symbol.UNKNOWN, 0.0, 2.0 * fixed - 1)
    side = len(fixed)
    x, y = np.zeros((side, side)), np.zeros((side, side))
    placed = np.zeros((side, side), dtype=bool)
    for rows, columns in (
        (slice(0, _MARK), slice(0, _MARK)),
        (slice(0, _MARK), slice(side - _MARK, side)),
        (slice(side - _MARK, side), slice(0, _MARK)),
    ):
        mark = _seat(field, slopes, start.x[rows, columns], start.y[rows, columns], target[rows, columns])
        if mark is not None:
            x[rows, columns], y[rows, columns] = mark
            placed[rows, columns] = True
    if placed.sum() < 2 * _MARK * _MARK:
        return None
    if not _spread(field, target, x, y, placed, deadline):
        return None
    net = Net(x, y)
    for lattice in _SETTLING:
        net = _settled(field, target, net, lattice)
    return net


def _seat(
    dark: Field, slopes: tuple[Field, Field], x: Grid, y: Grid, target: Grid
) -> tuple[Grid, Grid] | None:
    """Move a corner mark by an affine map until it sits (Lucas and Kanade)."""
    count = len(x)
    line = np.arange(count) - (count - 1) / 2
    u, v = np.meshgrid(line, line)
    ax, ay = np.gradient(x, axis=1), np.gradient(y, axis=1)
    bx, by = np.gradient(x, axis=0), np.gradient(y, axis=0)
    us = np.concatenate([(u + a).ravel() for a, _ in _POINTS])
    vs = np.concatenate([(v + b).ravel() for _, b in _POINTS])
    px = np.concatenate([(x + a * ax + b * bx).ravel() for a, b in _POINTS])
    py = np.concatenate([(y + a * ay + b * by).ravel() for a, b in _POINTS])
    wanted = np.tile(target.ravel(), len(_POINTS))
    basis = np.stack([np.ones_like(us), us, vs])
    moved = np.zeros((2, 3))
    best, kept = -np.inf, moved
    for _ in range(8):
        sx, sy = px + moved[0] @ basis, py + moved[1] @ basis
        found = dark.at(sx, sy)
        score = float((found * wanted).sum())
        if score <= best:
            break
        best, kept = score, moved
        gx, gy = slopes[0].at(sx, sy), slopes[1].at(sx, sy)
        lines = np.concatenate([gx * basis, gy * basis])
        gain = max(0.3, score / len(wanted))
        normal = lines @ lines.T
        normal += np.diag(np.diag(normal) * 0.02 + 1e-6)
        moved = moved + np.linalg.solve(normal, lines @ (wanted * gain - found)).reshape(2, 3)
    sx = x + kept[0][0] + kept[0][1] * u + kept[0][2] * v
    sy = y + kept[1][0] + kept[1][1] * u + kept[1][2] * v
    likeness = float((np.sign(Net(sx, sy).modules(dark)) * target).mean())
    return (sx, sy) if likeness >= _SEATED else None


@cache
def _around() -> tuple[Grid, Grid, Grid]:
    """Of the modules within reach: their basis functions, the products of these, and their weights."""
    line = np.arange(-_REACH, _REACH + 1)
    v, u = (axis.ravel() / _REACH for axis in np.meshgrid(line, line, indexing="ij"))
    basis = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(u), 36)
    weight = np.exp(-(u * u + v * v) * _REACH**2 / (2 * _NEAR**2))
    return basis, products, weight


def _foretold(x: Grid, y: Grid, placed: Grid, rows: Grid, columns: Grid) -> Grid:
    """Quadratic maps around the modules at ``rows``, ``columns``: modules by (x, y) by six numbers."""
    basis, products, weight = _around()
    wide = 2 * _REACH + 1
    padded = np.zeros((3, x.shape[0] + 2 * _REACH, x.shape[1] + 2 * _REACH))
    padded[:, _REACH:-_REACH, _REACH:-_REACH] = placed, x, y
    view = np.lib.stride_tricks.sliding_window_view(padded, (wide, wide), axis=(1, 2))
    taken, xs, ys = view[:, rows, columns].reshape(3, len(rows), -1)
    weights = taken * weight
    normal = (weights @ products).reshape(-1, 6, 6)
    total = weights.sum(axis=1)
    for i, cost in enumerate((1e-9, 1e-4, 1e-4, _STIFF, _STIFF, _STIFF)):
        normal[:, i, i] += cost * total
    right = np.stack([(weights * xs) @ basis, (weights * ys) @ basis], axis=2)
    return np.asarray(np.linalg.solve(normal, right).transpose(0, 2, 1))


def _spread(dark: Field, target: Grid, x: Grid, y: Grid, placed: Grid, deadline: float) -> bool:
    """Place module after module outwards from those that are placed; false when time is up."""
    aims = np.pad(target, 1)
    within = np.pad(np.ones_like(target), 1)
    block = np.stack(
        [
            np.ones(9),
            *(_BLOCK.T / _REACH),
            (_BLOCK[:, 0] / _REACH) ** 2,
            _BLOCK[:, 0] * _BLOCK[:, 1] / _REACH**2,
            (_BLOCK[:, 1] / _REACH) ** 2,
        ]
    )
    while not placed.all():
        near = _box(placed.astype(float), 2) + 3 * (target != 0)
        for enough in _ENOUGH:
            rows, columns = np.nonzero(~placed & (near >= enough))
            if len(rows):
                break
        else:
            return False
        if time.monotonic() > deadline:
            return False
        maps = _foretold(x, y, placed, rows, columns)
        middles = maps @ block  # modules, (x, y), 9
        along, down = maps[:, :, 1] / _REACH, maps[:, :, 2] / _REACH
        at = rows[:, None] + _BLOCK[:, 1].astype(int) + 1, columns[:, None] + _BLOCK[:, 0].astype(int) + 1
        aim, weight = aims[at], within[at]
        shift = np.zeros((len(rows), 2))
        apart = (rows[:, None] - rows) ** 2 + (columns[:, None] - columns) ** 2
        joint = np.exp(-apart / (2 * _JOINT**2))
        joint /= joint.sum(axis=1, keepdims=True)
        for lattice in (_COARSE, _FINE):
            shift = _best_shift(dark, middles, along, down, aim, weight, shift, lattice, joint)
        x[rows, columns] = maps[:, 0, 0] + shift[:, 0] * along[:, 0] + shift[:, 1] * down[:, 0]
        y[rows, columns] = maps[:, 1, 0] + shift[:, 0] * along[:, 1] + shift[:, 1] * down[:, 1]
        placed[rows, columns] = True
    return True


def _best_shift(
    dark: Field,
    middles: Grid,
    along: Grid,
    down: Grid,
    aim: Grid,
    weight: Grid,
    shift: Grid,
    lattice: Grid,
    joint: Grid,
) -> Grid:
    """The shift of each block, in modules, by which its modules are most of one colour.

    ``middles``: blocks by (x, y) by modules. ``along``, ``down``: from a module to the next. ``aim``: 1 dark,
    -1 light, 0 unknown. ``weight``: 0 for modules outside the code. ``joint``: how blocks share their shifts.
    """
    tried = shift[:, None, :] + lattice  # blocks, shifts, 2
    total = np.zeros((*tried.shape[:2], middles.shape[2]))
    for a, b in _POINTS:
        offset_a, offset_b = tried[:, :, 0] + a, tried[:, :, 1] + b
        px = middles[:, 0, None, :] + (offset_a * along[:, None, 0] + offset_b * down[:, None, 0])[..., None]
        py = middles[:, 1, None, :] + (offset_a * along[:, None, 1] + offset_b * down[:, None, 1])[..., None]
        total += dark.at(px, py)
    mean = total / len(_POINTS)
    aim = aim[:, None, :]
    score = (np.where(aim == 0, np.abs(mean), 1.5 * mean * aim) * weight[:, None, :]).sum(axis=2)
    score = joint @ score - _PULL * 9 * (tried**2).sum(axis=2)
    return np.asarray(tried[np.arange(len(tried)), score.argmax(axis=1)])


def _settled(dark: Field, target: Grid, net: Net, lattice: Grid) -> Net:
    """All modules once more, now foretold from all around."""
    side = len(net.x)
    rows, columns = (axis.ravel() for axis in np.indices((side, side)))
    maps = _foretold(net.x, net.y, np.ones((side, side), dtype=bool), rows, columns)
    smooth = Net(maps[:, 0, 0].reshape(side, side), maps[:, 1, 0].reshape(side, side))
    ax, ay, bx, by = smooth.axes()
    best, choice = np.full((side, side), -np.inf), np.zeros((2, side, side))
    for a, b in lattice:
        moved = Net(smooth.x + a * ax + b * bx, smooth.y + a * ay + b * by)
        value = moved.modules(dark)
        score = _box(np.where(target == 0, np.abs(value), 1.5 * value * target), 1)
        score -= _PULL * 9 * (a * a + b * b)
        better = score > best
        best[better] = score[better]
        choice[:, better] = np.array([[a], [b]])
    return Net(
        smooth.x + choice[0] * ax + choice[1] * bx,
        smooth.y + choice[0] * ay + choice[1] * by,
    )


def _box(values: Grid, reach: int) -> Grid:
    """The sum over the square of ``reach`` around."""
    wide = 2 * reach + 1
    total = np.zeros((values.shape[0] + wide, values.shape[1] + wide))
    total[reach + 1 : -reach, reach + 1 : -reach] = values
    total = total.cumsum(axis=0).cumsum(axis=1)
    return np.asarray(
        total[wide:, wide:] - total[:-wide, wide:] - total[wide:, :-wide] + total[:-wide, :-wide]
    )

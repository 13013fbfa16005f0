"""Lays a located but unread code straight, trying where its fourth corner may be.

Three corners of a code carry marks; the fourth is guessed from them, and on bent paper or steep photos the
guess is off by a module or two, which shifts every module near it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PIL import Image

from auto2fa.qr.views import Page, Place, View

if TYPE_CHECKING:
    from auto2fa.qr.engines import Corners

_SIDE = 360
"""Pixels of the straightened code."""
_MARGIN = 40
_WHOLE = _SIDE + 2 * _MARGIN
_PATCHES = 4
"""Patches along a side, each laid straight by itself, that make up a bent surface."""
_PULLS = tuple(
    sorted(
        ((x * 9.0, y * 9.0) for x in range(-2, 3) for y in range(-2, 3) if x or y),
        key=lambda pull: pull[0] ** 2 + pull[1] ** 2,
    )
)
"""How far the middle may be off, in pixels of the straightened code: one module and two of a common code."""
_MOST_HINTS = 4
_SHIFTS = tuple(
    sorted(
        ((x * 0.025, y * 0.025) for x in range(-3, 4) for y in range(-3, 4)),
        key=lambda shift: shift[0] ** 2 + shift[1] ** 2,
    )
)
"""Where the fourth corner may be, as shares of the sides, nearest to the guess first."""


class Projection:
    """The map from a straightened picture to the quadrangle that it was cut from."""

    def __init__(self, corners: Corners) -> None:
        """Solve for the projective map of the unit square (Heckbert 1989, section 2.2.3).

        :raises ZeroDivisionError: the corners lie on one line.
        """
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
        sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
        dx1, dy1, dx2, dy2 = x1 - x2, y1 - y2, x3 - x2, y3 - y2
        whole = dx1 * dy2 - dx2 * dy1
        g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
        rows = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0), (y1 - y0 + g * y1, y3 - y0 + h * y3, y0), (g, h, 1.0)
        # From pixels of the straightened picture to the unit square: a scale and a shift.
        shift = -_MARGIN / _SIDE
        laid = [(a / _SIDE, b / _SIDE, a * shift + b * shift + c) for a, b, c in rows]
        last = laid[2][2]
        self.coefficients = [value / last for row in laid for value in row][:8]

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of the original picture."""
        a, b, c, d, e, f, g, h = self.coefficients
        depth = g * x + h * y + 1
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def straight_hints(view: View, page: Page) -> Iterator[View]:
    """Yield each hint straightened, once for each place where its fourth corner may be."""
    for a, b, c, d in page.hints[:_MOST_HINTS]:
        for u, v in _SHIFTS:
            fourth = (
                c[0] + u * (c[0] - d[0]) + v * (c[0] - b[0]),
                c[1] + u * (c[1] - d[1]) + v * (c[1] - b[1]),
            )
            straight = _straightened(view, (a, b, fourth, d))
            if straight is not None:
                yield straight


def bent_hints(view: View, page: Page) -> Iterator[View]:
    """Yield each hint straightened and its middle pulled this way and that: cloth, cups, creased paper."""
    for corners in page.hints[:_MOST_HINTS]:
        straight = _straightened(view, corners)
        if straight is None:
            continue
        for x, y in _PULLS:
            yield straight.seen(_pulled(straight.image, x, y), _pull(x, y))


def _straightened(view: View, corners: Corners) -> View | None:
    try:
        place = Projection(corners)
    except ZeroDivisionError:
        return None
    image = view.image.transform(
        (_WHOLE, _WHOLE),
        Image.Transform.PERSPECTIVE,
        place.coefficients,
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    return view.seen(image, place)


def _pull(dx: float, dy: float) -> Place:
    """Map a pixel to where it was before the middle was pulled by ``dx``, ``dy`` pixels; the rim stays."""

    def place(x: float, y: float) -> tuple[float, float]:
        u, v = x / _WHOLE, y / _WHOLE
        share = 16 * u * (1 - u) * v * (1 - v)
        return x + dx * share, y + dy * share

    return place


def _pulled(image: Image.Image, dx: float, dy: float) -> Image.Image:
    place = _pull(dx, dy)
    step = _WHOLE // _PATCHES
    mesh = []
    for left in range(0, _WHOLE, step):
        for top in range(0, _WHOLE, step):
            right, bottom = left + step, top + step
            corners = ((left, top), (left, bottom), (right, bottom), (right, top))  # Pillow's order
            mesh.append(((left, top, right, bottom), tuple(n for corner in corners for n in place(*corner))))
    return image.transform((_WHOLE, _WHOLE), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)

"""A picture's page, and views of it: what a treatment makes and an engine reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

    from auto2fa.qr.engines import Corners

Place = Callable[[float, float], tuple[float, float]]
"""Maps a pixel of a view to the pixel of the page that it came from."""


SMALLEST = 21
"""Pixels: no code is smaller than its 21 modules."""
A_SHEET = 4
"""So many codes on a page are a sheet of codes: others may be there that were not even located."""


def same_place(x: float, y: float) -> tuple[float, float]:
    """The map of a view that has its page's own pixels."""
    return x, y


def moved(left: int, top: int) -> Place:
    """The map of a view that was cut out with its top left at ``left``, ``top``."""
    return lambda x, y: (x + left, y + top)


def around(corners: Corners, image: Image) -> tuple[int, int, int, int] | None:
    """The box (left, top, right, bottom) around a located code, with a margin; ``None`` where it is tiny."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    margin = 0.2 * max(max(xs) - min(xs), max(ys) - min(ys), 20)
    left, top = max(0, int(min(xs) - margin)), max(0, int(min(ys) - margin))
    right, bottom = min(image.width, int(max(xs) + margin)), min(image.height, int(max(ys) + margin))
    return (left, top, right, bottom) if min(right - left, bottom - top) >= SMALLEST else None


def darkest_lightest(image: Image) -> tuple[int, int]:
    """The extreme grey values of a mode L picture."""
    return cast("tuple[int, int]", image.getextrema())


@dataclass(slots=True)
class Page:
    """One page, frame or picture, upright."""

    number: int
    grey: Image
    """Mode L, over white where the picture is transparent."""
    colour: Callable[[], Image]
    """Returns the page in its own colours (RGB or RGBA); may read the file again."""
    scale: float = 1.0
    """Pixels of the file for each pixel of ``grey`` (very large photos are read at half size)."""
    hints: list[Corners] = field(default_factory=list)
    """Where an engine located a code that it could not read."""

    located: bool = False
    """True once something was found that has a code's marks, read or not: then more time is worth it."""
    read: list[Corners] = field(default_factory=list)
    """Where codes were read so far."""
    regions: list[tuple[int, int, int, int]] | None = None
    """Patches of ``grey`` that look busy, once somebody has looked for them."""
    deadline: float = math.inf
    """``time.monotonic`` seconds after which a long step breaks off."""

    @property
    def megapixels(self) -> float:
        """Size in millions of pixels."""
        return self.grey.width * self.grey.height / 1e6


@dataclass(frozen=True, slots=True)
class View:
    """A treated picture (mode L) and the way back to its page."""

    image: Image
    place: Place = same_place

    def seen(self, image: Image, place: Place | None = None) -> View:
        """Return a view of ``image``; ``place`` maps its pixels to this view's."""
        if place is None:
            return View(image, self.place)
        outer = self.place
        return View(image, lambda x, y: outer(*place(x, y)))


Step = Callable[[View, Page], Iterable[View]]
"""One step of a treatment: a view in, none, one or several out."""

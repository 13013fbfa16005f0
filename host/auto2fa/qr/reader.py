"""Reads every QR code in a picture: tries the stages of :mod:`auto2fa.qr.stages` until enough is found."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auto2fa.qr.payload import classify
from auto2fa.qr.views import A_SHEET

if TYPE_CHECKING:
    from PIL.Image import Image

    from auto2fa.qr.engines import Corners, Sighting
    from auto2fa.qr.stages import Stage
    from auto2fa.qr.views import Page, View

SCREENSHOT_BUDGET_S = 1.5
"""Default: pages and screenshots, where somebody waits."""
PHOTO_BUDGET_S = 5.0
"""For photos and files: what ``auto2fa decode`` and the phone link allow. Where nothing has the marks of a
code, the answer comes after ``SCREENSHOT_BUDGET_S`` all the same."""

_SETTLE_S = 0.15
"""How long to look on after a second factor, where another code was located but not yet read."""
_SETTLE_OTHERS_S = 0.5
"""How long to look for a second factor after other codes: beside it stands often an app store's."""
_LARGE = 0.1
"""A code that takes this share of its page is what the picture was made for; nothing stands beside it."""
_USED = 0.88
"""Share of the budget after which nothing is begun any more: a stage that runs is not broken off."""
_SMALLEST = 21
"""Pixels: a code has at least so many modules a side."""
_PATIENCE = 4.0
_PATIENCE_S = 0.05
"""A stage breaks off after so many times its expected time and so many seconds more: text and noise hold
thousands of things that look like a code's corner, and the stages after it want their turn."""
_MOST_CODES = 300


@dataclass(frozen=True, slots=True)
class Found:
    """One QR code. Its text is kept out of the repr: it may be a secret."""

    text: str = field(repr=False)
    corners: Corners
    """Four (x, y) in pixels of the upright picture, clockwise from the code's own top left."""
    engine: str
    """The engine, and the stage that helped it: ``zxing``, ``zxing: double sharp``."""
    page: int = 0
    """Frame or PDF page, from 0."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture holds."""

    codes: list[Found]
    width: int
    """Pixels of the first page, upright (after the EXIF orientation)."""
    height: int
    took_s: float
    exhausted: bool
    """True when the time ended before every stage was tried."""


def read(data: bytes, *, budget_s: float = SCREENSHOT_BUDGET_S, first_only: bool = False) -> Reading:
    """Read the QR codes of a picture file (PNG, JPEG, WebP, AVIF, HEIC, GIF, TIFF, BMP, ICO, PNM or PDF).

    ``budget_s``: seconds in all, opening included; a stage is not begun when it would not fit.
    ``first_only``: stop at the first second factor.
    No code found is an empty list, not an error.

    :raises Auto2faError: ``notAPicture``, ``pictureTooLarge``, ``pictureBroken`` or ``pictureLocked``.
    """
    start = time.monotonic()
    from auto2fa.qr import pictures

    return _read(pictures.pages(data, start + budget_s), start, budget_s, first_only)


def read_pixels(image: Image, *, budget_s: float = SCREENSHOT_BUDGET_S, first_only: bool = False) -> Reading:
    """Do the same as :func:`read` for a picture that is open already (any mode).

    :raises Auto2faError: ``pictureTooLarge``.
    """
    start = time.monotonic()
    from auto2fa.qr import pictures

    return _read([pictures.page_of(image)], start, budget_s, first_only)


def _read(pages: Iterable[Page], start: float, budget_s: float, first_only: bool) -> Reading:
    from auto2fa.qr.stages import STAGES

    hunt = _Hunt(start, budget_s, first_only)
    opened: list[Page] = []
    for page in pages:
        opened.append(page)
        hunt.look(STAGES[0], page)
        if hunt.over():
            break
    for stage in STAGES[1:]:
        for page in opened:
            if hunt.over():
                break
            hunt.look(stage, page)
    first = opened[0]
    return Reading(
        hunt.codes,
        round(first.grey.width * first.scale),
        round(first.grey.height * first.scale),
        time.monotonic() - start,
        hunt.exhausted,
    )


class _Hunt:
    """The codes found so far, and whether to look on."""

    def __init__(self, start: float, budget_s: float, first_only: bool) -> None:
        self.codes: list[Found] = []
        self.exhausted = False
        self._longest = start + budget_s * _USED
        self._deadline = start + min(budget_s, SCREENSHOT_BUDGET_S) * _USED
        self._first_only = first_only
        self._second_factor = False
        self._last_new = start
        self._open_hints = 0
        self._large = False
        self._slowness = 1.0
        """Measured against expected time: this computer, this picture."""

    def over(self) -> bool:
        """True when enough is found or the time is up."""
        now = time.monotonic()
        alone = not self._open_hints and len(self.codes) < A_SHEET
        if self._second_factor and (self._first_only or alone):
            return True
        if self.codes:
            settle = _SETTLE_OTHERS_S
            if self._second_factor and len(self.codes) < A_SHEET:
                settle = _SETTLE_S
            elif self._large and alone:
                settle = 0.0
            if now > self._last_new + settle:
                return True
        if now > self._deadline or len(self.codes) >= _MOST_CODES:
            self.exhausted = True
            return True
        return False

    def look(self, stage: Stage, page: Page) -> None:
        """Try one stage on one page."""
        from auto2fa.qr.views import View

        if min(page.grey.size) < _SMALLEST:
            return
        begin = time.monotonic()
        if page.located or page.hints or self.codes:
            self._deadline = self._longest
        expected = (stage.cost * min(page.megapixels, stage.most) + stage.once) / 1000
        page.deadline = min(self._deadline, begin + _PATIENCE * expected * self._slowness + _PATIENCE_S)
        if stage.steps and begin + expected * self._slowness > self._deadline:
            self.exhausted = True
            return
        for view in _treated(View(page.grey), stage, page):
            for sighting in stage.engine(view.image):
                self._take(sighting, view, stage, page)
            if page.located:
                self._deadline = self._longest
            if stage.steps and (self.over() or time.monotonic() > page.deadline):
                return
        if not stage.steps:
            took = time.monotonic() - begin
            self._slowness = max(self._slowness, min(4.0, took / max(expected, 0.002)))

    def _take(self, sighting: Sighting, view: View, stage: Stage, page: Page) -> None:
        a, b, c, d = (view.place(x, y) for x, y in sighting.corners)
        corners = a, b, c, d
        if sighting.text is None:
            if not stage.steps and not any(_same_place(corners, hint) for hint in page.hints):
                page.hints.append(corners)
                self._open_hints += 1
            return
        if not sighting.text:
            return
        if stage.steps and sighting.text[:7].lower() == "otpauth" and not sighting.text.isprintable():
            return  # a code may hold anything, but read from a treated picture that is a misreading
        a, b, c, d = ((x * page.scale, y * page.scale) for x, y in corners)
        in_file = a, b, c, d
        for known in self.codes:
            if (
                _same_place(known.corners, in_file)
                if known.page == page.number
                else known.text == sighting.text
            ):
                return  # the first engine to read a code is the surest
        name = stage.engine.__name__.partition("_")[0]
        engine = name if stage.name == "as is" else f"{name}: {stage.name}"
        page.read.append(corners)
        self.codes.append(Found(sighting.text, in_file, engine, page.number))
        self._last_new = time.monotonic()
        self._large = self._large or _area(corners) > _LARGE * page.megapixels * 1e6
        self._second_factor = self._second_factor or classify(sighting.text).second_factor
        left = [hint for hint in page.hints if not _same_place(hint, corners)]
        self._open_hints -= len(page.hints) - len(left)
        page.hints[:] = left


def _treated(view: View, stage: Stage, page: Page) -> Iterator[View]:
    views: Iterable[View] = (view,)
    for step in stage.steps:
        views = _each(step, views, page)
    yield from views


def _each(step: object, views: Iterable[View], page: Page) -> Iterator[View]:
    for view in views:
        yield from step(view, page)  # type: ignore[operator]


def _area(corners: Corners) -> float:
    """Shoelace formula."""
    crossed = (
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True)
    )
    return abs(sum(crossed)) / 2


def _same_place(one: Corners, other: Corners) -> bool:
    """True when two quadrangles are of one code."""
    x1, y1, x2, y2 = (sum(p[i] for p in corners) / 4 for corners in (one, other) for i in (0, 1))
    side = max(math.dist(one[0], one[2]), math.dist(other[0], other[2]), 8.0)
    if math.dist((x1, y1), (x2, y2)) >= 0.35 * side:
        return False
    # One code may lie in the middle of another.
    return min(math.dist(one[0], one[2]), math.dist(other[0], other[2])) > 0.55 * side

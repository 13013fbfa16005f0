"""Finds the square patches of a page that have the texture of a code, so that dear treatments see little.

A page is cut into cells; a cell is busy when its lightest and darkest pixel differ. Busy cells that hang
together in a roughly square patch are a region.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageChops

from auto2fa.qr.views import Page, Step, View, moved

_MOST_REGIONS = 6
_MOST_CELLS = 140
"""Cells along the longer side: more would cost time, fewer would glue a code to its neighbours."""
_SMALL = 160_000
"""Pixels: a picture of this size is its own region."""


def regions(*contrasts: int) -> Step:
    """Cut out the regions; a cell is busy from each of ``contrasts`` grey values on in turn."""

    def step(view: View, page: Page) -> Iterator[View]:
        width, height = view.image.size
        if width * height <= _SMALL:
            yield view
            return
        if view.image is not page.grey:
            boxes = _boxes(view.image, contrasts)
        else:
            boxes = page.regions = _boxes(view.image, contrasts) if page.regions is None else page.regions
        for box in boxes:
            yield view.seen(view.image.crop(box), moved(box[0], box[1]))

    return step


def _boxes(image: Image.Image, contrasts: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Boxes of the regions in pixels: left, top, right, bottom."""
    width, height = image.size
    cell = max(6, max(width, height) // _MOST_CELLS)
    if min(width, height) < 3 * cell:
        return []
    spread = _spread(image, cell)
    boxes: list[tuple[int, int, int, int]] = []
    for contrast in contrasts:
        for left, top, right, bottom in _patches(spread, contrast):
            box = (
                max(0, (left - 1) * cell),
                max(0, (top - 1) * cell),
                min(width, (right + 1) * cell),
                min(height, (bottom + 1) * cell),
            )
            if all(max(abs(a - b) for a, b in zip(box, other, strict=True)) > cell for other in boxes):
                boxes.append(box)
    return boxes


def _spread(image: Image.Image, cell: int) -> Image.Image:
    """One pixel for each cell: how far its grey values lie apart (their standard deviation, doubled)."""
    width, height = image.width // cell * cell, image.height // cell * cell
    image = image.crop((0, 0, width, height))
    mean = image.reduce(cell)
    whole = mean.resize(image.size, Image.Resampling.NEAREST)
    away = ImageChops.difference(image, whole).reduce(cell)
    return away.point(lambda value: min(255, value * 2))


def _patches(spread: Image.Image, contrast: int) -> list[tuple[int, int, int, int]]:
    """Boxes (cells; left, top, right, bottom) of connected, roughly square busy patches, largest first."""
    width, height = spread.size
    busy = bytearray(spread.point([0] * contrast + [1] * (256 - contrast)).tobytes())
    found = []
    for start in range(width * height):
        if not busy[start]:
            continue
        busy[start] = 0
        stack, count = [start], 0
        left = right = start % width
        top = bottom = start // width
        while stack:
            at = stack.pop()
            count += 1
            x, y = at % width, at // width
            left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
            if x and busy[at - 1]:
                busy[at - 1] = 0
                stack.append(at - 1)
            if x + 1 < width and busy[at + 1]:
                busy[at + 1] = 0
                stack.append(at + 1)
            if y and busy[at - width]:
                busy[at - width] = 0
                stack.append(at - width)
            if y + 1 < height and busy[at + width]:
                busy[at + width] = 0
                stack.append(at + width)
        wide, tall = right - left + 1, bottom - top + 1
        if min(wide, tall) >= 3 and 0.55 <= wide / tall <= 1.8 and count >= 0.5 * wide * tall:
            found.append((count, (left, top, right + 1, bottom + 1)))
    found.sort(reverse=True)
    return [box for _, box in found[:_MOST_REGIONS]]

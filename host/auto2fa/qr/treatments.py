"""Steps that make a code easier to read; each returns a :data:`auto2fa.qr.views.Step`.

All of them work on grey pictures through Pillow's C routines. numpy is not used here: it takes time to import
and 30 MB, and most pictures are read without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PIL import Image, ImageChops, ImageFilter, ImageOps

from auto2fa.qr.views import A_SHEET, SMALLEST, Page, Step, View, around, darkest_lightest, moved


def pixels(change: Callable[[Image.Image], Image.Image]) -> Step:
    """A step that changes pixels in place."""

    def step(view: View, _page: Page) -> Iterable[View]:
        yield view.seen(change(view.image))

    return step


# --- size ---------------------------------------------------------------------------------------------------


def scale(
    factor: float, *, up_to: float = 9.0, resample: Image.Resampling = Image.Resampling.BICUBIC
) -> Step:
    """Scale by ``factor``, but to at most ``up_to`` megapixels; nothing where that would change nothing."""

    def step(view: View, _page: Page) -> Iterable[View]:
        width, height = view.image.size
        f = min(factor, (up_to * 1e6 / (width * height)) ** 0.5) if factor > 1 else factor
        if factor > 1 and f < 1.25:
            return
        size = max(1, round(width * f)), max(1, round(height * f))
        if min(size) < SMALLEST:
            return
        yield _resized(view, size, resample)

    return step


def fit(side: int) -> Step:
    """Scale down so that the longer side is ``side`` pixels; nothing for pictures that are smaller."""

    def step(view: View, _page: Page) -> Iterable[View]:
        width, height = view.image.size
        f = side / max(width, height)
        if f > 0.85 or min(width, height) * f < SMALLEST:
            return
        yield _resized(view, (round(width * f), round(height * f)), Image.Resampling.BOX)

    return step


def at_most(megapixels: float) -> Step:
    """Scale down pictures that are larger than this, so that the steps after it stay affordable."""

    def step(view: View, _page: Page) -> Iterable[View]:
        width, height = view.image.size
        f = (megapixels * 1e6 / (width * height)) ** 0.5
        if f >= 1:
            yield view
        elif min(width, height) * f >= SMALLEST:
            yield _resized(view, (round(width * f), round(height * f)), Image.Resampling.BOX)

    return step


def _resized(view: View, size: tuple[int, int], resample: Image.Resampling) -> View:
    fx, fy = view.image.width / size[0], view.image.height / size[1]
    return view.seen(view.image.resize(size, resample), lambda x, y: (x * fx, y * fy))


def tiles(count: int) -> Step:
    """Overlapping parts, ``count`` along the longer side: a small code on a large picture."""

    def step(view: View, _page: Page) -> Iterator[View]:
        width, height = view.image.size
        side = int(max(width, height) / (1 + (count - 1) * 0.65)) + 1
        for top in _starts(height, side):
            for left in _starts(width, side):
                box = left, top, min(width, left + side), min(height, top + side)
                yield view.seen(view.image.crop(box), moved(left, top))

    return step


def _starts(length: int, side: int) -> list[int]:
    if side >= length:
        return [0]
    steps = max(1, round((length - side) / (side * 0.65)))
    return [round(i * (length - side) / steps) for i in range(steps + 1)]


def pad(share: int = 12, *, light: int = 255) -> Step:
    """A light border of a ``share``-th of the shorter side: codes that fill their picture to the edge."""

    def step(view: View, _page: Page) -> Iterable[View]:
        border = max(8, min(view.image.size) // share)
        image = ImageOps.expand(view.image, border=border, fill=light)
        yield view.seen(image, moved(-border, -border))

    return step


# --- sharpness ----------------------------------------------------------------------------------------------


def unsharp(radius: float, percent: int) -> Step:
    """Unsharp mask."""
    return pixels(lambda image: image.filter(ImageFilter.UnsharpMask(radius, percent, 0)))


def blur(radius: float) -> Step:
    """Gaussian blur (Pillow's is three box blurs: its cost does not grow with the radius)."""
    return pixels(lambda image: image.filter(ImageFilter.GaussianBlur(radius)))


def deblurred(view: View, page: Page) -> Iterable[View]:
    """Take back a blur; see :mod:`auto2fa.qr.deblur`, which only hard pictures need to load."""
    from auto2fa.qr import deblur

    return deblur.deblurred(view, page)


def median() -> Step:
    """Median of 3 by 3: single wrong pixels."""
    return pixels(lambda image: image.filter(ImageFilter.MedianFilter(3)))


# --- light --------------------------------------------------------------------------------------------------


def contrast(cutoff: float = 1.0) -> Step:
    """Stretch grey values to black and white, ignoring ``cutoff`` percent at either end."""
    return pixels(lambda image: ImageOps.autocontrast(image, cutoff))


def equalize() -> Step:
    """Spread grey values evenly."""
    return pixels(ImageOps.equalize)


def invert() -> Step:
    """Swap light and dark."""
    return pixels(ImageChops.invert)


def level(share: float) -> Step:
    """Black and white at ``share`` of the way from the darkest to the lightest (2 % ignored) grey value."""

    def change(image: Image.Image) -> Image.Image:
        low, high = _ends(image, 0.02)
        cut = low + (high - low) * share
        return image.point([0 if value <= cut else 255 for value in range(256)])

    return pixels(change)


def local(share: float, *, offset: int = 0) -> Step:
    """Black and white against the mean of a window of ``share`` of the shorter side: shadows, gradients."""

    def change(image: Image.Image) -> Image.Image:
        radius = max(4, int(min(image.size) * share))
        mean = image.filter(ImageFilter.BoxBlur(radius))
        return ImageChops.subtract(image, mean, 1, 128 + offset).point([0] * 128 + [255] * 128)

    return pixels(change)


def flatten(share: float, gain: float = 1.0) -> Step:
    """Take away the light's slow changes: the difference to a wide mean, ``gain`` times, around grey 128."""

    def change(image: Image.Image) -> Image.Image:
        radius = max(6, int(min(image.size) * share))
        mean = image.filter(ImageFilter.BoxBlur(radius))
        return ImageOps.autocontrast(ImageChops.subtract(image, mean, 1 / gain, 128), 0.5)

    return pixels(change)


def _ends(image: Image.Image, share: float) -> tuple[int, int]:
    """The grey values below and above which ``share`` of all pixels lie."""
    histogram = image.histogram()
    wanted = share * image.width * image.height
    ends = []
    for values in (range(256), range(255, -1, -1)):
        count = 0
        for value in values:
            count += histogram[value]
            if count > wanted:
                break
        ends.append(value)
    return ends[0], ends[1]


# --- shape --------------------------------------------------------------------------------------------------


def darker(size: int) -> Step:
    """Every pixel becomes the darkest around it (``size`` by ``size``): joins dark dots."""
    return pixels(lambda image: _extreme(image, size, ImageChops.darker))


def lighter(size: int) -> Step:
    """Every pixel becomes the lightest around it: fills the dark grid between a monitor's pixels."""
    return pixels(lambda image: _extreme(image, size, ImageChops.lighter))


def _extreme(
    image: Image.Image, size: int, pick: Callable[[Image.Image, Image.Image], Image.Image]
) -> Image.Image:
    """Minimum or maximum filter by shifted copies: 10 times as fast as Pillow's rank filters."""
    for horizontal in (True, False):
        reach, whole = 1, image
        while reach < size:
            shift = min(reach, size - reach)
            shifted = ImageChops.offset(whole, shift if horizontal else 0, 0 if horizontal else shift)
            whole = pick(whole, shifted)
            reach += shift
        back = -(size // 2)
        image = ImageChops.offset(whole, back if horizontal else 0, 0 if horizontal else back)
    return image


# --- colour -------------------------------------------------------------------------------------------------


def channels(view: View, page: Page) -> Iterator[View]:
    """Red, green, blue, and the spread between them: codes in colours of equal lightness."""
    colour = page.colour()
    if colour.mode not in ("RGB", "RGBA"):
        return
    red, green, blue = colour.split()[:3]
    if darkest_lightest(ImageChops.difference(red, green))[1] < 24 and (
        darkest_lightest(ImageChops.difference(green, blue))[1] < 24
    ):
        return
    yield from (View(band) for band in (red, blue, green))
    lightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    yield View(ImageChops.subtract(lightest, darkest))
    yield View(darkest)


def transparent(view: View, page: Page) -> Iterator[View]:
    """A transparent picture over black, without its transparency, and its transparency alone."""
    colour = page.colour()
    if colour.mode != "RGBA":
        return
    alpha = colour.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return
    yield View(Image.composite(colour.convert("L"), Image.new("L", colour.size, 0), alpha))
    yield View(colour.convert("RGB").convert("L"))
    yield View(alpha)


# --- places -------------------------------------------------------------------------------------------------


def hinted(view: View, page: Page) -> Iterator[View]:
    """Each place where an engine located a code but could not read it, cut out with a margin."""
    for corners in page.hints[:8]:
        box = around(corners, page.grey)
        if box is not None:
            yield View(page.grey.crop(box), moved(box[0], box[1]))


def sheet(view: View, page: Page) -> Iterator[View]:
    """Tiles of a page that turned out to be a sheet of many codes; nothing of other pages."""
    if len(page.read) >= A_SHEET:
        yield from tiles(3)(view, page)

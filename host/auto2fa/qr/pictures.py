"""Opens pictures of every format, by content and within bounds, as upright grey pages.

Bounds: 80 megapixels a picture and in all pages together, 65,535 pixels a side, 24 different frames of the
first 100, 24 pages of a PDF file. Nothing is decoded before its size is known.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from auto2fa.errors import Auto2faError
from auto2fa.qr.engines import LONGEST
from auto2fa.qr.views import Page

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 80_000_000
"""More would take over 400 MB while it is decoded. A phone's usual photo has 12 to 50 million."""
MOST_FRAMES = 24
MOST_FRAMES_SEEN = 100
MOST_PDF_PAGES = 24
PDF_DOTS_PER_INCH = 200
PDF_MOST_PIXELS = 8_000_000
_DRAFT_PIXELS = 24_000_000
"""Larger JPEG files are decoded at half size: the decoder does that for less than nothing."""


class Format(NamedTuple):
    """One picture format: how its files begin, and the Pillow plug-in that reads it."""

    name: str
    begins: tuple[bytes, ...]
    at: int
    plugin: str


FORMATS: tuple[Format, ...] = (
    Format("PNG", (b"\x89PNG\r\n\x1a\n",), 0, "PIL.PngImagePlugin"),
    Format("JPEG", (b"\xff\xd8\xff",), 0, "PIL.JpegImagePlugin"),
    Format("GIF", (b"GIF87a", b"GIF89a"), 0, "PIL.GifImagePlugin"),
    Format("BMP", (b"BM",), 0, "PIL.BmpImagePlugin"),
    Format("WEBP", (b"WEBP",), 8, "PIL.WebPImagePlugin"),
    Format("TIFF", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), 0, "PIL.TiffImagePlugin"),
    Format("AVIF", (b"ftypavif", b"ftypavis"), 4, "PIL.AvifImagePlugin"),
    Format(
        "HEIF",
        (b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftyphevc", b"ftypmif1", b"ftypmsf1"),
        4,
        "pillow_heif",
    ),
    Format("ICO", (b"\0\0\1\0",), 0, "PIL.IcoImagePlugin"),
    Format("PPM", (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"), 0, "PIL.PpmImagePlugin"),
)
"""Formats in the order in which they are tried."""


def pages(data: bytes, deadline: float) -> Iterator[Page]:
    """Yield the pages of a picture file one after the other, until ``deadline`` (``time.monotonic`` seconds).

    :raises Auto2faError: ``notAPicture``, ``pictureTooLarge``, ``pictureBroken`` or ``pictureLocked``.
    """
    if b"%PDF-" in data[:1024]:
        yield from _pdf_pages(data, deadline)
        return
    kind = _format(data)
    if kind is None:
        raise Auto2faError("notAPicture")
    yield from _picture_pages(data, kind, deadline)


def page_of(image: Image, number: int = 0) -> Page:
    """Make a page of a picture that is open already."""
    check_size(*image.size)
    colour = _in_colour(image)
    return Page(number, _grey(colour), lambda: colour)


def check_size(width: int, height: int) -> None:
    """Refuse what has too many pixels.

    :raises Auto2faError: ``pictureTooLarge``.
    """
    if width * height > MOST_PIXELS or max(width, height) > LONGEST:
        _too_large(f"{width} × {height}")


def _too_large(detail: str) -> NoReturn:
    raise Auto2faError("pictureTooLarge", detail=detail) from None


def _format(data: bytes) -> Format | None:
    for kind in FORMATS:
        if data.startswith(kind.begins, kind.at):
            if kind.name == "WEBP" and not data.startswith(b"RIFF"):
                continue
            if kind.name == "HEIF" and b"avif" in data[8:64]:
                return next(f for f in FORMATS if f.name == "AVIF")
            return kind
    return None


def _open(data: bytes, kind: Format) -> Image:
    """Read the header. Only the one plug-in is loaded, so that no other parser sees the file."""
    from PIL import Image

    if kind.name == "WEBP":
        _check_webp(data)
    try:
        plugin = importlib.import_module(kind.plugin)
        if kind.name == "HEIF":
            plugin.register_heif_opener()
        with warnings.catch_warnings(), _silent(kind):
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=(kind.name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _too_large("over 80 million")
    except Auto2faError:
        raise
    except Exception as error:  # plug-ins raise whatever they like on damaged files
        # Two letters or four bytes are weak evidence: what begins so and is no picture is just a file.
        raise Auto2faError("notAPicture" if kind.name in _WEAK else "pictureBroken") from error
    check_size(*image.size)
    return image


@contextlib.contextmanager
def _silent(kind: Format) -> Iterator[None]:
    """libtiff tells the process's stderr what it thinks of damaged files; what we say ourselves is enough."""
    if kind.name != "TIFF":
        yield
        return
    with _ONE_AT_A_TIME:
        try:
            kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        except OSError:  # no stderr: nothing to silence
            yield
            return
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


_ONE_AT_A_TIME = threading.Lock()

_WEAK = frozenset({"BMP", "PPM", "ICO"})


def _check_webp(data: bytes) -> None:
    """WebP's decoder takes memory for the whole picture as it opens, so look at the size before."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        check_size(
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )


def _picture_pages(data: bytes, kind: Format, deadline: float) -> Iterator[Page]:
    from PIL import Image

    image = _open(data, kind)
    reduced = 1.0
    if kind.name == "JPEG" and image.mode in ("RGB", "L"):
        full = image.size
        wanted = full if full[0] * full[1] <= _DRAFT_PIXELS else (full[0] // 2, full[1] // 2)
        image.draft("L", wanted)
        reduced = full[0] / image.size[0]
    seen: set[bytes] = set()
    total = 0
    for number in range(MOST_FRAMES_SEEN):
        try:
            with _silent(kind):
                if number:
                    image.seek(number)
                    check_size(*image.size)
                image.load()
            turned = _upright(image)
            colour = _in_colour(turned)
            grey = _grey(colour)
        except EOFError:
            if number == 0:
                raise Auto2faError("pictureBroken") from None
            return
        except Auto2faError:
            if number:
                return
            raise
        except (Image.DecompressionBombError, MemoryError):
            _too_large("over 80 million")
        except Exception as error:  # decoders raise whatever they like on damaged files
            if number:
                return  # the frames before the damage count
            raise Auto2faError("pictureBroken") from error
        total += grey.width * grey.height
        if total > MOST_PIXELS and number:
            return
        print_ = hash_of(grey) if getattr(image, "is_animated", False) or number else b""
        if print_ not in seen or not print_:
            seen.add(print_)
            reopened = _reopener(data, kind) if kind.name == "JPEG" else None
            yield Page(number, grey, reopened or _kept(colour), scale=reduced)
        if len(seen) >= MOST_FRAMES or time.monotonic() > deadline:
            return


def hash_of(image: Image) -> bytes:
    """A frame's fingerprint, for leaving out repeated frames."""
    import hashlib

    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()


def _reopener(data: bytes, kind: Format) -> Callable[[], Image]:
    """JPEG is first read without its colours, which is twice as fast; they are read only when needed."""

    def colour() -> Image:
        image = _open(data, kind)
        if image.mode == "RGB" and image.width * image.height > _DRAFT_PIXELS:
            image.draft("RGB", (image.width // 2, image.height // 2))
        return _in_colour(_upright(image))

    return colour


def _kept(colour: Image) -> Callable[[], Image]:
    return lambda: colour


def _upright(image: Image) -> Image:
    """Turn as the EXIF orientation says. Damaged EXIF data is no reason to refuse a picture."""
    from PIL import ImageOps

    try:
        turned = ImageOps.exif_transpose(image)
    except Exception:
        return image
    return turned or image


def _in_colour(image: Image) -> Image:
    """As L, RGB or RGBA, whatever the file has: 1 or 16 bits, palette, CMYK, YCbCr, Lab."""
    if image.mode in ("L", "RGB", "RGBA"):
        return image.copy() if getattr(image, "is_animated", False) else image
    if image.mode.startswith(("I", "F")):
        low, high = (float(v) for v in image.getextrema())  # type: ignore[arg-type]
        factor = 255 / (high - low) if high > low else 0.0
        wide = image.convert("F")
        return wide.point(lambda v: v * factor - low * factor).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("LA", "La", "PA", "RGBa") or (image.mode == "P" and "transparency" in image.info):
        return image.convert("RGBA")
    return image.convert("RGB")


def _grey(colour: Image) -> Image:
    """Mode L; transparent pictures over white, as pages draw them."""
    if colour.mode == "L":
        return colour
    if colour.mode != "RGBA":
        return colour.convert("L")
    from PIL import Image

    alpha = colour.getchannel("A")
    grey = colour.convert("L")
    if alpha.getextrema() == (255, 255):
        return grey
    return Image.composite(grey, Image.new("L", colour.size, 255), alpha)


def _pdf_pages(data: bytes, deadline: float) -> Iterator[Page]:
    """Draw each page at 200 dots an inch, large pages smaller."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Auto2faError("pictureLocked" if locked else "pictureBroken") from error
    try:
        total = 0
        for number in range(min(len(document), MOST_PDF_PAGES)):
            try:
                sheet = document[number]
                width, height = sheet.get_size()  # points, 72 an inch
                scale = min(PDF_DOTS_PER_INCH / 72, (PDF_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
                image = sheet.render(scale=scale).to_pil().convert("RGB")
                sheet.close()
            except Exception as error:
                if number:
                    return
                raise Auto2faError("pictureBroken") from error
            total += image.width * image.height
            if total > MOST_PIXELS:
                return
            yield page_of(image, number)
            if time.monotonic() > deadline:
                return
    finally:
        document.close()

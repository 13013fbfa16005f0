"""The QR engines behind one face: a grey picture in, texts and places out.

Both engines check every reading by the code's own Reed-Solomon error correction, so what they return was
really in the picture. Only QR codes are asked for (models 1 and 2; no micro QR, whose check is weak).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four (x, y) in pixels, clockwise from the code's own top left."""


class Sighting(NamedTuple):
    """One code as an engine saw it, in the pixels of the picture that it was given."""

    text: str | None
    """``None`` when the code was located but could not be read."""
    corners: Corners


class EngineState(NamedTuple):
    """Whether an engine can be used on this computer."""

    name: str
    available: bool
    why: str
    """Empty when available, else what is missing and what to do."""


LONGEST = 65_535
"""Pixels along one side: zxing takes no more."""

Engine = Callable[["Image"], list[Sighting]]


def zxing(image: Image) -> list[Sighting]:
    """zxing-cpp with its local-average binarizer; also returns codes that it located but could not read."""
    return _zxing(image, "LocalAverage")


def zxing_global(image: Image) -> list[Sighting]:
    """zxing-cpp with one threshold for the whole picture: better on blur, worse on shadows."""
    return _zxing(image, "GlobalHistogram")


def zxing_fixed(image: Image) -> list[Sighting]:
    """zxing-cpp with the threshold 127: for pictures that a treatment has made black and white."""
    return _zxing(image, "FixedThreshold")


def _zxing(image: Image, binarizer: str) -> list[Sighting]:
    if max(image.size) > LONGEST:
        return []
    import zxingcpp

    found = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats(
            [zxingcpp.BarcodeFormat.QRCodeModel2, zxingcpp.BarcodeFormat.QRCodeModel1]
        ),
        binarizer=getattr(zxingcpp.Binarizer, binarizer),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    return [Sighting(_text(code) if code.valid else None, _corners(code.position)) for code in found]


def _text(code: Any) -> str:
    """Return the text: as UTF-8 where the bytes are UTF-8, else as the code says or zxing guesses.

    Codes without an ECI header are ISO-8859-1 or Shift-JIS by the standard, yet nearly all are UTF-8 in fact.
    """
    says_its_charset = code.symbology_identifier in ("]Q2", "]Q4", "]Q6")
    if not says_its_charset:
        try:
            return str(code.bytes, "utf-8")
        except UnicodeDecodeError:
            pass
    return str(code.text)


def _corners(position: Any) -> Corners:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    a, b, c, d = ((float(p.x), float(p.y)) for p in points)
    return a, b, c, d


def zbar(image: Image) -> list[Sighting]:
    """ZBar: reads some codes that zxing does not locate. Returns nothing where libzbar is missing."""
    decode = _load_zbar()
    if not callable(decode):
        return []
    from pyzbar.pyzbar import ZBarSymbol

    sightings = []
    for code in decode(image, symbols=[ZBarSymbol.QRCODE]):
        text = _zbar_text(code.data)
        if text is None:
            continue
        sightings.append(Sighting(text, _zbar_corners(code)))
    return sightings


def _zbar_text(data: bytes) -> str | None:
    """Undo ZBar's guess at the character set.

    It hands out UTF-8 that it made from what it took for Latin-1, Shift-JIS or Big5, also when the code held
    UTF-8 already. If the text, put back into one of these, is UTF-8, then that is what the code held. Other
    scripts than Latin may be a wrong guess: ``None``, better no reading than a wrong one.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.isascii():
        return text
    for guess in ("latin-1", "cp932", "big5", "gb18030"):
        try:
            return text.encode(guess).decode("utf-8")
        except UnicodeError:
            continue
    return text if max(text) < "\u0250" else None


def _zbar_corners(code: Any) -> Corners:
    """ZBar's polygon is a convex hull that starts anywhere: put it clockwise from the top left."""
    points = [(float(p.x), float(p.y)) for p in code.polygon]
    if len(points) != 4:
        left, top, width, height = code.rect
        right, bottom = left + width, top + height
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    middle_x = sum(x for x, _ in points) / 4
    middle_y = sum(y for _, y in points) / 4

    import math

    points.sort(key=lambda p: math.atan2(p[1] - middle_y, p[0] - middle_x))
    turn = {"UP": 0, "RIGHT": 1, "DOWN": 2, "LEFT": 3}.get(str(code.orientation), 0)
    a, b, c, d = points[turn:] + points[:turn]
    return a, b, c, d


@cache
def _load_zbar() -> Callable[..., Any] | str:
    """Return pyzbar's ``decode``, or why it is not there. 37 ms, hence only when a stage needs it."""
    try:
        from pyzbar.pyzbar import decode
    except ImportError:  # also raised by pyzbar itself where the C library libzbar is missing
        return "The library libzbar is missing: on Debian and Ubuntu “sudo apt install libzbar0”."
    return decode  # type: ignore[no-any-return]


@cache
def engines() -> tuple[EngineState, ...]:
    """Return which engines this computer has, and for the others why not."""
    states = []
    try:
        import zxingcpp  # noqa: F401
    except ImportError:
        states.append(
            EngineState("zxing", False, "The package zxing-cpp is missing: install Auto 2FA again.")
        )
    else:
        states.append(EngineState("zxing", True, ""))
    zbar_decode = _load_zbar()
    states.append(EngineState("zbar", callable(zbar_decode), "" if callable(zbar_decode) else zbar_decode))
    return tuple(states)

"""Reads every QR code in a picture."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auto2fa.qr import engines

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Found:
    text: str
    corners: engines.Corners
    engine: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    codes: list[Found]
    width: int
    height: int
    took_s: float
    exhausted: bool


def read(data: bytes, *, budget_s: float = 1.5, first_only: bool = False) -> Reading:
    import io

    from PIL import Image, ImageOps

    from auto2fa.errors import Auto2faError

    try:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        image.load()
    except Exception as error:
        raise Auto2faError("notAPicture") from error
    return read_pixels(image, budget_s=budget_s, first_only=first_only)


def read_pixels(image: Image, *, budget_s: float = 1.5, first_only: bool = False) -> Reading:
    start = time.monotonic()
    codes = [
        Found(s.text, s.corners, "zxing") for s in engines.zxing(image.convert("L")) if s.text is not None
    ]
    return Reading(codes, image.width, image.height, time.monotonic() - start, False)

"""Takes back a blur: pictures out of focus, enlarged too smoothly, or drawn by a page with a blur over them.

A Wiener filter for Gaussian blurs of several widths. What a screen shows blurred has hardly any noise and can
be taken back almost whole; a camera's noise allows less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auto2fa.qr.views import Page, View

_SIGMAS = (1.2, 1.7, 2.4, 3.4, 4.8)
"""Widths of the blur in pixels (standard deviation): each serves for its neighbours."""
_NOISES = (1e-3, 1e-4)
"""Power of the noise against that of the picture: cameras, then screens."""
_MARGIN = 24
"""Pixels added around, so that the picture's edges do not ring into it."""
_SHARP = 0.25
"""Share of the whole contrast that the steepest edges of a blurred picture take within one pixel, at most."""
_ENDS = (0.5, 99.5)
_STEEP = 99.9
"""Percentiles: single wrong pixels count for nothing."""

_Grey = NDArray[np.float32]


def deblurred(view: View, page: Page) -> Iterator[View]:
    """Sharpen a picture that is blurred, by every width in turn; pass over one that is sharp."""
    grey = np.asarray(view.image, dtype=np.float32)
    if min(grey.shape) < 2 or _steepest(grey) > _SHARP:
        return
    padded = np.pad(grey, _MARGIN, mode="edge")
    spectrum = np.fft.rfft2(padded)
    frequencies = _frequencies(padded.shape)
    inner = slice(_MARGIN, -_MARGIN)
    for noise in _NOISES:
        for sigma in _SIGMAS:
            if time.monotonic() > page.deadline:
                return
            sharp = np.fft.irfft2(spectrum * _inverse(frequencies, sigma, noise), s=padded.shape)
            yield view.seen(Image.fromarray(np.clip(sharp[inner, inner], 0, 255).astype(np.uint8)))


def _steepest(grey: _Grey) -> float:
    """How much of the contrast lies between two neighbours, at the steepest edges (0 to 1)."""
    low, high = np.percentile(grey, _ENDS)
    steps = (np.percentile(np.abs(np.diff(grey, axis=axis)), _STEEP) for axis in (0, 1))
    return float(max(steps) / max(high - low, 1))


def _frequencies(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Squared spatial frequencies of a real Fourier transform, in cycles a pixel."""
    rows, columns = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    squares: NDArray[np.float64] = rows[:, None] ** 2 + columns[None, :] ** 2
    return squares


def _inverse(frequencies: NDArray[np.float64], sigma: float, noise: float) -> NDArray[np.float64]:
    """The Wiener filter against a Gaussian blur (N. Wiener, 1949)."""
    blur = np.exp(-2 * (np.pi * sigma) ** 2 * frequencies)
    inverse: NDArray[np.float64] = blur / (blur**2 + noise)
    return inverse

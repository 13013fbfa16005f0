"""Codes that engines give up on are read by fitting the grid; what comes out is right or nothing."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import segno
from PIL import ImageOps

from auto2fa.qr import engines, mend, symbol
from auto2fa.qr.reader import PHOTO_BUDGET_S, read
from bench import qr_photos, qr_scenes, qr_symbols
from host.qr_made import URI, WHITE, file


def matrix(text: str = URI, **options: Any) -> symbol.Grid:
    drawn = segno.make_qr(text, boost_error=False, **options)
    return np.array([list(row) for row in drawn.matrix], dtype=np.int8)


@pytest.mark.parametrize("version", [1, 2, 6, 7, 14, 27, 40])
@pytest.mark.parametrize("error", ["l", "m", "q", "h"])
def test_every_size_and_level_comes_back(version: int, error: str) -> None:
    wanted = matrix("12345", version=version, error=error)
    fixed = symbol.fixed(version)
    assert ((fixed == symbol.UNKNOWN) | (fixed == wanted)).all()
    found = mend.mended(wanted * 2.0 - 1, version)
    assert found is not None
    assert (found == wanted).all()


def test_doubtful_modules_cost_half_as_much_as_wrong_ones() -> None:
    """A patch that nobody can see, larger than error correction alone could mend."""
    wanted = matrix(error="m")
    version = (len(wanted) - 17) // 4
    values = wanted * 2.0 - 1
    chance = np.random.default_rng(4)
    rows, columns = symbol.placement(version)
    block = symbol.blocks(version, symbol.LEVELS[1])[0]
    checks = len(block.at) - block.data
    for codeword in block.at[: int(checks * 0.7)]:
        bits = slice(codeword * 8, codeword * 8 + 8)
        values[rows[bits], columns[bits]] = chance.normal(0, 0.05, 8)
    found = mend.mended(values, version)
    assert found is not None
    assert (found == wanted).all()


def test_nonsense_is_not_mended() -> None:
    chance = np.random.default_rng(5)
    for version in (1, 2, 5, 10):
        fixed = symbol.fixed(version)
        for _ in range(60):
            values = np.asarray(chance.normal(0, 1, fixed.shape))
            values[fixed == 1], values[fixed == 0] = 1.0, -1.0
            level, number = chance.choice(symbol.LEVELS), int(chance.integers(8))
            values[symbol.format_places(len(values))] = 2.0 * symbol.format_bits(int(level), number) - 1
            assert mend.mended(values, version) is None


STYLES = [
    "photo-blurred",
    "photo-curved",
    "photo-crumpled",
    "photo-low-light",
    "photo-motion",
    "photo-monitor",
    "photo-covered",
    "photo-folded",
    "photo-cloth",
]


@pytest.mark.parametrize("style", STYLES)
def test_reads_hard_photos(style: str) -> None:
    """Not each, but most; never anything else than what is there."""
    made = qr_scenes.scenes(2, [style])[style]
    read_right = 0
    for picture, texts in made:
        found = [code.text for code in read(file(picture, "JPEG", quality=92), budget_s=PHOTO_BUDGET_S).codes]
        assert set(found) <= set(texts)
        read_right += texts[0] in found
    assert read_right >= 1


def test_heavy_blur_is_beyond_the_engine_alone() -> None:
    """Holds the sharpening to account: the engine alone does not read this."""
    sheet = ImageOps.expand(qr_symbols.symbol(URI), border=24, fill=WHITE)
    drawn = qr_photos.photo(random.Random(7), URI, sheet, blur=4.0, fill=0.42)
    assert not [sighting for sighting in engines.zxing(drawn.convert("L")) if sighting.text]
    found = read(file(drawn), budget_s=PHOTO_BUDGET_S).codes
    assert [code.text for code in found] == [URI]


def test_a_blur_over_a_page_is_taken_back() -> None:
    """Modules run into one another until no person tells them apart: nothing but the filter reads these."""
    for picture, texts in qr_scenes.scenes(2, ["web-blur-worst"])["web-blur-worst"]:
        assert not [sighting for sighting in engines.zxing(picture.convert("L")) if sighting.text]
        codes = read(file(picture), budget_s=PHOTO_BUDGET_S).codes
        assert [code.text for code in codes] == texts[:1]
        assert codes[0].engine.endswith("deblurred")

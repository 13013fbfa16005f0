"""Corrects a code whose modules are known with more or less certainty.

Engines take every module as certain and so correct half as many codewords as the error correction can: a
codeword known to be doubtful (glare, a stain) costs one check codeword, a wrong one that nobody doubts costs
two. Here the most doubtful ones are given up step by step (generalized minimum distance decoding, Forney
1966). The outcome is drawn again as a clean code, for an engine to read and check.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from auto2fa.qr import symbol
from auto2fa.qr.symbol import Grid

_SPARE = 2
"""Check codewords that must stay unused when codewords were given up: below, nonsense would pass as sense."""
_SHARES = (0.0, 0.3, 0.55, 0.75, 0.9)
"""Shares of the check codewords that are spent on doubtful codewords."""
_MOST_FORMATS = 3
_FORMAT = 12.0
"""Of 30: how well the two copies of the format information must match."""
_ALONE = 9.0
"""Of 15: how well one copy must match to count alone."""


def mended(values: Grid, version: int) -> Grid | None:
    """Return the corrected matrix (1 dark), or ``None``.

    ``values``: side by side, dark above 0, light below, the more certain the farther from 0.
    """
    bits = (values > 0).astype(np.int8)
    sure = np.abs(values) * np.where(_blots(bits), _BLOT, 1.0)
    for level, mask_number in _formats(values):
        plain = bits ^ symbol.mask(mask_number, len(bits))
        rows, columns = symbol.placement(version)
        sequence = np.packbits(plain[rows, columns].astype(np.uint8))
        doubts = sure[rows, columns].reshape(-1, 8)
        certain = np.sort(doubts, axis=1)[:, :2].sum(axis=1)
        corrected = _corrected(sequence, certain, version, level)
        if corrected is None:
            continue
        result = np.where(symbol.fixed(version) == symbol.UNKNOWN, bits, symbol.fixed(version))
        swapped = symbol.mask(mask_number, len(bits))[rows, columns]
        result[rows, columns] = np.unpackbits(corrected).astype(np.int8) ^ swapped
        result[symbol.format_places(len(bits))] = symbol.format_bits(level, mask_number)
        return _with_version(result, version)
    return None


def _blots(bits: Grid) -> Grid:
    """True for modules in squares of one colour, which masking all but rules out: stains, thumbs, glare."""
    view = np.lib.stride_tricks.sliding_window_view(bits, (_BLOT_SIDE, _BLOT_SIDE))
    even = view.min(axis=(2, 3)) == view.max(axis=(2, 3))
    result = np.zeros(bits.shape, dtype=bool)
    for row, column in zip(*np.nonzero(even), strict=True):
        result[row : row + _BLOT_SIDE, column : column + _BLOT_SIDE] = True
    return result


_BLOT_SIDE = 4
_BLOT = 0.1
"""What is left of such a module's certainty."""


def _with_version(matrix: Grid, version: int) -> Grid:
    if version >= 7:
        from segno import encoder

        draw: Any = encoder  # segno's encoder has no types
        rows = [bytearray(row.tolist()) for row in matrix]
        draw.add_version_info(rows, version)
        matrix = np.array([list(row) for row in rows], dtype=np.int8)
    return matrix


def _formats(values: Grid) -> list[tuple[int, int]]:
    """The likeliest error correction levels and masks, best first.

    They are written twice; where one copy is covered, the other one alone counts, if it is clear.
    """
    copies = np.clip(values[symbol.format_places(len(values))], -1, 1)
    scores = []
    for level in symbol.LEVELS:
        for n in range(8):
            one, other = (float(score) for score in copies @ (2 * symbol.format_bits(level, n) - 1))
            alone = 2 * max(one, other) if max(one, other) > _ALONE else 0
            scores.append((max(one + other, alone), level, n))
    scores.sort(reverse=True)
    best = scores[0][0]
    return [
        (level, n) for score, level, n in scores[:_MOST_FORMATS] if score > 0.6 * best and score > _FORMAT
    ]


def _corrected(sequence: Grid, certain: Grid, version: int, level: int) -> Grid | None:
    blocks = symbol.blocks(version, level)
    result = sequence.copy()
    given_up = False
    for block in blocks:
        at = np.array(block.at)
        mended_block = _block(sequence[at], certain[at], block.data)
        if mended_block is None:
            return None
        result[at], spent = mended_block
        given_up = given_up or spent
    if given_up and not _makes_sense(
        b"".join(bytes(result[list(b.at)][: b.data].tolist()) for b in blocks), version
    ):
        return None
    return result


def _block(codewords: Grid, certain: Grid, data: int) -> tuple[Grid, bool] | None:
    """The corrected codewords, and whether any were given up for it."""
    solver, failure = _solver()
    checks = len(codewords) - data
    order = np.argsort(certain, kind="stable")
    tried = set()
    for share in _SHARES:
        count = int(checks * share)
        if count > checks - _SPARE or count in tried:
            continue
        tried.add(count)
        try:
            message, rest, wrong = solver(
                bytearray(codewords.tolist()), checks, erase_pos=[int(i) for i in order[:count]]
            )
        except (failure, ZeroDivisionError, IndexError):
            continue
        spent = 2 * sum(place not in order[:count] for place in wrong) + count
        if count and spent > checks - _SPARE:
            continue
        return np.frombuffer(bytes(message) + bytes(rest), dtype=np.uint8), count > 0
    return None


@cache
def _solver() -> tuple[Any, type[Exception]]:
    """Reed-Solomon over the standard's field, and what it raises where too much is wrong."""
    import reedsolo

    reedsolo.init_tables(0x11D)
    return reedsolo.rs_correct_msg, reedsolo.ReedSolomonError


_COUNT_BITS = {1: (10, 12, 14), 2: (9, 11, 13), 4: (8, 16, 16), 8: (8, 10, 12)}
"""Bits of a segment's character count by mode (numeric, alphanumeric, bytes, kanji) and version (table 3)."""
_TEXT = frozenset(range(32, 256)) - {127} | {9, 10, 13, 29}


def _makes_sense(data: bytes, version: int) -> bool:
    """True when the segments fit, hold no control bytes, and are followed by the standard's padding.

    Nonsense, which error correction may let through when codewords were given up, hardly ever looks so.
    """
    bits, total = int.from_bytes(data), 8 * len(data)
    at = 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return bits >> max(0, total - at) & ((1 << count) - 1)

    segments = 0
    while at + 4 <= total:
        mode = take(4)
        if mode == 0:
            # Some encoders put a zero byte before the padding, some pad with zeros.
            padding = data[(at + 7) // 8 :].lstrip(b"\0")
            return segments > 0 and all(byte == (0xEC, 0x11)[i % 2] for i, byte in enumerate(padding))
        if mode in (3, 9):  # structured append; FNC1 in second position
            take(16 if mode == 3 else 8)
        elif mode == 7:  # ECI
            first = take(8)
            take(8 if first >> 6 == 2 else 16 if first >> 6 == 3 else 0)
        elif mode in _COUNT_BITS:
            count = take(_COUNT_BITS[mode][(version > 9) + (version > 26)])
            length = {
                1: count // 3 * 10 + (0, 4, 7)[count % 3],
                2: count // 2 * 11 + count % 2 * 6,
                4: count * 8,
                8: count * 13,
            }[mode]
            if count == 0 or at + length > total:
                return False
            if mode == 4 and not all(take(8) in _TEXT for _ in range(count)):
                return False
            if mode != 4:
                take(length)
            segments += 1
        elif mode != 5:  # FNC1 in first position
            return False
    return segments > 0

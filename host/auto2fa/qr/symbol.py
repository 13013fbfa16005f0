"""What the standard fixes in every QR code of a size: the known modules, the bits' order, the blocks.

ISO/IEC 18004:2015: function patterns (6.3), placement (7.7.3), masks (7.8.2), format information (7.9),
blocks (table 9). The tables and the drawing of the patterns are segno's.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from segno import consts, encoder

UNKNOWN = 2
"""A module whose colour the content decides."""
LEVELS = (consts.ERROR_LEVEL_L, consts.ERROR_LEVEL_M, consts.ERROR_LEVEL_Q, consts.ERROR_LEVEL_H)

Grid = np.ndarray[Any, np.dtype[Any]]


class Block(NamedTuple):
    """One Reed-Solomon block."""

    at: tuple[int, ...]
    """Where its codewords stand in the interleaved sequence; data first, then error correction."""
    data: int
    """How many of them are data."""


@cache
def fixed(version: int) -> Grid:
    """Side by side: 1 dark, 0 light, ``UNKNOWN``; format and version information are unknown too."""
    side = 17 + 4 * version
    matrix = tuple(bytearray([UNKNOWN] * side) for _ in range(side))
    draw: Any = encoder  # segno's encoder has no types
    draw.add_timing_pattern(matrix, False)
    draw.add_finder_patterns(matrix, side, side)
    draw.add_alignment_patterns(matrix, side, side)
    matrix[side - 8][8] = 1
    return np.array([list(row) for row in matrix], dtype=np.int8)


@cache
def reserved(version: int) -> Grid:
    """True where no content bit stands."""
    side = 17 + 4 * version
    taken: Grid = fixed(version) != UNKNOWN
    taken[8, :9] = taken[:9, 8] = taken[8, side - 8 :] = taken[side - 8 :, 8] = True
    if version >= 7:
        taken[:6, side - 11 : side - 8] = taken[side - 11 : side - 8, :6] = True
    return taken


@cache
def placement(version: int) -> tuple[Grid, Grid]:
    """Rows and columns of the content bits in their order, whole codewords only."""
    side, taken = 17 + 4 * version, reserved(version)
    rows, columns = [], []
    upwards = True
    right = side - 1
    while right > 0:
        if right == 6:
            right -= 1
        for step in range(side):
            row = side - 1 - step if upwards else step
            for column in (right, right - 1):
                if not taken[row, column]:
                    rows.append(row)
                    columns.append(column)
        upwards = not upwards
        right -= 2
    whole = len(rows) // 8 * 8
    return np.array(rows[:whole]), np.array(columns[:whole])


@cache
def mask(number: int, side: int) -> Grid:
    """1 where the mask swaps a module's colour."""
    i, j = np.mgrid[0:side, 0:side]
    product = i * j
    conditions = (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((i + j) % 2 + product % 3) % 2,
    )
    return np.asarray(conditions[number] == 0, dtype=np.int8)


@cache
def format_places(side: int) -> tuple[Grid, Grid]:
    """Rows and columns of the format information's 15 bits, lowest first; one line for each of two copies."""
    first = [(i, 8) for i in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, j) for j in (7, 5, 4, 3, 2, 1, 0)]
    second = [(8, side - 1 - i) for i in range(8)] + [(side - 7 + i, 8) for i in range(7)]
    places = np.array([first, second])
    return places[..., 0], places[..., 1]


def format_bits(level: int, mask_number: int) -> Grid:
    """The 15 bits, lowest first."""
    draw: Any = encoder
    value = draw.calc_format_info(1, level, mask_number)
    return np.array([value >> i & 1 for i in range(15)], dtype=np.int8)


@cache
def blocks(version: int, level: int) -> tuple[Block, ...]:
    """The blocks of a code."""
    groups: Any = consts.ECC[version]
    sizes = [
        (group.num_data, group.num_total - group.num_data)
        for group in groups[level]
        for _ in range(group.num_blocks)
    ]
    places: list[list[int]] = [[] for _ in sizes]
    at = 0
    for k in range(max(data for data, _ in sizes)):
        for number, (data, _) in enumerate(sizes):
            if k < data:
                places[number].append(at)
                at += 1
    for _ in range(sizes[0][1]):
        for place in places:
            place.append(at)
            at += 1
    return tuple(Block(tuple(place), data) for place, (data, _) in zip(places, sizes, strict=True))

"""Covering sets: few rows in which every two values of two columns meet, where they can.

Written here because allpairspy stops for good at the first row that a filter leaves no way on for, with most pairs
not yet met.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

Row = tuple[Any, ...]
Pair = tuple[int, Any, int, Any]
TRIES = 60
"""Rows drawn for each one that is kept."""


def covering(columns: Sequence[Sequence[Any]], possible: Callable[[Row], bool]) -> list[Row]:
    """Rows for all pairs that some possible row has; the same ones at every call.

    Raises ``ValueError`` for a value that is in no possible row.
    """
    dice = random.Random(1)
    open_pairs: dict[Pair, None] = {
        (i, a, j, b): None
        for i, j in itertools.combinations(range(len(columns)), 2)
        for a in columns[i]
        for b in columns[j]
    }
    rows: list[Row] = []
    while open_pairs:
        wanted = next(iter(open_pairs))
        best = _best(columns, possible, wanted, open_pairs, dice)
        if best is None:  # such a pair cannot be made
            del open_pairs[wanted]
            continue
        rows.append(best)
        for pair in _pairs(best):
            open_pairs.pop(pair, None)
    for i, column in enumerate(columns):
        for value in column:
            if not any(row[i] == value for row in rows):
                raise ValueError(f"{value!r} is in no possible row")
    return rows


def _pairs(row: Row) -> list[Pair]:
    return [(i, row[i], j, row[j]) for i, j in itertools.combinations(range(len(row)), 2)]


def _best(
    columns: Sequence[Sequence[Any]],
    possible: Callable[[Row], bool],
    wanted: Pair,
    open_pairs: dict[Pair, None],
    dice: random.Random,
) -> Row | None:
    i, a, j, b = wanted
    best, most = None, 0
    for attempt in range(TRIES * 10):
        if best is not None and attempt >= TRIES:
            break
        drawn = [dice.choice(column) for column in columns]
        drawn[i], drawn[j] = a, b
        row = tuple(drawn)
        if not possible(row):
            continue
        count = sum(pair in open_pairs for pair in _pairs(row))
        if count > most:
            best, most = row, count
    return best

"""Medians and tables for the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median, quantiles


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; the largest of fewer than 20 values."""
    return quantiles(values, n=20)[-1] if len(values) >= 20 else max(values)


def row(name: str, values: Sequence[float], aim: str = "", unit: str = "ms") -> tuple[str, ...]:
    """A table row: name, median, p95, number, aim."""
    return (name, f"{median(values):.2f} {unit}", f"{p95(values):.2f} {unit}", str(len(values)), aim)


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print an aligned table."""
    lines = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    print(f"\n{title}")
    for number, line in enumerate(lines):
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))

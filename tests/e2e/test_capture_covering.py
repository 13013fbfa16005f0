"""Every way in which a page can show a code × themes, ratios, zooms, looks and places: read by the capture code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Playwright

from support import covering
from support.browser import ExtensionBrowser
from support.renderings import SHOWN
from support.setup_pages import (
    LOOKS,
    PIXELS_ONLY,
    PLACES,
    QUIET,
    RENDERINGS,
    THEMES,
    UNSTYLED,
    Case,
    SetupPages,
)
from support.taker import Taker, problem

RATIOS = (1, 1.25, 1.5, 2, 3)
ZOOMS = (0.25, 0.67, 1, 2.5, 5)
FEWEST_PIXELS = 2.5
"""Device pixels of a module from which a phone reads it off a screen."""
MODULES = 49
VIEW = 640
"""CSS pixels of the view's shorter side, less what stands above the code."""


def possible(row: covering.Row) -> bool:
    """Leave out what cannot be made, and what nobody could see."""
    rendering, _, ratio, zoom, look, _, place = row
    if look in UNSTYLED.get(rendering, set()):
        return False
    if rendering not in PIXELS_ONLY:
        return True
    shown = SHOWN * (0.7 if place == "scaled" else 1) * zoom
    seen_whole = place in ("plain", "scaled") and shown <= VIEW
    return seen_whole and shown * ratio / MODULES >= FEWEST_PIXELS


def rows() -> list[covering.Row]:
    """Rows in which every two values of two columns meet."""
    return covering.covering([RENDERINGS, THEMES, RATIOS, ZOOMS, LOOKS, QUIET, PLACES], possible)


MOST_LATE = 3
"""Rows of a ratio that may need a second click."""


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_rendering_is_read(
    home: object, playwright: Playwright, pages: SetupPages, ratio: float
) -> None:
    chosen = [row for row in rows() if row[2] == ratio]
    failed, late = [], []
    arguments = [f"--force-device-scale-factor={ratio}", "--window-size=1100,800"]
    with ExtensionBrowser(playwright, arguments=arguments, no_viewport=True) as browser:
        taker = Taker(browser, pages)
        for number, (rendering, theme, _, zoom, look, quiet, place) in enumerate(chosen):
            row = f"{rendering:24}{theme:15}{zoom:>5}  {look:10}{quiet:>2}  {place:10}"
            # Captures have seconds, not minutes: on a busy machine one may be late, and a person clicks again.
            for name in (f"p{ratio}-{number}", f"q{ratio}-{number}"):
                case = Case(name.replace(".", "_"), rendering, theme, look, quiet, place=place)
                taker.open(case, zoom)
                why = problem(taker.capture(), case)
                if not why:
                    break
                late.append(row + why)
            else:
                failed.append(row + why)
    print(f"\nratio {ratio}: {len(chosen) - len(late)} of {len(chosen)} read at once", *late, sep="\n")
    assert not failed, "\n" + "\n".join(failed)
    assert len(late) <= MOST_LATE, "\n" + "\n".join(late)

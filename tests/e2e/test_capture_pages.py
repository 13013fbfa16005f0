"""Every way in which a page can show a code × themes, ratios, zooms and looks: read by the capture code, and each
rendering once by a real right click on a site that is not linked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allpairspy import AllPairs
from playwright.sync_api import Page, Playwright

from support.browser import ExtensionBrowser
from support.desktop import Desktop
from support.setup_pages import LOOKS, RENDERINGS, SHOWN, THEMES, Case, SetupPages

RATIOS = (1, 1.25, 2, 3)
ZOOMS = (0.25, 1, 2.5, 5)
QUIET = (4, 0)
UNSTYLED = {"svg-css": {"gradient"}, "blocks": {"dots", "gradient"}, "absolute-divs": {"dots"}}
"""Looks that a rendering of ours cannot have."""


def possible(row: list[Any]) -> bool:
    """Leave out what cannot be made."""
    if len(row) < 5:
        return True
    return row[4] not in UNSTYLED.get(row[0], set())


def covering() -> list[tuple[str, str, float, float, str, int]]:
    """Rows in which every two values of two columns meet."""
    columns = [RENDERINGS, THEMES, RATIOS, ZOOMS, LOOKS, QUIET]
    return [tuple(row) for row in AllPairs(columns, filter_func=possible)]


@pytest.fixture(scope="module")
def pages() -> Iterator[SetupPages]:
    with SetupPages() as pages:
        yield pages


def own_window(browser: ExtensionBrowser) -> Page:
    """One of our pages in a window of its own, so that the tab under test stays in front in its window."""
    with browser.context.expect_page() as opened:
        browser.worker.evaluate(
            "url => chrome.windows.create({url, focused: false})", browser.url("pages/popup/popup.html?tab=-1")
        )
    return opened.value


class Taker:
    """Opens cases in one tab and captures them."""

    def __init__(self, browser: ExtensionBrowser, pages: SetupPages) -> None:
        self.browser = browser
        self.pages = pages
        self.tab = browser.context.new_page()
        self.tab.goto(pages.url(Case("start", "img-png")))
        self.tab_id = browser.tab_id(self.tab)
        self.own = own_window(browser)

    def open(self, case: Case, zoom: float = 1) -> None:
        self.tab.goto(self.pages.url(case), wait_until="load")
        self.own.evaluate("([tab, zoom]) => chrome.tabs.setZoom(tab, zoom)", [self.tab_id, zoom])
        self.tab.wait_for_function(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        )

    def capture(self) -> dict[str, Any]:
        capture_id = self.browser.api(self.own, "ext.capture", tabId=self.tab_id)["captureId"]
        taken: dict[str, Any] = self.browser.api(self.own, "ext.captured", captureId=capture_id)
        return taken


def problem(taken: dict[str, Any], case: Case) -> str:
    """What is wrong with a capture; empty when nothing is."""
    if taken["error"]:
        return str(taken["error"]["message"])
    factors = [code for code in taken["codes"] if code["handle"]]
    if not factors:
        return "nothing found"
    if len(factors) > 1:
        return f"{len(factors)} second factors"
    name = factors[0]["factor"]["name"]
    return "" if name == case.name else f"wrong: {name}"


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_rendering_is_read(home: object, playwright: Playwright, pages: SetupPages, ratio: float) -> None:
    rows = [row for row in covering() if row[2] == ratio]
    failed = []
    with ExtensionBrowser(playwright, arguments=[f"--force-device-scale-factor={ratio}", "--window-size=1100,800"], no_viewport=True) as browser:
        taker = Taker(browser, pages)
        for number, (rendering, theme, _, zoom, look, quiet) in enumerate(rows):
            case = Case(f"p{ratio}-{number}".replace(".", "_"), rendering, theme, look, quiet)
            taker.open(case, zoom)
            why = problem(taker.capture(), case)
            if why:
                failed.append(f"{rendering:24}{theme:15}{zoom:>5}  {look:10}{quiet:>2}  {why}")
    print(f"\nratio {ratio}: {len(rows) - len(failed)} of {len(rows)} read")
    assert not failed, "\n" + "\n".join(failed)

"""Captures pages as our popup does, from a tab under test that stays in front."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from support.browser import ExtensionBrowser
from support.setup_pages import Case, SetupPages


def own_window(browser: ExtensionBrowser) -> Page:
    """One of our pages in a window of its own, so that the tab under test stays in front in its window."""
    with browser.context.expect_page() as opened:
        browser.worker.evaluate(
            "url => chrome.windows.create({url, focused: false})",
            browser.url("pages/popup/popup.html?tab=-1"),
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
        # A picture that a script fetches comes after the page has loaded.
        self.tab.wait_for_function(
            "() => { const code = document.querySelector('img#code');"
            " return !code || code.loading === 'lazy' || code.naturalWidth > 0 }"
        )
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

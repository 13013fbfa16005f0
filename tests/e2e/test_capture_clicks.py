"""Real right clicks in a real Chromium on a site that is not linked, with no permission but the click's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright

from support.browser import ExtensionBrowser
from support.desktop import Desktop
from support.renderings import SHOWN
from support.setup_pages import LOOKS, QUIET, RENDERINGS, THEMES, UNSTYLED, Case, SetupPages
from support.wizard import portals_page

OUTPUT = Path(__file__).parent / "output"
NO_MENU = {"object-png", "embed"}
"""Renderings on which Chromium opens no menu at all; there are the popup and the wizard."""
PARTS = 3
"""The right clicks take minutes: so many tests share them."""


def offered(browser: ExtensionBrowser, choose: Callable[[], None]) -> list[str]:
    """Account names that the wizard offers after a click in the browser's own menu, in their order."""
    choose()
    wizard = portals_page(browser)
    wizard.locator(".code-option").first.wait_for(timeout=10_000)
    names = [text.split(" · ")[0].strip() for text in wizard.locator(".code-option .small").all_inner_texts()]
    wizard.close()
    return names


@pytest.mark.parametrize("part", range(PARTS))
def test_a_right_click_on_any_rendering_captures_it(
    home: object, playwright: Playwright, pages: SetupPages, part: int
) -> None:
    """On a site that is not linked, with no permission but the click's own, in all themes and looks by turns."""
    failed = []
    with (
        Desktop() as desktop,
        ExtensionBrowser(playwright, display=desktop.display, all_sites=False) as browser,
    ):
        tab = browser.context.new_page()
        for number, rendering in list(enumerate(RENDERINGS))[part::PARTS]:
            if rendering in NO_MENU:
                continue
            looks = [look for look in LOOKS if look not in UNSTYLED.get(rendering, set())]
            case = Case(
                f"click-{rendering}",
                rendering,
                THEMES[number % len(THEMES)],
                looks[number // len(THEMES) % len(looks)],
                QUIET[number % 3 == 2],
            )
            tab.goto(pages.url(case))
            try:
                names = offered(browser, partial(desktop.capture, tab, "#code"))
            except (Error, LookupError, TimeoutError) as error:
                OUTPUT.mkdir(exist_ok=True)
                desktop.picture().save(OUTPUT / f"{case.name}.png")
                desktop.keys("Escape", "Escape")
                names = [str(error).splitlines()[0]]
            if names != [case.name]:
                failed.append(f"{case}: {names}")
    assert not failed, "\n" + "\n".join(failed)


def test_what_was_pointed_at_comes_first(home: object, playwright: Playwright, pages: SetupPages) -> None:
    """With the mouse, on pages that are scrolled or zoomed and in frames; with the menu's key, pointer elsewhere."""
    with (
        Desktop() as desktop,
        ExtensionBrowser(playwright, display=desktop.display, all_sites=False) as browser,
    ):
        tab = browser.context.new_page()

        def several(name: str, rendering: str, top: int = 40) -> tuple[str, str]:
            first, second = (Case(f"{name}-{each}", "svg-mm") for each in ("one", "two"))
            for case in (first, second):
                pages.url(case)
            drawn = "".join(
                f"<div style='margin:20px;display:inline-block' tabindex=0 id={case.name}>"
                + (
                    f"<iframe style='width:{SHOWN}px;height:{SHOWN}px;border:0' src='/frame/{case.name}'></iframe>"
                    if rendering == "iframe"
                    else case.svg("width=200 height=200")
                )
                + "</div>"
                for case in (first, second)
            )
            tab.goto(
                pages.url(
                    Case(name, "none", top=top, extra=f"<input autofocus>{drawn}<p style='height:2000px'>")
                )
            )
            return first.name, second.name

        for zoom in (1, 1.5, 0.5):
            first, second = several(f"zoom{int(zoom * 10)}", "svg-mm")
            browser.worker.evaluate(
                "async zoom => { const [tab] = await chrome.tabs.query({active: true, lastFocusedWindow: true});"
                " await chrome.tabs.setZoom(tab.id, zoom) }",
                zoom,
            )
            tab.wait_for_timeout(300)
            assert offered(browser, partial(desktop.capture, tab, f"#{second}")) == [second, first], zoom
        browser.worker.evaluate(
            "async () => { for (const tab of await chrome.tabs.query({})) await chrome.tabs.setZoom(tab.id, 1) }"
        )
        first, second = several("scrolled", "svg-mm", top=700)
        tab.evaluate("scrollTo(0, 500)")
        tab.mouse.click(20, 20)  # not the first press in this page any more
        assert offered(browser, partial(desktop.capture, tab, f"#{second}")) == [second, first]
        first, second = several("framed", "iframe")
        assert offered(browser, partial(desktop.capture, tab, f"#{second}")) == [second, first]
        first, second = several("keyed", "svg-mm")
        tab.locator(f"#{second}").focus()
        desktop.do("mousemove", *desktop.middle(tab, f"#{first}"))
        assert offered(browser, partial(desktop.capture_by_key, tab)) == [second, first]

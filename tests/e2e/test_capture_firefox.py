"""The same right click in a real Firefox, on a site that is not linked, with no permission but the click's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auto2fa.demo.keyring_session import KeyringSession
from support.firefox import FirefoxBrowser
from support.setup_pages import THEMES, Case, SetupPages
from support.words import word

RENDERINGS = (
    "img-png", "img-once", "img-other-site", "img-blob", "picture", "canvas", "svg-mm", "svg-use", "background",
    "pseudo", "mask", "table", "divs", "blocks", "shadow", "closed-shadow", "slot", "iframe", "iframe-srcdoc",
    "iframe-other-site", "video",
)  # fmt: skip
NAMES = "[...document.querySelectorAll('.code-option .small')].map(each => each.textContent.split(' · ')[0].trim())"


@pytest.fixture(scope="module")
def browser(keyring: KeyringSession, module_home: object) -> Iterator[FirefoxBrowser]:
    with FirefoxBrowser(all_sites=False) as browser:
        yield browser


def offered(browser: FirefoxBrowser, selector: str) -> list[str]:
    """Account names that the wizard offers after a right click, in their order."""
    page = browser.tab
    browser.choose_in_menu(selector, word("menuCapture"))
    browser.tab_at(browser.url("pages/portals/"))
    names: list[str] = browser.wait(lambda: browser.evaluate(NAMES), "no code is offered", seconds=20)
    browser.do("WebDriver:CloseWindow")
    browser.switch(page)
    return names


def test_a_right_click_captures(browser: FirefoxBrowser, pages: SetupPages) -> None:
    browser.new_tab()
    failed = []
    for number, rendering in enumerate(RENDERINGS):
        case = Case(f"firefox-{rendering}", rendering, THEMES[number % len(THEMES)])
        browser.goto(pages.url(case))
        try:
            names = offered(browser, "#code")
        except AssertionError as error:
            names = [str(error)]
        if names != [case.name]:
            failed.append(f"{rendering}, {case.theme}: {names}")
    assert not failed, "\n" + "\n".join(failed)


@pytest.mark.parametrize("pointed", ["first", "second"])
def test_what_was_pointed_at_comes_first(browser: FirefoxBrowser, pages: SetupPages, pointed: str) -> None:
    codes = [Case(f"{name}-{pointed}", "canvas") for name in ("first", "second")]
    drawn = "".join(
        f"<div style='margin:20px;display:inline-block' id={code.name}>{code.svg('width=200 height=200')}</div>"
        for code in codes
    )
    browser.new_tab(pages.url(Case(f"firefox-several-{pointed}", "none", extra=drawn)))
    other = "second" if pointed == "first" else "first"
    assert offered(browser, f"#{pointed}-{pointed}") == [f"{pointed}-{pointed}", f"{other}-{pointed}"]

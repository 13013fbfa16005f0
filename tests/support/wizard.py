"""Walks through the activation wizard as a person does."""

from __future__ import annotations

from playwright.sync_api import Page

from support.browser import ExtensionBrowser
from support.words import word


def portals_page(browser: ExtensionBrowser, *, seconds: float = 10) -> Page:
    """The Companies and portals page that the extension opened by itself."""
    where = browser.url("pages/portals/portals.html")
    for page in browser.context.pages:
        if page.url.startswith(where):
            return page
    opened: Page = browser.context.wait_for_event(
        "page",
        predicate=lambda page: page.url.startswith(where) or page.url == "about:blank",
        timeout=seconds * 1000,
    )
    return opened


def press(page: Page, key: str, **params: str) -> None:
    """Press a button by its words."""
    page.get_by_role("button", name=word(key, **params), exact=True).click()


def take_over(wizard: Page, origin: str) -> None:
    """From a captured code to the pending account: use it, link its site if need be, keep it."""
    press(wizard, "useThisCode")
    link = wizard.get_by_role("button", name=word("linkAs", site=origin.split("://")[1]))
    keep = wizard.get_by_role("button", name=word("confirmDo"), exact=True)
    link.or_(keep).first.wait_for()
    if link.is_visible():
        link.click()
    keep.click()
    wizard.get_by_text(word("proveTitle")).wait_for()

"""No serious or critical finding by axe-core on any page or state; pictures of each in output/."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright

from auto2fa.cli import main
from e2e.pages_states import popup_states
from support.browser import ExtensionBrowser

OUTPUT = Path(__file__).parent / "output"
POPUP = "pages/popup/popup.html?tab=7"
PORTALS = "pages/portals/portals.html"
LOOKS = [("light", "en"), ("dark", "de")]
ANSWER = """answer => {
  const send = chrome.runtime.sendMessage.bind(chrome.runtime);
  chrome.runtime.sendMessage = (message) =>
    message.verb === "ext.state" ? Promise.resolve({ ok: true, result: answer }) : send(message);
}"""
"""Only what the background says about the tab is given; words, codes and all else are the real ones."""


class Desk:
    """A browser with three portals linked and two accounts on the first."""

    def __init__(self, browser: ExtensionBrowser) -> None:
        self.browser = browser
        self.own = browser.page(PORTALS)
        portals = browser.api(self.own, "portals.list")["portals"]
        self.ids = {portal["name"]: portal["id"] for portal in portals}
        self.voltra = next(portal["id"] for portal in portals if portal["accounts"])
        self.accounts = [account["id"] for portal in portals for account in portal["accounts"]]

    def dress(self, scheme: str, language: str) -> None:
        """Light or dark, English or German, for pages opened from here on."""
        settings = self.browser.api(self.own, "settings.get")
        self.browser.api(self.own, "settings.set", settings={**settings, "language": language})
        self.own.evaluate("language => localStorage.setItem('language', language)", language)
        self.scheme = scheme

    def open(self, path: str) -> Page:
        """One of our pages in these looks."""
        page = self.browser.context.new_page()
        page.emulate_media(color_scheme="dark" if self.scheme == "dark" else "light", reduced_motion="reduce")
        page.goto(self.browser.url(path))
        return page


@pytest.fixture
def desk(home: Path, playwright: Playwright) -> Iterator[Desk]:
    add = ["add", "--key", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert main([*add, "--site", "https://kundenportal.voltra.example", "--account", "rechnung"]) == 0
    add[2] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA"
    assert main([*add, "--site", "https://kundenportal.voltra.example", "--account", "einkauf"]) == 0
    with ExtensionBrowser(playwright) as browser:
        own = browser.page(PORTALS)
        for url, name in (
            ("https://buero.lindner.example", "Bürobedarf Lindner"),
            ("https://amsel.example", "Amsel"),
        ):
            browser.api(own, "ext.link", url=url, name=name)
        own.close()
        yield Desk(browser)


def check(page: Page, name: str, found: dict[str, list[Any]]) -> None:
    """Take a picture, run axe, and note what is serious or critical; nothing may be wider than its place."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")
    response = Axe().run(page).response
    serious = [
        (violation["id"], violation["help"], [node["html"][:160] for node in violation["nodes"][:3]])
        for violation in response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    wide = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("dialog, .dialog-body")]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map((element) => element.className || element.tagName)"""
    )
    if serious or wide:
        found[name] = [*serious, *wide]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_every_state_of_the_popup(desk: Desk, scheme: str, language: str) -> None:
    desk.dress(scheme, language)
    page = desk.open(POPUP)
    page.set_viewport_size({"width": 360, "height": 600})
    found: dict[str, list[Any]] = {}
    for name, state in popup_states(desk.accounts[:2]).items():
        script = f"({ANSWER})({json.dumps(state)})"
        page.close()
        page = desk.browser.context.new_page()
        page.add_init_script(script)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": 360, "height": 600})
        page.goto(desk.browser.url(POPUP))
        page.wait_for_selector("#view:not([aria-busy])")
        if page.locator(".live-code").count():
            page.wait_for_selector(".digits[data-code]")
        check(page, f"popup_{name}_{scheme}_{language}", found)
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_every_page_and_window(desk: Desk, scheme: str, language: str) -> None:
    desk.dress(scheme, language)
    found: dict[str, list[Any]] = {}
    portal = desk.ids["Amsel"]

    def note(page: Page, name: str) -> None:
        check(page, f"portals_{name}_{scheme}_{language}", found)

    page = desk.open(PORTALS)
    page.wait_for_selector(".portal")
    page.locator(".portal").first.hover()
    note(page, "list")
    page.fill("#search", "nothing like this")
    note(page, "nothing_found")
    page.click("#add")
    page.locator("dialog .primary").click()
    page.wait_for_selector("dialog .notice")
    note(page, "add")
    page.close()

    page = desk.open(f"{PORTALS}#settings")
    page.wait_for_selector(".settings .panel")
    note(page, "settings")
    page.close()

    page = desk.open(
        f"{PORTALS}#portal={desk.ids['kundenportal.voltra.example']}"
        if False
        else f"{PORTALS}#portal={portal}"
    )
    page.wait_for_selector("#activate")
    page.locator("dialog summary").click()
    note(page, "settings_of_portal")
    page.locator(".dialog-foot .bad").click()
    page.wait_for_selector("dialog.ask")
    note(page, "unlink")
    page.close()

    page = desk.open(f"{PORTALS}#activate={portal}")
    page.wait_for_selector("dialog.ask")
    note(page, "ask")
    page.locator("dialog.ask .primary").click()
    page.wait_for_selector(".way")
    note(page, "ways")
    ways = {"qr": "wayQr", "key": "wayKey", "phone": "wayPhone", "import": "wayImport"}
    for name, way in ways.items():
        page.locator(f"[aria-labelledby={way}]").click()
        page.wait_for_selector("dialog.wizard .dialog-body > :first-child")
        if name == "phone":
            page.wait_for_selector(".qr-image, .notice.bad")
        if name == "key":
            page.fill("textarea", "JBSW Y3DP 0HPK 3PXP 81")
            page.locator("dialog summary").click()
        note(page, name)
        page.locator(".dialog-foot .plain").click()
        page.wait_for_selector(".way")
    page.locator("[aria-labelledby=wayKey]").click()
    page.fill("textarea", "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".facts")
    page.wait_for_selector(".digits[data-code]")
    note(page, "confirm")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".prove-item")
    page.locator(".prove-item summary").click()
    page.wait_for_selector(".grouped-key")
    note(page, "prove")
    page.close()
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)

"""No serious or critical finding by axe-core on any page or state; pictures of each in output/."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FilePayload, Page, Playwright

from auto2fa.cli import main
from e2e.pages_states import list_of_every_state, popup_states, portal_of_every_account
from host.import_samples import aegis_encrypted
from support.browser import ExtensionBrowser

OUTPUT = Path(__file__).parent / "output"
POPUP = "pages/popup/popup.html?tab=7"
PORTALS = "pages/portals/portals.html"
LOOKS = [("light", "en", "ltr"), ("dark", "de", "ltr"), ("light", "de", "rtl")]
"""The last one stands for languages that are written from right to left: everything is mirrored."""
ANSWERS = """answers => {
  const send = chrome.runtime.sendMessage.bind(chrome.runtime);
  const never = new Promise(() => {});
  chrome.runtime.sendMessage = (message) =>
    message.verb in answers ? (answers[message.verb] ? Promise.resolve(answers[message.verb]) : never) : send(message);
}"""
"""Only these questions are answered here (None: never); words, codes and all else are the real ones."""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
KEY = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
LISTED = [
    "otpauth://totp/Amsel:rechnung@muster.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJB&issuer=Amsel",
    "otpauth://totp/Voltra:rechnung?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Voltra",
    "otpauth://totp/Elsewhere:with.a.very.long.name.of.an.account@a-long-company-name.example"
    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJC&issuer=S%C3%BCddeutsche%20Telekommunikationsgesellschaft",
    "otpauth://totp/Broken:one?secret=0189&issuer=Broken",
]
"""New, here already, long, and not usable."""


def result(value: Any) -> dict[str, Any]:
    """An answer of the background."""
    return {"ok": True, "result": value}


def failure(name: str, **params: str) -> dict[str, Any]:
    """An error of the background."""
    return {"ok": False, "error": {"name": name, "message": "", "next": "", "params": params}}


class Desk:
    """A browser with three portals linked and two accounts on the first."""

    def __init__(self, browser: ExtensionBrowser) -> None:
        self.browser = browser
        self.own = browser.page(PORTALS)
        portals = browser.api(self.own, "portals.list")["portals"]
        self.ids = {portal["name"]: portal["id"] for portal in portals}
        self.voltra = next(portal["id"] for portal in portals if portal["accounts"])
        self.accounts = [account["id"] for portal in portals for account in portal["accounts"]]
        self.found: dict[str, list[Any]] = {}

    def dress(self, scheme: str, language: str, direction: str) -> None:
        """Light or dark, English or German, for pages opened from here on."""
        settings = self.browser.api(self.own, "settings.get")
        self.browser.api(self.own, "settings.set", settings={**settings, "language": language})
        self.own.evaluate("language => localStorage.setItem('language', language)", language)
        self.scheme = scheme
        self.direction = direction
        self.look = f"{scheme}_{language}" if direction == "ltr" else f"{direction}_{language}"

    def open(self, path: str, answers: dict[str, Any] | None = None) -> Page:
        """One of our pages in these looks."""
        page = self.browser.context.new_page()
        if answers:
            page.add_init_script(f"({ANSWERS})({json.dumps(answers)})")
        page.emulate_media(color_scheme="dark" if self.scheme == "dark" else "light", reduced_motion="reduce")
        page.goto(self.browser.url(path))
        return page

    def check(self, page: Page, name: str) -> None:
        """Take a picture, run axe, and note what is serious or critical; nothing may be wider than its place."""
        name = f"{name}_{self.look}"
        page.evaluate("direction => { document.documentElement.dir = direction; }", self.direction)
        page.evaluate(DRAWN)
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / f"{name}.png")
        response = Axe().run(page).response
        serious = [
            (violation["id"], violation["help"], [node["html"][:160] for node in violation["nodes"][:3]])
            for violation in response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        wide = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll("dialog, .dialog-body, .button")]
              .filter((element) => element.scrollWidth > element.clientWidth + 1)
              .map((element) => element.className || element.tagName)"""
        )
        if serious or wide:
            self.found[name] = [*serious, *wide]

    def verdict(self) -> None:
        """Fails with all that was found."""
        assert not self.found, json.dumps(self.found, indent=1, ensure_ascii=False)


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


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("scheme", "language", "direction"), LOOKS)
def test_every_state_of_the_popup(desk: Desk, scheme: str, language: str, direction: str) -> None:
    desk.dress(scheme, language, direction)
    for name, state in popup_states(desk.accounts[:2]).items():
        page = desk.open(POPUP, {"ext.state": result(state)})
        page.set_viewport_size({"width": 360, "height": 600})
        page.wait_for_selector("#view:not([aria-busy])")
        if page.locator(".live-code").count():
            page.wait_for_selector(".digits[data-code]")
        desk.check(page, f"popup_{name}")
        if name == "stopped":
            assert page.locator(".notice").count() == 1, "a refusal is told twice"
            assert page.locator(".pill.active").count() == 0
        page.close()
    desk.verdict()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("scheme", "language", "direction"), LOOKS)
def test_every_page_and_window(desk: Desk, scheme: str, language: str, direction: str) -> None:
    desk.dress(scheme, language, direction)
    the_list(desk)
    the_settings_of_a_portal(desk)
    every_way_in(desk)
    an_import(desk)
    desk.verdict()


def the_list(desk: Desk) -> None:
    """Full, searched in vain, empty, narrow, without the host; the settings of the extension."""
    page = desk.open(PORTALS, {"portals.list": result({"portals": list_of_every_state(), "total": 5})})
    page.wait_for_selector(".portal:nth-child(5)")
    page.locator(".portal").first.hover()
    desk.check(page, "portals_list")
    if desk.direction == "rtl":
        plug, name = (
            page.locator(".plug").first.bounding_box(),
            page.locator(".portal-name").first.bounding_box(),
        )
        assert plug is not None
        assert name is not None
        assert plug["x"] < name["x"]  # mirrored
        page.locator(".portal-open").first.focus()
        page.keyboard.press("ArrowLeft")  # the way of reading
        assert page.evaluate("document.activeElement.classList.contains('plug')")
    page.set_viewport_size({"width": 400, "height": 800})
    desk.check(page, "portals_list_narrow")
    page.set_viewport_size({"width": 1100, "height": 800})
    page.fill("#search", "nothing like this")
    desk.check(page, "portals_nothing_found")
    page.click("#add")
    page.locator("dialog .primary").click()
    page.wait_for_selector("dialog .notice")
    desk.check(page, "portals_add")
    page.close()
    page = desk.open(PORTALS, {"portals.list": result({"portals": [], "total": 0})})
    page.wait_for_selector(".empty .primary")
    desk.check(page, "portals_empty")
    page.close()
    page = desk.open(PORTALS, {"portals.list": failure("hostMissing")})
    page.wait_for_selector("#problem .notice")
    desk.check(page, "portals_host_missing")
    page.close()
    page = desk.open(f"{PORTALS}#settings")
    page.wait_for_selector(".settings .panel")
    desk.check(page, "portals_settings")
    page.close()
    page = desk.open(f"{PORTALS}#capture=gone")
    page.wait_for_selector("dialog .notice")
    desk.check(page, "portals_capture_failed")
    page.close()


def the_settings_of_a_portal(desk: Desk) -> None:
    """Without a factor, and with an account in every state; what is asked before something is lost."""
    page = desk.open(f"{PORTALS}#portal={desk.ids['Amsel']}")
    page.wait_for_selector("#activate")
    page.locator("dialog summary").click()
    desk.check(page, "portals_settings_of_portal")
    page.locator(".dialog-foot .bad").click()
    page.wait_for_selector("dialog.ask")
    desk.check(page, "portals_unlink")
    page.close()

    page = desk.open(
        f"{PORTALS}#portal=p1", {"portals.list": result({"portals": [portal_of_every_account()], "total": 1})}
    )
    page.wait_for_selector("#activate")
    desk.check(page, "portals_accounts")
    page.locator(".account.pending").scroll_into_view_if_needed()
    page.locator(".account .icon-button").first.click()
    page.wait_for_selector("dialog.ask input")
    desk.check(page, "portals_edit_account")
    page.keyboard.press("Escape")
    page.locator(".account.active .icon-button").nth(1).click()
    page.wait_for_selector("dialog.ask .command")
    desk.check(page, "portals_remove_account")
    page.keyboard.press("Escape")
    page.locator(".dialog-foot .bad").click()
    page.wait_for_selector("dialog.ask .command")
    desk.check(page, "portals_unlink_accounts")
    page.close()


def every_way_in(desk: Desk) -> None:
    """From the question to the end."""
    portal = desk.ids["Amsel"]
    account = next(each for each in portal_of_every_account()["accounts"] if each["state"] == "active")
    page = desk.open(
        f"{PORTALS}#activate={portal}",
        {
            "enrol.activate": result({"account": account}),
            "enrol.compare": result({"verdict": "clock", "offsetSeconds": -90}),
        },
    )
    page.wait_for_selector("dialog.ask")
    desk.check(page, "portals_ask")
    page.locator("dialog.ask .primary").click()
    page.wait_for_selector(".way")
    desk.check(page, "portals_ways")
    ways = {"qr": "wayQr", "key": "wayKey", "phone": "wayPhone", "import": "wayImport"}
    for name, way in ways.items():
        page.locator(f"[aria-labelledby={way}]").click()
        page.wait_for_selector("dialog.wizard .dialog-body > :first-child")
        if name == "phone":
            page.wait_for_selector(".qr-image, .notice.bad")
        if name == "key":
            page.fill("textarea", "JBSW Y3DP 0HPK 3PXP 81")
            page.locator("dialog summary").click()
        if name == "import":
            page.locator("dialog summary").nth(3).click()
        desk.check(page, f"portals_{name}")
        page.locator(".dialog-foot .plain").click()
        page.wait_for_selector(".way")
    page.locator("[aria-labelledby=wayQr]").click()
    page.set_input_files("dialog input[type=file]", [picture(LISTED[0], LISTED[1])])
    page.wait_for_selector(".code-option:nth-child(2)")
    desk.check(page, "portals_pick")
    page.locator(".dialog-foot .plain").click()
    page.wait_for_selector("#choose-file")
    page.locator(".dialog-foot .plain").click()
    page.locator("[aria-labelledby=wayKey]").click()
    page.fill("textarea", KEY)
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".facts")
    page.wait_for_selector(".digits[data-code]")
    desk.check(page, "portals_confirm")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".prove-item")
    desk.check(page, "portals_prove")
    page.locator(".prove-item summary").click()
    page.wait_for_selector(".grouped-key")
    page.locator(".prove-item .add-line input").fill("123456")
    page.locator(".prove-item .add-line .button").click()
    page.locator(".prove-item .notice").scroll_into_view_if_needed()
    desk.check(page, "portals_compare")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".finished")
    desk.check(page, "portals_done")
    page.close()


def an_import(desk: Desk) -> None:
    """Accounts of an app: locked, chosen, under way, done."""
    page = desk.open(PORTALS, {"import.apply": None})
    page.wait_for_selector(".portal")
    page.click("#import")
    page.set_input_files("dialog input[type=file]", [file("locked.json", aegis_encrypted())])
    page.wait_for_selector("dialog input[type=password]")
    desk.check(page, "portals_import_locked")
    page.locator(".dialog-foot .plain").click()
    page.set_input_files("dialog input[type=file]", [file("codes.txt", "\n".join(LISTED).encode())])
    page.wait_for_selector(".import-row:nth-child(4)")
    desk.check(page, "portals_import_preview")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector("dialog progress")
    desk.check(page, "portals_import_progress")
    page.close()
    page = desk.open(PORTALS, {"import.apply": result({"accounts": ["a"]})})
    page.wait_for_selector(".portal")
    page.click("#import")
    page.set_input_files("dialog input[type=file]", [file("codes.txt", LISTED[0].encode())])
    page.wait_for_selector(".import-row")
    page.locator(".dialog-foot .primary").click()
    page.wait_for_selector(".finished")
    desk.check(page, "portals_import_done")
    page.close()


def file(name: str, data: bytes) -> FilePayload:
    """A file to choose."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def picture(*texts: str) -> FilePayload:
    """A picture with these QR codes from left to right."""
    whole = Image.new("RGB", (900, 420), "white")
    for number, text in enumerate(texts):
        buffer = io.BytesIO()
        segno.make(text).save(buffer, kind="png", scale=5)
        whole.paste(Image.open(buffer).convert("RGB"), (60 + number * 440, 60))
    buffer = io.BytesIO()
    whole.save(buffer, "PNG")
    return {"name": "two.png", "mimeType": "image/png", "buffer": buffer.getvalue()}

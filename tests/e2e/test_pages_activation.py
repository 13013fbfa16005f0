"""The activation by the names on the screen, on a third-party portal, until it signs in by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser

OUTPUT = Path(__file__).parent / "output"
PORTALS = "pages/portals/portals.html"


class Scene:
    """A portal with one customer at its set-up page, and Companies and portals in a tab beside it."""

    def __init__(self, browser: ExtensionBrowser, portal: Portal, user: User) -> None:
        self.browser = browser
        self.portal = portal
        self.user = user
        self.site = browser.context.new_page()
        drive.password_step(self.site, portal, user)
        drive.open_enrolment(self.site, portal, user)
        self.pages = browser.page(PORTALS)

    def link(self) -> None:
        """Add a portal by its address."""
        self.pages.get_by_role("button", name="Add a portal").first.click()
        self.pages.get_by_label("Address", exact=True).fill(self.portal.url)
        self.pages.get_by_label("Name (if you like)").fill("Invoices of Allauth")
        self.pages.get_by_role("button", name="Add", exact=True).click()
        self.pages.get_by_role("button", name="Done").click()

    def activate(self, way: str) -> None:
        """Hover, plug, "Activate Auto 2FA", YES, and a way in."""
        row = self.pages.locator(".portal")
        row.hover()
        plug = row.get_by_role("button", name="Portal settings of Invoices of Allauth")
        expect(plug).to_have_css("opacity", "1")
        plug.click()
        self.pages.get_by_role("button", name="Activate Auto 2FA").click()
        expect(self.pages.get_by_role("heading", name=re.compile("automatically"))).to_be_visible()
        self.pages.get_by_role("button", name="YES").click()
        self.pages.get_by_role("button", name=way, exact=True).click()

    def choose(self, name: str, mime_type: str, data: bytes) -> None:
        """Choose a file in the window."""
        payload: FilePayload = {"name": name, "mimeType": mime_type, "buffer": data}
        self.pages.set_input_files("dialog input[type=file]", payload)

    def confirm(self) -> None:
        """Keep what was read, which is shown without the secret and with the code of this moment."""
        code = self.pages.locator(".digits[data-code]")
        expect(code).to_be_visible()
        expected = pyotp.TOTP(drive.key_on_page(self.site, self.portal))
        assert code.get_attribute("data-code") in {expected.at(time.time()), expected.at(time.time() - 30)}
        self.pages.get_by_role("button", name="Keep and prove").click()
        expect(self.pages.get_by_role("heading", name="Prove it at the portal")).to_be_visible()

    def fill_set_up_page(self) -> None:
        """One click fills the portal's confirm field; the portal's answer makes the account count."""
        self.pages.get_by_role("button", name="Fill it into the set-up page").click()
        expect(self.pages.get_by_role("heading", name="All set")).to_be_visible(timeout=45_000)
        assert self.portal.enrolled(self.user)
        self.pages.get_by_role("button", name="Done").click()
        expect(self.pages.locator(".portal .pill")).to_have_text("Active")

    def sign_in(self) -> None:
        """Sign out and in again with no typed code."""
        drive.sign_out(self.site, self.portal)
        drive.password_step(self.site, self.portal, self.user)
        drive.wait_signed_in(self.site, self.portal, self.user, timeout_s=60)
        assert drive.passed_second_factor(self.site)


@pytest.fixture
def scene(home: Path, playwright: Playwright) -> Iterator[Scene]:
    user = User("customer01")
    with Portal("allauth", [user]) as portal, ExtensionBrowser(playwright) as browser:
        made = Scene(browser, portal, user)
        made.link()
        yield made


def _screenshot(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"activation_{name}.png")


def test_qr_code_on_the_page(scene: Scene) -> None:
    scene.activate("QR code")
    scene.pages.get_by_role("button", name="Capture the page").click()
    expect(scene.pages.locator(".outline.chosen")).to_be_visible()
    _screenshot(scene.pages, "pick")
    scene.pages.get_by_role("button", name="Use this code").click()
    scene.confirm()
    scene.fill_set_up_page()
    scene.sign_in()


def test_security_key_with_a_wrong_character(scene: Scene) -> None:
    key = drive.key_on_page(scene.site, scene.portal)
    scene.activate("Security key")
    field = scene.pages.get_by_label("Key or otpauth address")
    go_on = scene.pages.get_by_role("button", name="Continue")
    field.fill(f"0{key[1:]}")
    expect(scene.pages.get_by_text("Character 1 is “0”")).to_be_visible()
    expect(go_on).to_be_disabled()
    scene.pages.get_by_role("button", name="Replace 0 with O").click()
    assert field.input_value() == f"O{key[1:]}"
    field.fill(" ".join(key[start : start + 4] for start in range(0, len(key), 4)).lower())
    go_on.click()
    scene.confirm()
    assert key not in scene.pages.content()
    scene.fill_set_up_page()


def test_screenshot_file_and_comparing_with_the_app(scene: Scene) -> None:
    picture = scene.site.screenshot()
    key = drive.key_on_page(scene.site, scene.portal)
    scene.activate("QR code")
    scene.choose("shot.png", "image/png", picture)
    scene.confirm()
    set_up = scene.pages.get_by_role("button", name="The portal is set up")
    set_up.click()
    expect(scene.pages.get_by_text("Nothing has proven this factor yet.")).to_be_visible()
    scene.pages.get_by_text("Also add it to your authenticator app").click()
    shown = scene.pages.locator(".grouped-key")
    expect(shown).to_have_text(" ".join(key[start : start + 4] for start in range(0, len(key), 4)))
    scene.pages.get_by_label("Code that your app shows now").fill(pyotp.TOTP(key).now())
    scene.pages.get_by_role("button", name="Compare").click()
    expect(scene.pages.get_by_text("The same: your app and Auto 2FA agree")).to_be_visible()
    _screenshot(scene.pages, "compared")
    set_up.click()
    expect(scene.pages.get_by_role("heading", name="All set")).to_be_visible()


def test_closing_leaves_the_account_pending_and_says_so(scene: Scene) -> None:
    key = drive.key_on_page(scene.site, scene.portal)
    scene.activate("Security key")
    scene.pages.get_by_label("Key or otpauth address").fill(key)
    scene.pages.get_by_role("button", name="Continue").click()
    scene.confirm()
    scene.pages.keyboard.press("Escape")
    expect(scene.pages.locator("#toast")).to_contain_text("stays unproven")
    expect(scene.pages.locator(".portal .pill")).to_have_text("Not proven yet")
    scene.pages.locator(".portal-open").click()
    scene.pages.get_by_role("button", name="Continue the activation").click()
    expect(scene.pages.get_by_role("heading", name="Prove it at the portal")).to_be_visible()
    scene.fill_set_up_page()


def test_from_my_authenticator_app(scene: Scene) -> None:
    key = drive.key_on_page(scene.site, scene.portal)
    listed = f"otpauth://totp/Allauth:customer01?secret={key}&issuer=Allauth\n"
    listed += "otpauth://totp/Other:someone?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Other\n"
    scene.activate("From my authenticator app")
    scene.choose("codes.txt", "text/plain", listed.encode())
    rows = scene.pages.locator(".import-row")
    expect(rows).to_have_count(2)
    scene.pages.get_by_role("button", name="Select none").click()
    rows.first.locator("input[type=checkbox]").check()
    target = rows.first.get_by_role("combobox")
    expect(target).to_have_value("Invoices of Allauth")
    _screenshot(scene.pages, "import")
    scene.pages.get_by_role("button", name="Import", exact=True).click()
    expect(scene.pages.locator("dialog").get_by_text("1 account was imported")).to_be_visible()
    scene.pages.get_by_role("button", name="Done").click()
    expect(scene.pages.locator(".portal .pill")).to_have_text("Not proven yet")

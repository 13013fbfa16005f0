"""The activation by the names on the screen, on a third-party portal, until it signs in by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, Playwright, expect

from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser
from support.scene import NAME, Scene

OUTPUT = Path(__file__).parent / "output"


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
    expect(target).to_have_value(NAME)
    _screenshot(scene.pages, "import")
    scene.pages.get_by_role("button", name="Import", exact=True).click()
    expect(scene.pages.locator("dialog").get_by_text("1 account was imported")).to_be_visible()
    scene.pages.get_by_role("button", name="Done").click()
    expect(scene.pages.locator(".portal .pill")).to_have_text("Not proven yet")

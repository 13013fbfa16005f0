"""Beside the ways in (``test_every_way_in.py``): the authenticator app as well, and leaving in the middle."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, Playwright, expect

from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser
from support.scene import Scene
from support.words import word

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
    shows = scene.pages.get_by_label("Code that your app shows now")
    compare = scene.pages.get_by_role("button", name="Compare")
    shows.fill(pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").now())
    compare.click()
    expect(scene.pages.get_by_text(word("compareDifferent"))).to_be_visible()
    _screenshot(scene.pages, "compared_different")
    for seconds, key_of_words in ((300, "compareAhead"), (-300, "compareBehind")):
        shows.fill(pyotp.TOTP(key).at(time.time() + seconds))
        compare.click()
        # Ten steps off, seen from a step of which up to 30 seconds have passed.
        words = re.escape(word(key_of_words)).replace(re.escape("{seconds}"), r"(2[789]\d|3[0123]\d)")
        expect(scene.pages.get_by_text(re.compile(words))).to_be_visible()
        set_up.click()
        expect(scene.pages.get_by_text("Nothing has proven this factor yet.")).to_be_visible()
    _screenshot(scene.pages, "compared_clock")
    shows.fill(pyotp.TOTP(key).now())
    compare.click()
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

"""The activation by the names on the screen: one customer at a portal's set-up page, Companies and portals beside it."""

from __future__ import annotations

import re
import time

import pyotp
from playwright.sync_api import FilePayload, expect

from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser
from support.words import word

PORTALS = "pages/portals/portals.html"
NAME = "Our invoices"


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
        self.pages.get_by_label("Name (if you like)").fill(NAME)
        self.pages.get_by_role("button", name="Add", exact=True).click()
        self.pages.get_by_role("button", name="Done").click()

    def activate(self, way: str) -> None:
        """Hover, plug, "Activate Auto 2FA", YES, and a way in."""
        row = self.pages.locator(".portal")
        row.hover()
        plug = row.get_by_role("button", name=f"Portal settings of {NAME}")
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

    def confirm(self, username: str | None = None) -> None:
        """Keep what was read, which is shown without the secret and with the code of this moment."""
        code = self.pages.locator(".digits[data-code]")
        expect(code).to_be_visible()
        expected = pyotp.TOTP(drive.key_on_page(self.site, self.portal))
        assert code.get_attribute("data-code") in {expected.at(time.time()), expected.at(time.time() - 30)}
        if username is not None:
            self.pages.get_by_label(word("username")).fill(username)
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
        self.browser.until(self.site, lambda state: state["activity"]["phase"] == "accepted")

"""Enrolment by the real context menu on portals that we did not write, then a login with no typed code."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from portals import drive
from portals.launch import KINDS, Kind, Portal, User
from support.browser import ExtensionBrowser
from support.desktop import Desktop
from support.wizard import portals_page, press, take_over


@pytest.fixture(scope="module")
def desktop() -> object:
    with Desktop() as desktop:
        yield desktop


@pytest.mark.parametrize("kind", KINDS)
def test_right_click_enrols_and_the_next_login_types_no_code(
    home: Path, playwright: Playwright, desktop: Desktop, kind: Kind
) -> None:
    user = User("customer01")
    with (
        Portal(kind, [user]) as portal,
        ExtensionBrowser(
            playwright, display=desktop.display, arguments=["--disable-features=PasswordManagerOnboarding"]
        ) as browser,
    ):
        page = browser.context.new_page()
        drive.password_step(page, portal, user)
        drive.open_enrolment(page, portal, user)
        desktop.capture(page, "img")
        wizard = portals_page(browser)
        take_over(wizard, portal.url)
        assert not portal.enrolled(user)
        press(wizard, "fillSetup")
        wizard.get_by_text("is active").first.wait_for(timeout=45_000)
        assert portal.enrolled(user)
        page.bring_to_front()
        drive.sign_out(page, portal)
        start = time.monotonic()
        drive.password_step(page, portal, user)
        drive.wait_signed_in(page, portal, user, timeout_s=45)
        assert drive.passed_second_factor(page)
        assert time.monotonic() - start < 40
        state = browser.until(page, lambda state: state["activity"]["phase"] == "accepted")
        assert state["portal"]["state"] == "active"

"""The main job in a real Chromium on portals that we did not write: sign in with no typed code."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from auto2fa.cli import main
from portals import drive
from portals.launch import KINDS, Kind, Portal, User
from support.browser import ExtensionBrowser

KEY = "GEZDGNBVGY3TQOJQ"  # 80 bits, as many portals hand out


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_added_in_the_terminal_signs_in(home: Path, playwright: Playwright, kind: Kind) -> None:
    user = User("customer01", secret=KEY)
    with Portal(kind, [user]) as portal:
        assert main(["add", "--site", portal.url, "--key", KEY, "--account", user.name]) == 0
        with ExtensionBrowser(playwright) as browser:
            page = browser.context.new_page()
            drive.password_step(page, portal, user)
            drive.wait_signed_in(page, portal, user, timeout_s=45)
            assert drive.passed_second_factor(page)
            state = browser.until(page, lambda state: state["activity"]["phase"] == "accepted")
            assert state["portal"]["state"] == "active"

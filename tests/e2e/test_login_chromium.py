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
        account = portal.login_name(user)
        assert main(["add", "--site", portal.url, "--key", KEY, "--account", account]) == 0
        with ExtensionBrowser(playwright) as browser:
            page = browser.context.new_page()
            drive.password_step(page, portal, user)
            drive.wait_signed_in(page, portal, user, timeout_s=45)
            assert drive.passed_second_factor(page)
            state = browser.until(page, lambda state: state["activity"]["phase"] == "accepted")
            assert state["portal"]["state"] == "active"


def test_two_accounts_of_one_portal_are_told_apart_by_the_user_name(
    home: Path, playwright: Playwright
) -> None:
    users = [User("customer01", secret=KEY), User("customer02", secret=KEY[::-1])]
    with Portal("two_factor", users) as portal:
        for user in users:
            assert main(["add", "--site", portal.url, "--key", str(user.secret), "--account", user.name]) == 0
        with ExtensionBrowser(playwright) as browser:
            for user in users:
                browser.context.clear_cookies()
                page = browser.context.new_page()
                drive.password_step(page, portal, user)
                drive.wait_signed_in(page, portal, user, timeout_s=45)
                assert drive.passed_second_factor(page)

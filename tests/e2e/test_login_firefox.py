"""The main job in a real Firefox on portals that we did not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from auto2fa.cli import main
from portals.invoices import HOME
from portals.launch import KINDS, Kind, Portal, User
from support.firefox import FirefoxBrowser

KEY = "GEZDGNBVGY3TQOJQ"  # 80 bits, as many portals hand out


def password_step(browser: FirefoxBrowser, portal: Portal, user: User) -> None:
    """Open the login page, give user name and password."""
    pages = portal.pages
    browser.goto(portal.login_url)
    browser.type(pages.username, user.name)
    browser.type(pages.password, user.password + "\ue007")


def wait_signed_in(browser: FirefoxBrowser, portal: Portal, user: User) -> None:
    """Wait for the invoices page, and for its word that a second factor protects this session."""
    browser.wait(lambda: browser.current_url == portal.home_url, "not signed in", seconds=45)
    browser.wait_for_text(HOME + user.name)
    assert browser.evaluate("document.querySelector('#factor').innerText") == "second factor: yes"


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_added_in_the_terminal_signs_in(home: Path, kind: Kind) -> None:
    user = User("customer01", secret=KEY)
    with Portal(kind, [user]) as portal:
        assert main(["add", "--site", portal.url, "--key", KEY, "--account", user.name]) == 0
        with FirefoxBrowser() as browser:
            password_step(browser, portal, user)
            wait_signed_in(browser, portal, user)
            state = browser.until(portal.home_url, lambda state: state["activity"]["phase"] == "accepted")
            assert state["portal"]["state"] == "active"

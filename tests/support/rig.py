"""One Chromium, the little portal and the terminal's log, for many logins in a row."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from auto2fa.cli import main
from support.browser import ExtensionBrowser
from support.little_portal import LittlePortal, Site

State = dict[str, Any]


def release_log(site: str) -> list[dict[str, Any]]:
    """``auto2fa log SITE --json``, oldest line first."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["log", site, "--json"]) == 0
    lines: list[dict[str, Any]] = json.loads(said.getvalue())
    return sorted(lines, key=lambda line: line["at"])


class Rig:
    """A browser with one of our pages open, from which the background is asked."""

    def __init__(self, browser: ExtensionBrowser, portal: LittlePortal) -> None:
        self.browser = browser
        self.portal = portal
        self.own = browser.page("pages/popup/popup.html?tab=-1")
        self._tabs: dict[Page, int] = {}

    def page(self) -> Page:
        """A tab whose number is known from the start: later its address may change at any moment."""
        page = self.browser.context.new_page()
        page.goto(f"http://127.0.0.1:{self.portal.port}/blank?{len(self._tabs)}")
        self._tabs[page] = self.browser.tab_id(page)
        return page

    def tab(self, page: Page) -> int:
        """The browser's own number of the page's tab."""
        return self._tabs[page]

    def fill(self, page: Page, account_id: str | None = None) -> None:
        """What the popup's button does."""
        self.browser.api(self.own, "ext.fill", tabId=self.tab(page), accountId=account_id)

    def login(self, page: Page, site: Site, user: str = "mia") -> None:
        """The password step; ends on the prompt."""
        self.open_login(page, site, user)
        self.send_login(page, site)

    def open_login(self, page: Page, site: Site, user: str = "mia") -> None:
        """User name and password are typed, and not sent yet."""
        page.goto(site.url + "/login")
        page.fill("[name=username]", user)
        page.fill("[name=password]", "Rechnung-4711")

    def send_login(self, page: Page, site: Site) -> None:
        """Ends on the prompt."""
        page.click("button")
        page.wait_for_url(site.url + "/prompt")

    def state(self, page: Page) -> State:
        """``ext.state`` of the page's tab."""
        found: State = self.browser.api(self.own, "ext.state", tabId=self.tab(page))
        return found

    def until(self, page: Page, ready: Callable[[State], Any], *, seconds: float = 15) -> State:
        """Wait for a state of the page's tab."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.state(page)
            if ready(state):
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.1)

    def phase(self, page: Page, phase: str, *, seconds: float = 15) -> State:
        """Wait until the popup would show this phase."""
        return self.until(page, lambda state: state["activity"]["phase"] == phase, seconds=seconds)

    def badge(self, page: Page) -> str:
        """What the toolbar button says about the page's tab."""
        return str(
            self.browser.worker.evaluate("tabId => chrome.action.getBadgeText({tabId})", self.tab(page))
        )

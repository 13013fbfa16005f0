"""Pages that the browser keeps in memory when they are left: nothing loads when they come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import little_portal as little
from support.accounts import add_account
from support.firefox import FirefoxBrowser
from support.little_portal import Behaviour, LittlePortal
from support.rig import release_log


def test_a_prompt_that_comes_back_by_the_back_button_is_filled(home: Path) -> None:
    """In Firefox, since Chromium keeps no pages while it is driven by a program."""
    with LittlePortal({"back": Behaviour(little.PLAIN, period=5)}) as portal, FirefoxBrowser() as browser:
        site = portal["back"]
        add_account(site.url, little.KEY, "mia", period=5)

        def allow(wanted: bool) -> None:
            with browser.own_page():
                found: dict[str, Any] = browser.api("portals.find", origin=site.url)["portal"]
                settings = {**found["settings"], "autoFill": wanted}
                browser.api("portals.update", portalId=found["id"], settings=settings)

        allow(False)
        browser.goto(site.url + "/prompt")
        browser.until(site.url + "/prompt", lambda state: state["activity"]["why"] == "autoFillOff")
        browser.evaluate(
            "addEventListener('pageshow', (event) => { sessionStorage.kept = event.persisted; }) ?? 1"
        )
        browser.goto(site.url + "/home")
        allow(True)
        browser.do("WebDriver:Back")
        browser.wait(lambda: browser.current_url == site.url + "/home", "the prompt was not filled")
        browser.until(site.url + "/home", lambda state: state["activity"]["phase"] == "accepted")
        assert browser.evaluate("sessionStorage.kept") == "true"
        assert [reaction for _code, reaction in site.codes] == ["right"]
        assert [line["outcome"] for line in release_log(site.url)] == ["accepted"]

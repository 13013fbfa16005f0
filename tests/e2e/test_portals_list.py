"""Companies and portals by keyboard: search, sort, the plug, and all that a portal's settings change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from auto2fa.otp.keys import parse_key
from auto2fa.portals import book, enrolment
from auto2fa.vault.records import PortalRecord
from support.accounts import add_account
from support.browser import ExtensionBrowser
from support.vaults import entries_in_keyring, opened_vault
from support.words import word

MANY = 300
SITE = "https://konto.zuercher-strom.example"
OLD = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NEW = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def page(home: Path, playwright: Playwright) -> Iterator[Page]:
    """300 portals; the last by name has an account, and an earlier one that it replaced."""
    del home
    old = add_account(SITE, OLD, "rechnung@muster.example")
    with opened_vault() as vault:
        book.change(vault, old.portal_id, name="Zürcher Strom")
        factor, _ = parse_key(NEW, name="rechnung@muster.example")
        new = enrolment.keep(vault, factor, portal_id=old.portal_id, replaces=old.id)
        vault.activate(new.id)
        for number in range(1, MANY):
            book.link(vault, f"https://portal{number}.example", name=f"Portal {number}")
    with ExtensionBrowser(playwright) as browser:
        made = browser.page("pages/portals/portals.html")
        made.wait_for_selector(f".portal:nth-child({MANY})", state="attached")
        yield made


def names(page: Page) -> list[str]:
    return page.locator(".portal-name").all_text_contents()


def linked(name: str) -> PortalRecord:
    with opened_vault() as vault:
        (found,) = [portal for portal in vault.index.portals() if portal.name == name]
        return found


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def in_dialog(page: Page, key: str, **params: str) -> Locator:
    """A button of the upper window by its words."""
    return page.locator("dialog").last.get_by_role("button", name=word(key, **params), exact=True)


def test_search_and_sort(page: Page) -> None:
    assert names(page)[:3] == ["Portal 1", "Portal 2", "Portal 3"]  # numbers count as numbers
    assert names(page)[-1] == "Zürcher Strom"
    press(page, "/")
    expect(page.locator("#search")).to_be_focused()
    for query, count in (
        ("zurcher", 1),  # without the accent
        ("STROM zür", 1),  # every word, in any order
        ("rechnung@", 1),  # by account
        ("portal29.example", 1),  # by site
        ("portal 29", 13),
        ("nobody at all", 0),
        ("", MANY),
    ):
        page.fill("#search", query)
        expect(page.locator(".portal")).to_have_count(count)
    page.fill("#search", "nobody at all")
    page.get_by_role("button", name=word("clearSearch")).click()
    expect(page.locator("#search")).to_be_focused()
    page.select_option("#sort", "state")
    assert names(page)[0] == "Portal 1"  # no second factor yet: these need a hand
    page.select_option("#sort", "used")
    page.select_option("#sort", "added")
    expect(page.locator(".portal")).to_have_count(MANY)  # drawn in pieces
    assert names(page)[-1] == "Zürcher Strom"


def test_by_keyboard_alone(page: Page) -> None:
    page.focus("#search")
    press(page, "ArrowDown")
    row = page.locator(".portal").first
    expect(row.locator(".portal-open")).to_be_focused()
    press(page, "End")
    last = page.locator(".portal").last
    expect(last.locator(".portal-open")).to_be_focused()
    expect(last).to_be_in_viewport()
    press(page, "ArrowRight")
    plug = last.locator(".plug")
    expect(plug).to_be_focused()
    expect(plug).to_have_css("opacity", "1")
    press(page, "Enter")
    activate = in_dialog(page, "activate")
    expect(activate).to_be_visible()
    box, window = activate.bounding_box(), page.locator("dialog").bounding_box()
    assert box is not None
    assert window is not None
    # At the bottom left, where the feature's description has it.
    assert box["x"] - window["x"] < 40
    assert window["y"] + window["height"] - (box["y"] + box["height"]) < 40
    press(page, "Escape")
    expect(plug).to_be_focused()
    press(page, "Home")
    expect(page.locator(".portal .plug").first).to_be_focused()
    press(page, "ArrowUp")
    expect(page.locator("#search")).to_be_focused()


def test_the_settings_of_a_portal(page: Page) -> None:
    page.fill("#search", "zürcher")
    page.locator(".portal-open").click()
    dialog = page.locator("dialog")

    # The earlier factor is still there and can be taken back.
    expect(dialog.locator(".account.replaced")).to_contain_text("rechnung@muster.example")
    assert {account.state for account in linked("Zürcher Strom").accounts} == {"active", "replaced"}
    in_dialog(page, "takeBack").click()
    expect(page.locator("#toast")).to_contain_text(word("takenBack"))
    with opened_vault() as vault:
        (portal,) = [each for each in vault.index.portals() if each.name == "Zürcher Strom"]
        (active,) = portal.in_state("active")
        assert OLD in vault.uri(active)

    # Name, sites, what is done by itself.
    page.get_by_label(word("name"), exact=True).fill("Strom & Gas")
    page.get_by_label(word("addSiteLabel")).fill("login.zuercher-strom.example")
    in_dialog(page, "addSite").click()
    expect(dialog.get_by_text("login.zuercher-strom.example")).to_be_visible()
    dialog.get_by_role("switch", name=word("set_autoSubmit")).uncheck()
    until(lambda: linked("Strom & Gas").settings["auto_submit"] is False)
    assert linked("Strom & Gas").origins == [SITE, "https://login.zuercher-strom.example"]
    in_dialog(page, "removeSite", site="login.zuercher-strom.example").click()
    until(lambda: linked("Strom & Gas").origins == [SITE])

    # Unlinking says what is lost and offers a backup; Keep keeps.
    before = entries_in_keyring()
    in_dialog(page, "unlink").click()
    asked = page.locator("dialog").last
    expect(asked).to_contain_text(word("unlinkLost"))
    expect(asked).to_contain_text("auto2fa export")
    in_dialog(page, "keep").click()
    assert linked("Strom & Gas")
    in_dialog(page, "unlink").click()
    in_dialog(page, "unlinkDo").click()
    expect(page.locator("#toast")).to_contain_text(word("unlinked", portal="Strom & Gas"))
    page.fill("#search", "")
    expect(page.locator(".portal")).to_have_count(MANY - 1)
    assert len(before - entries_in_keyring()) == 2  # both factors are gone


def until(ready: object, seconds: float = 10) -> None:
    """Wait until ``ready()``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if callable(ready) and ready():
                return
        except ValueError:
            pass  # not there under this name yet
        assert time.monotonic() < deadline
        time.sleep(0.05)

"""The popup's buttons, pressed by their words, through the real background and host."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from auto2fa.otp.keys import parse_key
from auto2fa.portals import enrolment
from support import little_portal as little
from support.accounts import add_account
from support.browser import ExtensionBrowser
from support.little_portal import Behaviour, LittlePortal, Site
from support.rig import Rig, release_log
from support.vaults import entries_in_keyring, opened_vault
from support.words import word

PERIOD = 5
PORTALS = "pages/portals/portals.html"


class Popup:
    """The popup of one tab, shown as a page of its own beside it."""

    def __init__(self, rig: Rig, tab: Page) -> None:
        self.page = rig.browser.page(f"pages/popup/popup.html?tab={rig.tab(tab)}")

    def button(self, key: str, **params: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=word(key, **params), exact=True)


@pytest.fixture
def rig(home: Path, playwright: Playwright) -> Iterator[Rig]:
    del home
    behaviours = {"shop": Behaviour(little.PLAIN)}
    with LittlePortal(behaviours) as portal, ExtensionBrowser(playwright) as browser:
        yield Rig(browser, portal)


@pytest.fixture
def tab(rig: Rig) -> Page:
    return rig.page()


@pytest.fixture
def site(rig: Rig) -> Site:
    return rig.portal["shop"]


def add(rig: Rig, site: Site, user: str, key: str = little.KEY) -> str:
    """An account in use; returns once the browser knows its portal."""
    account = add_account(site.url, key, user, period=PERIOD)
    deadline = time.monotonic() + 15
    while not any(f"{site.url}/*" in script["matches"] for script in scripts(rig)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return account.id


def scripts(rig: Rig) -> list[dict[str, list[str]]]:
    """The content scripts that the browser runs in portals."""
    found: list[dict[str, list[str]]] = rig.browser.worker.evaluate(
        "() => chrome.scripting.getRegisteredContentScripts()"
    )
    return found


def by_hand(rig: Rig) -> None:
    """Nothing is filled unasked from here on."""
    (portal,) = rig.browser.api(rig.own, "portals.list")["portals"]
    settings = {**portal["settings"], "autoFill": False}
    rig.browser.api(rig.own, "portals.update", portalId=portal["id"], settings=settings)


def test_link_this_site_then_activate(rig: Rig, tab: Page, site: Site) -> None:
    tab.goto(site.url + "/login")
    popup = Popup(rig, tab)
    popup.button("linkThisSite").click()
    expect(popup.button("activate")).to_be_visible(timeout=15_000)
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
    assert portal.origins == [site.url]
    with rig.browser.context.expect_page() as opened:
        popup.button("activate").click()
    title = word("askAutomatically", portal=portal.name)
    expect(opened.value.get_by_role("heading", name=title)).to_be_visible(timeout=15_000)


def test_choose_an_account_and_fill_now(rig: Rig, tab: Page, site: Site) -> None:
    add(rig, site, "head office", little.OTHER_KEY)
    right = add(rig, site, "branch")
    rig.login(tab, site, "somebody")
    rig.phase(tab, "choose")
    popup = Popup(rig, tab)
    expect(popup.page.get_by_role("heading", name=word("activityChoose"))).to_be_visible()
    popup.page.get_by_role("button", name="branch", exact=True).click()
    rig.phase(tab, "accepted")
    expect(popup.page.get_by_text(word("activityAccepted"), exact=True)).to_be_visible()
    assert release_log(site.url)[-1]["accountId"] == right

    by_hand(rig)
    rig.login(tab, site, "somebody")
    picker = popup.page.get_by_role("combobox", name=word("account"))
    picker.select_option("head office")
    expect(popup.page.locator(".card-label")).to_contain_text("head office")
    picker.select_option("branch")
    expect(popup.page.locator(".card-label")).to_contain_text("branch")
    rig.until(tab, lambda state: state["prompt"])
    assert tab.input_value("#code") == ""
    popup.button("fillNow").click()
    rig.phase(tab, "accepted")
    assert [line["accountId"] for line in release_log(site.url)] == [right, right]


def test_why_copy_not_here_and_here_again(rig: Rig, tab: Page, site: Site) -> None:
    add(rig, site, "mia")
    by_hand(rig)
    rig.login(tab, site)
    rig.until(tab, lambda state: state["prompt"])
    popup = Popup(rig, tab)

    popup.button("why").click()
    panel = popup.page.get_by_role("region", name=word("why"))
    expect(panel.get_by_role("heading", name=word("whyField", label="Authentication code"))).to_be_visible()
    frames = rig.browser.api(rig.own, "ext.why", tabId=rig.tab(tab))
    signs = [sign for frame in frames for field in frame["fields"] for sign in field["evidence"]]
    assert len(signs) > 2
    said = panel.get_by_role("listitem").all_inner_texts()
    assert len(said) == len(signs)
    for sign in signs:
        # Words of the language, never the sign's own name.
        assert not [line for line in said if line.split(" ")[0] == sign["sign"]], sign

    rig.browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    popup.page.bring_to_front()
    shown = popup.page.locator(".digits[data-code]")
    expect(shown).to_be_visible()
    popup.button("copyCode").click()
    copied = popup.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"\d{6}", copied)
    deadline = time.monotonic() + 2 * PERIOD
    while shown.get_attribute("data-code") == copied:  # it was the code on show, which the next one replaces
        assert time.monotonic() < deadline
        time.sleep(0.1)

    popup.button("notHere").click()
    rig.until(tab, lambda state: state["prompt"] is None)
    expect(popup.button("notHere")).to_be_hidden()
    tab.reload()  # at once: the new document knows it already
    time.sleep(1)
    assert rig.state(tab)["prompt"] is None
    assert rig.state(tab)["activity"]["phase"] == "idle"

    tab.bring_to_front()
    tab.focus("#code")
    rig.browser.api(rig.own, "ext.teach", tabId=rig.tab(tab), how="here")  # what the menu's item does
    rig.until(tab, lambda state: state["prompt"])
    expect(popup.button("notHere")).to_be_visible()
    popup.button("fillNow").click()
    rig.phase(tab, "accepted")


def test_an_earlier_factor_is_taken_back(rig: Rig, tab: Page, site: Site) -> None:
    earlier = add(rig, site, "mia")
    with opened_vault() as vault:
        factor, _notes = parse_key(little.OTHER_KEY, period=PERIOD, name="mia")
        portal = vault.index.portals()[0]
        later = enrolment.keep(vault, factor, portal_id=portal.id, username="mia", replaces=earlier)
        vault.activate(later.id)
    page = rig.browser.page(f"{PORTALS}#portal={portal.id}")
    page.get_by_role("button", name=word("takeBack"), exact=True).click()
    expect(page.locator("#toast")).to_contain_text(word("takenBack"))
    with opened_vault() as vault:
        assert {each.id: each.state for each in vault.index.portals()[0].accounts} == {
            earlier: "active",
            later.id: "replaced",
        }
    rig.login(tab, site)
    rig.phase(tab, "accepted")
    assert [line["accountId"] for line in release_log(site.url)] == [earlier]


def test_unlink_to_its_end(rig: Rig, tab: Page, site: Site) -> None:
    account = add(rig, site, "mia")
    by_hand(rig)
    rig.login(tab, site)
    rig.until(tab, lambda state: state["prompt"])
    popup = Popup(rig, tab)
    with rig.browser.context.expect_page() as opened:
        name = popup.page.locator(".who h2").inner_text()
        popup.button("portalSettingsOf", portal=name).click()
    page = opened.value
    page.get_by_role("button", name=word("unlink"), exact=True).click()
    question = page.get_by_role("dialog", name=word("unlinkAsk", portal=name))
    expect(question).to_contain_text("mia")
    expect(question).to_contain_text("auto2fa export")
    question.get_by_role("button", name=word("keep"), exact=True).click()
    assert account in entries_in_keyring()
    page.get_by_role("button", name=word("unlink"), exact=True).click()
    question.get_by_role("button", name=word("unlinkDo"), exact=True).click()
    expect(page.locator("#toast")).to_contain_text(word("unlinked", portal=name))
    assert account not in entries_in_keyring()
    with opened_vault() as vault:
        assert vault.index.portals() == []
    assert not any(f"{site.url}/*" in script["matches"] for script in scripts(rig))
    expect(popup.button("linkThisSite")).to_be_visible()


def test_german_and_back(rig: Rig, tab: Page, site: Site) -> None:
    tab.goto(site.url + "/login")
    popup = Popup(rig, tab)
    page = rig.browser.page(f"{PORTALS}#settings")
    page.get_by_label(word("language"), exact=True).select_option("de")
    expect(page.get_by_label(word("language", "de"), exact=True)).to_have_value("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    popup.page.reload()
    german = popup.page.get_by_role("button", name=word("linkThisSite", "de"), exact=True)
    expect(german).to_be_visible()
    assert word("linkThisSite", "de") != word("linkThisSite")
    page.get_by_label(word("language", "de"), exact=True).select_option("en")
    expect(page.get_by_label(word("language"), exact=True)).to_have_value("en")
    popup.page.reload()
    expect(popup.button("linkThisSite")).to_be_visible()

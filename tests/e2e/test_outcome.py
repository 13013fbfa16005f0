"""What becomes of a code on portals that behave as badly as real ones: one Chromium, many little portals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from auto2fa.demo.keyring_session import KeyringSession
from auto2fa.portals import book, release
from auto2fa.vault.index import Index
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault
from support import little_portal as little
from support.accounts import add_account
from support.browser import ApiError, ExtensionBrowser
from support.little_portal import Behaviour, LittlePortal, Site
from support.rig import Rig, release_log

PERIOD = 5
LONG_WAIT_S = 5.0
"""Time enough to end the background in the middle of a wait."""
GLANCE_MS = 300
"""Less than what the background takes to be sure of an outcome."""
NOTHING_S = 2.5
"""Time in which something that must not happen would have happened: a fill takes a fifth of it."""

BEHAVIOURS = {
    "thrown-back": Behaviour(little.PLAIN, little.thrown_back, key=little.OTHER_KEY),
    "prompt-removed": Behaviour(little.PLAIN, little.prompt_removed, key=little.OTHER_KEY),
    "late-again": Behaviour(little.PLAIN, little.late_again, key=little.OTHER_KEY),
    "spa-wrong": Behaviour(little.SINGLE_PAGE, key=little.OTHER_KEY),
    "spa-right": Behaviour(little.SINGLE_PAGE),
    "account-page": Behaviour(little.ACCOUNT_PAGE),
    "then-sms": Behaviour(little.PLAIN, accepted=little.then_sms),
    "spa-then-email": Behaviour(little.SINGLE_PAGE_THEN_EMAIL),
    "german-live": Behaviour(little.GERMAN_LIVE, key=little.OTHER_KEY),
    "locks": Behaviour(little.PLAIN, most_tries=0),
    "self-sending": Behaviour(little.SELF_SENDING),
    "inner": Behaviour(little.PLAIN),
    "outer": Behaviour(little.framed("http://inner.localhost:{port}/prompt")),
    "victim": Behaviour(little.PLAIN),
    "stranger": Behaviour(little.framed("http://victim.localhost:{port}/prompt")),
    "typing": Behaviour(little.PLAIN),
    "sms": Behaviour(little.SMS),
    "by-hand": Behaviour(little.PLAIN),
    "two-accounts": Behaviour(little.PLAIN),
    "host-killed": Behaviour(little.PLAIN, period=10),
    "quick": Behaviour(little.PLAIN),
    "locked-keyring": Behaviour(little.PLAIN),
    "worker-dies": Behaviour(little.PLAIN, period=10),
    "unclear": Behaviour(little.PLAIN),
    "slow-answer": Behaviour(little.SLOW),
}


@pytest.fixture(scope="module")
def rig(module_home: Path, playwright: Playwright) -> Iterator[Rig]:
    with LittlePortal(BEHAVIOURS) as portal, ExtensionBrowser(playwright) as browser:
        yield Rig(browser, portal)


@pytest.fixture
def page(rig: Rig) -> Iterator[Page]:
    """A tab of its own."""
    made = rig.page()
    yield made
    made.close()


def add(rig: Rig, name: str, user: str = "mia", key: str = little.KEY) -> str:
    """An account of this portal; its id. Returns once the browser's scripts know the portal."""
    site = rig.portal[name]
    account = add_account(site.url, key, user, period=site.behaviour.period)
    deadline = time.monotonic() + 5
    while True:
        scripts = rig.browser.worker.evaluate("() => chrome.scripting.getRegisteredContentScripts()")
        if any(f"{site.url}/*" in script["matches"] for script in scripts):
            return account.id
        assert time.monotonic() < deadline, scripts
        time.sleep(0.05)


def outcomes(rig: Rig, name: str) -> list[str]:
    """Outcomes of every code released to this portal."""
    return [line["outcome"] for line in release_log(rig.portal[name].url)]


def reactions(rig: Rig, name: str) -> list[str]:
    """What the portal itself said to every code that it got."""
    return [reaction for _code, reaction in rig.portal[name].codes]


# --- refused ------------------------------------------------------------------------------------------------


def test_thrown_back_to_the_login_page_counts_as_refused(rig: Rig, page: Page) -> None:
    """The second and last try is at the next login; then it stops."""
    add(rig, "thrown-back")
    rig.login(page, rig.portal["thrown-back"])
    state = rig.phase(page, "refused")
    assert state["activity"]["why"] == "loginAgain"
    rig.login(page, rig.portal["thrown-back"])
    rig.phase(page, "stopped", seconds=20)
    assert outcomes(rig, "thrown-back") == ["refused", "refused"]
    assert reactions(rig, "thrown-back") == ["wrong", "wrong"]


@pytest.mark.parametrize("name", ["prompt-removed", "german-live"])
def test_refusals_without_the_usual_signs(rig: Rig, page: Page, name: str) -> None:
    """An error in place of the prompt; German words in a live region alone, with no navigation."""
    add(rig, name)
    rig.login(page, rig.portal[name])
    rig.until(page, lambda _: outcomes(rig, name) == ["refused"])
    assert release_log(rig.portal[name].url)[0]["why"]


def test_a_prompt_that_comes_again_only_when_all_has_loaded(rig: Rig, page: Page) -> None:
    """Meanwhile the page shows neither prompt nor password, which is no sign of success."""
    add(rig, "late-again")
    rig.login(page, rig.portal["late-again"])
    rig.phase(page, "stopped", seconds=25)
    assert outcomes(rig, "late-again") == ["refused", "refused"]


def test_a_page_that_repeats_its_error_word_by_word(rig: Rig, page: Page) -> None:
    """Nothing on the page tells the second refusal from the first; it must count all the same."""
    add(rig, "spa-wrong")
    rig.login(page, rig.portal["spa-wrong"])
    state = rig.phase(page, "stopped", seconds=25)
    assert state["activity"]["why"] not in ("", "noReaction"), "the page's own words are known"
    assert outcomes(rig, "spa-wrong") == ["refused", "refused"]
    assert reactions(rig, "spa-wrong") == ["wrong", "wrong"]


def test_a_lock_out_stops_at_once(rig: Rig, page: Page) -> None:
    add(rig, "locks")
    rig.login(page, rig.portal["locks"])
    state = rig.phase(page, "stopped")
    assert "Too many" in state["activity"]["why"]
    assert state["portal"]["state"] == "attention"
    time.sleep(PERIOD)
    assert outcomes(rig, "locks") == ["locked"]
    assert len(reactions(rig, "locks")) == 1


# --- accepted -----------------------------------------------------------------------------------------------


def test_a_single_page_application_accepts_without_navigation(rig: Rig, page: Page) -> None:
    add(rig, "spa-right")
    rig.login(page, rig.portal["spa-right"])
    state = rig.phase(page, "accepted")
    assert state["activity"]["why"] == "promptGone"
    assert page.inner_text("h1") == "Your invoices"
    assert outcomes(rig, "spa-right") == ["accepted"]


def test_fields_of_an_account_page_do_not_hold_up_the_acceptance(rig: Rig, page: Page) -> None:
    """They stand beside words about the second factor, but ask for none."""
    add(rig, "account-page")
    rig.login(page, rig.portal["account-page"])
    rig.phase(page, "accepted")
    assert outcomes(rig, "account-page") == ["accepted"]


@pytest.mark.parametrize("name", ["then-sms", "spa-then-email"])
def test_a_step_that_asks_for_another_code_means_that_the_first_was_right(
    rig: Rig, page: Page, name: str
) -> None:
    add(rig, name)
    rig.login(page, rig.portal[name])
    state = rig.phase(page, "accepted")
    assert state["activity"]["why"] == "nextStep"
    assert outcomes(rig, name) == ["accepted"]
    assert reactions(rig, name) == ["right"]


def test_a_portal_that_submits_on_the_sixth_digit_gets_one_code(rig: Rig, page: Page) -> None:
    add(rig, "self-sending")
    rig.login(page, rig.portal["self-sending"])
    rig.phase(page, "accepted")
    assert page.url == rig.portal["self-sending"].url + "/home"
    assert reactions(rig, "self-sending") == ["right"]


def test_whoever_leaves_at_once_was_signed_in_all_the_same(rig: Rig, page: Page) -> None:
    """Out and in again, or the tab closed, before the outcome was settled: neither is a refusal."""
    add(rig, "quick")
    site = rig.portal["quick"]
    for _ in range(2):
        rig.login(page, site)
        page.wait_for_url(site.url + "/home")
        page.wait_for_timeout(GLANCE_MS)
    page.close()
    deadline = time.monotonic() + 10
    while outcomes(rig, "quick") != ["accepted", "accepted"]:
        assert time.monotonic() < deadline, release_log(site.url)
        time.sleep(0.1)
    assert reactions(rig, "quick") == ["right", "right"]


# --- frames -------------------------------------------------------------------------------------------------


def test_a_frame_of_the_same_portal_gets_its_code(rig: Rig, page: Page) -> None:
    """The frame has another origin than the page; the portal lists both."""
    outer, inner = rig.portal["outer"], rig.portal["inner"]
    vault = Vault(Index(), Secrets())
    linked = book.link(vault, outer.url)
    book.link(vault, inner.url, portal_id=linked.id)
    vault.index.close()
    add(rig, "outer")
    rig.login(page, outer)
    rig.phase(page, "accepted")
    assert page.frames[1].url == inner.url + "/home"
    assert reactions(rig, "inner") == ["right"]


def test_a_frame_in_a_strange_page_gets_no_code(rig: Rig, page: Page) -> None:
    add(rig, "victim")
    rig.login(page, rig.portal["stranger"])
    state = rig.phase(page, "notfilled")
    assert state["activity"]["error"]["name"] == "frameNotLinked"
    time.sleep(NOTHING_S)
    assert page.frames[1].input_value("#code") == ""
    assert outcomes(rig, "victim") == []
    with pytest.raises(ApiError, match="frameNotLinked"):
        rig.fill(page)
    assert page.frames[1].input_value("#code") == ""


# --- hands off ----------------------------------------------------------------------------------------------


def test_what_the_user_types_is_not_overwritten(rig: Rig, page: Page) -> None:
    """He starts to type while the fill waits for a fresh step."""
    add(rig, "typing")
    site = rig.portal["typing"]
    rig.login(page, site)
    rig.phase(page, "accepted")
    rig.login(page, site)
    rig.phase(page, "waiting", seconds=5)
    page.locator("#code").press_sequentially("12")
    state = rig.phase(page, "notfilled")
    assert state["activity"]["why"] == "userTyped"
    assert page.input_value("#code") == "12"
    assert reactions(rig, "typing") == ["right"]


def test_a_code_that_comes_by_sms_is_never_filled(rig: Rig, page: Page) -> None:
    add(rig, "sms")
    rig.login(page, rig.portal["sms"])
    state = rig.until(page, lambda state: state["prompt"])
    assert state["prompt"]["kind"] == "sms"
    time.sleep(NOTHING_S)
    assert page.input_value("#code") == ""
    with pytest.raises(ApiError, match="noPrompt"):
        rig.fill(page)
    assert page.input_value("#code") == ""
    assert outcomes(rig, "sms") == []


def test_with_automatic_filling_off_only_the_popup_fills(rig: Rig, page: Page) -> None:
    add(rig, "by-hand")
    site = rig.portal["by-hand"]
    found = rig.browser.api(rig.own, "portals.find", origin=site.url)["portal"]
    rig.browser.api(
        rig.own, "portals.update", portalId=found["id"], settings={**found["settings"], "autoFill": False}
    )
    rig.login(page, site)
    rig.until(page, lambda state: state["activity"]["why"] == "autoFillOff")
    time.sleep(NOTHING_S)
    assert page.input_value("#code") == ""
    assert outcomes(rig, "by-hand") == []
    rig.fill(page)
    rig.phase(page, "accepted")
    assert reactions(rig, "by-hand") == ["right"]


def test_two_accounts_are_told_apart_by_the_user_name_or_chosen(rig: Rig, page: Page) -> None:
    site = rig.portal["two-accounts"]
    add(rig, "two-accounts", "mia", little.OTHER_KEY)
    right = add(rig, "two-accounts", "noah")
    rig.login(page, site, "noah")
    rig.phase(page, "accepted")
    assert release_log(site.url)[-1]["accountId"] == right
    rig.login(page, site, "somebody else")
    state = rig.phase(page, "choose")
    assert {choice["username"] for choice in state["activity"]["choices"]} == {"mia", "noah"}
    assert rig.badge(page) == "?"
    time.sleep(NOTHING_S)
    assert page.input_value("#code") == ""
    rig.fill(page, right)
    rig.phase(page, "accepted")
    assert reactions(rig, "two-accounts") == ["right", "right"]


# --- the host -----------------------------------------------------------------------------------------------


def login_that_waits(rig: Rig, page: Page, site: Site) -> None:
    """Sign in until the code has to be waited for, long enough to do something meanwhile."""
    while True:
        rig.login(page, site)
        state = rig.until(page, lambda state: state["activity"]["phase"] in ("waiting", "accepted"))
        if state["activity"]["phase"] == "accepted":
            continue
        if state["activity"]["until"] / 1000 - time.time() > LONG_WAIT_S:
            return
        rig.phase(page, "accepted")


def host_processes(home: Path) -> list[int]:
    """Host processes that work on this index."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            env = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it ended meanwhile
        if b"auto2fa.native.main" in command and f"AUTO2FA_HOME={home}".encode() in env:
            found.append(int(folder.name))
    return found


def test_a_killed_host_comes_back_for_the_next_login(rig: Rig, page: Page, module_home: Path) -> None:
    add(rig, "host-killed")
    (before,) = host_processes(module_home)
    os.kill(before, signal.SIGKILL)
    rig.login(page, rig.portal["host-killed"])
    rig.phase(page, "accepted")
    (after,) = host_processes(module_home)
    assert after != before


def test_a_host_killed_while_a_fill_waits(rig: Rig, page: Page, module_home: Path) -> None:
    """The wait outlives the host: the code comes from the new one, and is no step that was used."""
    site = rig.portal["host-killed"]
    login_that_waits(rig, page, site)
    (before,) = host_processes(module_home)
    os.kill(before, signal.SIGKILL)
    rig.phase(page, "accepted")
    steps = [line["step"] for line in release_log(site.url)]
    assert steps == sorted(set(steps))


# --- the browser --------------------------------------------------------------------------------------------


def test_a_wait_survives_the_death_of_the_background(rig: Rig, page: Page) -> None:
    """Its page calls it back to life and says what is there; the code is of a step that was not used."""
    add(rig, "worker-dies")
    site = rig.portal["worker-dies"]
    rig.login(page, site)
    rig.phase(page, "accepted")
    login_that_waits(rig, page, site)
    rig.browser.stop_worker()
    assert page.input_value("#code") == ""
    rig.phase(page, "accepted")
    steps = [line["step"] for line in release_log(site.url)]
    assert len(steps) >= 2
    assert steps == sorted(set(steps))
    assert set(reactions(rig, "worker-dies")) == {"right"}


def test_an_outcome_is_seen_though_the_background_died_meanwhile(rig: Rig, page: Page) -> None:
    add(rig, "slow-answer")
    site = rig.portal["slow-answer"]
    rig.login(page, site)
    rig.phase(page, "filled")
    rig.browser.stop_worker()
    page.wait_for_timeout(1_000)
    assert outcomes(rig, "slow-answer") == ["filled"]
    page.evaluate("answer()")
    rig.until(page, lambda _: outcomes(rig, "slow-answer") == ["accepted"])


def test_codes_of_unknown_outcome_are_not_filled_for_ever(rig: Rig, page: Page) -> None:
    """As a portal that does nothing visible leaves them; the user's own fill is still his."""
    account = add(rig, "unclear")
    site = rig.portal["unclear"]
    vault = Vault(Index(), Secrets())
    for _ in range(release.MOST_UNCLEAR):
        given = release.release(vault, release.Request(frame=site.url, top=site.url), min_left=0)
        assert given.release_id
        release.record_outcome(vault, given.release_id, "unknown", "noReaction")
        with vault.index.writing() as connection:
            connection.execute("UPDATE accounts SET last_step = NULL WHERE id = ?", (account,))
    vault.index.close()
    rig.login(page, site)
    state = rig.phase(page, "stopped")
    assert state["activity"]["error"]["name"] == "unclear"
    assert rig.badge(page) == "!"
    time.sleep(NOTHING_S)
    assert page.input_value("#code") == ""
    rig.fill(page)
    rig.phase(page, "accepted")
    rig.login(page, site)
    rig.phase(page, "accepted")
    assert reactions(rig, "unclear") == ["right", "right"]


def test_a_locked_keyring_is_said_and_works_once_unlocked(
    rig: Rig, page: Page, keyring: KeyringSession
) -> None:
    add(rig, "locked-keyring")
    site = rig.portal["locked-keyring"]
    keyring.lock()
    try:
        rig.login(page, site)
        state = rig.phase(page, "notfilled")
        assert state["activity"]["error"]["name"] == "keyringLocked"
        assert state["activity"]["error"]["next"]
        assert state["keyring"] == {**state["keyring"], "ok": False, "problem": "keyringLocked"}
        assert page.input_value("#code") == ""
        assert outcomes(rig, "locked-keyring") == []
        # What the popup's button does; nobody is there to answer the system's question.
        with pytest.raises(ApiError, match="keyringLocked"):
            rig.browser.api(rig.own, "keyring.unlock")
    finally:
        keyring.unlock()
    assert rig.browser.api(rig.own, "keyring.unlock")["keyring"]["ok"]
    rig.fill(page)
    rig.phase(page, "accepted")


def test_without_a_host_the_popup_says_so(home: Path, playwright: Playwright) -> None:
    with ExtensionBrowser(playwright, register=False) as browser:
        own = browser.page("pages/popup/popup.html?tab=-1")
        state = browser.api(own, "ext.state")
        assert state["host"] == "missing"
        assert state["error"]["name"] == "hostMissing"

"""Fresh codes only, each once, by the portal's own clock, and never a third refused one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from portals import drive
from portals.launch import Portal, User
from support import little_portal as little
from support.accounts import add_account
from support.browser import ExtensionBrowser
from support.little_portal import Behaviour, LittlePortal
from support.rig import Rig, release_log

BEHAVIOURS = {
    "slow-steps": Behaviour(little.PLAIN, period=12, reuse=False),
    "once-only": Behaviour(little.PLAIN, period=5, reuse=False),
    "refusing": Behaviour(little.PLAIN, period=5, key=little.OTHER_KEY),
    "two-tabs": Behaviour(little.PLAIN, period=5, key=little.OTHER_KEY),
}
NO_THIRD_S = 6.0
"""Longer than a step of five seconds: a third try would have been made."""
CLOCK_TOLERANCE_S = 1.5
"""The ``Date`` header has whole seconds, and this machine may be busy."""


@pytest.fixture(scope="module")
def rig(module_home: Path, playwright: Playwright) -> Iterator[Rig]:
    with LittlePortal(BEHAVIOURS) as portal, ExtensionBrowser(playwright) as browser:
        yield Rig(browser, portal)


def sleep_until_left(period: int, seconds: float) -> None:
    """Sleep until the present time step has this many seconds left."""
    time.sleep((period - time.time() % period - seconds) % period)


def steps(site: str) -> list[int]:
    """Steps of every code released to this site, oldest first."""
    return [line["step"] for line in release_log(site)]


def test_the_portals_own_clock_counts(rig: Rig) -> None:
    """45 seconds ahead and behind, on a portal that tolerates no step: accepted at the first try."""
    user = User("customer01", secret=little.KEY)
    with ExitStack() as stack:
        for offset in (45, -45):
            portal = stack.enter_context(Portal("allauth", [user], clock_offset=offset))
            add_account(portal.url, little.KEY, user.name)
            page = rig.page()
            drive.password_step(page, portal, user)
            drive.wait_signed_in(page, portal, user, timeout_s=15)
            state = rig.phase(page, "accepted")
            assert abs(state["activity"]["clockOffsetMs"] / 1000 - offset) < CLOCK_TOLERANCE_S
            (line,) = release_log(portal.url)
            assert line["outcome"] == "accepted"
            assert abs(line["at"] / 1000 + offset - (line["step"] + 0.5) * 30) <= 15 + CLOCK_TOLERANCE_S


def test_dying_and_used_steps_are_waited_for(rig: Rig) -> None:
    """One second left: the next step's code. Asked again in that step: the one after it."""
    site = rig.portal["slow-steps"]
    period = site.behaviour.period
    add_account(site.url, little.KEY, "mia", period=period)
    page = rig.page()
    rig.login(page, site)  # no code before the browser knows the account: it is seen within a second
    rig.phase(page, "accepted")
    (first,) = steps(site.url)
    time.sleep(max(0.0, (first + 1) * period - time.time()))  # a step that no code was given of
    rig.open_login(page, site)
    sleep_until_left(period, 1.4)
    step = int(time.time() // period)
    assert step > first
    rig.send_login(page, site)
    state = rig.phase(page, "waiting", seconds=2)
    assert state["activity"]["why"] == "dying"
    assert abs(state["activity"]["until"] / 1000 - (step + 1) * period) < 0.1
    assert rig.badge(page) in ("1", "2")
    rig.phase(page, "accepted", seconds=6)
    assert steps(site.url)[-1] == step + 1
    rig.login(page, site)
    state = rig.phase(page, "waiting", seconds=3)
    assert state["activity"]["why"] == "used"
    rig.phase(page, "accepted", seconds=period + 4)
    assert steps(site.url)[-2:] == [step + 1, step + 2]
    assert [reaction for _code, reaction in site.codes] == ["right"] * 3


def test_a_code_is_never_sent_twice(rig: Rig) -> None:
    """Logins as quick as they come, in two tabs at once, on a portal that takes every code once."""
    site = rig.portal["once-only"]
    add_account(site.url, little.KEY, "mia", period=site.behaviour.period)
    pages = [rig.page(), rig.page()]
    for _ in range(2):
        for page in pages:
            rig.login(page, site)
        for page in pages:
            rig.phase(page, "accepted", seconds=25)
    released = steps(site.url)
    assert len(released) == 4
    assert released == sorted(set(released))
    assert [reaction for _code, reaction in site.codes] == ["right"] * 4
    assert len({code for code, _reaction in site.codes}) == 4


def test_never_a_third_refused_code(rig: Rig) -> None:
    site = rig.portal["refusing"]
    add_account(site.url, little.KEY, "mia", period=site.behaviour.period)
    page = rig.page()
    rig.login(page, site)
    state = rig.phase(page, "stopped", seconds=25)
    assert rig.badge(page) == "!"
    assert state["portal"]["state"] == "attention"
    assert [line["outcome"] for line in release_log(site.url)] == ["refused", "refused"]
    first, second = steps(site.url)
    assert second > first
    page.goto(site.url + "/prompt")  # a reload that sends no form again
    rig.phase(page, "stopped")
    time.sleep(NO_THIRD_S)
    assert len(site.codes) == 2
    assert page.input_value("#code") == ""
    rig.fill(page)  # the user insists
    rig.until(page, lambda _: len(site.codes) == 3)
    rig.phase(page, "stopped")
    time.sleep(NO_THIRD_S)
    assert len(site.codes) == 3


def test_two_tabs_have_no_more_tries_than_one(rig: Rig) -> None:
    site = rig.portal["two-tabs"]
    add_account(site.url, little.KEY, "mia", period=site.behaviour.period)
    pages = [rig.page(), rig.page()]
    for page in pages:
        rig.login(page, site)
    for page in pages:
        rig.phase(page, "stopped", seconds=30)
    time.sleep(NO_THIRD_S)
    assert len(site.codes) == 2

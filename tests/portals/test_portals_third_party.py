"""The third-party portals themselves: a person with an authenticator app gets in, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, Playwright

from portals import drive
from portals.launch import KINDS, Kind, Portal, User, users


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser.new_page()
    browser.close()


def roomy() -> None:
    """Wait until the time step has enough seconds left for the next clicks."""
    left = 30 - time.time() % 30
    if left < 6:
        time.sleep(left + 0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_enrol_and_sign_in_by_hand(page: Page, kind: Kind) -> None:
    started = time.monotonic()
    with Portal(kind, users(20)) as portal:
        assert time.monotonic() - started < 6
        user = portal.users[13]
        drive.password_step(page, portal, user)
        drive.wait_signed_in(page, portal, user)
        assert not drive.passed_second_factor(page)
        drive.open_enrolment(page, portal, user)
        totp = pyotp.TOTP(drive.key_on_page(page, portal))
        roomy()
        # two-factor-auth counts the enrolment's step as used and accepts the step before; allauth neither
        enrolment_time = time.time() - (30 if kind == "two_factor" else 0)
        drive.confirm_enrolment(page, portal, totp.at(enrolment_time))
        page.wait_for_load_state()
        assert portal.enrolled(user)
        drive.sign_out(page, portal)
        page.goto(portal.home_url)
        assert not drive.signed_in(page, portal)
        drive.password_step(page, portal, user)
        page.wait_for_selector(portal.pages.prompt)
        assert drive.at_prompt(page, portal)
        drive.answer_prompt(page, portal, "000000" if totp.now() != "000000" else "111111")
        page.wait_for_selector(portal.pages.prompt)
        assert not drive.signed_in(page, portal)
        if kind == "two_factor":
            time.sleep(1.1)  # django-otp makes the next try wait a second
        roomy()
        drive.answer_prompt(page, portal, totp.now())
        drive.wait_signed_in(page, portal, user)
        assert drive.passed_second_factor(page)


@pytest.mark.parametrize("kind", KINDS)
def test_ready_made_factor_and_own_clock(page: Page, kind: Kind) -> None:
    secret = pyotp.random_base32()
    with Portal(kind, [User("ada", secret=secret)], clock_offset=3600, host="localhost") as portal:
        user = portal.users[0]
        assert portal.enrolled(user)
        drive.password_step(page, portal, user)
        page.wait_for_selector(portal.pages.prompt)
        roomy()
        drive.answer_prompt(page, portal, pyotp.TOTP(secret).at(time.time() + 3600))
        drive.wait_signed_in(page, portal, user)

"""The demonstration's own parts: a keyring apart from the user's, and a portal that is strict."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, Playwright

from auto2fa.demo import keyring_session as keyring_module
from auto2fa.demo.journeys import sign_in
from auto2fa.demo.keyring_session import KeyringSessionError, keyring_session
from auto2fa.demo.portal import LOCK_S, PASSWORD, PERIOD, TRIES, RunningPortal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a Secret Service")
ASK = "import keyring, sys; print(keyring.get_password('demo', 'entry'))"
KEEP = "import keyring; keyring.set_password('demo', 'entry', 'kept')"


def python(code: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_two_keyrings_know_nothing_of_each_other_and_leave_nothing_behind() -> None:
    with keyring_session() as one, keyring_session() as other:
        python(KEEP, one.env)
        assert python(ASK, one.env) == "kept"
        assert python(ASK, other.env) == "None"
        folder, address = one.folder, one.env["DBUS_SESSION_BUS_ADDRESS"]
        assert "kept" not in "".join(
            file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file()
        )
    assert not folder.exists()
    assert not Path(address.removeprefix("unix:path=")).exists()


def test_a_kept_keyring_opens_again_with_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keyring_session("first", tmp_path) as session:
        python(KEEP, session.env)
    with keyring_session("first", tmp_path) as session:
        assert python(ASK, session.env) == "kept"
    monkeypatch.setattr(keyring_module, "START_SECONDS", 1.0)
    with pytest.raises(KeyringSessionError), keyring_session("wrong", tmp_path):
        pass


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KeyringSessionError, match="apt install dbus"), keyring_session():
        pass


@pytest.fixture(scope="module")
def person(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser.new_page()
    browser.close()


def test_the_portal_counts_a_step_once_and_locks_after_wrong_codes(person: Page) -> None:
    with RunningPortal() as running:
        sign_in(person, running.url)
        person.wait_for_selector("#signed-in")
        person.goto(f"{running.url}/security/authenticator")
        secret = (person.text_content("#key") or "").replace(" ", "")
        totp = pyotp.TOTP(secret)
        person.fill("#confirm #code", "000000" if totp.now() != "000000" else "111111")
        person.click("#confirm button")
        person.wait_for_selector(".error")
        assert (person.text_content("#key") or "").replace(" ", "") == secret
        left = PERIOD - time.time() % PERIOD
        if left < 8:
            time.sleep(left + 0.1)
        code = totp.now()
        person.fill("#confirm #code", code)
        person.click("#confirm button")
        person.wait_for_selector(".badge.on")
        person.get_by_role("button", name="Sign out").click()
        sign_in(person, running.url)
        person.fill("#two-factor #code", code)
        person.click("#two-factor button")
        assert "not valid" in (person.text_content(".error") or "")
        person.goto(f"{running.url}/invoices")
        assert person.locator("#signed-in").count() == 0
        for _ in range(TRIES - 1):
            person.fill("#two-factor #code", "000001" if totp.now() != "000001" else "000002")
            person.click("#two-factor button")
            person.wait_for_selector(".error")
        person.fill("#two-factor #code", totp.at(time.time() + PERIOD))
        person.click("#two-factor button")
        assert "locked" in (person.text_content(".error") or "")
        running.portal.customer.locked_until -= LOCK_S
        person.fill("#two-factor #code", totp.at(time.time() + PERIOD))
        person.click("#two-factor button")
        person.wait_for_selector("#signed-in")
        assert person.evaluate("() => fetch('/invoices/NE-2026-10417.pdf').then(a => a.text())").startswith(
            "%PDF"
        )


def test_wrong_passwords_and_strangers_stay_outside(person: Page) -> None:
    with RunningPortal() as running:
        for path in ("/invoices", "/security", "/security/authenticator", "/invoices/NE-2026-10417.pdf"):
            person.goto(running.url + path)
            person.wait_for_selector("#sign-in")
        person.fill("#email", "accounts@papierkram.example")
        person.fill("#password", PASSWORD + "x")
        person.click("#sign-in button")
        person.wait_for_selector(".error")

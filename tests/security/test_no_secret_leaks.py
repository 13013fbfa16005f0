"""After a full journey no secret is anywhere but in the keyring: searched for, not assumed."""

from __future__ import annotations

import base64
import subprocess
import threading
from pathlib import Path

import segno
from playwright.sync_api import Playwright

from auto2fa.demo.keyring_session import KeyringSession
from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser

KEY = "JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ"


def spellings(key: str) -> list[bytes]:
    """The secret as it might be written: base32 (whole, lower case, grouped), raw, hex, base64."""
    raw = base64.b32decode(key)
    grouped = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    texts = [key, key.lower(), grouped, raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode()]
    return [text.encode() for text in texts] + [text.encode("utf-16-le") for text in texts] + [raw]


class ProcessList:
    """Watches the command lines of all processes during the journey."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            done = subprocess.run(["ps", "axeww", "-o", "args"], capture_output=True, check=True)
            self.seen.update(done.stdout.splitlines())


def files_with(folder: Path, needles: list[bytes]) -> list[str]:
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            try:
                data = file.read_bytes()
            except OSError:
                continue  # a lock or socket of the browser
            if any(needle in data for needle in needles):
                found.append(str(file))
    return found


def test_after_a_full_journey_the_secret_is_in_the_keyring_alone(
    home: Path, tmp_path: Path, keyring: KeyringSession, playwright: Playwright
) -> None:
    user = User("customer01", secret=KEY)
    needles = spellings(KEY)
    code = tmp_path / "code.png"
    segno.make_qr(f"otpauth://totp/Portal:mia?secret={KEY}&issuer=Portal").save(str(code), scale=5)
    picture = base64.b64encode(code.read_bytes()).decode()
    code.unlink()
    messages: list[str] = []
    with Portal("allauth", [user]) as portal, ProcessList() as processes:
        with ExtensionBrowser(playwright) as browser:
            own = browser.page("pages/popup/popup.html?tab=-1")
            own.evaluate(
                """() => { const send = chrome.runtime.sendMessage.bind(chrome.runtime);
                window.heard = []; chrome.runtime.sendMessage = async (m) => {
                  const answer = await send(m); window.heard.push(JSON.stringify(answer)); return answer; } }"""
            )
            linked = browser.api(own, "ext.link", url=portal.url)["portal"]
            (found,) = browser.api(own, "qr.decode", image=picture)["codes"]
            begun = browser.api(own, "enrol.begin", handle=found["handle"], portalId=linked["id"])["account"]
            browser.api(own, "enrol.preview", accountId=begun["id"])
            page = browser.context.new_page()
            drive.password_step(page, portal, user)
            drive.wait_signed_in(page, portal, user, timeout_s=60)
            browser.until(page, lambda state: state["portal"]["accounts"][0]["state"] == "active")
            browser.api(own, "code.show", accountId=begun["id"])
            browser.api(own, "log.list")
            messages = own.evaluate("window.heard")
            # The extension has not even the permission to store anything.
            assert browser.worker.evaluate("typeof chrome.storage") == "undefined"
            browser.keep_profile(tmp_path / "profile")
        # The browser has ended: all that it keeps is on the disk now.
        assert (tmp_path / "profile").is_dir()
        assert files_with(tmp_path / "profile", needles) == []
    assert len(messages) >= 6
    for text in messages:
        assert not any(needle in text.encode() for needle in needles)
    assert not any(needle in line for line in processes.seen for needle in needles)
    assert files_with(home, needles) == []
    assert files_with(keyring.folder, needles) == []  # the keyring's own file is encrypted


def test_a_secret_is_not_in_an_errors_text(home: Path) -> None:
    from auto2fa.errors import Auto2faError
    from auto2fa.otp.uri import parse_uri

    for broken in (
        f"otpauth://totp/x?secret={KEY}&digits=77",
        f"otpauth://totp/x?secret={KEY}&period=0",
        f"otpauth://what/x?secret={KEY}",
        f"otpauth://totp/x?secret={KEY}1",
    ):
        try:
            parse_uri(broken)
        except Auto2faError as error:
            assert KEY not in str(error)
            assert KEY not in repr(error)
        else:
            raise AssertionError(broken)


def test_the_key_is_shared_only_while_pending(home: Path) -> None:
    from support.native import HostError, HostProcess

    with HostProcess() as host:
        portal = host.ask("portals.link", url="https://portal.example")["portal"]
        handle = host.ask("enrol.fromKey", text=KEY)["handle"]
        account = host.ask("enrol.begin", handle=handle, portalId=portal["id"])["account"]
        shared = host.ask("enrol.share", accountId=account["id"])
        assert shared["key"].replace(" ", "") == KEY
        assert shared["svg"].startswith("<svg")
        from pyotp import TOTP

        assert host.ask("enrol.compare", accountId=account["id"], code=TOTP(KEY).now())["verdict"] == "same"
        host.ask("enrol.activate", accountId=account["id"])
        for verb, params in (
            ("enrol.share", {"accountId": account["id"]}),
            ("enrol.cancel", {"accountId": account["id"]}),
        ):
            try:
                host.ask(verb, **params)
            except HostError as error:
                assert error.name == "notPending"
            else:
                raise AssertionError(verb)
        assert KEY.encode() not in host.stderr

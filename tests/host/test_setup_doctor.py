"""The doctor: tells a working computer from one where something is missing, and never falls over."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from auto2fa.demo.keyring_session import KeyringSession
from auto2fa.setup import doctor_browsers
from auto2fa.setup.doctor import examine
from auto2fa.setup.finding import Finding
from auto2fa.setup.identity import HOST_NAME
from auto2fa.setup.launcher import launcher_file
from auto2fa.setup.registration import install
from auto2fa.vault.places import index_file

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")


@pytest.fixture
def user(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder where Chromium was used and the host is registered."""
    folder = tmp_path / "user"
    (folder / ".config/chromium").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    assert all(result.ok for result in install())
    return folder


def findings() -> dict[str, Finding]:
    found = examine()
    json.dumps([dataclasses.asdict(finding) for finding in found])
    return {finding.check: finding for finding in found}


def test_all_is_well(user: Path) -> None:
    found = findings()
    assert [each.check for each in found.values() if each.needed and not each.ok] == []
    assert found["Chromium"].ok
    assert "through its launcher" in found["Host"].detail
    assert "written, read and removed" in found["Keyring"].detail


def test_nothing_registered(user: Path) -> None:
    (user / ".config/chromium/NativeMessagingHosts" / f"{HOST_NAME}.json").unlink()
    found = findings()
    assert not found["Chromium"].ok
    assert not found["Browsers"].ok
    assert found["Browsers"].needed
    assert "auto2fa install" in found["Browsers"].next


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not a manifest"),
        ('{"path": "/nowhere/host", "allowed_origins": []}', "is named None"),
        (f'{{"name": "{HOST_NAME}", "path": "/nowhere/host", "allowed_origins": []}}', "another extension"),
    ],
)
def test_a_wrong_manifest_is_told(user: Path, content: str, words: str) -> None:
    (user / ".config/chromium/NativeMessagingHosts" / f"{HOST_NAME}.json").write_text(content)
    assert words in findings()["Chromium"].detail


def test_a_launcher_that_is_gone_or_not_executable(user: Path) -> None:
    launcher_file().chmod(0o600)
    found = findings()
    assert "may not be executed" in found["Chromium"].detail
    assert not found["Host"].ok
    launcher_file().unlink()
    assert "which is not there" in findings()["Chromium"].detail


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo this is no frame; cat >/dev/null", "no answer within"),
        ("echo broken >&2; exit 3", "broken"),
        ("exec cat >/dev/null", "no answer within"),
    ],
)
def test_a_host_that_does_not_answer(
    user: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    monkeypatch.setattr(doctor_browsers, "HOST_SECONDS", 0.5)
    launcher_file().write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    finding = doctor_browsers.check_host()
    assert not finding.ok
    assert words in finding.detail
    assert finding.next


def test_a_locked_keyring_is_told_without_a_question(user: Path, keyring: KeyringSession) -> None:
    keyring.lock()
    try:
        finding = findings()["Keyring"]
    finally:
        keyring.unlock()
    assert not finding.ok
    assert "locked" in finding.detail


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_keyrings_that_keep_nothing_are_refused(
    user: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    import keyring as library

    before = library.get_keyring()
    name, _, cls = backend.rpartition(".")
    try:
        library.set_keyring(getattr(__import__(name, fromlist=[cls]), cls)())
        finding = findings()["Keyring"]
    finally:
        library.set_keyring(before)
    assert not finding.ok
    assert finding.next


def test_a_damaged_index_is_told(user: Path) -> None:
    index_file().parent.mkdir(parents=True, exist_ok=True)
    index_file().write_bytes(b"this is not a database" * 100)
    finding = findings()["List of portals"]
    assert not finding.ok
    index_file().unlink()
    database = sqlite3.connect(index_file())
    database.execute("PRAGMA user_version = 9999")
    database.close()
    assert "newer" in findings()["List of portals"].detail


def test_missing_libraries_are_sentences(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyzbar", "pyzbar.pyzbar", "pillow_heif", "segno"):
        monkeypatch.setitem(sys.modules, name, None)
    found = findings()
    assert "libzbar0" in found["Second QR reader"].next
    assert not found["Second QR reader"].needed
    assert not found["iPhone photos"].needed
    assert "segno" in found["Libraries"].detail

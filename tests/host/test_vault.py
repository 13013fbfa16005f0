"""Index and keyring together: nothing is lost, nothing is half there; real keyring, real SQLite."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import keyring as keyring_library
import pytest

from auto2fa.demo.keyring_session import KeyringSession
from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.uri import parse_uri
from auto2fa.portals import book, enrolment
from auto2fa.vault.index import Index, now_ms
from auto2fa.vault.records import RESTORABLE_MS
from auto2fa.vault.schema import MIGRATIONS
from auto2fa.vault.secrets import Secrets, service_name
from auto2fa.vault.vault import Vault

FACTOR = OtpFactor(secret=b"0123456789", issuer="Strom & Gas", name="mia@example.org")


@pytest.fixture
def vault(home: Path) -> Vault:
    return Vault(Index(), Secrets())


def test_the_keyring_holds_a_standard_uri_that_a_person_can_rescue(vault: Vault) -> None:
    portal = book.link(vault, "portal.example")
    account = enrolment.keep(vault, FACTOR, portal_id=portal.id)
    kept = keyring_library.get_password(service_name(account.id), account.id)
    assert kept is not None
    assert kept.startswith("otpauth://totp/")
    assert parse_uri(kept) == FACTOR


def test_the_index_holds_no_secret(vault: Vault, home: Path) -> None:
    portal = book.link(vault, "portal.example")
    enrolment.keep(vault, FACTOR, portal_id=portal.id)
    for file in home.iterdir():
        data = file.read_bytes()
        assert b"GAYTEMZUGU3DOOBZ" not in data
        assert FACTOR.secret not in data


def test_removing_takes_the_secret_too(vault: Vault) -> None:
    portal = book.link(vault, "portal.example")
    account = enrolment.keep(vault, FACTOR, portal_id=portal.id)
    vault.remove(account.id)
    assert keyring_library.get_password(service_name(account.id), account.id) is None
    second = enrolment.keep(vault, FACTOR, portal_id=portal.id)
    vault.remove_portal(portal.id)
    assert keyring_library.get_password(service_name(second.id), second.id) is None
    assert vault.index.portals() == []


def test_a_locked_keyring_loses_nothing(vault: Vault, keyring: KeyringSession) -> None:
    portal = book.link(vault, "portal.example")
    account = enrolment.keep(vault, FACTOR, portal_id=portal.id, state="active")
    keyring.lock()
    try:
        assert vault.secrets.state()[1] == "keyringLocked"
        with pytest.raises(Auto2faError) as error:
            vault.remove(account.id)
        assert error.value.name == "keyringLocked"
        with pytest.raises(Auto2faError, match="keyring is locked"):
            enrolment.keep(vault, OtpFactor(secret=b"another one"), portal_id=portal.id)
    finally:
        keyring.unlock()
    assert [each.id for each in vault.index.portal(portal.id).accounts] == [account.id]
    assert parse_uri(vault.uri(account)) == FACTOR


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        ("keyring.backends.null.Keyring", "keyringUnsafe"),
        ("keyring.backends.fail.Keyring", "keyringMissing"),
    ],
)
def test_unsafe_backends_are_refused(home: Path, backend: str, name: str) -> None:
    script = (
        "from auto2fa.vault.secrets import Secrets\nfrom auto2fa.errors import Auto2faError\n"
        "try:\n    Secrets().set('a', 'b')\nexcept Auto2faError as e:\n    print(e.name, '|', e)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(name)
    assert "nstall" in done.stdout


@pytest.mark.parametrize("point", ["after_row", "after_secret"])
def test_a_process_killed_while_keeping_leaves_the_old_state(home: Path, vault: Vault, point: str) -> None:
    portal = book.link(vault, "portal.example")
    old = enrolment.keep(vault, FACTOR, portal_id=portal.id, state="active")
    script = textwrap.dedent(
        f"""
        import os, signal
        from auto2fa.otp.factor import OtpFactor
        from auto2fa.portals import enrolment
        from auto2fa.vault.index import Index
        from auto2fa.vault.secrets import Secrets
        from auto2fa.vault.vault import Vault
        vault = Vault(Index(), Secrets())
        real = vault.secrets.set
        def die(entry, text):
            if entry != "index-key":
                if "{point}" == "after_secret":
                    real(entry, text)
                os.kill(os.getpid(), signal.SIGKILL)
            real(entry, text)
        vault.secrets.set = die
        enrolment.keep(vault, OtpFactor(secret=b"a new secret"), portal_id="{portal.id}", replaces="{old.id}")
        """
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [(each.id, each.state) for each in vault.index.portal(portal.id).accounts] == [(old.id, "active")]
    (left,) = vault.index.accounts_where("state = 'writing'")
    vault.index.change_account(left.id, {"created_at": 0})
    assert vault.sweep() == 1
    assert keyring_library.get_password(service_name(left.id), left.id) is None
    assert parse_uri(vault.uri(old)) == FACTOR


def test_an_earlier_factor_can_be_taken_back_for_30_days(vault: Vault) -> None:
    portal = book.link(vault, "portal.example")
    old = enrolment.keep(vault, FACTOR, portal_id=portal.id, state="active")
    new = enrolment.keep(vault, OtpFactor(secret=b"a new secret"), portal_id=portal.id, replaces=old.id)
    vault.activate(new.id)
    assert vault.index.account(old.id).state == "replaced"
    vault.index.change_account(old.id, {"replaced_at": now_ms() - RESTORABLE_MS - 1000})
    with pytest.raises(Auto2faError, match="can no longer be taken back"):
        vault.restore(old.id)
    assert vault.sweep() == 1
    assert vault.index.account(new.id).state == "active"


def test_a_full_disk_is_said_and_nothing_is_lost(vault: Vault) -> None:
    portal = book.link(vault, "portal.example")
    enrolment.keep(vault, FACTOR, portal_id=portal.id, state="active")
    connection = vault.index.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill_up() -> None:
        for number in range(2000):
            book.link(vault, f"https://portal-{number}.example", name="x" * 400)

    with pytest.raises(Auto2faError) as error:
        fill_up()
    assert error.value.name == "diskFull"
    assert "Make room" in str(error.value)
    connection.execute("PRAGMA max_page_count = 1073741823")
    assert parse_uri(vault.uri(vault.index.portal(portal.id).accounts[0])) == FACTOR
    book.link(vault, "https://after.example")


def test_an_index_of_a_newer_version_is_left_alone(vault: Vault) -> None:
    vault.index.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(Auto2faError, match="newer Auto 2FA"):
        Index(vault.index.path)


def test_a_broken_index_is_said(home: Path) -> None:
    home.mkdir()
    (home / "index.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(Auto2faError) as error:
        Index()
    assert error.value.name == "indexBroken"
    assert "secrets are safe" in str(error.value)


def test_several_processes_write_at_once(vault: Vault, home: Path) -> None:
    script = (
        "import sys\nfrom auto2fa.portals import book\nfrom auto2fa.vault.index import Index\n"
        "from auto2fa.vault.secrets import Secrets\nfrom auto2fa.vault.vault import Vault\n"
        "vault = Vault(Index(), Secrets())\n"
        "[book.link(vault, f'https://p{sys.argv[1]}-{n}.example') for n in range(25)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(number)]) for number in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    assert vault.index.count_portals() == 100
    assert sqlite3.connect(vault.index.path).execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_connection_to_the_keyring_that_broke_is_made_anew(vault: Vault) -> None:
    """One is kept between reads; a restart of the keyring or of the bus ends it."""
    secrets = vault.secrets
    secrets.prepare()
    secrets.set("entry", "text")
    assert secrets.get("entry") == "text"
    reader = secrets._reader
    assert reader is not None
    kept = reader._collection
    assert kept is not None
    kept.connection.sock.close()
    assert secrets.get("entry") == "text"
    assert reader._collection not in (None, kept)


def test_making_ready_asks_nobody_to_unlock(vault: Vault, keyring: KeyringSession) -> None:
    vault.secrets.set("entry", "text")
    keyring.lock()
    try:
        vault.secrets.prepare()
        reader = vault.secrets._reader
        assert reader is not None
        assert reader._collection is None
    finally:
        keyring.unlock()
    vault.secrets.prepare()
    assert vault.secrets.get("entry") == "text"

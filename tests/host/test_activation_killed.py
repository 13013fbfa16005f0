"""A host killed at any point of an activation leaves the old state or the new one, never a broken one."""

from __future__ import annotations

import base64
import io
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pyotp
import pytest
import segno

from auto2fa.otp.uri import parse_uri
from auto2fa.portals import enrolment
from auto2fa.vault.records import AccountRecord
from auto2fa.vault.vault import ABANDONED_MS, Vault
from support.accounts import add_account
from support.killing import die_in
from support.native import HostProcess
from support.vaults import entries_in_keyring, opened_vault

SITE = "https://portal.example"
USER = "bookkeeper"
OLD = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NEW = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW_URI = f"otpauth://totp/Portal:{USER}?secret={NEW}&issuer=Portal"
MOMENTS = {"enrol.begin": 6, "enrol.compare": 4, "enrol.activate": 6}
"""How many times a request is killed before its answer, evenly over the time that it takes; others twice."""


@dataclass
class Walk:
    """The requests of one activation that replaces an active account, in their order."""

    host: HostProcess
    old: str
    way: str
    known: dict[str, str] = field(default_factory=dict)

    def steps(self) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
        """Verbs, each with its parameters once the requests before it were answered."""
        known = self.known
        read: tuple[str, Callable[[], dict[str, Any]]] = (
            ("enrol.fromKey", lambda: {"text": NEW})
            if self.way == "key"
            else ("qr.decode", lambda: {"image": picture(), "firstOnly": True})
        )
        return [
            ("portals.link", lambda: {"url": SITE}),
            read,
            ("enrol.preview", lambda: {"handle": known["handle"]}),
            (
                "enrol.begin",
                lambda: {
                    "handle": known["handle"],
                    "portalId": known["portal"],
                    "username": USER,
                    "replaces": self.old,
                },
            ),
            ("enrol.share", lambda: {"accountId": known["account"]}),
            ("enrol.compare", lambda: {"accountId": known["account"], "code": pyotp.TOTP(NEW).now()}),
            ("enrol.activate", lambda: {"accountId": known["account"]}),
        ]

    def learn(self, verb: str, result: dict[str, Any]) -> None:
        """Remember what later requests need."""
        if verb == "portals.link":
            self.known["portal"] = result["portal"]["id"]
        elif verb == "enrol.fromKey":
            self.known["handle"] = result["handle"]
        elif verb == "qr.decode":
            self.known["handle"] = result["codes"][0]["handle"]
        elif verb == "enrol.begin":
            self.known["account"] = result["account"]["id"]

    def go(self, count: int | None = None) -> dict[str, float]:
        """Run the first requests, or all; the seconds that each took."""
        took = {}
        for verb, params in self.steps()[:count]:
            start = time.monotonic()
            self.learn(verb, self.host.ask(verb, **params()))
            took[verb] = time.monotonic() - start
        return took


def picture() -> str:
    """The new factor's QR code as a picture in base64."""
    buffer = io.BytesIO()
    segno.make(NEW_URI).save(buffer, kind="png", scale=5)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture
def old(home: Path) -> AccountRecord:
    """The account that works before the activation."""
    del home
    return add_account(SITE, OLD, USER)


def judge(old: AccountRecord, foreign: set[str]) -> str:
    """Which state the index and the keyring are in: ``old``, ``pending`` or ``new``; fails on any other.

    Args:
        old: the account that was active before.
        foreign: keyring entries of other tests.
    """
    with opened_vault() as vault:
        (checked,) = vault.index.connection.execute("PRAGMA integrity_check").fetchone()
        assert checked == "ok"
        assert not vault.index.connection.execute("PRAGMA foreign_key_check").fetchall()
        (portal,) = vault.index.portals()
        keys = {}
        for account in portal.accounts:
            uri = vault.secrets.get(account.id)
            assert uri, f"visible without a secret: {account.state}"
            keys[account.id] = pyotp.parse_uri(uri).secret
        assert keys.pop(old.id) == OLD
        assert set(keys.values()) <= {NEW}
        states = {account.id: account.state for account in portal.accounts}
        (active,) = [account for account in portal.accounts if account.state == "active"]
        assert active.username == USER
        # Whatever was left invisible is gone after a sweep, with its secret: nothing is lost sight of.
        vault.index.connection.execute(
            "UPDATE accounts SET created_at = created_at - ? WHERE state = 'writing'", (ABANDONED_MS + 1,)
        )
        vault.sweep()
        rows = {row["id"] for row in vault.index.connection.execute("SELECT id FROM accounts")}
        assert rows == set(states)
        assert entries_in_keyring() - foreign == rows
    if len(states) == 1:
        return "old"
    (state,) = [state for account_id, state in states.items() if account_id != old.id]
    assert (states[old.id], state) in {("active", "pending"), ("replaced", "active")}
    return "new" if state == "active" else "pending"


def start_over(old: AccountRecord) -> None:
    """Back to the one account that works."""
    with opened_vault() as vault:
        for account in vault.index.portals()[0].accounts:
            if account.id != old.id:
                vault.remove(account.id)
        vault.index.change_account(old.id, {"state": "active", "replaced_at": None})


def finish(old: AccountRecord) -> None:
    """A new host takes the activation to its end, whatever the killed one left."""
    with HostProcess() as host:
        Walk(host, old.id, "key").go()
        (portal,) = host.ask("portals.list")["portals"]
        assert sorted(account["state"] for account in portal["accounts"]) == ["active", "replaced"]
        (taken_over,) = [account for account in portal["accounts"] if account["state"] == "active"]
        live = host.ask("enrol.preview", accountId=taken_over["id"])["live"]
        assert live["code"] == pyotp.TOTP(NEW).at(live["now"] // 1000)


@pytest.fixture
def foreign(old: AccountRecord) -> set[str]:
    """Keyring entries that other tests left."""
    return entries_in_keyring() - {old.id}


@pytest.mark.parametrize(
    ("way", "verb", "allowed"),
    [
        ("key", "portals.link", {"old"}),
        ("key", "enrol.fromKey", {"old"}),
        ("picture", "qr.decode", {"old"}),
        ("key", "enrol.preview", {"old"}),
        ("key", "enrol.begin", {"old", "pending"}),
        ("key", "enrol.share", {"pending"}),
        ("key", "enrol.compare", {"pending"}),
        ("key", "enrol.activate", {"pending", "new"}),
    ],
)
def test_killed_at_every_message(
    old: AccountRecord, foreign: set[str], way: str, verb: str, allowed: set[str]
) -> None:
    seen: list[str] = []
    moments = MOMENTS.get(verb, 2)
    took = 0.0
    for moment in (None, *range(moments)):
        start_over(old)
        with HostProcess() as host:
            walk = Walk(host, old.id, way)
            verbs = [step for step, _ in walk.steps()]
            walk.go(verbs.index(verb))
            params = walk.steps()[verbs.index(verb)][1]()
            start = time.monotonic()
            number = host.send(verb, **params)
            if moment is None:
                assert "result" in host.answer(number)
                took = time.monotonic() - start
            else:
                time.sleep(took * moment / moments)
            host.process.send_signal(signal.SIGKILL)
            host.process.wait()
        state = judge(old, foreign)
        if state not in seen and state != "new":
            finish(old)
            assert judge(old, foreign) == "new"
        seen.append(state)
    assert set(seen) <= allowed
    assert seen[0] == ("new" if verb == "enrol.activate" else "pending" if "pending" in allowed else "old")


def test_killed_before_every_statement_and_keyring_call(old: AccountRecord, foreign: set[str]) -> None:
    seen = []
    for point in count(1):
        start_over(old)
        child = os.fork()
        if child == 0:
            die_in(lambda vault: _activate(vault, old), point, after_calls=True)
        _, status = os.waitpid(child, 0)
        seen.append(judge(old, foreign))
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            break
    # In this order: once a later state is reached, no later kill leads back.
    assert seen == sorted(seen, key=["old", "pending", "new"].index)
    assert set(seen) == {"old", "pending", "new"}
    assert len(seen) > 20


def _activate(vault: Vault, old: AccountRecord) -> None:
    factor = parse_uri(NEW_URI)
    kept = enrolment.keep(vault, factor, portal_id=old.portal_id, username=USER, replaces=old.id)
    enrolment.compare_code(vault, kept.id, pyotp.TOTP(NEW).now())
    enrolment.activate_compared(vault, kept.id)

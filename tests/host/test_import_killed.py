"""A host killed at any point of an import leaves everything as it was, or all the accounts; never a part."""

from __future__ import annotations

import base64
import os
import signal
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from auto2fa.portals.takeover import Batch, Pick, sweep_unfinished
from auto2fa.vault.records import AccountRecord
from auto2fa.vault.vault import ABANDONED_MS, UNFINISHED, Vault
from support.accounts import add_account
from support.killing import die_in
from support.native import HostProcess
from support.vaults import entries_in_keyring, opened_vault

SITE = "https://portal.example"
FRESH = ["https://first.example", "https://second.example"]
LIST = "".join(
    f"otpauth://totp/Shop{n}:user{n}?secret={base64.b32encode(bytes([n]) * 20).decode()}&issuer=Shop{n}\n"
    for n in range(1, 5)
).encode()
PICKS: list[dict[str, Any]] = [
    {"index": n, "url": FRESH[n % 2], "username": f"user{n}"} if n < 3 else {"index": n, "url": SITE}
    for n in range(4)
]
MOMENTS = {"import.apply": 12, "import.cancel": 4}
"""How many times a request is killed before its answer, evenly over the time that it takes; others twice."""


@pytest.fixture
def old(home: Path) -> AccountRecord:
    """The account, and its portal, that are there before the import."""
    del home
    return add_account(SITE, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "before")


@pytest.fixture
def foreign(old: AccountRecord) -> set[str]:
    """Keyring entries that other tests left."""
    return entries_in_keyring() - {old.id}


def judge(old: AccountRecord, foreign: set[str]) -> str:
    """``old`` or ``new``; fails on anything in between."""
    with opened_vault() as vault:
        portals = vault.index.portals()
        accounts = [account for portal in portals for account in portal.accounts]
        for account in accounts:
            assert vault.secrets.get(account.id), "visible without a secret"
        assert next(account for account in accounts if account.id == old.id).state == "active"
        # Time passes; then another host starts, and what the killed one left is swept.
        unfinished = vault.index.setting(UNFINISHED, {})
        for begun in unfinished.values():
            begun["at"] -= ABANDONED_MS + 1
        vault.index.set_setting(UNFINISHED, unfinished)
        vault.index.connection.execute(
            "UPDATE accounts SET created_at = created_at - ? WHERE state = 'writing'", (ABANDONED_MS + 1,)
        )
        vault.sweep()
        sweep_unfinished(vault)
        assert not vault.index.setting(UNFINISHED, {})
        assert not vault.index.accounts_where("state = 'writing'")
        assert entries_in_keyring() - foreign == {account.id for account in accounts}
        left = sorted(origin for portal in vault.index.portals() for origin in portal.origins)
    if len(accounts) == 1:
        assert left == [SITE], "a site that the import linked is left over"
        return "old"
    assert left == sorted([SITE, *FRESH])
    assert [account.state for account in accounts if account.id != old.id] == ["pending"] * len(PICKS)
    return "new"


def start_over(old: AccountRecord) -> None:
    """Back to the one account that was there."""
    with opened_vault() as vault:
        for portal in vault.index.portals():
            if portal.id != old.portal_id:
                vault.remove_portal(portal.id)
            else:
                for account in portal.accounts:
                    if account.id != old.id:
                        vault.remove(account.id)


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("import.open", {"old"}),
        ("import.entries", {"old"}),
        ("import.apply", {"old", "new"}),
        ("import.cancel", {"old"}),
    ],
)
def test_killed_at_every_message(old: AccountRecord, foreign: set[str], verb: str, allowed: set[str]) -> None:
    data = base64.b64encode(LIST).decode()
    seen = []
    took = 0.0
    moments = MOMENTS.get(verb, 2)
    for moment in (None, *range(moments)):
        start_over(old)
        with HostProcess() as host:
            import_id = "none" if verb == "import.open" else host.ask("import.open", data=data)["importId"]
            params: dict[str, dict[str, Any]] = {
                "import.open": {"data": data},
                "import.entries": {"importId": import_id, "offset": 2},
                "import.apply": {"importId": import_id, "picks": PICKS},
                "import.cancel": {"importId": import_id},
            }
            start = time.monotonic()
            if verb == "import.cancel":  # of an import that is being written
                applying = host.send("import.apply", **params["import.apply"])
            number = host.send(verb, **params[verb])
            if moment is None:
                if verb == "import.cancel":
                    assert host.answer(applying)["result"] == {"accounts": []}
                else:
                    assert "result" in host.answer(number)
                took = time.monotonic() - start
            else:
                time.sleep(took * moment / moments)
            host.process.send_signal(signal.SIGKILL)
            host.process.wait()
        seen.append(judge(old, foreign))
    assert set(seen) <= allowed
    assert seen[0] == ("new" if verb == "import.apply" else "old")


def test_killed_before_every_statement_and_keyring_call(old: AccountRecord, foreign: set[str]) -> None:
    seen = []
    for point in count(1):
        start_over(old)
        child = os.fork()
        if child == 0:
            die_in(_import, point, only_writes=True)
        _, status = os.waitpid(child, 0)
        seen.append(judge(old, foreign))
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            break
    # In this order: once all are there, no later kill takes one away.
    assert seen == sorted(seen, key=["old", "new"].index)
    assert set(seen) == {"old", "new"}
    assert len(seen) > 20


def _import(vault: Vault) -> None:
    batch = Batch()
    batch.add(LIST)
    batch.apply(
        vault,
        [Pick(pick["index"], url=pick["url"], username=pick.get("username", "")) for pick in PICKS],
        state="pending",
    )

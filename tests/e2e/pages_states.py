"""What the background may answer to ``ext.state``: every state of the popup, for looks and accessibility."""

from __future__ import annotations

import time
from typing import Any

HOUR = 3_600_000
ORIGIN = "https://kundenportal.voltra-energie.example"
LONG = "Süddeutsche Telekommunikations- und Rechenzentrumsgesellschaft mbH & Co. KG"


def _now() -> int:
    return int(time.time() * 1000)


def _portal(account_ids: list[str], **more: Any) -> dict[str, Any]:
    accounts = [
        {
            "id": account_id,
            "portalId": "p1",
            "factor": {
                "issuer": "Voltra",
                "name": "rechnung@muster.example",
                "type": "totp",
                "digits": 6,
                "period": 30,
                "algorithm": "SHA1",
            },
            "username": ["rechnung@muster.example", "einkauf@muster.example"][number % 2],
            "state": more.get("account_state", "active"),
            "createdAt": _now() - 90 * HOUR,
            "activatedAt": None,
            "lastUsed": _now() - 3 * HOUR,
            "replaces": None,
            "restorableUntil": None,
            "compared": False,
            "attention": more.get("attention"),
        }
        for number, account_id in enumerate(account_ids)
    ]
    return {
        "id": "p1",
        "name": more.get("name", "Voltra Energie"),
        "origins": [ORIGIN],
        "settings": {"autoFill": True, "autoSubmit": True, "rememberDevice": False, "chooseMethod": True},
        "state": more.get("state", "active"),
        "accounts": accounts,
        "createdAt": _now() - 100 * HOUR,
        "lastUsed": _now() - 3 * HOUR,
        "taught": {},
    }


def _activity(phase: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "until": None,
        "why": None,
        "accountId": None,
        "choices": [],
        "clockOffsetMs": None,
        "at": None,
    }
    return {"phase": phase, **empty, **more}


def portal_of_every_account() -> dict[str, Any]:
    """A portal with an account in every state."""
    states = ["active", "active", "pending", "replaced"]
    portal = _portal([f"a{number}" for number in range(len(states))], state="attention")
    for account, state in zip(portal["accounts"], states, strict=True):
        account["state"] = state
    _, refused, pending, replaced = portal["accounts"]
    refused |= {"username": LONG, "attention": "refused"}
    pending |= {"replaces": "a0", "lastUsed": None}
    replaced |= {"restorableUntil": _now() + 20 * 24 * HOUR}
    return portal


def list_of_every_state() -> list[dict[str, Any]]:
    """Five portals: one in every state, and one whose words are long."""
    names = {"unlinked": "Amsel", "pending": "Bürobedarf Lindner", "active": "Voltra", "attention": "Zoll"}
    found = [
        {
            **_portal(["a"], state=state, name=name),
            "id": f"p-{state}",
            "origins": [f"https://{state}.example"],
        }
        for state, name in names.items()
    ]
    found[0] |= {"accounts": [], "lastUsed": None}
    long = _portal(["a", "b"], name=LONG)
    long["origins"] = [f"https://{'sehr-langer-name-' * 4}.example", "https://b.example", "https://c.example"]
    return [*found, {**long, "id": "p-long"}]


def popup_states(ids: list[str]) -> dict[str, dict[str, Any]]:
    """Every state by its name; ``ids`` are two accounts that the host really has, so that codes are real."""
    one = ids[:1]
    tab = {"id": 7, "url": f"{ORIGIN}/login", "origin": ORIGIN, "title": "Anmelden", "secure": True}
    usual: dict[str, Any] = {
        "host": "ok",
        "error": None,
        "keyring": {"ok": True, "problem": None, "backend": "Secret Service"},
        "tab": tab,
        "portal": _portal(one),
        "sameSite": [],
        "permitted": True,
        "prompt": {"id": "f1", "kind": "app", "score": 90},
        "activity": _activity("idle"),
        "setup": {"noticed": False},
        "allSites": False,
    }

    def state(**more: Any) -> dict[str, Any]:
        return {**usual, **more}

    def keyring(problem: str, backend: str = "") -> dict[str, Any]:
        return state(keyring={"ok": False, "problem": problem, "backend": backend})

    unlinked: dict[str, Any] = {"portal": None, "permitted": False, "prompt": None}
    empty: dict[str, Any] = {"portal": _portal([]), "prompt": None}
    choices = [
        {"accountId": account_id, "name": "", "issuer": "", "username": name}
        for account_id, name in zip(ids, ("rechnung@muster.example", "einkauf@muster.example"), strict=True)
    ]
    frame = {"name": "frameNotLinked", "params": {"origin": "https://login.partner.example"}}
    return {
        "starting": state(host="starting"),
        "host_missing": state(host="missing", error={"name": "hostMissing"}),
        "host_refused": state(host="refused", error={"name": "hostRefused"}),
        "host_failed": state(host="error", error={"name": "indexNewer"}),
        "keyring_locked": keyring("keyringLocked"),
        "keyring_missing": keyring("keyringMissing"),
        "keyring_unsafe": keyring("keyringUnsafe", "PlaintextKeyring"),
        "no_site": state(tab={**tab, "url": "chrome://extensions/", "origin": ""}, **unlinked),
        "not_secure": state(tab={**tab, "origin": "http://intern.example", "secure": False}, **unlinked),
        "not_linked": state(**unlinked),
        "not_linked_setup": state(**unlinked | {"setup": {"noticed": True}}),
        "same_site": state(**unlinked | {"sameSite": [_portal(one)]}),
        "no_factor": state(**empty),
        "no_factor_setup": state(**empty, setup={"noticed": True}),
        "not_permitted": state(permitted=False, prompt=None),
        "pending": state(
            portal=_portal(one, account_state="pending"), prompt={"id": "f1", "kind": "setup", "score": 80}
        ),
        "active": state(),
        "active_no_prompt": state(prompt=None),
        "active_two_accounts": state(portal=_portal(ids)),
        "active_sms": state(prompt={"id": "f1", "kind": "sms", "score": -60}),
        "active_clock": state(activity=_activity("idle", clockOffsetMs=42_000)),
        "active_long": state(portal=_portal(one, name=LONG)),
        "choose": state(portal=_portal(ids), activity=_activity("choose", choices=choices)),
        "waiting": state(activity=_activity("waiting", until=_now() + 20_000, why="used")),
        "filled": state(activity=_activity("filled", why="clicked")),
        "accepted": state(activity=_activity("accepted", why="signedIn")),
        "refused": state(activity=_activity("refused", why="Der eingegebene Code ist falsch.")),
        "stopped": state(
            portal=_portal(one, attention="refused"), activity=_activity("stopped", why="stopped")
        ),
        "not_filled": state(activity=_activity("notfilled", why="frameNotLinked", error=frame)),
        "secret_missing": state(portal=_portal(one, attention="secretMissing")),
        "locked": state(portal=_portal(one, attention="locked")),
    }

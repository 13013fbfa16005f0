"""Exports and lists that are larger than one message to the browser (1 MB)."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.portals import book, takeover
from auto2fa.portals.takeover import Batch, Pick, Suggestions
from auto2fa.vault.records import PortalRecord
from support.native import HostProcess
from support.vaults import opened_vault

MOST = 1024 * 1024
KNOWN = ["Voltra", "voltra energie", "TELEKOM", "Nordlicht", "Portal 7", "ab", "", "nobody"]
LONG = "Süddeutsche Telekommunikations- und Rechenzentrumsgesellschaft 株式会社"


def listed(count: int, issuer: str = LONG) -> bytes:
    """A plain list of accounts."""
    lines = (
        f"otpauth://totp/{issuer}:user{n}?secret={base64.b32encode(n.to_bytes(20, 'big')).decode()}"
        for n in range(1, count + 1)
    )
    return "\n".join(lines).encode()


def answer_of(host: HostProcess, verb: str, **params: Any) -> Any:
    """A result whose answer fitted into one message."""
    frame = host.answer(host.send(verb, **params))
    assert "result" in frame, frame
    assert len(json.dumps(frame)) < MOST
    return frame["result"]


def test_six_thousand_accounts_come_in_pages(host: HostProcess) -> None:
    opened = answer_of(host, "import.open", data=base64.b64encode(listed(6000)).decode())
    assert opened["total"] == 6000
    entries = opened["entries"]
    pages = 1
    while len(entries) < opened["total"]:
        page = answer_of(host, "import.entries", importId=opened["importId"], offset=len(entries))
        assert page["total"] == 6000
        entries += page["entries"]
        pages += 1
    assert pages > 2
    assert [entry["index"] for entry in entries] == list(range(6000))
    assert [entry["factor"]["name"] for entry in entries] == [f"user{n}" for n in range(1, 6001)]
    end = answer_of(host, "import.entries", importId=opened["importId"], offset=6000)
    assert end["entries"] == []


def test_many_portals_with_long_names_come_in_as_few_pages_as_fit(host: HostProcess) -> None:
    with opened_vault() as vault:
        for n in range(2500):
            book.link(vault, f"https://portal{n}.example", name=f"{LONG} {LONG} {n}")
    found: list[dict[str, Any]] = []
    pages = 0
    while True:
        page = answer_of(host, "portals.list", offset=len(found), limit=20_000)
        found += page["portals"]
        pages += 1
        if len(found) == page["total"]:
            break
    assert 2 <= pages <= 4
    assert len({portal["id"] for portal in found}) == 2500


def test_a_portal_takes_no_more_accounts_than_one_answer_holds(host: HostProcess, monkeypatch: Any) -> None:
    monkeypatch.setattr(takeover, "MOST_AT_ONE_PORTAL", 3)
    batch = Batch()
    batch.add(listed(4, "Shop"))
    with opened_vault() as vault:
        try:
            batch.apply(vault, [Pick(n, url="https://shop.example") for n in range(4)], state="pending")
        except Auto2faError as error:
            assert error.name == "tooManyAccounts"
        else:
            raise AssertionError("four accounts went to one portal")
        assert vault.index.portals() == []
        batch.apply(vault, [Pick(n, url="https://shop.example") for n in range(3)], state="pending")
        assert len(vault.index.portals()[0].accounts) == 3


def portal(number: int, name: str, *origins: str) -> PortalRecord:
    return PortalRecord(
        id=str(number), name=name, settings={}, taught={}, created_at=0, origins=list(origins)
    )


def test_suggestions_are_quick_among_thousands_and_never_guess_between_two() -> None:
    portals = [portal(n, f"Portal {n}", f"https://portal{n}.example") for n in range(2000)]
    portals += [
        portal(2000, "Voltra", "https://kundenportal.voltra-energie.example"),
        portal(2001, "Telekom", "https://geschaeftskunden.telekom.example", "https://telekom.example"),
        portal(2002, "Nordlicht A", "https://nordlicht.example"),
        portal(2003, "Nordlicht B", "https://b.nordlicht.example"),
        portal(2004, "ab", "https://ab.example"),
    ]
    start = time.perf_counter()
    suggestions = Suggestions(portals)
    found = {
        issuer: getattr(suggestions.of(OtpFactor(secret=bytes(10), issuer=issuer)), "id", None)
        for issuer in [*KNOWN, *(f"Unknown {n}" for n in range(5000))]
    }
    assert time.perf_counter() - start < 3
    assert {issuer: i for issuer, i in found.items() if i is not None} == {
        "Voltra": "2000",
        "voltra energie": "2000",
        "TELEKOM": "2001",
    }

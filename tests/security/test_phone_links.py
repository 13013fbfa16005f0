"""Links under attack: reuse, expiry, guessing; no answer may differ for a link that once was good."""

from __future__ import annotations

import http.client
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterator

import pytest

from auto2fa.phone import local
from auto2fa.phone.limits import Limits
from auto2fa.phone.service import PhoneService
from auto2fa.phone.throttle import TokenBuckets, network_of
from host.phone_rig import Answer, Host, Phone, Relay, ask, relay


@pytest.fixture
def running() -> Iterator[Relay]:
    # Loopback plays the proxy, so that tests can come from many addresses.
    with relay("memory", "--trusted-proxy", "127.0.0.1") as server:
        yield server


@pytest.fixture
def service() -> Iterator[PhoneService]:
    opened = PhoneService()
    yield opened
    opened.close_all()


def _from(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def _address() -> str:
    return f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"


def _comparable(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    return answer.status, answer.body, {k: v for k, v in answer.headers.items() if k != "date"}


def _answers(base: str) -> list[tuple[int, bytes, dict[str, str]]]:
    """Return what each phone address of a link answers, from a new sender each."""
    return [
        _comparable(ask(base, headers=_from(_address()))),
        _comparable(ask(f"{base}/open", "POST", headers=_from(_address()))),
        _comparable(ask(f"{base}/photo", "POST", b"x" * 2000, headers=_from(_address()))),
        _comparable(ask(f"{base}/verdict?wait=5", headers=_from(_address()))),
    ]


def test_used_expired_closed_busy_and_unknown_links_look_the_same(
    running: Relay, service: PhoneService
) -> None:
    bases = {"unknown": f"{running.url}/u/{secrets.token_urlsafe(16)}"}
    for odd in ("x", "%00", "..%2f..%2fetc%2fpasswd", "A" * 3000, "%F0%9F%94%91"):
        bases[odd] = f"{running.url}/u/{odd}"

    host = Host()
    host.link = service.open(portal_name="Used", relay=running.url, minutes=5, on_state=host)
    phone = Phone(host.link.url)
    assert phone.verdict(phone.send(b"picture").json["receipt"]).json["state"] == "read"
    bases["used"] = phone.base

    expired = service.open(portal_name="Expired", relay=running.url, minutes=1 / 60, on_state=Host())
    bases["expired"] = Phone(expired.url).base

    closed = service.open(portal_name="Closed", relay=running.url, minutes=5, on_state=Host())
    service.close(closed.link_id)
    bases["closed"] = Phone(closed.url).base

    # A photo lies there and nobody has judged it yet.
    busy = service.open(portal_name="Busy", relay=running.url, minutes=5, on_state=lambda state: None)
    Phone(busy.url).send(b"picture")
    bases["busy"] = Phone(busy.url).base

    time.sleep(1.2)
    expected = _answers(bases["unknown"])
    assert [status for status, _, _ in expected] == [404] * 4
    for name, base in bases.items():
        assert _answers(base) == expected, name


def test_the_answer_takes_the_same_time(running: Relay, service: PhoneService) -> None:
    host = Host()
    host.link = service.open(portal_name="Used", relay=running.url, minutes=5, on_state=host)
    used = Phone(host.link.url)
    used.verdict(used.send(b"picture").json["receipt"])
    good = Phone(service.open(portal_name="Good", relay=running.url, minutes=5, on_state=Host()).url)
    expired = service.open(portal_name="Expired", relay=running.url, minutes=1 / 60, on_state=Host())

    def once(link: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        connection.connect()
        start = time.perf_counter()
        connection.request("GET", f"/u/{link}", headers=_from(_address()))
        response = connection.getresponse()
        response.read()
        took = time.perf_counter() - start
        connection.close()
        assert response.status == 404
        return took

    kinds: dict[str, Callable[[], str]] = {
        "unknown": lambda: secrets.token_urlsafe(16),
        "used": lambda: used.link,
        "expired": lambda: Phone(expired.url).link,
        # All but the last letter of a link that is open.
        "near": lambda: good.link[:-1] + ("A" if good.link[-1] != "A" else "Q"),
        "no id": lambda: "x" * 22,
    }
    time.sleep(1.2)
    rounds: list[dict[str, float]] = []
    for _ in range(150):
        order = list(kinds)
        random.shuffle(order)
        rounds.append({kind: once(kinds[kind]()) for kind in order})

    def spread(rows: list[list[float]]) -> float:
        medians = [statistics.median(column) for column in zip(*rows, strict=True)]
        return float(max(medians) - min(medians))

    # What the machine's own noise makes of it: the same times with the kinds mixed up in each round.
    seen = [[row[kind] for kind in kinds] for row in rounds]
    noise = max(spread([random.sample(row, len(row)) for row in seen]) for _ in range(300))
    # A network's noise would hide 0.3 ms.
    assert spread(seen) < max(0.0003, 1.2 * noise), (spread(seen), noise)


def test_who_is_held_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService(limits=Limits(misses=5, misses_per_second=0))
    try:
        right = Phone(service.open(portal_name="A", relay=None, minutes=5, on_state=Host()).url)
        wrong = f"{right.base[:-22]}{secrets.token_urlsafe(16)}"
        assert right.page().status == 200
        assert [ask(wrong).status for _ in range(6)] == [404] * 5 + [429]
        for path, method in [("", "GET"), ("/open", "POST"), ("/photo", "POST"), ("/verdict", "GET")]:
            right_answer, wrong_answer = ask(right.base + path, method), ask(wrong + path, method)
            assert _comparable(right_answer) == _comparable(wrong_answer)
            assert right_answer.status == 429
    finally:
        service.close_all()


def test_an_address_in_a_header_counts_only_from_a_proxy() -> None:
    with relay() as direct:
        statuses = [
            ask(f"{direct.url}/u/{secrets.token_urlsafe(16)}", headers=_from(_address())).status
            for _ in range(Limits().misses + 60)
        ]
    assert 429 in statuses


def test_opening_links_is_limited_too(running: Relay) -> None:
    sender = _from(_address())
    body = b'{"seconds": 60, "name": ""}'
    statuses = []
    for _ in range(Limits().creations + 40):
        headers = {**sender, "Authorization": f"Bearer {secrets.token_urlsafe(32)}"}
        statuses.append(
            ask(f"{running.url}/api/links/{secrets.token_urlsafe(16)}", "PUT", body, headers).status
        )
    assert statuses[: Limits().creations] == [201] * Limits().creations
    assert 429 in statuses


def test_one_ipv6_customer_is_one_sender() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") == "10.0.0.1"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("unix") == "unix"


def test_the_memory_of_senders_is_bounded() -> None:
    buckets = TokenBuckets(2, 0.0)
    for number in range(60_000):
        buckets.spend(str(number))
    assert len(buckets._levels) <= 50_000
    buckets.spend("last")
    assert not buckets.empty("last")
    buckets.spend("last")
    assert buckets.empty("last")


def test_previews_of_messengers_do_not_use_a_link_up(running: Relay, service: PhoneService) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme", relay=running.url, minutes=5, on_state=host)
    phone = Phone(host.link.url)
    for _ in range(3):
        assert phone.page().status == 200
    assert host.states.empty()
    assert phone.send(b"picture").status == 200


def test_headers_of_every_answer(running: Relay, service: PhoneService) -> None:
    link = service.open(portal_name="Acme", relay=running.url, minutes=5, on_state=Host())
    base = Phone(link.url).base
    for answer in (
        ask(base),
        ask(f"{running.url}/s/phone.js"),
        ask(f"{running.url}/u/{'A' * 22}"),
        ask(f"{running.url}/elsewhere"),
        ask(f"{running.url}/s/../app.py"),
        ask(base, "DELETE"),
        ask(f"{base}/open", "POST"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers
        assert "set-cookie" not in answer.headers
    for name in ("../app.py", "%2e%2e/app.py", "vendor/../../app.py", "phone.html", "../words.json"):
        assert ask(f"{running.url}/s/{name}").status == 404


def test_random_bytes_do_not_end_the_relay(running: Relay) -> None:
    import socket

    for _ in range(30):
        with socket.create_connection(("127.0.0.1", running.port), 2) as line:
            line.sendall(os.urandom(300) + b"\r\n\r\n")
            line.settimeout(2)
            try:
                line.recv(1000)
            except OSError:
                continue
    assert ask(f"{running.url}/healthz").status == 200

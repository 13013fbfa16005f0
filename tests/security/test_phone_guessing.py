"""Guessing at links at 10,000 tries a second: it is held, tells nothing, and stops nobody else."""

from __future__ import annotations

import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from auto2fa.phone import local
from auto2fa.phone.limits import Limits
from auto2fa.phone.service import PhoneService
from host.phone_rig import Answer, Host, Phone, Relay, ask, relay
from support import guessers

SECONDS = 4.0
PROCESSES = 2
THREADS = 8
PIPELINED = 60
GUESSER, PHONE, OTHER = "127.0.0.9", "127.0.0.7", "127.0.0.8"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a loopback with many addresses")


@pytest.fixture(params=["local network", "relay"])
def opened(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[PhoneService, Relay | None]]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService()
    try:
        if request.param == "relay":
            with relay() as running:
                yield service, running
                service.close_all()
        else:
            yield service, None
    finally:
        service.close_all()


def _told(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    return answer.status, answer.body, {k: v for k, v in answer.headers.items() if k != "date"}


def test_ten_thousand_guesses_a_second(opened: tuple[PhoneService, Relay | None]) -> None:
    service, running = opened
    host = Host()
    host.link = service.open(
        portal_name="Acme", relay=running.url if running else None, minutes=5, on_state=host
    )
    phone = Phone(host.link.url, source=PHONE)
    port = int(phone.base.split(":")[2].split("/")[0])
    unknown = f"{phone.base[:-22]}{secrets.token_urlsafe(16)}"
    before = _told(ask(unknown, source=OTHER))
    assert before[0] == 404

    start = time.monotonic()
    loads = [guessers.start(port, GUESSER, SECONDS, PIPELINED, THREADS) for _ in range(PROCESSES)]
    time.sleep(1.5)
    # Meanwhile the one who guesses hears the same of the right link as of a wrong one ...
    right, wrong = ask(phone.base, source=GUESSER), ask(unknown, source=GUESSER)
    assert right.status == 429
    assert _told(right) == _told(wrong)
    # ... another one hears of a wrong link what it always hears ...
    assert _told(ask(unknown, source=OTHER)) == before
    # ... and the phone's photo arrives.
    sent_at = time.monotonic()
    assert phone.page().status == 200
    assert phone.open().status == 200
    receipt = phone.send(b"p" * 1_000_000).json["receipt"]
    assert phone.verdict(receipt).json["state"] == "read"
    assert time.monotonic() - sent_at < 10
    assert all(load.poll() is None for load in loads), "the load had ended before"

    counts: Counter[str] = sum((guessers.result(load) for load in loads), Counter())
    took = time.monotonic() - start
    assert counts["sent"] > 10_000 * SECONDS, counts
    # What was looked up at all is what the limit allows; a request of each thread may pass with the last one.
    limits = Limits()
    at_most = limits.misses + took * limits.misses_per_second + PROCESSES * THREADS
    assert counts["404"] <= at_most, counts
    assert counts["429"] > counts["404"]
    assert set(counts) <= {"sent", "404", "429", "no connection"}

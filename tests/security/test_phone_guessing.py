"""Guessing at links at 10,000 tries a second: it is held, tells nothing, and stops nobody else."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.phone import local
from auto2fa.phone.limits import Limits
from auto2fa.phone.service import PhoneService
from host.phone_rig import Answer, Host, Phone, Relay, ask, relay
from support.guessers import Guessers, Load

RATE = 10_000
GUESSER, PHONE, OTHER = "127.0.0.9", "127.0.0.7", "127.0.0.8"
CROWD = "127.1.0.1"
"""The first of as many addresses as it takes."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a loopback with many addresses")


def _cpu_s(process: int) -> float:
    """The processor's time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Target:
    """A link that is open, on the local network or on a relay."""

    def __init__(self, service: PhoneService, running: Relay | None) -> None:
        host = Host()
        host.link = service.open(
            portal_name="Acme", relay=running.url if running else None, minutes=5, on_state=host
        )
        self.phone = Phone(host.link.url, source=PHONE)
        self.port = int(self.phone.base.split(":")[2].split("/")[0])
        self.unknown = f"{self.phone.base[:-22]}{secrets.token_urlsafe(16)}"
        self.local = running is None
        self.process = running.process.pid if running else os.getpid()

    def photo_passes(self) -> None:
        """The phone sends its photo meanwhile."""
        start = time.monotonic()
        assert self.phone.page().status == 200
        assert self.phone.open().status == 200
        receipt = self.phone.send(b"p" * 1_000_000).json["receipt"]
        assert self.phone.verdict(receipt).json["state"] == "read"
        assert time.monotonic() - start < 5


@pytest.fixture(params=["local network", "relay"])
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService()
    try:
        if request.param == "relay":
            with relay() as running:
                yield Target(service, running)
                service.close_all()
        else:
            yield Target(service, None)
    finally:
        service.close_all()


def _told(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    return answer.status, answer.body, {k: v for k, v in answer.headers.items() if k != "date"}


class Siege:
    """A load of guesses on a target, which keeps the pace."""

    def __init__(self, target: Target, load: Load) -> None:
        self._target = target
        self._load = load
        self._guessers = Guessers(load)
        # What this machine does besides is not the service's affair, so its own time is measured: a core of its
        # own gives it a second a second. Other work slows that, too, hence the best of some rounds.
        paces: list[float] = []
        answered = self._guessers.round()
        while len(paces) < 2 or (max(paces) < RATE and len(paces) < 8):
            before, cpu = answered, _cpu_s(target.process)
            answered = self._guessers.round()
            paces.append((answered - before) / (_cpu_s(target.process) - cpu))
        print("answered in a second of a core:", *map(round, paces))
        assert max(paces) > RATE

    def end(self) -> Counter[str]:
        """Return how many guesses were answered how; none was dropped."""
        # On the local network the service ends with the photo.
        assert self._target.local or self._guessers.running
        counts = self._guessers.stop()
        assert counts["unanswered"] <= self._load.lines * self._load.pipelined
        return counts


def test_ten_thousand_guesses_a_second_of_one_who_is_held(target: Target) -> None:
    before = _told(ask(target.unknown, source=OTHER))
    assert before[0] == 404
    load = Load(target.port, first=GUESSER)
    siege = Siege(target, load)
    # Meanwhile the one who guesses hears the same of the right link as of a wrong one ...
    right, wrong = ask(target.phone.base, source=GUESSER), ask(target.unknown, source=GUESSER)
    assert right.status == 429
    assert _told(right) == _told(wrong)
    # ... another one hears of a wrong link what it always hears ...
    assert _told(ask(target.unknown, source=OTHER)) == before
    # ... and the phone's photo arrives.
    target.photo_passes()
    counts = siege.end()
    # What was looked up at all is what the limit allows, and what was on its way when it was reached.
    limits = Limits()
    at_most = limits.misses + counts["milliseconds"] / 1000 * limits.misses_per_second + load.lines
    assert limits.misses <= counts["404"] <= at_most, counts


def test_ten_thousand_guesses_a_second_from_everywhere(target: Target) -> None:
    """Each address stays under its limit, so that every guess is looked up and answered as a wrong link."""
    siege = Siege(target, Load(target.port, first=CROWD, addresses=100_000))
    assert ask(target.unknown, source=OTHER).status == 404
    target.photo_passes()
    assert siege.end()["429"] == 0

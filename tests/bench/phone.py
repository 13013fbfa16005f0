"""What the phone link costs: time to receive, the relay's memory, uploads a second. Loopback only.

Run: ``python tests/bench/phone.py``. Prints one line of JSON for each figure.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

# Instead of this folder, which has a host.py of its own.
ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT / "host"), str(ROOT / "tests")]

from auto2fa.phone import local  # noqa: E402
from auto2fa.phone.service import LinkState, PhoneService  # noqa: E402
from host.phone_rig import HAS_REDIS, Phone, Relay, ask, photo, read_code, redis_server, relay  # noqa: E402
from support import guessers  # noqa: E402

ROUNDS = 20
LINKS = 1000
UPLOADS = 400
SEALED = secrets.token_bytes(500_000)
"""About what a shrunk photo weighs."""


def say(name: str, **figures: object) -> None:
    print(json.dumps({"bench": name, **figures}), flush=True)


def received(relay_url: str | None, picture: bytes) -> None:
    """Measure from the phone's finished upload to the decrypted photo, and to the code read."""
    service = PhoneService()
    arrived: queue.Queue[float] = queue.Queue()
    to_photo, to_code = [], []

    def on_state(state: LinkState) -> None:
        if state.name == "received":
            arrived.put(time.perf_counter())
            assert read_code(state.photo)
            arrived.put(time.perf_counter())
            service.report(state.link_id, "read")

    for _ in range(ROUNDS):
        link = service.open(portal_name="Acme", relay=relay_url, minutes=5, on_state=on_state)
        phone = Phone(link.url)
        sealed = phone.key.seal("photo", picture)
        receipt = phone.send_sealed(sealed).json["receipt"]
        finished = time.perf_counter()
        to_photo.append((arrived.get(timeout=10) - finished) * 1000)
        to_code.append((arrived.get(timeout=10) - finished) * 1000)
        phone.verdict(receipt)
        service.close(link.link_id)
    say(
        f"upload finished to received, {'relay' if relay_url else 'local network'}",
        photo_kb=len(picture) // 1000,
        median_ms=round(statistics.median(to_photo), 1),
        worst_ms=round(max(to_photo), 1),
        code_read_median_ms=round(statistics.median(to_code), 1),
        rounds=ROUNDS,
    )


SHOWN = """() => {
  globalThis.shownAt = 0;
  new MutationObserver((_, watch) => {
    if (!document.querySelector("dialog[data-step=confirm] .digits[data-code]")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => {
      globalThis.shownAt = performance.timeOrigin + performance.now();
    }));
  }).observe(document, { subtree: true, childList: true, attributes: true });
}"""
"""Notes when the account, with its live code, was painted."""


def account_shown(picture: bytes) -> None:
    """Measure from the phone's finished upload until the wizard of a real browser shows the account."""
    from playwright.sync_api import sync_playwright

    from auto2fa.cli.common import open_vault
    from auto2fa.demo.keyring_session import keyring_session
    from auto2fa.portals import book
    from support.browser import ExtensionBrowser
    from support.words import word

    times = []
    with keyring_session() as session, tempfile.TemporaryDirectory() as home:
        os.environ.update(session.env, AUTO2FA_HOME=home)
        book.link(open_vault(), "https://acme.example", name="Acme")
        with sync_playwright() as playwright, ExtensionBrowser(playwright) as browser:
            page = browser.page("pages/portals/portals.html")
            page.evaluate("navigator.clipboard.writeText = async text => { globalThis.copied = text; }")
            page.locator(".plug").click()
            page.get_by_role("button", name=word("activate")).click()
            page.get_by_role("button", name=word("yes"), exact=True).click()
            page.locator("[aria-labelledby=wayPhone]").click()
            for _ in range(ROUNDS):
                page.get_by_role("button", name=word("copyLink")).click()
                phone = Phone(page.evaluate("globalThis.copied"))
                sealed = phone.key.seal("photo", picture)
                phone.open()
                page.evaluate(SHOWN)
                phone.send_sealed(sealed)
                finished = time.time() * 1000
                page.locator("dialog[data-step=confirm] .digits[data-code]").wait_for()
                while not (
                    shown := page.evaluate("globalThis.shownAt")
                ):  # the pages' rules forbid waiting by text
                    page.wait_for_timeout(5)
                times.append(shown - finished)
                page.get_by_role("button", name=word("back")).click()
    say(
        "upload finished to account shown in the wizard",
        photo_kb=len(picture) // 1000,
        median_ms=round(statistics.median(times), 1),
        worst_ms=round(max(times), 1),
        rounds=ROUNDS,
    )


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError("no VmRSS")


def _create(url: str) -> tuple[str, str]:
    link, bearer = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    headers = {
        "Authorization": f"Bearer {bearer}",
        "X-Forwarded-For": f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.1",
    }
    assert ask(f"{url}/api/links/{link}", "PUT", b'{"seconds": 600, "name": "AAAA"}', headers).status == 201
    return link, bearer


async def _wait_on(port: int, link: str, bearer: str) -> asyncio.StreamWriter:
    """Hold a host's long poll open."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"GET /api/links/{link}?seen=1&wait=25 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n\r\n"
    )
    writer.write(head.encode())
    await writer.drain()
    return writer


def memory(running: Relay) -> None:
    """Measure a relay with many open links, each with a host that waits."""
    before = _rss_mb(running.process.pid)
    links = [_create(running.url) for _ in range(LINKS)]
    opened = _rss_mb(running.process.pid)

    async def hold() -> float:
        writers = [await _wait_on(running.port, *link) for link in links]
        await asyncio.sleep(1)
        held = _rss_mb(running.process.pid)
        for writer in writers:
            writer.close()
        return held

    say("relay's memory", links=LINKS, empty_mb=before, open_mb=opened, hosts_waiting_mb=asyncio.run(hold()))


def uploads(name: str, relays: list[Relay]) -> None:
    """Measure uploads a second over eight clients, spread over the relays; hosts do not fetch."""
    links = [_create(relays[n % len(relays)].url) for n in range(UPLOADS)]
    work: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
    for number, (link, _) in enumerate(links):
        work.put((number, link))
    statuses: list[int] = []

    def send() -> None:
        while True:
            try:
                number, link = work.get_nowait()
            except queue.Empty:
                return
            url = relays[number % len(relays)].url
            # Each from an address of its own, since one may send two a second only.
            sender = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250}"}
            statuses.append(ask(f"{url}/u/{link}/photo", "POST", SEALED, sender).status)

    threads = [threading.Thread(target=send) for _ in range(8)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    assert statuses == [200] * UPLOADS
    say(
        name,
        uploads=UPLOADS,
        kb_each=len(SEALED) // 1000,
        per_second=round(UPLOADS / took),
        cores=os.cpu_count(),
    )


def guessing(name: str, relays: list[Relay], addresses: int) -> None:
    """Measure how many wrong links a second relays answer, each to a guesser of its own, and a photo meanwhile."""
    service = PhoneService()

    def on_state(state: LinkState) -> None:
        if state.name == "received":
            service.report(state.link_id, "read")

    times = []
    loads = [
        guessers.Guessers(guessers.Load(one.port, first=f"127.{number + 1}.0.1", addresses=addresses))
        for number, one in enumerate(relays)
    ]
    end = time.monotonic() + 4
    while time.monotonic() < end:
        link = service.open(portal_name="Acme", relay=relays[0].url, minutes=5, on_state=on_state)
        phone = Phone(link.url, source="127.0.0.7")
        start = time.perf_counter()
        phone.verdict(phone.send(SEALED).json["receipt"])
        times.append((time.perf_counter() - start) * 1000)
        time.sleep(0.3)
    service.close_all()
    counts = [load.stop() for load in loads]
    total = sum(counts, Counter[str]())
    say(
        name,
        answered_per_second=[round((one["404"] + one["429"]) / one["milliseconds"] * 1000) for one in counts],
        looked_up=total["404"],
        refused=total["429"],
        good_photos=len(times),
        good_photo_median_ms=round(statistics.median(times)),
        good_photo_worst_ms=round(max(times)),
    )


def main() -> None:
    os.environ[local.OVERRIDE] = "127.0.0.1"
    picture = photo(width=3000, height=2250)
    received(None, picture)
    account_shown(picture)
    proxy = ("--trusted-proxy", "127.0.0.1")
    with relay("memory", *proxy) as one:
        received(one.url, picture)
    with relay("memory", *proxy) as one:
        memory(one)
    with relay("memory", *proxy) as one:
        uploads("uploads a second, one process, memory", [one])
    for addresses in (1, 100_000):
        who = "of one who is held" if addresses == 1 else "from everywhere, each looked up"
        with relay() as one:
            guessing(f"guesses {who}, one process", [one], addresses)
        with relay() as one, relay() as other:
            guessing(f"guesses {who}, two processes", [one, other], addresses)
    if HAS_REDIS:
        for count in (1, 2):
            with (
                tempfile.TemporaryDirectory() as folder,
                redis_server(Path(folder)) as store,
                relay(store, *proxy) as first,
                relay(store, *proxy) as second,
            ):
                uploads(f"uploads a second, {count} process(es), Redis", [first, second][:count])


if __name__ == "__main__":
    main()

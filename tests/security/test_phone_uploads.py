"""Uploads under attack: too large, too slow, too many at once, changed on the way."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import sys
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator

import pytest
from PIL import Image

from auto2fa.phone import local
from auto2fa.phone.limits import MAX_PHOTO_BYTES, MAX_SEALED_BYTES, Limits
from auto2fa.phone.service import PhoneService
from auto2fa.phone.throttle import UploadCutError, Uploads, UploadTooLargeError
from host.phone_rig import Host, Phone, ask, relay, until
from support.apart import run_apart

HEAD = "POST /u/{link}/photo HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
CHUNKED = "POST /u/{link}/photo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneService]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    running = PhoneService()
    yield running
    running.close_all()


def _open(service: PhoneService, host: Host, url: str | None = None) -> tuple[Phone, int]:
    host.link = service.open(portal_name="Acme", relay=url, minutes=5, on_state=host)
    phone = Phone(host.link.url)
    return phone, int(phone.base.split(":")[2].split("/")[0])


def _status(line: socket.socket) -> int:
    line.settimeout(5)
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while b"\r\n" not in received:
            part = line.recv(1000)
            if not part:
                break
            received += part
    return int(received.split(b" ")[1]) if received else 0


def test_the_largest_photo_passes_and_one_byte_more_does_not(service: PhoneService) -> None:
    host = Host(lambda photo: "noCodeFound")
    phone, _ = _open(service, host)
    assert phone.send(b"\0" * MAX_PHOTO_BYTES).status == 200
    assert len(host.next_named("received").photo) == MAX_PHOTO_BYTES
    until(lambda: phone.page().status == 200)
    with contextlib.suppress(OSError):
        assert phone.send(b"\0" * (MAX_PHOTO_BYTES + 1)).status == 413
    assert host.states.empty()


def test_a_size_that_is_announced_is_refused_before_the_body(service: PhoneService) -> None:
    phone, port = _open(service, Host())
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD.format(link=phone.link, length=MAX_SEALED_BYTES + 1).encode())
        assert _status(line) == 413
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD.format(link="A" * 22, length=MAX_SEALED_BYTES).encode())
        assert _status(line) == 404


def test_a_size_that_is_not_announced_is_counted(service: PhoneService) -> None:
    phone, port = _open(service, Host())
    piece = b"100000\r\n" + b"\0" * 0x100000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(CHUNKED.format(link=phone.link).encode())
        with contextlib.suppress(OSError):
            for _ in range(40):
                line.sendall(piece)
                sent += 1
        assert sent < 25
    assert phone.page().status == 200


@pytest.mark.parametrize("where", ["local network", "relay"])
def test_a_hundred_slow_clients_do_not_stop_a_good_one(service: PhoneService, where: str) -> None:
    if where == "local network":
        _beside_slow_clients(service, None)
        return
    with relay() as running:
        _beside_slow_clients(service, running.url)
        service.close_all()


def _beside_slow_clients(service: PhoneService, url: str | None) -> None:
    host = Host()
    phone, port = _open(service, host, url)
    lines = []
    try:
        for number in range(100):
            line = socket.create_connection(("127.0.0.1", port))
            lines.append(line)
            if number % 3 == 0:
                line.sendall(b"POST /u/")
            elif number % 3 == 1:
                line.sendall(HEAD.format(link="A" * 22, length=10_000_000).encode() + b"x")
            else:
                # These know the link itself.
                line.sendall(HEAD.format(link=phone.link, length=10_000_000).encode() + b"x" * 100)
        start = time.monotonic()
        receipt = phone.send(b"p" * 2_000_000).json["receipt"]
        assert phone.verdict(receipt).json["state"] == "read"
        assert time.monotonic() - start < 5
        assert len(host.next_named("received").photo) == 2_000_000
    finally:
        for line in lines:
            line.close()


def test_photos_of_one_address_are_counted_whatever_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService(limits=Limits(uploads=3, uploads_per_second=0))
    try:
        host = Host(lambda photo: "noCodeFound")
        phone, _ = _open(service, host)
        for _ in range(3):
            receipt = phone.send(b"picture").json["receipt"]
            assert phone.verdict(receipt).json["state"] == "unreadable"
        right = phone.send(b"picture")
        wrong = ask(f"{phone.base[:-22]}{'A' * 22}/photo", "POST", b"x" * 50)
        assert right.status == wrong.status == 429
        assert right.body == wrong.body
        # Looking at the page is no upload, and another phone has its own count.
        assert phone.page().status == 200
        other = Phone(f"{phone.base}#{phone.key.fragment}", source="127.0.0.7")
        if sys.platform == "linux":
            assert other.send(b"picture").status == 200
    finally:
        service.close_all()


def test_a_request_head_that_never_ends_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService(limits=Limits(header_s=0.4))
    try:
        _, port = _open(service, Host())
        with (
            socket.create_connection(("127.0.0.1", port)) as silent,
            socket.create_connection(("127.0.0.1", port)) as slow,
            socket.create_connection(("127.0.0.1", port)) as second,
        ):
            slow.sendall(b"GET /u/x HT")
            # One good request does not buy time for a slow second one.
            second.sendall(b"GET /s/phone.css HTTP/1.1\r\nHost: x\r\n\r\n")
            assert _status(second) == 200
            time.sleep(0.1)
            with contextlib.suppress(BlockingIOError):
                second.setblocking(False)
                while second.recv(100_000):
                    pass
            second.setblocking(True)
            second.sendall(b"GET /")
            for line in (silent, slow, second):
                line.settimeout(3)
                with contextlib.suppress(ConnectionResetError):
                    assert line.recv(100) == b""
    finally:
        service.close_all()


def test_more_connections_than_the_bound_push_out_the_oldest_idle_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    service = PhoneService(limits=Limits(max_connections=20))
    lines = []
    try:
        phone, port = _open(service, Host())
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
        assert phone.page().status == 200
        lines[0].settimeout(3)
        with contextlib.suppress(ConnectionResetError):
            assert lines[0].recv(1) == b""
    finally:
        for line in lines:
            line.close()
        service.close_all()


async def _dribble(pieces: int, size: int, pause: float) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield b"x" * size
        await asyncio.sleep(pause)


def test_uploads_are_cut_when_idle_slow_long_or_large() -> None:
    async def main() -> None:
        quick = Limits(
            upload_idle_s=0.2, upload_total_s=0.6, upload_grace_s=0.3, upload_bytes_per_second=1000
        )
        with pytest.raises(UploadCutError):
            await Uploads(quick).receive(_dribble(2, 10, 5), 1000)
        with pytest.raises(UploadCutError):
            await Uploads(quick).receive(_dribble(50, 5, 0.05), 1000)
        start = time.monotonic()
        with pytest.raises(UploadCutError):
            await Uploads(quick).receive(_dribble(100, 500, 0.05), 100_000)
        # All of it would take 5 s; the machine may be busy with other things.
        assert 0.5 < time.monotonic() - start < 4
        with pytest.raises(UploadTooLargeError):
            await Uploads(Limits()).receive(_dribble(3, 500, 0), 1499)
        uploads = Uploads(Limits())
        assert await uploads.receive(_dribble(3, 500, 0), 1500) == b"x" * 1500
        assert (uploads._bytes, uploads._open) == (0, set())

    run_apart(main())


def test_when_all_places_are_taken_the_slowest_makes_room() -> None:
    async def main() -> None:
        uploads = Uploads(Limits(max_uploads=3, upload_idle_s=30))
        slow = [asyncio.create_task(uploads.receive(_dribble(2, 10 + n, 20), 10**6)) for n in range(3)]
        await asyncio.sleep(0.7)
        assert await uploads.receive(_dribble(10, 10_000, 0), 10**6) == b"x" * 100_000
        await asyncio.sleep(0.05)
        assert [task.done() for task in slow] == [True, False, False]
        assert isinstance(slow[0].exception(), UploadCutError)
        for task in slow[1:]:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert (uploads._bytes, uploads._open) == (0, set())

    run_apart(main())


def test_bytes_in_flight_are_bounded() -> None:
    async def main() -> None:
        limits = Limits(max_receiving_bytes=1_000_000, upload_idle_s=30)
        uploads = Uploads(limits)
        tasks = [asyncio.create_task(uploads.receive(_dribble(40, 10_000, 0.05), 10**6)) for _ in range(10)]
        peak = 0
        while not all(task.done() for task in tasks):
            peak = max(peak, uploads._bytes)
            await asyncio.sleep(0.01)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert peak <= limits.max_receiving_bytes + 10_000
        assert any(isinstance(result, bytes) for result in results)
        assert any(isinstance(result, UploadCutError) for result in results)

    run_apart(main())


def test_a_decompression_bomb_is_passed_on_as_it_is(service: PhoneService) -> None:
    """Nothing here unpacks: the bytes that arrive are the bytes that were sent, bounded in number."""
    host = Host(lambda photo: "pictureTooLarge")
    phone, _ = _open(service, host)
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    receipt = phone.send(bomb.getvalue()).json["receipt"]
    assert phone.verdict(receipt).json["problem"] == "pictureTooLarge"
    assert host.next_named("received").photo == bomb.getvalue()
    # A transfer that is packed is not unpacked either.
    packed = zlib.compress(phone.key.seal("photo", b"picture"))
    answer = ask(f"{phone.base}/photo", "POST", packed, {"Content-Encoding": "deflate"})
    assert phone.verdict(answer.json["receipt"]).json["state"] == "again"


def test_a_changed_photo_is_refused_and_the_true_one_still_welcome(service: PhoneService) -> None:
    host = Host()
    phone, _ = _open(service, host)
    sealed = bytearray(phone.key.seal("photo", b"picture"))
    sealed[20] ^= 1
    for wrong in (bytes(sealed), bytes(sealed[:20]), b"", phone.key.seal("name", b"picture")):
        answer = phone.verdict(phone.send_sealed(wrong).json["receipt"]).json
        assert (answer["state"], answer["problem"]) == ("again", "notOpened")
    assert phone.verdict(phone.send(b"picture").json["receipt"]).json["state"] == "read"
    states = []
    while not host.states.empty():
        states.append(host.next())
    assert [state.name for state in states] == ["opened", *["unreadable"] * 4, "received"]
    assert states[-1].photo == b"picture"


def test_many_photos_at_once_on_one_link_and_one_is_taken(service: PhoneService) -> None:
    host = Host()
    phone, _ = _open(service, host)
    sealed = [phone.key.seal("photo", b"%d" % number) for number in range(12)]
    statuses: list[int] = []

    def send(one: bytes) -> None:
        with contextlib.suppress(OSError):
            statuses.append(phone.send_sealed(one).status)

    threads = [threading.Thread(target=send, args=(one,)) for one in sealed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert statuses.count(200) == 1
    host.next_named("received")
    assert host.states.empty()

"""Connections that hold places, memory or time without sending a request: each has its bound."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from auto2fa.phone import app, local
from auto2fa.phone.limits import Limits
from auto2fa.phone.serve import MAX_HEAD_BYTES, MAX_PIPELINED
from auto2fa.phone.service import PhoneService
from host.phone_rig import Host, Phone
from support.apart import run_apart

LARGE = b"GET /s/vendor/noble-ciphers/aes.js HTTP/1.1\r\nHost: x\r\n\r\n" * 80
"""Some 6 MB of answers: more than the systems of both sides take off the service's hands."""

Opened = Callable[..., tuple[Phone, int]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    services: list[PhoneService] = []

    def start(limits: Limits | None = None) -> tuple[Phone, int]:
        service = PhoneService(limits=limits)
        services.append(service)
        host = Host()
        host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
        phone = Phone(host.link.url)
        return phone, int(phone.base.split(":")[2].split("/")[0])

    yield start
    for service in services:
        service.close_all()


def _line(port: int) -> socket.socket:
    line = socket.socket()
    line.settimeout(5)
    line.connect(("127.0.0.1", port))
    return line


def _ended(line: socket.socket, seconds: float) -> bool:
    """Whether the other side hangs up in time; what it says until then is read and forgotten."""
    end = time.monotonic() + seconds
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        while time.monotonic() < end:
            line.settimeout(max(0.01, end - time.monotonic()))
            with contextlib.suppress(TimeoutError):
                if line.recv(65_536) == b"":
                    return True
        return False
    return True


def _answered(line: socket.socket) -> bytes:
    """Everything that is said until the other side hangs up."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65_536):
            said += part
    return said


def test_who_never_reads_is_hung_up_on(opened: Opened) -> None:
    _, port = opened(Limits(read_s=0.3))
    with _line(port) as line:
        line.sendall(LARGE)
        time.sleep(1)
        # Nothing was read until now; the answers are cut in the middle.
        assert _answered(line).count(b"HTTP/1.1 200") < 80


def test_who_reads_slowly_but_steadily_gets_all(opened: Opened) -> None:
    _, port = opened(Limits(read_s=1))
    with _line(port) as line:
        line.sendall(LARGE)
        said = b""
        start = time.monotonic()
        while said.count(b"HTTP/1.1 200") < 80:
            part = line.recv(100_000)
            assert part
            said += part
            time.sleep(0.02)
        assert time.monotonic() - start > 1


def test_those_who_never_read_take_no_place_from_a_phone(opened: Opened) -> None:
    phone, port = opened()
    lines = [_line(port) for _ in range(200)]
    try:
        for line in lines:
            with contextlib.suppress(OSError):  # it had to make room already
                line.sendall(LARGE)
        receipt = phone.send(b"picture").json["receipt"]
        assert phone.verdict(receipt).json["state"] == "read"
    finally:
        for line in lines:
            line.close()


def test_empty_lines_keep_no_connection_open(opened: Opened) -> None:
    _, port = opened(Limits(header_s=0.5))
    with _line(port) as line:
        line.sendall(b"GET /s/phone.css HTTP/1.1\r\nHost: x\r\n\r\n")
        start = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - start < 4:
                line.sendall(b"\r\n")
                time.sleep(0.05)
        assert time.monotonic() - start < 3


@pytest.mark.parametrize("shape", ["one header", "many headers", "address"])
def test_a_head_without_end_is_cut_by_its_size(opened: Opened, shape: str) -> None:
    _, port = opened()
    first, more = {
        "one header": (b"GET / HTTP/1.1\r\nX: ", b"x" * 1024),
        "many headers": (b"GET / HTTP/1.1\r\n", b"X: xxxx\r\n" * 128),
        "address": (b"GET /", b"x" * 1024),
    }[shape]
    sent = 0
    with _line(port) as line:
        line.sendall(first)
        with contextlib.suppress(OSError):
            for _ in range(200):
                line.sendall(more)
                sent += len(more)
                time.sleep(0.005)
    assert MAX_HEAD_BYTES <= sent < 4 * MAX_HEAD_BYTES


def test_what_follows_a_body_in_pieces_is_cut_by_its_size(opened: Opened) -> None:
    phone, port = opened()
    sent = 0
    with _line(port) as line:
        head = f"POST /u/{phone.link}/photo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        line.sendall(head.encode() + b"1\r\nx\r\n0\r\n")
        with contextlib.suppress(OSError):
            for _ in range(200):
                line.sendall(b"X: xxxx\r\n" * 128)
                sent += 9 * 128
                time.sleep(0.005)
    assert sent < 4 * MAX_HEAD_BYTES
    assert phone.page().status == 200


def test_requests_sent_ahead_are_bounded(opened: Opened) -> None:
    _, port = opened()
    guess = f"GET /u/{'A' * 22} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with _line(port) as line:
        line.sendall(guess * MAX_PIPELINED)
        line.settimeout(1)
        said = b""
        with contextlib.suppress(TimeoutError):
            while said.count(b"HTTP/1.1 404") < MAX_PIPELINED:
                said += line.recv(65_536)
        assert said.count(b"HTTP/1.1 404") == MAX_PIPELINED
    with _line(port) as line, contextlib.suppress(OSError):
        line.sendall(guess * MAX_PIPELINED * 3)
        assert _ended(line, 3)


def test_a_hosts_message_is_not_awaited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "JSON_S", 0.05)

    async def receive() -> dict[str, object]:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b" ", "more_body": True}

    request = Request({"type": "http", "method": "PUT", "headers": []}, receive)
    with pytest.raises(HTTPException) as caught:
        run_apart(app.Desk._body(request))
    assert caught.value.status_code == 408

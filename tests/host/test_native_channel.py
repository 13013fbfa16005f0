"""The channel: frames, guards, callers, the process's end."""

from __future__ import annotations

import json
import struct
import time

import pytest

from auto2fa.native.messages import PROTOCOL
from support.native import HostError, HostProcess

HELLO = {"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"protocol": PROTOCOL}}


def test_hello_names_protocol_and_version(host: HostProcess) -> None:
    answer = host.ask("hello", protocol=PROTOCOL)
    assert answer["protocol"] == PROTOCOL
    assert answer["version"]


def test_another_protocol_is_refused_with_both_numbers(host: HostProcess) -> None:
    with pytest.raises(HostError, match=r"wrongProtocol.*99.*1"):
        host.ask("hello", protocol=99)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"],
        ["/some/manifest.json", "other@example.org"],
    ],
)
def test_other_callers_are_refused(home: object, arguments: list[str]) -> None:
    process = HostProcess(arguments)
    assert process.read_frame()["error"]["data"]["name"] == "callerRefused"
    assert process.close() == 1


def test_a_frame_in_pieces_is_read(host: HostProcess) -> None:
    body = json.dumps(HELLO | {"id": 77}).encode()
    frame = struct.pack("@I", len(body)) + body
    for start in range(0, len(frame), 7):
        host.write(frame[start : start + 7])
        time.sleep(0.002)
    assert host.answer(77)["result"]["protocol"] == PROTOCOL


@pytest.mark.parametrize("body", [b"{not json", b'"\xff\xfe"', b"[" * 100_000, b""])
def test_a_broken_frame_gets_an_error_and_the_stream_goes_on(host: HostProcess, body: bytes) -> None:
    host.write_frame(body)
    assert host.answer(None)["error"]["data"]["name"] == "parseError"
    assert host.ask("hello", protocol=PROTOCOL)


def test_a_frame_over_64_mib_is_skipped(host: HostProcess) -> None:
    size = 64 * 1024 * 1024 + 1
    host.write(struct.pack("@I", size))
    for _ in range(size // (1024 * 1024)):
        host.write(b" " * 1024 * 1024)
    host.write(b" ")
    assert host.answer(None)["error"]["data"]["name"] == "messageTooLarge"
    assert host.ask("hello", protocol=PROTOCOL)


@pytest.mark.parametrize(
    "request_",
    [
        [],
        "text",
        5,
        None,
        {"id": 1},
        {"jsonrpc": "1.0", "id": 1, "method": "hello"},
        {"jsonrpc": "2.0", "method": 3},
    ],
)
def test_what_is_not_a_request_is_refused(host: HostProcess, request_: object) -> None:
    host.write_frame(json.dumps(request_).encode())
    assert host.answer(None)["error"]["code"] == -32600


def test_unknown_verbs_and_wrong_parameters_are_named(host: HostProcess) -> None:
    with pytest.raises(HostError, match=r"methodNotFound.*secret\.get"):
        host.ask("secret.get")
    with pytest.raises(HostError, match=r"invalidParams.*limit"):
        host.ask("portals.list", limit=100_000)
    with pytest.raises(HostError, match="invalidParams"):
        host.ask("code", frameOrigin=7, topOrigin="https://a.example")


def test_a_notification_gets_no_answer(host: HostProcess) -> None:
    host.write_frame(json.dumps({"jsonrpc": "2.0", "method": "portals.list"}).encode())
    number = host.send("hello", protocol=PROTOCOL)
    assert host.read_frame()["id"] == number


def test_the_process_ends_with_the_pipe(home: object) -> None:
    with HostProcess() as process:
        start = time.monotonic()
        assert process.close() == 0
        assert time.monotonic() - start < 5


def test_a_cut_off_frame_ends_the_process(home: object) -> None:
    with HostProcess() as process:
        process.write(struct.pack("@I", 100) + b"{")
        assert process.close() == 0


def test_a_slow_picture_does_not_hold_up_other_requests(host: HostProcess) -> None:
    import base64
    import io

    from PIL import Image

    noise = Image.effect_noise((1600, 1600), 90)
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    slow = host.send("qr.decode", image=base64.b64encode(buffer.getvalue()).decode(), budgetMs=1500)
    quick = host.send("hello", protocol=PROTOCOL)
    first = host.read_frame()
    assert first["id"] == quick
    assert host.answer(slow)["result"]["codes"] == []

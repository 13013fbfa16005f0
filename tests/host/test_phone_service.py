"""A link on the local network from the host's side, with a phone that speaks HTTP."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.phone import local
from auto2fa.phone.desks import LocalDesk
from auto2fa.phone.limits import MAX_TRIES
from auto2fa.phone.listener import Listener
from auto2fa.phone.service import PhoneService
from host.phone_rig import Host, Phone, free_port, listens, until


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneService]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    running = PhoneService()
    yield running
    running.close_all()
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith("auto2fa-phone")])


def _open(service: PhoneService, host: Host, minutes: float = 5, name: str = "Acme") -> Phone:
    host.link = service.open(portal_name=name, relay=None, minutes=minutes, on_state=host)
    return Phone(host.link.url)


def test_a_photo_arrives_decrypted_and_the_link_is_gone(service: PhoneService) -> None:
    host = Host()
    phone = _open(service, host, name="Bär & Söhne")
    assert host.link is not None
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/u/[\w-]{22}#[\w-]{43}", host.link.url)
    assert abs(host.link.expires_at - time.time() - 300) < 3
    assert phone.key.check_word == host.link.check_word
    assert phone.page().status == 200
    assert host.states.empty()
    opened = phone.open()
    assert opened.json["triesLeft"] == MAX_TRIES
    assert opened.json["secondsLeft"] in (299, 300)
    assert host.next().name == "opened"
    receipt = phone.send(b"picture").json["receipt"]
    state = host.next()
    assert (state.name, state.photo) == ("received", b"picture")
    assert phone.verdict(receipt).json == {"state": "read", "problem": "", "triesLeft": 4}
    port = int(host.link.url.split(":")[2].split("/")[0])
    until(lambda: not listens(port), 2)
    assert host.states.empty()


def test_the_name_reaches_the_phone_sealed_and_cut(service: PhoneService) -> None:
    import base64

    phone = _open(service, Host(), name="Ä" * 300)
    sealed = base64.b64decode(phone.open().json["name"])
    assert phone.key.open("name", sealed).decode() == "Ä" * 100


def test_retakes_on_the_same_link(service: PhoneService) -> None:
    host = Host(lambda photo: "" if photo == b"sharp" else "noCodeFound")
    phone = _open(service, host)
    answer = phone.verdict(phone.send(b"blurred").json["receipt"]).json
    assert answer == {"state": "unreadable", "problem": "noCodeFound", "triesLeft": 4}
    assert phone.page().status == 200
    answer = phone.verdict(phone.send(b"sharp").json["receipt"]).json
    assert answer["state"] == "read"
    assert [host.next().name for _ in range(3)] == ["opened", "received", "received"]


def test_five_tries_and_no_more(service: PhoneService) -> None:
    host = Host(lambda photo: "notASecondFactor")
    phone = _open(service, host)
    for left in (4, 3, 2, 1, 0):
        answer = phone.verdict(phone.send(b"blurred").json["receipt"]).json
        assert answer == {"state": "unreadable", "problem": "notASecondFactor", "triesLeft": left}
    failed = host.next_named("failed")
    assert (failed.problem, failed.tries_left) == ("notASecondFactor", 0)
    with pytest.raises((OSError, AssertionError)):
        assert phone.send(b"sixth").status == 200


def test_a_verdict_from_another_thread_later(service: PhoneService) -> None:
    got = threading.Event()
    link = service.open(
        portal_name="Acme",
        relay=None,
        minutes=5,
        on_state=lambda state: got.set() if state.name == "received" else None,
    )
    phone = Phone(link.url)
    receipt = phone.send(b"picture").json["receipt"]
    assert got.wait(5)
    assert phone.verdict(receipt, wait=0).json == {"state": "reading"}
    assert phone.verdict(receipt, wait=0.2).json == {"state": "reading"}
    threading.Timer(0.2, lambda: service.report(link.link_id, "read")).start()
    assert phone.verdict(receipt).json["state"] == "read"


def test_closing_after_the_verdict_lets_the_phone_hear_it(service: PhoneService) -> None:
    """The wizard goes on, and closes the link, in the moment in which the code was read."""
    host = Host()
    phone = _open(service, host)
    port = int(phone.base.split(":")[2].split("/")[0])
    receipt = phone.send(b"picture").json["receipt"]
    host.next_named("received")
    service.close(phone.link)
    time.sleep(0.3)
    assert phone.verdict(receipt).json["state"] == "read"
    until(lambda: not listens(port), 2)
    assert host.states.empty()


def test_a_photo_sealed_with_another_key_is_told_to_both_sides(service: PhoneService) -> None:
    host = Host()
    phone = _open(service, host)
    answer = phone.verdict(phone.send_sealed(b"n" * 500).json["receipt"]).json
    assert answer == {"state": "again", "problem": "notOpened", "triesLeft": 4}
    assert host.next_named("unreadable").problem == "notOpened"
    assert phone.verdict(phone.send(b"good").json["receipt"]).json["state"] == "read"


def test_expiry_closes_and_says_so(service: PhoneService) -> None:
    host = Host()
    _open(service, host, minutes=0.01)
    assert host.next(3).name == "expired"
    assert host.link is not None
    port = int(host.link.url.split(":")[2].split("/")[0])
    assert not listens(port)


@pytest.mark.parametrize("sent", ["", "POST /u/{link}/pho", "POST /u/{link}/photo HTTP/1.1\r\n{rest}"])
@pytest.mark.parametrize("race", [False, True], ids=["settled", "just-accepted"])
def test_closing_frees_the_port_at_once_and_hangs_up_on_the_phone(
    service: PhoneService, monkeypatch: pytest.MonkeyPatch, sent: str, race: bool
) -> None:
    accepting = threading.Event()
    accept = Listener.accept

    def late(listener: Listener) -> tuple[socket.socket, object]:
        # The server is told to end while asyncio accepts: such a connection once stayed open for good.
        found = accept(listener)
        accepting.set()
        time.sleep(0.2)
        return found

    host = Host()
    port = free_port()
    link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host, port=port)
    if race:
        monkeypatch.setattr(Listener, "accept", late)
    with socket.create_connection(("127.0.0.1", port)) as line:
        rest = "Host: x\r\nContent-Length: 9999\r\n\r\nsome"
        line.sendall(sent.format(link=link.link_id, rest=rest).encode())
        if race:
            assert accepting.wait(5)
        else:
            assert listens(port)
        start = time.monotonic()
        service.close(link.link_id)
        assert not listens(port)
        assert time.monotonic() - start < 3
        # Closed when close() returns, so there is nothing to wait for.
        line.settimeout(0.2)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1) == b""
    monkeypatch.setattr(Listener, "accept", accept)
    assert host.next_named("closed").link_id == link.link_id
    again = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host, port=port)
    assert Phone(again.url).page().status == 200


def test_a_finished_link_hangs_up_on_a_second_phone_in_the_middle_of_its_upload(
    service: PhoneService,
) -> None:
    host = Host()
    phone = _open(service, host)
    port = int(phone.base.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = f"POST /u/{phone.link}/photo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nsome"
        line.sendall(head.encode())
        assert phone.verdict(phone.send(b"picture").json["receipt"]).json["state"] == "read"
        line.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            while line.recv(1000):
                pass
    assert not listens(port)


def test_two_links_at_once_do_not_meet(service: PhoneService) -> None:
    first, second = Host(), Host()
    one, two = _open(service, first, name="One"), _open(service, second, name="Two")
    assert one.base.rpartition("/")[0] != two.base.rpartition("/")[0]
    stray = Phone(f"{one.base.rpartition('/')[0]}/{two.link}#{two.key.fragment}")
    assert stray.page().status == 404
    two.send(b"for two")
    assert second.next_named("received").photo == b"for two"
    assert first.states.empty()
    one.send(b"for one")
    assert first.next_named("received").photo == b"for one"


def test_a_failing_caller_ends_the_link_not_the_host(service: PhoneService) -> None:
    states = []

    def broken(state: object) -> None:
        states.append(getattr(state, "name", ""))
        if states[-1] == "received":
            raise RuntimeError("bug")

    link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=broken)
    Phone(link.url).send(b"picture")
    until(lambda: "failed" in states)


def test_closing_while_the_photo_is_fetched_ends_the_link(
    service: PhoneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host()
    phone = _open(service, host)
    take = LocalDesk.take

    def close_meanwhile(desk: LocalDesk) -> bytes | None:
        photo = take(desk)
        service.close(phone.link)
        return photo

    monkeypatch.setattr(LocalDesk, "take", close_meanwhile)
    with contextlib.suppress(OSError):
        phone.send(b"picture")
    assert [host.next().name, host.next().name] == ["opened", "closed"]
    # The fixture waits for the watching thread's end.
    assert host.states.empty()


def test_nothing_secret_in_any_repr(service: PhoneService) -> None:
    host = Host()
    phone = _open(service, host)
    assert host.link is not None
    assert phone.key.fragment not in repr(host.link)
    phone.send(b"very private picture")
    assert "private" not in repr(host.next_named("received"))


def test_no_sms_for_a_link_that_is_gone(service: PhoneService) -> None:
    host = Host()
    _open(service, host)
    assert host.link is not None
    service.close(host.link.link_id)
    for link_id in (host.link.link_id, "unknown"):
        with pytest.raises(Auto2faError) as caught:
            service.send_sms(
                link_id, "+4915123456789", country="DE", provider_url="json://127.0.0.1:9/{number}"
            )
        assert caught.value.name == "linkGone"


def test_an_address_that_is_not_ours_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "192.0.2.77")
    with pytest.raises(Auto2faError) as caught:
        PhoneService().open(portal_name="Acme", relay=None, minutes=1, on_state=Host())
    assert caught.value.name == "noNetwork"

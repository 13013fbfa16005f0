"""What others can see: the relay's operator, its store, its memory, the network, the disk."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from auto2fa.phone import local
from auto2fa.phone.service import PhoneService
from host.phone_rig import HAS_REDIS, Host, Phone, listens, redis_server, relay, until

MARK = b"THIS-IS-THE-PICTURE-" * 50


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneService]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    running = PhoneService()
    yield running
    running.close_all()


def _secrets(phone: Phone, check_word: str) -> list[bytes]:
    fragment = phone.key.fragment
    return [
        MARK[:20],
        fragment.encode(),
        base64.urlsafe_b64decode(fragment + "="),
        check_word.encode() + b"\0",
        b"Geheimer Lieferant",
    ]


@pytest.mark.skipif(not HAS_REDIS, reason="needs redis-server")
def test_a_dump_of_the_store_holds_no_picture_no_key_no_name_no_link(
    service: PhoneService, tmp_path: Path
) -> None:
    import redis

    host = Host()
    with redis_server(tmp_path) as url, relay(url) as running:
        # No host fetches, so that the photo lies there.
        link = service.open(portal_name="Geheimer Lieferant", relay=running.url, minutes=5, on_state=host)
        phone = Phone(link.url)
        service.close_all()
        store = redis.Redis.from_url(url)
        assert store.keys("*") == []

        from auto2fa.phone.desks import RelayDesk

        desk = RelayDesk(
            phone.link,
            name=phone.key.seal("name", b"Geheimer Lieferant"),
            seconds=60,
            relay=running.url,
        )
        assert phone.open().status == 200
        assert phone.send(MARK).status == 200
        store.save()
        dump = (tmp_path / "dump.rdb").read_bytes()
        keys = [key if isinstance(key, bytes) else key.encode() for key in store.keys("*")]
        everything = dump + b"".join(keys)
        for key in keys:
            everything += store.dump(key) or b""
            assert store.ttl(key) > 0
        assert len(keys) == 2
        assert len(dump) > len(MARK)
        for secret in [*_secrets(phone, link.check_word), phone.link.encode(), desk._bearer.encode()]:
            assert secret not in everything
        # What lies there opens with the key alone.
        sealed = desk.take()
        assert sealed is not None
        assert sealed in everything or sealed[100:200] in everything
        assert phone.key.open("photo", sealed) == MARK
        assert [key for key in store.keys("*") if b"photo" in key] == []
        desk.release(linger_s=0)
        assert store.keys("*") == []
        store.close()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="reads another process's memory")
def test_the_relays_memory_never_holds_picture_or_key(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        host.link = service.open(
            portal_name="Geheimer Lieferant", relay=running.url, minutes=5, on_state=lambda state: None
        )
        phone = Phone(host.link.url)
        assert phone.open().status == 200
        sealed = phone.key.seal("photo", MARK)
        assert phone.send_sealed(sealed).status == 200
        memory = _memory_of(running.process.pid)
        assert memory, "this kernel does not let us look"
        # The method finds what is there ...
        assert any(phone.link.encode() in part or sealed[:64] in part for part in memory)
        # ... and what is not.
        for secret in _secrets(phone, host.link.check_word)[:3]:
            assert not any(secret in part for part in memory)


def _memory_of(pid: int) -> list[bytes]:
    parts = []
    maps = Path(f"/proc/{pid}/maps").read_text()
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps.splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match:
                begin, end = int(match[1], 16), int(match[2], 16)
                try:
                    memory.seek(begin)
                    parts.append(memory.read(end - begin))
                except (OSError, ValueError):
                    continue
    return parts


def test_nothing_is_written_to_disk_or_printed(
    service: PhoneService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    opened: list[str] = []

    def hook(event: str, args: tuple[object, ...]) -> None:
        # "w" in the mode, or a flag for writing: every way Python code creates a file.
        if event == "open" and watching:
            mode, flags = str(args[1] or ""), int(str(args[2] or 0))
            if set(mode) & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                opened.append(str(args[0]))

    watching = True
    sys.addaudithook(hook)
    host = Host()
    host.link = service.open(portal_name="Geheimer Lieferant", relay=None, minutes=5, on_state=host)
    phone = Phone(host.link.url)
    phone.open()
    assert phone.verdict(phone.send(MARK).json["receipt"]).json["state"] == "read"
    watching = False
    assert opened == []
    printed = capfd.readouterr()
    said = printed.out + printed.err + caplog.text
    for secret in _secrets(phone, "")[:2]:
        assert secret.decode() not in said
    assert phone.link not in said
    assert printed.out == ""


def _closed(port: int) -> bool:
    return not listens(port)


def test_the_port_is_gone_after_use_and_after_closing(service: PhoneService) -> None:
    ports = []
    for finish in ("read", "close"):
        host = Host()
        host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
        phone = Phone(host.link.url)
        port = int(phone.base.split(":")[2].split("/")[0])
        ports.append(port)
        assert listens(port)
        if finish == "read":
            # Even a phone that never asks for the verdict does not keep it open for long.
            phone.send(b"picture")
            until(partial(_closed, port), 7)
        else:
            service.close(host.link.link_id)
            assert not listens(port)
    assert len(set(ports)) == 2


def test_it_listens_on_the_chosen_address_alone(service: PhoneService) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    port = int(host.link.url.split(":")[2].split("/")[0])
    if Path("/proc/net/tcp").exists():
        rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
        bound = {row.split()[1] for row in rows if row.split()[3] == "0A"}
        assert f"0100007F:{port:04X}" in bound
        assert f"00000000:{port:04X}" not in bound

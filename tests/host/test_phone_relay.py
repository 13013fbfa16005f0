"""The relay as its own process: with memory, and as two processes that share a Redis."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.phone.address import relay_base
from auto2fa.phone.limits import Limits
from auto2fa.phone.service import PhoneService
from host.phone_rig import HAS_REDIS, Host, Phone, Relay, ask, free_port, redis_server, relay


@pytest.fixture
def service() -> Iterator[PhoneService]:
    running = PhoneService()
    yield running
    running.close_all()


def _open(service: PhoneService, host: Host, url: str, minutes: float = 5) -> Phone:
    host.link = service.open(portal_name="Acme", relay=url, minutes=minutes, on_state=host)
    return Phone(host.link.url)


def test_from_link_to_verdict_through_a_relay(service: PhoneService) -> None:
    host = Host(lambda photo: "" if photo == b"sharp" else "noCodeFound")
    with relay() as running:
        assert ask(f"{running.url}/healthz").body == b"ok"
        phone = _open(service, host, running.url + "/")
        assert phone.base.startswith(f"{running.url}/u/")
        phone.open()
        assert host.next().name == "opened"
        answer = phone.verdict(phone.send(b"blurred").json["receipt"]).json
        assert answer == {"state": "unreadable", "problem": "noCodeFound", "triesLeft": 4}
        receipt = phone.send(b"sharp").json["receipt"]
        assert phone.verdict(receipt).json["state"] == "read"
        # The phone that sent it may ask again; nobody else learns anything any more.
        assert phone.verdict(receipt).json["state"] == "read"
        assert phone.page().status == 404
        assert phone.verdict("other").status == 404
        output = running.kill()
    # Where it listens, and nothing of who came.
    assert output.count(b"\n") == 1
    assert f"listening on {running.url}, links in memory, without a token".encode() in output


def test_no_photo_is_lost_on_its_way(service: PhoneService) -> None:
    with relay() as running:
        for number in range(60):
            host = Host()
            phone = _open(service, host, running.url)
            phone.send(b"%d" % number * 50_000)
            states = [host.next().name, host.next().name]
            assert states == ["opened", "received"], number


def test_closing_forgets_the_link_on_the_relay(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        phone = _open(service, host, running.url)
        assert phone.page().status == 200
        service.close(phone.link)
        assert host.next().name == "closed"
        assert phone.page().status == 404


def test_closing_after_the_verdict_lets_the_phone_hear_it(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        phone = _open(service, host, running.url)
        receipt = phone.send(b"picture").json["receipt"]
        host.next_named("received")
        service.close(phone.link)
        assert phone.verdict(receipt).json["state"] == "read"


@pytest.mark.skipif(not HAS_REDIS, reason="needs redis-server")
def test_a_verdict_waits_for_a_relay_that_restarts(service: PhoneService, tmp_path: Path) -> None:
    host = Host()
    with redis_server(tmp_path) as url, relay(url) as first, relay(url) as second:

        def decide(photo: bytes) -> str:
            first.kill()
            return ""

        host = Host(decide)
        _open(service, host, first.url)
        assert host.link is not None
        phone = Phone(host.link.url, through=second.url)
        receipt = phone.send(b"picture").json["receipt"]
        host.next_named("received")
        # The wizard has gone on meanwhile.
        service.close(phone.link)
        time.sleep(0.3)
        assert phone.verdict(receipt, wait=0).json == {"state": "reading"}
        first.start()
        assert phone.verdict(receipt).json["state"] == "read"


def test_expiry_on_the_relay(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        phone = _open(service, host, running.url, minutes=1.2 / 60)
        assert host.next(5).name == "expired"
        assert phone.page().status == 404


def test_only_the_bearer_may_act_for_the_host(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        phone = _open(service, host, running.url)
        api = f"{running.url}/api/links/{phone.link}"
        gone = phone.verdict("nothing").body
        for method, path in [
            ("GET", ""), ("DELETE", ""), ("POST", "/photo"), ("POST", "/verdict"), ("PUT", "")
        ]:  # fmt: skip
            body = b'{"seconds": 60, "name": "", "verdict": "read"}'
            for bearer in ({}, {"Authorization": "Bearer " + "A" * 43}):
                answer = ask(api + path, method, body, bearer)
                assert (answer.status, answer.body) == (404, gone)
        assert phone.page().status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"seconds": 0, "name": ""}',
        b'{"seconds": 99999, "name": ""}',
        b'{"seconds": 60, "name": "%"}',
        b'{"seconds": 60.5, "name": ""}',
        b'{"seconds": 60, "name": 5}',
        b'{"seconds": 60, "name": "' + b"A" * 1000 + b'"}',
        b"{" * 5000,
        b"[" * 4000,
    ],
)
def test_a_relay_refuses_what_no_host_says(body: bytes, shared_relay: Relay) -> None:
    answer = ask(
        f"{shared_relay.url}/api/links/{'A' * 22}", "PUT", body, {"Authorization": "Bearer " + "A" * 43}
    )
    assert answer.status in (400, 413)
    assert answer.json == {"error": "refused"}


@pytest.fixture(scope="module")
def shared_relay() -> Iterator[Relay]:
    with relay() as running:
        yield running


def test_a_relay_without_memory_of_the_link_is_said(service: PhoneService) -> None:
    host = Host()
    with relay() as running:
        _open(service, host, running.url)
        running.kill()
        running.start()
        failed = host.next(15)
    assert (failed.name, failed.problem) == ("failed", "relayFailed")


@pytest.mark.parametrize("given", ["file", "environment"])
def test_only_who_has_a_token_opens_links(
    service: PhoneService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    token, options = "0123456789abcdef", []
    if given == "file":
        (tmp_path / "tokens").write_text(f"# Berlin\nanother-token-of-another-office\n{token}\n")
        options = ["--token-file", str(tmp_path / "tokens")]
    else:
        monkeypatch.setenv("AUTO2FA_RELAY_TOKEN", token)
    with relay("memory", *options) as running:
        for wrong in ("", "wrong", token[:-1], f"{token}x", "# Berlin"):
            with pytest.raises(Auto2faError) as caught:
                service.open(
                    portal_name="A", relay=running.url, relay_token=wrong, minutes=5, on_state=Host()
                )
            assert caught.value.name == "relayToken"
            assert running.url in caught.value.next
        host = Host()
        host.link = service.open(
            portal_name="A", relay=running.url + "/", relay_token=token, minutes=5, on_state=host
        )
        # The phone needs none.
        phone = Phone(host.link.url)
        assert phone.verdict(phone.send(b"picture").json["receipt"]).json["state"] == "read"
        # Guessing is held like guessing at links.
        said = [
            ask(f"{running.url}/api/links/{'A' * 22}", "PUT", b"{}", {"X-Auto2fa-Token": str(number)}).status
            for number in range(Limits().misses + 20)
        ]
    assert set(said) == {401, 429}


def test_a_token_goes_to_its_relay_and_to_no_other(
    keyring: object, capsys: pytest.CaptureFixture[str]
) -> None:
    from auto2fa.cli import main
    from auto2fa.cli.common import open_vault
    from auto2fa.phone.access import token_for

    def typed(text: str, *arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", io.StringIO(text))
            return main(["relay", "token", *arguments])

    secrets = open_vault().secrets
    try:
        assert typed("\n", "https://relay.example") == 1
        assert typed("0123456789abcdef\n", "http://relay.example") == 1
        assert typed("0123456789abcdef\n", "https://relay.example/a/") == 0
        assert token_for(secrets, "https://relay.example/a") == "0123456789abcdef"
        for other in ("https://relay.example", "https://evil.example/a", "https://relay.example:8443/a"):
            assert token_for(secrets, other) == ""
        assert "0123456789abcdef" not in "".join(capsys.readouterr())
    finally:
        assert typed("", "https://relay.example/a", "--forget") == 0
    assert token_for(secrets, "https://relay.example/a") == ""


def test_no_relay_there(service: PhoneService) -> None:
    with pytest.raises(Auto2faError) as caught:
        _open(service, Host(), f"http://127.0.0.1:{free_port()}")
    assert caught.value.name == "relayFailed"
    assert "nothing listens there" in caught.value.message


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://relay.example", "https://relay.example"),
        (" https://relay.example:8443/auto2fa/ ", "https://relay.example:8443/auto2fa"),
        ("http://localhost:8042", "http://localhost:8042"),
        ("http://[::1]:8042", "http://[::1]:8042"),
        ("http://relay.example", ""),
        ("http://192.168.1.5", ""),
        ("https://user:password@relay.example", ""),
        ("https://relay.example/?x=1", ""),
        ("relay.example", ""),
        ("file:///etc/passwd", ""),
        ("https://relay.example:99999", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_a_relay_has_https_or_is_on_this_machine(typed: str, base: str) -> None:
    if base:
        assert relay_base(typed) == base
        return
    with pytest.raises(Auto2faError) as caught:
        relay_base(typed)
    assert caught.value.name == "relayAddress"


@pytest.mark.skipif(not HAS_REDIS, reason="needs redis-server")
def test_two_processes_one_redis_killed_and_restarted_in_between(
    service: PhoneService, tmp_path: Path
) -> None:
    host = Host(lambda photo: "" if photo == b"sharp" else "noCodeFound")
    with redis_server(tmp_path) as url, relay(url) as first, relay(url) as second:
        through_first = _open(service, host, first.url)
        assert host.link is not None
        phone = Phone(host.link.url, through=second.url)
        # Opened at the second, heard of at the first, at once.
        start = time.monotonic()
        assert phone.open().status == 200
        assert host.next().name == "opened"
        assert time.monotonic() - start < 3
        # Both die; what was open is open still.
        first.kill()
        second.kill()
        first.start()
        second.start()
        receipt = phone.send(b"blurred").json["receipt"]
        assert host.next(15).photo == b"blurred"
        # The verdict was given at the first; the phone waits at the second.
        assert phone.verdict(receipt).json["state"] == "unreadable"
        # The photo arrives while the host's relay is down.
        first.kill()
        receipt = phone.send(b"sharp").json["receipt"]
        time.sleep(0.3)
        assert phone.verdict(receipt, wait=0).json == {"state": "reading"}
        first.start()
        assert host.next(15).photo == b"sharp"
        assert phone.verdict(receipt).json["state"] == "read"
        assert phone.page().status == 404
        assert through_first.page().status == 404


@pytest.mark.skipif(not HAS_REDIS, reason="needs redis-server")
def test_redis_away_is_an_answer_and_passes(tmp_path: Path) -> None:
    with redis_server(tmp_path) as url, relay(url) as running:
        unknown = f"{running.url}/u/{'A' * 22}"
        assert ask(unknown).status == 404
    port = free_port()
    with relay(f"redis://127.0.0.1:{port}/0") as running:
        answer = ask(f"{running.url}/u/{'A' * 22}")
        assert (answer.status, answer.json) == (503, {"error": "busy"})
        assert ask(f"{running.url}/healthz").status == 200
        said = running.kill()
    assert b"Redis cannot be used at this moment (ConnectionError)" in said
    assert str(port).encode() not in said


def test_a_proxy_that_is_not_named_is_told_of_once() -> None:
    forwarded = {"X-Forwarded-For": "10.1.2.3"}
    with relay("memory", "--trusted-proxy", "10.9.0.0/16") as running:
        for _ in range(3):
            ask(f"{running.url}/u/{'A' * 22}", headers=forwarded)
        output = running.kill()
    assert output.count(b"a proxy that --trusted-proxy does not name") == 1
    assert b"10.1.2.3" not in output
    with relay("memory", "--trusted-proxy", "127.0.0.0/8") as running:
        ask(f"{running.url}/u/{'A' * 22}", headers=forwarded)
        assert b"does not name" not in running.kill()


def test_wrong_usage_is_explained(tmp_path: Path) -> None:
    import subprocess
    import sys

    from host.phone_rig import RELAY, ROOT

    def run(*options: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", RELAY, *options],
            env={"PYTHONPATH": str(ROOT / "host")},
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done.returncode, done.stderr

    code, said = run("--token-file", "/nowhere")
    assert (code, said) == (2, "auto2fa relay: the token file cannot be read (FileNotFoundError).\n")
    for text, part in (("# none\n", "holds no token"), ("short\n", "16 or more")):
        (tmp_path / "tokens").write_text(text)
        code, said = run("--token-file", str(tmp_path / "tokens"))
        assert code == 2
        assert part in said
    for wrong in ("*", "proxy.example", "10.0.0.0/99"):
        code, said = run("--trusted-proxy", wrong)
        assert code == 2
        assert f"“{wrong}” is no address or network" in said
    code, said = run("--port", "70000")
    assert code == 2
    assert "from 0 to 65535" in said
    code, said = run("--store", "mysql://x")
    assert (code, said) == (2, "auto2fa relay: --store takes “memory” or a redis:// address.\n")
    with relay() as running:
        code, said = run("--port", str(running.port))
    assert code == 1
    assert f"cannot listen on 127.0.0.1 port {running.port}" in said
    assert "Traceback" not in said


def test_a_prefix_before_the_relay_keeps_working() -> None:
    """Every address in the page is relative, so that a proxy may serve it below a path."""
    from auto2fa.phone.pages import page

    html = page("phone", "en").plain.decode()
    assert 'src="/' not in html
    assert 'href="/' not in html
    assert "../s/phone.js" in html

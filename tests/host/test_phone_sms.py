"""The message with the link, against a stand-in of a provider's HTTP API on this machine."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from apprise.plugins.twilio import NotifyTwilio

from auto2fa.cli import main
from auto2fa.errors import Auto2faError
from auto2fa.phone import local, sms
from auto2fa.phone.service import PhoneService
from host.phone_rig import ROOT, Host, Phone
from support.native import HostError, HostProcess

URL = "http://192.168.178.23:54321/u/AAAAAAAAAAAAAAAAAAAAAA#" + "k" * 43
NUMBER = "+4915123456789"


class Provider:
    """Records what it is asked to send."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, str]] = []
        self.status = 200
        received = self.received
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                received.append((self.path, self.headers.get("Authorization", ""), body))
                self.send_response(provider.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"result": {"message_id": 1, "status": "ok"}}')

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneService]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    running = PhoneService(sms_budget=sms.HourlyBudget(limit=2))
    yield running
    running.close_all()


@pytest.mark.parametrize("language", ["en", "de"])
def test_one_message_whose_link_works_through_a_gateway_of_ones_own(
    provider: Provider, service: PhoneService, language: str
) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme GmbH", relay=None, minutes=5, on_state=host)
    sent_to = service.send_sms(
        host.link.link_id,
        "0151 23456789",
        country="DE",
        provider_url=f"json://user:password@{provider.address}/sms?:number={{number}}",
        language=language,
    )
    assert sent_to == NUMBER
    ((path, _, body),) = provider.received
    message = json.loads(body)
    assert path == "/sms"
    assert message["number"] == NUMBER
    words = {"en": "for", "de": "für"}[language]
    link = re.fullmatch(rf"Auto 2FA {words} Acme GmbH: (http://\S+)", message["message"])
    assert link is not None
    assert link[1] == host.link.url
    phone = Phone(link[1])
    assert phone.page().status == 200
    phone.send(b"picture")
    assert host.next_named("received").photo == b"picture"


def test_twilios_own_request(
    provider: Provider, service: PhoneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid, token = "AC" + "a" * 32, "b" * 32
    monkeypatch.setattr(
        NotifyTwilio, "notify_sms_url", f"http://{provider.address}/2010-04-01/Accounts/{{sid}}/Messages.json"
    )
    provider.status = 201
    host = Host()
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    service.send_sms(
        host.link.link_id, NUMBER, country="DE", provider_url=f"twilio://{sid}:{token}@+4915112345678"
    )
    ((path, authorisation, body),) = provider.received
    fields = parse_qs(body)
    assert path == f"/2010-04-01/Accounts/{sid}/Messages.json"
    assert authorisation.startswith("Basic ")
    assert fields["To"] == [NUMBER]
    assert fields["From"] == ["+4915112345678"]
    assert fields["Body"] == [f"Auto 2FA for Acme: {host.link.url}"]


def test_smseagle_a_gateway_in_the_house(provider: Provider) -> None:
    sms.send(f"smseagle://token@{provider.address}", NUMBER, sms.compose("Acme", URL, "en"))
    ((path, _, body),) = provider.received
    assert path == "/jsonrpc/sms"
    assert json.loads(body)["params"]["to"] == NUMBER
    assert json.loads(body)["params"]["message"] == f"Auto 2FA for Acme: {URL}"


@pytest.mark.parametrize(
    ("provider_url", "name", "part"),
    [
        ("", "smsNotSet", ""),
        ("  ", "smsNotSet", ""),
        ("nonsense", "smsFailed", "of a kind that is not known"),
        ("unknown://token@host", "smsFailed", "of a kind that is not known"),
        ("json://user:geheim@127.0.0.1:9/", "smsFailed", "{number}"),
        (f"twilio://AC{'a' * 32}:{'b' * 32}@+4915112345678/+4915100000000", "smsFailed", "receiver already"),
        ("json://user:geheim@127.0.0.1:9/{number}", "smsFailed", "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(provider_url: str, name: str, part: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        sms.send(provider_url, NUMBER, "text")
    assert caught.value.name == name
    assert part in caught.value.message
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "sender"),
        (401, "account"),
        (402, "credit"),
        (403, "notAllowed"),
        (404, "unknown"),
        (418, "refused"),
        (429, "many"),
        (503, "fault"),
    ],
)
def test_a_refusal_is_explained(
    provider: Provider, status: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.status = status
    for url in (
        f"smseagle://geheim@{provider.address}",
        f"json://user:geheim@{provider.address}?:number={{number}}",
    ):
        with pytest.raises(Auto2faError) as caught:
            sms.send(url, NUMBER, URL)
        assert caught.value.name == "smsFailed"
        assert caught.value.params["reason"] == reason
        assert sms.REASONS[reason] in caught.value.message
    assert len(provider.received) == 2
    # What apprise says about it holds the number, and at times the text.
    assert caplog.text == ""


def test_every_reason_has_its_words() -> None:
    for language in ("en", "de"):
        words = json.loads((ROOT / f"extension/_locales/{language}/messages.json").read_text("utf-8"))
        assert {f"phone_sms_{reason}" for reason in sms.REASONS} <= set(words)


def test_not_more_than_the_cap(provider: Provider, service: PhoneService) -> None:
    link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=Host())
    url = f"smseagle://token@{provider.address}"
    for bad in ("hello", "030 2345678"):
        with pytest.raises(Auto2faError):
            service.send_sms(link.link_id, bad, country="DE", provider_url=url)
    for _ in range(2):
        service.send_sms(link.link_id, NUMBER, country="DE", provider_url=url)
    with pytest.raises(Auto2faError) as caught:
        service.send_sms(link.link_id, NUMBER, country="DE", provider_url=url)
    assert caught.value.name == "smsTooMany"
    assert len(provider.received) == 2


def test_a_provider_from_the_terminal(
    home: Path, provider: Provider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["sms", "test", NUMBER]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(f"smseagle://geheim@{provider.address}\n"))
    assert main(["sms", "set"]) == 0
    try:
        assert main(["sms"]) == 0
        assert main(["sms", "test", "030 2345678"]) == 1
        assert main(["sms", "test", NUMBER]) == 0
        ((_, _, body),) = provider.received
        assert json.loads(body)["params"]["to"] == NUMBER
        provider.status = 402
        assert main(["sms", "test", NUMBER]) == 1
    finally:
        assert main(["sms", "forget"]) == 0
    printed = capsys.readouterr()
    assert "there is no credit left" in printed.err
    assert "geheim" not in printed.out + printed.err


def test_the_cap_outlives_the_host(home: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    assert main(["sms", "set", f"smseagle://token@{provider.address}"]) == 0
    try:
        with HostProcess() as first:
            link = first.ask("phone.open")["linkId"]
            for _ in range(sms.PER_HOUR):
                first.ask("phone.send", linkId=link, number=NUMBER)
        with HostProcess() as second:
            link = second.ask("phone.open")["linkId"]
            with pytest.raises(HostError, match="smsTooMany"):
                second.ask("phone.send", linkId=link, number=NUMBER)
    finally:
        main(["sms", "forget"])
    assert len(provider.received) == sms.PER_HOUR


def test_the_cap_forgets_after_the_hour() -> None:
    budget = sms.HourlyBudget(limit=1, window_s=0.05)
    budget.spend()
    with pytest.raises(Auto2faError):
        budget.spend()
    threading.Event().wait(0.06)
    budget.spend()


@pytest.mark.parametrize(
    ("portal", "shown"),
    [
        ("Acme", "Acme"),
        ("Bär & Söhne KG", "Bär & Söhne KG"),
        ("a\nb\r\n\tc\u202e", "a b c"),
        ("https://evil.example/x", "evil example x"),
        ("x" * 200, "x" * 40),
        ("", "Portal"),
    ],
)
def test_one_line_one_link(portal: str, shown: str) -> None:
    text = sms.compose(portal, URL, "en")
    assert text == f"Auto 2FA for {shown}: {URL}"


def test_it_fits_into_one_sms() -> None:
    # 160 characters of the GSM alphabet; longest address that a local network gives.
    assert len(sms.compose("Muster Lieferanten GmbH", URL, "de")) <= 160

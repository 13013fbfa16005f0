"""The phone link from the first click to the login: a desktop browser, and a phone that opens the link."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Request, expect

from auto2fa.cli import main
from auto2fa.phone import local
from host.phone_rig import HAS_REDIS, Relay, drawn, listens, photo_of, redis_server, relay, until
from portals.launch import Kind, Portal, User
from support.browser import CHROMIUM, QUIET, ExtensionBrowser
from support.https_proxy import HttpsProxy, certificate
from support.scene import NAME, Scene
from support.words import word

PATIENCE_MS = 30_000
"""The machine may be busy with other things."""


ELSEWHERE = "computer.test"
"""This computer, by a name that is not loopback's."""


class Phone:
    """A browser with a telephone's screen, touch and name."""

    def __init__(self, playwright: Playwright) -> None:
        # Plain http by another name than loopback's is no secure context, as on a real network.
        mapped = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
        self._browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, mapped])
        self._device = playwright.devices["Pixel 7"]
        self.page: Page
        self.requests: list[Request] = []

    def open(self, url: str) -> None:
        """Open a link, as the camera or the message does."""
        context = self._browser.new_context(**self._device, locale="en-GB", ignore_https_errors=True)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", self._note)
        self.page = context.new_page()
        self.page.goto(url)

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def send(self, photo: bytes) -> None:
        """Choose a photo and send it."""
        self.page.locator("#pick").set_input_files(
            {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        self.page.locator("#send").tap()

    def told_nobody(self, link: str) -> None:
        """Check that the key left in no address, header or body."""
        base, _, key = link.partition("#")
        assert len(key) == 43
        assert any(request.url.startswith(base) for request in self.requests)
        for request in self.requests:
            # Playwright shows the address bar's fragment on the page's own request; it is never sent.
            said = request.url.partition("#")[0] + json.dumps(request.headers)
            assert key not in said
            assert not request.headers.get("referer")
            assert key.encode() not in (request.post_data_buffer or b"")

    def close(self) -> None:
        """Switch it off."""
        self._browser.close()


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def phone(playwright: Playwright) -> Iterator[Phone]:
    made = Phone(playwright)
    yield made
    made.close()


class Stage:
    """Everything on the computer's side, in one language."""

    def __init__(self, scene: Scene, pem: Path) -> None:
        self.scene = scene
        self.pages = scene.pages
        self.pem = pem
        """A certificate that the host of this browser trusts."""

    def phone_step(self) -> str:
        """From the list to the link on show; the link as "Copy link" gives it."""
        self.scene.activate(word("wayPhone"))
        return self.copied_link()

    def copied_link(self) -> str:
        """The link as "Copy link" gives it."""
        expect(self.pages.locator("dialog .qr-image")).to_be_visible()
        self.pages.evaluate("navigator.clipboard.writeText = async text => { globalThis.copied = text; }")
        self.pages.get_by_role("button", name=word("copyLink")).click()
        link: str = self.pages.evaluate("globalThis.copied")
        return link

    def shows(self, text: str) -> None:
        """Wait for a text in the wizard."""
        expect(self.pages.locator("dialog.wizard")).to_contain_text(text)

    def photo(self, **options: Any) -> bytes:
        """A photo of the code that the portal shows on the screen."""
        codes = self.scene.site.locator("img").all()
        (code,) = [image for image in codes if (image.bounding_box() or {"width": 0})["width"] > 60]
        picture = Image.open(io.BytesIO(code.screenshot())).convert("RGB")
        return photo_of(
            picture, **{"width": 2400, "height": 1800, "blur": 1.5, "noise": 14, "quality": 70, **options}
        )

    def finish(self) -> None:
        """Confirm, prove at the portal, sign out and in again with no typed code."""
        expect(self.pages.locator("dialog.wizard[data-step=confirm]")).to_be_visible()
        self.scene.confirm()
        self.scene.fill_set_up_page()
        self.scene.sign_in()


@pytest.fixture
def kind() -> Kind:
    return "allauth"


@pytest.fixture
def stage(
    home: Path, tmp_path: Path, playwright: Playwright, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> Iterator[Stage]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    user = User("customer01")
    with Portal(kind, [user]) as portal, ExtensionBrowser(playwright) as browser:
        scene = Scene(browser, portal, user)
        scene.pages.set_default_timeout(PATIENCE_MS)
        scene.link()
        yield Stage(scene, pem)


def port_of(link: str) -> int:
    port = urlsplit(link).port
    assert port
    return port


def test_local_network(stage: Stage, phone: Phone) -> None:
    link = stage.phone_step()
    stage.shows(word("phoneWaiting"))
    phone.open(link.replace("127.0.0.1", ELSEWHERE))
    # The local network has no https: what encrypts is the script that came along.
    assert phone.page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    expect(phone.page.locator("#lead")).to_contain_text(NAME)
    expect(phone.page.locator("#word")).to_have_text(stage.pages.locator(".check-word").inner_text())
    stage.shows(word("phone_opened"))
    phone.send(stage.photo())
    expect(phone.page.locator("#done")).to_be_visible()
    stage.finish()
    until(lambda: not listens(port_of(link)), 30)
    phone.told_nobody(link.replace("127.0.0.1", ELSEWHERE))


@pytest.mark.skipif(not HAS_REDIS, reason="needs redis-server")
@pytest.mark.parametrize("kind", ["two_factor"])
def test_https_relays_with_redis_killed_and_restarted_in_between(
    stage: Stage,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two relays behind one HTTPS address: links are made by one, photos reach the other."""
    token = "a-token-of-the-company"
    (tmp_path / "tokens").write_text(f"{token}\n")
    options = ("--trusted-proxy", "127.0.0.1", "--token-file", str(tmp_path / "tokens"))
    with (
        redis_server(tmp_path) as store,
        relay(store, *options) as first,
        relay(store, *options) as second,
        HttpsProxy(stage.pem, lambda path: (first if path.startswith("/api/") else second).port) as proxy,
    ):
        choose_relay(stage, proxy.url)
        stage.scene.activate(word("wayPhone"))
        stage.shows(word("error_relayToken", relay=proxy.url))
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
        assert main(["relay", "token", proxy.url]) == 0
        try:
            stage.pages.get_by_role("button", name=word("tryAgain")).click()
            link = stage.copied_link()
            assert link.startswith(f"{proxy.url}/u/")
            phone.open(link)
            assert phone.page.evaluate("isSecureContext")
            expect(phone.page.locator("#lead")).to_contain_text(NAME)
            stage.shows(word("phone_opened"))
            first.kill()
            phone.send(stage.photo())
            expect(phone.page.locator("#busy")).to_be_visible()
            expect(stage.pages.locator("dialog.wizard[data-step=phone]")).to_be_visible()
            restart(second)
            restart(first)
            expect(phone.page.locator("#done")).to_be_visible()
            stage.finish()
        finally:
            assert main(["relay", "token", proxy.url, "--forget"]) == 0
        assert token not in "".join(capsys.readouterr())
        phone.told_nobody(link)
        assert link.partition("#")[2] not in "".join(proxy.seen)
        phone.open(link)
        expect(phone.page.locator("h1")).to_be_visible()
        expect(phone.page.locator("#send")).to_have_count(0)


def restart(one: Relay) -> None:
    """End a relay in the middle of its work, and start it again."""
    one.kill()
    one.start()


def choose_relay(stage: Stage, address: str) -> None:
    """Type the relay's address into the settings."""
    pages = stage.pages
    pages.locator("#tab-settings").click()
    field = pages.get_by_label(word("relay"), exact=True)
    field.fill("http://relay.example")
    field.press("Tab")
    expect(pages.get_by_text(word("error_relayAddress_next"))).to_be_visible()
    field.fill(address)
    field.press("Tab")
    expect(pages.locator("#toast")).to_contain_text(word("saved"))
    pages.locator("#tab-portals").click()
    expect(pages.locator(".portal")).to_be_visible()


class Gateway:
    """A stand-in of a provider's HTTP API on this machine: keeps what it is asked to send."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        messages = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    running = Gateway()
    yield running
    main(["sms", "forget"])
    running.server.shutdown()
    running.server.server_close()


def test_sms_from_the_wizard(
    stage: Stage, phone: Phone, gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = f"json://user:geheim@{gateway.address}/send"
    assert main(["sms", "set", provider]) == 1
    assert "{number}" in capsys.readouterr().err
    assert main(["sms", "set", f"{provider}?:number={{number}}"]) == 0
    assert "geheim" not in "".join(capsys.readouterr())

    stage.scene.browser.api(stage.pages, "settings.set", settings={"country": "DE"})
    link = stage.phone_step()
    number = stage.pages.get_by_label(word("phoneNumber"), exact=True)
    send = stage.pages.get_by_role("button", name=word("phoneSend"), exact=True)
    for wrong, why in (("Jo's mobile", "letters"), ("030 2345678", "type"), ("0151 2", "unknown")):
        number.fill(wrong)
        send.click()
        stage.shows(word("error_phoneNumber", number=wrong, detail=word(f"phone_number_{why}")))
        expect(number).to_be_focused()
    assert gateway.messages == []
    number.fill("0151 23456789")
    send.click()
    stage.shows(word("phoneSentTo", number="+4915123456789"))
    expect(stage.pages.locator("dialog.wizard .notice.bad")).to_have_count(0)
    (message,) = gateway.messages
    assert message["number"] == "+4915123456789"
    found = re.fullmatch(rf"Auto 2FA for {re.escape(NAME)}: (\S+)", message["message"])
    assert found
    assert found[1] == link

    phone.open(found[1])
    stage.shows(word("phone_opened"))
    phone.send(stage.photo())
    expect(stage.pages.locator("dialog.wizard[data-step=confirm]")).to_be_visible()
    stage.scene.confirm()
    assert len(gateway.messages) == 1


def test_leaving_the_step_the_window_or_the_tab_closes_the_service(stage: Stage, phone: Phone) -> None:
    link = stage.phone_step()
    assert listens(port_of(link))
    stage.pages.get_by_role("button", name=word("back")).click()
    until(lambda: not listens(port_of(link)), 30)

    stage.pages.locator("[aria-labelledby=wayPhone]").click()
    expect(stage.pages.locator("dialog .qr-image")).to_be_visible()
    link = another_network(stage)
    stage.pages.keyboard.press("Escape")
    until(lambda: not listens(port_of(link)), 30)
    link = stage.phone_step()
    phone.open(link)
    stage.shows(word("phone_opened"))
    stage.pages.keyboard.press("Escape")
    until(lambda: not listens(port_of(link)), 30)
    phone.send(stage.photo())
    expect(phone.page.locator("#notice")).not_to_be_empty()

    link = stage.phone_step()
    stage.pages.close()
    until(lambda: not listens(port_of(link)), 30)


def test_help_comes_by_itself_where_no_phone_comes(stage: Stage, phone: Phone) -> None:
    clock = stage.pages.clock
    clock.install()
    link = stage.phone_step()
    help = stage.pages.locator("details.phone-help")
    step = stage.pages.get_by_text(word("phoneHelpFirewall"))
    expect(help).to_be_visible()
    clock.fast_forward(40_000)
    expect(step).to_be_hidden()
    clock.fast_forward(6_000)
    expect(step).to_be_visible()
    assert help.get_attribute("open") is not None
    # It goes as soon as a phone comes ...
    phone.open(link)
    stage.shows(word("phone_opened"))
    expect(help).to_be_hidden()
    # ... and does not come back; only the link's own end is told.
    clock.fast_forward(60_000)
    stage.shows(word("phone_opened"))
    expect(help).to_be_hidden()
    clock.fast_forward(600_000)
    stage.shows(word("phone_expired"))


def another_network(stage: Stage) -> str:
    """Choose another address of this computer, if it has one; return the link, which is a new one."""
    before = stage.copied_link()
    stage.pages.get_by_text(word("phoneHelp")).click()
    expect(stage.pages.get_by_text(word("phoneHelpFirewall"))).to_be_visible()
    others = [place.address for place in local.places() if ":" not in place.address][1:]
    choice = stage.pages.get_by_label(word("phoneHelpPlace"))
    expect(choice).to_have_count(1 if others else 0)
    if not others:
        return before
    choice.select_option(others[0])
    expect(stage.pages.get_by_text(word("phoneHelpFirewall"))).to_be_hidden()
    after = stage.copied_link()
    assert urlsplit(after).hostname == others[0]
    until(lambda: not listens(port_of(before)), 30)
    with socket.create_connection((others[0], port_of(after)), 5):
        return after


def test_retaken_until_it_is_read_in_german(stage: Stage, phone: Phone, gateway: Gateway) -> None:
    assert main(["sms", "set", f"json://{gateway.address}/?:number={{number}}"]) == 0
    stage.scene.browser.api(stage.pages, "settings.set", settings={"language": "de"})
    stage.pages.reload()
    plug = stage.pages.get_by_role("button", name=word("portalSettingsOf", "de", portal=NAME))
    stage.pages.locator(".portal").hover()
    plug.click()
    for key in ("activate", "yes", "wayPhone"):
        stage.pages.get_by_role("button", name=word(key, "de"), exact=True).click()
    stage.shows(word("phoneWaiting", "de"))
    number = stage.pages.get_by_label(word("phoneNumber", "de"), exact=True)
    number.fill("+49 30 2345678")
    number.press("Enter")
    detail = word("phone_number_type", "de")
    stage.shows(word("error_phoneNumber", "de", number="+49 30 2345678", detail=detail))
    number.fill("+49 151 23456789")
    number.press("Enter")
    stage.shows(word("phoneSentTo", "de", number="+4915123456789"))
    (message,) = gateway.messages
    link = message["message"].removeprefix(f"Auto 2FA für {NAME}: ")
    phone.open(link)
    stage.shows(word("phone_opened", "de"))
    phone.send(photo_of(drawn("https://example.com/"), noise=14))
    stage.shows(word("code_link", "de", detail="example.com"))
    expect(phone.page.locator("#notice")).to_contain_text("That QR code is a different one")
    phone.send(stage.photo(blur=40))
    stage.shows(word("phone_unreadable", "de"))
    expect(phone.page.locator("#notice")).to_contain_text("No QR code was found")
    phone.send(stage.photo())
    expect(stage.pages.locator("dialog.wizard[data-step=confirm]")).to_be_visible()

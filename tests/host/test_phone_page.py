"""The phone's page in a real Chromium with a phone's profile, against the real service."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from auto2fa.phone import local
from auto2fa.phone.service import PhoneService
from host.phone_rig import URI, Host, drawn, photo, read_code

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 30_000
"""The machine may be busy with other things."""
SHOTS = os.environ.get("AUTO2FA_SHOTS", "")
"""Folder for pictures of the page, for people who want to look at it."""

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium")


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def phone_browser(playwright: Playwright) -> Iterator[tuple[Browser, dict[str, Any]]]:
    running = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            # A name that is not loopback: plain http there is no secure context, as in a local network.
            "--host-resolver-rules=MAP phone.test 127.0.0.1",
        ],
    )
    yield running, dict(playwright.devices["Pixel 7"])
    running.close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneService]:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    running = PhoneService()
    yield running
    running.close_all()


class Pages:
    """Opens pages, and fails the test when one breaks a rule of its own Content-Security-Policy."""

    def __init__(self, browser: Browser, device: dict[str, Any]) -> None:
        self._browser = browser
        self._device = device
        self.problems: list[str] = []
        self.hosts: set[str] = set()

    def open(self, url: str, *, locale: str = "en-GB", dark: bool = False) -> Page:
        context = self._browser.new_context(
            **self._device, locale=locale, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2].split(":")[0]))
        page.goto(url)
        return page


@pytest.fixture
def pages(phone_browser: tuple[Browser, dict[str, Any]]) -> Iterator[Pages]:
    opened = Pages(*phone_browser)
    yield opened
    for context in phone_browser[0].contexts:
        context.close()
    assert opened.problems == []
    assert opened.hosts <= {"127.0.0.1", "phone.test", ""}


def _look(page: Page, name: str) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def _pick(page: Page, data: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> None:
    page.locator("#pick").set_input_files({"name": name, "mimeType": kind, "buffer": data})


def _decide(found: bytes) -> str:
    return "" if read_code(found) == URI else "noCodeFound"


@pytest.mark.parametrize("host_name", ["127.0.0.1", "phone.test"], ids=["web-crypto", "pure-javascript"])
def test_a_photo_of_a_screen_reaches_the_computer(
    service: PhoneService, pages: Pages, host_name: str
) -> None:
    host = Host(_decide)
    host.link = service.open(portal_name="Bär & <b>Söhne</b>", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url.replace("127.0.0.1", host_name))
    assert page.evaluate("isSecureContext") is (host_name == "127.0.0.1")
    expect(page.locator("#word")).to_have_text(host.link.check_word)
    expect(page.locator("#lead")).to_contain_text("Bär & <b>Söhne</b>")
    assert host.next().name == "opened"
    expect(page.locator("#send")).to_be_hidden()
    assert page.locator("#take").get_attribute("capture") == "environment"
    _look(page, f"start-{host_name}")
    sent = photo()
    _pick(page, sent)
    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator("#send")).to_be_focused()
    _look(page, f"preview-{host_name}")
    page.locator("#send").click()
    expect(page.locator("#done-heading")).to_be_focused()
    _look(page, f"done-{host_name}")
    received = host.next_named("received")
    # Small enough to be sent as it is, and what arrived is what was taken.
    assert received.photo == sent


def test_retake_after_no_code_then_success(service: PhoneService, pages: Pages) -> None:
    host = Host(_decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url, dark=True)
    _look(page, "start-dark")
    empty = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).save(empty, "JPEG")
    _pick(page, empty.getvalue())
    page.locator("#send").click()
    expect(page.locator("#notice")).to_contain_text("No QR code was found")
    expect(page.locator("#notice")).to_contain_text("Tries left: 4")
    expect(page.locator("#send")).to_be_hidden()
    _look(page, "retake-dark")
    _pick(page, photo())
    expect(page.locator("#notice")).to_be_empty()
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    _look(page, "done-dark")


def test_after_five_tries_the_page_says_what_to_do(service: PhoneService, pages: Pages) -> None:
    host = Host(lambda found: "notASecondFactor")
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url, locale="de-AT")
    for left in range(4, 0, -1):
        _pick(page, photo())
        page.locator("#send").click()
        expect(page.locator("#notice")).to_contain_text(f"Verbleibende Versuche: {left}")
    _pick(page, photo())
    page.locator("#send").click()
    expect(page.locator("#stop-heading")).to_have_text("Keine Versuche mehr")
    _look(page, "no-tries-de")


def test_a_huge_photo_is_made_smaller_and_still_read(service: PhoneService, pages: Pages) -> None:
    host = Host(_decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    huge = photo(width=6000, height=4500, quality=85)
    _pick(page, huge)
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    arrived = host.next_named("received").photo
    assert max(Image.open(io.BytesIO(arrived)).size) == 3000
    assert len(arrived) < len(huge)


def test_where_the_smaller_one_cannot_be_read_the_original_follows(
    service: PhoneService, pages: Pages
) -> None:
    arrived: list[bytes] = []

    def decide(found: bytes) -> str:
        arrived.append(found)
        return _decide(found)

    host = Host(decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    # Each module is 2 pixels of 8000: less than one after shrinking.
    scene = Image.new("RGB", (8000, 3000), "white")
    scene.paste(drawn(scale=2), (3900, 1400))
    original = io.BytesIO()
    scene.save(original, "PNG")
    assert read_code(original.getvalue()) == URI
    _pick(page, original.getvalue(), "photo.png", "image/png")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    assert len(arrived) == 2
    assert arrived[1] == original.getvalue()


def test_what_cannot_be_sent_is_said_at_once(service: PhoneService, pages: Pages, tmp_path: Path) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    for name, data, part in [
        ("bill.pdf", b"%PDF-1.4 hello", "not a picture"),
        ("broken.jpg", b"not a jpeg", "not a picture"),
        ("nothing.jpg", b"", "empty"),
        ("large.heic", b"\0" * (15 * 1024 * 1024 + 1), "too large"),
    ]:
        (tmp_path / name).write_bytes(data)
        page.locator("#pick").set_input_files(tmp_path / name)
        expect(page.locator("#notice")).to_contain_text(part)
        expect(page.locator("#send")).to_be_hidden()
    assert [state.name for state in host.states.queue] == ["opened"]


def test_what_an_iphone_writes_is_sent_unseen_and_read(service: PhoneService, pages: Pages) -> None:
    import pillow_heif

    from auto2fa.qr import reader

    def decide(found: bytes) -> str:
        return "" if any(code.text == URI for code in reader.read(found).codes) else "noCodeFound"

    host = Host(decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    heic = io.BytesIO()
    pillow_heif.from_pillow(Image.open(io.BytesIO(photo()))).save(heic, quality=80)
    # Chromium cannot show it; the computer reads it.
    _pick(page, heic.getvalue(), "IMG_0001.HEIC", "image/heic")
    expect(page.locator("#no-picture")).to_be_visible()
    _look(page, "heic")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    assert host.next_named("received").photo == heic.getvalue()


def test_a_photo_over_the_limit_grows_only_as_far_as_it_may(
    service: PhoneService, pages: Pages, tmp_path: Path
) -> None:
    widths: list[int] = []

    def decide(found: bytes) -> str:
        widths.append(Image.open(io.BytesIO(found)).width)
        return "" if widths[-1] > 4000 else "noCodeFound"

    host = Host(decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    wide = io.BytesIO()
    Image.new("RGB", (4600, 300), "white").save(wide, "JPEG")
    # As large as a file of 200 megapixels; what stands behind a JPEG's end is ignored.
    (tmp_path / "photo.jpg").write_bytes(wide.getvalue() + b"\0" * (15 * 1024 * 1024))
    page.locator("#pick").set_input_files(tmp_path / "photo.jpg")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    assert widths == [3000, 4500]


def test_a_shrunk_photo_and_its_original_are_one_try(service: PhoneService, pages: Pages) -> None:
    host = Host(lambda found: "noCodeFound")
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    wide = io.BytesIO()
    Image.effect_noise((4600, 300), 60).save(wide, "PNG")
    for left in (4, 3):
        _pick(page, wide.getvalue(), "photo.png", "image/png")
        page.locator("#send").click()
        expect(page.locator("#notice")).to_contain_text(f"Tries left: {left}")
        # The reason is in sight, though it stands above the preview, and so is what to do next.
        expect(page.locator("#notice")).to_be_in_viewport(ratio=1)
        expect(page.locator("#take-label")).to_be_in_viewport(ratio=1)
    assert [state.name for state in host.states.queue] == ["opened", *["received"] * 4]


def test_wrong_used_and_cut_links(service: PhoneService, pages: Pages) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    base, _, fragment = host.link.url.partition("#")
    page = pages.open(base[:-22] + "A" * 22 + "#" + fragment, locale="de-DE")
    expect(page.locator("h1")).to_have_text("Dieser Link ist nicht verwendbar")
    _look(page, "gone-de")
    for cut in (base, f"{base}#{fragment[:-1]}", f"{base}#{'A' * 43}"):
        page = pages.open(cut)
        expect(page.locator("#stop-heading")).to_have_text("This link is not complete")
    page = pages.open(host.link.url)
    _pick(page, photo())
    service.close(host.link.link_id)
    page.locator("#send").click()
    expect(page.locator("#step")).to_contain_text("Trying again")
    expect(page.locator("#notice")).to_contain_text("could not be reached")
    expect(page.locator("#send")).to_be_visible()


def test_a_photo_whose_answer_was_lost_counts_as_sent(service: PhoneService, pages: Pages) -> None:
    host = Host(_decide)
    host.link = service.open(portal_name="Acme", relay=None, minutes=5, on_state=host)
    page = pages.open(host.link.url)
    times = []

    def lose(route: Route) -> None:
        times.append(1)
        if len(times) > 1:
            route.fetch()
        route.abort()

    # The first is lost on its way there, the second on its way back.
    page.route("**/photo", lose)
    _pick(page, photo())
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    assert len(times) == 2
    assert [state.name for state in host.states.queue] == ["opened", "received"]


def test_the_page_notices_when_the_link_runs_out(service: PhoneService, pages: Pages) -> None:
    host = Host()
    host.link = service.open(portal_name="Acme", relay=None, minutes=4 / 60, on_state=host)
    page = pages.open(host.link.url)
    expect(page.locator("#stop-heading")).to_have_text("This link cannot be used")


def test_every_word_is_there_in_both_languages() -> None:
    from auto2fa.phone.app import PHONE_PROBLEMS
    from auto2fa.phone.pages import words

    assert set(words()["en"]) == set(words()["de"])
    assert {f"p_{problem}" for problem in PHONE_PROBLEMS} <= set(words()["en"])
    for name, text in words()["en"].items():
        for field in ("{portal}", "{n}"):
            assert (field in text) == (field in words()["de"][name]), name

"""What a capture makes of a page: what is out of view, texts and keys, other codes; and set-up pages noticed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Playwright

from support.browser import ExtensionBrowser
from support.renderings import SHOWN
from support.setup_pages import PIXELS_ONLY, RENDERINGS, Case, SetupPages, page
from support.taker import Taker, problem


@pytest.fixture(scope="module")
def taker(playwright: Playwright, pages: SetupPages, keyring: object) -> Iterator[Taker]:
    with ExtensionBrowser(playwright, arguments=["--window-size=1100,800"], no_viewport=True) as browser:
        yield Taker(browser, pages)


def test_what_is_out_of_view_is_read_and_the_page_stays_where_it_is(taker: Taker) -> None:
    failed = []
    for rendering in RENDERINGS:
        if rendering in PIXELS_ONLY:
            continue
        case = Case(f"below-{rendering}", rendering, top=3000)
        taker.open(case)
        why = problem(taker.capture(), case)
        assert taker.tab.evaluate("scrollY") == 0
        if why:
            failed.append(f"{rendering}: {why}")
    assert not failed, failed


def test_a_picture_is_not_asked_for_again_while_it_can_be_read(taker: Taker) -> None:
    case = Case("asked-once", "img-once")
    taker.open(case)
    assert problem(taker.capture(), case) == ""
    assert taker.pages.asked[f"/once/{case.name}.png"] == 1


@pytest.mark.parametrize("rendering", ["img-png", "svg-mm", "table", "iframe"])
def test_outlines_lie_on_the_code(taker: Taker, rendering: str) -> None:
    case = Case(f"corners-{rendering}", rendering)
    taker.open(case)
    taken = taker.capture()
    (code,) = taken["codes"]
    box = taker.tab.locator("#code").bounding_box()
    assert box
    margin = case.quiet / len(case.matrix) * SHOWN
    left, top = code["corners"][0]
    right, bottom = code["corners"][2]
    assert abs(left / taken["scale"] - (box["x"] + margin)) < 3
    assert abs(top / taken["scale"] - (box["y"] + margin)) < 3
    assert abs((right - left) / taken["scale"] - (SHOWN - 2 * margin)) < 5
    assert abs((bottom - top) / taken["scale"] - (SHOWN - 2 * margin)) < 5


KEY = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
URI = f"otpauth://totp/Texts:someone?secret={KEY.replace(' ', '')}&amp;issuer=Texts"
CODED = quote(URI.replace("&amp;", "&"), safe="")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("link", f"<a href='{URI}'>Open your authenticator app</a>"),
        ("service", f"<img src='/missing?size=200x200&amp;data={CODED}' style='width:200px;height:200px'>"),
        ("alt-uri", f"<img src='/missing' alt='{URI}' style='width:200px;height:200px'>"),
        ("alt-key", f"<img src='/missing' alt='{KEY.replace(' ', '')}' style='width:200px;height:200px'>"),
        ("grouped", f"<p>Can't scan? Type this key: {KEY.lower()}.</p>"),
        ("spans", "<p>" + " ".join(f"<span>{group}</span>" for group in KEY.split()) + "</p>"),
        ("input", f"<input readonly value='{KEY.replace(' ', '')}'>"),
        ("area", f"<textarea readonly>{URI}</textarea>"),
        ("intent", f"<a href='{URI.replace('otpauth', 'intent')}#Intent;scheme=otpauth;end'>Open in app</a>"),
        ("apple", f"<a href='apple-{URI}'>Open in Passwords</a>"),
        ("opener", f"<button data-open='https://app.example/add#u={CODED}'>Open in app</button>"),
        ("copy", f"<button data-clipboard-text='{KEY.replace(' ', '')}'>Copy</button>"),
        ("copy-code", f"<button onclick=\"copy('{KEY.replace(' ', '')}')\">Copy</button>"),
        ("copy-element", f"<clipboard-copy value='{KEY.replace(' ', '')}'>Copy</clipboard-copy>"),
        ("labelled", f"<img src='/missing' aria-label='Key {KEY}' style='width:200px;height:200px'>"),
        ("title", f"<span title='{KEY.replace(' ', '')}'>your key</span>"),
        ("lines", f"<p>Secret key<br>{KEY.replace(' ', '')}</p>"),
        ("halves", f"<p><span>{KEY.replace(' ', '')[:8]}</span><span>{KEY.replace(' ', '')[8:]}</span></p>"),
        ("masked", f"<input type=password readonly value='{KEY.replace(' ', '')}'>"),
        ("folded", f"<details><summary>Can't scan?</summary><p>{KEY}</p></details>"),
        ("behind", f"<button aria-controls=k>Show key</button><p id=k hidden>{KEY}</p>"),
        ("behind-link", f"<a href='#k'>Show key</a><div id=k style='display:none'><b>{KEY}</b></div>"),
        ("named", f"<div class='manual-entry' style='display:none'><code>{KEY}</code></div>"),
        ("form", f"<input type=hidden name=secret value='{KEY.replace(' ', '')}'>"),
        ("table", "<table><tr>" + "".join(f"<td>{group}</td>" for group in KEY.split()) + "</tr></table>"),
    ],
)
def test_texts_are_read_where_no_picture_is(taker: Taker, name: str, body: str) -> None:
    case = Case(f"text-{name}", "none", extra=body)
    taker.open(case)
    taken = taker.capture()
    assert taken["error"] is None
    (code,) = taken["codes"]
    assert code["engine"] == "page"
    assert code["handle"]
    assert "secret" not in str(taken["codes"]).lower()
    assert KEY.replace(" ", "") not in str(taken["codes"])


def test_a_key_beside_its_code_is_the_same_factor(taker: Taker) -> None:
    case = Case("both", "canvas")
    secret = parse_qs(urlsplit(case.uri).query)["secret"][0]
    both = replace(case, extra=f"<p>Key: <code>{secret}</code></p><a href='{case.uri}'>Open</a>")
    taker.open(both)
    taken = taker.capture()
    assert problem(taken, both) == ""
    assert not taken["conflict"]


@pytest.mark.parametrize(
    "text", ["<p>Key: <code>{}</code></p>", "<a href='otpauth://totp/X?secret={}'>Open</a>"]
)
def test_a_key_that_is_not_its_codes_is_said(taker: Taker, text: str) -> None:
    """The code comes first, the other is offered, and the person is told that they differ."""
    case = Case(f"differ-{len(text)}", "canvas", extra=text.format(KEY.replace(" ", "")))
    taker.open(case)
    taken = taker.capture()
    assert taken["conflict"]
    code, other = (one for one in taken["codes"] if one["handle"])
    assert code["factor"]["name"] == case.name
    assert code["mark"] != other["mark"]


@pytest.mark.parametrize(
    "body",
    [
        "<ul>" + "".join(f"<li><code>ABCD-EF{n}H-IJKL-MNOP</code></li>" for n in range(2, 8)) + "</ul>",
        "<p>AUTHENTICATION AUTHENTICATIONAPP RECOMMENDED</p><p>this page will show four more word here</p>",
        "<form><input type=password value='JBSWY3DPEHPK3PXPJBSWY3DP'></form>",
        f"<p hidden>{KEY}</p><p style='opacity:0'>{KEY}</p>",
    ],
)
def test_other_texts_are_no_factors(taker: Taker, body: str) -> None:
    case = Case(f"not-{len(body)}", "none", extra=body)
    taker.open(case)
    taken = taker.capture()
    assert taken["error"] is None
    assert taken["codes"] == []


NOTICED = (
    "img-png", "img-other-site", "img-blob", "canvas", "svg-path", "svg-mm", "table", "divs", "absolute-divs", "slot",
    "closed-shadow", "dialog", "iframe", "iframe-nested", "iframe-sandbox", "iframe-other-site", "video",
)  # fmt: skip


@dataclass
class Noticing:
    """What badge and popup say about the tab under test."""

    taker: Taker

    def popup(self) -> bool:
        state = self.taker.browser.api(self.taker.own, "ext.state", tabId=self.taker.tab_id)
        return bool(state["setup"]["noticed"])

    def badge(self) -> str:
        return str(self.taker.own.evaluate("tabId => chrome.action.getBadgeText({tabId})", self.taker.tab_id))

    def comes(self) -> bool:
        deadline = time.monotonic() + 8
        while not (self.popup() and self.badge() == "QR"):
            if time.monotonic() > deadline:
                return False
            self.taker.tab.wait_for_timeout(50)
        return True


@pytest.mark.parametrize("asks", [True, False])
def test_a_linked_portals_setup_page_is_noticed(taker: Taker, asks: bool) -> None:
    """By badge and popup, whatever the code is made of and wherever its field is."""
    noticing = Noticing(taker)
    origin = taker.pages.url(Case("linked", "img-png")).rpartition("/page/")[0]
    portal = taker.browser.api(taker.own, "ext.link", url=origin)["portal"]
    try:
        missed = []
        for rendering in NOTICED:
            taker.open(Case("blank", "none", asks=False, says="Invoices of this month"))
            assert not noticing.popup()
            taker.open(Case(f"noticed-{rendering}-{asks}", rendering, asks=asks))
            if not noticing.comes():
                missed.append(rendering)
        assert not missed
    finally:
        taker.browser.api(taker.own, "ext.unlink", portalId=portal["id"])


@pytest.mark.parametrize(
    "says",
    [
        "Scan this code to get our app for your phone",
        "Scan to pay invoice 4711 with your bank's app",
        "Your parcel label. Show the barcode in the shop",
        "Sign in with your phone: open the app and scan",
    ],
)
def test_other_codes_on_a_linked_portal_are_not_noticed(taker: Taker, says: str) -> None:
    noticing = Noticing(taker)
    origin = taker.pages.url(Case("linked", "img-png")).rpartition("/page/")[0]
    portal = taker.browser.api(taker.own, "ext.link", url=origin)["portal"]
    try:
        taker.open(Case(f"other-{len(says)}", "img-png", asks=False, says=says))
        taker.tab.wait_for_timeout(2500)
        assert not noticing.popup()
        assert noticing.badge() == ""
    finally:
        taker.browser.api(taker.own, "ext.unlink", portalId=portal["id"])


def test_set_up_pages_everywhere_only_when_asked_for(taker: Taker) -> None:
    noticing = Noticing(taker)
    taker.open(Case("nowhere", "table"))
    taker.tab.wait_for_timeout(1500)
    assert not noticing.popup()
    taker.browser.api(taker.own, "settings.set", settings={"noticeEverywhere": True})
    try:
        taker.open(Case("everywhere", "table"))
        assert noticing.comes()
        taker.open(Case("everywhere-not", "none", asks=False, says="Invoices of this month"))
        assert not noticing.popup()
    finally:
        taker.browser.api(taker.own, "settings.set", settings={"noticeEverywhere": False})
    taker.open(Case("no-more", "table"))
    taker.tab.wait_for_timeout(1500)
    assert not noticing.popup()


def test_a_file_that_the_browser_keeps_from_us_says_what_to_do(taker: Taker, tmp_path: Path) -> None:
    case = Case("file", "svg-mm")
    (tmp_path / "page.html").write_text(page(case, ""), encoding="utf-8")
    taker.tab.goto((tmp_path / "page.html").as_uri())
    taken = taker.capture()
    assert problem(taken, case) == "" or taken["error"]["name"] == "cannotCapture"


def test_a_code_in_a_pdf_is_read(taker: Taker) -> None:
    case = Case("pdf", "pdf")
    taker.pages.url(case)
    taker.tab.goto(f"http://127.0.0.1:{taker.pages.port}/open/pdf.pdf")
    taker.tab.wait_for_timeout(1500)  # the viewer draws when it likes
    assert problem(taker.capture(), case) == ""

"""Filling and sending: fields that reformat, mask, type by themselves or open late; one code sent once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from extension.content_browser import ContentBrowser

CODE = "482913"
APP = "<h1>Two-factor authentication</h1><p>Enter the code from your authenticator app.</p>"
SENDS = "onsubmit='window.sent=(window.sent||0)+1;window.value=this.elements[0].value;return false'"


def filled(browser: ContentBrowser, page: Page, body: str, **how: Any) -> Any:
    """What the scripts report of a page's one prompt, filled."""
    html = f"<!doctype html><meta charset=utf-8><title>Portal</title>{APP}{body}"
    page.route("https://fill.test/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("https://fill.test/p")
    prompt = browser.wait("prompt.found")["prompt"]
    return browser.fill(prompt, CODE, **{"submit": True, **how})


def form(field: str, script: str = "", button: str = "<button>Verify</button>") -> str:
    return f"<form {SENDS}><label>Code {field}</label>{button}</form><script>{script}</script>"


REFORMATS = "c.oninput = () => { const d = c.value.replace(/\\D/g, ''); c.value = d.length > 3 ? d.slice(0, 3) + ' ' + d.slice(3, 6) : d; };"
MASKS = "c.oninput = () => { const d = c.value.replace(/\\D/g, '').slice(0, 6); c.value = d.padEnd(6, '_').replace(/(...)(...)/, '$1-$2'); }; c.value = '___-___';"
# What the browser would type is kept from it, and typed by the page, as editors and strict masks do.
TYPES_ITSELF = "c.addEventListener('beforeinput', (event) => { event.preventDefault(); if (/^\\d$/.test(event.data)) held += event.data; c.value = held; }); let held = ''; c.addEventListener('input', () => { c.value = held; });"
BY_KEYS = "let held = ''; c.addEventListener('keydown', (event) => { if (!/^\\d$/.test(event.key)) return; event.preventDefault(); held += event.key; c.value = held; }); c.addEventListener('input', () => { c.value = held; });"


@pytest.mark.parametrize(
    ("field", "script", "sent"),
    [
        ("<input id=c name=code maxlength=7>", REFORMATS, "482 913"),
        ("<input id=c name=code>", MASKS, "482-913"),
        ("<input id=c name=code pattern='\\d{3} \\d{3}' placeholder='000 000'>", "", "482 913"),
        ("<input id=c name=code pattern='[0-9]{6}' maxlength=7 minlength=6>", "", CODE),
        ("<input id=c name=code>", TYPES_ITSELF, CODE),
        ("<input id=c name=code>", BY_KEYS, CODE),
        ("<input id=c name=code type=number>", "", CODE),
        ("<input id=c name=code type=password autocomplete=off>", "", CODE),
    ],
    ids=[
        "reformats",
        "masks",
        "pattern with a space",
        "maxlength 7",
        "beforeinput",
        "keydown",
        "number",
        "password",
    ],
)
def test_fields_with_a_will_of_their_own(
    browser: ContentBrowser, page: Page, field: str, script: str, sent: str
) -> None:
    report = filled(browser, page, form(field, script))
    assert (report["ok"], report["readBack"], report["submitted"]) == (True, CODE, "clicked"), report
    assert page.evaluate("[window.sent, window.value]") == [1, sent]


def test_a_field_that_opens_when_it_is_focused(browser: ContentBrowser, page: Page) -> None:
    html = f"<!doctype html><title>Portal</title>{APP}" + form(
        "<input id=c name=code readonly onfocus='this.removeAttribute(\"readonly\")'>"
    )
    page.route("https://fill.test/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("https://fill.test/p")
    browser.wait("frame.hello")
    page.focus("#c")
    report = browser.fill(browser.wait("prompt.found")["prompt"], CODE, submit=True)
    assert (report["ok"], page.evaluate("window.value")) == (True, CODE)


def test_a_button_that_is_shut_until_the_code_is_whole(browser: ContentBrowser, page: Page) -> None:
    script = "c.oninput = () => setTimeout(() => { b.disabled = c.value.length < 6; }, 250);"
    report = filled(
        browser, page, form("<input id=c name=code>", script, "<button id=b disabled>Verify</button>")
    )
    assert (report["ok"], report["submitted"], page.evaluate("window.sent")) == (True, "clicked", 1)


@pytest.mark.parametrize(
    "at_work",
    [
        "b.disabled = true",
        "b.textContent = 'Verifying…'",
        "b.setAttribute('aria-busy', 'true')",
        "c.readOnly = true",
    ],
    ids=["shuts its button", "renames its button", "says busy", "shuts its field"],
)
def test_a_page_that_sends_by_itself_is_not_sent_again(
    browser: ContentBrowser, page: Page, at_work: str
) -> None:
    """By a request of its own: no form is ever submitted, so only what it shows tells."""
    report = filled(
        browser,
        page,
        f"<label>Code <input id=c name=code></label><button id=b onclick='window.pressed=1'>Verify</button>"
        f"<script>c.oninput = () => {{ if (c.value.length === 6) {at_work}; }};</script>",
    )
    page.wait_for_timeout(700)
    assert (report["ok"], report["submitted"]) == (True, "self")
    assert page.evaluate("window.pressed ?? 0") == 0


def test_boxes_that_advance_and_send_on_the_last_digit(browser: ContentBrowser, page: Page) -> None:
    boxes = "".join(
        f"<input class=b maxlength=1 inputmode=numeric aria-label='Digit {n}' style='width:40px'>"
        for n in range(1, 7)
    )
    report = filled(
        browser,
        page,
        f"<div id=w>{boxes}</div><button onclick='window.pressed=1'>Verify</button><script>"
        "const all = [...document.querySelectorAll('.b')]; window.sent = [];"
        "all.forEach((box, i) => box.oninput = () => { if (!box.value) return; if (all[i + 1]) all[i + 1].focus();"
        "const code = all.map((each) => each.value).join('');"
        "if (code.length === 6) { sent.push(code); all.forEach((each) => { each.value = ''; each.disabled = true; }); } });"
        "</script>",
    )
    page.wait_for_timeout(300)
    assert (report["ok"], report["readBack"], report["submitted"]) == (True, CODE, "self"), report
    assert page.evaluate("[window.sent, window.pressed ?? 0]") == [[CODE], 0]


def test_a_button_that_always_holds_a_hidden_spinner_is_pressed(browser: ContentBrowser, page: Page) -> None:
    """And one whose words change with what is typed."""
    script = "c.oninput = () => { b.lastChild.nodeValue = c.value ? 'Verify code' : 'Verify'; };"
    button = "<button id=b><span class=spinner-border style='display:none'></span>Verify</button>"
    report = filled(browser, page, form("<input id=c name=code>", script, button))
    assert (report["submitted"], page.evaluate("window.sent")) == ("clicked", 1)


def test_several_equal_buttons_are_left_to_the_user(browser: ContentBrowser, page: Page) -> None:
    report = filled(
        browser,
        page,
        "<label>Code <input id=c name=code></label>"
        + "".join(f"<button onclick='window.pressed={n}'>Continue</button>" for n in (1, 2)),
    )
    assert (report["ok"], report["submitted"]) == (True, "none")
    assert page.evaluate("window.pressed ?? 0") == 0
    assert page.input_value("#c") == CODE


@pytest.mark.parametrize("remember", [True, False])
@pytest.mark.parametrize(
    "box",
    [
        "<label><input type=checkbox id=r> Trust this device for 30 days</label>",
        "<input type=checkbox id=r style='opacity:0'><label for=r>Diesem Gerät vertrauen</label>",
        "<button type=button role=checkbox aria-checked=false id=r aria-label='Remember this browser'"
        " onclick='this.ariaChecked=this.ariaChecked!==\"true\"'></button>",
    ],
    ids=["plain", "German, drawn over", "drawn"],
)
def test_remember_this_device_only_where_the_user_chose_so(
    browser: ContentBrowser, page: Page, box: str, remember: bool
) -> None:
    other = "<label><input type=checkbox id=n> Send me the newsletter</label>"
    report = filled(browser, page, f"<form {SENDS}><label>Code <input name=code></label>{box}{other}<button>Verify</button></form>", remember=remember)  # fmt: skip
    assert report["ok"]
    assert page.evaluate("[r.checked ?? r.ariaChecked === 'true', n.checked]") == [remember, False]


def test_a_code_goes_behind_the_typed_password_and_only_once(browser: ContentBrowser, page: Page) -> None:
    html = (
        f"<!doctype html><title>VPN</title><h1>VPN sign in</h1><form {SENDS.replace('elements[0]', 'elements[1]')}>"
        "<label>User name <input name=user></label>"
        "<label>Password followed by the code from your authenticator app <input type=password name=pw></label>"
        "<button>Sign in</button></form>"
    )
    page.route("https://fill.test/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("https://fill.test/p")
    prompt = browser.wait("prompt.found")["prompt"]
    assert prompt["kind"] == "passwordAppend"
    assert browser.fill(prompt, CODE, submit=True)["why"] == "passwordFirst"
    assert page.input_value("[name=pw]") == ""
    page.type("[name=pw]", "open sesame")
    report = browser.fill(prompt, CODE, submit=True)
    assert (report["ok"], report["readBack"], report["submitted"]) == (True, CODE, "clicked"), report
    assert "sesame" not in str(report)
    assert page.evaluate("[window.sent, window.value]") == [1, "open sesame" + CODE]
    again = browser.fill(prompt, "111111", submit=True)
    assert (again["ok"], page.input_value("[name=pw]")) == (False, "open sesame" + CODE)


def test_a_number_field_that_drops_a_leading_nought_is_said_and_left_empty(
    browser: ContentBrowser, page: Page
) -> None:
    """A page that keeps the code as a number cannot take this one: nothing wrong is sent."""
    html = f"<!doctype html><title>Portal</title>{APP}" + form(
        "<input id=c name=code>", "c.oninput = () => { c.value = c.value && String(Number(c.value)); };"
    )
    page.route("https://fill.test/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("https://fill.test/p")
    report = browser.fill(browser.wait("prompt.found")["prompt"], "012345", submit=True)
    assert (report["ok"], report["why"], report["submitted"]) == (False, "readBack", "none")
    assert page.evaluate("[window.sent ?? 0, c.value]") == [0, ""]

"""What the content scripts do around a fill: submit, leave the user's typing alone, watch, choose, be taught."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from extension.content_browser import ContentBrowser

CODE = "482913"
APP = "<h1>Two-factor authentication</h1><p>Enter the code from your authenticator app.</p>"
FIELD = "<label>Code <input id=c name=code></label>"


def show(page: Page, body: str) -> None:
    html = f"<!doctype html><meta charset=utf-8><title>Portal</title>{body}"
    page.route("https://flow.test/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("https://flow.test/p")


def test_one_button_is_pressed_once(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        f"{APP}<form onsubmit='window.sent=(window.sent||0)+1;return false'>{FIELD}"
        "<label><input type=checkbox id=r> Remember this device</label>"
        "<button type=button onclick='window.wrong=1'>Resend code</button><button>Verify</button>"
        "<button type=button onclick='window.wrong=1'>Cancel</button></form>",
    )
    prompt = browser.wait("prompt.found")["prompt"]
    report = browser.fill(prompt, CODE, submit=True, remember=True)
    assert report == {"ok": True, "method": "value", "readBack": CODE, "submitted": "clicked", "why": ""}
    assert page.evaluate("[window.sent, window.wrong, document.getElementById('r').checked]") == [
        1,
        None,
        True,
    ]


def test_a_page_that_submits_itself_is_not_submitted_again(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        f"{APP}<form onsubmit='window.sent=(window.sent||0)+1;return false'>{FIELD}<button>Verify</button></form>"
        "<script>c.oninput=()=>{if(c.value.length===6)c.form.requestSubmit()}</script>",
    )
    report = browser.fill(browser.wait("prompt.found")["prompt"], CODE, submit=True)
    page.wait_for_timeout(400)
    assert report["submitted"] == "self"
    assert page.evaluate("window.sent") == 1


def test_what_the_user_typed_stays(browser: ContentBrowser, page: Page) -> None:
    show(page, f"{APP}<form>{FIELD}<button>Verify</button></form>")
    prompt = browser.wait("prompt.found")["prompt"]
    page.type("#c", "12")
    report = browser.fill(prompt, CODE)
    assert (report["ok"], report["why"]) == (False, "userTyped")
    assert page.input_value("#c") == "12"


def test_a_refused_code_that_the_page_shows_again_is_no_typing(browser: ContentBrowser, page: Page) -> None:
    echoed = FIELD.replace("name=code", "name=code value=135790")
    show(
        page,
        f"{APP}<p class=error>Invalid code</p><form onsubmit='return false'>{echoed}<button>Verify</button></form>",
    )
    prompt = browser.wait("prompt.found")["prompt"]
    assert not prompt["userTyped"]
    assert browser.fill(prompt, CODE)["readBack"] == CODE


def test_a_field_that_asks_for_a_one_time_code_may_be_wide(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        "<h1>Mesh</h1><form><input name=token placeholder=Token title=Token maxlength=50 autocomplete=one-time-code>"
        "<input type=button value='Log In'><a href='#'>Back to login</a></form>",
    )
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"


def test_a_set_up_dialog_is_noticed_when_its_picture_comes_and_until_it_closes(
    browser: ContentBrowser, page: Page
) -> None:
    show(
        page,
        f"<div id=d><h1>Set up your authenticator app</h1><p>Scan the QR code, then enter the code.</p><p id=q></p>{FIELD}</div>"
        "<script>setTimeout(()=>{q.innerHTML='<canvas class=qr width=200 height=200>'},900)</script>",
    )
    browser.wait("prompt.found")
    assert browser.wait("setup.noticed")["qr"] is True
    page.evaluate("document.getElementById('d').remove()")
    assert browser.wait("setup.noticed")["qr"] is False


def test_a_refusal_in_the_page_is_told(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        f"{APP}<p class=help>A code that has expired is not valid.</p><form onsubmit='setTimeout(()=>{{e.textContent=\"Invalid code\"}},100);return false'>"
        f"{FIELD}<div id=e role=alert></div><button>Verify</button></form>",
    )
    browser.fill(browser.wait("prompt.found")["prompt"], CODE, submit=True)
    for _ in range(5):
        state = browser.wait("page.state")["state"]
        if state["error"]:
            break
    assert (state["error"], state["errorText"]) == ("refused", "Invalid code")


def test_a_refusal_without_any_mark_is_told(browser: ContentBrowser, page: Page) -> None:
    help_text = "If you lose access, ask your administrator. " * 9
    show(
        page,
        f"{APP}<p>Time left: <span id=t>30</span> s, then the code has expired</p>"
        f"<form onsubmit='setTimeout(()=>{{e.hidden=false}},100);return false'>{FIELD}<button>Verify</button></form>"
        f"<div hidden id=e><div>The code entered is <b>incorrect</b></div><div>{help_text}</div></div>"
        "<script>let n=30;setInterval(()=>{t.textContent=--n},50)</script>",
    )
    browser.fill(browser.wait("prompt.found")["prompt"], CODE)
    page.wait_for_timeout(500)
    assert all(told["state"]["error"] is None for told in browser.take() if told["type"] == "page.state")
    page.click("button")
    for _ in range(5):
        state = browser.wait("page.state")["state"]
        if state["error"]:
            break
    assert (state["error"], state["errorText"]) == ("refused", "The code entered is incorrect")


def test_the_app_is_chosen_among_methods(browser: ContentBrowser, page: Page) -> None:
    browser.set(settings={"chooseMethod": True})
    show(
        page,
        "<h1>Two-step verification</h1><p>Choose a method</p><button onclick='window.got=1'>Text message to ***12</button>"
        "<button onclick='window.got=2'>Authenticator app</button><button onclick='window.got=3'>Recovery code</button>",
    )
    assert browser.wait("method.chosen")["text"] == "Authenticator app"
    assert page.evaluate("window.got") == 2


def test_taught_here_and_not_here(browser: ContentBrowser, page: Page) -> None:
    show(
        page, "<h1>Welcome</h1><form><label>Geheimwort <input id=x name=gw></label><button>Go</button></form>"
    )
    browser.wait("frame.hello")
    page.focus("#x")
    taught = browser.send({"type": "teach", "how": "here"})["taught"]
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"
    browser.set(taught=taught)
    page.reload()
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"
    assert browser.send({"type": "teach", "how": "nothere"})["taught"]["here"] == []
    assert browser.send({"type": "state"})["prompt"] is None


def test_marks_for_password_managers_are_honoured(browser: ContentBrowser, page: Page) -> None:
    show(
        page, f"{APP}<form><label>Code <input name=otp data-1p-ignore></label><button>Verify</button></form>"
    )
    prompt = browser.wait("prompt.found")["prompt"]
    assert prompt["kind"] == "other"
    assert "optOut" in {each["sign"] for each in prompt["evidence"]}


@pytest.mark.parametrize("how", ["display", "opacity", "replaced"])
def test_fields_that_come_late(browser: ContentBrowser, page: Page, how: str) -> None:
    style = {"display": "display:none", "opacity": "opacity:0;transition:opacity .1s", "replaced": ""}[how]
    show(page, f"{APP}<div id=w style='{style}'>{'' if how == 'replaced' else FIELD}</div>")
    browser.wait("frame.hello")
    page.wait_for_timeout(300)
    change = {
        "display": "w.style.display='block'",
        "opacity": "w.style.opacity=1",
        "replaced": f"w.innerHTML=`{FIELD}`",
    }[how]
    page.evaluate(change)
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"


def test_inactive_means_silent(browser: ContentBrowser, page: Page) -> None:
    browser.set(active=False)
    try:
        show(page, f"{APP}<form>{FIELD}<button>Verify</button></form>")
        browser.wait("frame.hello")
        page.evaluate("document.body.append(document.querySelector('form').cloneNode(true))")
        page.wait_for_timeout(300)
        assert browser.take() == []
    finally:
        browser.set(active=True)


def test_scripts_run_twice_in_one_document_are_one(browser: ContentBrowser, page: Page) -> None:
    show(page, f"{APP}<form>{FIELD}<button>Verify</button></form>")
    browser.wait("prompt.found")
    browser.worker.evaluate("stub.again()")
    page.wait_for_timeout(300)
    assert [each["type"] for each in browser.take()] == []


def state_with_error(browser: ContentBrowser) -> dict[str, str]:
    for _ in range(6):
        state: dict[str, str] = browser.wait("page.state")["state"]
        if state["error"]:
            return state
    raise AssertionError("no error was told")


def test_a_locked_account_is_told_as_locked(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        f"{APP}<form onsubmit='setTimeout(()=>{{document.body.innerHTML=`<div role=alert>Too many failed attempts. "
        f"Your account has been locked.</div>`}},50);return false'>{FIELD}<button>Verify</button></form>",
    )
    browser.fill(browser.wait("prompt.found")["prompt"], CODE, submit=True)
    assert state_with_error(browser)["error"] == "locked"


def test_a_locked_account_is_told_by_the_page_that_follows(browser: ContentBrowser, page: Page) -> None:
    show(page, "<h1>Sign in</h1><div class=error>Too many attempts. Your account is locked.</div>")
    hello = browser.wait("frame.hello")
    assert hello["state"]["error"] == "locked"
    assert hello["state"]["prompt"] is None


def test_a_password_with_the_code_appended_is_a_kind_of_its_own(browser: ContentBrowser, page: Page) -> None:
    show(
        page,
        "<h1>VPN sign in</h1><form><label>User name <input name=user></label>"
        "<label>Password followed by the code from your authenticator app <input type=password name=pw></label>"
        "<button>Sign in</button></form>",
    )
    prompt = browser.wait("prompt.found")["prompt"]
    # The background fills kinds that it lists by themselves; this one is not among them.
    assert prompt["kind"] == "passwordAppend"
    page.wait_for_timeout(200)
    assert page.input_value("[name=pw]") == ""


@pytest.mark.parametrize("how", ["click", "enter"])
def test_the_user_name_is_told_when_a_login_form_is_sent(
    browser: ContentBrowser, page: Page, how: str
) -> None:
    show(
        page,
        "<form onsubmit='return false'><label>Search <input name=q value=shoes></label></form>"
        "<form onsubmit='return false'><label>User name <input id=u name=username></label>"
        "<label>Password <input id=p type=password name=password></label><button id=b>Sign in</button></form>",
    )
    browser.wait("frame.hello")
    page.fill("#u", "ada@example.com")
    page.fill("#p", "a password")
    if how == "click":
        page.click("#b")
    else:
        page.press("#p", "Enter")
    page.wait_for_timeout(250)
    messages = browser.take()
    assert [each["value"] for each in messages if each["type"] == "username"] == ["ada@example.com"]
    assert "a password" not in str(messages)


def prompts_of(browser: ContentBrowser) -> list[str]:
    return [each["prompt"]["kind"] for each in browser.take() if each["type"] == "prompt.found"]


ADD = f"document.body.insertAdjacentHTML('beforeend', `<main>{APP}<form>{FIELD}<button>Verify</button></form></main>`)"


def test_stop_ends_all_watching_and_a_new_run_begins_again(browser: ContentBrowser, page: Page) -> None:
    show(page, "<h1>Portal</h1><div id=w></div>")
    browser.wait("frame.hello")
    browser.send({"type": "stop"})
    page.evaluate(ADD)
    page.click("h1")
    page.wait_for_timeout(400)
    assert browser.take() == []
    browser.worker.evaluate("stub.again()")
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"
    page.wait_for_timeout(300)
    assert prompts_of(browser) == []


def test_many_prompts_in_a_row_are_all_noticed(browser: ContentBrowser, page: Page) -> None:
    show(page, "<h1>Portal</h1><div id=w></div>")
    browser.wait("frame.hello")
    for _ in range(8):
        page.evaluate(f"w.innerHTML = `{APP}<form>{FIELD}</form>`")
        browser.wait("prompt.found", 1500)
        page.evaluate("w.innerHTML = ''")
        browser.wait("prompt.gone", 1500)


def test_a_prompt_in_a_storm_of_insertions_is_noticed(browser: ContentBrowser, page: Page) -> None:
    show(page, "<h1>Portal</h1><div id=w></div>")
    browser.wait("frame.hello")
    page.evaluate(
        """() => {
          let n = 0;
          const step = () => {
            for (let i = 0; i < 40; i++) {
              const row = document.createElement("p");
              row.innerHTML = "Row <input name=amount>";
              w.append(row);
            }
            if (++n < 60) requestAnimationFrame(step);
          };
          step();
        }"""
    )
    page.wait_for_timeout(300)
    page.evaluate(
        "document.body.insertAdjacentHTML('afterbegin', "
        "'<dialog open><h2>Two-factor authentication</h2><label>Authentication code <input name=otp></label></dialog>')"
    )
    assert browser.wait("prompt.found", 2500)["prompt"]["kind"] == "app"


def set_hidden(browser: ContentBrowser, hidden: bool) -> None:
    """Says to the content scripts that the tab went to the back or came to the front.

    The automation keeps every tab in front, so the signal is given in the scripts' own world.
    """
    browser.worker.evaluate(
        """async (hidden) => {
          const tab = (await chrome.tabs.query({active: true})).at(-1);
          await chrome.scripting.executeScript({target: {tabId: tab.id}, args: [hidden], func: (hidden) => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
          }});
        }""",
        hidden,
    )


def test_a_hidden_tab_is_left_alone_until_it_shows(browser: ContentBrowser, page: Page) -> None:
    show(page, "<h1>Portal</h1><div id=w></div>")
    browser.wait("frame.hello")
    page.wait_for_timeout(100)
    set_hidden(browser, True)
    page.evaluate(ADD)
    page.wait_for_timeout(500)
    assert browser.take() == []
    set_hidden(browser, False)
    assert browser.wait("prompt.found")["prompt"]["kind"] == "app"
    page.evaluate("document.querySelector('main').remove()")
    browser.wait("prompt.gone")

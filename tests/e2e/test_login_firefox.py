"""The main job in a real Firefox on portals that we did not write."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from auto2fa.cli import main
from portals.invoices import HOME
from portals.launch import KINDS, Portal, User
from support.accounts import add_account
from support.firefox import FirefoxBrowser
from support.words import word

KEY = "GEZDGNBVGY3TQOJQ"  # 80 bits, as many portals hand out
ENTER = "\ue007"
"""WebDriver's name of the Enter key."""
NO_DOOR_HANGER = {"extensions.webextOptionalPermissionPrompts": False}
"""``permissions.request`` from a click is granted with no question."""
SUBMIT = "button[type=submit]:not([form]):not([name])"
"""As in ``portals.drive``: the stock forms' own button."""


def password_step(browser: FirefoxBrowser, portal: Portal, user: User) -> None:
    """Open the login page, give user name and password."""
    browser.goto(portal.login_url)
    browser.type(portal.pages.username, portal.login_name(user))
    browser.type(portal.pages.password, user.password + ENTER)
    browser.wait(lambda: browser.current_url != portal.login_url or at_prompt(browser, portal), "no answer")


def at_prompt(browser: FirefoxBrowser, portal: Portal) -> bool:
    """Whether the portal asks for the second factor now."""
    return bool(browser.evaluate("document.querySelector(a[0]) !== null", portal.pages.prompt))


def wait_signed_in(browser: FirefoxBrowser, portal: Portal, user: User) -> None:
    """Wait for the invoices page, and for its word that a second factor protects this session."""
    browser.wait(lambda: browser.current_url == portal.home_url, "not signed in", seconds=45)
    browser.wait_for_text(HOME + user.name)
    assert browser.evaluate("document.querySelector('#factor').innerText") == "second factor: yes"


def open_enrolment(browser: FirefoxBrowser, portal: Portal, user: User) -> None:
    """From a signed-in session to the set-up page with the QR code on show."""
    browser.goto(portal.enrol_url)
    if portal.kind == "allauth":
        browser.type("#id_password", user.password + ENTER)
    else:
        browser.click(SUBMIT)
    browser.find(portal.pages.confirm)
    browser.wait(
        lambda: browser.evaluate("[...document.images].some(i => i.complete && i.naturalWidth > 60)"),
        "no QR code",
    )


def sign_out(browser: FirefoxBrowser, portal: Portal) -> None:
    """Forget the portal's session: what is tested is the login after it."""
    browser.do("WebDriver:DeleteAllCookies")
    browser.goto(portal.login_url)


def test_accounts_added_in_the_terminal_sign_in(home: Path) -> None:
    """Each waits for the step after the one it was added in; meanwhile the background would rather sleep."""
    user = User("customer01", secret=KEY)
    with ExitStack() as stack:
        # Names of their own: cookies do not tell ports apart.
        portals = [
            stack.enter_context(Portal(kind, [user], host=f"supplier{number}.localhost"))
            for number, kind in enumerate(KINDS)
        ]
        for portal in portals:
            assert (
                main(["add", "--site", portal.url, "--key", KEY, "--account", portal.login_name(user)]) == 0
            )
        browser = stack.enter_context(FirefoxBrowser(prefs={"extensions.background.idle.timeout": 1_000}))
        tabs = []
        for portal in portals:
            tabs.append(browser.new_tab())
            password_step(browser, portal, user)
        for portal, tab in zip(portals, tabs, strict=True):
            browser.switch(tab)
            wait_signed_in(browser, portal, user)
            state = browser.until(portal.home_url, lambda state: state["activity"]["phase"] == "accepted")
            assert state["portal"]["state"] == "active"


def test_right_click_enrols_and_the_next_login_types_no_code(home: Path) -> None:
    """The build that everybody gets: until its site is linked, the right-click is our only right there."""
    user = User("customer01")
    with (
        Portal("allauth", [user], host="supplier0.localhost") as allauth,
        Portal("two_factor", [user], host="supplier1.localhost") as two_factor,
        FirefoxBrowser(all_sites=False, prefs=NO_DOOR_HANGER) as browser,
    ):
        tabs = {portal.url: enrol(browser, portal, user) for portal in (allauth, two_factor)}
        for portal in (allauth, two_factor):
            browser.switch(tabs[portal.url])
            sign_out(browser, portal)
            password_step(browser, portal, user)
        for portal in (allauth, two_factor):
            browser.switch(tabs[portal.url])
            wait_signed_in(browser, portal, user)


def enrol(browser: FirefoxBrowser, portal: Portal, user: User) -> str:
    """From the password to an active account by the context menu; handle of the portal's tab."""
    page = browser.new_tab()
    password_step(browser, portal, user)
    open_enrolment(browser, portal, user)
    browser.choose_in_menu("img", word("menuCapture"))
    browser.tab_at(browser.url("pages/portals/"))
    browser.press(word("useThisCode"))
    browser.press(word("linkAs", site=portal.url.split("://")[1]))
    browser.press(word("confirmDo"))
    browser.wait_for_text(word("proveTitle"))
    assert not portal.enrolled(user)
    browser.press(word("fillSetup"))
    browser.wait_for_text("is active", seconds=45)
    assert portal.enrolled(user)
    browser.do("WebDriver:CloseWindow")
    browser.switch(page)
    return page


def test_linking_from_the_popup_by_a_click(home: Path) -> None:
    """No permission before, the portal's own after; then its account signs in."""
    user = User("customer01", secret=KEY)
    with (
        Portal("allauth", [user]) as portal,
        FirefoxBrowser(all_sites=False, prefs=NO_DOOR_HANGER) as browser,
    ):
        page = browser.new_tab(portal.login_url)
        with browser.own_page():
            assert browser.evaluate("browser.permissions.getAll().then(all => all.origins)") == []
        with browser.popup() as popup:
            browser.wait(lambda: word("linkThisSite") in popup(), "the popup does not offer to link")
            popup(press=word("linkThisSite"))
            browser.wait(lambda: word("activate") in popup(), "the popup does not say that it is linked")
        with browser.own_page():
            # Firefox's patterns know no ports.
            origins = browser.evaluate("browser.permissions.getAll().then(all => all.origins)")
            assert origins == ["http://127.0.0.1/*"]
            (linked,) = browser.api("portals.list")["portals"]
            assert linked["origins"] == [portal.url]
        add_account(portal.url, KEY, user.name)
        browser.switch(page)
        password_step(browser, portal, user)
        wait_signed_in(browser, portal, user)

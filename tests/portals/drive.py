"""What a person does on the third-party portals, as Playwright steps; no step of Auto 2FA is in here."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page

from portals.invoices import HOME
from portals.launch import Portal, User

SUBMIT = "button[type=submit]:not([form]):not([name]):visible, input[type=submit]:visible"
"""The stock forms' own button: not allauth's Cancel (another form's), not the wizard's Back (named), nor its hidden one."""


def _submit(page: Page, field: str) -> None:
    page.locator(field).locator("xpath=ancestor::form").locator(SUBMIT).first.click()


def password_step(page: Page, portal: Portal, user: User) -> None:
    """Open the login page, give user name and password; ends on the prompt or on the invoices page."""
    page.goto(portal.login_url)
    page.fill(portal.pages.username, portal.login_name(user))
    page.fill(portal.pages.password, user.password)
    _submit(page, portal.pages.password)


def open_enrolment(page: Page, portal: Portal, user: User) -> None:
    """From a signed-in session to the set-up page with the QR code on show (asks for the password again)."""
    page.goto(portal.enrol_url)
    if portal.kind == "allauth":
        if "reauthenticate" in page.url:
            page.fill("#id_password", user.password)
            _submit(page, "#id_password")
    elif portal.kind == "flask_security":
        page.check("input[value=authenticator]")
        _submit(page, "input[value=authenticator]")
    else:
        page.locator(SUBMIT).click()
        page.wait_for_selector(f"input[name=method-method], {portal.pages.confirm}")
        if page.locator("input[name=method-method]").count():
            page.check("input[value=generator]")
            page.locator(SUBMIT).click()
    page.wait_for_selector(portal.pages.confirm)
    page.wait_for_function(
        "() => [...document.images].some(i => i.complete && i.naturalWidth > 0 && i.width > 60)"
    )


def key_on_page(page: Page, portal: Portal) -> str:
    """The key in letters (base32) that the set-up page shows beside its QR code."""
    if portal.kind == "allauth":
        return page.input_value("#authenticator_secret")
    if portal.kind == "flask_security":
        return page.locator("div:has(> #qrcode) + div").inner_text().strip().replace("-", "")
    return page.locator("a[href^='otpauth:']").inner_text().strip()


def confirm_enrolment(page: Page, portal: Portal, code: str | None = None) -> None:
    """Submit the set-up page's confirm field; ``None`` takes what is in the field already."""
    if code is not None:
        page.fill(portal.pages.confirm, code)
    _submit(page, portal.pages.confirm)


def answer_prompt(page: Page, portal: Portal, code: str) -> None:
    """Type a code into the prompt by hand."""
    page.fill(portal.pages.prompt, code)
    _submit(page, portal.pages.prompt)


def at_prompt(page: Page, portal: Portal) -> bool:
    """Whether the portal asks for the second factor now."""
    return page.locator(portal.pages.prompt).is_visible()


def signed_in(page: Page, portal: Portal, user: User | None = None) -> bool:
    """Whether the invoices page is on show, for ``user`` where given."""
    if urlsplit(page.url).path != "/invoices/":
        return False
    return (HOME + (user.name if user else "")) in page.content()


def wait_signed_in(page: Page, portal: Portal, user: User, timeout_s: float = 15) -> None:
    """Wait for the invoices page. Raises Playwright's ``TimeoutError``."""
    page.wait_for_url(portal.home_url, timeout=timeout_s * 1000)
    page.wait_for_selector(f"h1:text-is('{HOME}{user.name}')", timeout=timeout_s * 1000)


def passed_second_factor(page: Page) -> bool:
    """On the invoices page: whether the portal says that a second factor protects this session."""
    return page.locator("#factor").inner_text() == "second factor: yes"


def sign_out(page: Page, portal: Portal) -> None:
    """End the portal's session as its own sign-out does."""
    if portal.kind == "flask_security":
        page.goto(portal.enrol_url)
        page.locator("form[name=logout_form] button").click()
        page.wait_for_load_state()
        return
    page.goto(portal.url + portal.pages.logout if portal.kind == "allauth" else portal.home_url)
    if portal.kind == "allauth":
        page.locator("form:has(input[name=csrfmiddlewaretoken]) button[type=submit]").first.click()
    else:
        page.evaluate(
            """path => {
              const form = document.createElement("form");
              const token = document.createElement("input");
              form.method = "post";
              form.action = path;
              token.name = "csrfmiddlewaretoken";
              token.value = (document.cookie.match(/csrftoken=([^;]+)/) || [])[1] || "";
              form.append(token);
              document.body.append(form);
              form.submit();
            }""",
            portal.pages.logout,
        )
    page.wait_for_function("path => !location.pathname.startsWith(path)", arg="/invoices")
    page.wait_for_load_state()

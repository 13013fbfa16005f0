"""The three journeys, step by step, on the demonstration portal."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from auto2fa.demo.portal import EMAIL, ISSUER, PASSWORD, PERIOD

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from auto2fa.demo.browser import DemoBrowser
    from auto2fa.demo.portal import RunningPortal
    from auto2fa.demo.report import Report

# In the portal's own page: when the prompt could be read, when its field first held a whole code.
STOPWATCH = """
addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("#two-factor #code");
  if (!field) return;
  const shown = performance.now();
  field.addEventListener("input", () => {
    if (field.value.length === 6 && !sessionStorage.filledIn) {
      sessionStorage.filledIn = String(performance.now() - shown);
    }
  });
});
"""

DOWNLOAD = """
async () => {
  const answer = await fetch(document.querySelector("a[href$='.pdf']").href);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [String.fromCharCode(...bytes.slice(0, 4)), bytes.length];
}
"""


def sign_in(page: Page, url: str) -> None:
    """User name and password, as a person types them; nothing else."""
    page.goto(f"{url}/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("#sign-in button")


class Journeys:
    """Journeys 1 to 3; each leaves the portal's page where the next one starts."""

    def __init__(self, browser: DemoBrowser, portal: RunningPortal, report: Report) -> None:
        self._browser = browser
        self._portal = portal
        self._report = report
        self.page = browser.context.pages[0] if browser.context.pages else browser.context.new_page()
        self.page.add_init_script(STOPWATCH)

    # --- 1 ------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        """Journey 1: link the portal in the popup, activate from the QR code on its set-up page."""
        report, page = self._report, self.page
        report.title("Journey 1: activate, from the popup")
        report.doing("signing in to the portal, which has no second factor yet")
        sign_in(page, self._portal.url)
        page.wait_for_selector("#signed-in")
        report.done(f"signed in to {ISSUER} with user and password; no second factor yet", page, "no-factor")
        page.goto(f"{self._portal.url}/security/authenticator")
        page.wait_for_selector(".picture img")
        report.done("opened the portal's set-up page with its QR code", page, "set-up-page")

        report.doing("linking the portal in the popup")
        popup = self._browser.popup(page)
        report.done("opened the popup", popup, "popup-not-linked")
        popup.get_by_role("button", name="Link this site").click()
        activate = popup.get_by_role("button", name="Activate Auto 2FA")
        activate.wait_for()
        report.done("linked the portal", popup, "popup-linked")

        report.doing("reading the QR code on the page")
        activate.click()
        portals = self._browser.our_page("portals/")
        _close(popup)
        portals.get_by_role("button", name="YES").wait_for()
        report.done("“Handle the second factor automatically?” YES", portals, "question")
        portals.get_by_role("button", name="YES").click()
        portals.locator(".way", has_text="QR code").first.click()
        portals.locator(".tile button.primary:not([hidden])").click()
        self._keep(portals, "read-from-page")

    def _keep(self, portals: Page, picture: str) -> None:
        """From what was read to the portal's acceptance: keep, fill the confirm field, see it accepted."""
        report, page = self._report, self.page
        use, keep = (portals.get_by_role("button", name=name) for name in ("Use this code", "Keep and prove"))
        use.or_(keep).first.wait_for()
        if use.is_visible():
            report.done("found the QR code on the page", portals, f"{picture}-found")
            use.click()
        keep.wait_for()
        _live_code(portals)
        report.done("it is shown without its secret, with a live code", portals, f"{picture}-confirm")
        keep.click()

        report.doing("filling the confirm field of the set-up page")
        fill = portals.get_by_role("button", name="Fill it into the set-up page")
        fill.wait_for()
        _live_code(portals)
        report.done(
            "kept in the keyring, pending until the portal accepts a code", portals, f"{picture}-prove"
        )
        sent = self._hold_forms()
        fill.click()
        page.wait_for_function("() => document.querySelector('#code')?.value.length === 6")
        report.done("one click filled the confirm field", page, f"{picture}-filled")
        page.unroute("**/*")
        for form in sent:
            form.continue_()
        report.doing("waiting for the portal to accept the code of its set-up page")
        page.wait_for_selector(".badge.on")
        report.done("the portal accepted the code", page, f"{picture}-accepted")
        report.doing("waiting for the account to become active")
        portals.get_by_role("heading", name="Auto 2FA is active").wait_for()
        report.done("Auto 2FA is active for this portal", portals, f"{picture}-active")
        portals.close()

    def _hold_forms(self) -> list[Route]:
        """Forms that the page sends wait from now on, so that a picture can be taken of what was filled."""
        sent: list[Route] = []

        def hold(route: Route) -> None:
            if route.request.method == "POST":
                sent.append(route)
            else:
                route.continue_()

        self.page.route("**/*", hold)
        return sent

    # --- 2 ------------------------------------------------------------------------------------------------

    def capture(self) -> None:
        """Journey 2: set the portal up anew, by a right click on its page."""
        report, page = self._report, self.page
        report.title("Journey 2: the same by a right click on the page (the portal is set up anew)")
        report.doing("switching the portal's second factor off and opening its set-up page again")
        page.bring_to_front()
        page.goto(f"{self._portal.url}/security")
        page.get_by_role("button", name="Switch off").click()
        page.get_by_role("link", name="Set up authenticator app").click()
        page.wait_for_selector(".picture img")
        report.done("the portal shows a new QR code", page, "new-code")
        report.doing("choosing “Capture this QR code” in the context menu")
        self._browser.right_click(page, "capture")
        portals = self._browser.our_page("portals/")
        report.done("right click, “Capture this QR code”")
        self._keep(portals, "captured")

    # --- 3 ------------------------------------------------------------------------------------------------

    def log_in(self) -> float:
        """Journey 3: sign out, sign in with user and password only; the fill's milliseconds."""
        report, page = self._report, self.page
        customer = self._portal.portal.customer
        report.title("Journey 3: sign in, typing user and password only")
        report.doing("signing out")
        page.bring_to_front()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_selector("#sign-in")
        report.done("signed out")
        wait = (customer.last_step + 1) * PERIOD - time.time()
        if wait > 0:
            report.done(f"the set-up used this half minute's code; a fresh one comes in {wait:.0f} s")
            page.wait_for_timeout(wait * 1000 + 500)
        report.doing("waiting for Auto 2FA to fill the code and for the portal to accept it")
        sign_in(page, self._portal.url)
        page.wait_for_url("**/invoices", timeout=45_000)
        page.wait_for_selector("#signed-in")
        filled_ms = float(page.evaluate("() => sessionStorage.filledIn ?? 'NaN'"))
        report.done("the prompt came, the code was filled and accepted", page, "signed-in")
        report.doing("looking at the popup and at an invoice")
        popup = self._browser.popup(page)
        popup.get_by_role("button", name="Fill now").wait_for()
        popup.get_by_text("Accepted").first.wait_for()
        _live_code(popup)
        report.done(
            "the popup says that the code was accepted, and shows the live one", popup, "popup-active"
        )
        _close(popup)
        report.doing("downloading an invoice")
        start, size = page.evaluate(DOWNLOAD)
        if start != "%PDF":
            raise RuntimeError("the invoice is not a PDF")
        report.done(f"an invoice can be downloaded ({size:,} bytes of PDF)")
        return filled_ms


def _live_code(page: Page) -> None:
    """Wait until the page shows a code: the pictures shall show it too."""
    page.get_by_text(re.compile(r"^\d{3}\s?\d{3}$")).first.wait_for()


def _close(page: Page) -> None:
    if not page.is_closed():
        page.close()

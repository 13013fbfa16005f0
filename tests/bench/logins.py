"""Third-party portals, many accounts: enrolled from the page's QR code, then signed in with no typed code.

Run: python tests/bench/logins.py [--accounts 20] [--kind allauth|two_factor]. All accounts are enrolled first and
then signed in one after the other, each in a session of its own, so that no time step is waited for.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from auto2fa.demo.keyring_session import keyring_session  # noqa: E402
from bench.figures import row, table  # noqa: E402
from portals import drive  # noqa: E402
from portals.launch import KINDS, Kind, Portal, User, users  # noqa: E402
from support.browser import ExtensionBrowser  # noqa: E402

PATIENCE_S = 45


def enrol(browser: ExtensionBrowser, own: Page, portal: Portal, user: User) -> bool:
    """From the page's QR code to the portal's own 'set up', by the same requests as the wizard makes."""
    page = browser.context.new_page()
    try:
        drive.password_step(page, portal, user)
        drive.open_enrolment(page, portal, user)
        linked = browser.api(own, "ext.link", url=portal.url)["portal"]
        tab = browser.tab_id(page)
        capture = browser.api(own, "ext.capture", tabId=tab)["captureId"]
        codes = [c for c in browser.api(own, "ext.captured", captureId=capture)["codes"] if c["handle"]]
        account = browser.api(
            own, "enrol.begin", handle=codes[0]["handle"], portalId=linked["id"], username=user.name
        )["account"]
        browser.api(own, "ext.fill", tabId=tab, accountId=account["id"])
        deadline = time.monotonic() + PATIENCE_S
        while not portal.enrolled(user):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True
    finally:
        browser.context.clear_cookies()
        page.close()


def sign_in(browser: ExtensionBrowser, portal: Portal, user: User) -> float | None:
    """Seconds from the password to the invoices page; None when it did not come to that."""
    browser.context.clear_cookies()
    page = browser.context.new_page()
    try:
        begin = time.perf_counter()
        drive.password_step(page, portal, user)
        drive.wait_signed_in(page, portal, user, timeout_s=PATIENCE_S)
        took = time.perf_counter() - begin
        return took if drive.passed_second_factor(page) else None
    except Exception as error:
        print(f"  {user.name}: {str(error).splitlines()[0]}", file=sys.stderr)
        return None
    finally:
        page.close()


def one_portal(kind: Kind, count: int) -> tuple[str, ...]:
    """Enrol and sign in; a row of the table."""
    people = users(count)
    with (
        sync_playwright() as playwright,
        Portal(kind, people) as portal,
        ExtensionBrowser(playwright) as browser,
    ):
        own = browser.page("pages/popup/popup.html?tab=-1")
        enrolled = sum(enrol(browser, own, portal, user) for user in people)
        times = [sign_in(browser, portal, user) for user in people]
    good = [took for took in times if took is not None]
    figures = row(kind, good or [0.0], unit="s")
    return (kind, f"{enrolled} of {count}", f"{len(good)} of {count}", figures[1], figures[2])


def main() -> None:
    """Print the table; exit code 1 when an account failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--kind", choices=KINDS, action="append")
    options = parser.parse_args()
    rows = []
    for kind in options.kind or KINDS:
        with keyring_session() as session, tempfile.TemporaryDirectory() as home:
            os.environ.update(session.env)
            os.environ["AUTO2FA_HOME"] = home
            rows.append(one_portal(kind, options.accounts))
    table(
        "Third-party portals", ("portal", "enrolled", "signed in", "password → invoices, median", "p95"), rows
    )
    whole = f"{options.accounts} of {options.accounts}"
    sys.exit(0 if all(line[1] == line[2] == whole for line in rows) else 1)


if __name__ == "__main__":
    main()

"""Prints how quick the pages are with 2,000 portals, in a real Chromium with the real host.

Run: ``python tests/bench/pages.py [portals]``. Times are milliseconds; "first" is a fresh browser.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from auto2fa.cli.common import open_vault  # noqa: E402
from auto2fa.demo.keyring_session import keyring_session  # noqa: E402
from auto2fa.portals import book  # noqa: E402
from bench.figures import row, table  # noqa: E402
from support.browser import ExtensionBrowser  # noqa: E402

PORTALS = "pages/portals/portals.html"
RUNS = 15
QUERIES = ["1", "17", "175", "portal 1999", "example", "nothing at all", "p", "po", "por"]
SEARCH = """query => new Promise((done) => {
  const field = document.getElementById("search");
  const start = performance.now();
  field.value = query;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const drawn = performance.now() - start;
  requestAnimationFrame(() => setTimeout(() => done([drawn, performance.now() - start])));
})"""
USABLE = "() => performance.getEntriesByName('usable')[0]?.startTime ?? 0"


def opened(browser: ExtensionBrowser, path: str, ready: str) -> tuple[Page, float]:
    """Open one of our pages; the page and the time from navigation until ``ready`` answers with a time."""
    page = browser.page(path)
    while not (at := page.evaluate(ready)):
        page.wait_for_timeout(5)
    return page, float(at)


def repeated(browser: ExtensionBrowser, path: str) -> list[float]:
    """The times of several openings, one after another."""
    times = []
    for _ in range(RUNS):
        page, at = opened(browser, path, USABLE)
        times.append(at)
        page.close()
    return times


def main() -> None:
    """Seed the portals, then measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with keyring_session() as session, tempfile.TemporaryDirectory() as home:
        os.environ.update(session.env, AUTO2FA_HOME=home)
        vault = open_vault()
        for number in range(count):
            book.link(vault, f"https://portal{number}.example", name=f"Portal {number}")
        rows = []
        with sync_playwright() as playwright, ExtensionBrowser(playwright) as browser:
            page, first = opened(browser, PORTALS, USABLE)
            rows.append(row("page usable, first", [first], "1000"))
            page.wait_for_selector(f".portal:nth-child({count})", state="attached")
            found = [page.evaluate(SEARCH, query) for query in QUERIES * 3]
            rows.append(row("search: list drawn", [drawn for drawn, _ in found], "50"))
            rows.append(row("search: until the next picture", [seen for _, seen in found], "50"))
            page.close()
            rows.append(row("page usable, again", repeated(browser, PORTALS), "1000"))
            site = browser.page("icons/icon.svg")
            popup = f"pages/popup/popup.html?tab={browser.tab_id(site)}"
            rows.append(row("popup: state on show", repeated(browser, popup), "150"))
        table(f"Pages with {count} portals", ("what", "median", "p95", "runs", "aim"), rows)


if __name__ == "__main__":
    main()

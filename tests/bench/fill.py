"""Prompt visible → code in the field, in both browsers with the real host and keyring.

Run: python tests/bench/fill.py [--rounds N] [--browser chromium|firefox]

The page of its own shows a prompt on demand and says itself when the box appeared and when its value was whole,
so both times are of the page's clock. Counter-based codes: no time step has to be waited for.
"""

from __future__ import annotations

import argparse
import http.server
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from auto2fa.cli import main as auto2fa  # noqa: E402
from auto2fa.demo.keyring_session import keyring_session  # noqa: E402
from bench.figures import row, table  # noqa: E402
from support.browser import ExtensionBrowser  # noqa: E402
from support.firefox import FirefoxBrowser  # noqa: E402

WARM_UP = 3
"""Rounds that open the keyring and let the browser compile; not counted."""
LOADED_MS = 300
JUDGED_MS = 1_800
"""The outcome of a code is judged before the next round begins."""
AIM = "median ≤ 30 ms, p95 ≤ 80 ms"

PAGE = """<!doctype html><html lang="en"><title>Sign in</title><main><h1>Two-factor authentication</h1>
<p>Enter the code from your authenticator app.</p><div id="place"></div></main>
<script>
window.ask = () => new Promise((resolve) => {
  const place = document.getElementById("place");
  place.innerHTML = '<form><label>Code <input name="code" autocomplete="one-time-code" inputmode="numeric"'
    + ' maxlength="6"></label><button>Verify</button></form>';
  const box = place.querySelector("input");
  const shown = performance.now();
  let done = 0;
  box.addEventListener("input", () => { if (box.value.length === 6 && !done) done = performance.now() - shown; });
  place.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    place.innerHTML = "<p>Welcome back</p>";
    resolve(done);
  });
});
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the one page."""

    def do_GET(self) -> None:
        """Any path is the page."""
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Quiet."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--browser", choices=("chromium", "firefox"), action="append")
    options = parser.parse_args()
    rounds: int = options.rounds
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_address[1]}"
    rows = []
    with keyring_session() as session, tempfile.TemporaryDirectory() as home:
        os.environ.update(session.env)
        os.environ["AUTO2FA_HOME"] = home
        auto2fa(["add", "--site", site, "--key", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "--type", "hotp"])
        for name in options.browser or ("chromium", "firefox"):
            spent = (in_chromium if name == "chromium" else in_firefox)(site, rounds + WARM_UP)[WARM_UP:]
            rows.append(row(name, spent, AIM))
    server.shutdown()
    table("Prompt visible → code in the field, warm", ("browser", "median", "p95", "of", "aim"), rows)


def in_chromium(site: str, rounds: int) -> list[float]:
    """Milliseconds of each round."""
    spent = []
    with sync_playwright() as playwright, ExtensionBrowser(playwright) as browser:
        page = browser.context.new_page()
        for number in range(rounds):
            page.goto(f"{site}/{number}")
            page.wait_for_timeout(LOADED_MS)
            spent.append(float(page.evaluate("window.ask()")))
            page.wait_for_timeout(JUDGED_MS)
    return spent


def in_firefox(site: str, rounds: int) -> list[float]:
    """Milliseconds of each round."""
    spent = []
    with FirefoxBrowser() as browser:
        for number in range(rounds):
            browser.goto(f"{site}/{number}")
            time.sleep(LOADED_MS / 1000)
            spent.append(float(browser.evaluate("window.ask()")))
            time.sleep(JUDGED_MS / 1000)
    return spent


if __name__ == "__main__":
    main()

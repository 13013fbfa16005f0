"""One-time-code widgets of real packages, filled by the shipped content scripts, read back and accepted."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest

from auto2fa.cli import main
from extension import widget_pages
from extension.content_browser import ContentBrowser
from support.firefox import FirefoxBrowser

CODE = "482913"
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_4226_CODES = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
"""Appendix D: the first ten codes of this key."""
IN_FIREFOX = [
    "controlled.jsx",
    "focused_boxes.js",
    "input_otp.jsx",
    "ng_otp_input.js",
    "primevue_input_otp.js",
    "radix.jsx",
    "vue3_otp_input.js",
    "web_component.js",
    "zag_pin_input.jsx",
]
"""One of each way in which widgets take values: there, values and focus are set otherwise than in Chromium."""
TAKEN = """<script>
  const looking = setInterval(() => {
    if (window.accepted?.length !== 6) return;
    clearInterval(looking);
    window.taken = window.accepted;
    setTimeout(() => { document.body.innerHTML = "<p>Welcome back</p>"; }, 150);
  }, 20);
</script>"""

pytestmark = pytest.mark.skipif(not widget_pages.installed(), reason="run npm install in tests/js first")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return widget_pages.bundle(tmp_path_factory.mktemp("bundles"))


@pytest.mark.parametrize("widget", widget_pages.WIDGETS)
def test_widget_takes_the_code(browser: ContentBrowser, bundles: Path, widget: str) -> None:
    page = browser.page()
    html = widget_pages.page(bundles, widget)
    page.route("https://w.test/p", lambda route: route.fulfill(content_type="text/html", body=html))
    try:
        page.goto("https://w.test/p")
        prompt = browser.wait("prompt.found")["prompt"]
        assert prompt["kind"] == "app"
        report = browser.fill(prompt, CODE)
        assert report["ok"], report
        assert report["readBack"] == CODE
        page.wait_for_timeout(100)
        assert page.evaluate("window.accepted") == CODE, report
    finally:
        page.close()
        browser.take()


def test_widgets_take_the_code_in_firefox(home: Path, bundles: Path) -> None:
    """The whole way: add-on, host and keyring; counter-based codes, so that no time step is waited for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The widget that the path names."""
            name = self.path.strip("/")
            body = widget_pages.page(bundles, name, more=TAKEN) if name in IN_FIREFOX else ""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        assert main(["add", "--site", site, "--key", KEY, "--type", "hotp"]) == 0
        with FirefoxBrowser() as firefox:
            taken = {}
            for widget in IN_FIREFOX:
                firefox.goto(f"{site}/{widget}")
                taken[widget] = firefox.wait(
                    lambda: firefox.evaluate("window.taken"), f"{widget} took no code"
                )
                firefox.until(f"{site}/{widget}", lambda state: state["activity"]["phase"] == "accepted")
        assert list(taken.values()) == RFC_4226_CODES[: len(IN_FIREFOX)]
    finally:
        server.shutdown()
        server.server_close()

"""One-time-code widgets of real packages, filled by the shipped content scripts, read back and accepted."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from extension.content_browser import ContentBrowser, content_browser

HERE = Path(__file__).parent
JS = HERE.parent / "js"
WIDGETS = sorted(path.name for path in (HERE / "widgets").iterdir() if path.suffix in {".js", ".jsx"})
CODE = "482913"

pytestmark = pytest.mark.skipif(
    not (JS / "node_modules" / "esbuild").exists(), reason="run npm install in tests/js first"
)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundles")
    esbuild = JS / "node_modules" / ".bin" / "esbuild"
    subprocess.run(
        [esbuild, *(str(HERE / "widgets" / name) for name in WIDGETS), "--bundle", f"--outdir={out}",
         "--define:process.env.NODE_ENV=\"production\"", "--define:process.env={}", "--log-level=error"],
        check=True, env={"NODE_PATH": str(JS / "node_modules"), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[ContentBrowser]:
    with tempfile.TemporaryDirectory() as folder, content_browser(Path(folder), playwright) as started:
        yield started


@pytest.mark.parametrize("widget", WIDGETS)
def test_widget_takes_the_code(browser: ContentBrowser, bundles: Path, widget: str) -> None:
    page = browser.page()
    script = (bundles / Path(widget).with_suffix(".js").name).read_text("utf-8")
    style = bundles / Path(widget).with_suffix(".css").name
    html = (
        "<!doctype html><meta charset=utf-8><title>Portal</title>"
        f"<style>{style.read_text('utf-8') if style.exists() else ''}</style><h1>Two-factor authentication</h1>"
        "<p>Enter the 6-digit code from your authenticator app.</p><div id=app></div>"
        "<button>Cancel</button><button id=go>Verify</button><script src=/w.js></script>"
    )
    page.route(
        "https://w.test/w.js", lambda route: route.fulfill(content_type="text/javascript", body=script)
    )
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

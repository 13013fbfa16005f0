"""Content scripts of before and after a reload of the extension, in one open page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Playwright

from extension.content_browser import ContentBrowser, content_browser

CODE = "482913"
PROMPT = (
    "<main><h1>Two-factor authentication</h1><p>Enter the code from your authenticator app.</p>"
    "<form onsubmit='window.sent=(window.sent||0)+1;return false'><label>Code <input name=code></label>"
    "<button>Verify</button></form></main>"
)


def test_after_a_reload_of_the_extension_the_new_scripts_take_over(playwright: Playwright) -> None:
    with tempfile.TemporaryDirectory() as folder, content_browser(Path(folder), playwright) as browser:
        page = browser.page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route(
            "https://flow.test/",
            lambda route: route.fulfill(content_type="text/html", body=f"<body>{PROMPT}"),
        )
        page.goto("https://flow.test/")
        browser.wait("prompt.found")
        # Without the developer mode a reload would switch the unpacked extension off.
        modes = browser.page()
        modes.goto("chrome://extensions/")
        modes.evaluate("chrome.developerPrivate.updateProfileConfiguration({inDeveloperMode: true})")
        modes.wait_for_timeout(300)
        with browser.context.expect_event("serviceworker", timeout=10_000) as started:
            browser.worker.evaluate("void setTimeout(() => chrome.runtime.reload(), 20)")
        renewed = ContentBrowser(browser.context, started.value)
        modes.close()
        page.bring_to_front()
        page.wait_for_timeout(300)
        renewed.worker.evaluate("stub.again()")
        prompt = renewed.wait("prompt.found")["prompt"]
        report = renewed.fill(prompt, CODE, submit=True)
        page.wait_for_timeout(300)
        assert (report["ok"], report["readBack"]) == (True, CODE)
        assert page.evaluate("window.sent") == 1
        # The scripts of before fall silent at the next change: what is told, is told once.
        renewed.take()
        page.evaluate("document.body.innerHTML = ''")
        renewed.wait("prompt.gone")
        page.evaluate("html => {document.body.innerHTML = html}", PROMPT)
        page.wait_for_timeout(500)
        found = [each for each in renewed.take() if each["type"] == "prompt.found"]
        assert [each["prompt"]["kind"] for each in found] == ["app"]
        assert errors == []

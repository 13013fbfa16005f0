"""The demonstration's Chromium: a new profile, the extension, the registered host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auto2fa.setup.extension import build
from auto2fa.setup.identity import CHROMIUM_ID
from auto2fa.setup.registration import install

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright, ViewportSize, Worker

PROGRAMS = ("chromium", "chromium-browser")
"""Google's own Chrome no longer loads extensions named on its command line."""

ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    # The profile's own passwords have no business in the demonstration's keyring.
    "--password-store=basic",
    "--lang=en-US",
)
POPUP_SIZE: ViewportSize = {"width": 380, "height": 600}


class NoBrowserError(Exception):
    """No Chromium that can run the demonstration; the text says what to install."""


def find_chromium(playwright: Playwright) -> str:
    """Path of a Chromium that may start native programs: ``AUTO2FA_CHROMIUM``, the system's, Playwright's.

    Raises:
        NoBrowserError: none is there.
    """
    chosen = os.environ.get("AUTO2FA_CHROMIUM")
    found = [path for name in PROGRAMS if (path := shutil.which(name))]
    usable = [path for path in found if not path.startswith("/snap/") and not _is_snap(path)]
    for path in (chosen, *usable, playwright.chromium.executable_path):
        if path and Path(path).exists():
            return path
    if found:
        raise NoBrowserError(
            f"{found[0]} is a Snap, which may not start the native host. Run “playwright install chromium”,"
            " or name another Chromium in AUTO2FA_CHROMIUM."
        )
    raise NoBrowserError("Chromium is not installed. On Debian: sudo apt install chromium")


def _is_snap(path: str) -> bool:
    """Ubuntu's ``chromium-browser`` is a script that starts the Snap."""
    with Path(path).open("rb") as program:
        start = program.read(4096)
    return start.startswith(b"#!") and b"/snap/bin" in start


class DemoBrowser:
    """The running browser."""

    def __init__(self, context: BrowserContext, *, display: bool) -> None:
        self.context = context
        self._display = display

    @property
    def version(self) -> str:
        """The browser's version."""
        return self.context.browser.version if self.context.browser else ""

    @property
    def worker(self) -> Worker:
        """The extension's background."""
        for worker in self.context.service_workers:
            if CHROMIUM_ID in worker.url:
                return worker
        return self.context.wait_for_event("serviceworker")

    def tab_id(self, page: Page) -> int:
        """The browser's own number of a page's tab."""
        return int(
            self.worker.evaluate(
                "url => chrome.tabs.query({}).then(tabs => tabs.find(tab => tab.url === url).id)", page.url
            )
        )

    def popup(self, page: Page) -> Page:
        """The toolbar popup for a page's tab, in a window of the popup's size."""
        address = f"chrome-extension://{CHROMIUM_ID}/pages/popup/popup.html?tab={self.tab_id(page)}"
        with self.context.expect_page() as opened:
            self.worker.evaluate(
                "([url, size]) => chrome.windows.create({type: 'popup', url, ...size})",
                [address, POPUP_SIZE],
            )
        popup = opened.value
        if not self._display:
            popup.set_viewport_size(POPUP_SIZE)
        popup.wait_for_selector("main:not([aria-busy])")
        return popup

    def our_page(self, path: str) -> Page:
        """An open page of the extension whose path starts so; waits for it."""
        wanted = f"/pages/{path}"
        for page in self.context.pages:
            if CHROMIUM_ID in page.url and urlsplit(page.url).path.startswith(wanted):
                return page
        opened: Page = self.context.wait_for_event("page", lambda page: wanted in page.url)
        return opened

    def right_click(self, page: Page, item: str) -> None:
        """Choose an item of the context menu on a page, as the browser reports it to the extension."""
        self.worker.evaluate(
            """async ([tabId, item]) => {
              const tab = await chrome.tabs.get(tabId);
              const info = {menuItemId: item, pageUrl: tab.url, frameId: 0, editable: false};
              chrome.contextMenus.onClicked.dispatch(info, tab);
            }""",
            [self.tab_id(page), item],
        )


@contextmanager
def demo_browser(
    playwright: Playwright, folder: Path, *, display: bool, pause_ms: float
) -> Iterator[DemoBrowser]:
    """Start Chromium on a new profile in ``folder``; the host is registered in that profile alone."""
    program = find_chromium(playwright)
    extension = build("chromium", folder / "extension", all_sites=True)
    profile = folder / "profile"
    profile.mkdir()
    (result,) = install(user_data_dir=profile)
    if not result.ok:
        raise NoBrowserError(f"{result.path}: {result.detail}")
    arguments = [
        *ARGUMENTS,
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
    ]
    if not display:
        arguments.append("--headless=new")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=program,
        headless=False,
        ignore_default_args=["--disable-extensions"],
        args=arguments,
        slow_mo=pause_ms,
        env={**os.environ, "LANGUAGE": "en"},
        locale="en-US",
        viewport=None if display else {"width": 1100, "height": 800},
        no_viewport=True if display else None,
    )
    try:
        yield DemoBrowser(context, display=display)
    finally:
        context.close()

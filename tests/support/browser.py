"""A real Chromium with the real extension and a registered host, on a profile of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import BrowserContext, Page, Playwright, Worker

from auto2fa.setup.extension import build
from auto2fa.setup.identity import CHROMIUM_ID
from auto2fa.setup.registration import install

CHROMIUM = os.environ.get("AUTO2FA_CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
]


class ApiError(Exception):
    """The background answered one of our pages with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.name: str = error["name"]
        super().__init__(f"{error['name']}: {error['message']} {error['next']}")


class ExtensionBrowser:
    """Use as a context manager. The index is the caller's ``AUTO2FA_HOME``, the keyring its session bus."""

    def __init__(
        self,
        playwright: Playwright,
        *,
        all_sites: bool = True,
        register: bool = True,
        display: str | None = None,
        arguments: list[str] | None = None,
        **context: Any,
    ) -> None:
        self._playwright = playwright
        self._all_sites = all_sites
        self._register = register
        self._display = display
        self._arguments = arguments or []
        # On a screen the window's own size counts, so that a point of the page is a point of the screen.
        size: dict[str, Any] = (
            {"no_viewport": True} if display else {"viewport": {"width": 1100, "height": 800}}
        )
        self._more = {**size, **context}
        self._folder = tempfile.TemporaryDirectory(prefix="auto2fa-browser-", ignore_cleanup_errors=True)
        self._kept: Path | None = None
        self.context: BrowserContext

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        extension = build("chromium", folder / "extension", all_sites=self._all_sites)
        profile = folder / "profile"
        profile.mkdir()
        if self._register:
            (result,) = install(user_data_dir=profile)
            assert result.ok, result.detail
        env = {**os.environ, "DISPLAY": self._display} if self._display else dict(os.environ)
        self.context = self._playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            headless=False,
            ignore_default_args=["--disable-extensions"],
            args=[
                *([] if self._display else ["--headless=new"]),
                *QUIET,
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
                *self._arguments,
            ],
            env={name: value for name, value in env.items() if value is not None},
            **self._more,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.close()
        if self._kept is not None:
            shutil.copytree(Path(self._folder.name) / "profile", self._kept, symlinks=True)
        self._folder.cleanup()

    def keep_profile(self, place: Path) -> None:
        """When the browser has ended, keep a copy of all that it wrote."""
        self._kept = place

    @property
    def worker(self) -> Worker:
        """The extension's background."""
        found = [worker for worker in self.context.service_workers if CHROMIUM_ID in worker.url]
        return found[0] if found else self.context.wait_for_event("serviceworker")

    def stop_worker(self) -> None:
        """End the background as the browser does when it needs its memory: all that it knew is gone."""
        own = self.page("icons/icon.svg")
        try:
            session = self.context.new_cdp_session(own)
            session.send("ServiceWorker.enable")
            session.send("ServiceWorker.stopAllWorkers")
        finally:
            own.close()

    @staticmethod
    def url(path: str) -> str:
        """The address of one of our pages."""
        return f"chrome-extension://{CHROMIUM_ID}/{path}"

    def page(self, path: str) -> Page:
        """Open one of our pages in a tab."""
        page = self.context.new_page()
        page.goto(self.url(path))
        return page

    def tab_id(self, page: Page) -> int:
        """The browser's own number of a page's tab."""
        number = self.worker.evaluate(
            "url => chrome.tabs.query({}).then(tabs => tabs.find(tab => tab.url === url)?.id ?? -1)", page.url
        )
        assert number >= 0, page.url
        return int(number)

    def api(self, page: Page, verb: str, **params: Any) -> Any:
        """Ask the background as one of our pages does; ``page`` is one of ours."""
        answer = page.evaluate(
            "([verb, params]) => chrome.runtime.sendMessage({type: 'api', verb, params})", [verb, params]
        )
        if not answer["ok"]:
            raise ApiError(answer["error"])
        return answer.get("result")

    def until(self, page: Page, ready: Any, *, seconds: float = 15) -> dict[str, Any]:
        """Wait until ``ready(ext.state of the page's tab)``; the state."""
        own = self.page("pages/popup/popup.html?tab=-1")
        try:
            deadline = time.monotonic() + seconds
            while True:
                state: dict[str, Any] = self.api(own, "ext.state", tabId=self.tab_id(page))
                if ready(state):
                    return state
                assert time.monotonic() < deadline, state
                time.sleep(0.1)
        finally:
            own.close()

"""A real Chromium with the shipped content scripts loaded as an extension.

The extension under test is the product's ``content/`` folder with a background of a few lines in place of the
product's own: it answers ``frame.hello``, keeps what content scripts say, and fills when told so. Detection and
filling are the shipped code, in its isolated world.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, Worker, sync_playwright

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip

PLAIN = "https://plain.test"
"""An origin on which the content scripts do not run: the same browser measures with and without them."""

WORKER = """
const log = [];
let answer = {active: true, settings: {autoFill: true, autoSubmit: false, rememberDevice: false, chooseMethod: false},
  taught: {}, setupPending: false, language: "en"};
chrome.runtime.onMessage.addListener((message, sender, reply) => {
  log.push({...message, tabId: sender.tab.id, frameId: sender.frameId, url: sender.url, at: performance.timeOrigin + performance.now()});
  reply(message.type === "frame.hello" ? answer : null);
});
chrome.runtime.onConnect.addListener(() => {});
globalThis.stub = {
  set: (value) => { answer = {...answer, settings: {...answer.settings, ...(value.settings ?? {})}, ...(value.taught ? {taught: value.taught} : {}), ...("active" in value ? {active: value.active} : {})}; },
  take: () => log.splice(0),
  send: async (message, frameId = 0) => {
    const tabs = await chrome.tabs.query({active: true});
    return chrome.tabs.sendMessage(tabs.at(-1).id, message, {frameId});
  },
  again: async () => {
    const tab = (await chrome.tabs.query({active: true})).at(-1);
    const files = await (await fetch("content/files.json")).json();
    await chrome.scripting.executeScript({target: {tabId: tab.id}, files});
  },
  look: async (url) => {
    const tab = (await chrome.tabs.query({active: true})).at(-1);
    const frames = [...new Set(log.filter((each) => each.url === url && each.type === "frame.hello").map((each) => each.frameId))];
    const frameId = frames.at(-1) ?? 0;
    const state = await chrome.tabs.sendMessage(tab.id, {type: "state"}, {frameId});
    const why = await chrome.tabs.sendMessage(tab.id, {type: "why"}, {frameId});
    return {state, why, frameId};
  },
};
"""


def make_extension(folder: Path, *, with_content: bool = True) -> Path:
    """Writes the loadable folder."""
    scripts = json.loads((EXTENSION / "content" / "files.json").read_text("utf-8"))
    shutil.copytree(EXTENSION / "content", folder / "content")
    (folder / "worker.js").write_text(WORKER, "utf-8")
    manifest: dict[str, Any] = {
        "manifest_version": 3,
        "name": "Auto 2FA content scripts",
        "version": "1.0",
        "permissions": ["tabs", "scripting"],
        "host_permissions": ["<all_urls>"],
        "background": {"service_worker": "worker.js"},
    }
    if with_content:
        manifest["content_scripts"] = [
            {
                "matches": ["<all_urls>"],
                "exclude_matches": [f"{PLAIN}/*"],
                "js": scripts,
                "all_frames": True,
                "run_at": "document_end",
            }
        ]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


class ContentBrowser:
    """The browser and the worker that speaks for the product's background."""

    def __init__(self, context: BrowserContext, worker: Worker | None) -> None:
        self.context = context
        self._worker = worker

    @property
    def worker(self) -> Worker:
        assert self._worker is not None
        return self._worker

    def page(self) -> Page:
        return self.context.new_page()

    def take(self) -> list[dict[str, Any]]:
        """Messages since the last call."""
        taken: list[dict[str, Any]] = self.worker.evaluate("stub.take()")
        return taken

    def set(self, **answer: Any) -> None:
        """Changes what ``frame.hello`` is answered."""
        self.worker.evaluate("(value) => stub.set(value)", answer)

    def send(self, message: dict[str, Any], frame_id: int = 0) -> Any:
        return self.worker.evaluate("([message, frame]) => stub.send(message, frame)", [message, frame_id])

    def fill(self, prompt: dict[str, Any], code: str, *, submit: bool = False, remember: bool = False) -> Any:
        return self.send(
            {"type": "fill", "promptId": prompt["id"], "code": code, "submit": submit, "remember": remember}
        )

    def wait(self, kind: str, timeout_ms: int = 3000) -> dict[str, Any]:
        """The next message of a kind; earlier ones are dropped."""
        for _ in range(timeout_ms // 20):
            for message in self.take():
                if message["type"] == kind:
                    return message
            self.context.pages[-1].wait_for_timeout(20)
        raise AssertionError(f"no {kind} within {timeout_ms} ms")


@contextmanager
def content_browser(
    folder: Path,
    playwright: Playwright | None = None,
    *,
    with_extension: bool = True,
    with_content: bool = True,
) -> Iterator[ContentBrowser]:
    args = list(FLAGS)
    if with_extension:
        extension = make_extension(folder / "extension", with_content=with_content)
        args += [f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    # In tests Playwright's own fixture is the one that runs in this process already.
    with nullcontext(playwright) if playwright else sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path="/usr/bin/chromium",
            headless=False,
            ignore_default_args=["--disable-extensions"],
            args=args,
        )
        try:
            worker = None
            if with_extension:
                worker = (
                    context.service_workers[0]
                    if context.service_workers
                    else context.wait_for_event("serviceworker")
                )
            yield ContentBrowser(context, worker)
        finally:
            context.close()

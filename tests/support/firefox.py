"""A real Firefox with the real add-on and a registered host, driven by its own Marionette socket.

Marionette is Firefox's built-in remote control: JSON arrays with their length in front, over a loopback
socket (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). It needs no driver program,
and with ``--remote-allow-system-access`` it also reaches pages of add-ons and the browser's own menus.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from auto2fa.setup.extension import build
from auto2fa.setup.identity import FIREFOX_ID
from support.browser import ApiError

FIREFOX = os.environ.get("AUTO2FA_FIREFOX", "firefox-esr")
START_S = 30.0
PATIENCE_S = 60.0
"""A command may take this long."""
UUID = "5d0b6a3e-94a4-4a0b-8a57-2f3c1de0a2fa"
"""Host of the add-on's own pages in these profiles; otherwise Firefox makes one up."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""Key of an element's reference (W3C WebDriver, 12.2)."""
PREFS: dict[str, str | int | bool] = {
    "marionette.port": 0,
    "extensions.webextensions.uuids": json.dumps({FIREFOX_ID: UUID}),
    "extensions.enabledScopes": 5,
    "extensions.autoDisableScopes": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.enabled": False,
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "signon.rememberSignons": False,
    "dom.security.https_first": False,
}

CHOOSE_IN_MENU = """
  const menu = document.getElementById("contentAreaContextMenu");
  const item = [...menu.querySelectorAll("menuitem")].find((each) => each.label === arguments[0]);
  if (menu.state !== "open" || !item) return false;
  menu.activateItem(item);
  return true;
"""
# The popup's page lives in a process of its own: a script is sent there, under the rights of a user's click.
ASK_POPUP = """
  const [words, done] = arguments;
  const popup = document.querySelector(".webextension-popup-browser");
  // Until its panel is open, the page may still move to another browser element.
  if (popup?.closest("panel").state !== "open") return done("");
  setTimeout(() => done(""), 2000);
  const inside = function (words) {
    const find = (each) => words && each.textContent.trim() === words && !each.disabled;
    const button = [...content.document.querySelectorAll("button")].find(find);
    if (button) {
      const handling = content.windowUtils.setHandlingUserInput(true);
      button.click();
      handling.destruct();
    }
    sendAsyncMessage("auto2fa-popup", content.document.body.innerText);
  };
  popup.messageManager.addMessageListener("auto2fa-popup", ({ data }) => done(data));
  const call = `(${inside})(${JSON.stringify(words)})`;
  popup.messageManager.loadFrameScript("data:," + encodeURIComponent(call), false);
"""


class MarionetteError(Exception):
    """Firefox refused a command; ``name`` is WebDriver's own name of the error."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.name: str = error["error"]
        super().__init__(f"{self.name}: {error['message']}")


class _Wire:
    """The socket: one command at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._rest = b""
        self._number = 0
        self._message()  # Firefox greets first

    def close(self) -> None:
        self._socket.close()

    def _message(self) -> Any:
        while (colon := self._rest.find(b":")) < 0:
            self._more()
        length = int(self._rest[:colon])
        start = colon + 1
        while len(self._rest) < start + length:
            self._more()
        body, self._rest = self._rest[start : start + length], self._rest[start + length :]
        return json.loads(body)

    def _more(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("Firefox closed the connection")
        self._rest += data

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        body = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(body), body))
        _, number, error, result = self._message()
        assert number == self._number, (number, self._number)
        if error:
            raise MarionetteError(error)
        return result


class FirefoxBrowser:
    """Use as a context manager. The index is the caller's ``AUTO2FA_HOME``, the keyring its session bus.

    Commands act on the current tab; handles name tabs. ``prefs`` are added to the profile's.
    """

    def __init__(
        self,
        *,
        all_sites: bool = True,
        register: bool = True,
        prefs: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        self._all_sites = all_sites
        self._register = register
        self._prefs = {**PREFS, **(prefs or {})}
        self._folder = tempfile.TemporaryDirectory(prefix="auto2fa-firefox-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: _Wire | None = None

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        extension = build("firefox", folder / "extension", all_sites=self._all_sites)
        profile = folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in self._prefs.items()
            )
        )
        # Firefox reads native manifests from its user's home only, so it gets a home of its own.
        env = {**os.environ, "HOME": str(folder / "user"), "MOZ_HEADLESS": "1"}
        (folder / "user").mkdir()
        if self._register:
            subprocess.run(
                [sys.executable, "-m", "auto2fa.cli", "install", "--browser", "firefox"],
                env=env,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    FIREFOX,
                    "--no-remote",
                    "--profile",
                    str(profile),
                    "--marionette",
                    "--remote-allow-system-access",
                ],
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wire = _Wire(self._port(profile / "MarionetteActivePort", folder / "log"))
            self.do("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
            self.do("WebDriver:SetTimeouts", script=int(PATIENCE_S * 500), pageLoad=int(PATIENCE_S * 500))
            self.do("Addon:Install", path=str(extension), temporary=True)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _port(self, file: Path, log: Path) -> int:
        assert self._process
        deadline = time.monotonic() + START_S
        while True:
            if file.exists() and (text := file.read_text().strip()):
                return int(text)
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Firefox did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wire:
            with contextlib.suppress(MarionetteError, OSError):  # gone already; made sure of below
                self.do("Marionette:Quit", flags=["eForceQuit"])
            self._wire.close()
        if self._process:
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._folder.cleanup()

    # --- WebDriver ------------------------------------------------------------------------------------------

    def do(self, command: str, **parameters: Any) -> Any:
        """One Marionette command; raises :class:`MarionetteError`."""
        assert self._wire
        return self._wire.ask(command, parameters)

    def goto(self, url: str) -> None:
        """Load a page in the current tab and wait for it."""
        self.do("WebDriver:Navigate", url=url)

    @property
    def current_url(self) -> str:
        """Address of the current tab."""
        return str(self.do("WebDriver:GetCurrentURL")["value"])

    def evaluate(self, expression: str, *args: Any) -> Any:
        """Value of a JavaScript expression in the page; ``args`` are its ``a[0]`` ...; promises awaited."""
        script = (
            "const a = [...arguments], done = a.pop();"
            f"(async () => ({expression}))().then(v => done([v ?? null]), e => done([null, String(e)]))"
        )
        answer = self.do("WebDriver:ExecuteAsyncScript", script=script, args=list(args))["value"]
        value, *failure = answer or (None, "the page went away")
        if failure:
            raise AssertionError(failure[0])
        return value

    def wait(self, ready: Callable[[], Any], what: str, *, seconds: float = 15) -> Any:
        """Wait for a true value; pages may be changing meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if value := ready():
                    return value
            except (MarionetteError, AssertionError):
                pass  # in the middle of a navigation
            assert time.monotonic() < deadline, f"{what}; at {self.current_url}"
            time.sleep(0.05)

    def find(self, selector: str, *, seconds: float = 10) -> str:
        """Reference of the first element that matches."""

        def look() -> Any:
            return self.do("WebDriver:FindElement", using="css selector", value=selector)["value"]

        return str(self.wait(look, f"no {selector}", seconds=seconds)[ELEMENT])

    def click(self, selector: str) -> None:
        """A real click, with a user's rights."""
        self.do("WebDriver:ElementClick", id=self.find(selector))

    def press(self, text: str, *, seconds: float = 10) -> None:
        """A real click on the button with exactly these words."""
        script = (
            "return [...document.querySelectorAll('button')].find(each => !each.disabled"
            " && each.getClientRects().length && (each.getAttribute('aria-label') ?? each.textContent).trim()"
            " === arguments[0]) ?? null"
        )
        found = self.wait(
            lambda: self.do("WebDriver:ExecuteScript", script=script, args=[text])["value"],
            f"no button “{text}”",
            seconds=seconds,
        )
        self.do("WebDriver:ElementClick", id=found[ELEMENT])

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.do("WebDriver:ElementSendKeys", id=self.find(selector), text=text)

    def wait_for_text(self, text: str, *, seconds: float = 15) -> None:
        """Wait until the page shows this text."""
        self.wait(
            lambda: self.evaluate("document.body.innerText.includes(a[0])", text),
            f"no “{text}”",
            seconds=seconds,
        )

    # --- tabs -----------------------------------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """Handle of the current tab."""
        return str(self.do("WebDriver:GetWindowHandle")["value"])

    @property
    def tabs(self) -> list[str]:
        """Handles of all tabs."""
        return list(self.do("WebDriver:GetWindowHandles"))

    def switch(self, handle: str) -> None:
        """Make a tab the current one, and bring it to the front."""
        self.do("WebDriver:SwitchToWindow", handle=handle, focus=True)

    def new_tab(self, url: str = "about:blank", *, front: bool = True) -> str:
        """Open a tab, make it the current one; its handle."""
        handle = str(self.do("WebDriver:NewWindow", type="tab", focus=front)["handle"])
        self.do("WebDriver:SwitchToWindow", handle=handle, focus=front)
        self.goto(url)
        return handle

    def tab_at(self, start: str, *, seconds: float = 15) -> str:
        """Switch to the tab whose address begins so; its handle."""

        def look() -> str | None:
            for handle in self.tabs:
                self.do("WebDriver:SwitchToWindow", handle=handle, focus=False)
                if self.current_url.startswith(start):
                    return handle
            return None

        handle = str(self.wait(look, f"no tab at {start}", seconds=seconds))
        self.switch(handle)
        return handle

    @contextmanager
    def chrome(self) -> Iterator[None]:
        """Inside, scripts run in the browser's own window: its menus, its prompts."""
        self.do("Marionette:SetContext", value="chrome")
        try:
            yield
        finally:
            self.do("Marionette:SetContext", value="content")

    # --- menus and the popup --------------------------------------------------------------------------------

    def choose_in_menu(self, selector: str, label: str) -> None:
        """Right-click an element and choose this item of the browser's own context menu."""
        mouse = [
            {"type": "pointerMove", "origin": {ELEMENT: self.find(selector)}, "x": 0, "y": 0, "duration": 0},
            {"type": "pointerDown", "button": 2},
            {"type": "pointerUp", "button": 2},
        ]
        self.do("WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": mouse}])
        with self.chrome():
            self.wait(
                lambda: self.do("WebDriver:ExecuteScript", script=CHOOSE_IN_MENU, args=[label])["value"],
                f"no “{label}” in the context menu",
            )

    @contextmanager
    def popup(self) -> Iterator[Callable[..., str]]:
        """Open the toolbar popup by its shortcut, which gives it the rights of a click on the toolbar button.

        Yields a function that answers the popup's text (empty while it is not there); its ``press`` first
        clicks the button with these words as a user's action. The popup closes with the context.
        """
        alt, shift = "\ue00a", "\ue008"
        keys = [
            *({"type": "keyDown", "value": key} for key in (alt, shift, "a")),
            *({"type": "keyUp", "value": key} for key in ("a", shift, alt)),
        ]

        def ask(press: str = "") -> str:
            answer = self.do("WebDriver:ExecuteAsyncScript", script=ASK_POPUP, args=[press])
            return str(answer["value"] or "")

        with self.chrome():
            self.do("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": keys}])
            yield ask

    # --- the add-on -----------------------------------------------------------------------------------------

    @staticmethod
    def url(path: str) -> str:
        """The address of one of our pages."""
        return f"moz-extension://{UUID}/{path}"

    @contextmanager
    def own_page(self, path: str = "pages/popup/popup.html?tab=-1") -> Iterator[None]:
        """Inside, one of our pages is the current tab, behind the one in front."""
        before = self.tab
        self.new_tab(self.url(path), front=False)
        try:
            yield
        finally:
            self.do("WebDriver:CloseWindow")
            self.do("WebDriver:SwitchToWindow", handle=before, focus=False)

    def api(self, verb: str, **params: Any) -> Any:
        """Ask the background as one of our pages does; the current tab is one of ours."""
        answer = self.evaluate(
            "browser.runtime.sendMessage({type: 'api', verb: a[0], params: a[1]})", verb, params
        )
        if not answer["ok"]:
            raise ApiError(answer["error"])
        return answer["result"]

    def tab_id(self, url: str) -> int:
        """The browser's own number of the tab at an address; the current tab is one of ours."""
        number = self.evaluate(
            "browser.tabs.query({}).then(tabs => tabs.find(tab => tab.url === a[0])?.id ?? -1)", url
        )
        assert number >= 0, url
        return int(number)

    def state(self, url: str) -> dict[str, Any]:
        """``ext.state`` of the tab at an address."""
        with self.own_page():
            found: dict[str, Any] = self.api("ext.state", tabId=self.tab_id(url))
            return found

    def until(
        self, url: str, ready: Callable[[dict[str, Any]], Any], *, seconds: float = 15
    ) -> dict[str, Any]:
        """Wait until ``ready(ext.state of the tab at this address)``; the state."""
        with self.own_page():
            deadline = time.monotonic() + seconds
            while True:
                state: dict[str, Any] = self.api("ext.state", tabId=self.tab_id(url))
                if ready(state):
                    return state
                assert time.monotonic() < deadline, state
                time.sleep(0.1)

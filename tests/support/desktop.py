"""A virtual screen (Xvfb) and a hand on its mouse and keyboard (xdotool): what only a person can reach."""

from __future__ import annotations

import os
import subprocess
import time
from types import TracebackType
from typing import Self

from playwright.sync_api import Page

SIZE = "1400x1000x24"
START_S = 10.0
MENU_S = 0.7
"""A menu is drawn and takes the keyboard within this time."""


class Desktop:
    """A private X display; use as a context manager."""

    def __init__(self) -> None:
        self.display = ""
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SIZE, "-nolisten", "tcp"],
            pass_fds=[write_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            self.display = f":{int(numbers.readline())}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.terminate()
        self._server.wait(timeout=10)

    def do(self, *words: object) -> None:
        """One xdotool command."""
        subprocess.run(
            ["xdotool", *map(str, words)], env={**os.environ, "DISPLAY": self.display}, check=True, timeout=20
        )

    def keys(self, *names: str) -> None:
        """Press keys one after the other."""
        for name in names:
            self.do("key", name)
            time.sleep(0.08)

    def right_click(self, page: Page, selector: str) -> None:
        """Right-click the middle of an element with the real mouse; ends with the menu open."""
        box = page.locator(selector).first.bounding_box()
        assert box, selector
        left, top = page.evaluate(
            "[screenX + (outerWidth - innerWidth) / 2, screenY + outerHeight - innerHeight]"
        )
        self.do(
            "mousemove",
            int(left + box["x"] + box["width"] / 2),
            int(top + box["y"] + box["height"] / 2),
            "click",
            3,
        )
        time.sleep(MENU_S)

    def screenshot(self, file: str) -> None:
        """A picture of the whole screen, menus included."""
        subprocess.run(["import", "-window", "root", "-display", self.display, file], check=True, timeout=20)

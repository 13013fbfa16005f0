"""A virtual screen (Xvfb) and a hand on its mouse and keyboard (xdotool): what only a person can reach."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image
from playwright.sync_api import Page

SIZE = "1400x1000x24"
SETTLED = 3
"""The screen is still when it was the same so many times in a row, at these times apart."""
LOOK_S = 0.06
PATIENCE_S = 10.0
"""What was asked of a busy machine has happened within this time."""
ICON = (36, 80, 216)
"""A colour that our icon alone has in a menu."""
ICON_PIXELS = 60
ICON_WITHIN = 60
"""Pixels from a menu's edge within which icons stand."""
REACTION_S = 1.5
"""A key that changes nothing on the screen (there is but one item) is waited for no longer."""


class Desktop:
    """A private X display; use as a context manager."""

    def __init__(self) -> None:
        self.display = ""
        self._server: subprocess.Popen[bytes] | None = None
        # The server keeps its picture in a file: what is on the screen can be looked at without asking it.
        self._folder = tempfile.TemporaryDirectory(prefix="auto2fa-screen-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write_end),
                "-screen",
                "0",
                SIZE,
                "-nolisten",
                "tcp",
                "-fbdir",
                self._folder.name,
            ],
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
        self._folder.cleanup()

    def do(self, *words: object) -> str:
        """One xdotool command; what it prints."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env={**os.environ, "DISPLAY": self.display},
            check=True,
            timeout=20,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def seen(self) -> int:
        """A number for what is on the screen: the same while nothing changes."""
        return zlib.crc32((Path(self._folder.name) / "Xvfb_screen0").read_bytes())

    def settle(self, changed: int | None = None, *, seconds: float = PATIENCE_S) -> bool:
        """Wait until the screen is still; given what was seen ``before``, until it is still and not the same.

        False when that did not come within the time.
        """
        deadline = time.monotonic() + seconds
        last, same = -1, 0
        while time.monotonic() < deadline:
            now = self.seen()
            same = same + 1 if now == last else 1
            if same >= SETTLED and now != changed:
                return True
            last = now
            time.sleep(LOOK_S)
        return False

    def keys(self, *names: str) -> None:
        """Press keys one after the other, each when the screen shows what the one before it did."""
        for name in names:
            before = self.seen()
            self.do("key", name)
            self.settle(before, seconds=REACTION_S)

    def windows(self) -> set[str]:
        """Ids of all windows on show; a menu is one."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--maxdepth", "1", "--name", ".*"],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return set(found.stdout.split())

    def choose_ours(self, open_menu: Callable[[], object]) -> None:
        """Choose the extension's item, known by its icon, with the mouse, from a menu that ``open_menu`` opens.

        Raises :class:`LookupError` for a menu that has no such item; it is closed then.
        """
        before = self.windows()
        open_menu()
        self._until(lambda: self.windows() - before, "the menu does not open")
        (menu, *_) = self.windows() - before
        self.settle()
        place = self._icon_in(menu)
        if place is None:
            self.do("key", "Escape")
            raise LookupError("the menu has no item of ours")
        self.do("mousemove", *place)
        self.settle()
        self.do("click", 1)
        self._until(lambda: menu not in self.windows(), "the menu does not close")

    def _icon_in(self, window: str) -> tuple[int, int] | None:
        geometry = self.do("getwindowgeometry", "--shell", window)
        at = {
            name: int(value) for name, _, value in (line.partition("=") for line in geometry.split()) if value
        }
        corner = at["X"], at["Y"]
        menu = self.picture().crop((*corner, corner[0] + at["WIDTH"], corner[1] + at["HEIGHT"]))
        pixels = menu.load()
        assert pixels
        ours = [
            (x, y)
            for y in range(menu.height)
            for x in range(min(ICON_WITHIN, menu.width))
            if pixels[x, y] == ICON
        ]
        if len(ours) < ICON_PIXELS:
            return None
        x, y = ours[len(ours) // 2]
        return corner[0] + x, corner[1] + y

    def _until(self, ready: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            time.sleep(LOOK_S)

    def capture(self, page: Page, selector: str) -> None:
        """Right-click the middle of an element and choose "Capture this QR code"."""
        page.bring_to_front()
        self.settle()
        self.choose_ours(lambda: self.right_click(page, selector))

    def capture_by_key(self, page: Page) -> None:
        """Open the menu of what has the focus by its key and choose "Capture this QR code"."""
        page.bring_to_front()
        self.settle()
        self.choose_ours(lambda: self.do("key", "Menu"))

    def right_click(self, page: Page, selector: str) -> None:
        """Right-click the middle of an element with the real mouse."""
        x, y = self.middle(page, selector)
        self.do("mousemove", x, y, "click", 3)

    def middle(self, page: Page, selector: str) -> tuple[int, int]:
        """The middle of what is in view of an element, as a point of the screen."""
        x, y, width, height = page.locator(selector).first.evaluate(
            "each => { const {x, y, width, height} = each.getBoundingClientRect(); return [x, y, width, height] }"
        )
        # Points of the page are CSS pixels; those of the window are the screen's own.
        left, top, zoom, across_view, down_view = page.evaluate(
            "[screenX + (outerWidth - innerWidth * devicePixelRatio) / 2,"
            " screenY + outerHeight - innerHeight * devicePixelRatio, devicePixelRatio, innerWidth, innerHeight]"
        )
        across = (max(0, x) + min(across_view, x + width)) / 2
        down = (max(0, y) + min(down_view, y + height)) / 2
        return int(left + across * zoom), int(top + down * zoom)

    def picture(self) -> Image.Image:
        """The whole screen, menus included, from the server's file (X Window Dump, version 7)."""
        data = (Path(self._folder.name) / "Xvfb_screen0").read_bytes()
        fields = struct.unpack(">25I", data[:100])
        start = fields[0] + fields[19] * 12  # header, then the colour map
        size, stride = (fields[4], fields[5]), fields[12]
        return Image.frombytes("RGB", size, data[start:], "raw", "BGRX", stride)

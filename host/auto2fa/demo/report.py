"""What the demonstration tells: every step as it happens with its time, and a picture of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Report:
    """Prints steps and saves pictures, numbered in the order in which they were taken."""

    def __init__(self, out: Path, *, pause_s: float) -> None:
        self.out = out
        self.now = "starting"
        """What is being done at this moment, for the sentence when it fails."""
        self._pause_s = pause_s
        self._started = time.monotonic()
        self._pictures = 0
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("[0-9][0-9]-*.png"):
            old.unlink()

    def title(self, text: str) -> None:
        """The name of a journey."""
        sys.stdout.write(f"\n{text}\n")
        sys.stdout.flush()

    def doing(self, text: str) -> None:
        """What comes next."""
        self.now = text

    def done(self, text: str, page: Page | None = None, picture: str = "") -> None:
        """A step that has happened, with a picture of the page where one is given."""
        sys.stdout.write(f"{time.monotonic() - self._started:7.1f} s  {text}\n")
        sys.stdout.flush()
        if page is not None and picture:
            self._pictures += 1
            page.screenshot(path=self.out / f"{self._pictures:02}-{picture}.png")
        time.sleep(self._pause_s)

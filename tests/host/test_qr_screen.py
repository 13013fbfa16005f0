"""The picture of the whole screen, on a real X server; and why there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.qr.reader import read_pixels
from auto2fa.qr.screen import grab
from host.qr_made import URI, code, page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland")


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as numbers:
        name = ":" + numbers.readline().strip()
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield name
    server.terminate()
    server.wait(10)


def test_reads_a_code_on_the_screen(display: str, tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    page(code()).save(path)
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium here to show the picture")
    command = ["chromium", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    window = subprocess.Popen(
        [
            *command,
            "--no-first-run",
            "--window-size=1280,800",
            "--window-position=0,0",
            f"--app={path.as_uri()}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 30
        texts: list[str] = []
        while not texts and time.monotonic() < end:
            time.sleep(0.5)
            image = grab()
            assert image.size == (1280, 800)
            texts = [found.text for found in read_pixels(image, budget_s=0.5).codes]
        assert texts == [URI]
    finally:
        window.terminate()
        window.wait(20)


def test_says_why_without_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(Auto2faError, match="no desktop session") as caught:
        grab()
    assert caught.value.name == "noScreen"


def test_says_why_when_the_x_server_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(Auto2faError) as caught:
        grab()
    assert caught.value.name == "noScreen"


def test_wayland_without_a_screenshot_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Auto2faError, match="grim, gnome-screenshot, spectacle"):
        grab()


def test_wayland_program_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A real program by the right name that cannot do it: the desktop refused."""
    (tmp_path / "grim").symlink_to("/bin/false")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Auto2faError, match="grim failed"):
        grab()

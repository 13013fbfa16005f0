"""Takes a picture of the whole screen, with what each platform offers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from auto2fa.errors import Auto2faError

if TYPE_CHECKING:
    from PIL.Image import Image

_PATIENCE_S = 20

WAYLAND_TOOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("grim", ("-t", "png", "FILE")),
    ("gnome-screenshot", ("-f", "FILE")),
    ("spectacle", ("-n", "-b", "-f", "-o", "FILE")),
)
"""Screenshot programs of Wayland desktops (wlroots, GNOME, KDE) and their arguments."""


def grab() -> Image:
    """Return all screens as one picture at their own pixels.

    Windows and X11 without any file; Wayland and macOS through the desktop's own screenshot program, whose
    file lies in the session's memory where there is one, and is removed at once.

    :raises Auto2faError: ``noScreen`` with the reason.
    """
    if sys.platform.startswith("linux") and os.environ.get("WAYLAND_DISPLAY"):
        return _wayland()
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise Auto2faError("noScreen", detail="there is no desktop session here")
    from PIL import ImageGrab

    try:
        return ImageGrab.grab(all_screens=True)
    except (OSError, subprocess.SubprocessError) as error:
        detail = "the system did not allow it"
        if sys.platform == "darwin":
            detail = "allow it under System Settings, Privacy & Security, Screen Recording"
        raise Auto2faError("noScreen", detail=detail) from error


def _wayland() -> Image:
    """Wayland keeps programs from looking at the screen; only the desktop's own program may."""
    from PIL import Image

    tool = next((line for line in WAYLAND_TOOLS if shutil.which(line[0])), None)
    if tool is None:
        names = ", ".join(name for name, _ in WAYLAND_TOOLS)
        raise Auto2faError("noScreen", detail=f"none of {names} is installed")
    with tempfile.TemporaryDirectory(dir=os.environ.get("XDG_RUNTIME_DIR")) as folder:
        path = Path(folder) / "screen.png"
        command = [tool[0], *(str(path) if part == "FILE" else part for part in tool[1])]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)
            with Image.open(path, formats=("PNG",)) as image:
                image.load()
                return image.copy()
        except (OSError, subprocess.SubprocessError) as error:
            raise Auto2faError("noScreen", detail=f"{tool[0]} failed") from error

"""The browsers that are known, and where each keeps its native-messaging manifests on this system."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from auto2fa.errors import Auto2faError
from auto2fa.setup.extension import Family
from auto2fa.setup.resources import manifest_part

System = Literal["linux", "macos", "windows"]


def system() -> System:
    """The key of this system in ``manifest/browsers.json``."""
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser on this system."""

    name: str
    title: str
    family: Family
    profile: Path
    """Folder of its profiles; its existence means that the browser has been used here."""
    manifests: Path | None
    """Where its user-level native-messaging manifests lie; ``None`` on Windows (registry)."""
    registry_key: str | None
    system_manifests: Path | None
    program: str | None
    """Absolute path of its program, where it was found."""
    snap: str | None
    """Name of its snap, when it is used as one."""
    flatpak: str | None
    """Id of its Flatpak application, when it is used as one."""

    @property
    def used(self) -> bool:
        """Whether the browser has a profile folder here that is not inside a sandbox."""
        return self.profile.is_dir()


def known() -> list[Browser]:
    """Every browser of the table that exists for this system."""
    return [_browser(row, row[system()]) for row in manifest_part("browsers")["browsers"] if system() in row]


def named(names: list[str]) -> list[Browser]:
    """The browsers of these names, in this order.

    Raises:
        Auto2faError: ``unknownBrowser``.
    """
    by_name = {browser.name: browser for browser in known()}
    for name in names:
        if name.lower() not in by_name:
            raise Auto2faError("unknownBrowser", browser=name, known=", ".join(by_name))
    return [by_name[name.lower()] for name in names]


def found() -> list[Browser]:
    """The browsers in use here: a profile folder, a program, or a sandboxed home."""
    return [each for each in known() if each.used or each.program or each.snap or each.flatpak]


def _place(text: str) -> Path:
    if text.startswith("~/.config/") and (config := os.environ.get("XDG_CONFIG_HOME")):
        return Path(config) / text.removeprefix("~/.config/")
    return Path(os.path.expandvars(text)).expanduser()


def _browser(row: dict[str, Any], here: dict[str, str]) -> Browser:
    program = next((path for name in row["programs"] if (path := shutil.which(name))), None)
    if not program and "app" in here and Path(here["app"]).exists():
        program = here["app"]
    snap = flatpak = None
    if system() == "linux":
        in_snap = bool(program and Path(program).resolve().is_relative_to("/snap"))
        # /snap/bin/NAME is a link to /usr/bin/snap; the folder tells, not the link's end.
        in_snap = in_snap or bool(program and program.startswith("/snap/"))
        if "snap" in row and (in_snap or _place(row["snapProfile"]).is_dir()):
            snap = row["snap"]
        if "flatpak" in row and _place(f"~/.var/app/{row['flatpak']}").is_dir():
            flatpak = row["flatpak"]
    return Browser(
        name=row["name"],
        title=row["title"],
        family=row["family"],
        profile=_place(here["profile"]),
        manifests=_place(here["user"]) if "user" in here else None,
        registry_key=here.get("key"),
        system_manifests=_place(here["system"]) if "system" in here else None,
        program=program,
        snap=snap,
        flatpak=flatpak,
    )

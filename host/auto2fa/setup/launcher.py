"""The small program that browsers start: it pins the interpreter, whatever PATH the browser has."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from auto2fa.vault.places import home

HOST_MODULE = "auto2fa.native.main"


def launcher_file() -> Path:
    """Where the launcher lies: in the user's data folder for Auto 2FA."""
    return home() / "host" / ("auto2fa-host.bat" if sys.platform == "win32" else "auto2fa-host")


def launcher_text() -> str:
    """The launcher's content.

    ``-I`` keeps the user's own Python settings and the browser's working folder out. ``AUTO2FA_HOME`` is kept
    only when it was set at installation, so that demonstrations and tests stay apart from the real index.
    """
    chosen = os.environ.get("AUTO2FA_HOME")
    if sys.platform == "win32":
        lines = ["@echo off"]
        if chosen:
            lines.append(f'set "AUTO2FA_HOME={Path(chosen).expanduser().absolute()}"')
        lines.append(f'"{sys.executable}" -I -m {HOST_MODULE} %*')
        return "\r\n".join(lines) + "\r\n"
    lines = ["#!/bin/sh"]
    if chosen:
        lines.append(f"export AUTO2FA_HOME={shlex.quote(str(Path(chosen).expanduser().absolute()))}")
    lines.append(f'exec {shlex.quote(sys.executable)} -I -m {HOST_MODULE} "$@"')
    return "\n".join(lines) + "\n"


def write_launcher() -> Path:
    """Write the launcher, for this user only; returns its absolute path. Raises ``OSError``."""
    file = launcher_file().absolute()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    fresh.write_text(launcher_text(), encoding="utf-8", newline="")
    fresh.chmod(0o700)
    fresh.replace(file)
    return file

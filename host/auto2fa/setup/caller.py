"""Who started the native host? Browsers say it on the command line; everything else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from auto2fa.errors import Auto2faError
from auto2fa.setup.identity import CHROMIUM_ORIGIN, FIREFOX_ID, HOST_NAME

__all__ = ["CHROMIUM_ORIGIN", "FIREFOX_ID", "Caller", "check_caller"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The extension that started this host."""

    family: Literal["chromium", "firefox"]
    extension: str
    """Its origin (Chromium) or add-on id (Firefox)."""


def check_caller(argv: Sequence[str]) -> Caller:
    """Read the command line of a native host.

    Chromium passes the extension's origin (on Windows also ``--parent-window=...``); Firefox the path of the
    native manifest, then the add-on's id.

    Raises:
        Auto2faError: ``callerRefused``.
    """
    arguments = [each for each in argv[1:] if not each.startswith("--parent-window=")]
    if arguments == [CHROMIUM_ORIGIN]:
        return Caller("chromium", CHROMIUM_ORIGIN)
    match arguments:
        case [manifest, add_on] if add_on == FIREFOX_ID and manifest.endswith(f"{HOST_NAME}.json"):
            return Caller("firefox", add_on)
    raise Auto2faError("callerRefused")

"""One line of ``auto2fa doctor``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    detail: str
    next: str = ""
    """What to do when it is not ok."""
    needed: bool = True
    """Whether Auto 2FA cannot work without it; the command's exit code depends on these alone."""

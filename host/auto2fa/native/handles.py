"""Factors that were read and not kept yet: in this process's memory, behind an opaque handle that expires."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.vault.vault import new_id

LIFETIME_S = 15 * 60
MOST = 5000
"""Handles kept at once; the oldest go first."""


@dataclass(slots=True)
class _Held:
    factor: OtpFactor
    expires: float


class Handles:
    """Handles of this host process."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def hold(self, factor: OtpFactor) -> tuple[str, int]:
        """Keep a factor for a while.

        Returns:
            The handle, and when it expires (milliseconds since the epoch).
        """
        handle = new_id()
        expires = time.time() + LIFETIME_S
        with self._lock:
            self._drop_expired()
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[handle] = _Held(factor, expires)
        return handle, int(expires * 1000)

    def get(self, handle: str) -> OtpFactor:
        """The factor behind a handle.

        Raises:
            Auto2faError: ``handleExpired``.
        """
        with self._lock:
            self._drop_expired()
            held = self._held.get(handle)
        if held is None:
            raise Auto2faError("handleExpired")
        return held.factor

    def drop(self, handle: str) -> None:
        """Forget a handle."""
        with self._lock:
            self._held.pop(handle, None)

    def _drop_expired(self) -> None:
        now = time.time()
        for handle in [handle for handle, held in self._held.items() if held.expires < now]:
            del self._held[handle]

"""Marks by which the extension sees that two codes hold the same thing, without learning what they hold."""

from __future__ import annotations

import hashlib
import hmac
import secrets

LENGTH = 16
"""Bytes of a mark: enough that no two things on a page share one by chance."""
_KEY = secrets.token_bytes(32)
"""Of this process alone, so that a mark says nothing to anybody else or later.

Made at once, not on first use: several pictures of one page are read at the same time, by threads whose first
marks must agree."""


def mark(held: bytes) -> str:
    """A mark of what a code holds, in hex: HMAC-SHA256 (RFC 2104) under this process's key, shortened.

    For a second factor ``held`` is the secret: its QR code and its key in letters get one mark.
    """
    return hmac.new(_KEY, held, hashlib.sha256).digest()[:LENGTH].hex()

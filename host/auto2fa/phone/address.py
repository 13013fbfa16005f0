"""The address of a relay: checked when it is set, and again before each use."""

from __future__ import annotations

import contextlib
import ipaddress
from urllib.parse import urlsplit

from auto2fa.errors import Auto2faError


def relay_base(relay: str) -> str:
    """Return the relay's address without a trailing slash; raises Auto2faError relayAddress."""
    try:
        parts = urlsplit(relay.strip())
        parts.port  # noqa: B018 - raises when it is none
    except ValueError:
        raise Auto2faError("relayAddress", relay=relay[:80], reason="form") from None
    loopback = parts.hostname == "localhost"
    with contextlib.suppress(ValueError):
        loopback = loopback or ipaddress.ip_address(parts.hostname or "").is_loopback
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise Auto2faError("relayAddress", relay=relay[:80], reason="form")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise Auto2faError("relayAddress", relay=relay[:80], reason="https")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"

"""Says what kind of thing a QR code's text is, without repeating anything secret in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auto2fa.errors import Auto2faError
from auto2fa.qr.schemes import HOSTS, SCHEMES, Advice

SECOND_FACTORS = frozenset({"otpauth", "migration"})
"""Kinds that a factor can be made of without asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a QR code holds. Nothing here carries a secret."""

    kind: str
    """``otpauth``, ``migration``, ``key`` (a bare key: offer it, do not assume it), ``link``, ``appstore``,
    ``text``, or one of the kinds in :mod:`auto2fa.qr.schemes`."""
    detail: str = ""
    """For links the host name."""
    what: str = field(default="a text")
    """In English: what it is (``a Wi-Fi password``), or for proprietary codes the app (``Duo Mobile``)."""
    advice: Advice = "notASecondFactor"
    """Name of the error that tells the user what to do instead; ``None`` for second factors and bare keys."""

    @property
    def second_factor(self) -> bool:
        """True for an ``otpauth`` address and for an export of Google Authenticator."""
        return self.kind in SECOND_FACTORS

    def error(self) -> Auto2faError | None:
        """The error for the user where a second factor was wanted; ``None`` where this may be one."""
        if self.advice is None:
            return None
        params = {"app": self.what} if self.advice == "proprietaryCode" else {"what": self.what}
        return Auto2faError(self.advice, **params)


def classify(text: str) -> Payload:
    """Return what ``text`` (as read from a QR code) is. Never fails: the unknown is ``text``."""
    stripped = text.lstrip("\ufeff \t\r\n")
    head = stripped[:64].lower()
    for scheme in SCHEMES:
        if head.startswith(scheme.prefix):
            return Payload(kind=scheme.kind, what=scheme.what, advice=scheme.advice)
    if head.startswith(("http://", "https://", "www.")):
        return _link(stripped)
    if _looks_like_key(stripped):
        return Payload(kind="key", what="what may be a security key", advice=None)
    return Payload(kind="text")


def _link(text: str) -> Payload:
    """A web link: known hosts by the table, else ``link`` with its host name."""
    try:
        parts = urlsplit(text if "://" in text[:8] else "https://" + text)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:  # urlsplit refuses unbalanced brackets and the like
        return Payload(kind="text")
    if not host:
        return Payload(kind="text")
    path = (parts.path or "/").lower()
    for known in HOSTS:
        if (host == known.host or host.endswith("." + known.host)) and path.startswith(known.path):
            return Payload(kind=known.kind, detail=host, what=known.what, advice=known.advice)
    return Payload(kind="link", detail=host, what=f"a link to {host}")


_BASE32_LENGTHS = frozenset({0, 2, 4, 5, 7})
"""Characters of an unpadded base32 text modulo 8 (RFC 4648 section 6)."""


def _looks_like_key(text: str) -> bool:
    """True for 16 or more base32 characters (groups allowed), or 32, 40 or 64 hexadecimal digits."""
    grouped = re.split(r"[ \-]", text.strip())
    key = "".join(grouped).rstrip("=")
    if re.fullmatch(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}", key):
        return True
    if not re.fullmatch(r"[A-Z2-7]{16,256}|[a-z2-7]{16,256}", key) or len(key) % 8 not in _BASE32_LENGTHS:
        return False
    # A long word in small letters is a word; keys in small letters have a digit or come in groups of four.
    in_groups = len(grouped) > 1 and all(len(group) == 4 for group in grouped[:-1])
    if len(grouped) > 1 and not in_groups:
        return False
    return key.isupper() or in_groups or any(c.isdigit() for c in key)

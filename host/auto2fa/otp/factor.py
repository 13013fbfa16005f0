"""One second factor: the secret and how codes are made from it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from auto2fa.errors import Auto2faError

FactorType = Literal["totp", "hotp", "steam"]
Algorithm = Literal["SHA1", "SHA256", "SHA512"]

MIN_SECRET_BYTES = 5
"""40 bits, eight base32 characters. Portals hand out 80 bits and more; anything below 40 is a typed code or a
key cut off while copying, never a key."""
MAX_SECRET_BYTES = 1024
MIN_DIGITS = 6
"""RFC 4226 section 5.3: a code has six digits at least."""
MAX_DIGITS = 10
"""The truncated value has 31 bits, so an eleventh digit would always be zero."""
MAX_PERIOD = 86_400
MAX_COUNTER = 2**63 - 1
"""RFC 4226 allows 64 bits; SQLite, protocol buffers and JSON readers hold 63."""
MAX_LABEL = 512
STEAM_DIGITS = 5


def clean_label(text: str) -> str:
    """``text`` as an issuer or account name: one line, no surrounding blanks, no half characters, bounded."""
    line = "".join(
        "\ufffd" if unicodedata.category(c) == "Cs" else " " if unicodedata.category(c) == "Cc" else c
        for c in text
    )
    return line.strip()[:MAX_LABEL].rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpFactor:
    """A second factor whose parts are in range (RFC 4226, RFC 6238); its repr never shows the secret.

    ``period`` is in seconds; ``counter`` is the next one to use. What means nothing for a type (the period of
    ``hotp``, the counter of the others) takes its usual value, so that equal factors are equal.

    Raises:
        Auto2faError: ``keyTooShort`` or ``badNumber``.
    """

    secret: bytes = field(repr=False)
    issuer: str = ""
    name: str = ""
    type: FactorType = "totp"
    digits: int = 6
    period: int = 30
    algorithm: Algorithm = "SHA1"
    counter: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "issuer", clean_label(self.issuer))
        object.__setattr__(self, "name", clean_label(self.name))
        if self.type == "hotp":
            object.__setattr__(self, "period", 30)
        else:
            object.__setattr__(self, "counter", 0)
        if len(self.secret) < MIN_SECRET_BYTES:
            raise Auto2faError("keyTooShort", bits=len(self.secret) * 8)
        problem = self._problem()
        if problem:
            raise Auto2faError("badNumber", detail=problem)

    def _problem(self) -> str:
        if len(self.secret) > MAX_SECRET_BYTES:
            return f"A key has at most {MAX_SECRET_BYTES} bytes, not {len(self.secret)}"
        if self.type not in ("totp", "hotp", "steam"):
            return "Only time-based, counter-based and Steam codes are known"
        if self.algorithm not in ("SHA1", "SHA256", "SHA512"):
            return "Only the hashes SHA-1, SHA-256 and SHA-512 are known"
        if not 1 <= self.period <= MAX_PERIOD:
            return f"A code counts for 1 to {MAX_PERIOD} seconds, not {self.period}"
        if not 0 <= self.counter <= MAX_COUNTER:
            return "The counter is out of range"
        if self.type == "steam":
            if (self.digits, self.algorithm) != (STEAM_DIGITS, "SHA1"):
                return f"Steam codes always have {STEAM_DIGITS} characters and use SHA-1"
        elif not MIN_DIGITS <= self.digits <= MAX_DIGITS:
            return f"A code has {MIN_DIGITS} to {MAX_DIGITS} digits, not {self.digits}"
        return ""

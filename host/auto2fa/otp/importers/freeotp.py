"""FreeOTP+: JSON backup, secrets as lists of signed bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from auto2fa.otp.factor import STEAM_DIGITS, OtpFactor
from auto2fa.otp.importers.fields import broken, make_factor, record, records, text, title, whole
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "freeotp"


def matches(document: Any) -> bool:
    """Whether this JSON document is a FreeOTP+ backup."""
    return isinstance(document, dict) and "tokens" in document and "tokenOrder" in document


def read(document: Any, password: str | None) -> ImportedFile:
    """The tokens of a backup."""
    tokens = records(document["tokens"])
    return collect(FORMAT, tokens, _token, lambda token: title(token, "issuerExt", "label"))


def _token(token: Any) -> OtpFactor:
    token = record(token)
    issuer = text(token, "issuerAlt", "issuerExt", "issuerInt")
    # The app makes Steam's codes for whatever is called so.
    steam = issuer == "Steam" and whole(token, "digits", 6) == STEAM_DIGITS
    factor = make_factor(
        _secret(token.get("secret")),
        token,
        kind="STEAM" if steam else text(token, "type"),
        issuer=issuer,
        name=text(token, "labelAlt", "label"),
        algorithm=text(token, "algo"),
    )
    # The file holds the counter used last: its writer adds one before every code and in every Key URI.
    return replace(factor, counter=factor.counter + 1) if factor.type == "hotp" else factor


def _secret(value: Any) -> bytes:
    if not isinstance(value, list) or not all(isinstance(b, int) and -128 <= b <= 255 for b in value):
        raise broken("the secret is not a list of bytes")
    return bytes(b & 0xFF for b in value)

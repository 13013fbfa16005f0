"""andOTP: JSON backup, plain or with a password.

Since 0.6.3 PBKDF2-SHA-1 makes the key for AES-GCM; before, it was the password's SHA-256 and nothing else.
The app is no longer maintained, so both are met.
"""

from __future__ import annotations

import hashlib
from typing import Any

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import sealed
from auto2fa.otp.importers.fields import make_factor, parse_json, record, records, secret_of, text, title
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "andotp"
ITERATIONS = range(1_000, sealed.MAX_ITERATIONS)
"""The app draws a number between 140,000 and 160,000. A picture's first bytes lie far outside of this."""
COUNT_BYTES, SALT_BYTES, NONCE_BYTES, TAG_BYTES = 4, 12, 12, 16


def matches(document: Any) -> bool:
    """Whether this JSON document is an andOTP backup."""
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and {"secret", "type", "algorithm"} <= document[0].keys()
        and ("label" in document[0] or "thumbnail" in document[0])
    )


def may_be_encrypted(data: bytes, file_name: str = "") -> bool:
    """Whether these bytes can be an encrypted backup; the format has no mark of its own.

    The old form is nothing but noise: there the name that the app gave (``otp_accounts.json.aes``) must tell.
    """
    shortest = COUNT_BYTES + SALT_BYTES + NONCE_BYTES + TAG_BYTES
    return len(data) > shortest and (_counts(data) or file_name.lower().endswith(".json.aes"))


def _counts(data: bytes) -> bool:
    """Whether the data begins with a number of iterations."""
    return int.from_bytes(data[:COUNT_BYTES], "big") in ITERATIONS


def read(document: Any, password: str | None) -> ImportedFile:
    """The entries of a plain backup."""
    return collect(FORMAT, records(document), _entry, lambda entry: title(entry, "issuer", "label"))


def read_encrypted(data: bytes, password: str | None) -> ImportedFile:
    """The entries of an encrypted backup."""
    if not password:
        return ImportedFile(FORMAT, needs_password=True)
    if not _counts(data):
        old_key = hashlib.sha256(password.encode()).digest()
        return read(parse_json(sealed.open_gcm(old_key, data[:NONCE_BYTES], data[NONCE_BYTES:])), None)
    salt, nonce, rest = COUNT_BYTES, COUNT_BYTES + SALT_BYTES, COUNT_BYTES + SALT_BYTES + NONCE_BYTES
    key = sealed.pbkdf2(password, data[salt:nonce], int.from_bytes(data[:salt], "big"), "sha1")
    return read(parse_json(sealed.open_gcm(key, data[nonce:rest], data[rest:])), None)


def _entry(entry: Any) -> OtpFactor:
    entry = record(entry)
    issuer, name = text(entry, "issuer"), text(entry, "label")
    if not issuer and " - " in name:  # before issuers had a field of their own
        issuer, _, name = name.partition(" - ")
    return make_factor(
        secret_of(text(entry, "secret")),
        entry,
        kind=text(entry, "type"),
        issuer=issuer,
        name=name,
        algorithm=text(entry, "algorithm"),
    )

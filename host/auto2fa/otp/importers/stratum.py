"""Stratum, formerly Authenticator Pro: plain JSON backup (its documentation: doc/BACKUP_FORMAT.md)."""

from __future__ import annotations

from typing import Any

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers.fields import broken, make_factor, record, records, secret_of, text, title, whole
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "stratum"
TYPES = {1: "HOTP", 2: "TOTP", 3: "mOTP", 4: "STEAM", 5: "Yandex"}
ALGORITHMS = {0: "SHA1", 1: "SHA256", 2: "SHA512"}


def matches(document: Any) -> bool:
    """Whether this JSON document is a Stratum backup."""
    return isinstance(document, dict) and "Authenticators" in document


def read(document: Any, password: str | None) -> ImportedFile:
    """The authenticators of a backup."""
    entries = records(document["Authenticators"])
    return collect(FORMAT, entries, _entry, lambda entry: title(entry, "Issuer", "Username"))


def _entry(entry: Any) -> OtpFactor:
    entry = record(entry)
    kind = TYPES.get(whole(entry, "Type", 2))
    algorithm = ALGORITHMS.get(whole(entry, "Algorithm", 0))
    if kind is None or algorithm is None:
        raise broken("its type or hash is not known")
    return make_factor(
        secret_of(text(entry, "Secret")),
        {key.lower(): value for key, value in entry.items()},
        kind=kind,
        issuer=text(entry, "Issuer"),
        name=text(entry, "Username"),
        algorithm=algorithm,
    )

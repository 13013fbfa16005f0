"""Raivo OTP: the JSON file inside its export archive; every number is a text there."""

from __future__ import annotations

from typing import Any

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers.fields import make_factor, record, records, secret_of, text, title
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "raivo"


def matches(document: Any) -> bool:
    """Whether this JSON document is a Raivo export."""
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and {"secret", "kind", "timer"} <= document[0].keys()
    )


def read(document: Any, password: str | None) -> ImportedFile:
    """The entries of an export."""
    return collect(FORMAT, records(document), _entry, lambda entry: title(entry, "issuer", "account"))


def _entry(entry: Any) -> OtpFactor:
    entry = record(entry)
    return make_factor(
        secret_of(text(entry, "secret")),
        entry,
        kind=text(entry, "kind"),
        issuer=text(entry, "issuer"),
        name=text(entry, "account"),
        algorithm=text(entry, "algorithm"),
        period="timer",
    )

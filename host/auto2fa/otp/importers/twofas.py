"""2FAS: backup file (schema 1 to 4), plain or with a password (PBKDF2-SHA-256 and AES-GCM)."""

from __future__ import annotations

from typing import Any

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import sealed
from auto2fa.otp.importers.fields import (
    broken,
    make_factor,
    parse_json,
    record,
    records,
    secret_of,
    text,
    title,
)
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "2fas"
ITERATIONS = 10_000


def matches(document: Any) -> bool:
    """Whether this JSON document is a 2FAS backup."""
    return isinstance(document, dict) and (
        "servicesEncrypted" in document or ("services" in document and "schemaVersion" in document)
    )


def read(document: Any, password: str | None) -> ImportedFile:
    """The services of a backup."""
    services = document.get("services")
    encrypted = text(document, "servicesEncrypted")
    if encrypted:
        if not password:
            return ImportedFile(FORMAT, needs_password=True)
        parts = encrypted.split(":")
        if len(parts) != 3:
            raise broken("its encrypted part is cut off")
        data, salt, nonce = map(sealed.unbase64, parts)
        key = sealed.pbkdf2(password, salt, ITERATIONS, "sha256")
        services = parse_json(sealed.open_gcm(key, nonce, data))
    return collect(FORMAT, records(services), _service, lambda service: title(service, "name"))


def _service(service: Any) -> OtpFactor:
    service = record(service)
    otp = record(service.get("otp") or {})
    return make_factor(
        secret_of(text(service, "secret")),
        otp,
        kind=text(otp, "tokenType"),
        issuer=text(otp, "issuer") or text(service, "name"),
        name=text(otp, "account", "label"),
        algorithm=text(otp, "algorithm"),
    )

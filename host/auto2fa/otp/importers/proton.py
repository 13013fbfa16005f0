"""Proton Authenticator: JSON export, plain or with a password (Argon2id and AES-GCM, version 1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import sealed
from auto2fa.otp.importers.fields import broken, inner, parse_json, record, records, text, title
from auto2fa.otp.importers.result import ImportedFile, collect
from auto2fa.otp.uri import parse_uri

FORMAT = "proton"
PASSES, MEMORY_KIB, LANES = 2, 19 * 1024, 1
NONCE_BYTES = 12
ASSOCIATED = b"proton.authenticator.export.v1"


def matches(document: Any) -> bool:
    """Whether this JSON document is a Proton Authenticator export."""
    if not isinstance(document, dict) or "version" not in document:
        return False
    return "entries" in document or ("salt" in document and "content" in document)


def read(document: Any, password: str | None) -> ImportedFile:
    """The entries of an export."""
    if "entries" not in document:
        if not password:
            return ImportedFile(FORMAT, needs_password=True)
        document = record(_open(document, password))
    entries = records(document.get("entries"))
    return collect(FORMAT, entries, _entry, lambda entry: title(inner(entry, "content"), "name"))


def _open(document: dict[str, Any], password: str) -> Any:
    if document["version"] != 1:
        raise broken("it was written by a newer version")
    salt = sealed.unbase64(text(document, "salt"))
    content = sealed.unbase64(text(document, "content"))
    key = sealed.argon2id(password, salt, passes=PASSES, memory_kib=MEMORY_KIB, lanes=LANES)
    return parse_json(sealed.open_gcm(key, content[:NONCE_BYTES], content[NONCE_BYTES:], ASSOCIATED))


def _entry(entry: Any) -> OtpFactor:
    content = record(record(entry).get("content"))
    factor = parse_uri(text(content, "uri"))
    return replace(factor, name=text(content, "name") or factor.name)

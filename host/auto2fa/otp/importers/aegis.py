"""Aegis Authenticator: vault file, plain or with a password (its documentation: docs/vault.md)."""

from __future__ import annotations

from typing import Any

from auto2fa.errors import Auto2faError
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
    whole,
)
from auto2fa.otp.importers.result import ImportedFile, collect

FORMAT = "aegis"
PASSWORD_SLOT = 1
MAX_SLOTS = 16


def matches(document: Any) -> bool:
    """Whether this JSON document is an Aegis vault."""
    return isinstance(document, dict) and "db" in document and "header" in document


def read(document: Any, password: str | None) -> ImportedFile:
    """The entries of a vault."""
    db = document["db"]
    if isinstance(db, str):
        if not password:
            return ImportedFile(FORMAT, needs_password=True)
        db = _open(record(document["header"]), sealed.unbase64(db), password)
    entries = records(record(db).get("entries"))
    return collect(FORMAT, entries, _entry, lambda entry: title(entry, "issuer", "name"))


def _open(header: dict[str, Any], data: bytes, password: str) -> Any:
    slots = [s for s in map(record, records(header.get("slots"))) if s.get("type") == PASSWORD_SLOT]
    if not slots:
        raise broken("it can be opened by fingerprint only; set a password in Aegis")
    if len(slots) > MAX_SLOTS:
        raise broken("it asks for more computing than any app does to open it")
    key = _master_key(slots, password)
    nonce, tag = _parameters(header.get("params"))
    try:
        return parse_json(sealed.open_gcm(key, nonce, data + tag))
    except Auto2faError as error:
        if error.name == "wrongPassword":  # a slot opened, so the password was right
            raise broken("its contents were changed") from None
        raise


def _master_key(slots: list[dict[str, Any]], password: str) -> bytes:
    for slot in slots:
        nonce, tag = _parameters(slot.get("key_params"))
        key = sealed.scrypt(
            password,
            sealed.unhex(text(slot, "salt")),
            whole(slot, "n", 0),
            whole(slot, "r", 0),
            whole(slot, "p", 0),
        )
        try:
            return sealed.open_gcm(key, nonce, sealed.unhex(text(slot, "key")) + tag)
        except Auto2faError as error:
            if error.name != "wrongPassword":
                raise
    raise Auto2faError("wrongPassword")


def _parameters(value: Any) -> tuple[bytes, bytes]:
    return sealed.unhex(text(value, "nonce")), sealed.unhex(text(value, "tag"))


def _entry(entry: Any) -> OtpFactor:
    entry = record(entry)
    info = record(entry.get("info"))
    return make_factor(
        secret_of(text(info, "secret")),
        info,
        kind=text(entry, "type"),
        issuer=text(entry, "issuer"),
        name=text(entry, "name"),
        algorithm=text(info, "algo"),
    )

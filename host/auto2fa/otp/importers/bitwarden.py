"""Bitwarden and Bitwarden Authenticator: JSON export, plain or with a password of its own."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import sealed
from auto2fa.otp.importers.fields import broken, parse_json, record, records, text, title, whole
from auto2fa.otp.importers.result import ImportedFile, collect
from auto2fa.otp.keys import parse_key

FORMAT = "bitwarden"
PBKDF2, ARGON2ID = 0, 1


def matches(document: Any) -> bool:
    """Whether this JSON document is a Bitwarden export."""
    return (
        isinstance(document, dict) and "encrypted" in document and ("items" in document or "data" in document)
    )


def read(document: Any, password: str | None) -> ImportedFile:
    """The logins that have a second factor."""
    if document.get("encrypted"):
        if not document.get("passwordProtected"):
            raise broken("only the Bitwarden account that wrote it can open it; export again with a password")
        if not password:
            return ImportedFile(FORMAT, needs_password=True)
        document = record(_open(document, password))
    items = records(document.get("items"))
    return collect(FORMAT, items, _item, lambda item: title(item, "name"))


def _item(item: Any) -> OtpFactor | None:
    item = record(item)
    login = item.get("login")
    totp = text(login, "totp")
    if not totp or item.get("deletedDate"):
        return None
    return named(parse_key(totp)[0], issuer=text(item, "name"), name=text(login, "username"))


def named(factor: OtpFactor, *, issuer: str, name: str) -> OtpFactor:
    """``factor`` with a password manager's own titles where the key itself says nothing."""
    plain_steam = factor.type == "steam" and factor.issuer == "Steam" and not factor.name
    return replace(
        factor,
        issuer=issuer if issuer and (plain_steam or not factor.issuer) else factor.issuer,
        name=factor.name or name,
    )


def _open(document: dict[str, Any], password: str) -> Any:
    master = _derive(document, password)
    keys = tuple(_expand(master, purpose) for purpose in (b"enc", b"mac"))
    try:
        _decrypt(text(document, "encKeyValidation_DO_NOT_EDIT"), *keys)
    except ValueError:
        raise Auto2faError("wrongPassword") from None
    try:
        return parse_json(_decrypt(text(document, "data"), *keys))
    except ValueError:
        raise broken("its contents were changed") from None


def _derive(document: dict[str, Any], password: str) -> bytes:
    salt = text(document, "salt").encode()  # the base64 text itself is the salt
    iterations = whole(document, "kdfIterations", 0)
    kind = whole(document, "kdfType", PBKDF2)
    if kind == PBKDF2:
        return sealed.pbkdf2(password, salt, iterations, "sha256")
    if kind == ARGON2ID:
        return sealed.argon2id(
            password,
            hashlib.sha256(salt).digest(),
            passes=iterations,
            memory_kib=whole(document, "kdfMemory", 0) * 1024,
            lanes=whole(document, "kdfParallelism", 0),
        )
    raise broken("its way of making keys is not known")


def _expand(master: bytes, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    return HKDFExpand(algorithm=SHA256(), length=32, info=purpose).derive(master)


def _decrypt(sealed_text: str, encryption_key: bytes, mac_key: bytes) -> bytes:
    """Type 2 of Bitwarden's encrypted strings: AES-256-CBC, then HMAC-SHA-256 over vector and text.

    Raises:
        ValueError: the key is another one, or the text was changed.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    kind, _, rest = sealed_text.partition(".")
    parts = rest.split("|")
    if kind != "2" or len(parts) != 3:
        raise broken("its encrypted part has an unknown form")
    vector, data, mac = map(sealed.unbase64, parts)
    if not hmac.compare_digest(hmac.digest(mac_key, vector + data, "sha256"), mac):
        raise ValueError("authentication failed")
    decryptor = Cipher(algorithms.AES(encryption_key), modes.CBC(vector)).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(data) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()

"""Finding out what a file is, by what it holds; its name is not trusted."""

from __future__ import annotations

import codecs
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp.importers import (
    addresses,
    aegis,
    age_file,
    andotp,
    bitwarden,
    ente,
    freeotp,
    proton,
    raivo,
    stratum,
    table,
    twofas,
)
from auto2fa.otp.importers.fields import parse_json
from auto2fa.otp.importers.result import ImportedFile

MAX_BYTES = 48 * 1024 * 1024
JSON_FORMATS = (aegis, twofas, bitwarden, ente, freeotp, stratum, proton, raivo, andotp)
"""Narrow tests first."""


def detect_and_read(data: bytes, file_name: str = "", password: str | None = None) -> ImportedFile:
    """The accounts of another app's export file; its pictures are for ``auto2fa.qr``.

    Without a password an encrypted file gives back its format and ``needs_password`` only.

    Raises:
        Auto2faError: ``unknownFormat``, ``wrongPassword``, ``exportBroken``, ``messageTooLarge``.
    """
    if password is not None:  # half characters from a broken keyboard driver cannot be encoded
        password = password.encode("utf-8", "replace").decode()
    if len(data) > MAX_BYTES:
        raise Auto2faError("messageTooLarge", limit=MAX_BYTES // 1024 // 1024)
    if age_file.matches(data):
        return age_file.read(data, password)
    text = _text(data)
    if text is None:
        if andotp.may_be_encrypted(data, file_name):
            return andotp.read_encrypted(data, password)
        raise Auto2faError("unknownFormat")
    text = text.strip()
    if text.startswith(("{", "[")):
        return _json(text, password)
    if table.matches(text):
        return table.read(text)
    if addresses.matches(text):
        return addresses.read(text)
    raise Auto2faError("unknownFormat")


def _json(text: str, password: str | None) -> ImportedFile:
    document: Any = parse_json(text)
    for format_module in JSON_FORMATS:
        if format_module.matches(document):
            found: ImportedFile = format_module.read(document, password)
            return found
    raise Auto2faError("unknownFormat")


def _text(data: bytes) -> str | None:
    """The bytes as text, or ``None`` when they are none; Windows programs write UTF-16 with a mark."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text

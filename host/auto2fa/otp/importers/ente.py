"""Ente Auth: encrypted export (its plain one is a list of addresses).

Argon2id makes the key; the data is one message of libsodium's secret stream, and its text is a list of Key
URIs.
"""

from __future__ import annotations

from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp.importers import addresses, sealed
from auto2fa.otp.importers.fields import broken, record, text, whole
from auto2fa.otp.importers.result import ImportedFile

FORMAT = "ente"


def matches(document: Any) -> bool:
    """Whether this JSON document is an encrypted Ente export."""
    return isinstance(document, dict) and {"kdfParams", "encryptedData"} <= document.keys()


def read(document: Any, password: str | None) -> ImportedFile:
    """The accounts of an export."""
    if not password:
        return ImportedFile(FORMAT, needs_password=True)
    settings = record(document["kdfParams"])
    key = sealed.argon2id(
        password,
        sealed.unbase64(text(settings, "salt")),
        passes=whole(settings, "opsLimit", 0),
        memory_kib=whole(settings, "memLimit", 0) // 1024,  # libsodium counts bytes
        lanes=1,
    )
    data = sealed.unbase64(text(document, "encryptedData"))
    opened = _open_stream(key, sealed.unbase64(text(document, "encryptionNonce")), data)
    return addresses.read(opened.decode("utf-8", "replace"), FORMAT)


def _open_stream(key: bytes, header: bytes, data: bytes) -> bytes:
    from nacl import bindings
    from nacl.exceptions import CryptoError

    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    if len(header) != bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES:
        raise broken("its encrypted part is cut off")
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    try:
        message, _ = bindings.crypto_secretstream_xchacha20poly1305_pull(state, data)
    except CryptoError:  # also what PyNaCl raises for data that is too short
        raise Auto2faError("wrongPassword") from None
    return message

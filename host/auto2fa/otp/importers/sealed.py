"""Opening what other apps encrypted with a password, with bounds on what a file may ask of this computer."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from auto2fa.errors import Auto2faError
from auto2fa.otp.importers.fields import broken

MAX_MEMORY = 2**30
"""Bytes that a key derivation may use: Ente's largest setting."""
MAX_WORK = 2**34
"""Bytes times passes; some ten seconds on a slow computer."""
MAX_ITERATIONS = 5_000_000
KEY_BYTES = 32


def unbase64(text: str) -> bytes:
    """Bytes of standard base64, or ``exportBroken``."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise broken("a part of it is not base64") from None


def unhex(text: str) -> bytes:
    """Bytes of hex digits, or ``exportBroken``."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise broken("a part of it is not hex") from None


def _bounded(memory: int, work: int, most: int = MAX_WORK) -> None:
    if memory < 1 or work < 1:
        raise broken("its settings for making the key are impossible")
    if memory > MAX_MEMORY or work > most:
        raise broken("it asks for more computing than any app does to open it")


def scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    """A key by scrypt (RFC 7914)."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    if min(n, r, p) < 1 or n < 2 or n & (n - 1):
        raise broken("its settings for making the key are impossible")
    _bounded(128 * n * r, 128 * n * r * p)
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(password.encode())


def pbkdf2(password: str, salt: bytes, iterations: int, algorithm: Literal["sha1", "sha256"]) -> bytes:
    """A key by PBKDF2 (RFC 8018)."""
    import hashlib

    _bounded(1, iterations, MAX_ITERATIONS)
    return hashlib.pbkdf2_hmac(algorithm, password.encode(), salt, iterations, KEY_BYTES)


def argon2id(password: str, salt: bytes, *, passes: int, memory_kib: int, lanes: int) -> bytes:
    """A key by Argon2id (RFC 9106), version 1.3."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    _bounded(memory_kib * 1024, memory_kib * 1024 * passes)
    try:
        kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory_kib)
        return kdf.derive(password.encode())
    except (ValueError, OverflowError):
        raise broken("its settings for making the key are impossible") from None
    except MemoryError:
        raise broken("this computer has too little memory to open it") from None


def open_gcm(key: bytes, nonce: bytes, sealed: bytes, associated: bytes | None = None) -> bytes:
    """What AES-GCM sealed (tag at the end).

    Raises:
        Auto2faError: ``wrongPassword``; a damaged file cannot be told from a wrong password here.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise Auto2faError("wrongPassword") from None
    except ValueError:
        raise broken("its encrypted part is cut off") from None

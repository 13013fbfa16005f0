"""Keys of a phone link: what the fragment holds, what is derived from it, opening what the phone sealed.

The fragment is 32 random bytes in base64url; browsers never send it to a server. From it, HKDF-SHA256
(RFC 5869; salt = the link's id) derives one key for the photo, one for the portal's name and the check word.
Sealed bytes are ``nonce (12) | AES-256-GCM ciphertext and tag`` with the purpose and the link's id as
associated data, so that nothing sealed for one link or purpose opens under another.
`static/seal.js` is the other half.
"""

from __future__ import annotations

import base64
import os
import secrets
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = NONCE_BYTES + TAG_BYTES

CHECK_ALPHABET: Final = "34679CDFGHJKMNPQRTVWXY"
"""No vowels (no accidental words) and none of a pair that looks alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V)."""
CHECK_LENGTH: Final = 4

Purpose = Literal["photo", "name"]


class SealError(ValueError):
    """The sealed bytes were changed, cut, or sealed with another key."""


def new_id() -> str:
    """Return 128 random bits as 22 base64url characters."""
    return secrets.token_urlsafe(16)


class LinkKey:
    """The key of one link; its repr shows nothing."""

    __slots__ = ("_link", "_master")

    def __init__(self, link: str, master: bytes | None = None) -> None:
        self._link = link
        self._master = master if master is not None else os.urandom(32)

    def __repr__(self) -> str:
        return "LinkKey(...)"

    @property
    def fragment(self) -> str:
        """What stands behind ``#`` in the link: 43 characters."""
        return base64.urlsafe_b64encode(self._master).rstrip(b"=").decode()

    def _derive(self, purpose: str, length: int) -> bytes:
        info = f"auto2fa/1 {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=self._link.encode(), info=info).derive(
            self._master
        )

    def _associated(self, purpose: Purpose) -> bytes:
        return f"auto2fa/1 {purpose} {self._link}".encode()

    @property
    def check_word(self) -> str:
        """Four characters that the phone's page and the wizard both show."""
        number = int.from_bytes(self._derive("check", 8), "big")
        word = ""
        for _ in range(CHECK_LENGTH):
            number, index = divmod(number, len(CHECK_ALPHABET))
            word += CHECK_ALPHABET[index]
        return word

    def seal(self, purpose: Purpose, plain: bytes) -> bytes:
        """Encrypt for the other side."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._derive(purpose, 32)).encrypt(nonce, plain, self._associated(purpose))

    def open(self, purpose: Purpose, sealed: bytes) -> bytes:
        """Decrypt what the other side sealed; raises :class:`SealError`."""
        if len(sealed) < OVERHEAD_BYTES:
            raise SealError("too short")
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._derive(purpose, 32)).decrypt(nonce, body, self._associated(purpose))
        except InvalidTag:
            raise SealError("changed or sealed with another key") from None

"""Base32 keys (RFC 4648 section 6) as portals show them and people copy them."""

from __future__ import annotations

import base64
import unicodedata

ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
DASHES = frozenset("-‐‑‒–—―−_")
MEANT = {"0": "O", "1": "I or L", "8": "B"}
"""Digits that base32 leaves out because they look like a letter, with that letter."""


class WrongCharacterError(ValueError):
    """A character that base32 does not have; ``position`` counts from 1 in the text as it was entered."""

    def __init__(self, position: int, found: str) -> None:
        super().__init__("not a base32 character")
        self.position = position
        self.found = found
        self.meant = MEANT.get(found, "")


def letters(text: str) -> list[tuple[int, str]]:
    """The meaningful characters of an entered key in upper case, each with its position counted from 1.

    Blanks, dashes of every kind, invisible characters and trailing padding are left out; full-width letters
    (an East Asian keyboard's) become plain ones.
    """
    found = []
    for position, original in enumerate(text, start=1):
        if original in DASHES or original.isspace() or unicodedata.category(original) == "Cf":
            continue
        plain = unicodedata.normalize("NFKC", original)
        found.append((position, plain.upper() if plain.isascii() else plain))
    while found and found[-1][1] == "=":
        found.pop()
    return found


def decode(text: str) -> bytes:
    """The bytes of a key; case, blanks, dashes and missing padding do not matter.

    Portals that draw random letters show keys of any length, and authenticator apps ignore the bits that do
    not fill a byte; so does this.

    Raises:
        WrongCharacterError: at the first character that is not base32.
    """
    entered = letters(text)
    for position, letter in entered:
        if letter not in ALPHABET:
            raise WrongCharacterError(position, letter)
    key = "".join(letter for _, letter in entered)
    whole = len(key) * 5 // 8
    # "A" is five zero bits: filled up to full groups of eight, Python's strict decoder takes any length.
    return base64.b32decode(key + "A" * (-len(key) % 8))[:whole]


def encode(secret: bytes) -> str:
    """Base32 in capitals without padding, as the Key URI format wants it."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")

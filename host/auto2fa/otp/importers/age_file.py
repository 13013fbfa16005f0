"""Our own encrypted export: a list of addresses in an age file with a passphrase (age-encryption.org/v1)."""

from __future__ import annotations

from auto2fa.errors import Auto2faError
from auto2fa.otp.importers import addresses
from auto2fa.otp.importers.fields import broken
from auto2fa.otp.importers.result import ImportedFile

FORMAT = "auto2fa"
MARKS = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")


def matches(data: bytes) -> bool:
    """Whether these bytes are an age file, binary or armoured."""
    return data.lstrip().startswith(MARKS)


def read(data: bytes, password: str | None) -> ImportedFile:
    """The accounts inside."""
    if not password:
        return ImportedFile(FORMAT, needs_password=True)
    import pyrage

    try:
        opened = pyrage.passphrase.decrypt(data.lstrip(), password)
    except pyrage.DecryptError as error:
        raise _explained(str(error)) from None
    return addresses.read(opened.decode("utf-8", "replace"), FORMAT)


def _explained(message: str) -> Auto2faError:
    """The library has one exception for everything and tells by words alone; a test holds them."""
    if message == "Decryption failed":
        return Auto2faError("wrongPassword")
    if message == "No matching keys found":
        return broken("it is locked with a key, not with a password")
    if message.startswith("Excessive work"):
        return broken("it asks for more computing than any app does to open it")
    return broken("it is cut off or was changed")

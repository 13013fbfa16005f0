"""Export for a backup or another app: a plain list of addresses, and the same list inside an age file.

The list is text, so that it can be rescued without this program: by ``age -d FILE`` and any authenticator app
that reads Key URIs.
"""

from __future__ import annotations

from collections.abc import Iterable

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.uri import to_uri

REMARK = "# Auto 2FA: one account a line, as otpauth address. Whoever reads this file can make the codes."


def plain_list(factors: Iterable[OtpFactor]) -> str:
    """Every factor as a Key URI, one a line; importing it gives the very same factors back."""
    return "\n".join([REMARK, *map(to_uri, factors)]) + "\n"


def encrypted(factors: Iterable[OtpFactor], passphrase: str, *, armored: bool = False) -> bytes:
    """The plain list as an age file with a passphrase (age-encryption.org/v1), ``armored`` as text.

    Takes about a second: that is what makes guessing the passphrase slow.

    Raises:
        Auto2faError: ``badNumber`` for an empty passphrase.
    """
    import pyrage

    if not passphrase:
        raise Auto2faError("badNumber", detail="The export needs a password")
    sealed = pyrage.passphrase.encrypt(plain_list(factors).encode(), passphrase, armored=armored)
    return bytes(sealed)

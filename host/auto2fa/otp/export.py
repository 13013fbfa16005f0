"""Export for a backup or another app: a plain list of addresses, and the same list inside an age file.

The list is text, so that it can be rescued without this program: by ``age -d FILE`` and any authenticator app
that reads Key URIs.
"""

from __future__ import annotations

from collections.abc import Sequence

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.home import Home, remark
from auto2fa.otp.uri import to_uri

REMARK = "# Auto 2FA: one account a line, as otpauth address. Whoever reads this file can make the codes."


def plain_list(factors: Sequence[OtpFactor], homes: Sequence[Home] = ()) -> str:
    """Every factor as a Key URI, one a line; importing it gives the very same factors back.

    ``homes``, one for each factor or none at all, go into remarks before the lines.
    """
    lines = [REMARK]
    for number, factor in enumerate(factors):
        lines += [remark(homes[number])] if homes else []
        lines.append(to_uri(factor))
    return "\n".join(lines) + "\n"


def encrypted(
    factors: Sequence[OtpFactor], passphrase: str, homes: Sequence[Home] = (), *, armored: bool = False
) -> bytes:
    """The plain list as an age file with a passphrase (age-encryption.org/v1), ``armored`` as text.

    Takes about a second: that is what makes guessing the passphrase slow.

    Raises:
        Auto2faError: ``badNumber`` for an empty passphrase.
    """
    import pyrage

    if not passphrase:
        raise Auto2faError("badNumber", detail="The export needs a password")
    sealed = pyrage.passphrase.encrypt(plain_list(factors, homes).encode(), passphrase, armored=armored)
    return bytes(sealed)

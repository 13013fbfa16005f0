"""The field "Security key": whatever a person types or pastes there."""

from __future__ import annotations

from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp import base32
from auto2fa.otp.factor import STEAM_DIGITS, Algorithm, FactorType, OtpFactor
from auto2fa.otp.uri import is_uri, parse_uri

HEX_DIGITS = frozenset("0123456789ABCDEF")
NOT_BASE32 = frozenset("0189")
MIN_HEX = 16
"""Shorter runs of hex digits are more likely a mistyped base32 key."""
SHORT_BITS = 80
AROUND = " \t\r\n\"'`“”„‘’<>"
"""What gets copied along with a key."""


def parse_key(
    text: str,
    *,
    type: FactorType | None = None,
    digits: int | None = None,
    period: int | None = None,
    algorithm: Algorithm | None = None,
    counter: int | None = None,
    issuer: str | None = None,
    name: str | None = None,
) -> tuple[OtpFactor, list[str]]:
    """The factor of an entered key, and remarks by stable name.

    ``text`` is base32 (blanks, dashes, case and padding do not matter), hex where it cannot be base32, an
    ``otpauth://`` URI or ``steam://SECRET``. Options that are not ``None`` win over what a URI says.

    Remarks: ``fromHex``, ``unpadded`` (a length that padding should follow), ``shortSecret`` (under 80 bits),
    ``steam``.

    Raises:
        Auto2faError: ``badKey`` (with ``position`` from 1, ``found`` and ``meant`` for a wrong character),
            ``badUri``, ``keyTooShort``, ``badNumber``.
    """
    notes: list[str] = []
    before = len(text) - len(text.lstrip(AROUND))
    text = text.strip(AROUND)
    fields: dict[str, Any]
    if is_uri(text):
        known = parse_uri(text)
        fields = {name: getattr(known, name) for name in OtpFactor.__slots__}
    else:
        fields = {"secret": _secret(text, notes, before)}
    if type is not None and type != fields.get("type"):
        # Digits and hash of one type mean nothing for another.
        fields = {k: v for k, v in fields.items() if k in ("secret", "issuer", "name")} | {"type": type}
        if type == "steam":
            fields["digits"] = STEAM_DIGITS
    given = {
        "digits": digits,
        "period": period,
        "algorithm": algorithm,
        "counter": counter,
        "issuer": issuer,
        "name": name,
    }
    factor = OtpFactor(**fields | {key: value for key, value in given.items() if value is not None})
    if len(factor.secret) * 8 < SHORT_BITS:
        notes.append("shortSecret")
    if factor.type == "steam":
        notes.append("steam")
    return factor, notes


def _secret(text: str, notes: list[str], before: int) -> bytes:
    """The bytes of an entered key; ``before`` characters of the field stood in front of ``text``."""
    if "://" in text[:40]:
        raise Auto2faError("badKey", detail=_address(text), position=0, found="", meant="")
    entered = base32.letters(text)
    if not entered:
        raise Auto2faError("badKey", detail="it is empty", position=0, found="", meant="")
    found = {letter for _, letter in entered}
    if found <= HEX_DIGITS and found & NOT_BASE32 and len(entered) >= MIN_HEX and len(entered) % 2 == 0:
        notes.append("fromHex")
        return bytes.fromhex("".join(letter for _, letter in entered))
    try:
        secret = base32.decode(text)
    except base32.WrongCharacterError as error:
        meant = f"; the letter {error.meant} may be meant" if error.meant else ""
        position = before + error.position
        raise Auto2faError(
            "badKey",
            detail=f"character {position} is “{error.found}”, which keys do not have{meant}",
            position=position,
            found=error.found,
            meant=error.meant,
        ) from None
    if len(entered) % 8 and not text.endswith("="):
        notes.append("unpadded")
    return secret


def _address(text: str) -> str:
    scheme = text.lower().partition("://")[0]
    if scheme == "otpauth-migration":
        return "it is an authenticator app's export, which is read under “From my authenticator app”"
    if scheme in ("http", "https"):
        return "it is the address of a web page"
    return f"addresses of the kind “{scheme[:30]}” are made for one app only"

"""Reading JSON that somebody else wrote: every value may be missing or of another type."""

from __future__ import annotations

import json
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp import base32
from auto2fa.otp.factor import STEAM_DIGITS, FactorType, OtpFactor, clean_label
from auto2fa.otp.uri import algorithm_named

TYPES: dict[str, FactorType] = {"TOTP": "totp", "HOTP": "hotp", "STEAM": "steam"}


def broken(detail: str) -> Auto2faError:
    """The error for a damaged export or entry."""
    return Auto2faError("exportBroken", detail=detail)


def parse_json(text: str | bytes) -> Any:
    """A JSON document.

    Raises:
        Auto2faError: ``exportBroken``.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise broken("it is not complete") from None


def record(value: Any) -> dict[str, Any]:
    """``value`` as an object, or ``exportBroken``."""
    if not isinstance(value, dict):
        raise broken("an entry is not in the form it should have")
    return value


def records(value: Any) -> list[Any]:
    """``value`` as a list, or ``exportBroken``."""
    if not isinstance(value, list):
        raise broken("its list of entries is missing")
    return value


def text(source: Any, *keys: str) -> str:
    """The first of these keys that holds a text which is not empty; else an empty text."""
    if isinstance(source, dict):
        for key in keys:
            value = source.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()
    return ""


def whole(source: dict[str, Any], key: str, default: int) -> int:
    """A whole number, also written as text; ``default`` when there is none.

    Raises:
        Auto2faError: ``exportBroken`` for anything else.
    """
    value = source.get(key)
    if value is None or value == "":
        return default
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise broken(f"the value of “{key}” is not a number")


def inner(source: Any, key: str) -> Any:
    """What lies under ``key``, if ``source`` is an object at all."""
    return source.get(key) if isinstance(source, dict) else None


def title(source: Any, *keys: str) -> str:
    """A name for an entry that could not be read."""
    return clean_label(text(source, *keys))


def secret_of(key: str) -> bytes:
    """The bytes of a base32 secret.

    Raises:
        Auto2faError: ``exportBroken`` for none, ``badKey`` for a wrong character.
    """
    try:
        secret = base32.decode(key)
    except base32.WrongCharacterError as error:
        detail = f"character {error.position} is “{error.found}”, which keys do not have"
        raise Auto2faError("badKey", detail=detail) from None
    if not secret:
        raise broken("the entry has no secret")
    return secret


def make_factor(
    secret: bytes,
    source: dict[str, Any],
    *,
    kind: str,
    issuer: str,
    name: str,
    algorithm: str,
    period: str = "period",
) -> OtpFactor:
    """A factor whose numbers lie in ``source`` under ``digits``, ``counter`` and the key named by ``period``.

    Raises:
        Auto2faError: ``exportBroken``, ``badNumber``, ``keyTooShort``.
    """
    factor_type = TYPES.get((kind or "TOTP").upper())
    if factor_type is None:
        raise broken(f"codes of the type “{kind[:20]}” are made for one app only")
    found = algorithm_named(algorithm)
    if found is None:
        raise broken(f"the hash “{algorithm[:20]}” is not known")
    steam = factor_type == "steam"
    hotp = factor_type == "hotp"
    return OtpFactor(
        secret=secret,
        issuer=issuer,
        name=name,
        type=factor_type,
        digits=STEAM_DIGITS if steam else whole(source, "digits", 6),
        period=30 if hotp else whole(source, period, 30),
        algorithm="SHA1" if steam else found,
        counter=whole(source, "counter", 0) if hotp else 0,
    )

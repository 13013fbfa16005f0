"""Telephone numbers: from what people type to E.164, and why not when not."""

from __future__ import annotations

import locale
import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from auto2fa.errors import Auto2faError

_REASONS: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: ("country", "its country code is missing or unknown"),
    NumberParseException.NOT_A_NUMBER: ("letters", "it holds something else than a number"),
    NumberParseException.TOO_SHORT_AFTER_IDD: ("short", "it ends after the country code"),
    NumberParseException.TOO_SHORT_NSN: ("short", "it is too short"),
    NumberParseException.TOO_LONG: ("long", "it is too long"),
}
_LENGTHS: Final = {
    ValidationResult.TOO_SHORT: ("short", "it is too short"),
    ValidationResult.TOO_LONG: ("long", "it is too long"),
    ValidationResult.INVALID_LENGTH: ("length", "no number there has this many digits"),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: ("short", "the area or mobile prefix is missing"),
    ValidationResult.INVALID_COUNTRY_CODE: ("country", "its country code is missing or unknown"),
}
_TYPES: Final = {
    PhoneNumberType.FIXED_LINE: "it is a landline",
    PhoneNumberType.TOLL_FREE: "it is a toll-free number",
    PhoneNumberType.PREMIUM_RATE: "it is a premium-rate number",
    PhoneNumberType.SHARED_COST: "it is a shared-cost number",
    PhoneNumberType.UAN: "it is a company's service number",
    PhoneNumberType.PAGER: "it is a pager",
    PhoneNumberType.VOICEMAIL: "it is a voice mailbox",
}


def system_country() -> str:
    """The user's country by the system's language setting, for numbers typed without a country code."""
    # Windows gives names like "German_Germany", which hold no country's letters.
    found = re.fullmatch(r"[a-z]{2,3}_([A-Z]{2})", locale.getlocale()[0] or "")
    return found[1] if found else ""


def parse(number: str, country: str) -> str:
    """Return a mobile number in E.164, for example ``+4915123456789``.

    ``country`` (ISO 3166, two letters) is assumed when the number names none. Raises Auto2faError
    phoneNumber; its parameter ``reason`` is one of country, letters, short, long, length, unknown, type.
    """

    def refuse(reason: str, detail: str) -> Auto2faError:
        return Auto2faError("phoneNumber", number=number.strip()[:40], detail=detail, reason=reason)

    try:
        parsed = phonenumbers.parse(number, country.strip().upper() or None)
    except NumberParseException as problem:
        raise refuse(*_REASONS.get(problem.error_type, ("letters", "it is not a number"))) from None
    length = phonenumbers.is_possible_number_with_reason(parsed)
    if length != ValidationResult.IS_POSSIBLE:
        raise refuse(*_LENGTHS.get(length, ("length", "its length is wrong")))
    if not phonenumbers.is_valid_number(parsed):
        raise refuse("unknown", "no network there has such a number; check the digits")
    kind = phonenumbers.number_type(parsed)
    if kind in _TYPES:
        raise refuse("type", _TYPES[kind])
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

"""Telephone numbers as people type them."""

from __future__ import annotations

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.phone.numbers import parse


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("0151 23456789", "DE", "+4915123456789"),
        ("+49 (0)151 / 234 567 89", "US", "+4915123456789"),
        ("0049 151-23456789", "de", "+4915123456789"),
        ("+49 151 23456789", "", "+4915123456789"),
        ("079 123 45 67", "CH", "+41791234567"),
        ("0664 1234567", "AT", "+436641234567"),
        # North America does not tell mobile from fixed.
        ("(415) 555-2671", "US", "+14155552671"),
        ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
    ],
)
def test_numbers_become_e164(typed: str, country: str, expected: str) -> None:
    assert parse(typed, country) == expected


@pytest.mark.parametrize(
    ("typed", "country", "reason"),
    [
        ("", "DE", "letters"),
        ("hello", "DE", "letters"),
        ("0151 23456789", "", "country"),
        ("+999 151 23456789", "DE", "country"),
        ("0151 23", "DE", "unknown"),
        ("+1 415 55", "DE", "short"),
        ("+49", "DE", "letters"),
        ("0151 23456789012345", "DE", "long"),
        ("030 2345678", "DE", "type"),
        ("0900 1234567", "DE", "type"),
        ("+1 800 234 5678", "US", "type"),
        ("+1 199 555 2671", "GB", "unknown"),
        ("1" * 5000, "DE", "long"),
    ],
)
def test_wrong_ones_are_explained(typed: str, country: str, reason: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        parse(typed, country)
    assert caught.value.name == "phoneNumber"
    assert caught.value.params["reason"] == reason
    assert len(str(caught.value)) < 250

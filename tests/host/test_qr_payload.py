"""What a code holds is named, and nothing secret in it is repeated."""

from __future__ import annotations

import pytest

from auto2fa.qr.payload import classify

KINDS = [
    ("otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP", "otpauth", None),
    ("OTPAUTH://TOTP/A:b?secret=JBSWY3DPEHPK3PXP", "otpauth", None),
    ("otpauth://hotp/A?secret=JBSWY3DPEHPK3PXP&counter=1", "otpauth", None),
    ("otpauth://steam/Steam:a?secret=JBSWY3DPEHPK3PXP", "otpauth", None),
    ("\ufeff otpauth://totp/A?secret=JBSWY3DPEHPK3PXP\n", "otpauth", None),
    ("otpauth-migration://offline?data=CjEKCkhlbGxv", "migration", None),
    ("otpauth://pipush/PIPU0?url=https%3A//pi.example", "privacyidea", "proprietaryCode"),
    ("otpauth://yaotp/a@yandex.ru?secret=ABC", "yandex", "proprietaryCode"),
    ("phonefactor://activate_account?code=123&url=https%3A//x", "microsoft", "proprietaryCode"),
    ("msauth://code/abc", "microsoft", "proprietaryCode"),
    ("duo://ABCDEFGH-YXBpLTEuZHVvc2VjdXJpdHkuY29t", "duo", "proprietaryCode"),
    ("https://m-1.duosecurity.com/activate/abc", "duo", "proprietaryCode"),
    ("oktaverify://email@example.com?t=1&f=2&s=https://x.okta.com", "okta", "proprietaryCode"),
    ("authy://account?token=1", "authy", "proprietaryCode"),
    ("com.rsa.securid.iphone://ctf?ctfData=123", "rsa", "proprietaryCode"),
    ("http://127.0.0.1/securid/ctf?ctfData=123", "rsa", "proprietaryCode"),
    ("https://s.team/q/1/1234", "steamguard", "proprietaryCode"),
    ("FIDO:/1234567890", "passkey", "notASecondFactor"),
    ("2@abc,def,ghi", "linkdevice", "notASecondFactor"),
    ("WIFI:T:WPA;S:home;P:JBSWY3DPEHPK3PXP;;", "wifi", "notASecondFactor"),
    ("BEGIN:VCARD\nFN:A\nEND:VCARD", "contact", "notASecondFactor"),
    ("https://play.google.com/store/apps/details?id=x", "appstore", "notASecondFactor"),
    ("https://aka.ms/getMicrosoftAuthenticator", "appstore", "notASecondFactor"),
    ("https://evil.example/play.google.com/store", "link", "notASecondFactor"),
    ("https://notplay.google.com.example/store", "link", "notASecondFactor"),
    ("https://user:JBSWY3DPEHPK3PXP@Portal.Example:8443/JBSWY3DPEHPK3PXP", "link", "notASecondFactor"),
    ("https://[", "text", "notASecondFactor"),
    ("JBSWY3DPEHPK3PXP", "key", None),
    ("JBSW Y3DP EHPK 3PXP", "key", None),
    ("jbsw y3dp ehpk 3pxp", "key", None),
    ("3132333435363738393031323334353637383930", "key", None),
    ("internationalisation", "text", "notASecondFactor"),
    ("HELLO WORLD", "text", "notASecondFactor"),
    ("", "text", "notASecondFactor"),
]


@pytest.mark.parametrize(("text", "kind", "advice"), KINDS)
def test_kinds(text: str, kind: str, advice: str | None) -> None:
    payload = classify(text)
    assert (payload.kind, payload.advice) == (kind, advice)
    assert payload.second_factor == (kind in ("otpauth", "migration"))
    assert "JBSWY3DP" not in repr(payload)


def test_the_detail_of_a_link_is_its_host_alone() -> None:
    assert classify("https://user:pw@Portal.Example:8443/path?token=1#x").detail == "portal.example"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("duo://x", "This QR code is made for Duo Mobile only."),
        ("WIFI:S:x;;", "This QR code holds a Wi-Fi password, not a second factor."),
        ("https://example.com/x", "This QR code holds a link to example.com, not a second factor."),
    ],
)
def test_the_error_says_what_it_is_instead(text: str, sentence: str) -> None:
    error = classify(text).error()
    assert error is not None
    assert error.message == sentence
    assert error.next


def test_second_factors_have_no_error() -> None:
    assert classify("otpauth://totp/A?secret=JBSWY3DPEHPK3PXP").error() is None

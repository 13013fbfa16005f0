"""What people type and paste into the field "Security key"."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.keys import parse_key

KEY = "JBSWY3DPEHPK3PXP"
SECRET = b"Hello!\xde\xad\xbe\xef"


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        KEY.lower(),
        "JBSW Y3DP EHPK 3PXP",
        "jbsw-y3dp-ehpk-3pxp",
        "  jbsw\u00a0y3dp\u2011ehpk\u200b3pxp\n",
        f"“{KEY}”",
        f'"{KEY}"',
        "ＪＢＳＷＹ３ＤＰＥＨＰＫ３ＰＸＰ",  # full width
        f"{KEY}======",
        f"otpauth://totp/?secret={KEY}",
    ],
)
def test_one_key_in_many_clothes(text: str) -> None:
    assert parse_key(text) == (OtpFactor(secret=SECRET), [])


@pytest.mark.parametrize(
    ("text", "secret", "notes"),
    [
        ("3132333435363738393031323334353637383930", b"12345678901234567890", ["fromHex"]),
        ("48 65 6c 6c 6f 21 de ad be ef", SECRET, ["fromHex"]),
        ("deadbeef-deadbee0", bytes.fromhex("deadbeefdeadbee0"), ["fromHex", "shortSecret"]),
        ("MFRGGZDFMY", b"abcdef", ["unpadded", "shortSecret"]),
        ("MFRGGZDFMY======", b"abcdef", ["shortSecret"]),
        ("MFRGGZDF", b"abcde", ["shortSecret"]),
        ("ABCDEF2345672345", None, []),  # hex and base32 at once: base32, as portals mean it
        ("a" * 42, bytes(26), ["unpadded"]),
        (f"steam://{KEY}", SECRET, ["steam"]),
    ],
)
def test_what_was_understood_is_noted(text: str, secret: bytes | None, notes: list[str]) -> None:
    factor, found = parse_key(text)
    assert found == notes
    if secret is not None:
        assert factor.secret == secret


@pytest.mark.parametrize(
    ("text", "position", "found", "meant"),
    [
        ("JBSW0Y3DP", 5, "0", "O"),
        ("JBSW 1Y3DP", 6, "1", "I or L"),
        ("  JB8WY3DP", 5, "8", "B"),
        ("JBSW9Y3DP", 5, "9", ""),
        ("JBSW,Y3DP", 5, ",", ""),
        ("JBSWÄY3DP", 5, "Ä", ""),
        ("Key: JBSW", 4, ":", ""),
        ("deadbeef0", 9, "0", "O"),  # an odd number of digits is no hex
        ("JB=WY3DP", 3, "=", ""),
    ],
)
def test_wrong_characters_are_pointed_at(text: str, position: int, found: str, meant: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_key(text)
    error = caught.value
    assert error.name == "badKey"
    assert (error.params["position"], error.params["found"], error.params["meant"]) == (
        position,
        found,
        meant,
    )
    assert f"character {position}" in str(error)
    assert "JBSW" not in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" - \n", "empty"),
        ("===", "empty"),
        ("https://portal.example/setup", "web page"),
        ("otpauth-migration://offline?data=AAAA", "From my authenticator app"),
        ("phonefactor://activate_account?code=1", "one app only"),
    ],
)
def test_what_is_no_key_at_all(text: str, words: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_key(text)
    assert caught.value.name == "badKey"
    assert words in str(caught.value)


def test_a_code_is_no_key() -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_key("234567")
    assert (caught.value.name, caught.value.params) == ("keyTooShort", {"bits": 24})


def test_options_win_over_the_uri() -> None:
    uri = f"otpauth://hotp/ACME:bob?secret={KEY}&counter=9&algorithm=SHA256&digits=8"
    assert parse_key(uri, counter=0, name="eve")[0] == OtpFactor(
        secret=SECRET, issuer="ACME", name="eve", type="hotp", digits=8, algorithm="SHA256"
    )
    assert parse_key(uri, type="totp", period=60)[0] == OtpFactor(
        secret=SECRET, issuer="ACME", name="bob", period=60
    )
    assert parse_key(uri, type="steam")[0].digits == 5
    assert parse_key(KEY, digits=8, algorithm="SHA512", issuer="I")[0] == OtpFactor(
        secret=SECRET, digits=8, algorithm="SHA512", issuer="I"
    )


def test_options_out_of_range_are_refused() -> None:
    for options in ({"digits": 4}, {"digits": 11}, {"period": 0}, {"type": "hotp", "counter": -1}):
        with pytest.raises(Auto2faError) as caught:
            parse_key(KEY, **options)
        assert caught.value.name == "badNumber"
    with pytest.raises(Auto2faError, match="Steam"):
        parse_key(KEY, type="steam", digits=6)


@settings(deadline=None)  # other work on the machine makes single runs slow
@given(st.text(max_size=60))
def test_any_text_is_a_key_or_gets_a_sentence(text: str) -> None:
    with contextlib.suppress(Auto2faError):  # any other exception fails the test
        factor, _ = parse_key(text)
        assert len(factor.secret) >= 5

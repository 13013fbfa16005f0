"""Google Authenticator's export, read and written."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.migration import build_migration, cannot_carry, is_migration, parse_migration

SECRET = b"Hello!\xde\xad\xbe\xef"
# Seen in many write-ups of the format: the export of Example:alice@google.com with the key JBSWY3DPEHPK3PXP.
PUBLIC = (
    "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC"
)


def varint(number: int) -> bytes:
    out = bytearray()
    number &= 2**64 - 1
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def message(**fields: bytes | int) -> bytes:
    """A protocol-buffer message by hand, from ``f1=...`` field numbers (wire format: encoding guide)."""
    out = b""
    for key, value in fields.items():
        number = int(key[1:].partition("_")[0])
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def account(**fields: bytes | int) -> bytes:
    usual: dict[str, bytes | int] = {"f1": SECRET, "f2": b"bob", "f3": b"ACME", "f4": 1, "f5": 1, "f6": 2}
    return message(**usual | fields)


def uri(payload: bytes) -> str:
    return "otpauth-migration://offline?data=" + quote(base64.b64encode(payload), safe="")


def test_the_public_example() -> None:
    part = parse_migration(PUBLIC)
    assert part.factors == [OtpFactor(secret=SECRET, issuer="Example", name="alice@google.com")]
    assert (part.index, part.size, part.problems) == (0, 1, [])
    assert is_migration(PUBLIC)
    assert not is_migration("otpauth://totp/x")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {}),
        ({"f4": 2}, {"algorithm": "SHA256"}),
        ({"f4": 3}, {"algorithm": "SHA512"}),
        ({"f4": 0, "f5": 0, "f6": 0}, {}),
        ({"f5": 2}, {"digits": 8}),
        ({"f6": 1, "f7": 10_300}, {"type": "hotp", "counter": 10_300}),
        ({"f6": 1, "f7": 2**62}, {"type": "hotp", "counter": 2**62}),
        ({"f8": b"unique id of newer versions"}, {}),
        ({"f2": b"ACME:bob"}, {}),
        ({"f2": b"acme: bob"}, {}),
        ({"f2": b"ACME:bob", "f3": b""}, {}),
        ({"f2": b"a:b"}, {"name": "a:b"}),
        ({"f2": b"ACME"}, {"name": ""}),
        ({"f2": b"b\xffb"}, {"name": "b\ufffdb"}),
    ],
)
def test_every_field(fields: dict[str, bytes | int], expected: dict[str, object]) -> None:
    part = parse_migration(uri(message(f1=account(**fields))))
    wanted = {"secret": SECRET, "issuer": "ACME", "name": "bob"} | expected
    assert part.factors == [OtpFactor(**wanted)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"f4": 4}, "badNumber"),  # MD5
        ({"f5": 9}, "badNumber"),
        ({"f6": 7}, "badNumber"),
        ({"f6": 1, "f7": -1}, "badNumber"),
        ({"f1": b"abc"}, "keyTooShort"),
    ],
)
def test_a_strange_account_does_not_stop_the_others(fields: dict[str, bytes | int], name: str) -> None:
    part = parse_migration(uri(message(f1=account(), f1_2=account(**fields), f1_3=account(f2=b"eve"))))
    assert [f.name for f in part.factors] == ["bob", "eve"]
    assert [(p.issuer, p.name, p.error.name) for p in part.problems] == [("ACME", "bob", name)]


def test_parts_are_numbered() -> None:
    part = parse_migration(uri(message(f1=account(), f2=1, f3=3, f4=2, f5=-1793849283)))
    assert (part.index, part.size, part.batch_id) == (2, 3, -1793849283)


def test_data_in_every_spelling_of_base64() -> None:
    payload = message(f1=account(f1=b"\xfb\xef\xbe\xff\xff" * 4), f2=1)
    plain = base64.b64encode(payload).decode()
    assert "+" in plain
    assert "/" in plain
    assert plain.endswith("=")
    for data in (
        plain,
        quote(plain, safe=""),
        plain.rstrip("="),
        plain.replace("+", " "),
        plain.replace("+", "%20"),
        base64.urlsafe_b64encode(payload).decode(),
        plain + "&x=1",
    ):
        text = f" OTPAUTH-MIGRATION://offline?data={data}\n"
        assert parse_migration(text).factors[0].secret == b"\xfb\xef\xbe\xff\xff" * 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("otpauth://totp/x", "otpauth-migration"),
        ("otpauth-migration://offline", "no account"),
        ("otpauth-migration://offline?data=", "no account"),
        ("otpauth-migration://offline?data=%C3%A4", "base64"),
        ("otpauth-migration://offline?data=A", "base64"),
        (PUBLIC[:-12], "cut off"),
        (uri(message(f2=1)), "no account"),
        (uri(message(f1=account(), f3=2, f4=2)), "numbered"),
        (uri(message(f1=account(), f3=-1)), "numbered"),
        ("otpauth-migration://offline?data=" + "A" * 70_000, "address"),
    ],
)
def test_broken_parts_get_a_sentence(text: str, words: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_migration(text)
    assert caught.value.name == "exportBroken"
    assert words in str(caught.value)


def test_what_the_format_cannot_carry_is_said() -> None:
    for factor, words in (
        (OtpFactor(secret=SECRET, period=60), "60 seconds"),
        (OtpFactor(secret=SECRET, digits=7), "7 digits"),
        (OtpFactor(secret=SECRET, type="hotp", digits=10), "10 digits"),
        (OtpFactor(secret=SECRET, type="steam", digits=5), "Steam"),
    ):
        assert words in cannot_carry(factor)
        with pytest.raises(Auto2faError, match=words):
            build_migration([OtpFactor(secret=SECRET), factor])


def test_ten_accounts_a_code_and_fewer_with_long_labels() -> None:
    short = [OtpFactor(secret=SECRET, name=str(n)) for n in range(25)]
    parts = [parse_migration(u) for u in build_migration(short, batch_id=7)]
    assert [(len(p.factors), p.index, p.size, p.batch_id) for p in parts] == [
        (10, 0, 3, 7),
        (10, 1, 3, 7),
        (5, 2, 3, 7),
    ]
    long = [OtpFactor(secret=bytes(64), name="x" * 200) for _ in range(10)]
    assert all(len(u) < 1800 for u in build_migration(long))
    assert build_migration([]) == []


LABELS = st.text(max_size=30) | st.text(alphabet=": aA", max_size=6)
FACTORS = st.builds(
    OtpFactor,
    secret=st.binary(min_size=5, max_size=64),
    issuer=LABELS,
    name=LABELS,
    type=st.sampled_from(["totp", "hotp"]),
    digits=st.sampled_from([6, 8]),
    algorithm=st.sampled_from(["SHA1", "SHA256", "SHA512"]),
    counter=st.integers(0, 2**63 - 1),
)


@settings(deadline=None)  # other work on the machine makes single runs slow
@given(st.lists(FACTORS, max_size=25))
def test_what_is_written_is_read_back(factors: list[OtpFactor]) -> None:
    parts = [parse_migration(u) for u in build_migration(factors)]
    assert [f for part in parts for f in part.factors] == factors
    assert [part.index for part in parts] == list(range(len(parts)))

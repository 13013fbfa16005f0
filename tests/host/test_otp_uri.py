"""Key URIs: Google's wiki page, what real portals write, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auto2fa.errors import Auto2faError
from auto2fa.otp import base32
from auto2fa.otp.factor import Algorithm, OtpFactor, clean_label
from auto2fa.otp.uri import parse_uri, to_uri

KEY = "JBSWY3DPEHPK3PXP"
SECRET = b"Hello!\xde\xad\xbe\xef"


def parse(label: str, query: str = "", kind: str = "totp") -> OtpFactor:
    return parse_uri(f"otpauth://{kind}/{label}?secret={KEY}{query}")


def test_the_wikis_examples() -> None:
    factor = parse_uri(
        "otpauth://totp/ACME%20Co:john.doe@email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"
        "&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30"
    )
    assert factor == OtpFactor(
        secret=base32.decode("HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"),
        issuer="ACME Co",
        name="john.doe@email.com",
    )
    assert parse_uri(
        "otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example"
    ) == OtpFactor(secret=SECRET, issuer="Example", name="alice@google.com")


@pytest.mark.parametrize(
    ("label", "query", "issuer", "name"),
    [
        # the wiki's valid labels
        ("Example:alice@gmail.com", "", "Example", "alice@gmail.com"),
        ("Provider1:Alice%20Smith", "", "Provider1", "Alice Smith"),
        ("Big%20Corporation%3A%20alice%40bigco.com", "", "Big Corporation", "alice@bigco.com"),
        ("Big%20Corporation:%20alice@bigco.com", "", "Big Corporation", "alice@bigco.com"),
        ("alice@gmail.com", "", "", "alice@gmail.com"),
        ("alice@gmail.com", "&issuer=Example", "Example", "alice@gmail.com"),
        # blanks
        ("ACME: bob", "&issuer=ACME", "ACME", "bob"),
        ("ACME Co:bob", "&issuer=ACME+Co", "ACME Co", "bob"),
        ("ACME+Co:bob+smith", "&issuer=ACME+Co", "ACME Co", "bob smith"),
        ("ACME:bob+test@x.example", "&issuer=ACME", "ACME", "bob+test@x.example"),
        ("Disney+:bob", "&issuer=Disney%2B", "Disney+", "bob"),
        ("%20ACME%20:%20bob%20", "&issuer=%20ACME%20", "ACME", "bob"),
        # colons inside
        ("A%3AB:bob", "", "A:B", "bob"),
        ("A%3AB:bob", "&issuer=A:B", "A:B", "bob"),
        ("A:B:bob", "&issuer=A%3AB", "A:B", "bob"),
        ("A%3AB%3Abob", "&issuer=A%3AB", "A:B", "bob"),
        ("https%3A//x.example:bob", "&issuer=https%3A%2F%2Fx.example", "https://x.example", "bob"),
        ("ACME:a:b", "&issuer=ACME", "ACME", "a:b"),
        # the parameter wins over the prefix
        ("Old:bob", "&issuer=New", "New", "bob"),
        ("acme:bob", "&issuer=ACME", "ACME", "bob"),
        ("ACMEplus:bob", "&issuer=ACME", "ACME", "bob"),
        ("localhost_3000:bob", "&issuer=localhost_3000", "localhost_3000", "bob"),
        # empty things
        ("ACME", "&issuer=ACME", "ACME", ""),
        ("ACME:", "", "ACME", ""),
        ("", "&issuer=ACME", "ACME", ""),
        ("", "", "", ""),
        ("ACME:bob", "&issuer=", "ACME", "bob"),
        # every script
        ("%E6%A0%AA%E5%BC%8F:%D0%B1%D0%BE%D0%B1", "", "株式", "боб"),
        ("Müller:bob", "&issuer=Müller", "Müller", "bob"),
        ("A%0AB:bob", "", "A B", "bob"),
        ("A/B:bob", "", "A/B", "bob"),
    ],
)
def test_labels(label: str, query: str, issuer: str, name: str) -> None:
    factor = parse(label, query)
    assert (factor.issuer, factor.name) == (issuer, name)


@pytest.mark.parametrize(
    "key",
    [
        "JBSWY3DPEHPK3PXP",
        "jbswy3dpehpk3pxp",
        "JBSW%20Y3DP%20EHPK%203PXP",
        "JBSW+Y3DP+EHPK+3PXP",
        "jbsw-y3dp-ehpk-3pxp",
        "JBSWY3DPEHPK3PXP%3D%3D",
        "JBSWY3DPEHPK3PXP====",
    ],
)
def test_secrets_as_portals_write_them(key: str) -> None:
    assert parse_uri(f"otpauth://totp/x?secret={key}").secret == SECRET


@pytest.mark.parametrize(
    ("key", "size"), [("MFRGGZDF", 5), ("MFRGGZDFMY", 6), ("a" * 26, 16), ("a" * 42, 26), ("a" * 33, 20)]
)
def test_missing_padding(key: str, size: int) -> None:
    assert len(parse_uri(f"otpauth://totp/x?secret={key}").secret) == size


@pytest.mark.parametrize(
    ("spelling", "algorithm"),
    [
        ("SHA1", "SHA1"),
        ("sha-256", "SHA256"),
        ("HmacSHA512", "SHA512"),
        ("hmac-sha256", "SHA256"),
        ("HMAC_SHA_256", "SHA256"),
        ("", "SHA1"),
    ],
)
def test_hashes_in_every_spelling(spelling: str, algorithm: Algorithm) -> None:
    assert parse("x", f"&algorithm={spelling}").algorithm == algorithm


def test_the_rest() -> None:
    assert parse_uri(f" OTPAUTH://TOTP/x?SECRET={KEY}&Digits=8&PERIOD=120\n") == OtpFactor(
        secret=SECRET, name="x", digits=8, period=120
    )
    assert parse("x", "&counter=7", "hotp") == OtpFactor(secret=SECRET, name="x", type="hotp", counter=7)
    assert parse("x", "", "hotp").counter == 0
    assert parse("x", "&image=https%3A%2F%2Fx.example%2Fa.png&foo&lock=1") == OtpFactor(
        secret=SECRET, name="x"
    )
    assert parse("x", "&amp;digits=7").digits == 7
    assert parse_uri(f"apple-otpauth://totp/x?secret={KEY}").name == "x"


@pytest.mark.parametrize(
    "uri",
    [
        f"otpauth://totp/Steam:bob?secret={KEY}&issuer=Steam&encoder=steam",
        f"otpauth://totp/Steam:bob?secret={KEY}&issuer=Steam&digits=5",
        f"otpauth://totp/Steam:bob?secret={KEY}&digits=5&algorithm=SHA1",
        f"otpauth://steam/Steam:bob?secret={KEY}",
    ],
)
def test_steam(uri: str) -> None:
    factor = parse_uri(uri)
    assert factor == OtpFactor(secret=SECRET, issuer="Steam", name="bob", type="steam", digits=5)
    assert parse_uri(to_uri(factor)) == factor


def test_steams_own_address() -> None:
    assert parse_uri(f"steam://{KEY}") == OtpFactor(secret=SECRET, issuer="Steam", type="steam", digits=5)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://x.example", "otpauth://"),
        ("otpauth://totp/x", "secret is missing"),
        ("otpauth://totp/x?secret=", "secret is missing"),
        ("otpauth://totp/x?secret=%3D%3D", "secret is missing"),
        ("otpauth://totp/x?secret=JBSW0Y3D", "character 5"),
        ("otpauth://totp/x?secret=JBSWY3D%C3%84", "character 8"),
        (f"otpauth://yaotp/x?secret={KEY}", "type"),
        (f"otpauth:///x?secret={KEY}", "type"),
        (f"otpauth://totp/x?secret={KEY}&period=0", "seconds"),
        (f"otpauth://totp/x?secret={KEY}&period=86401", "seconds"),
        (f"otpauth://totp/x?secret={KEY}&period=-30", "number"),
        (f"otpauth://totp/x?secret={KEY}&period=٣٠", "number"),
        (f"otpauth://totp/x?secret={KEY}&digits=5", "digits"),
        (f"otpauth://totp/x?secret={KEY}&digits=11", "digits"),
        (f"otpauth://totp/x?secret={KEY}&digits=six", "number"),
        (f"otpauth://totp/x?secret={KEY}&algorithm=MD5", "hash"),
        (f"otpauth://hotp/x?secret={KEY}&counter=9999999999999999999", "counter"),
        (f"otpauth://totp/x?secret={KEY}&secret=MFRGGZDFMZTWQ2LK", "two different"),
        (f"otpauth://totp/x?secret={'A' * 1648}", "bytes"),
        (f"otpauth://totp/{'x' * 9000}?secret={KEY}", "long"),
    ],
)
def test_wrong_ones_are_refused_with_a_sentence(uri: str, words: str) -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_uri(uri)
    assert caught.value.name == "badUri"
    assert words in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_key_cut_off_is_too_short() -> None:
    with pytest.raises(Auto2faError) as caught:
        parse_uri("otpauth://totp/x?secret=MFRGGZA")
    assert (caught.value.name, caught.value.params) == ("keyTooShort", {"bits": 32})


def test_the_secret_is_in_no_repr() -> None:
    assert "Hello" not in repr(parse("x"))


def test_labels_are_one_bounded_line() -> None:
    assert clean_label(" a\r\nb\x00\ud800 ") == "a  b \ufffd"
    assert len(OtpFactor(secret=SECRET, name="é" * 5000).name) == 512


LABELS = st.text(max_size=40) | st.text(alphabet=":+ %&?#/=@aA", max_size=8)
KINDS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("totp"), "period": st.integers(1, 86_400), "digits": st.integers(6, 10)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("hotp"), "counter": st.integers(0, 2**63 - 1), "digits": st.integers(6, 10)}
    ),
)
HASHES = st.fixed_dictionaries({"algorithm": st.sampled_from(["SHA1", "SHA256", "SHA512"])})
STEAM = st.fixed_dictionaries(
    {"type": st.just("steam"), "digits": st.just(5), "period": st.integers(1, 86_400)}
)


@settings(deadline=None)  # other work on the machine makes single runs slow
@given(
    st.binary(min_size=5, max_size=80),
    LABELS,
    LABELS,
    st.tuples(KINDS, HASHES).map(lambda p: p[0] | p[1]) | STEAM,
)
def test_a_uri_gives_the_very_same_factor_back(
    secret: bytes, issuer: str, name: str, rest: dict[str, object]
) -> None:
    factor = OtpFactor(secret=secret, issuer=issuer, name=name, **rest)  # type: ignore[arg-type]
    uri = to_uri(factor)
    assert uri.isascii()
    assert parse_uri(uri) == factor

"""Export, and that importing it again loses nothing."""

import re
from typing import Any

import pyrage
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from auto2fa.errors import Auto2faError
from auto2fa.otp.export import REMARK, encrypted, plain_list
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import detect_and_read
from auto2fa.otp.migration import cannot_carry
from auto2fa.otp.qr_pages import QrPage, html, qr_pages
from auto2fa.otp.uri import parse_uri
from host.import_samples import FACTORS, PASSWORD

LABELS = st.text(max_size=30) | st.text(alphabet=":+ %&?#/=@\u2028\x85aA", max_size=8)
KINDS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"period": st.integers(1, 86_400) | st.just(30)}),
    st.fixed_dictionaries({"type": st.just("hotp"), "counter": st.integers(0, 2**63 - 1)}),
)
CODES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"digits": st.integers(6, 10), "algorithm": st.sampled_from(["SHA1", "SHA256", "SHA512"])}
)
STEAM: st.SearchStrategy[dict[str, Any]] = st.just({"type": "steam", "digits": 5})
ACCOUNTS: st.SearchStrategy[OtpFactor] = st.builds(
    lambda secret, issuer, name, kind: OtpFactor(secret=secret, issuer=issuer, name=name, **kind),
    st.binary(min_size=5, max_size=64),
    LABELS,
    LABELS,
    st.builds(lambda a, b: a | b, KINDS, CODES) | STEAM,
)


@settings(deadline=None)
@given(st.lists(ACCOUNTS, max_size=12))
def test_a_plain_export_loses_nothing(factors: list[OtpFactor]) -> None:
    text = plain_list(factors)
    assert text.isascii()
    if factors:
        found = detect_and_read(text.encode(), "accounts.txt")
        assert (found.factors, found.problems) == (factors, [])


@settings(deadline=None, max_examples=40)
@given(st.lists(ACCOUNTS, min_size=1, max_size=25))
def test_the_texts_of_the_qr_pages_lose_nothing(factors: list[OtpFactor]) -> None:
    pages = qr_pages(factors)
    assert pages.left_out == []
    found = detect_and_read("\n".join(page.text for page in pages.pages).encode())
    assert found.problems == []
    assert sorted(found.factors, key=repr) == sorted(factors, key=repr)
    assert {f.secret for f in found.factors} == {f.secret for f in factors}
    together = [f for part in found.parts for f in part.factors]
    assert together == [f for f in factors if not cannot_carry(f)]


@pytest.mark.parametrize("armored", [False, True])
def test_an_encrypted_export_loses_nothing(armored: bool) -> None:
    data = encrypted(FACTORS, PASSWORD, armored=armored)
    assert detect_and_read(data).needs_password
    found = detect_and_read(data, "backup.age", PASSWORD)
    assert (found.format, found.factors, found.problems) == ("auto2fa", FACTORS, [])
    with pytest.raises(Auto2faError) as caught:
        detect_and_read(data, "backup.age", "wrong")
    assert caught.value.name == "wrongPassword"


def test_an_encrypted_export_is_a_plain_list_for_the_age_tool() -> None:
    opened = pyrage.passphrase.decrypt(encrypted(FACTORS, PASSWORD), PASSWORD).decode()
    remark, *lines = opened.splitlines()
    assert remark == REMARK
    assert [parse_uri(line) for line in lines] == FACTORS


def test_damaged_and_foreign_age_files_get_a_sentence() -> None:
    identity = pyrage.x25519.Identity.generate()
    with_key = pyrage.encrypt(b"x", [identity.to_public()])
    data = encrypted(FACTORS, PASSWORD)
    # The work factor stands in the header: 2 to the power of 40 would take days.
    endless = re.sub(rb"(-> scrypt \S+) \d+", rb"\1 40", data)
    for broken, words in (
        (with_key, "with a key"),
        (data[:-1], "cut off"),
        (data[:40], "cut off"),
        (endless, "more computing"),
    ):
        with pytest.raises(Auto2faError) as caught:
            detect_and_read(broken, "", PASSWORD)
        assert caught.value.name == "exportBroken"
        assert words in str(caught.value)


def test_an_export_needs_a_password() -> None:
    with pytest.raises(Auto2faError, match="password"):
        encrypted(FACTORS, "")


def read_png(page: QrPage) -> str:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(page.png())) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    return str(found.text)


def test_the_pictures_can_be_read() -> None:
    many = [
        OtpFactor(secret=bytes([n]) * 20, issuer="Issuer AG", name=f"user{n}@x.example") for n in range(12)
    ]
    pages = qr_pages(FACTORS + many).pages
    assert len(pages) == 4  # 15 fit Google's format; a Steam account and a period of 60 s stand alone
    for page in pages:
        assert read_png(page) == page.text
        assert page.svg().startswith("<svg")
        assert "secret" not in repr(page)
    found = detect_and_read("\n".join(page.text for page in pages).encode())
    assert sorted(map(repr, found.factors)) == sorted(map(repr, FACTORS + many))


def test_what_no_code_can_hold_is_said() -> None:
    long = OtpFactor(secret=bytes(1024), issuer="語" * 500, name="名" * 500)
    uri_only = OtpFactor(secret=bytes(1024), name="big", digits=7)
    pages = qr_pages([long, uri_only, FACTORS[0]])
    assert [factor for factor, _ in pages.left_out] == [long]
    assert "too long" in pages.left_out[0][1]
    assert [page.accounts for page in pages.pages] == [["ACME – bob@acme.example"], ["big"]]
    assert read_png(pages.pages[1]) == pages.pages[1].text


def test_the_printed_page_is_safe_and_complete() -> None:
    nasty = OtpFactor(secret=bytes(10), issuer="<script>alert(1)</script>", name='"&')
    long = OtpFactor(secret=bytes(1024), issuer="語" * 500, name="名" * 500)
    page = html(qr_pages([nasty, long, *FACTORS]))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 3
    assert "Not in these codes" in page
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)  # nothing is loaded
    assert "otpauth" not in page
    assert html(qr_pages([])).count("<section") == 0

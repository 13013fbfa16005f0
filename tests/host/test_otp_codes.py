"""Codes against the RFCs' own vectors, and the comparison with an authenticator app's code."""

import subprocess
import sys

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.otp.codes import Comparison, code_at, compare, hotp_at
from auto2fa.otp.factor import Algorithm, OtpFactor

SEED = b"12345678901234567890"
# RFC 6238's appendix B gives one seed, but its vectors (see its errata 2866) use one as long as the hash.
SEEDS: dict[Algorithm, bytes] = {
    "SHA1": SEED,
    "SHA256": (SEED * 2)[:32],
    "SHA512": (SEED * 4)[:64],
}
RFC_4226_D = [
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
]
RFC_6238_B: list[tuple[int, Algorithm, str]] = [
    (59, "SHA1", "94287082"),
    (59, "SHA256", "46119246"),
    (59, "SHA512", "90693936"),
    (1111111109, "SHA1", "07081804"),
    (1111111109, "SHA256", "68084774"),
    (1111111109, "SHA512", "25091201"),
    (1111111111, "SHA1", "14050471"),
    (1111111111, "SHA256", "67062674"),
    (1111111111, "SHA512", "99943326"),
    (1234567890, "SHA1", "89005924"),
    (1234567890, "SHA256", "91819424"),
    (1234567890, "SHA512", "93441116"),
    (2000000000, "SHA1", "69279037"),
    (2000000000, "SHA256", "90698825"),
    (2000000000, "SHA512", "38618901"),
    (20000000000, "SHA1", "65353130"),
    (20000000000, "SHA256", "77737706"),
    (20000000000, "SHA512", "47863826"),
]
NOW = 1_700_000_010.0


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC_4226_D)))
def test_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert hotp_at(OtpFactor(secret=SEED, type="hotp"), counter) == code


@pytest.mark.parametrize(("at", "algorithm", "code"), RFC_6238_B)
def test_rfc_6238_appendix_b(at: int, algorithm: Algorithm, code: str) -> None:
    factor = OtpFactor(secret=SEEDS[algorithm], digits=8, algorithm=algorithm)
    assert code_at(factor, float(at)).code == code


@pytest.mark.parametrize("size", [5, 10, 12, 13, 14, 20, 64, 65, 129, 1024])
def test_secrets_of_every_size_give_the_code_of_the_rfc_by_hand(size: int) -> None:
    import hashlib
    import hmac

    secret = b"\x07" * size
    digest = hmac.new(secret, (5).to_bytes(8, "big"), hashlib.sha1).digest()
    cut = int.from_bytes(digest[digest[-1] & 15 :][:4], "big") & 0x7FFFFFFF
    assert hotp_at(OtpFactor(secret=secret), 5) == f"{cut % 10**6:06d}"


def test_an_80_bit_key_of_a_real_portal_gives_its_known_code() -> None:
    # The widely used example key JBSWY3DPEHPK3PXP ("Hello!" and four bytes).
    factor = OtpFactor(secret=b"Hello!\xde\xad\xbe\xef")
    assert code_at(factor, 0.0).code == "282760"


@pytest.mark.parametrize(
    ("period", "at", "step", "start"),
    [(30, 59.999, 1, 30.0), (30, 60.0, 2, 60.0), (1, 7.5, 7, 7.0), (86_400, 86_399.0, 0, 0.0)],
)
def test_a_code_says_its_step_and_when_it_counts(period: int, at: float, step: int, start: float) -> None:
    timed = code_at(OtpFactor(secret=SEED, period=period), at)
    assert (timed.step, timed.valid_from, timed.valid_until) == (step, start, start + period)
    assert timed.code == hotp_at(OtpFactor(secret=SEED), step)
    assert timed.code not in repr(timed)


@pytest.mark.parametrize("digits", [6, 7, 8, 9, 10])
def test_digits(digits: int) -> None:
    # RFC 4226 appendix D, count 0: the truncated value is 1284755224.
    assert hotp_at(OtpFactor(secret=SEED, type="hotp", digits=digits), 0) == "1284755224"[-digits:]


def test_steam_codes() -> None:
    # The alphabet written out in base 26 from RFC 4226's truncated value 1284755224, last place first.
    value, expected = 1284755224, ""
    for _ in range(5):
        value, place = divmod(value, 26)
        expected += "23456789BCDFGHJKMNPQRTVWXY"[place]
    factor = OtpFactor(secret=SEED, type="steam", digits=5)
    assert code_at(factor, 0.0).code == expected
    assert compare(factor, expected.lower(), 10.0).verdict == "same"


def test_a_counter_has_no_time_and_time_no_year_before_1970() -> None:
    with pytest.raises(Auto2faError, match="counter-based"):
        code_at(OtpFactor(secret=SEED, type="hotp"), NOW)
    with pytest.raises(Auto2faError, match="1970"):
        code_at(OtpFactor(secret=SEED), -1.0)


@pytest.mark.parametrize("steps", range(-20, 21))
def test_a_clock_that_is_off_is_measured(steps: int) -> None:
    factor = OtpFactor(secret=SEED)
    code = code_at(factor, NOW + 30 * steps).code
    expected = Comparison("same") if abs(steps) <= 1 else Comparison("clock", offset_seconds=30 * steps)
    assert compare(factor, code, NOW) == expected


@pytest.mark.parametrize(
    ("period", "steps", "verdict"),
    [
        (30, 21, "different"),
        (30, -21, "different"),
        (120, 5, "clock"),
        (120, 6, "different"),
        (86_400, 1, "same"),
        (86_400, 3, "different"),
        (1, 20, "clock"),
        (1, 21, "different"),
    ],
)
def test_how_far_a_clock_is_searched(period: int, steps: int, verdict: str) -> None:
    factor = OtpFactor(secret=SEED, period=period)
    assert compare(factor, code_at(factor, NOW + steps * period).code, NOW).verdict == verdict


def test_a_code_may_be_written_in_groups_and_in_full_width() -> None:
    factor = OtpFactor(secret=SEED)
    code = code_at(factor, NOW).code
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (f" {code[:3]} {code[3:]} ", f"{code[:3]}-{code[3:]}", wide):
        assert compare(factor, typed, NOW).verdict == "same"
    for typed in ("", code[:-1], code + "0", "abcdef", "é" * 6):
        assert compare(factor, typed, NOW).verdict == "different"


def test_another_factor_is_different() -> None:
    other = code_at(OtpFactor(secret=b"another secret"), NOW).code
    assert compare(OtpFactor(secret=SEED), other, NOW) == Comparison("different")


def test_near_1970_no_step_below_zero_is_tried() -> None:
    factor = OtpFactor(secret=SEED)
    assert compare(factor, code_at(factor, 0.0).code, 10.0).verdict == "same"


@pytest.mark.parametrize(
    ("counter", "verdict"), [(6, "different"), (7, "same"), (8, "same"), (18, "same"), (19, "different")]
)
def test_a_counter_is_looked_for_ahead(counter: int, verdict: str) -> None:
    factor = OtpFactor(secret=SEED, type="hotp", counter=8)
    result = compare(factor, hotp_at(factor, counter), NOW)
    assert result == Comparison(verdict, counter=counter if verdict == "same" else None)  # type: ignore[arg-type]


def test_pyotp_is_not_imported_before_the_first_code() -> None:
    check = (
        "import sys; from auto2fa.otp import codes, factor, keys, uri; "
        "sys.exit(any(m in sys.modules for m in ('pyotp', 'cryptography', 'google')))"
    )
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0

"""Codes: HOTP (RFC 4226), TOTP (RFC 6238) and Steam's, through pyotp."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Literal

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor

if TYPE_CHECKING:
    from pyotp.otp import OTP

SAME_STEPS = 1
"""A phone's code may be one step old by the time it is typed, or new before ours."""
CLOCK_STEPS = 20
CLOCK_SECONDS = 600
"""How far a clock is searched: ten minutes, but never more than 20 steps, because every further step makes a
match by mere chance likelier."""
LOOK_AHEAD = 10
"""How many counters the app may be ahead of us (RFC 4226 section 7.4)."""


@dataclass(frozen=True, slots=True, repr=False)
class TimedCode:
    """A code with its time step and the time in which it counts, in seconds since the Unix epoch."""

    code: str
    step: int
    valid_from: float
    valid_until: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a code from somewhere else says about the factor there.

    ``offset_seconds`` is how far that clock runs ahead (+) or behind (-), to the nearest time step;
    ``counter`` is the HOTP counter that the code belongs to.
    """

    verdict: Literal["same", "clock", "different"]
    offset_seconds: int = 0
    counter: int | None = None


def step_at(factor: OtpFactor, at: float) -> int:
    """The time step (RFC 6238 section 4.2) in which ``at`` lies, seconds since the Unix epoch.

    Raises:
        Auto2faError: ``badNumber`` for a time before 1970.
    """
    step = floor(at / factor.period)
    if step < 0:
        raise Auto2faError("badNumber", detail="This computer's clock stands before the year 1970")
    return step


def code_at(factor: OtpFactor, at: float) -> TimedCode:
    """The code of a time-based factor at ``at``, seconds since the Unix epoch.

    Raises:
        Auto2faError: ``badNumber`` for a time before 1970 or a counter-based factor.
    """
    if factor.type == "hotp":
        raise Auto2faError("badNumber", detail="A counter-based factor has no code of a time")
    step = step_at(factor, at)
    start = float(step * factor.period)
    return TimedCode(_maker(factor).generate_otp(step), step, start, start + factor.period)


def hotp_at(factor: OtpFactor, counter: int) -> str:
    """The code of a counter, or for a time-based factor that of a time step."""
    return _maker(factor).generate_otp(counter)


def compare(factor: OtpFactor, code: str, at: float) -> Comparison:
    """Whether ``code``, shown somewhere else at ``at`` (seconds since the Unix epoch), is of this factor.

    Every candidate is tried whatever matched before, so the time taken tells nothing.
    """
    typed = "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum()).upper().encode()
    if factor.type == "hotp":
        here, near, shifts = factor.counter, LOOK_AHEAD, range(-SAME_STEPS, LOOK_AHEAD + 1)
    else:
        reach = min(CLOCK_STEPS, max(SAME_STEPS + 1, CLOCK_SECONDS // factor.period))
        here, near, shifts = step_at(factor, at), SAME_STEPS, range(-reach, reach + 1)
    maker = _maker(factor)
    matches = [
        shift
        for shift in shifts
        if here + shift >= 0 and hmac.compare_digest(maker.generate_otp(here + shift).encode(), typed)
    ]
    if not matches:
        return Comparison("different")
    shift = min(matches, key=abs)
    if factor.type == "hotp":
        return Comparison("same", counter=here + shift)
    if abs(shift) <= near:
        return Comparison("same")
    return Comparison("clock", offset_seconds=shift * factor.period)


def _maker(factor: OtpFactor) -> OTP:
    import hashlib  # with pyotp 20 ms that only the first code has to pay

    from pyotp.contrib.steam import Steam
    from pyotp.otp import OTP

    # pyotp 2.12 refuses secrets under 112 bits and periods over 120 s, following NIST SP 800-63B-4. That is
    # for whoever hands out a secret; many portals hand out 80 bits, and their users have no other. So the
    # bytes come from here, and the time step is ours too.
    class AnyLength(OTP):
        def byte_secret(self) -> bytes:
            return factor.secret

    class SteamAnyLength(Steam):
        def byte_secret(self) -> bytes:
            return factor.secret

    if factor.type == "steam":
        return SteamAnyLength("")
    return AnyLength("", digits=factor.digits, digest=getattr(hashlib, factor.algorithm.lower()))

"""Verbs of the enrolment: read a key, look at it, keep it pending, prove it."""

from __future__ import annotations

import time
from dataclasses import replace

from auto2fa.errors import Auto2faError
from auto2fa.native.host import Host
from auto2fa.native.messages import (
    AccountIdParams,
    AccountResult,
    EnrolBeginParams,
    EnrolCompare,
    EnrolCompareParams,
    EnrolFromKeyParams,
    Enrolment,
    EnrolPreview,
    HandleOrAccountParams,
    Nothing,
    Share,
)
from auto2fa.native.verbs import shapes
from auto2fa.native.verbs.marks import mark
from auto2fa.otp import base32
from auto2fa.otp.codes import code_at, hotp_at
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.keys import parse_key
from auto2fa.otp.uri import to_uri
from auto2fa.portals import enrolment, release

GROUP = 4
"""A key is read aloud and typed in groups of four."""


def enrol_from_key(host: Host, params: EnrolFromKeyParams) -> Enrolment:
    """Read a typed or pasted key. Raises ``badKey``, ``keyTooShort``, ``badUri``, ``badNumber``."""
    options = params.options
    factor, notes = parse_key(
        params.text,
        type=options.type,
        digits=options.digits,
        period=options.period,
        algorithm=options.algorithm,
        counter=options.counter,
        issuer=options.issuer,
        name=options.name,
    )
    handle, expires_at = host.handles.hold(factor)
    return Enrolment(
        handle=handle,
        factor=shapes.factor(factor),
        expires_at=expires_at,
        notes=notes,
        mark=mark(factor.secret),
    )


def enrol_preview(host: Host, params: HandleOrAccountParams) -> EnrolPreview:
    """A live code of what was read, and whether it is there already."""
    if params.account_id is not None:
        shown = release.show(host.vault, host.vault.index.account(params.account_id))
    elif params.handle is not None:
        shown = _unkept(host.handles.get(params.handle))
    else:
        raise Auto2faError("handleExpired")
    there = host.vault.duplicate_of(shown[0].secret)
    is_other = there is not None and there.id != params.account_id
    return EnrolPreview(live=shapes.live(shown), duplicate_of=there.id if there and is_other else None)


def _unkept(factor: OtpFactor) -> tuple[OtpFactor, str, float, float]:
    now = time.time()
    if factor.type == "hotp":
        return factor, hotp_at(factor, factor.counter), now, now + release.HOTP_SHOWN_S
    made = code_at(factor, now)
    return factor, made.code, made.valid_from, made.valid_until


def enrol_begin(host: Host, params: EnrolBeginParams) -> AccountResult:
    """Keep what was read as a pending account; an earlier one stays in use until this is proven."""
    factor = host.handles.get(params.handle)
    if params.name is not None or params.issuer is not None:
        factor = replace(
            factor,
            name=factor.name if params.name is None else params.name,
            issuer=factor.issuer if params.issuer is None else params.issuer,
        )
    kept = enrolment.keep(
        host.vault,
        factor,
        portal_id=params.portal_id,
        username=params.username,
        replaces=params.replaces,
    )
    host.handles.drop(params.handle)
    return AccountResult(account=shapes.account(kept))


def enrol_share(host: Host, params: AccountIdParams) -> Share:
    """The factor for the user's authenticator app, only while it is pending. Raises ``notPending``."""
    from auto2fa.qr.draw import svg

    factor = enrolment.shareable(host.vault, params.account_id)
    key = base32.encode(factor.secret).rstrip("=")
    return Share(
        svg=svg(to_uri(factor)),
        key=" ".join(key[start : start + GROUP] for start in range(0, len(key), GROUP)),
        factor=shapes.factor(factor),
    )


def enrol_compare(host: Host, params: EnrolCompareParams) -> EnrolCompare:
    """Compare the authenticator app's code with ours."""
    result = enrolment.compare_code(host.vault, params.account_id, params.code)
    return EnrolCompare(verdict=result.verdict, offset_seconds=result.offset_seconds)


def enrol_activate(host: Host, params: AccountIdParams) -> AccountResult:
    """The user says that the portal is set up. Raises ``notProven`` without a compared code."""
    return AccountResult(account=shapes.account(enrolment.activate_compared(host.vault, params.account_id)))


def enrol_cancel(host: Host, params: HandleOrAccountParams) -> Nothing:
    """Give up an enrolment."""
    if params.handle is not None:
        host.handles.drop(params.handle)
    if params.account_id is not None:
        enrolment.cancel(host.vault, params.account_id)
    return Nothing()

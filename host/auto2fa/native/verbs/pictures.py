"""Verbs about pictures: read the QR codes, keep the second factors behind handles."""

from __future__ import annotations

import base64
import binascii

from auto2fa.errors import Auto2faError
from auto2fa.native.host import Host
from auto2fa.native.messages import FoundCode, QrDecode, QrDecodeParams
from auto2fa.native.verbs import shapes
from auto2fa.native.verbs.marks import mark


def picture_bytes(text: str) -> bytes:
    """The bytes of a base64 text, with or without a ``data:`` prefix.

    Raises:
        Auto2faError: ``notAPicture``.
    """
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Auto2faError("notAPicture") from None


def qr_decode(host: Host, params: QrDecodeParams) -> QrDecode:
    """Every QR code in a picture. An empty list means that none was found, which is not an error.

    Raises:
        Auto2faError: ``notAPicture``, ``pictureTooLarge``, ``pictureBroken``.
    """
    return decode(
        host,
        picture_bytes(params.image),
        budget_s=params.budget_ms / 1000,
        first_only=params.first_only,
    )


def decode(host: Host, data: bytes, *, budget_s: float, first_only: bool) -> QrDecode:
    """Read a picture; every second factor in it waits behind a handle."""
    from auto2fa.qr.reader import read

    reading = read(data, budget_s=budget_s, first_only=first_only)
    return QrDecode(
        codes=[
            found
            for code in reading.codes
            for found in _found(host, code.text, [list(corner) for corner in code.corners], code.engine)
        ],
        width=reading.width,
        height=reading.height,
        took_ms=round(reading.took_s * 1000, 2),
        exhausted=reading.exhausted,
    )


def _found(host: Host, text: str, corners: list[list[float]], engine: str) -> list[FoundCode]:
    """One QR code as the extension may see it; an export code holds several accounts."""
    from auto2fa.otp.keys import parse_key
    from auto2fa.otp.uri import parse_uri
    from auto2fa.qr.payload import classify

    payload = classify(text)

    def seen(**more: object) -> FoundCode:
        values: dict[str, object] = {
            "kind": payload.kind,
            "detail": payload.detail or payload.what,
            "mark": mark(text.encode()),
            **more,
        }
        return FoundCode(corners=corners, engine=engine, **values)  # type: ignore[arg-type]

    try:
        if payload.kind == "otpauth":
            factors, detail = [parse_uri(text)], ""
        elif payload.kind == "key":
            factors, detail = [parse_key(text)[0]], ""
        elif payload.kind == "migration":
            from auto2fa.otp.migration import parse_migration

            part = parse_migration(text)
            factors, detail = list(part.factors), f"{part.index + 1}/{part.size}"
        else:
            error = payload.error()
            return [seen(problem=error.name if error else None)]
    except Auto2faError as error:
        return [seen(problem=error.name, detail=error.message)]
    result = []
    for factor in factors:
        handle, expires_at = host.handles.hold(factor)
        result.append(
            seen(
                handle=handle,
                expires_at=expires_at,
                factor=shapes.factor(factor),
                detail=detail,
                mark=mark(factor.secret),
            )
        )
    return result

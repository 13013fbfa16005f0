"""Export as QR codes for authenticator apps: drawn one by one, or as one page to print.

What fits Google Authenticator's format goes there, ten accounts a code. That format has no place for Steam,
odd periods, or seven, nine or ten digits; such accounts get a code of their own, which most other apps read.
What no QR code can hold is left out, and said.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.migration import build_migration, cannot_carry, parse_migration
from auto2fa.otp.uri import to_uri

if TYPE_CHECKING:
    import segno

CAPACITY = 2953
"""Bytes in the largest QR code at the lowest error correction (ISO/IEC 18004, version 40-L)."""
NUMBERING = 64
"""What the number of a part in a large set may add to its address."""
ROBUST = 800
"""Up to this length a code can afford medium error correction; longer ones need larger modules more."""


@dataclass(frozen=True, slots=True)
class QrPage:
    """One code to scan: what it is for, whose accounts it holds, and its text (which is secret)."""

    title: str
    accounts: list[str]
    text: str = field(repr=False)

    def svg(self) -> str:
        """The code as an inline SVG element with a white margin, whatever stands behind it."""
        return str(_code(self.text).svg_inline(scale=1, border=4, dark="#000", light="#fff", omitsize=True))

    def png(self, scale: int = 6) -> bytes:
        """The code as a PNG picture, ``scale`` pixels a module."""
        out = io.BytesIO()
        _code(self.text).save(out, kind="png", scale=scale, border=4, dark="#000", light="#fff")
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class QrPages:
    """All codes of an export, and the accounts that no code can hold with the reason."""

    pages: list[QrPage]
    left_out: list[tuple[OtpFactor, str]]


def qr_pages(factors: Iterable[OtpFactor]) -> QrPages:
    """The codes of an export; every factor is on exactly one page or in ``left_out``."""
    together: list[OtpFactor] = []
    alone: list[tuple[OtpFactor, str]] = []
    left_out: list[tuple[OtpFactor, str]] = []
    for factor in factors:
        reason = cannot_carry(factor)
        if not reason and len(build_migration([factor])[0]) <= CAPACITY - NUMBERING:
            together.append(factor)
        elif len(to_uri(factor)) <= CAPACITY:
            alone.append((factor, reason or "its names are long"))
        else:
            left_out.append((factor, "its names or its secret are too long for a QR code"))
    uris = build_migration(together)
    pages = []
    for number, uri in enumerate(uris, start=1):
        accounts = [_title(f) for f in parse_migration(uri).factors]
        pages.append(QrPage(f"Google Authenticator and others, part {number} of {len(uris)}", accounts, uri))
    for factor, reason in alone:
        title = f"By itself, since it does not fit Google Authenticator's export: {reason}"
        pages.append(QrPage(title, [_title(factor)], to_uri(factor)))
    return QrPages(pages, left_out)


def html(pages: QrPages) -> str:
    """A self-contained page for the browser or the printer, one code a sheet; no script, nothing loaded."""
    sheets = "".join(
        f"<section><h2>{escape(page.title)}</h2>{page.svg()}{_list(page.accounts)}</section>"
        for page in pages.pages
    )
    missing = [f"{_title(factor)}: {reason}" for factor, reason in pages.left_out]
    if missing:
        sheets += f"<section><h2>Not in these codes</h2>{_list(missing)}</section>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{HEADING}</title><style>{STYLE}</style></head><body><h1>{HEADING}</h1>"
        "<p>Whoever scans these codes can make your second factors. Destroy this page when you are done.</p>"
        f"{sheets}</body></html>\n"
    )


HEADING = "Auto 2FA: accounts as QR codes"
STYLE = (
    "body{font:16px/1.4 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#000;"
    "background:#fff}svg{width:100%;max-width:36rem;height:auto;display:block}"
    "section{break-inside:avoid}@media print{section+section{break-before:page}}"
)


def _list(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _title(factor: OtpFactor) -> str:
    return " – ".join(part for part in (factor.issuer, factor.name) if part) or "(no name)"


def _code(text: str) -> segno.QRCode:
    import segno

    return segno.make_qr(text, error="m" if len(text) <= ROBUST else "l", boost_error=False)

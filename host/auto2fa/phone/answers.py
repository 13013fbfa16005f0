"""Answers that look the same for every link: made once, and sent as they are.

What they say depends on the request alone (its method, languages, whether a body follows), never on the link.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from auto2fa.phone import pages

SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
RETRY_S: Final = 30
"""After so long a sender who was held may try some links again."""


def answer(
    status: int, body: bytes, content_type: str = "application/json", *, close: bool = False
) -> Response:
    """Return a response with the headers that all have.

    ``close``: hang up afterwards, since the rest of an upload is not worth reading.
    """
    headers = {**SECURITY_HEADERS, "content-type": content_type}
    if close:
        headers["connection"] = "close"
    return Response(body, status, headers)


def as_json(status: int, value: dict[str, object], *, close: bool = False) -> Response:
    """Return a JSON response."""
    return answer(status, json.dumps(value).encode(), close=close)


@cache
def _asset(asset: pages.Asset, status: int, gzipped: bool, close: bool, retry_s: int) -> Response:
    response = answer(status, asset.gzipped if gzipped else asset.plain, asset.content_type, close=close)
    if gzipped:
        response.headers["content-encoding"] = "gzip"
    response.headers["vary"] = "accept-encoding, accept-language"
    if retry_s:
        response.headers["retry-after"] = str(retry_s)
    return response


def _header(scope: Scope, name: bytes) -> bytes:
    for known, value in scope["headers"]:
        if known == name:
            return bytes(value)
    return b""


def language_of(scope: Scope) -> str:
    """Return the language in which this request is answered."""
    return pages.preferred(_header(scope, b"accept-language")[:500].decode("latin-1"))


def brings_body(scope: Scope) -> bool:
    """Say whether a body follows the request's head."""
    return _header(scope, b"content-length") not in (b"", b"0") or _header(scope, b"transfer-encoding") != b""


def file(
    scope: Scope, asset: pages.Asset, *, status: int = 200, close: bool = False, retry_s: int = 0
) -> Response:
    """Return a page, a script or a style sheet, packed where the request allows it."""
    gzipped = b"gzip" in _header(scope, b"accept-encoding")
    return _asset(asset, status, gzipped, close, retry_s)


def gone(scope: Scope) -> Response:
    """Return the one answer for every link that cannot be used, and every address that is none."""
    return file(scope, pages.page("gone", language_of(scope)), status=404, close=brings_body(scope))


def slower(scope: Scope) -> Response:
    """Return the one answer for a sender who is held: a page where a person looks, else a word."""
    if scope["method"] == "GET" and scope["path"].count("/") == 2:
        page = pages.page("slower", language_of(scope))
        return file(scope, page, status=429, close=brings_body(scope), retry_s=RETRY_S)
    return _slower_word(brings_body(scope))


@cache
def _slower_word(close: bool) -> Response:
    response = as_json(429, {"error": "slower"}, close=close)
    response.headers["retry-after"] = str(RETRY_S)
    return response


@cache
def refused(status: int) -> Response:
    """Return the answer to a request that no honest client sends, or that could not be served."""
    return as_json(status, {"error": "refused"}, close=True)

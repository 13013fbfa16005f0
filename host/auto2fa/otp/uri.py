"""Key URIs: ``otpauth://TYPE/LABEL?PARAMETERS`` (Google Authenticator's wiki, "Key Uri Format")."""

from __future__ import annotations

from typing import get_args
from urllib.parse import quote, unquote, unquote_plus

from auto2fa.errors import Auto2faError
from auto2fa.otp import base32
from auto2fa.otp.factor import STEAM_DIGITS, Algorithm, FactorType, OtpFactor

MAX_URI = 8192
SCHEMES = ("otpauth://", "apple-otpauth://")
STEAM_SCHEME = "steam://"
ALGORITHMS: dict[str, Algorithm] = {
    name: algorithm
    for algorithm in get_args(Algorithm)
    for name in (algorithm, f"SHA-{algorithm[3:]}", f"HMAC{algorithm}", f"HMAC-{algorithm}")
}
"""Every spelling seen in the wild, in capitals."""


def _bad(detail: str) -> Auto2faError:
    return Auto2faError("badUri", detail=detail)


def is_uri(text: str) -> bool:
    """Whether :func:`parse_uri` is the one to ask about ``text``."""
    return text.strip().lower().startswith((*SCHEMES, STEAM_SCHEME))


def parse_uri(text: str) -> OtpFactor:
    """The factor of a Key URI, or of Steam's ``steam://SECRET``; unknown parameters are left out.

    Raises:
        Auto2faError: ``badUri`` with what is wrong, ``keyTooShort``.
    """
    text = text.strip()
    if len(text) > MAX_URI:
        raise _bad("it is too long")
    if text.lower().startswith(STEAM_SCHEME):
        key = text[len(STEAM_SCHEME) :].strip("/")
        return _factor(secret=_secret(unquote(key)), issuer="Steam", type="steam", digits=STEAM_DIGITS)
    scheme = next((s for s in SCHEMES if text.lower().startswith(s)), None)
    if scheme is None:
        raise _bad("it does not begin with otpauth://")
    path, _, query = text[len(scheme) :].partition("?")
    kind, _, label = path.partition("/")
    parameters = _parameters(query)
    if "secret" not in parameters:
        raise _bad("the secret is missing")
    issuer, name = split_label(label, parameters.get("issuer"))
    factor_type = _type(kind, issuer, parameters)
    steam = factor_type == "steam"
    return _factor(
        secret=_secret(parameters["secret"]),
        issuer=issuer,
        name=name,
        type=factor_type,
        digits=STEAM_DIGITS if steam else _number(parameters, "digits", 6),
        period=30 if factor_type == "hotp" else _number(parameters, "period", 30),
        algorithm="SHA1" if steam else _algorithm(parameters.get("algorithm", "")),
        counter=_number(parameters, "counter", 0) if factor_type == "hotp" else 0,
    )


def to_uri(factor: OtpFactor) -> str:
    """The standard Key URI of a factor; :func:`parse_uri` gives the very same factor back."""
    parameters = {"secret": base32.encode(factor.secret)}
    if factor.issuer or ":" in factor.name:
        # An issuer that is there but empty says that a colon in the label belongs to the name.
        parameters["issuer"] = factor.issuer
    if factor.type == "steam":
        parameters["encoder"] = "steam"
    parameters |= {"algorithm": factor.algorithm, "digits": str(factor.digits)}
    if factor.type == "hotp":
        parameters["counter"] = str(factor.counter)
    else:
        parameters["period"] = str(factor.period)
    kind = "hotp" if factor.type == "hotp" else "totp"
    label = ":".join(quote(part, safe="@") for part in (factor.issuer, factor.name) if part)
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in parameters.items())
    return f"otpauth://{kind}/{label}?{query}"


def split_label(label: str, issuer_parameter: str | None) -> tuple[str, str]:
    """Issuer and account name of a percent-encoded label.

    The ``issuer`` parameter wins over the label's prefix, since apps trust it. A literal colon separates
    before an encoded one does, so that an issuer may hold a colon (``A%3AB:name``).
    """
    text = unquote(label)
    if issuer_parameter:
        issuer = issuer_parameter.strip()
        for candidate in (text, unquote_plus(label)):  # "+" means a blank only where the parameter proves it
            head, colon, tail = (candidate[: len(issuer)], *_cut(candidate[len(issuer) :]))
            if head.casefold() == issuer.casefold():
                if colon:
                    return issuer, tail.strip()
                if not tail:
                    return issuer, ""
    if ":" in label:
        prefix, _, name = label.partition(":")
        prefix, name = unquote(prefix), unquote(name)
    elif ":" in text and issuer_parameter != "":
        prefix, _, name = text.partition(":")
    else:
        prefix, name = "", text
    return (issuer_parameter or prefix).strip(), name.strip()


def _cut(rest: str) -> tuple[str, str]:
    """The colon (if ``rest`` begins with one, blanks before it allowed) and what follows."""
    after = rest.lstrip()
    return (":", after[1:]) if after.startswith(":") else ("", rest)


def _parameters(query: str) -> dict[str, str]:
    """Parameters by lower-case name; ``&amp;`` comes from addresses copied out of a page's source."""
    found: dict[str, str] = {}
    for pair in query.replace("&amp;", "&").split("&"):
        key, equals, value = pair.partition("=")
        key, value = unquote(key).strip().lower(), unquote_plus(value)
        if not equals:
            continue
        if found.setdefault(key, value) != value and key == "secret":
            raise _bad("it holds two different secrets")
    return found


def _type(kind: str, issuer: str, parameters: dict[str, str]) -> FactorType:
    kind = unquote(kind).lower()
    if kind not in ("totp", "hotp", "steam"):
        raise _bad(f"its type is “{kind[:20]}”, not totp or hotp")
    # Five digits with the issuer Steam is how apps without the encoder parameter write it.
    written_plainly = issuer.casefold() == "steam" and parameters.get("digits", "").strip() == "5"
    if kind != "hotp" and (
        kind == "steam" or parameters.get("encoder", "").strip().lower() == "steam" or written_plainly
    ):
        return "steam"
    return "hotp" if kind == "hotp" else "totp"


def _secret(text: str) -> bytes:
    try:
        secret = base32.decode(text)
    except base32.WrongCharacterError as error:
        raise _bad(f"character {error.position} of its secret is “{error.found}”, not base32") from None
    if not secret:
        raise _bad("the secret is missing")
    return secret


def _number(parameters: dict[str, str], key: str, default: int) -> int:
    text = parameters.get(key, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise _bad(f"“{key}” is not a number")
    return int(text)


def algorithm_named(text: str) -> Algorithm | None:
    """The hash in whatever spelling; SHA-1 when nothing is said, ``None`` when it is not known."""
    name = text.strip().upper().replace("_", "-").replace("HMAC-SHA-", "HMAC-SHA")
    return ALGORITHMS.get(name) if name else "SHA1"


def _algorithm(text: str) -> Algorithm:
    found = algorithm_named(text)
    if found is None:
        raise _bad(f"the hash “{text.strip()[:20]}” is not known")
    return found


def _factor(
    *,
    secret: bytes,
    issuer: str = "",
    name: str = "",
    type: FactorType = "totp",
    digits: int = 6,
    period: int = 30,
    algorithm: Algorithm = "SHA1",
    counter: int = 0,
) -> OtpFactor:
    try:
        return OtpFactor(
            secret=secret,
            issuer=issuer,
            name=name,
            type=type,
            digits=digits,
            period=period,
            algorithm=algorithm,
            counter=counter,
        )
    except Auto2faError as error:
        if error.name != "badNumber":
            raise
        raise _bad(str(error.params["detail"])) from None

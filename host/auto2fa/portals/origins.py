"""Web origins: what the user typed becomes an exact origin (RFC 6454, 6.2), and which ones may get a code."""

from __future__ import annotations

import contextlib
import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auto2fa.errors import Auto2faError

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

DEFAULT_PORTS = {"https": 443, "http": 80}
LONGEST_HOST = 253


def origin_of(url: str) -> str:
    """The origin of what a person calls a site's address: ``portal.example``, a full URL, an origin.

    Raises:
        Auto2faError: ``badUrl``.
    """
    text = url.strip()
    if "://" not in text:
        text = f"{'http' if is_loopback_host(_bare_host(text)) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Auto2faError("badUrl", url=url[:80]) from None
    if parts.scheme not in DEFAULT_PORTS or not host or parts.username is not None:
        raise Auto2faError("badUrl", url=url[:80])
    host = _ascii_host(host, url)
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def _bare_host(text: str) -> str:
    rest = text.split("/", 1)[0]
    if rest.startswith("["):
        return rest[1:].split("]", 1)[0]
    return rest.rsplit(":", 1)[0] if ":" in rest else rest


def _ascii_host(host: str, url: str) -> str:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError:
            raise Auto2faError("badUrl", url=url[:80]) from None
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Auto2faError("badUrl", url=url[:80]) from None
    labels = ascii_host.rstrip(".").split(".")
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    if len(ascii_host) > LONGEST_HOST or any(not label or set(label) - allowed for label in labels):
        raise Auto2faError("badUrl", url=url[:80])
    return ascii_host


def host_of(origin: str) -> str:
    """The host of an origin, without brackets."""
    return urlsplit(origin).hostname or ""


def is_loopback_host(host: str) -> bool:
    """127.0.0.0/8, ::1, localhost and *.localhost (RFC 6761, 6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_secure(origin: str) -> bool:
    """May a code be given to this origin? https, or this very computer."""
    return origin.startswith("https://") or (
        origin.startswith("http://") and is_loopback_host(host_of(origin))
    )


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=False)


def site_of(origin: str) -> str:
    """The registrable domain by the Public Suffix List, private section included; else the host itself."""
    host = host_of(origin)
    if is_loopback_host(host) or ":" in host or host.replace(".", "").isdigit():
        return host
    return _suffixes().privatesuffix(host) or host


def display_name(origin: str) -> str:
    """A first name for a portal: its host without ``www.``, readable (not punycode)."""
    host = host_of(origin).removeprefix("www.")
    with contextlib.suppress(UnicodeError):
        host = host.encode("ascii").decode("idna")
    port = urlsplit(origin).port
    return f"{host}:{port}" if port else host

"""The phone's page and its files, read once and kept in memory, in each language."""

from __future__ import annotations

import gzip
import json
import mimetypes
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import jinja2
from markupsafe import Markup

LANGUAGES: Final = ("en", "de")
_ROOT = files("auto2fa.phone")
mimetypes.add_type("text/javascript", ".js")


class Asset(NamedTuple):
    """A file as it is sent."""

    content_type: str
    plain: bytes
    gzipped: bytes


@cache
def words() -> dict[str, dict[str, str]]:
    """Return every visible text by language and name."""
    found: dict[str, dict[str, str]] = json.loads((_ROOT / "words.json").read_text("utf-8"))
    return found


def _asset(content_type: str, plain: bytes) -> Asset:
    return Asset(content_type, plain, gzip.compress(plain, 6, mtime=0))


@cache
def assets() -> dict[str, Asset]:
    """Return the style sheet and scripts by their path below ``s/``."""
    static = _ROOT / "static"
    names = ["phone.css", "icon.svg", "phone.js", "seal.js", "shrink.js", "wire.js"]
    for package in ("noble-ciphers", "noble-hashes"):
        folder = static / "vendor" / package
        names += [f"vendor/{package}/{item.name}" for item in folder.iterdir() if item.name.endswith(".js")]
    found = {}
    for name in names:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found[name] = _asset(f"{kind}; charset=utf-8", static.joinpath(name).read_bytes())
    return found


@cache
def page(name: str, language: str) -> Asset:
    """Return a page in a language: ``phone``, or one that only says why not (``gone``, ``slower``)."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    file = "phone" if name == "phone" else "stop"
    template = environment.from_string((_ROOT / "static" / f"{file}.html").read_text("utf-8"))
    texts = words()[language]
    # "<" escaped, so that no text can end the data block.
    data = Markup(json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
    said = {"title": texts.get(f"{name}_title"), "text": texts.get(f"{name}_text")}
    return _asset(
        "text/html; charset=utf-8", template.render(w=texts, language=language, data=data, **said).encode()
    )


@lru_cache(256)
def preferred(accept_language: str) -> str:
    """Return the first language of the header (RFC 9110 section 12.5.4) that is there, else English."""
    ranked: list[tuple[float, str]] = []
    for item in accept_language.split(","):
        tag, _, quality = item.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        ranked.append((weight, tag.partition("-")[0].lower()))
    for weight, language in sorted(ranked, key=lambda pair: -pair[0]):
        if weight > 0 and language in LANGUAGES:
            return language
    return LANGUAGES[0]

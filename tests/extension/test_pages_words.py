"""Words and modules of our pages: complete in both languages, none missing, none idle."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from auto2fa.errors import ERRORS

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
PLACE = re.compile(r"\{(\w+)\}")
SOURCES = "\n".join(
    path.read_text() for path in EXTENSION.rglob("*") if path.suffix in {".js", ".html"} and path.is_file()
)
MADE_UP = re.compile(
    r"^(error|sign|kind|why|code|place|app|state|type|outcome|attention|phone|note|notify|set)_|^ext|^way"
)
"""Keys that the code puts together from a name."""


def words(language: str) -> dict[str, str]:
    entries = json.loads((EXTENSION / "_locales" / language / "messages.json").read_text())
    return {key: entry["message"] for key, entry in entries.items()}


def test_both_languages_say_the_same_things() -> None:
    english, german = words("en"), words("de")
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert german[key].strip(), key
        assert set(PLACE.findall(text)) == set(PLACE.findall(german[key])), key


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_of_the_host_has_words(name: str) -> None:
    english = words("en")
    assert english[f"error_{name}"] == ERRORS[name].message
    assert english[f"error_{name}_next"] == ERRORS[name].next


def test_every_key_that_is_asked_for_exists() -> None:
    known = words("en")
    asked = set(re.findall(r'\bt\(\s*"(\w+)"', SOURCES)) | set(
        re.findall(r'data-i18n(?:-\w+)?="(\w+)"', SOURCES)
    )
    counted = set(re.findall(r'\bplural\(\s*"(\w+)"', SOURCES))
    named = set(re.findall(r'\bnamed\(\s*"(\w+)"', SOURCES))
    missing = {key for key in asked if key not in known}
    missing |= {key for key in counted if f"{key}_one" not in known or f"{key}_other" not in known}
    missing |= {key for key in named if f"error_{key}" not in known}
    assert not missing


def test_no_key_is_idle() -> None:
    manifests = "\n".join(path.read_text() for path in (EXTENSION.parent / "manifest").glob("*.json"))
    used = set(re.findall(r'"(\w+)"', SOURCES)) | set(re.findall(r"__MSG_(\w+)__", manifests))
    idle = [
        key
        for key in words("en")
        if key not in used and re.sub(r"_(one|other)$", "", key) not in used and not MADE_UP.search(key)
    ]
    assert not idle


def test_every_sign_of_a_verdict_has_words() -> None:
    known = words("en")
    table = (EXTENSION / "content" / "signs.js").read_text()
    signs = re.findall(r"^    (\w+): \{ weight:", table, re.MULTILINE)
    assert len(signs) > 50
    family = re.compile(r"^(name|label|near|sent|masked)(?=[A-Z])")
    assert not [
        sign
        for sign in signs
        if f"sign_{sign}" not in known and not ((found := family.match(sign)) and f"sign_{found[1]}" in known)
    ]


@pytest.mark.parametrize("page", ["popup/popup", "portals/portals"])
def test_a_page_names_all_its_modules_at_once(page: str) -> None:
    """Else the browser finds them one after another, and the popup opens late."""
    html = EXTENSION / "pages" / f"{page}.html"
    found: set[Path] = set()

    def follow(script: Path) -> None:
        for name in re.findall(r'^import [^;]*?from "([^"]+)"', script.read_text(), re.MULTILINE):
            module = Path(os.path.normpath(script.parent / name))
            if module not in found:
                found.add(module)
                follow(module)

    follow(html.with_suffix(".js"))
    named = re.findall(r'rel="modulepreload" href="([^"]+)"', html.read_text())
    assert {Path(os.path.normpath(html.parent / name)) for name in named} == found

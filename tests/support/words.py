"""The extension's own words, so that tests press the buttons that people read."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).resolve().parents[2] / "extension" / "_locales"


@cache
def _messages(language: str) -> dict[str, dict[str, str]]:
    messages: dict[str, dict[str, str]] = json.loads(
        (LOCALES / language / "messages.json").read_text("utf-8")
    )
    return messages


def word(key: str, language: str = "en", **params: str) -> str:
    """A text of the extension with its parameters filled in."""
    text = _messages(language)[key]["message"]
    for name, value in params.items():
        text = text.replace(f"{{{name}}}", value)
    return text

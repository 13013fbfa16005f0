"""Words and phrases in eighteen languages, as portals put them: what they are taken to mean (``corpus/*.txt``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from extension.content_browser import ContentBrowser
from extension.corpus_html import cases
from extension.corpus_run import judge, rules

HERE = Path(__file__).parent / "corpus"
KINDS = {
    "app": "totp_prompt",
    "combined": "combined",
    "sms": "sms_prompt",
    "email": "email_prompt",
    "recovery": "backup_code_prompt",
    "setup": "totp_enrol",
}
SAME = {"app": ["app", "appThing"]}
"""An app that is named no further counts for less, but is one."""

UNREAD = {
    "OTP-Generator", "zweiter Authentifizierungsfaktor", "zweiten Anmeldefaktor", "Enregistrer", "doppia autenticazione",
    "app on your mobile device shows",
}  # fmt: skip
WRONG_KINDS = {
    "en/app/31",  # "Sudo mode" and an authentication code: one word short
    "de/app/25",  # "OTP", and a one-time password "in addition"
    "sv/email/9",  # told from a text message by the verb alone
}

WRONG_WAYS = {
    "en/recovery/2",  # "Use a recovery code to sign in" over a field for an "authentication code" reads like a link
}


@pytest.fixture(scope="module")
def page(browser: ContentBrowser) -> Iterator[Page]:
    opened = rules(browser)
    yield opened
    opened.close()


def test_vocabulary(page: Page) -> None:
    unread: dict[str, list[str]] = {}
    for line in (HERE / "vocabulary.txt").read_text("utf-8").splitlines():
        found = re.fullmatch(r"(\w+)\.(\w+): (.+)", line)
        if not found:
            continue
        language, category, phrases = found.groups()
        missed = page.evaluate(
            "([phrases, wanted]) => phrases.filter((each) => {"
            "  const read = globalThis.auto2fa.meaning.read(each);"
            "  return !wanted.some((category) => read.has(category));"
            "})",
            [phrases.split("|"), SAME.get(category, [category])],
        )
        if set(missed) - UNREAD:
            unread[f"{language}.{category}"] = missed
    assert not unread


def phrases(file: str) -> list[dict[str, Any]]:
    """Facts about a page for each line."""
    facts: list[dict[str, Any]] = []
    language, number = "", 0
    for line in (HERE / file).read_text("utf-8").splitlines():
        if line.startswith("["):
            language, number = line.strip("[]"), 0
        elif line and not line.startswith("#"):
            kind, heading, description, label = (part.strip() for part in line.split("|"))
            number += 1
            field = {"type": "text", "name": "value", "id": "field1", "label": label}
            facts.append(
                {
                    "id": f"{language}/{kind}/{number}",
                    "product": "Portal",
                    "lang": language,
                    "kind": KINDS.get(kind, "negative"),
                    "negative_type": "" if kind == "negative" else kind,
                    "heading": heading,
                    "description": description,
                    "inputs": [{**field, "is_target": kind in {"app", "combined", "setup"}}],
                }
            )
    return facts


@pytest.mark.timeout(180)
def test_phrases(browser: ContentBrowser) -> None:
    summary = judge(browser, list(cases(phrases("phrases.txt"))))
    assert len(summary.results) > 400
    assert not summary.wrong_fills, summary.text("phrases.txt")
    assert {each.split(" ")[0] for each in summary.wrong_kinds} <= WRONG_KINDS, summary.text("phrases.txt")


@pytest.mark.timeout(120)
def test_other_ways(browser: ContentBrowser) -> None:
    """What a page asks for, on pages that offer other ways beside it."""
    summary = judge(browser, list(cases(phrases("ways.txt"))))
    assert len(summary.results) > 100
    assert not summary.missed, summary.text("ways.txt")
    assert set(summary.wrong_fills) <= WRONG_WAYS, summary.text("ways.txt")
    assert {each.split(" ")[0] for each in summary.wrong_kinds} <= WRONG_WAYS, summary.text("ways.txt")

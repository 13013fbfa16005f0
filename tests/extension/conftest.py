"""One browser with the shipped content scripts per test file, and a fresh page per test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from extension.content_browser import ContentBrowser, content_browser


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[ContentBrowser]:
    with tempfile.TemporaryDirectory() as folder, content_browser(Path(folder), playwright) as started:
        yield started


@pytest.fixture
def page(browser: ContentBrowser) -> Iterator[Page]:
    opened = browser.page()
    yield opened
    opened.close()
    browser.set(settings={"chooseMethod": False}, taught={"here": [], "nothere": []})
    browser.take()

"""Prompts in every shape of page: rendered, looked at and filled in a real browser (``corpus/shapes.html``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from extension.content_browser import ContentBrowser
from extension.corpus_run import CODE, FILLED_KINDS

FILE = Path(__file__).parent / "corpus" / "shapes.html"
HOST = "https://shapes.test"
VALUES = """() => {
  const found = [];
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.tagName === "INPUT" && !each.readOnly && /^[0-9]+$/.test(each.value)) found.push([each.id, each.value]);
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""


def shapes() -> dict[str, tuple[str, str]]:
    """Name of each page: its body, and what is to be filled."""
    parts = re.split(r"^<!--# (.+) = (\S+) -->$", FILE.read_text("utf-8"), flags=re.MULTILINE)
    return {name: (body, wanted) for name, wanted, body in zip(*[iter(parts[1:])] * 3, strict=True)}


SHAPES = shapes()


@pytest.fixture(scope="module")
def page(browser: ContentBrowser) -> Iterator[Page]:
    opened = browser.page()
    yield opened
    opened.close()


def show(page: Page, body: str) -> str:
    """Opens a page; returns its address."""
    page.unroute_all()
    html = f"<!doctype html><meta charset=utf-8><title>Portal</title><style>body{{font:16px sans-serif}}</style>{body}"
    page.route(f"{HOST}/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"{HOST}/p")
    return f"{HOST}/p"


def seen(browser: ContentBrowser, url: str) -> dict[str, Any]:
    looked: dict[str, Any] = browser.worker.evaluate("(url) => stub.look(url)", url)
    return looked


@pytest.mark.parametrize("name", SHAPES)
def test_shape(browser: ContentBrowser, page: Page, name: str) -> None:
    body, wanted = SHAPES[name]
    url = show(page, body)
    for _ in range(20):
        looked = seen(browser, url)
        prompt = looked["state"]["prompt"]
        if prompt or wanted == "-":
            break
        page.wait_for_timeout(50)  # An animation may not have begun.
    browser.take()
    if wanted == "-":
        assert not prompt or prompt["kind"] not in FILLED_KINDS, looked["why"]
        return
    assert prompt, looked["why"]
    if wanted == "closed":
        assert prompt["kind"] == "app"
        assert browser.fill(prompt, CODE)["readBack"] == CODE
        return
    kind, _, ids = wanted.partition(":")
    assert prompt["kind"] == kind, looked["why"]
    if kind == "passwordAppend":
        return
    browser.fill(prompt, CODE)
    # A generated id may itself hold a colon.
    assert [each for each, _ in page.evaluate(VALUES)] == ids.split(","), looked["why"]
    assert "".join(value for _, value in page.evaluate(VALUES)) == CODE


def test_taught_field_among_many(browser: ContentBrowser, page: Page) -> None:
    """A field that says nothing of a code, on a page of hundreds: found again by what the user taught."""
    many = "".join(f"<p><label>Field {i} <input name=f{i}></label></p>" for i in range(300))
    mark = {"name": "f#", "id": "", "type": "text", "autocomplete": "", "boxes": 0, "path": "/p"}
    browser.set(taught={"here": [{**mark, "label": "field 123"}], "nothere": []})
    try:
        looked = seen(browser, show(page, many))
        prompt = looked["state"]["prompt"]
        assert prompt, looked["why"]
        assert prompt["kind"] == "app"
        browser.fill(prompt, CODE)
        assert page.evaluate("document.querySelector('[name=f123]').value") == CODE
    finally:
        browser.set(taught={"here": [], "nothere": []})
        browser.take()

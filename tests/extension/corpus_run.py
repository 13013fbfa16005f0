"""Runs the shipped content scripts over a set of pages and sums up what they got right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from extension.content_browser import EXTENSION, PLAIN, ContentBrowser
from extension.corpus_html import INSERTED_MS, Case, document, qr_svg

FILLED_KINDS = {"app", "combined", "setup"}
CODE = "482913"
LOOK = """async ([html, inserted]) => {
  document.open();
  document.write(html);
  document.close();
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  while (inserted && !document.getElementById("app").firstChild) await new Promise((done) => setTimeout(done, 2));
  const { dom, page } = globalThis.auto2fa;
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) {
        dom.addShadowRoot(each.shadowRoot);
        walk(each.shadowRoot);
      }
    }
  };
  walk(document);
  const { best, verdicts } = page.look(() => null);
  const index = (input) => Number(input.dataset.corpus);
  return {
    best: best && { kind: best.kind, inputs: best.field.inputs.map(index) },
    why: verdicts.map(({ label, kind, score, evidence }) => ({ label, verdict: kind, score, evidence })),
  };
}"""
HOST = "https://corpus.test"
RULES = {"text", "words", "meaning", "asked", "dom", "signs", "fields", "kinds", "verdict", "page"}
"""Content scripts that only read the page."""


@dataclass
class Result:
    """What happened on one page."""

    case: Case
    kind: str
    kinds: list[str]
    right_field: bool
    wrong_fill: bool
    why: list[dict[str, Any]]

    @property
    def right_kind(self) -> bool:
        expected = self.case.expected
        if expected in {"other", "none"}:
            return not (set(self.kinds) & (FILLED_KINDS | {"passwordAppend"}))
        if expected == "combined":
            # Where the page does not say that it takes a recovery code as well, "app" is what can be known.
            return self.kind in {"app", "combined"}
        if self.case.takes_code:
            return self.kind == expected
        return expected in self.kinds and self.kind not in FILLED_KINDS


@dataclass
class Summary:
    """Figures over a set."""

    results: list[Result] = field(default_factory=list)

    @property
    def prompts(self) -> list[Result]:
        return [each for each in self.results if each.case.takes_code]

    @property
    def missed(self) -> list[str]:
        return [each.case.id for each in self.prompts if not each.right_field]

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / max(1, len(self.prompts))

    @property
    def wrong_fills(self) -> list[str]:
        return [each.case.id for each in self.results if each.wrong_fill]

    @property
    def wrong_kinds(self) -> list[str]:
        return [
            f"{each.case.id} ({each.case.expected} → {each.kind})"
            for each in self.results
            if not each.right_kind
        ]

    @property
    def kinds(self) -> float:
        return 1 - len(self.wrong_kinds) / max(1, len(self.results))

    def text(self, title: str) -> str:
        return (
            f"\n{title}: {len(self.results)} pages, {len(self.prompts)} app prompts\n"
            f"  right field {self.recall:.1%} (missed {len(self.missed)}), wrong fills {len(self.wrong_fills)}, "
            f"kinds right {self.kinds:.1%}\n"
            f"  missed: {', '.join(self.missed) or 'none'}\n"
            f"  wrong fills: {', '.join(self.wrong_fills) or 'none'}\n"
            f"  wrong kinds: {', '.join(self.wrong_kinds) or 'none'}\n"
        )


def load(path: Path) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return pages


def run(browser: ContentBrowser, cases: Iterable[Case]) -> Summary:
    """Every page loaded, looked at, and filled as the product would fill it; the page's own inputs are read."""
    page = browser.page()
    served: dict[str, str] = {}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path == "/picture.svg":
            route.fulfill(content_type="image/svg+xml", body=qr_svg())
        else:
            route.fulfill(content_type="text/html; charset=utf-8", body=served.get(path, "<!doctype html>"))

    page.route(f"{HOST}/**", answer)
    summary = Summary()
    for number, case in enumerate(cases):
        # The address must not give the answer away.
        path = f"/p/{number}"
        if case.facts.get("iframe") and case.facts["inputs"]:
            served[path] = (
                f"<!doctype html><title>x</title><iframe src='/q/{number}' width=700 height=900></iframe>"
            )
            served[f"/q/{number}"] = document(case.facts)
            path_inside = f"/q/{number}"
        else:
            served[path] = document(case.facts)
            path_inside = path
        page.goto(f"{HOST}{path}", wait_until="load")
        if case.facts.get("inserted_by_js"):
            page.wait_for_timeout(INSERTED_MS + 20)
        inside = next((each for each in page.frames if each.url.endswith(path_inside)), page.main_frame)
        seen = browser.worker.evaluate("(url) => stub.look(url)", f"{HOST}{path_inside}")
        prompt = seen["state"]["prompt"] if seen["state"] else None
        kind = prompt["kind"] if prompt else "none"
        filled: list[int] = []
        if prompt and kind in FILLED_KINDS:
            digits = len(CODE)
            if prompt["segmented"]:
                digits = prompt["digits"]
            browser.send(
                {
                    "type": "fill",
                    "promptId": prompt["id"],
                    "code": (CODE * 2)[:digits],
                    "submit": False,
                    "remember": False,
                },
                seen["frameId"],
            )
            filled = inside.evaluate(
                """() => {
                  const found = [];
                  const walk = (root) => {
                    for (const each of root.querySelectorAll("*")) {
                      const own = each.tagName === "INPUT" && each.dataset.corpus !== undefined;
                      const open = own && !each.readOnly && !each.disabled;
                      if (open && /^[0-9]+$/.test(each.value)) found.push(Number(each.dataset.corpus));
                      if (each.shadowRoot) walk(each.shadowRoot);
                    }
                  };
                  walk(document);
                  return found;
                }"""
            )
        summary.results.append(result(case, kind, filled, seen["why"]))
        browser.take()
        served.clear()
    page.close()
    return summary


def result(case: Case, kind: str, filled: list[int], why: list[dict[str, Any]]) -> Result:
    targets = {
        index
        for index, each in enumerate(case.facts["inputs"])
        if each.get("is_target") and not each.get("initially_hidden")
    }
    right = bool(filled) and set(filled) <= targets
    wrong = bool(filled) and not right
    if case.takes_code and kind == "setup" and case.expected != "setup":
        wrong = True
    return Result(case, kind, [each["verdict"] for each in why] or ["none"], right, wrong, why)


def rules(browser: ContentBrowser) -> Page:
    """A page with the shipped rules in its own world, without what watches and fills."""
    page = browser.page()
    page.route(
        f"{PLAIN}/picture.svg", lambda route: route.fulfill(content_type="image/svg+xml", body=qr_svg())
    )
    page.route(f"{PLAIN}/p", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.goto(f"{PLAIN}/p")
    for script in json.loads((EXTENSION / "content" / "files.json").read_text("utf-8")):
        if Path(script).stem in RULES:
            page.evaluate(f"() => {{ {(EXTENSION / script).read_text('utf-8')} }}")
    return page


def judge(browser: ContentBrowser, cases: Iterable[Case]) -> Summary:
    """Every page looked at by the shipped rules, several times quicker than ``run``: all pages in one document, with
    the scripts in the page's own world and nothing filled. What would be filled counts as filled."""
    page = rules(browser)
    summary = Summary()
    for case in cases:
        seen = page.evaluate(LOOK, [document(case.facts), bool(case.facts.get("inserted_by_js"))])
        kind = seen["best"]["kind"] if seen["best"] else "none"
        filled = seen["best"]["inputs"] if kind in FILLED_KINDS else []
        summary.results.append(result(case, kind, filled, seen["why"]))
    page.close()
    return summary

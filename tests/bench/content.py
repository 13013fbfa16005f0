"""What the content scripts cost a page, with and without them, in one run; and how fast a prompt is noticed.

Run: ``python tests/bench/content.py``. Pages with and without the scripts alternate in one browser. Costs are CPU
time of the renderer's main thread from Chromium's own trace, so that other programs on the machine do not count:
the whole of it, and the part that is ours (evaluating and compiling our scripts, and calls into them, with the
layout that they force). The difference of two whole runs is noise of many milliseconds: the part that is ours is
the figure to go by.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, Route

from extension.content_browser import PLAIN, ContentBrowser, content_browser

LOADS = 5
STORMS = 3
PROMPTS = 40
NOTICED_WITHIN_MS = 500
HOST = "https://bench.test"
CATEGORIES = "devtools.timeline,v8,toplevel"
TASK = "ThreadControllerImpl::RunTask"

BIG = (
    "<!doctype html><meta charset=utf-8><title>Invoices</title><body>"
    + "".join(
        f"<div><p>Row {n} <span>of</span> <b>many</b></p>"
        + ("<label>Amount <input type=text name=amount></label>" if n % 8 == 0 else "<i>x</i>")
        + "</div>"
        for n in range(4000)
    )
    + "</body>"
)
LOGIN = (
    "<!doctype html><meta charset=utf-8><title>Sign in</title><h1>Two-factor authentication</h1>"
    "<p>Enter the code from your authenticator app.</p>"
    "<form><label>Code <input name=otp></label><button>Verify</button></form>"
)
EMPTY = "<!doctype html><meta charset=utf-8><title>Portal</title><body><div id=app></div></body>"
STORM = """() => new Promise((done) => {
  let n = 0;
  const step = () => {
    for (let i = 0; i < 50; i++, n++) {
      const row = document.createElement("div");
      row.innerHTML = `<span>Row ${n}</span> <input type=text name=amount>`;
      document.body.append(row);
    }
    if (n < 5000) requestAnimationFrame(step); else setTimeout(done, 500);
  };
  step();
})"""
SHOW = """() => new Promise((done) => requestAnimationFrame(() => {
  const at = performance.timeOrigin + performance.now();
  document.getElementById("app").innerHTML = "<dialog open><h2>Two-factor authentication</h2><p>Code from your authenticator app</p><form><label>Code <input name=otp></label><button>Verify</button></form></dialog>";
  done(at);
}))"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time of the renderer's main thread, in milliseconds: all of it, and the part that is ours."""

    whole: float
    ours: float


def prepared(browser: ContentBrowser) -> Page:
    page = browser.page()
    bodies = {"/big": BIG, "/empty": EMPTY, "/login": LOGIN}

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=bodies.get(urlsplit(route.request.url).path, EMPTY))

    for origin in (HOST, PLAIN):
        page.route(f"{origin}/*", answer)
    return page


def cost_of(events: list[dict[str, Any]]) -> Cost:
    """Adds up a trace. Events of ours may lie within one another: only the outermost of them counts."""
    renderers = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [event for event in events if event["name"] == TASK and event["ph"] == "X"]
    busiest: dict[tuple[int, int], float] = {}
    ours: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    for event in tasks:
        thread = (event["pid"], event["tid"])
        if thread in renderers:
            busiest[thread] = busiest.get(thread, 0) + event.get("tdur", 0)
    for event in events:
        data = event.get("args", {}).get("data") or {}
        url = str(data.get("url") or data.get("fileName") or "")
        if event["ph"] == "X" and url.startswith("chrome-extension://") and "/content/" in url:
            ours.setdefault((event["pid"], event["tid"]), []).append(
                (event["ts"], event["ts"] + event["dur"], event.get("tdur", 0))
            )
    main = max(busiest, key=lambda thread: busiest[thread])
    mine, last = 0.0, 0.0
    for start, end, spent in sorted(ours.get(main, []), key=lambda each: (each[0], -each[1])):
        if start >= last:
            mine += spent
            last = end
    return Cost(busiest[main] / 1000, mine / 1000)


def traced(page: Page, what: str, origin: str) -> Cost:
    page.goto(f"{origin}/empty")
    page.wait_for_timeout(150)
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    session.send("Tracing.start", {"categories": CATEGORIES, "transferMode": "ReportEvents"})
    if what == "storm":
        page.evaluate(STORM)
    else:
        page.goto(f"{origin}/{what}")
        page.wait_for_timeout(700)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    session.detach()
    return cost_of(events)


def costs(browser: ContentBrowser, what: str, times: int) -> dict[str, list[Cost]]:
    page = prepared(browser)
    found: dict[str, list[Cost]] = {PLAIN: [], HOST: []}
    for _ in range(times):
        for origin, each in found.items():
            each.append(traced(page, what, origin))
    page.close()
    return found


def noticed(browser: ContentBrowser) -> list[float]:
    """Milliseconds from a prompt's insertion until the background has it; the missed ones are not in it."""
    page = prepared(browser)
    times = []
    page.goto(f"{HOST}/empty")
    browser.wait("frame.hello")
    page.wait_for_timeout(300)
    for _ in range(PROMPTS):
        browser.take()
        at = page.evaluate(SHOW)
        for _ in range(NOTICED_WITHIN_MS // 50):
            page.wait_for_timeout(50)
            found = [each for each in browser.take() if each["type"] == "prompt.found"]
            if found:
                times.append(found[0]["at"] - at)
                break
        page.evaluate("document.getElementById('app').innerHTML = ''")
        page.wait_for_timeout(250)
    page.close()
    return sorted(times)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        content_browser(Path(folder)) as browser,
    ):
        browser.set(settings={"chooseMethod": True})
        print(
            "Main thread, CPU time, medians [ms]".ljust(44)
            + f"{'without':>9}{'with':>9}{'ours':>8}{'share':>8}"
        )
        for what, title, times in (
            ("big", f"20,000 nodes, 500 inputs, load (n={LOADS})", LOADS),
            ("storm", f"storm of 5,000 insertions (n={STORMS})", STORMS),
            ("login", f"a small page with a prompt, load (n={LOADS})", LOADS),
        ):
            found = costs(browser, what, times)
            without = statistics.median(each.whole for each in found[PLAIN])
            with_ = statistics.median(each.whole for each in found[HOST])
            ours = statistics.median(each.ours for each in found[HOST])
            print(f"{title:44}{without:9.1f}{with_:9.1f}{ours:8.2f}{ours / without:8.2%}")
        times_ms = noticed(browser)
        p95 = times_ms[int(len(times_ms) * 0.95) - 1]
        print(
            f"prompt inserted → background told [ms]: median {statistics.median(times_ms):.1f}, p95 {p95:.1f}, "
            f"worst {times_ms[-1]:.1f}; missed {PROMPTS - len(times_ms)} of {PROMPTS}"
        )


if __name__ == "__main__":
    main()

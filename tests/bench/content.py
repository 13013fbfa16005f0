"""What the content scripts cost a page, with and without them, in one run; and how fast a prompt is noticed.

Run: ``python tests/bench/content.py``. Main-thread time is Chromium's own ``TaskDuration`` of the renderer.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import CDPSession, Page

from extension.content_browser import ContentBrowser, content_browser

ROUNDS = 1
LOADS = 5
STORMS = 3
PROMPTS = 20
HOST = "https://bench.test"

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


def metrics(session: CDPSession) -> float:
    """Main-thread time of the renderer so far, in milliseconds."""
    for each in session.send("Performance.getMetrics")["metrics"]:
        if each["name"] == "TaskDuration":
            return float(each["value"]) * 1000
    raise LookupError("TaskDuration")


def prepared(browser: ContentBrowser) -> Page:
    page = browser.page()
    page.route(f"{HOST}/big", lambda route: route.fulfill(content_type="text/html", body=BIG))
    page.route(f"{HOST}/empty", lambda route: route.fulfill(content_type="text/html", body=EMPTY))
    return page


def measure(browser: ContentBrowser) -> dict[str, float]:
    page = prepared(browser)
    session = page.context.new_cdp_session(page)
    page.goto(f"{HOST}/empty")
    session.send("Performance.enable")
    loads, storms = [], []
    for _ in range(LOADS + 1):
        page.goto(f"{HOST}/empty")
        before = metrics(session)
        page.goto(f"{HOST}/big")
        page.wait_for_timeout(700)
        loads.append(metrics(session) - before)
    for _ in range(STORMS):
        page.goto(f"{HOST}/empty")
        page.wait_for_timeout(200)
        before = metrics(session)
        page.evaluate(STORM)
        storms.append(metrics(session) - before)
    page.close()
    return {"load": statistics.median(loads[1:]), "storm": statistics.median(storms)}


def own_time(browser: ContentBrowser) -> dict[str, float]:
    """Time spent in our own functions by the sampling profiler: does not drift with what else the machine does."""
    page = prepared(browser)
    session = page.context.new_cdp_session(page)
    page.goto(f"{HOST}/empty")
    session.send("Profiler.enable")
    session.send("Profiler.setSamplingInterval", {"interval": 100})
    found: dict[str, list[float]] = {"load": [], "storm": []}
    for name in ["load"] * LOADS + ["storm"] * STORMS:
        page.goto(f"{HOST}/empty")
        session.send("Profiler.start")
        if name == "load":
            page.goto(f"{HOST}/big")
            page.wait_for_timeout(700)
        else:
            page.evaluate(STORM)
        profile = session.send("Profiler.stop")["profile"]
        ours = {
            node["id"]
            for node in profile["nodes"]
            if node["callFrame"]["url"].startswith("chrome-extension://")
        }
        spent = sum(
            t for node, t in zip(profile["samples"], profile["timeDeltas"], strict=False) if node in ours
        )
        found[name].append(spent / 1000)
    page.close()
    return {name: statistics.median(values) for name, values in found.items()}


def noticed(browser: ContentBrowser) -> list[float]:
    page = prepared(browser)
    times = []
    page.goto(f"{HOST}/empty")
    browser.wait("frame.hello")
    page.wait_for_timeout(300)
    for _ in range(PROMPTS):
        at = page.evaluate(SHOW)
        page.wait_for_timeout(120)
        found = [each for each in browser.take() if each["type"] == "prompt.found"]
        if found:
            times.append(found[0]["at"] - at)
        page.evaluate("document.getElementById('app').innerHTML = ''")
        page.wait_for_timeout(250)
    page.close()
    return sorted(times)


def main() -> None:
    rounds: dict[str, list[dict[str, float]]] = {"without": [], "with": []}
    times: list[float] = []
    own: dict[str, float] = {}
    for number in range(ROUNDS):
        for name in ("without", "with"):
            with (
                tempfile.TemporaryDirectory() as folder,
                content_browser(Path(folder), with_content=name == "with") as browser,
            ):
                rounds[name].append(measure(browser))
                if name == "with" and number == 0:
                    own = own_time(browser)
                    times = noticed(browser)
    print(f"{'':38}{'without':>10}{'with':>10}{'added':>12}")
    for key, title in (("load", "20,000 nodes, 500 inputs, load [ms]"), ("storm", "5,000 insertions [ms]")):
        without = statistics.mean(each[key] for each in rounds["without"])
        with_ = statistics.mean(each[key] for each in rounds["with"])
        print(
            f"{title:38}{without:10.1f}{with_:10.1f}{with_ - without:9.1f} ms ({(with_ / without - 1):+.1%})"
        )
    print(f"in our own functions, by the profiler [ms]: load {own['load']:.1f}, storm {own['storm']:.1f}")
    if times:
        p95 = times[int(len(times) * 0.95) - 1]
        print(
            f"prompt shown → background told [ms]: median {statistics.median(times):.1f}, p95 {p95:.1f}, n={len(times)}"
        )


if __name__ == "__main__":
    main()

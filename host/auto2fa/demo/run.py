"""``auto2fa demo``: the main job from start to end, on a portal, keyring, profile and index of its own."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from auto2fa.demo.keyring_session import KeyringSessionError, keyring_session

if TYPE_CHECKING:
    from auto2fa.demo.browser import DemoBrowser
    from auto2fa.demo.report import Report

WATCHING_PAUSE_S = 0.9
WATCHING_SLOW_MS = 250.0


def run(display: bool | None = None, out: Path | None = None) -> int:
    """Perform journeys 1 to 3 and say what happens.

    ``display``: with a window (``None``: where there is a display). ``out``: folder of the pictures. Returns
    the exit code: 0 when the portal was entered with a code that nobody typed.
    """
    try:
        import fpdf  # noqa: F401 - the portal's invoices need it
        from playwright.sync_api import Error as BrowserError
    except ImportError as missing:
        return _sorry(f"The demonstration needs {missing.name}: pip install 'auto2fa[demo]'")
    if sys.platform != "linux":
        return _sorry("The demonstration starts a keyring of its own, which only Linux allows.")
    from auto2fa.demo.browser import NoBrowserError
    from auto2fa.demo.report import Report
    from auto2fa.errors import Auto2faError

    if display is None:
        display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that everything is put away
    report = Report(out or _pictures(), pause_s=WATCHING_PAUSE_S if display else 0)
    try:
        filled_ms = _perform(report, display=display)
    except (KeyringSessionError, NoBrowserError, Auto2faError) as error:
        return _sorry(str(error))
    except BrowserError as error:
        return _sorry(
            f"It stopped while {report.now}: {error.message.splitlines()[0]}\nPictures: {report.out}"
        )
    except RuntimeError as error:
        return _sorry(f"It stopped while {report.now}: {error}")
    sys.stdout.write(f"\nPictures of the steps: {report.out}\nsigned in, code filled in {filled_ms:.0f} ms\n")
    return 0


def _perform(report: Report, *, display: bool) -> float:
    from playwright.sync_api import Error as BrowserError
    from playwright.sync_api import sync_playwright

    from auto2fa.demo.browser import demo_browser
    from auto2fa.demo.journeys import Journeys
    from auto2fa.demo.portal import RunningPortal

    with ExitStack() as stack:
        report.title("Getting ready")
        report.doing("starting a keyring of its own")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auto2fa-demo-")))
        session = stack.enter_context(keyring_session())
        stack.enter_context(_environment({**session.env, "AUTO2FA_HOME": str(folder / "home")}))
        report.done("started a private keyring (Secret Service); yours is left alone")
        report.doing("starting the portal")
        portal = stack.enter_context(RunningPortal())
        report.done(f"started the supplier portal on {portal.url}")
        report.doing("starting Chromium")
        try:
            playwright = stack.enter_context(sync_playwright())
        except Exception as error:  # Playwright raises a bare Exception when its own program cannot run
            raise RuntimeError(
                "Playwright's own program did not start (what it said stands above); on Debian and Ubuntu "
                "its library may be missing: sudo apt install libatomic1"
            ) from error
        browser = stack.enter_context(
            demo_browser(playwright, folder, display=display, pause_ms=WATCHING_SLOW_MS if display else 0)
        )
        journeys = Journeys(browser, portal, report)
        how = "in a window" if display else "without a window"
        report.done(
            f"started Chromium {browser.version} {how}, with the extension and its host, on a new profile"
        )
        try:
            journeys.activate()
            journeys.capture()
            filled_ms = journeys.log_in()
        except BrowserError:
            _show_failure(browser, report)
            raise
        if display and sys.stdin.isatty():
            _keep_open(browser)
        return filled_ms


def _show_failure(browser: DemoBrowser, report: Report) -> None:
    """Pictures of every open page, for whoever looks for the reason."""
    from playwright.sync_api import Error as BrowserError

    pages = browser.context.pages
    with suppress(BrowserError, IndexError):
        pages.append(browser.popup(pages[0]))
    for number, page in enumerate(pages, 1):
        try:
            page.screenshot(path=report.out / f"99-failed-{number}.png", timeout=3000)
        except BrowserError:
            continue


def _keep_open(browser: DemoBrowser) -> None:
    """Leave the browser to the person until they press Enter or close it."""
    import select

    sys.stdout.write("\nThe browser is yours now. Press Enter here, or close it, to end.\n")
    sys.stdout.flush()
    while browser.context.pages:
        if select.select([sys.stdin], [], [], 0)[0]:
            sys.stdin.readline()
            return
        browser.context.pages[0].wait_for_timeout(200)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Variables for this process and those that it starts, put back at the end."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _pictures() -> Path:
    """``installers/output`` of the repository it runs from, else a folder where the person stands."""
    installers = Path(__file__).resolve().parents[3] / "installers"
    return installers / "output" if installers.is_dir() else Path.cwd() / "auto2fa-demo"


def _sorry(sentence: str) -> int:
    sys.stderr.write(f"auto2fa: {sentence}\n")
    return 1

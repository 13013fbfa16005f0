"""``install``, ``uninstall``, ``extension``, ``doctor``, ``demo``."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from auto2fa.cli.common import command, complain, console, print_json

if TYPE_CHECKING:
    from auto2fa.cli.common import Commands
    from auto2fa.setup.registration import Result


def add_commands(commands: Commands) -> None:
    """Add this room's commands."""
    for name, run, help in (
        ("install", run_install, "Tell the browsers of this computer about the host"),
        ("uninstall", run_uninstall, "Take that back; portals and secrets stay"),
    ):
        made = command(commands, name, run, help)
        made.add_argument(
            "--browser", action="append", metavar="NAME", help="only this browser; may be repeated"
        )
        made.add_argument(
            "--user-data-dir", type=Path, metavar="DIR", help="a Chromium profile folder instead"
        )
        made.add_argument("--json", action="store_true")

    extension = command(commands, "extension", run_extension, "Write the extension as a folder to load")
    extension.add_argument("--browser", choices=["chromium", "firefox"], required=True)
    extension.add_argument(
        "--all-sites", action="store_true", help="managed build: may touch every site unasked"
    )
    extension.add_argument("--out", type=Path, required=True, metavar="DIR")

    doctor = command(commands, "doctor", run_doctor, "Check everything that Auto 2FA needs on this computer")
    doctor.add_argument("--json", action="store_true")

    demo = command(commands, "demo", run_demo, "Watch the main job on a demonstration portal")
    demo.add_argument(
        "--headless", action="store_true", help="without a window, even where there is a display"
    )
    demo.add_argument("--out", type=Path, metavar="DIR", help="where the screenshots go")


def run_install(options: argparse.Namespace) -> int:
    """``auto2fa install``."""
    from auto2fa.setup.registration import install

    return _report(install(options.browser, options.user_data_dir), options, "no browser was found here.")


def run_uninstall(options: argparse.Namespace) -> int:
    """``auto2fa uninstall``."""
    from auto2fa.setup.registration import uninstall

    results = uninstall(options.browser, options.user_data_dir)
    if not results and not options.json:
        print("Nothing was registered.")
        return 0
    return _report(results, options, "")


def _report(results: list[Result], options: argparse.Namespace, nothing: str) -> int:
    if options.json:
        print_json([dataclasses.asdict(result) for result in results])
    else:
        for result in results:
            print(f"{'ok' if result.ok else 'NO':2}  {result.title}: {result.detail}")
            if result.next:
                print(f"    {result.next}")
        if not results:
            complain(f"{nothing} Name one: --browser NAME.")
    return 0 if results and all(result.ok for result in results) else int(bool(nothing) or bool(results))


def run_extension(options: argparse.Namespace) -> int:
    """``auto2fa extension``."""
    from auto2fa.setup.extension import build

    folder = build(options.browser, options.out, all_sites=options.all_sites)
    how = (
        "In chrome://extensions switch on “Developer mode”, choose “Load unpacked” and this folder."
        if options.browser == "chromium"
        else "In about:debugging choose “This Firefox”, “Load Temporary Add-on” and its manifest.json."
    )
    print(f"{folder}\n{how}")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """``auto2fa doctor``; exit code 1 when something that is needed is missing."""
    from auto2fa.setup.doctor import examine

    findings = examine()
    broken = [finding for finding in findings if finding.needed and not finding.ok]
    if options.json:
        print_json([dataclasses.asdict(finding) for finding in findings])
        return int(bool(broken))
    from rich.table import Table

    table = Table("", "Check", "Found", box=None, pad_edge=False)
    for finding in findings:
        mark = "ok" if finding.ok else ("NO" if finding.needed else "–")
        text = finding.detail if finding.ok or not finding.next else f"{finding.detail}\n{finding.next}"
        table.add_row(mark, finding.check, text)
    console().print(table)
    return int(bool(broken))


def run_demo(options: argparse.Namespace) -> int:
    """``auto2fa demo``."""
    from auto2fa.demo.run import run

    return run(display=False if options.headless else None, out=options.out)

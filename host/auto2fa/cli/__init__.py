"""The terminal command ``auto2fa``. Exit codes: 0 done, 1 nothing found or failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from auto2fa.errors import Auto2faError
from auto2fa.version import VERSION


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from auto2fa.cli import accounts, pictures, service, setting_up, transfer

    root = argparse.ArgumentParser(
        prog="auto2fa",
        description="Answers the second factor of your supplier portals: locally, from your own keyring.",
    )
    root.add_argument("--version", action="version", version=f"auto2fa {VERSION}")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for room in (accounts, pictures, transfer, setting_up, service):
        room.add_commands(commands)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point ``auto2fa``."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Auto2faError as error:
        print(f"auto2fa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("auto2fa: stopped; nothing was left half done.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1

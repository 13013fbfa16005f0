"""What the terminal's commands share."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Callable

    from rich.console import Console

    from auto2fa.vault.records import AccountRecord, PortalRecord
    from auto2fa.vault.vault import Vault

    Commands = _SubParsersAction[ArgumentParser]


def command(
    commands: Commands, name: str, run: Callable[[Namespace], int], help: str, **more: Any
) -> ArgumentParser:
    """A sub-command that runs a function."""
    made = commands.add_parser(name, help=help, description=f"{help}.", **more)
    made.set_defaults(run=run)
    return made


def open_vault() -> Vault:
    """The index and the keyring of this user."""
    from auto2fa.vault.index import Index
    from auto2fa.vault.secrets import Secrets
    from auto2fa.vault.vault import Vault

    return Vault(Index(), Secrets())


def console() -> Console:
    """Where tables go; plain where stdout is not a terminal."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()


def complain(sentence: str) -> int:
    """A sentence on stderr; the exit code of failure."""
    print(f"auto2fa: {sentence}", file=sys.stderr)
    return 1


def when(milliseconds: int | None) -> str:
    """A time in the user's own zone."""
    if milliseconds is None:
        return "never"
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def confirmed(question: str, *, yes: bool) -> bool:
    """Ask before something is lost; a script that has no terminal has decided already."""
    if yes or not sys.stdin.isatty():
        return True
    return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes", "j", "ja")


def account_of(portal: PortalRecord, name: str | None, *, states: tuple[str, ...]) -> AccountRecord:
    """The one account that is meant.

    Raises:
        Auto2faError: ``noFactor``, ``noSuchAccount``, ``chooseAccount``.
    """
    from auto2fa.errors import Auto2faError

    found = [account for account in portal.accounts if account.state in states]
    if name is not None:
        wanted = name.strip().casefold()
        found = [
            each for each in found if wanted in (each.username.casefold(), each.name.casefold(), each.id)
        ]
        if not found:
            raise Auto2faError("noSuchAccount")
    if not found:
        raise Auto2faError("noFactor", portal=portal.name)
    if len(found) > 1:
        raise Auto2faError(
            "chooseAccount", portal=portal.name, names=", ".join(each.label or each.id for each in found)
        )
    return found[0]

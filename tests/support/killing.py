"""A process killed before its n-th effect on disk or keyring, to see that nothing is ever left half done."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from auto2fa.vault.index import Index
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault

KEYRING_CALLS = ("create_item", "get_secret", "get_password", "delete_password")


def die_in(
    act: Callable[[Vault], object], point: int, *, only_writes: bool = False, after_calls: bool = False
) -> NoReturn:
    """Act on the vault, in a process forked for it, and be killed before the n-th effect.

    Args:
        act: what is done.
        point: which effect is not reached; above their number the process ends by itself, with status 0.
        only_writes: whether statements that only read count for nothing.
        after_calls: whether a keyring call is an effect once more when it returns.
    """
    effects = 0

    def effect() -> None:
        nonlocal effects
        effects += 1
        if effects == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def stated(statement: str) -> None:
        if not only_writes or not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            effect()

    def called(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        if event != "call" or frame.f_code.co_name not in KEYRING_CALLS:
            return None
        effect()
        return returned if after_calls else None

    def returned(_frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        if event == "return":
            effect()
        return returned

    try:
        vault = Vault(Index(), Secrets())
        vault.index.connection.set_trace_callback(stated)
        sys.settrace(called)
        act(vault)
    except BaseException:
        os._exit(1)
    os._exit(0)

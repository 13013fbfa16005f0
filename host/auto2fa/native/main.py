"""The native-messaging host's process: checks its caller, answers requests, ends with its browser."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.native.dispatch import answer, error_answer
from auto2fa.native.framing import Channel, StreamEndedError, take_over_stdio
from auto2fa.native.host import Host

WORKERS = 4
"""A picture that takes a second must not hold up a code."""
PARENT_CHECK_S = 2.0
FINISH_S = 3.0
"""How long work under way may go on after the browser is gone."""


def main() -> int:
    """Entry point ``auto2fa-host``; the exit code is 0 unless the caller was refused."""
    from auto2fa.setup.caller import check_caller

    channel = take_over_stdio()
    try:
        check_caller(sys.argv)
    except Auto2faError as error:
        print(f"auto2fa-host: {error}", file=sys.stderr)  # noqa: T201
        channel.send(error_answer(None, error))
        return 1
    _end_with_parent()
    serve(channel)
    return 0


def serve(channel: Channel) -> None:
    """Answer requests until the browser closes the pipe."""
    host = Host(channel.send)
    pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="verb")
    try:
        while True:
            try:
                request = channel.receive()
            except Auto2faError as error:
                _send(channel, error_answer(None, error))
                continue
            pool.submit(_work, channel, host, request)
    except StreamEndedError:
        pass
    # A write to the keyring that has begun is finished; a browser that is gone waits for nothing else.
    threading.Timer(FINISH_S, os._exit, args=(0,)).start()
    pool.shutdown(wait=True, cancel_futures=True)
    host.close()
    os._exit(0)


def _work(channel: Channel, host: Host, request: Any) -> None:
    reply = answer(host, request)
    if reply is not None:
        _send(channel, reply)


def _send(channel: Channel, reply: dict[str, Any]) -> None:
    try:
        channel.send(reply)
    except Auto2faError as error:
        channel.send(error_answer(reply.get("id"), error))
    except StreamEndedError:
        return  # the reading side notices as well and ends the process


def _end_with_parent() -> None:
    """End when the browser's process is gone, even if the pipe was inherited by another and stays open."""
    if sys.platform == "win32":
        return  # Windows ends the host with the browser's job object
    parent = os.getppid()

    def watch() -> None:
        ended = threading.Event()
        while not ended.wait(PARENT_CHECK_S):
            if os.getppid() != parent:
                os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())

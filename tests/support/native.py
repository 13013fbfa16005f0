"""Speaks to a host process as a browser does: native-messaging frames on its stdin and stdout."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from auto2fa.native.messages import PROTOCOL


class HostError(Exception):
    """The host answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.code: int = error["code"]
        self.name: str = error["data"]["name"]
        self.next: str = error["data"]["next"]
        super().__init__(f"{self.name}: {error['message']}")


class HostProcess:
    """A real ``auto2fa-host`` process; use as a context manager."""

    def __init__(self, arguments: list[str] | None = None, env: dict[str, str] | None = None) -> None:
        from auto2fa.setup.caller import CHROMIUM_ORIGIN

        self.process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-m",
                "auto2fa.native.main",
                *([CHROMIUM_ORIGIN] if arguments is None else arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        self.notifications: list[dict[str, Any]] = []
        self.stderr = b""
        self._number = 0
        self._draining = threading.Thread(target=self._drain, daemon=True)
        self._draining.start()

    def _drain(self) -> None:
        assert self.process.stderr
        self.stderr = self.process.stderr.read()

    def __enter__(self) -> Self:
        self.ask("hello", protocol=PROTOCOL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> int:
        """Close the pipe, as a browser that ends does; the process's exit code."""
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            return self.process.wait(timeout=10)
        finally:
            self.process.kill()
            self._draining.join(timeout=5)
            self.process.stdout.close()
            self.process.stderr.close()

    def write(self, data: bytes) -> None:
        """Raw bytes into the host's stdin."""
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def write_frame(self, body: bytes) -> None:
        """One frame with any body."""
        self.write(struct.pack("@I", len(body)) + body)

    def read_frame(self) -> dict[str, Any]:
        """The next frame; an empty stream raises ``EOFError``."""
        assert self.process.stdout
        header = self.process.stdout.read(4)
        if len(header) < 4:
            raise EOFError
        body = self.process.stdout.read(struct.unpack("@I", header)[0])
        value: dict[str, Any] = json.loads(body)
        return value

    def send(self, verb: str, **params: Any) -> int:
        """Send a request and do not wait; its number."""
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": verb, "params": params}
        self.write_frame(json.dumps(request).encode())
        return self._number

    def answer(self, number: int | None) -> dict[str, Any]:
        """The whole answer with this number; notifications on the way are kept."""
        while True:
            frame = self.read_frame()
            if "method" in frame:
                self.notifications.append(frame)
            elif frame.get("id") == number:
                return frame

    def ask(self, verb: str, **params: Any) -> Any:
        """A request's result; raises :class:`HostError`."""
        frame = self.answer(self.send(verb, **params))
        if "error" in frame:
            raise HostError(frame["error"])
        return frame["result"]

    def until_notified(
        self, name: str, matches: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        """Read until a notification comes; its parameters."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for frame in self.notifications:
                if frame["method"] == name and matches(frame["params"]):
                    self.notifications.remove(frame)
                    params: dict[str, Any] = frame["params"]
                    return params
            frame = self.read_frame()
            if "method" in frame:
                self.notifications.append(frame)
        raise TimeoutError(name)

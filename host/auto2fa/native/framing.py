"""Native-messaging frames through the ``nativemessaging`` package, guarded.

The package reads and writes one frame (a 32-bit length in native byte order, then UTF-8 JSON) on
``sys.stdin`` and ``sys.stdout`` and checks nothing. It gets stand-ins for both here: the length is checked
before anything of that size is read, short reads are completed, a cut-off frame ends the stream. The rest of
the process loses sight of the real stdout, so no stray print can corrupt the stream.
"""

from __future__ import annotations

import os
import sys
import threading
from types import SimpleNamespace
from typing import Any, BinaryIO

import nativemessaging

from auto2fa.errors import Auto2faError

LARGEST_IN = 64 * 1024 * 1024
"""Browser to host (Chromium's own bound)."""
LARGEST_OUT = 1024 * 1024
"""Host to browser (every browser's bound)."""
HEADER = 4
SKIP_CHUNK = 1024 * 1024


class StreamEndedError(Exception):
    """The browser closed the pipe, between two frames or inside one."""


class _GuardedInput:
    """What the package sees as ``sys.stdin.buffer``: its first read of a frame is always the header."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._in_header = True

    def read(self, size: int) -> bytes:
        if self._in_header:
            header = self._exactly(HEADER)
            length = int.from_bytes(header, sys.byteorder)
            if length > LARGEST_IN:
                self._skip(length)
                raise Auto2faError("messageTooLarge", limit=LARGEST_IN // 1024 // 1024)
            self._in_header = False
            return header
        self._in_header = True
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        parts: list[bytes] = []
        missing = size
        while missing:
            part = self._raw.read(missing)
            if not part:
                raise StreamEndedError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts) if len(parts) != 1 else parts[0]

    def _skip(self, length: int) -> None:
        while length > 0:
            length -= len(self._exactly(min(length, SKIP_CHUNK)))


class Channel:
    """The two ends of the native-messaging pipe; writing is safe from several threads."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        # Only this package sees the real streams, through the name `sys` in its own module.
        nativemessaging.sys = SimpleNamespace(
            stdin=SimpleNamespace(buffer=_GuardedInput(source)),
            stdout=SimpleNamespace(buffer=sink),
            exit=sys.exit,
        )

    def receive(self) -> Any:
        """The next frame's JSON value.

        Raises:
            StreamEndedError: the browser is gone.
            Auto2faError: ``messageTooLarge`` or ``parseError``; the stream stays usable.
        """
        try:
            return nativemessaging.get_message()
        except ValueError:  # wrong UTF-8 or JSON
            raise Auto2faError("parseError") from None
        except RecursionError:
            raise Auto2faError("parseError") from None

    def send(self, value: Any) -> None:
        """Write one frame.

        Raises:
            Auto2faError: ``messageTooLarge``; nothing was written.
            StreamEndedError: the browser is gone.
        """
        frame = nativemessaging.encode_message(value)
        if len(frame["content"]) > LARGEST_OUT:
            raise Auto2faError("messageTooLarge", limit=LARGEST_OUT // 1024 // 1024)
        with self._lock:
            try:
                nativemessaging.send_message(frame)
            except (BrokenPipeError, ValueError):
                raise StreamEndedError from None


def take_over_stdio() -> Channel:
    """Claim the process's stdin and stdout for the channel; later prints go to stderr."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    source = os.fdopen(os.dup(0), "rb", buffering=65536)
    sink = os.fdopen(os.dup(1), "wb", buffering=65536)
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)
    os.close(quiet)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Channel(source, sink)

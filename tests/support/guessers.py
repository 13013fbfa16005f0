"""A load of guesses on a phone service: ``python guessers.py PORT LINES PIPELINED FIRST ADDRESSES``.

LINES connections at once ask for links that do not exist, PIPELINED of them ahead; when all are answered, the next
ones go out on the same connection, for as long as the service keeps it. With ADDRESSES over 1 each connection
comes from an address of its own (FIRST and those that follow; loopback has 16 million) and is given up for one
from the next address after PER_ADDRESS guesses. Goes on until its standard input or the service is closed. Prints
a line for each ROUND of answered guesses, and at its end one line of JSON: how many guesses were sent, how many were
answered with which status, and the milliseconds that it took.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import re
import secrets
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
ROUND = 10_000
PER_ADDRESS = 200
"""What the limit allows an address at once."""


class Load(NamedTuple):
    port: int
    lines: int = 8
    pipelined: int = 50
    first: str = "127.0.0.9"
    addresses: int = 1


@dataclass
class _Line:
    socket: socket.socket
    open: int = 0
    """Guesses that are not answered yet."""
    asked: int = 0
    tail: bytes = b""
    found: Counter[str] = field(default_factory=Counter)

    def heard(self, part: bytes) -> int:
        """Count what was answered."""
        answers = self.tail + part
        statuses = STATUS.findall(answers)
        # One byte too short for a whole one, which would be counted again.
        self.tail = answers[-11:]
        self.found.update(status.decode() for status in statuses)
        self.open -= len(statuses)
        return len(statuses)


def _batch(count: int) -> bytes:
    return b"".join(
        f"GET /u/{secrets.token_urlsafe(16)} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for _ in range(count)
    )


def guess(load: Load) -> Counter[str]:
    """Guess until the standard input is closed, and return what became of it."""
    # Made beforehand: the load's own work must not hold it back.
    batches = [_batch(load.pipelined) for _ in range(200)]
    found: Counter[str] = Counter()
    turn = number = answered = 0
    begun = time.monotonic()
    with selectors.DefaultSelector() as watched:
        watched.register(sys.stdin, selectors.EVENT_READ, None)

        def connect() -> None:
            nonlocal number
            source = str(ipaddress.ip_address(load.first) + number % load.addresses)
            number += 1
            try:
                line = socket.create_connection(("127.0.0.1", load.port), 5, (source, 0))
            except OSError:
                found["closed"] = 1
                return
            # Answers are small and all wanted at once.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            watched.register(line, selectors.EVENT_READ, _Line(line))
            ask(watched.get_key(line).data)

        def ask(line: _Line) -> None:
            nonlocal turn
            turn += 1
            line.open += load.pipelined
            line.asked += load.pipelined
            found["sent"] += load.pipelined
            with contextlib.suppress(OSError):  # closed: read next
                line.socket.sendall(batches[turn % len(batches)])

        def leave(line: _Line) -> None:
            watched.unregister(line.socket)
            line.socket.close()
            found.update(line.found)
            found["unanswered"] += line.open

        wanted = True
        while wanted:
            while len(watched.get_map()) <= load.lines and not found["closed"]:
                connect()
            wanted = not found["closed"]
            for key, _ in watched.select():
                line: _Line | None = key.data
                if line is None:
                    wanted = False
                    break
                try:
                    part = line.socket.recv(262_144)
                except OSError:
                    part = b""
                if not part:
                    leave(line)
                    continue
                before, answered = answered, answered + line.heard(part)
                if before // ROUND < answered // ROUND:
                    print(answered, flush=True)
                if line.open > 0:
                    continue
                if load.addresses > 1 and line.asked >= PER_ADDRESS:
                    leave(line)
                else:
                    ask(line)
        for key in list(watched.get_map().values()):
            if key.data is not None:
                leave(key.data)
    found["milliseconds"] = round((time.monotonic() - begun) * 1000)
    return +found


class Guessers:
    """The load in a process of its own."""

    def __init__(self, load: Load) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *map(str, load)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def round(self) -> int:
        """Wait until another ROUND of guesses was answered; return how many were until now."""
        assert self._process.stdout
        return int(self._process.stdout.readline())

    @property
    def running(self) -> bool:
        """Whether it still guesses."""
        return self._process.poll() is None

    def stop(self) -> Counter[str]:
        """End it; return what became of the guesses."""
        output, _ = self._process.communicate(timeout=60)
        return Counter(json.loads(output.splitlines()[-1]))


if __name__ == "__main__":
    port, lines, pipelined, first, addresses = sys.argv[1:]
    print(json.dumps(guess(Load(int(port), int(lines), int(pipelined), first, int(addresses)))))

"""A load of guesses on a phone service: ``python guessers.py PORT SOURCE SECONDS PIPELINED THREADS``.

Each thread connects from the address SOURCE (loopback has many), sends PIPELINED requests for links that do not
exist in one go, and reads until the service closes. Prints one line of JSON: how many guesses were sent, how
many were answered with which status, and the seconds that it took.
"""

from __future__ import annotations

import json
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections import Counter

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


def _batch(count: int) -> bytes:
    return b"".join(
        f"GET /u/{secrets.token_urlsafe(16)} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for _ in range(count)
    )


def _guess(port: int, source: str, end: float, pipelined: int, found: Counter[str]) -> None:
    # Made beforehand: the load's own work must not hold it back.
    batches = [_batch(pipelined) for _ in range(20)]
    turn = 0
    while time.monotonic() < end:
        turn += 1
        try:
            with socket.create_connection(("127.0.0.1", port), 5, (source, 0)) as line:
                line.sendall(batches[turn % len(batches)])
                found["sent"] += pipelined
                answer = b""
                while part := line.recv(65_536):
                    answer += part
        except ConnectionResetError:
            pass  # closed with guesses unread
        except OSError:
            found["no connection"] += 1
            continue
        for status in STATUS.findall(answer):
            found[status.decode()] += 1


def load(port: int, source: str, seconds: float, pipelined: int, threads: int) -> Counter[str]:
    """What became of the guesses of one process."""
    counts: list[Counter[str]] = [Counter() for _ in range(threads)]
    end = time.monotonic() + seconds
    running = [
        threading.Thread(target=_guess, args=(port, source, end, pipelined, found)) for found in counts
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(counts, Counter())


def start(port: int, source: str, seconds: float, pipelined: int, threads: int) -> subprocess.Popen[str]:
    """The load in a process of its own."""
    arguments = [str(value) for value in (port, source, seconds, pipelined, threads)]
    return subprocess.Popen([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Counter[str]:
    """Wait for a started load."""
    output, _ = process.communicate(timeout=120)
    return Counter(json.loads(output))


if __name__ == "__main__":
    port, source, seconds, pipelined, threads = sys.argv[1:]
    print(json.dumps(load(int(port), source, float(seconds), int(pipelined), int(threads))))

"""Host: start to first answer, warm round trips, the keyring's share, memory. Run: python tests/bench/host.py"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from auto2fa.demo.keyring_session import keyring_session  # noqa: E402
from bench.figures import row, table  # noqa: E402
from support.native import HostProcess  # noqa: E402

STARTS = 20
ROUNDS = 200
SITE = "https://portal.example"
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def started() -> float:
    """Milliseconds from starting the process to its first answer."""
    begin = time.perf_counter()
    with HostProcess():
        return (time.perf_counter() - begin) * 1000


def first_code() -> float:
    """Milliseconds of a fresh host's first code, asked for a while after the login page said hello."""
    with HostProcess() as host:
        portal = host.ask("portals.link", url=SITE)["portal"]
        if not portal["accounts"]:
            key = host.ask("enrol.fromKey", text=KEY, options={"type": "hotp"})
            host.ask("enrol.begin", handle=key["handle"], portalId=portal["id"])
    with HostProcess() as host:
        host.ask("code.prepare")
        return timed(host, "code", frameOrigin=SITE, topOrigin=SITE, manual=True)


def timed(host: HostProcess, verb: str, **params: object) -> float:
    """Milliseconds of one round trip."""
    begin = time.perf_counter()
    host.ask(verb, **params)
    return (time.perf_counter() - begin) * 1000


def memory_mb(process_id: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def keyring_alone() -> tuple[list[float], list[float]]:
    """Milliseconds of one bare read in the same run: by the keyring library's own calls, which open a connection
    each, and over a connection that is kept open, as the host does.
    """
    import keyring

    from auto2fa.vault.secrets import Secrets

    kept = Secrets()
    kept.set("bench", "x" * 120)
    kept.prepare()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        assert keyring.get_password("Auto 2FA bench", "bench")
        between = time.perf_counter()
        assert kept.get("bench")
        spent[0].append((between - begin) * 1000)
        spent[1].append((time.perf_counter() - between) * 1000)
    return spent


def main() -> None:
    """Print the table."""
    with keyring_session() as session, tempfile.TemporaryDirectory() as home:
        os.environ.update(session.env)
        os.environ["AUTO2FA_HOME"] = home
        starts = [started() for _ in range(STARTS)]
        prepared = [first_code() for _ in range(STARTS // 2)]
        with HostProcess() as host:
            idle = memory_mb(host.process.pid)
            hellos = [timed(host, "hello", protocol=1) for _ in range(ROUNDS)]
            # Counter-based, so that no time step has to be waited for; pending, so that it counts as usable.
            codes = [
                timed(host, "code", frameOrigin=SITE, topOrigin=SITE, manual=True) for _ in range(ROUNDS)
            ]
            used = memory_mb(host.process.pid)
        plain, alone = keyring_alone()
    over = median(codes) - median(alone)
    table(
        "Host",
        ("what", "median", "p95", "of", "aim"),
        [
            row("process start → first answer", starts, "< 150 ms"),
            row("hello, warm round trip", hellos),
            row("code, warm round trip", codes),
            row("keyring alone, one read over a kept connection", alone),
            row("keyring alone, one read by the library's own call", plain),
            row("first code of a fresh host, prepared", prepared),
            ("code beyond the keyring's own time", f"{over:.2f} ms", "", "", "< 3 ms"),
            ("memory, idle", f"{idle:.1f} MB", "", "", "< 40 MB"),
            ("memory, after codes (keyring loaded)", f"{used:.1f} MB", "", "", ""),
        ],
    )


if __name__ == "__main__":
    main()

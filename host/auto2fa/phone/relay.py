"""``auto2fa relay``: the upload service for phones that are not in the computer's network.

It is meant to stand behind a company's HTTPS proxy. It sees ciphertext, addresses and times, never a photo.
"""

from __future__ import annotations

import argparse
import sys

from auto2fa.phone.app import create_app
from auto2fa.phone.limits import Limits
from auto2fa.phone.serve import configure
from auto2fa.phone.store import MemoryStore, Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8042, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--store",
        default="memory",
        help="where links wait: “memory” (one process) or redis://HOST:PORT/DB, rediss:// for several",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="address or network of an HTTPS proxy whose X-Forwarded-For is believed; may be repeated",
    )


def _store(where: str, limits: Limits) -> Store:
    if where == "memory":
        return MemoryStore(limits)
    from auto2fa.phone.redis_store import RedisStore

    return RedisStore(where)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; return the exit code (1: could not start, 2: wrong usage)."""
    limits = Limits()
    if args.store != "memory" and not args.store.startswith(("redis://", "rediss://", "unix://")):
        sys.stderr.write("auto2fa relay: --store takes “memory” or a redis:// address.\n")
        return 2
    try:
        store = _store(args.store, limits)
    except ImportError:
        sys.stderr.write("auto2fa relay: Redis support is missing; install “auto2fa[relay]”.\n")
        return 1
    except ValueError:
        sys.stderr.write("auto2fa relay: the address after --store cannot be understood.\n")
        return 2
    app = create_app(store, host_api=True, limits=limits)
    config = configure(
        app,
        limits,
        host=args.host,
        port=args.port,
        trusted_proxies=getattr(args, "trusted_proxy", None) or (),
        lifespan=True,
    )
    import uvicorn

    server = uvicorn.Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        pass
    if not server.started:
        sys.stderr.write(f"auto2fa relay: cannot listen on {args.host} port {args.port}.\n")
        return 1
    return 0

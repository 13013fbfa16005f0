"""``auto2fa relay``: the upload service for phones that are not in the computer's network.

It is meant to stand behind a company's HTTPS proxy. It sees ciphertext, addresses and times, never a photo.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from auto2fa.phone.app import create_app
from auto2fa.phone.limits import Limits
from auto2fa.phone.serve import configure
from auto2fa.phone.store import MemoryStore, Store

ACCESS_VARIABLE: Final = "AUTO2FA_RELAY_TOKEN"
"""Environment variable: the access token, for services that keep secrets there."""
MIN_TOKEN_LENGTH: Final = 16


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
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="only computers that know one of this file's tokens (one a line) may open links; phones need "
        f"none. {ACCESS_VARIABLE} may hold one, too. Without a token, whoever reaches the relay may",
    )


def read_tokens(file: Path | None) -> list[str]:
    """Return the access tokens of a file (one a line, ``#`` for remarks) and of the environment.

    Raises ValueError with a sentence when a named file cannot be read, holds none, or a token can be guessed.
    """
    found = [os.environ[ACCESS_VARIABLE].strip()] if os.environ.get(ACCESS_VARIABLE, "").strip() else []
    if file is not None:
        try:
            lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as problem:
            raise ValueError(f"the token file cannot be read ({type(problem).__name__})") from None
        listed = [line for line in lines if line and not line.startswith("#")]
        if not listed:
            raise ValueError("the token file holds no token")
        found += listed
    for token in found:
        if len(token) < MIN_TOKEN_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError(
                f"a token has {MIN_TOKEN_LENGTH} or more letters and digits; "
                "make one with “openssl rand -hex 16”"
            )
    return found


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
        tokens = read_tokens(getattr(args, "token_file", None))
    except ValueError as problem:
        sys.stderr.write(f"auto2fa relay: {problem}.\n")
        return 2
    try:
        store = _store(args.store, limits)
    except ImportError:
        sys.stderr.write("auto2fa relay: Redis support is missing; install “auto2fa[relay]”.\n")
        return 1
    except ValueError:
        sys.stderr.write("auto2fa relay: the address after --store cannot be understood.\n")
        return 2
    app = create_app(store, host_api=True, limits=limits, tokens=tokens)
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

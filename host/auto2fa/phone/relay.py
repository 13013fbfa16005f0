"""``auto2fa relay``: the upload service for phones that are not in the computer's network.

It is meant to stand behind a company's HTTPS proxy. It sees ciphertext, addresses and times, never a photo.
"""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import uvicorn

from auto2fa.phone.app import create_app
from auto2fa.phone.limits import Limits
from auto2fa.phone.proxied import Proxied
from auto2fa.phone.serve import configure
from auto2fa.phone.store import MemoryStore, Store

ACCESS_VARIABLE: Final = "AUTO2FA_RELAY_TOKEN"
"""Environment variable: the access token, for services that keep secrets there."""
MIN_TOKEN_LENGTH: Final = 16
STORES: Final = ("redis://", "rediss://", "unix://")
OTHER_FILES: Final = 128
"""What a process opens besides its connections."""


def _say(sentence: str) -> None:
    sys.stderr.write(f"auto2fa relay: {sentence}\n")
    sys.stderr.flush()


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no address or network, like 10.0.0.5 or 10.0.0.0/24"
        ) from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=8042,
        help="port to listen on (default: %(default)s; 0: any that is free)",
    )
    parser.add_argument(
        "--store",
        default="memory",
        help="where links wait: “memory” (one process) or redis://HOST:PORT/DB, rediss:// for several",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        type=_network,
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


def _trouble(where: str) -> str:
    """Say why the store in Redis cannot be used at this moment, or nothing."""
    import redis

    try:
        with contextlib.closing(
            redis.Redis.from_url(where, socket_connect_timeout=3, socket_timeout=3)
        ) as store:
            store.ping()
    except redis.RedisError as problem:
        return type(problem).__name__
    return ""


def _bearable(limits: Limits) -> Limits:
    """Ask the system for as many open files as there may be connections, or bear fewer connections."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return limits
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.max_connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    with contextlib.suppress(ValueError, OSError):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return replace(limits, max_connections=max(16, min(limits.max_connections, (soft - OTHER_FILES) // 2)))


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, remarks: str) -> None:
        super().__init__(config)
        self._remarks = remarks

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            where = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            _say(f"listening on {where}, {self._remarks}. Put it behind HTTPS: computers take no other.")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; return the exit code (1: could not start, 2: wrong usage)."""
    limits = _bearable(Limits())
    if args.store != "memory" and not args.store.startswith(STORES):
        _say("--store takes “memory” or a redis:// address.")
        return 2
    try:
        tokens = read_tokens(getattr(args, "token_file", None))
    except ValueError as problem:
        _say(f"{problem}.")
        return 2
    try:
        store = _store(args.store, limits)
        if args.store != "memory" and (trouble := _trouble(args.store)):
            _say(
                f"Redis cannot be used at this moment ({trouble}). Links work as soon as it can; check the "
                "address and the password after --store."
            )
    except ImportError:
        _say("Redis support is missing; install “auto2fa[relay]”.")
        return 1
    except ValueError:
        _say("the address after --store cannot be understood.")
        return 2
    app = create_app(store, host_api=True, limits=limits, tokens=tokens)
    trusted = getattr(args, "trusted_proxy", None) or ()
    config = configure(Proxied(app, trusted, _say), limits, host=args.host, port=args.port, lifespan=True)
    where = "links in memory" if args.store == "memory" else "links in Redis"
    who = "with a token" if tokens else "without a token: whoever reaches it may open links"
    server = _Server(config, f"{where}, {who}")
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        pass
    if not server.started:
        _say(f"cannot listen on {args.host} port {args.port}. Is the port taken, or the address another's?")
        return 1
    return 0

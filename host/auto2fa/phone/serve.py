"""uvicorn as this service needs it: no log of addresses, slow request heads cut off, connections bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from auto2fa.phone.limits import Limits

KEEP_ALIVE_S = 15


def _protocol(limits: Limits) -> type[H11Protocol]:
    """Return uvicorn's HTTP protocol with a time limit for the request head, which uvicorn lacks."""

    class BoundedProtocol(H11Protocol):
        _head_timer: asyncio.TimerHandle | None = None
        """Runs while a request head is awaited that has not come whole."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._head_timer = self.loop.call_later(limits.header_s, transport.abort)
            if len(self.connections) > limits.max_connections:
                waiting = [(timer.when(), other) for other in self.connections if (timer := _timer(other))]
                if waiting:
                    min(waiting, key=lambda pair: pair[0])[1].transport.abort()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is not h11.IDLE:
                self._stop_timer()
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(limits.header_s, self.transport.abort)

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            super().connection_lost(exc)

        def _stop_timer(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

    def _timer(connection: object) -> asyncio.TimerHandle | None:
        return connection._head_timer if isinstance(connection, BoundedProtocol) else None

    return BoundedProtocol


def configure(
    app: ASGIApp,
    limits: Limits,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    trusted_proxies: Sequence[str] = (),
    lifespan: bool,
) -> uvicorn.Config:
    """Return the server's configuration; the client's address is taken from trusted proxies only."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="asyncio",
        http=_protocol(limits),
        ws="none",
        lifespan="on" if lifespan else "off",
        log_config=None,
        # Below, uvicorn writes paths, which hold the links' ids.
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16 * 1024,
        backlog=512,
    )

"""uvicorn as this service needs it: no log of addresses; bounds for who is slow, floods or never reads."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from auto2fa.phone.limits import Limits

KEEP_ALIVE_S = 15
MAX_HEAD_BYTES = 16 * 1024
"""Longest request head, and most bytes that may come without a whole head or a piece of a body."""
MAX_PIPELINED = 100
"""Requests that a connection may send ahead of their answers; browsers and proxies send none."""


class _RefusedError(Exception):
    """The other side broke a bound: raised in the parser, whereupon uvicorn answers 400 and hangs up."""


class _Joined:
    """A transport whose writes of one turn of the loop leave together: an answer's head with its body.

    A system call for each costs more than all else that a refused guess costs.
    """

    def __init__(self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._inner = inner
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._inner.close()

    def _flush(self) -> None:
        if self._parts:
            joined, self._parts = b"".join(self._parts), []
            self._inner.write(joined)


def _protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """Return uvicorn's HTTP protocol with the bounds that uvicorn lacks, for one server."""
    waiting: dict[BoundedProtocol, None] = {}
    # Connections that wait for the other side, the one that has waited longest first.

    class BoundedProtocol(HttpToolsProtocol):
        _head_timer: asyncio.TimerHandle | None = None
        """Runs while a request head is awaited that has not come whole."""
        _read_timer: asyncio.TimerHandle | None = None
        """Runs while an answer is not read."""
        _in_head = False
        _progress = False
        _stray = 0
        """Bytes since the last whole head or piece of a body."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(cast(asyncio.Transport, _Joined(transport, self.loop)))
            # Whatever the kernel does not take is noticed, and what is left of a closed connection, too.
            transport.set_write_buffer_limits(high=0)
            if len(self.connections) > limits.max_connections:
                # At the worst all are being served at this moment; then a few more are borne.
                oldest = next(iter(waiting), None)
                if oldest is not None:
                    oldest.transport.abort()
                elif len(self.connections) > 2 * limits.max_connections:
                    transport.abort()
            self._await_head()

        def data_received(self, data: bytes) -> None:
            self._progress = False
            super().data_received(data)
            if not self._progress:
                self._stray += len(data)
            else:
                self._stray = len(data) - data.rfind(b"\r\n\r\n") - 4 if self._in_head else 0
            if self._stray > MAX_HEAD_BYTES:
                self.transport.abort()
            elif self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
                # uvicorn stopped its own timer, whatever these bytes are.
                self._await_head()

        def on_message_begin(self) -> None:
            self._in_head = True
            super().on_message_begin()

        def on_header(self, name: bytes, value: bytes) -> None:
            # What may follow a body in pieces is of no use here, and would pile up.
            if self._in_head:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            self._in_head, self._progress = False, True
            if len(self.pipeline) >= MAX_PIPELINED:
                raise _RefusedError
            self._stop(self._head_timer)
            self._head_timer = None
            super().on_headers_complete()
            self._note()

        def on_body(self, body: bytes) -> None:
            self._progress = True
            super().on_body(body)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._note()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._await_reading()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._stop(self._read_timer)
            self._read_timer = None
            self._note()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._stop(self._head_timer, self._read_timer, self.timeout_keep_alive_task)
            waiting.pop(self, None)

        def _await_head(self) -> None:
            self._head_timer = self.loop.call_later(limits.header_s, self.transport.abort)
            self._note()

        def _await_reading(self) -> None:
            """Look again and again whether the other side reads."""
            unsent = self.transport.get_write_buffer_size()

            def look() -> None:
                if self.transport.get_write_buffer_size() >= unsent:
                    self.transport.abort()
                else:
                    self._await_reading()

            self._read_timer = self.loop.call_later(limits.read_s, look)
            self._note()

        def _note(self) -> None:
            """Keep its place among those who wait, or take it out."""
            if self._head_timer or self._read_timer or self.timeout_keep_alive_task:
                waiting.setdefault(self)
            else:
                waiting.pop(self, None)

        @staticmethod
        def _stop(*timers: asyncio.TimerHandle | None) -> None:
            for timer in timers:
                if timer is not None:
                    timer.cancel()

    return BoundedProtocol


def configure(
    app: ASGIApp,
    limits: Limits,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    lifespan: bool,
) -> uvicorn.Config:
    """Return the server's configuration. A client's address is the connection's own."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="asyncio",
        http=_protocol(limits),
        ws="none",
        lifespan="on" if lifespan else "off",
        log_config=None,
        # Below, uvicorn writes paths, which hold the links' ids, and a line for each malformed request.
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
        backlog=512,
    )

"""A relay behind an HTTPS proxy: whose word about the sender's address is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


class Proxied:
    """Takes the sender's address from trusted proxies, and says once when another one speaks for senders."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str], say: Callable[[str], None]) -> None:
        self._app = ProxyHeadersMiddleware(app, list(trusted)) if trusted else app  # type: ignore[arg-type]
        self._say = say
        self._said = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        peer = scope.get("client")
        await self._app(scope, receive, send)  # type: ignore[arg-type]
        # A trusted proxy's word has replaced the connection's own address.
        if self._said or peer is None or scope["client"] is not peer:
            return
        if any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            self._said = True
            self._say(
                "requests come through a proxy that --trusted-proxy does not name. All phones behind it "
                "count as one sender: one that guesses holds up all. Start with “--trusted-proxy ADDRESS”."
            )

"""What stands before the app: it holds senders that guess, before anything else is done for them."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from auto2fa.phone import answers
from auto2fa.phone.throttle import TokenBuckets, network_of

_OPEN: Final = ("/s/", "/healthz")
"""The page's own files, and the sign of life: no links, so nothing to guess."""


def sender_of(scope: Scope) -> str:
    """Return who counts as the sender of a request."""
    return network_of(scope["client"][0][:64]) if scope.get("client") else ""


class Gate:
    """The app behind a count of wrong links, and the last word on what nobody answered.

    A sender without tokens is told to wait, whatever it asks for. A flood of guesses ends here, so this is
    kept short: no routing, no look-up, an answer made beforehand.
    """

    def __init__(self, app: ASGIApp, misses: TokenBuckets) -> None:
        self._app = app
        self._misses = misses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._misses.empty(sender_of(scope)) and not scope["path"].startswith(_OPEN):
            await answers.slower(scope)(scope, receive, send)
            return
        # Starlette's router raises what it does not know where it finds this, instead of answering by itself.
        scope["app"] = self
        try:
            await self._app(scope, receive, send)
        except HTTPException as problem:
            unknown = problem.status_code == 404
            answer = answers.gone(scope) if unknown else answers.refused(problem.status_code)
            await answer(scope, receive, send)
        except Exception:
            await answers.refused(500)(scope, receive, send)
            raise

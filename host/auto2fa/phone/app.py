"""The upload service as one ASGI app: on the local network for one link, or as a relay for many.

For the phone: ``u/LINK`` (page), ``u/LINK/open``, ``u/LINK/photo``, ``u/LINK/verdict``, ``s/...`` (style and
scripts). For the host, on a relay only: ``api/links/LINK`` (PUT opens, GET waits, DELETE forgets),
``.../photo`` (hands it out once), ``.../verdict``; authorised by the bearer that the host made for this link.

A link that is unknown, used, busy or expired gets one and the same answer everywhere, byte for byte.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from auto2fa.phone import answers, pages
from auto2fa.phone.answers import as_json
from auto2fa.phone.gate import Gate, sender_of
from auto2fa.phone.limits import (
    LONG_POLL_S,
    MAX_MINUTES,
    MAX_NAME_BYTES,
    MAX_PHOTO_BYTES,
    MAX_SEALED_BYTES,
    Limits,
)
from auto2fa.phone.store import Link, Store, StoreBusyError, hashed
from auto2fa.phone.throttle import TokenBuckets, UploadCutError, Uploads, UploadTooLargeError

PHONE_PROBLEMS: Final = frozenset(
    {
        "noCodeFound",
        "notASecondFactor",
        "proprietaryCode",
        "notAPicture",
        "pictureTooLarge",
        "pictureBroken",
        "notOpened",
    }
)
"""What the phone may be told about a photo; anything else becomes ``noCodeFound``."""
_LINK: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_BEARER: Final = re.compile(r"Bearer ([A-Za-z0-9_-]{22,64})")
MAX_JSON_BYTES: Final = 4096
JSON_S: Final = 10
"""A host that takes longer for so little is cut off."""
ACCESS_HEADER: Final = "x-auto2fa-token"
"""Header with the relay's access token, where it asks for one. The bearer beside it belongs to one link."""

Handler = Callable[[Request], Awaitable[Response]]


class _GoneError(Exception):
    """The link is none that can be used here and now."""


class _SlowerError(Exception):
    """This sender does too much of something."""


class Desk:
    """The request handlers over one store."""

    def __init__(
        self, store: Store, limits: Limits, delivered: Callable[[], None], tokens: Sequence[str] = ()
    ) -> None:
        self._store = store
        self._tokens = [hashed(token) for token in tokens]
        self._delivered = delivered
        self._uploads = Uploads(limits)
        self.misses = TokenBuckets(limits.misses, limits.misses_per_second)
        """Wrong links by sender."""
        self._creations = TokenBuckets(limits.creations, limits.creations_per_second)
        self._photos = TokenBuckets(limits.uploads, limits.uploads_per_second)

    # --- shared -------------------------------------------------------------------------------------------

    async def _known(self, request: Request) -> tuple[str, Link]:
        """Return the store's key and the link; the same work is done for any id of any form."""
        key = hashed(request.path_params["link"])
        link = await self._store.get(key)
        if link is None:
            raise _GoneError
        return key, link

    @staticmethod
    async def _body(request: Request) -> dict[str, object]:
        data = b""
        try:
            async with asyncio.timeout(JSON_S):
                async for chunk in request.stream():
                    data += chunk
                    if len(data) > MAX_JSON_BYTES:
                        raise HTTPException(413)
            value = json.loads(data)
        except TimeoutError:
            raise HTTPException(408) from None
        except (ValueError, RecursionError):
            raise HTTPException(400) from None
        if not isinstance(value, dict):
            raise HTTPException(400)
        return value

    @staticmethod
    def _patience(request: Request) -> tuple[int, float]:
        """Return the version that the caller has seen, and how long it waits."""
        try:
            seen = int(request.query_params.get("seen", "0"))
            seconds = float(request.query_params.get("wait", "0"))
        except ValueError:
            raise HTTPException(400) from None
        if not 0 <= seconds <= LONG_POLL_S:
            raise HTTPException(400)
        return seen, seconds

    # --- the phone ----------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """Show the page. It changes nothing: previews of messengers fetch it too."""
        _, link = await self._known(request)
        if link.phase != "waiting":
            raise _GoneError
        return answers.file(request.scope, pages.page("phone", answers.language_of(request.scope)))

    async def open(self, request: Request) -> Response:
        """Note that the page runs on a phone, and give it the portal's sealed name."""
        link = await self._store.opened(hashed(request.path_params["link"]))
        if link is None:
            raise _GoneError
        return as_json(
            200,
            {
                "name": base64.b64encode(link.name).decode(),
                "secondsLeft": int(link.seconds_left),
                "triesLeft": link.tries_left,
                "maxBytes": MAX_PHOTO_BYTES,
            },
        )

    async def upload(self, request: Request) -> Response:
        """Take a sealed photo; whether the link is good is known before the body is read."""
        sender = sender_of(request.scope)
        if self._photos.empty(sender):
            # Before anything is looked up, so that it is said of every link.
            raise _SlowerError
        key, link = await self._known(request)
        if link.phase != "waiting":
            raise _GoneError
        self._photos.spend(sender)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > MAX_SEALED_BYTES:
            return as_json(413, {"error": "tooLarge"}, close=True)
        try:
            photo = await self._uploads.receive(request.stream(), MAX_SEALED_BYTES)
        except UploadTooLargeError:
            return as_json(413, {"error": "tooLarge"}, close=True)
        except UploadCutError:
            return as_json(408, {"error": "tooSlow"}, close=True)
        # The phone makes it, so that it can ask for a photo whose answer was lost on the way back.
        shown = request.headers.get("x-receipt", "")
        receipt = shown if _LINK.fullmatch(shown) else secrets.token_urlsafe(16)
        shrunk = request.query_params.get("shrunk") == "1"
        if not await self._store.put(key, photo, hashed(receipt), shrunk=shrunk):
            raise _GoneError
        return as_json(200, {"receipt": receipt})

    async def verdict(self, request: Request) -> Response:
        """Tell the phone that sent the last photo what became of it; waits while it is being read."""
        key, link = await self._known(request)
        receipt = hashed(request.headers.get("x-receipt", ""))
        if not hmac.compare_digest(receipt, link.receipt):
            raise _GoneError
        _, seconds = self._patience(request)
        found: Link | None = link
        while found is not None and found.phase in ("received", "reading") and seconds > 0:
            before = found.phase
            found = await self._store.wait(key, found.version, seconds)
            if found is not None and found.phase == before:
                break
        if found is None:
            raise _GoneError
        if found.phase in ("received", "reading"):
            return as_json(200, {"state": "reading"})
        if found.phase == "done":
            self._delivered()
        return as_json(200, {"state": found.verdict, "problem": found.problem, "triesLeft": found.tries_left})

    # --- the host, by relay -------------------------------------------------------------------------------

    @staticmethod
    def _bearer(request: Request) -> str:
        match = _BEARER.fullmatch(request.headers.get("authorization", ""))
        if match is None:
            raise _GoneError
        return hashed(match[1])

    async def _owned(self, request: Request) -> tuple[str, Link]:
        key, link = await self._known(request)
        if not hmac.compare_digest(self._bearer(request), link.bearer):
            raise _GoneError
        return key, link

    def _admitted(self, request: Request) -> bool:
        """Say whether this host may open links: always, or with one of the relay's access tokens."""
        shown = hashed(request.headers.get(ACCESS_HEADER, ""))
        # A list, not any(): each token is compared, so that time does not tell which one was near.
        return not self._tokens or True in [hmac.compare_digest(shown, token) for token in self._tokens]

    async def create(self, request: Request) -> Response:
        """Open a link under an id and a bearer that the host made; doing it twice does no harm."""
        if not self._admitted(request):
            # Counted like a wrong link: tokens cannot be guessed faster either.
            self.misses.spend(sender_of(request.scope))
            return as_json(401, {"error": "token"}, close=True)
        sender = sender_of(request.scope)
        if self._creations.empty(sender):
            raise _SlowerError
        self._creations.spend(sender)
        bearer = self._bearer(request)
        if not _LINK.fullmatch(request.path_params["link"]):
            raise HTTPException(400)
        body = await self._body(request)
        seconds, name = body.get("seconds"), body.get("name")
        if not isinstance(seconds, int) or not 1 <= seconds <= MAX_MINUTES * 60 or not isinstance(name, str):
            raise HTTPException(400)
        try:
            sealed = base64.b64decode(name, validate=True)
        except binascii.Error:
            raise HTTPException(400) from None
        if len(sealed) > MAX_NAME_BYTES:
            raise HTTPException(413)
        key = hashed(request.path_params["link"])
        if not await self._store.create(key, bearer=bearer, name=sealed, seconds=seconds):
            raise _GoneError
        return as_json(201, {})

    async def watch(self, request: Request) -> Response:
        """Tell the host how the link stands; waits for a change."""
        key, _ = await self._owned(request)
        seen, seconds = self._patience(request)
        link = await self._store.wait(key, seen, seconds)
        if link is None:
            raise _GoneError
        return as_json(
            200, {"version": link.version, "phase": link.phase, "opened": link.opened, "tries": link.tries}
        )

    async def fetch(self, request: Request) -> Response:
        """Hand the sealed photo to the host, once."""
        key, _ = await self._owned(request)
        photo = await self._store.take(key)
        if photo is None:
            raise _GoneError
        return answers.answer(200, photo, "application/octet-stream")

    async def judge(self, request: Request) -> Response:
        """Keep the host's verdict for the phone."""
        key, _ = await self._owned(request)
        body = await self._body(request)
        verdict, problem = body.get("verdict"), body.get("problem")
        if verdict not in ("read", "unreadable", "again"):
            raise HTTPException(400)
        if not isinstance(problem, str) or problem not in PHONE_PROBLEMS:
            problem = "noCodeFound"
        if not await self._store.answer(key, verdict, "" if verdict == "read" else problem):
            raise _GoneError
        return as_json(200, {})

    async def forget(self, request: Request) -> Response:
        """Drop the link and its photo."""
        key, _ = await self._owned(request)
        await self._store.remove(key)
        return as_json(200, {})


class _Endpoint:
    """A handler as an ASGI app: counts wrong links, and says the same of each."""

    def __init__(self, handler: Handler, misses: TokenBuckets) -> None:
        self._handler = handler
        self._misses = misses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._handler(Request(scope, receive))
        except _GoneError:
            self._misses.spend(sender_of(scope))
            response = answers.gone(scope)
        except _SlowerError:
            response = answers.slower(scope)
        except StoreBusyError:
            response = as_json(503, {"error": "busy"}, close=True)
        except ClientDisconnect:
            return
        await response(scope, receive, send)


async def _static(request: Request) -> Response:
    asset = pages.assets().get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    return answers.file(request.scope, asset)


async def _health(_: Request) -> Response:
    return answers.answer(200, b"ok", "text/plain; charset=utf-8")


def create_app(
    store: Store,
    *,
    host_api: bool,
    limits: Limits | None = None,
    delivered: Callable[[], None] = lambda: None,
    tokens: Sequence[str] = (),
) -> ASGIApp:
    """Return the app over a store.

    ``host_api`` adds the part that hosts use on a relay; ``delivered`` is called when a phone has been told
    that all is done; ``tokens``, if any, are what a host must show to open a link.
    """
    desk = Desk(store, limits or Limits(), delivered, tokens)

    def route(method: str, path: str, handler: Handler) -> Route:
        return Route(path, _Endpoint(handler, desk.misses), methods=[method])

    routes: list[BaseRoute] = [
        route("GET", "/u/{link}", desk.page),
        route("POST", "/u/{link}/open", desk.open),
        route("POST", "/u/{link}/photo", desk.upload),
        route("GET", "/u/{link}/verdict", desk.verdict),
        route("GET", "/s/{name:path}", _static),
    ]
    if host_api:
        routes += [
            route("PUT", "/api/links/{link}", desk.create),
            route("GET", "/api/links/{link}", desk.watch),
            route("DELETE", "/api/links/{link}", desk.forget),
            route("POST", "/api/links/{link}/photo", desk.fetch),
            route("POST", "/api/links/{link}/verdict", desk.judge),
            route("GET", "/healthz", _health),
        ]

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        await store.start()
        try:
            yield
        finally:
            await store.close()

    # Starlette's own app would wrap each request three times more. No redirects from "u/LINK/": it is none.
    return Gate(Router(routes, redirect_slashes=False, lifespan=lifespan), desk.misses)

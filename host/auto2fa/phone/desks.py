# ruff: noqa: D102 - methods are described in the protocol that they fulfil
"""How the host reaches its link: in this process (local network) or over HTTPS (relay)."""

from __future__ import annotations

import asyncio
import base64
import concurrent.futures
import http.client
import json
import secrets
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from auto2fa.errors import Auto2faError
from auto2fa.phone.address import relay_base
from auto2fa.phone.limits import LONG_POLL_S, MAX_SEALED_BYTES, Limits
from auto2fa.phone.listener import listen
from auto2fa.phone.store import MemoryStore, Phase, Verdict, hashed

T = TypeVar("T")
_JSON_LIMIT = 4096


def _said(reason: object) -> str:
    """Say in a person's words why no connection came about."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return "its certificate is not trusted here"
    if isinstance(reason, ssl.SSLError):
        return "it does not speak https there"
    if isinstance(reason, socket.gaierror):
        return "nothing has that name"
    if isinstance(reason, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    said = reason.strerror if isinstance(reason, OSError) else None
    return said or type(reason).__name__


class DeskError(Exception):
    """The relay cannot be reached at this moment; its text says why, without addresses."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a link stands."""

    version: int
    phase: Phase
    opened: bool
    tries: int


class Desk(Protocol):
    """One link as its host handles it. All methods block and may be called from any thread."""

    @property
    def url(self) -> str:
        """The link without its fragment."""

    def wait(self, seen: int, seconds: float) -> Status | None:
        """Return the state once its version is not ``seen``; None when the link is gone."""

    def take(self) -> bytes | None:
        """Return the sealed photo, once."""

    def answer(self, verdict: Verdict, problem: str) -> None:
        """Tell the phone."""

    def release(self, *, linger_s: float) -> None:
        """Close; the phone gets up to ``linger_s`` seconds to fetch the last verdict."""


class LocalDesk:
    """A server in a thread of this process, on one address of the local network, for one link."""

    def __init__(
        self, link: str, *, name: bytes, seconds: float, address: str, port: int, limits: Limits
    ) -> None:
        from auto2fa.phone.app import create_app
        from auto2fa.phone.serve import configure

        self._key = hashed(link)
        self._store = MemoryStore(limits)
        self._delivered = threading.Event()
        app = create_app(self._store, host_api=False, limits=limits, delivered=self._delivered.set)
        self._socket = listen(address, port)
        host, bound = self._socket.getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}/u/{link}"
        self._config = configure(app, limits, lifespan=False)
        self._ready = threading.Event()
        self._releasing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="auto2fa-phone", daemon=True)
        self._thread.start()
        self._ready.wait()
        self._call(self._store.create(self._key, bearer="", name=name, seconds=seconds))

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        import uvicorn

        self._loop = asyncio.get_running_loop()
        self._server = uvicorn.Server(self._config)
        self._ready.set()
        await self._server.serve(sockets=[self._socket])
        # A phone in the middle of an upload that uvicorn gave up on.
        self._hang_up()
        await asyncio.sleep(0)

    def _hang_up(self) -> None:
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    def _call(self, work: Coroutine[Any, Any, T], seconds: float = 0) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds + 5)
        except (RuntimeError, TimeoutError, concurrent.futures.CancelledError):
            # The server was stopped meanwhile.
            work.close()
            raise DeskError("closed") from None

    def wait(self, seen: int, seconds: float) -> Status | None:
        link = self._call(self._store.wait(self._key, seen, seconds), seconds)
        return None if link is None else Status(link.version, link.phase, link.opened, link.tries)

    def take(self) -> bytes | None:
        return self._call(self._store.take(self._key))

    def answer(self, verdict: Verdict, problem: str) -> None:
        self._call(self._store.answer(self._key, verdict, problem))

    def release(self, *, linger_s: float) -> None:
        if linger_s > 0:
            self._delivered.wait(linger_s)
        else:
            self._delivered.set()
        with self._releasing:
            if self._thread.is_alive():
                asyncio.run_coroutine_threadsafe(self._stop(linger_s <= 0), self._loop)
        self._thread.join(5)

    async def _stop(self, at_once: bool) -> None:
        self._socket.refuse()
        for _ in range(3):
            await asyncio.sleep(0)
        self._server.should_exit = True
        for listener in getattr(self._server, "servers", []):
            listener.close()
        await self._store.close()
        if at_once:
            self._server.force_exit = True
            self._hang_up()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the bearer elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


class RelayDesk:
    """A link on a relay."""

    def __init__(self, link: str, *, name: bytes, seconds: float, relay: str, token: str = "") -> None:
        base = relay_base(relay)
        self.url = f"{base}/u/{link}"
        self._api = f"{base}/api/links/{link}"
        self._bearer = secrets.token_urlsafe(32)
        self._opener = urllib.request.build_opener(_NoRedirect)
        body = {"seconds": int(seconds), "name": base64.b64encode(name).decode()}
        try:
            # The token goes along once; afterwards the link's own bearer is enough.
            if self._ask("PUT", "", body, headers={"X-Auto2fa-Token": token} if token else {}) is None:
                raise Auto2faError("relayFailed", detail="it is not an Auto 2FA relay")
        except DeskError as problem:
            if str(problem) == "HTTP 401":
                raise Auto2faError("relayToken", relay=base) from None
            raise Auto2faError("relayFailed", detail=str(problem)) from None

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        timeout: float = 10.0,
        headers: dict[str, str] | None = None,
    ) -> bytes | None:
        """Return the answer's body, None when the link is gone; raises DeskError."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._api + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self._bearer}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        limit = MAX_SEALED_BYTES if path == "/photo" else _JSON_LIMIT
        try:
            with self._opener.open(request, timeout=timeout) as response:
                data: bytes = response.read(limit + 1)
        except urllib.error.HTTPError as problem:
            problem.close()
            if problem.code == 404:
                return None
            raise DeskError(f"HTTP {problem.code}") from None
        except (OSError, http.client.HTTPException) as problem:
            reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
            raise DeskError(_said(reason)) from None
        if len(data) > limit:
            raise DeskError("answer too long")
        return data

    def wait(self, seen: int, seconds: float) -> Status | None:
        seconds = min(seconds, LONG_POLL_S)
        data = self._ask("GET", f"?seen={seen}&wait={seconds:.1f}", timeout=seconds + 10)
        if data is None:
            return None
        try:
            found = json.loads(data)
            return Status(int(found["version"]), found["phase"], bool(found["opened"]), int(found["tries"]))
        except (ValueError, KeyError, TypeError):
            raise DeskError("not an Auto 2FA relay") from None

    def take(self) -> bytes | None:
        # No body: a server that closes with bytes unread resets the connection, and the photo would be lost.
        return self._ask("POST", "/photo", timeout=60)

    def answer(self, verdict: Verdict, problem: str) -> None:
        self._ask("POST", "/verdict", {"verdict": verdict, "problem": problem})

    def release(self, *, linger_s: float) -> None:
        if linger_s > 0:
            # The relay keeps the verdict for the phone and forgets the link by itself.
            return
        try:
            self._ask("DELETE", "", timeout=3)
        except DeskError:
            # It expires there by itself.
            return

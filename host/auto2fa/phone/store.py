# ruff: noqa: D102 - methods are described in the protocol that they fulfil
"""Where open links wait: what a store does, and the one in memory.

A link goes *waiting* → *received* (a sealed photo lies there) → *reading* (the host took it) → *waiting*
again when no code was found and tries are left, else → *done*. Each step bumps ``version``, on which both
sides wait.

Keys are SHA-256 hashes of link ids, so that a look-up tells nothing by its timing and a dump of the store
cannot be used to upload. Bearers and receipts are kept as hashes for the same reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from auto2fa.phone.limits import AFTERLIFE_S, MAX_TRIES, Limits

Phase = Literal["waiting", "received", "reading", "done"]
MAX_WAITING = 8
"""Requests that may wait for one link (its host and a phone do); beyond, the oldest is answered at once."""
SWEEP_S = 5
"""How often expired links, and photos nobody fetched, are dropped from memory."""
Verdict = Literal["read", "unreadable", "again"]
"""``again``: the photo did not arrive whole or could not be opened."""


def hashed(value: str) -> str:
    """Return the form in which ids, bearers and receipts are stored."""
    return hashlib.sha256(value.encode()).hexdigest()[:40]


class StoreBusyError(Exception):
    """The store is full or cannot be reached at this moment."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link as both sides may see it."""

    bearer: str
    """Hash of the host's bearer."""
    name: bytes
    """The portal's name, sealed."""
    seconds_left: float
    phase: Phase = "waiting"
    version: int = 1
    opened: bool = False
    tries: int = 0
    spared: bool = False
    """The last photo was a shrunk one that counted for nothing, since its original may follow."""
    receipt: str = ""
    """Hash of the receipt that the last uploader got."""
    verdict: str = ""
    problem: str = ""

    @property
    def tries_left(self) -> int:
        """Photos that may still be sent."""
        return max(0, MAX_TRIES - self.tries)


class Store(Protocol):
    """A place for links; every method is atomic. ``key`` is :func:`hashed` of the link's id."""

    async def create(self, key: str, *, bearer: str, name: bytes, seconds: float) -> bool:
        """Open a link; False when the id is taken by another bearer. Raises StoreBusyError."""

    async def get(self, key: str) -> Link | None:
        """Return the link unless it is unknown, expired or removed."""

    async def opened(self, key: str) -> Link | None:
        """Note that a phone shows the page; None unless a photo is awaited."""

    async def put(self, key: str, photo: bytes, receipt: str, *, shrunk: bool = False) -> bool:
        """Leave a sealed photo; False unless one is awaited. Raises StoreBusyError.

        A ``shrunk`` one is no try of its own, because its original follows when no code is found; but never
        two in a row, whatever a phone says.
        """

    async def take(self, key: str) -> bytes | None:
        """Return the photo and forget it; a second call returns None."""

    async def answer(self, key: str, verdict: Verdict, problem: str) -> bool:
        """Say what became of the photo; False when none was being read."""

    async def remove(self, key: str) -> None:
        """Forget the link and its photo."""

    async def wait(self, key: str, seen: int, seconds: float) -> Link | None:
        """Return the link as soon as its version is not ``seen``, at the latest after ``seconds``."""

    async def start(self) -> None:
        """Open connections and tasks, if any."""

    async def close(self) -> None:
        """Release connections and tasks."""


class Waiter(asyncio.Event):
    """Set when a link may have changed."""

    dismissed = False
    """Too many wait for this link: do not go on."""


class Signals:
    """Wakes those who wait for a link in this process."""

    def __init__(self) -> None:
        self._events: dict[str, list[Waiter]] = {}

    @contextlib.contextmanager
    def listening(self, key: str) -> Iterator[Waiter]:
        """Give an event that is set by the next :meth:`fire` for this key."""
        event = Waiter()
        waiting = self._events.setdefault(key, [])
        waiting.append(event)
        if len(waiting) > MAX_WAITING:
            oldest = waiting[-1 - MAX_WAITING]
            oldest.dismissed = True
            oldest.set()
        try:
            yield event
        finally:
            waiting.remove(event)
            if not waiting:
                del self._events[key]

    def fire(self, key: str) -> None:
        """Wake all who wait for this key."""
        for event in self._events.get(key, ()):
            event.set()

    def fire_all(self) -> None:
        """Wake everyone, when it is not known what changed."""
        for key in list(self._events):
            self.fire(key)


@dataclass(slots=True)
class _Held:
    link: Link
    until: float
    photo: bytes = b""


class MemoryStore:
    """Links of a single process. Nothing reaches a disk; all is gone when the process ends."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._held: dict[str, _Held] = {}
        self._photo_bytes = 0
        self._signals = Signals()
        self._sweeper: asyncio.Task[None] | None = None

    def _alive(self, key: str) -> _Held | None:
        held = self._held.get(key)
        if held is not None and held.until <= time.monotonic():
            self._drop(key)
            return None
        return held

    def _drop(self, key: str) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._photo_bytes -= len(held.photo)
            self._signals.fire(key)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now = time.monotonic()
            for key in [key for key, held in self._held.items() if held.until <= now]:
                self._drop(key)

    def _change(self, key: str, held: _Held, **changes: object) -> None:
        held.link = replace(held.link, version=held.link.version + 1, **changes)  # type: ignore[arg-type]
        self._signals.fire(key)

    async def create(self, key: str, *, bearer: str, name: bytes, seconds: float) -> bool:
        held = self._alive(key)
        if held is not None:
            return held.link.bearer == bearer
        if len(self._held) >= self._limits.max_links:
            raise StoreBusyError
        self._held[key] = _Held(Link(bearer, name, seconds), time.monotonic() + seconds)
        return True

    async def get(self, key: str) -> Link | None:
        held = self._alive(key)
        return None if held is None else replace(held.link, seconds_left=held.until - time.monotonic())

    async def opened(self, key: str) -> Link | None:
        held = self._alive(key)
        if held is None or held.link.phase != "waiting":
            return None
        if not held.link.opened:
            self._change(key, held, opened=True)
        return await self.get(key)

    async def put(self, key: str, photo: bytes, receipt: str, *, shrunk: bool = False) -> bool:
        held = self._alive(key)
        if held is None or held.link.phase != "waiting":
            return False
        if self._photo_bytes + len(photo) > self._limits.max_stored_bytes:
            raise StoreBusyError
        held.photo = photo
        self._photo_bytes += len(photo)
        held.until = max(held.until, time.monotonic() + AFTERLIFE_S)
        spared = shrunk and not held.link.spared
        tries = held.link.tries + (not spared)
        self._change(key, held, phase="received", tries=tries, spared=spared, receipt=receipt, opened=True)
        return True

    async def take(self, key: str) -> bytes | None:
        held = self._alive(key)
        if held is None or held.link.phase != "received":
            return None
        photo, held.photo = held.photo, b""
        self._photo_bytes -= len(photo)
        self._change(key, held, phase="reading")
        return photo

    async def answer(self, key: str, verdict: Verdict, problem: str) -> bool:
        held = self._alive(key)
        if held is None or held.link.phase not in ("received", "reading"):
            return False
        self._photo_bytes -= len(held.photo)
        held.photo = b""
        done = verdict == "read" or not held.link.tries_left
        if done:
            held.until = time.monotonic() + AFTERLIFE_S
        self._change(key, held, phase="done" if done else "waiting", verdict=verdict, problem=problem)
        return True

    async def remove(self, key: str) -> None:
        self._drop(key)

    async def wait(self, key: str, seen: int, seconds: float) -> Link | None:
        with self._signals.listening(key) as event:
            link = await self.get(key)
            if link is None or link.version != seen:
                return link
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), min(seconds, link.seconds_left))
        return await self.get(key)

    async def start(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._held.clear()
        self._photo_bytes = 0
        self._signals.fire_all()

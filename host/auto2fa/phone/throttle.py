"""Who may try how often, and which unfinished uploads are borne."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import lru_cache

from auto2fa.phone.limits import Limits

MAX_ADDRESSES = 50_000


class UploadCutError(Exception):
    """The upload was too slow or had to make room."""


class UploadTooLargeError(Exception):
    """More bytes came than are allowed."""


@lru_cache(4096)
def network_of(address: str) -> str:
    """Return what counts as one sender: an IPv4 address, or an IPv6 /64 (one customer's network)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class TokenBuckets:
    """A token bucket for each sender; beyond MAX_ADDRESSES the one that spent least lately is forgotten."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst = float(burst)
        self._rate = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def _level(self, sender: str) -> float:
        level, at = self._levels.get(sender, (self._burst, 0.0))
        return min(self._burst, level + (time.monotonic() - at) * self._rate)

    def empty(self, sender: str) -> bool:
        """Say whether this sender has to wait."""
        return self._level(sender) < 1

    def spend(self, sender: str) -> None:
        """Take one token."""
        self._levels[sender] = (max(0.0, self._level(sender) - 1), time.monotonic())
        self._levels.move_to_end(sender)
        if len(self._levels) > MAX_ADDRESSES:
            self._levels.popitem(last=False)


@dataclass(slots=True, eq=False)
class _Upload:
    started: float
    deadline: asyncio.Timeout
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def speed(self, now: float) -> float:
        """Return bytes per second so far."""
        return self.size / max(now - self.started, 0.001)


class Uploads:
    """Receives request bodies within bounds of size, time and speed; the slowest makes room for others."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: set[_Upload] = set()
        self._bytes = 0

    def _make_room(self, newcomer: _Upload) -> None:
        limits = self._limits
        if len(self._open) <= limits.max_uploads and self._bytes <= limits.max_receiving_bytes:
            return
        now = asyncio.get_running_loop().time()
        # A newcomer is spared for a moment: its speed is not known yet.
        settled = [upload for upload in self._open if now - upload.started > 0.5] or [
            *self._open - {newcomer}
        ]
        if settled:
            slowest = min(settled, key=lambda upload: upload.speed(now))
            self._forget(slowest)
            slowest.deadline.reschedule(now)

    def _forget(self, upload: _Upload) -> None:
        if upload in self._open:
            self._open.discard(upload)
            self._bytes -= upload.size
            upload.parts.clear()

    async def receive(self, chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
        """Return the whole body; raises UploadCutError, UploadTooLargeError, or what the iterator raises."""
        loop = asyncio.get_running_loop()
        limits = self._limits
        start = loop.time()
        upload: _Upload | None = None
        try:
            async with asyncio.timeout(limits.upload_idle_s) as deadline:
                upload = _Upload(start, deadline)
                self._open.add(upload)
                self._make_room(upload)
                async for chunk in chunks:
                    if upload not in self._open:
                        raise UploadCutError
                    now = loop.time()
                    upload.parts.append(chunk)
                    upload.size += len(chunk)
                    self._bytes += len(chunk)
                    if upload.size > max_bytes:
                        raise UploadTooLargeError
                    too_slow = upload.speed(now) < limits.upload_bytes_per_second
                    if too_slow and now - start > limits.upload_grace_s:
                        raise UploadCutError
                    self._make_room(upload)
                    deadline.reschedule(min(now + limits.upload_idle_s, start + limits.upload_total_s))
                if upload not in self._open:
                    raise UploadCutError
                return b"".join(upload.parts)
        except TimeoutError:
            raise UploadCutError from None
        finally:
            if upload is not None:
                self._forget(upload)

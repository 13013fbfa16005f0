# ruff: noqa: D102 - methods are described in the protocol that they fulfil
"""Links in Redis, for several relay processes behind a load balancer.

Every step is one of Redis' own atomic operations: ``HSETNX`` decides who opens a link, Lua scripts move it
from phase to phase, ``GETDEL`` hands the photo out once, and expiry is the key's TTL. A change is published,
and each process has one subscription that wakes its waiting requests, however many links are open. What lies
in Redis is ciphertext and hashes.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import redis.asyncio
from redis.exceptions import RedisError

from auto2fa.phone.limits import AFTERLIFE_S, MAX_TRIES
from auto2fa.phone.store import Link, Phase, Signals, StoreBusyError, Verdict

PREFIX: Final = "auto2fa:"
RECHECK_S: Final = 5.0
"""Waiting requests look again this often, should a published change have been missed."""

# KEYS: link, photo. Braces around the hash keep both in one slot of a Redis cluster.
CREATE: Final = """
if redis.call('HSETNX', KEYS[1], 'bearer', ARGV[1]) == 0 then
  return redis.call('HGET', KEYS[1], 'bearer') == ARGV[1] and 1 or 0
end
redis.call('HSET', KEYS[1], 'name', ARGV[2], 'phase', 'waiting', 'version', 1, 'tries', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
OPENED: Final = """
if redis.call('HGET', KEYS[1], 'phase') ~= 'waiting' then return 0 end
if redis.call('HSETNX', KEYS[1], 'opened', 1) == 1 then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('PUBLISH', ARGV[1], '')
end
return 1
"""
PUT: Final = """
if redis.call('HGET', KEYS[1], 'phase') ~= 'waiting' then return 0 end
local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], left)
redis.call('SET', KEYS[2], ARGV[2], 'PX', left)
local spared = '0'
if ARGV[5] == '1' and redis.call('HGET', KEYS[1], 'spared') ~= '1' then spared = '1' end
redis.call('HSET', KEYS[1], 'phase', 'received', 'receipt', ARGV[3], 'opened', 1, 'spared', spared)
if spared == '0' then redis.call('HINCRBY', KEYS[1], 'tries', 1) end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PUBLISH', ARGV[1], '')
return 1
"""
TAKE: Final = """
if redis.call('HGET', KEYS[1], 'phase') ~= 'received' then return false end
redis.call('HSET', KEYS[1], 'phase', 'reading')
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PUBLISH', ARGV[1], '')
return redis.call('GETDEL', KEYS[2])
"""
ANSWER: Final = """
local phase = redis.call('HGET', KEYS[1], 'phase')
if phase ~= 'received' and phase ~= 'reading' then return 0 end
redis.call('DEL', KEYS[2])
local next = 'waiting'
if ARGV[2] == 'read' or tonumber(redis.call('HGET', KEYS[1], 'tries')) >= tonumber(ARGV[4]) then
  next = 'done'
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
redis.call('HSET', KEYS[1], 'phase', next, 'verdict', ARGV[2], 'problem', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PUBLISH', ARGV[1], '')
return 1
"""


def _keys(key: str) -> list[str]:
    return [f"{PREFIX}link:{{{key}}}", f"{PREFIX}photo:{{{key}}}"]


def _channel(key: str) -> str:
    return f"{PREFIX}changed:{key}"


class RedisStore:
    """A :class:`~auto2fa.phone.store.Store` in Redis (7 or newer)."""

    def __init__(self, url: str) -> None:
        self._redis: redis.asyncio.Redis = redis.asyncio.from_url(
            url, socket_connect_timeout=3, socket_timeout=10, health_check_interval=15
        )
        self._scripts = {
            text: self._redis.register_script(text) for text in (CREATE, OPENED, PUT, TAKE, ANSWER)
        }
        self._signals = Signals()
        self._listener: asyncio.Task[None] | None = None

    async def _run(self, script: str, key: str, *args: str | bytes | int) -> Any:
        try:
            return await self._scripts[script](keys=_keys(key), args=list(args))
        except RedisError as problem:
            raise StoreBusyError from problem

    async def create(self, key: str, *, bearer: str, name: bytes, seconds: float) -> bool:
        return bool(await self._run(CREATE, key, bearer, name, int(seconds * 1000)))

    async def get(self, key: str) -> Link | None:
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(_keys(key)[0])
                pipe.pttl(_keys(key)[0])
                fields, left = await pipe.execute()
        except RedisError as problem:
            raise StoreBusyError from problem
        if not fields or left < 0:
            return None
        text = {name.decode(): value for name, value in fields.items()}
        phase: Phase = text["phase"].decode()
        return Link(
            bearer=text["bearer"].decode(),
            name=text["name"],
            seconds_left=left / 1000,
            phase=phase,
            version=int(text["version"]),
            opened="opened" in text,
            tries=int(text["tries"]),
            spared=text.get("spared") == b"1",
            receipt=text.get("receipt", b"").decode(),
            verdict=text.get("verdict", b"").decode(),
            problem=text.get("problem", b"").decode(),
        )

    async def opened(self, key: str) -> Link | None:
        return await self.get(key) if await self._run(OPENED, key, _channel(key)) else None

    async def put(self, key: str, photo: bytes, receipt: str, *, shrunk: bool = False) -> bool:
        return bool(await self._run(PUT, key, _channel(key), photo, receipt, AFTERLIFE_S * 1000, int(shrunk)))

    async def take(self, key: str) -> bytes | None:
        photo: bytes | None = await self._run(TAKE, key, _channel(key))
        return photo

    async def answer(self, key: str, verdict: Verdict, problem: str) -> bool:
        return bool(
            await self._run(ANSWER, key, _channel(key), verdict, problem, MAX_TRIES, AFTERLIFE_S * 1000)
        )

    async def remove(self, key: str) -> None:
        try:
            await self._redis.delete(*_keys(key))
            await self._redis.publish(_channel(key), "")
        except RedisError as problem:
            raise StoreBusyError from problem

    async def wait(self, key: str, seen: int, seconds: float) -> Link | None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        with self._signals.listening(key) as event:
            while True:
                event.clear()
                link = await self.get(key)
                left = end - loop.time()
                if link is None or link.version != seen or left <= 0 or event.dismissed:
                    return link
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), min(left, RECHECK_S, link.seconds_left + 0.01))

    async def start(self) -> None:
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Wake waiting requests on every published change; subscribe anew when Redis was away."""
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.psubscribe(_channel("*"))
                    self._signals.fire_all()
                    while True:
                        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=10)
                        if message is not None:
                            self._signals.fire(message["channel"].decode().rpartition(":")[2])
            except (RedisError, OSError):
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await self._redis.aclose()

"""What both stores promise, checked on both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from auto2fa.phone.limits import AFTERLIFE_S, MAX_TRIES, Limits
from auto2fa.phone.redis_store import RedisStore
from auto2fa.phone.store import MAX_WAITING, MemoryStore, Store, StoreBusyError, hashed
from host.phone_rig import HAS_REDIS, free_port, redis_server
from support.apart import run_apart

Check = Callable[[Store], Awaitable[None]]
KEY = hashed("a link")


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not HAS_REDIS:
        pytest.skip("needs redis-server")
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["memory", "redis"])
def on_store(request: pytest.FixtureRequest) -> Callable[[Check], None]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""

    def run(check: Check) -> None:
        async def main() -> None:
            store: Store = RedisStore(url) if url else MemoryStore()
            await store.start()
            try:
                await store.remove(KEY)
                await check(store)
            finally:
                await store.close()

        run_apart(main())

    return run


async def _opened(store: Store, seconds: float = 60) -> None:
    assert await store.create(KEY, bearer="b", name=b"\x00name\xff", seconds=seconds)


def test_a_link_from_beginning_to_end(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store)
        link = await store.get(KEY)
        assert link is not None
        assert (link.bearer, link.name, link.phase, link.opened) == ("b", b"\x00name\xff", "waiting", False)
        assert 58 < link.seconds_left <= 60
        assert await store.take(KEY) is None
        assert not await store.answer(KEY, "read", "")
        shown = await store.opened(KEY)
        assert shown is not None
        assert shown.opened
        assert shown.version == link.version + 1
        again = await store.opened(KEY)
        assert again is not None
        assert again.version == shown.version
        assert await store.put(KEY, b"sealed\x00", "r1")
        assert not await store.put(KEY, b"second", "r2")
        assert await store.opened(KEY) is None
        assert await store.take(KEY) == b"sealed\x00"
        assert await store.take(KEY) is None
        assert not await store.put(KEY, b"third", "r3")
        assert await store.answer(KEY, "unreadable", "noCodeFound")
        link = await store.get(KEY)
        assert link is not None
        assert (link.phase, link.tries, link.tries_left) == ("waiting", 1, MAX_TRIES - 1)
        assert (link.verdict, link.problem, link.receipt) == ("unreadable", "noCodeFound", "r1")
        assert await store.put(KEY, b"better", "r4")
        assert await store.take(KEY) == b"better"
        assert await store.answer(KEY, "read", "")
        assert not await store.answer(KEY, "read", "")
        link = await store.get(KEY)
        assert link is not None
        assert (link.phase, link.receipt) == ("done", "r4")
        assert not await store.put(KEY, b"late", "r5")
        assert AFTERLIFE_S - 2 < link.seconds_left <= AFTERLIFE_S
        await store.remove(KEY)
        assert await store.get(KEY) is None

    on_store(check)


def test_after_the_last_try_it_is_over(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store)
        for _ in range(MAX_TRIES):
            assert await store.put(KEY, b"x", "r")
            assert await store.take(KEY) == b"x"
            assert await store.answer(KEY, "unreadable", "noCodeFound")
        link = await store.get(KEY)
        assert link is not None
        assert (link.phase, link.tries_left) == ("done", 0)
        assert not await store.put(KEY, b"x", "r")

    on_store(check)


def test_a_shrunk_photo_is_no_try_of_its_own_but_two_in_a_row_are_one(
    on_store: Callable[[Check], None],
) -> None:
    async def send(store: Store, shrunk: bool) -> int:
        assert await store.put(KEY, b"x", "r", shrunk=shrunk)
        assert await store.take(KEY) == b"x"
        assert await store.answer(KEY, "unreadable", "noCodeFound")
        link = await store.get(KEY)
        assert link is not None
        return link.tries

    async def check(store: Store) -> None:
        await _opened(store)
        # Shrunk and whole, shrunk and shrunk again (a phone that lies), whole.
        assert [await send(store, shrunk) for shrunk in (True, False, True, True, False)] == [0, 1, 1, 2, 3]
        for shrunk in (True, False, True, False):
            await send(store, shrunk)
        link = await store.get(KEY)
        assert link is not None
        assert (link.phase, link.tries_left) == ("done", 0)
        assert not await store.put(KEY, b"x", "r", shrunk=True)

    on_store(check)


def test_an_id_belongs_to_its_first_bearer(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store)
        assert await store.create(KEY, bearer="b", name=b"", seconds=60)
        assert not await store.create(KEY, bearer="other", name=b"", seconds=60)
        link = await store.get(KEY)
        assert link is not None
        assert link.name == b"\x00name\xff"

    on_store(check)


def test_expiry(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store, 0.3)
        link = await store.wait(KEY, 1, 5)
        assert link is None
        assert await store.get(KEY) is None
        assert not await store.put(KEY, b"x", "r")
        assert await store.opened(KEY) is None

    on_store(check)


def test_a_photo_just_in_time_can_still_be_read(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store, 0.3)
        assert await store.put(KEY, b"x", "r")
        await asyncio.sleep(0.5)
        assert await store.take(KEY) == b"x"

    on_store(check)


def test_waiting_ends_at_a_change_and_only_then(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        loop = asyncio.get_running_loop()
        await _opened(store)
        start = loop.time()
        link = await store.wait(KEY, 1, 0.4)
        assert link is not None
        assert link.version == 1
        assert 0.35 < loop.time() - start < 1.5
        waiters = [asyncio.create_task(store.wait(KEY, 1, 20)) for _ in range(3)]
        await asyncio.sleep(0.2)
        start = loop.time()
        await store.put(KEY, b"x", "r")
        for found in await asyncio.gather(*waiters):
            assert found is not None
            assert found.phase == "received"
        assert loop.time() - start < 0.5
        gone = asyncio.create_task(store.wait(KEY, 2, 20))
        await asyncio.sleep(0.1)
        await store.remove(KEY)
        assert await asyncio.wait_for(gone, 1) is None

    on_store(check)


def test_of_many_who_wait_the_oldest_are_answered_at_once(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store)
        waiting = []
        for _ in range(MAX_WAITING + 3):
            waiting.append(asyncio.create_task(store.wait(KEY, 1, 30)))
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        assert [task.done() for task in waiting] == [True] * 3 + [False] * MAX_WAITING
        await store.opened(KEY)
        assert [link and link.version for link in await asyncio.gather(*waiting)] == [1] * 3 + [
            2
        ] * MAX_WAITING

    on_store(check)


def test_of_many_uploads_at_once_one_wins_and_one_host_gets_it(on_store: Callable[[Check], None]) -> None:
    async def check(store: Store) -> None:
        await _opened(store)
        won = await asyncio.gather(*(store.put(KEY, b"%d" % n, f"r{n}") for n in range(30)))
        assert sum(won) == 1
        taken = await asyncio.gather(*(store.take(KEY) for _ in range(30)))
        assert [photo for photo in taken if photo is not None] == [b"%d" % won.index(True)]

    on_store(check)


def test_the_memory_store_is_bounded() -> None:
    async def main() -> None:
        store = MemoryStore(Limits(max_links=2, max_stored_bytes=10))
        for name in ("one", "two"):
            assert await store.create(name, bearer="b", name=b"", seconds=60)
        with pytest.raises(StoreBusyError):
            await store.create("three", bearer="b", name=b"", seconds=60)
        assert await store.put("one", b"12345678", "r")
        with pytest.raises(StoreBusyError):
            await store.put("two", b"123", "r")
        assert await store.take("one") == b"12345678"
        assert await store.put("two", b"123", "r")
        await store.remove("two")
        assert await store.create("three", bearer="b", name=b"", seconds=60)
        assert await store.put("three", b"1234567890", "r")

    run_apart(main())


def test_redis_away_is_said_as_such(tmp_path: Path) -> None:
    async def main() -> None:
        store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
        for work in (
            store.get(KEY),
            store.take(KEY),
            store.remove(KEY),
            store.create(KEY, bearer="b", name=b"", seconds=1),
        ):
            with pytest.raises(StoreBusyError):
                await work
        await store.close()

    run_apart(main())

"""Marks by which the extension sees that two codes hold the same thing."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import ModuleType

import pytest

from auto2fa.native.verbs import marks
from auto2fa.native.verbs.marks import LENGTH, mark

AT_ONCE = 4
HOSTS = 300
"""A key made on first use differed between threads in 8 of so many."""


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def fresh() -> ModuleType:
    """The module as a new host has it."""
    spec = importlib.util.spec_from_file_location("fresh_marks", str(marks.__file__))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pictures_that_a_new_host_reads_at_once_get_one_mark(hurried: None) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(HOSTS):
            module, together = fresh(), Barrier(AT_ONCE)

            def one(_: int, module: ModuleType = module, together: Barrier = together) -> str:
                together.wait()
                return str(module.mark(b"one secret"))

            assert len(set(pool.map(one, range(AT_ONCE)))) == 1


def test_a_mark_says_which_and_not_what() -> None:
    assert mark(b"one") == mark(b"one") != mark(b"other")
    assert len(mark(b"one")) == 2 * LENGTH
    assert b"one".hex() not in mark(b"one")

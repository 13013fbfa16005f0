"""Fixtures of every test: a real keyring of our own, an index of our own, a host process of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.demo.keyring_session import KeyringSession, keyring_session
from support.native import HostProcess


@pytest.fixture(scope="session")
def keyring() -> Iterator[KeyringSession]:
    """A real Secret Service; the whole run uses it instead of the user's own."""
    with keyring_session() as session:
        before = {name: os.environ.get(name) for name in session.env}
        os.environ.update(session.env)
        yield session
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture
def home(tmp_path: Path, keyring: KeyringSession, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``AUTO2FA_HOME``."""
    folder = tmp_path / "home"
    monkeypatch.setenv("AUTO2FA_HOME", str(folder))
    return folder


@pytest.fixture
def host(home: Path) -> Iterator[HostProcess]:
    """A host process as a browser starts it."""
    with HostProcess() as process:
        yield process

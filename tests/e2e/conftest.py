"""Fixtures of tests that share one browser: a module's worth of logins takes one start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.demo.keyring_session import KeyringSession


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory, keyring: KeyringSession) -> Iterator[Path]:
    """One ``AUTO2FA_HOME`` for a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("module") / "home"
        patch.setenv("AUTO2FA_HOME", str(folder))
        yield folder

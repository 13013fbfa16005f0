"""Fixtures of tests that share one browser: a module's worth of logins takes one start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.demo.keyring_session import KeyringSession
from auto2fa.vault.index import Index
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault
from support.setup_pages import SetupPages


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory, keyring: KeyringSession) -> Iterator[Path]:
    """One ``AUTO2FA_HOME`` for a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("module") / "home"
        patch.setenv("AUTO2FA_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def pages() -> Iterator[SetupPages]:
    """Set-up pages of made portals, served to a module's tests."""
    with SetupPages() as pages:
        yield pages


@pytest.fixture(autouse=True)
def second_try_starts_afresh(request: pytest.FixtureRequest) -> None:
    """A test that is tried again finds no accounts and no codes of its first try."""
    if getattr(request.node, "execution_count", 1) < 2 or "rig" not in request.fixturenames:
        return
    for site in request.getfixturevalue("rig").portal.sites.values():
        site.codes.clear()
        site.used.clear()
    vault = Vault(Index(), Secrets())
    for portal in vault.index.portals():
        vault.remove_portal(portal.id)
    vault.index.close()

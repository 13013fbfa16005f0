"""Fixtures of every test: a real keyring of our own, an index of our own, a host process of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from auto2fa.demo.keyring_session import KeyringSession, keyring_session
from support.native import HostProcess

LONGEST_FIRST = (
    "e2e/test_capture_covering",
    "e2e/test_import_wizard",
    "e2e/test_pages_axe",
    "extension/test_detection",
    "e2e/test_capture_pages",
    "e2e/test_capture_clicks",
    "e2e/test_phone",
    "e2e/test_every_way_in",
    "host/test_activation_killed",
    "e2e/test_outcome",
    "host/test_phone_page",
    "e2e/test_timing",
    "host/test_otp_export",
    "host/test_cli",
    "portals/test_portals_third_party",
    "host/test_qr_reading",
    "e2e/test_login_chromium",
    "e2e/test_login_firefox",
    "e2e/test_capture_firefox",
)
"""Files that take minutes: begun last, one of them would run alone while the other workers have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {f"{name}.py": at for at, name in enumerate(LONGEST_FIRST)}

    def order(item: pytest.Item) -> int:
        return place.get("/".join(item.path.parts[-2:]), len(place))

    items.sort(key=order)


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

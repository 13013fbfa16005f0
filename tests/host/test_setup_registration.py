"""Registration with browsers: the right files for each, only ours taken back, troubles kept apart."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.setup.browsers import known
from auto2fa.setup.caller import check_caller
from auto2fa.setup.identity import CHROMIUM_ID, CHROMIUM_ORIGIN, FIREFOX_ID, HOST_NAME
from auto2fa.setup.registration import install, uninstall
from auto2fa.setup.resources import manifest_part

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")
FILE = f"{HOST_NAME}.json"


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "AUTO2FA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    return home


def test_browsers_in_use_are_registered(user: Path) -> None:
    (user / ".config/chromium").mkdir(parents=True)
    (user / ".config/BraveSoftware/Brave-Browser").mkdir(parents=True)
    (user / ".mozilla/firefox").mkdir(parents=True)
    results = {result.browser: result for result in install()}
    assert set(results) == {"chromium", "brave", "firefox"}
    assert all(result.ok for result in results.values())
    launcher = user / ".local/share/auto2fa/host/auto2fa-host"
    assert stat.S_IMODE(launcher.stat().st_mode) == 0o700
    for place in (".config/chromium", ".config/BraveSoftware/Brave-Browser"):
        content = json.loads((user / place / "NativeMessagingHosts" / FILE).read_text())
        assert content == {
            "name": HOST_NAME,
            "description": manifest_part("native_host")["description"],
            "type": "stdio",
            "path": str(launcher),
            "allowed_origins": [CHROMIUM_ORIGIN],
        }
    content = json.loads((user / ".mozilla/native-messaging-hosts" / FILE).read_text())
    assert content["allowed_extensions"] == [FIREFOX_ID]
    assert "allowed_origins" not in content


def test_named_browsers_need_no_profile_and_unknown_ones_are_refused(user: Path) -> None:
    (result,) = install(["Vivaldi".lower()])
    assert result.ok
    assert (user / ".config/vivaldi/NativeMessagingHosts" / FILE).is_file()
    with pytest.raises(Auto2faError, match="netscape") as caught:
        install(["netscape"])
    assert "firefox" in caught.value.next


def test_one_browsers_trouble_does_not_stop_the_others(user: Path) -> None:
    (user / ".config/chromium").mkdir(parents=True)
    (user / ".config/chromium/NativeMessagingHosts").write_text("a file where a folder belongs")
    results = {result.browser: result for result in install(["chromium", "firefox"])}
    assert not results["chromium"].ok
    assert "could not be written" in results["chromium"].detail
    assert results["firefox"].ok


def test_twice_is_once_and_back_takes_only_ours(user: Path) -> None:
    (user / ".config/chromium").mkdir(parents=True)
    install()
    install()
    folder = user / ".config/chromium/NativeMessagingHosts"
    (folder / "org.other.json").write_text("{}")
    assert sorted(each.name for each in folder.iterdir()) == [FILE, "org.other.json"]
    (removed,) = uninstall()
    assert removed.ok
    assert [each.name for each in folder.iterdir()] == ["org.other.json"]
    assert not (user / ".local/share/auto2fa/host/auto2fa-host").exists()
    assert uninstall() == []


def test_a_file_of_our_name_that_is_not_ours_stays(user: Path) -> None:
    folder = user / ".config/chromium/NativeMessagingHosts"
    folder.mkdir(parents=True)
    (folder / FILE).write_text('{"name": "org.other"}')
    (result,) = uninstall()
    assert not result.ok
    assert (folder / FILE).exists()


def test_a_profile_folder_of_its_own(user: Path, tmp_path: Path) -> None:
    (result,) = install(user_data_dir=tmp_path / "profile")
    file = tmp_path / "profile/NativeMessagingHosts" / FILE
    assert result.path == str(file)
    assert json.loads(file.read_text())["allowed_origins"] == [CHROMIUM_ORIGIN]
    assert not (user / ".config").exists()
    uninstall(user_data_dir=tmp_path / "profile")
    assert not file.exists()


def test_sandboxed_browsers_are_explained(user: Path) -> None:
    (user / ".var/app/com.brave.Browser").mkdir(parents=True)
    (user / "snap/chromium/common/chromium").mkdir(parents=True)
    (user / "snap/firefox/common/.mozilla/firefox").mkdir(parents=True)
    results = {result.browser: result for result in install()}
    assert not results["brave"].ok
    assert "Flatpak" in results["brave"].detail
    assert not results["chromium"].ok
    assert "Snap" in results["chromium"].detail
    assert not (user / ".config").exists()
    assert results["firefox"].ok
    assert "flatpak permission-set" in results["firefox"].next


def test_the_launcher_works_with_no_path_and_keeps_a_chosen_home(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "a home with 'quotes'"
    monkeypatch.setenv("AUTO2FA_HOME", str(chosen))
    install(["chromium"])
    launcher = chosen / "host/auto2fa-host"
    shown = subprocess.run(
        [str(launcher), "chrome-extension://another/"],
        input=b"",
        capture_output=True,
        env={"HOME": str(user)},
        timeout=20,
    )
    assert shown.returncode == 1
    assert b"not the Auto 2FA extension" in shown.stderr
    assert str(chosen) in launcher.read_text().replace("'\"'\"'", "'")
    assert os.access(launcher, os.X_OK)


def test_the_table_names_every_place_once() -> None:
    rows = manifest_part("browsers")["browsers"]
    assert len({row["name"] for row in rows}) == len(rows) >= 12
    for row in rows:
        assert row["family"] in ("chromium", "firefox")
        for system in {"linux", "macos", "windows"} & set(row):
            assert "profile" in row[system]
            assert ("key" if system == "windows" else "user") in row[system]
    windows = {row["name"]: row["windows"]["key"] for row in rows if "windows" in row}
    assert windows["brave"] == windows["vivaldi"] == windows["chrome"]
    assert windows["edge"] != windows["chrome"]
    assert known()


@pytest.mark.parametrize(
    ("arguments", "family"),
    [
        ([CHROMIUM_ORIGIN], "chromium"),
        ([CHROMIUM_ORIGIN, "--parent-window=0"], "chromium"),
        ([f"/home/a/.mozilla/native-messaging-hosts/{FILE}", FIREFOX_ID], "firefox"),
    ],
)
def test_callers_that_are_ours(arguments: list[str], family: str) -> None:
    assert check_caller(["auto2fa-host", *arguments]).family == family


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        [CHROMIUM_ID],
        [CHROMIUM_ORIGIN.removesuffix("/")],
        [CHROMIUM_ORIGIN.upper()],
        [CHROMIUM_ORIGIN, "more"],
        ["chrome-extension://abcdefghijklmnopabcdefghijklmnop/"],
        [f"https://{CHROMIUM_ID}/"],
        [FIREFOX_ID],
        ["/tmp/other.json", FIREFOX_ID],
        [f"/tmp/{FILE}", "other@example.org"],
        [f"/tmp/{FILE}", FIREFOX_ID, "more"],
    ],
)
def test_callers_that_are_not(arguments: list[str]) -> None:
    with pytest.raises(Auto2faError) as caught:
        check_caller(["auto2fa-host", *arguments])
    assert caught.value.name == "callerRefused"

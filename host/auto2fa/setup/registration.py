"""Tells browsers about the native host, and takes it back; one browser's trouble never stops the others."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auto2fa.setup import launcher
from auto2fa.setup.browsers import Browser, found, known, named
from auto2fa.setup.extension import Family
from auto2fa.setup.identity import CHROMIUM_ORIGIN, FIREFOX_ID, HOST_NAME
from auto2fa.setup.resources import manifest_part


@dataclass(frozen=True, slots=True)
class Result:
    """What happened for one browser."""

    browser: str
    title: str
    ok: bool
    path: str
    """The manifest's file, or the registry key."""
    detail: str
    next: str = ""


def host_manifest(family: Family, program: Path) -> dict[str, Any]:
    """The native-messaging manifest for a family of browsers."""
    allowed: dict[str, Any] = (
        {"allowed_origins": [CHROMIUM_ORIGIN]}
        if family == "chromium"
        else {"allowed_extensions": [FIREFOX_ID]}
    )
    return {**manifest_part("native_host"), "path": str(program), **allowed}


def install(browsers: list[str] | None = None, user_data_dir: Path | None = None) -> list[Result]:
    """Register the host.

    ``browsers``: their names; ``None`` takes every browser found here. ``user_data_dir``: register in this
    Chromium user-data folder instead (a test's or a portable browser's profile).

    Raises:
        Auto2faError: ``unknownBrowser``, ``productMissing``; other troubles are results.
    """
    chosen = named(browsers) if browsers else found()
    if user_data_dir is not None:
        title = chosen[0].title if browsers else "Chromium"
        folder = user_data_dir.expanduser().absolute() / "NativeMessagingHosts"
        return [_attempt("chromium", title, folder / f"{HOST_NAME}.json", "chromium")]
    results: list[Result] = []
    for browser in chosen:
        if browser.manifests is not None:
            place = browser.manifests / f"{HOST_NAME}.json"
        else:
            place = launcher.launcher_file().absolute().parent / f"{browser.family}.json"
        results.append(_attempt(browser.name, browser.title, place, browser.family, browser))
    return results


def _attempt(name: str, title: str, place: Path, family: Family, browser: Browser | None = None) -> Result:
    note = sandbox_note(browser) if browser is not None else None
    if note and not note.works:
        # Writing would only make a profile folder that looks as if the browser were used outside its sandbox.
        return Result(name, title, False, str(place), note.detail, note.next)
    try:
        program = launcher.write_launcher()
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_text(json.dumps(host_manifest(family, program), indent=2) + "\n", encoding="utf-8")
        fresh.replace(place)
        path = str(place)
        if browser is not None and browser.registry_key is not None:
            path = _set_registry(browser.registry_key, place)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        return Result(name, title, False, str(place), f"could not be written: {detail}", "Check permissions.")
    if note:
        return Result(name, title, True, path, note.detail, note.next)
    return Result(name, title, True, path, "registered")


def uninstall(browsers: list[str] | None = None, user_data_dir: Path | None = None) -> list[Result]:
    """Take the registration back: only manifests that are ours; the index and the keyring stay.

    With no arguments every browser and the launcher are cleaned.

    Raises:
        Auto2faError: ``unknownBrowser``.
    """
    if user_data_dir is not None:
        place = user_data_dir.expanduser().absolute() / "NativeMessagingHosts" / f"{HOST_NAME}.json"
        removed = _remove("chromium", "Chromium", place)
        return [removed] if removed else []
    results: list[Result] = []
    for browser in named(browsers) if browsers else known():
        if browser.manifests is not None:
            removed = _remove(browser.name, browser.title, browser.manifests / f"{HOST_NAME}.json")
        else:
            removed = _remove_registry(browser)
        if removed:
            results.append(removed)
    if not browsers:
        file = launcher.launcher_file()
        places = [file] if sys.platform != "win32" else [file, *file.parent.glob("*.json")]
        for place in places:
            place.unlink(missing_ok=True)
    return results


def _remove(name: str, title: str, place: Path) -> Result | None:
    if not place.exists():
        return None
    try:
        if json.loads(place.read_text(encoding="utf-8")).get("name") != HOST_NAME:
            return Result(name, title, False, str(place), "is not ours, so it stays")
        place.unlink()
    except (OSError, ValueError, AttributeError) as error:
        return Result(name, title, False, str(place), f"could not be removed: {error}", "Remove it by hand.")
    return Result(name, title, True, str(place), "removed")


# --- sandboxed browsers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SandboxNote:
    """What a Snap or Flatpak browser means for native messaging."""

    works: bool
    detail: str
    next: str


def sandbox_note(browser: Browser) -> SandboxNote | None:
    """A sentence for a browser that is only used inside a sandbox, else ``None``."""
    if browser.used and not browser.snap:
        return None
    if browser.snap:
        if browser.family == "firefox":
            return SandboxNote(
                True,
                f"registered; {browser.title} is a Snap, which reaches the host through the desktop's portal",
                "Answer “Allow” when the desktop asks; if nothing asks, run"
                f" “flatpak permission-set webextensions {HOST_NAME} snap.{browser.snap} yes”.",
            )
        return SandboxNote(
            False,
            f"{browser.title} is a Snap, and its sandbox lets it start no program of this computer",
            f"Install {browser.title} as a package of your distribution or from its maker.",
        )
    if browser.flatpak:
        return SandboxNote(
            False,
            f"{browser.title} is a Flatpak, and its sandbox lets it start no program of this computer",
            f"Install {browser.title} as a package of your distribution or from its maker.",
        )
    return None


# --- Windows ----------------------------------------------------------------------------------------------


def _set_registry(key: str, manifest: Path) -> str:
    """Point the current user's registry key at the manifest; returns the key's full name."""
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, f"{key}\\{HOST_NAME}") as opened:
            winreg.SetValueEx(opened, None, 0, winreg.REG_SZ, str(manifest))
    return f"HKEY_CURRENT_USER\\{key}\\{HOST_NAME}"


def registered_manifest(browser: Browser) -> Path | None:
    """The native manifest that this browser would read, or ``None``."""
    if browser.manifests is not None:
        for folder in (browser.manifests, browser.system_manifests):
            if folder is not None and (folder / f"{HOST_NAME}.json").is_file():
                return folder / f"{HOST_NAME}.json"
        return None
    if sys.platform == "win32" and browser.registry_key is not None:
        import winreg

        try:
            return Path(winreg.QueryValue(winreg.HKEY_CURRENT_USER, f"{browser.registry_key}\\{HOST_NAME}"))
        except OSError:
            return None
    return None


def _remove_registry(browser: Browser) -> Result | None:
    if sys.platform == "win32" and browser.registry_key is not None:
        import winreg

        key = f"{browser.registry_key}\\{HOST_NAME}"
        try:
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
        except OSError:
            return None
        return Result(browser.name, browser.title, True, f"HKEY_CURRENT_USER\\{key}", "removed")
    return None

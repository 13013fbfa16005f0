"""Composes the extension for one family of browsers: a folder that can be read, reviewed and loaded."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

from auto2fa.errors import Auto2faError
from auto2fa.setup.identity import FIREFOX_ID
from auto2fa.setup.resources import manifest_part, product_folder
from auto2fa.version import VERSION

Family = Literal["chromium", "firefox"]


def manifest(family: Family, *, all_sites: bool = False) -> dict[str, Any]:
    """The extension's manifest.

    ``all_sites`` makes the managed build: every site is a required permission instead of being asked for when
    a portal is linked. Nothing else differs.
    """
    composed = {**manifest_part("base"), **manifest_part(family), "version": VERSION}
    if all_sites:
        del composed["optional_host_permissions"]
        composed |= manifest_part("all-sites")
    return composed


def build(family: Family, out: Path, *, all_sites: bool = False) -> Path:
    """Write the extension into the folder ``out``, replacing an earlier build of ours; returns ``out``.

    The new folder is complete before the old one goes, so a full disk leaves the old one in place.

    Raises:
        Auto2faError: ``notOurFolder`` when ``out`` holds anything else, ``cannotWrite``, ``productMissing``.
    """
    out = out.expanduser().absolute()
    if not _may_replace(out):
        raise Auto2faError("notOurFolder", folder=out)
    source = product_folder("extension")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
            fresh = Path(work) / "new"
            shutil.copytree(source, fresh, ignore=shutil.ignore_patterns(".*", "*.md", "*.d.ts", "*.map"))
            (fresh / "manifest.json").write_text(
                json.dumps(manifest(family, all_sites=all_sites), indent=2, ensure_ascii=False) + "\n",
                encoding="utf-8",
            )
            if out.exists():
                out.rename(Path(work) / "old")
            fresh.rename(out)
    except OSError as error:
        raise Auto2faError("cannotWrite", path=out, detail=error.strerror or type(error).__name__) from None
    return out


def _may_replace(out: Path) -> bool:
    """Whether ``out`` is absent, an empty folder, or an earlier build."""
    if out.is_symlink():
        return False
    if not out.exists():
        return True
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    try:
        found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        key = found.get("key")
        gecko = found.get("browser_specific_settings", {}).get("gecko", {}).get("id")
    except (OSError, ValueError, AttributeError):
        return False
    return bool(key == manifest_part("chromium")["key"] or gecko == FIREFOX_ID)

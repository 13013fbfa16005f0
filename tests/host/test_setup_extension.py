"""The composed extension: what is asked of the browser, and folders that are not ours."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from auto2fa.errors import Auto2faError
from auto2fa.setup.extension import Family, build
from auto2fa.setup.identity import CHROMIUM_ID, FIREFOX_ID, HOST_NAME
from auto2fa.setup.resources import manifest_part, product_folder

FAMILIES: list[Family] = ["chromium", "firefox"]


def manifest_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return content


def test_ids_follow_from_the_manifests() -> None:
    digest = hashlib.sha256(base64.b64decode(manifest_part("chromium")["key"])).hexdigest()[:32]
    assert "".join(chr(97 + int(letter, 16)) for letter in digest) == CHROMIUM_ID
    assert manifest_part("firefox")["browser_specific_settings"]["gecko"]["id"] == FIREFOX_ID
    assert manifest_part("native_host")["name"] == HOST_NAME
    background = (product_folder("extension") / "background" / "browser.js").read_text()
    assert f'HOST_NAME = "{HOST_NAME}"' in background


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("all_sites", [False, True])
def test_every_file_that_the_manifest_names_is_there(tmp_path: Path, family: Family, all_sites: bool) -> None:
    folder = build(family, tmp_path / "extension", all_sites=all_sites)
    manifest = manifest_of(folder)
    background = manifest["background"]
    named = [
        *manifest["icons"].values(),
        *manifest["action"]["default_icon"].values(),
        manifest["action"]["default_popup"],
        manifest["options_ui"]["page"],
        *([background["service_worker"]] if family == "chromium" else background["scripts"]),
    ]
    for name in named:
        assert (folder / name).is_file(), name
    for size, name in manifest["icons"].items():
        with Image.open(folder / name) as icon:
            assert icon.size == (int(size), int(size))
    for language in ("en", "de"):
        words = json.loads((folder / "_locales" / language / "messages.json").read_text())
        for text in (manifest["name"], manifest["description"], manifest["action"]["default_title"]):
            assert text.removeprefix("__MSG_").removesuffix("__") in words


@pytest.mark.parametrize("family", FAMILIES)
def test_permissions_are_few_and_sites_are_asked_for(tmp_path: Path, family: Family) -> None:
    manifest = manifest_of(build(family, tmp_path / "extension"))
    assert "host_permissions" not in manifest
    assert "content_scripts" not in manifest
    assert "web_accessible_resources" not in manifest
    assert not {"tabs", "webRequest", "cookies", "history", "<all_urls>"} & set(manifest["permissions"])
    policy = manifest["content_security_policy"]["extension_pages"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_managed_build_differs_in_sites_only(tmp_path: Path) -> None:
    usual = manifest_of(build("chromium", tmp_path / "usual"))
    managed = manifest_of(build("chromium", tmp_path / "managed", all_sites=True))
    changed = {name for name in usual | managed if usual.get(name) != managed.get(name)}
    assert changed == {"optional_host_permissions", "host_permissions"}


def test_an_earlier_build_is_replaced_whole(tmp_path: Path) -> None:
    folder = build("chromium", tmp_path / "extension")
    (folder / "left-over.js").write_text("")
    assert build("firefox", folder) == folder
    assert not (folder / "left-over.js").exists()
    assert "browser_specific_settings" in manifest_of(folder)
    assert [each.name for each in tmp_path.iterdir()] == ["extension"]


@pytest.mark.parametrize(
    "content",
    [
        {"notes.txt": "mine"},
        {"manifest.json": "{}"},
        {"manifest.json": '{"key": "another"}'},
        {"manifest.json": "[1]"},
        {"manifest.json": "no json"},
    ],
)
def test_a_folder_of_others_is_left_alone(tmp_path: Path, content: dict[str, str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text)
    with pytest.raises(Auto2faError, match="something other") as caught:
        build("chromium", folder)
    assert caught.value.name == "notOurFolder"
    assert {each.name: each.read_text() for each in folder.iterdir()} == content


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = build("chromium", tmp_path / "target")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Auto2faError):
        build("chromium", tmp_path / "link")


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Auto2faError) as caught:
        build("chromium", tmp_path / "file" / "below")
    assert caught.value.name in ("cannotWrite", "notOurFolder")

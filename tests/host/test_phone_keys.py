"""Both halves of the link's encryption: ours in Python and the page's in JavaScript."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from auto2fa.phone.keys import CHECK_ALPHABET, OVERHEAD_BYTES, LinkKey, SealError, new_id
from host.phone_rig import ROOT

STATIC = ROOT / "host/auto2fa/phone/static"
LINK = "AAAAAAAAAAAAAAAAAAAAAA"
MASTER = bytes(range(32))


def test_what_is_sealed_opens_again_and_only_for_its_link_and_purpose() -> None:
    key = LinkKey(LINK, MASTER)
    sealed = key.seal("photo", b"picture")
    assert len(sealed) == len(b"picture") + OVERHEAD_BYTES
    assert key.open("photo", sealed) == b"picture"
    assert key.seal("photo", b"picture") != sealed
    with pytest.raises(SealError):
        key.open("name", sealed)
    with pytest.raises(SealError):
        LinkKey("B" * 22, MASTER).open("photo", sealed)
    with pytest.raises(SealError):
        LinkKey(LINK, bytes(32)).open("photo", sealed)


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    key = LinkKey(LINK, MASTER)
    sealed = key.seal("photo", b"abc")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealError):
            key.open("photo", bytes(changed))
        with pytest.raises(SealError):
            key.open("photo", sealed[:place])


def test_ids_and_keys_are_random_and_of_full_length() -> None:
    links = {new_id() for _ in range(500)}
    fragments = {LinkKey(LINK).fragment for _ in range(500)}
    assert len(links) == len(fragments) == 500
    assert {len(link) for link in links} == {22}
    assert {len(fragment) for fragment in fragments} == {43}


def test_the_check_word_depends_on_key_and_link_and_has_no_look_alikes() -> None:
    words = {LinkKey(LINK).check_word for _ in range(300)}
    assert len(words) > 290
    assert set("".join(words)) <= set(CHECK_ALPHABET)
    assert not set(CHECK_ALPHABET) & set("0O1IL2Z5S8BUAE")
    assert LinkKey(LINK, MASTER).check_word != LinkKey("B" * 22, MASTER).check_word


def test_nothing_shows_the_key() -> None:
    key = LinkKey(LINK, MASTER)
    assert key.fragment not in repr(key)
    assert not hasattr(key, "__dict__")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@pytest.mark.parametrize("web_crypto", [True, False], ids=["web-crypto", "pure-javascript"])
def test_the_page_and_the_host_understand_each_other(tmp_path: Path, web_crypto: bool) -> None:
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    key = LinkKey(LINK, MASTER)
    plain = bytes(range(256)) * 300 + b"end"
    script = f"""
        import {{ webcrypto }} from "node:crypto";
        const bare = {{ getRandomValues: (array) => webcrypto.getRandomValues(array) }};
        Object.defineProperty(globalThis, "crypto", {{ value: {"webcrypto" if web_crypto else "bare"} }});
        const {{ linkKey }} = await import("{(tmp_path / "static/seal.js").as_uri()}");
        const key = linkKey("{LINK}", "{key.fragment}");
        const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
        const sealed = await key.sealPhoto(bytes("{base64.b64encode(plain).decode()}"));
        let refused = false;
        const name = bytes("{base64.b64encode(key.seal("name", "Bär & Söhne".encode())).decode()}");
        const opened = await key.openName(name);
        name[20] ^= 1;
        try {{ await key.openName(name); }} catch {{ refused = true; }}
        console.log(JSON.stringify({{
          word: key.checkWord, name: opened, refused, sealed: Buffer.from(sealed).toString("base64"),
          cut: linkKey("{LINK}", "{key.fragment[:-1]}"), long: linkKey("{LINK}", "{key.fragment}A"),
        }}));
    """
    (tmp_path / "run.js").write_text(script)
    done = subprocess.run(["node", "run.js"], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["word"] == key.check_word
    assert found["name"] == "Bär & Söhne"
    assert found["refused"] is True
    assert found["cut"] is None
    assert found["long"] is None
    assert key.open("photo", base64.b64decode(found["sealed"])) == plain


def test_vendored_files_are_the_ones_that_were_noted() -> None:
    vendor = STATIC / "vendor"
    lines = [line.split() for line in (vendor / "SHA256SUMS").read_text().splitlines()]
    noted = {name: digest for digest, name in lines}
    there = {
        path.relative_to(vendor).as_posix()
        for path in vendor.rglob("*")
        if path.is_file() and (path.suffix == ".js" or path.name == "LICENSE")
    }
    assert there == set(noted)
    for name, expected in noted.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == expected, name

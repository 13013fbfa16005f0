"""The terminal command as a process: exit codes, sentences, no secret on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyotp
import pytest
import segno

from auto2fa.demo.keyring_session import KeyringSession

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
URI = f"otpauth://totp/Strom:mia?secret={KEY}&issuer=Strom"


def run(*words: object, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auto2fa.cli", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
        timeout=60,
    )


def picture(folder: Path, text: str, name: str = "code.png") -> Path:
    file = folder / name
    segno.make_qr(text).save(str(file), scale=6)
    return file


def test_add_list_code_remove(home: Path) -> None:
    added = run("add", "--site", "https://portal.example", "--account", "mia", text=KEY)
    assert (added.returncode, added.stderr) == (0, "")
    listed = json.loads(run("list", "--json").stdout)
    assert listed[0]["sites"] == ["https://portal.example"]
    assert listed[0]["accounts"][0]["username"] == "mia"
    before = int(time.time() // 30)
    code = run("code", "portal.example").stdout.strip()
    assert code in {pyotp.TOTP(KEY).generate_otp(step) for step in (before, before + 1)}
    assert KEY not in run("list").stdout + run("list", "--json").stdout
    assert run("remove", "portal.example").returncode == 0
    assert json.loads(run("list", "--json").stdout) == []
    gone = run("code", "portal.example")
    assert gone.returncode == 1
    assert "not linked" in gone.stderr


@pytest.mark.parametrize("way", ["uri", "image", "key"])
def test_every_way_in(home: Path, tmp_path: Path, way: str) -> None:
    value = {"uri": URI, "image": picture(tmp_path, URI), "key": KEY}[way]
    assert run("add", "--site", "portal.example", f"--{way}", value).returncode == 0
    assert run("code", "portal.example").stdout.strip().isdigit()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "--site", "portal.example", "--key", "GEZDGNBV1Y3TQOJQ"], "not a security key"),
        (["add", "--site", "http://portal.example", "--key", KEY], "not encrypted"),
        (["add", "--site", "not a site", "--key", KEY], "not the address"),
        (["add", "--site", "portal.example", "--uri", "otpauth://totp/x?issuer=y"], "cannot be used"),
        (["add", "--site", "portal.example", "--image", "missing.png"], "could not be read"),
        (["decode", "missing.png"], "could not be read"),
        (["code", "nobody.example"], "not linked"),
        (["import", "missing.json"], "could not be read"),
        (["export", "out.age"], "no account"),
    ],
)
def test_failures_are_sentences_with_exit_code_1(home: Path, words: list[str], sentence: str) -> None:
    done = run(*words)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["add"], ["decode"], ["extension", "--browser", "netscape"]]
)
def test_wrong_usage_is_exit_code_2(home: Path, words: list[str]) -> None:
    assert run(*words).returncode == 2


def test_two_accounts_of_one_site(home: Path) -> None:
    other = pyotp.random_base32()
    assert run("add", "--site", "portal.example", "--account", "mia", text=KEY).returncode == 0
    assert run("add", "--site", "portal.example", "--account", "ben", text=other).returncode == 0
    both = run("code", "portal.example")
    assert both.returncode == 1
    assert "mia, ben" in both.stderr
    step = int(time.time() // 30)
    assert run("code", "portal.example", "--account", "ben").stdout.strip() in {
        pyotp.TOTP(other).generate_otp(each) for each in (step, step + 1)
    }
    taken = run("add", "--site", "portal.example", "--account", "mia", text=pyotp.random_base32())
    assert taken.returncode == 1
    assert "--replace" in taken.stderr


def test_replace_and_restore(home: Path) -> None:
    new = pyotp.random_base32()
    run("add", "--site", "portal.example", "--account", "mia", text=KEY)
    assert run("add", "--site", "portal.example", "--account", "mia", "--replace", text=new).returncode == 0
    states = [each["state"] for each in json.loads(run("list", "--json").stdout)[0]["accounts"]]
    assert states == ["replaced", "active"]
    assert run("restore", "portal.example").returncode == 0
    step = int(time.time() // 30)
    assert run("code", "portal.example").stdout.strip() in {
        pyotp.TOTP(KEY).generate_otp(each) for each in (step, step + 1)
    }


def test_decode_says_what_a_picture_holds_without_the_secret(home: Path, tmp_path: Path) -> None:
    file = picture(tmp_path, URI)
    plain = run("decode", file, "--json")
    assert plain.returncode == 0
    (result,) = json.loads(plain.stdout)
    assert result["codes"][0]["kind"] == "otpauth"
    assert result["codes"][0]["accounts"][0]["issuer"] == "Strom"
    assert KEY not in plain.stdout + run("decode", file).stdout
    assert URI in run("decode", file, "--reveal", "--json").stdout


def test_decode_takes_folders_and_tells_the_parts_of_an_export(home: Path, tmp_path: Path) -> None:
    from auto2fa.otp.migration import build_migration
    from auto2fa.otp.uri import parse_uri

    accounts = [parse_uri(f"otpauth://totp/Strom:mia{n}?secret={KEY}&issuer=Strom") for n in range(12)]
    (tmp_path / "below").mkdir()
    (tmp_path / ".hidden").mkdir()
    for number, address in enumerate(build_migration(accounts)):
        picture(tmp_path / "below", address, f"{number}.png")
    picture(tmp_path / ".hidden", URI, "hidden.png")
    (tmp_path / "below" / "note.txt").write_text("no picture")
    done = run("decode", tmp_path, "--json")
    results = json.loads(done.stdout)
    assert [Path(result["file"]).name for result in results] == ["0.png", "1.png"]
    codes = [result["codes"][0] for result in results]
    assert [(code["part"]["number"], code["part"]["of"]) for code in codes] == [(1, 2), (2, 2)]
    assert sum(len(code["accounts"]) for code in codes) == 12
    assert KEY not in done.stdout
    assert not any("text" in code for code in codes)


def test_decode_answers_for_what_is_no_second_factor(home: Path, tmp_path: Path) -> None:
    link = picture(tmp_path, "https://shop.example/app", "link.png")
    with_link = run("decode", link)
    assert with_link.returncode == 0
    assert "shop.example" in with_link.stdout
    refused = run("add", "--site", "portal.example", "--image", link)
    assert refused.returncode == 1
    assert "not a second factor" in refused.stderr
    from PIL import Image

    empty = tmp_path / "empty.png"
    Image.new("L", (300, 300), 255).save(empty)
    nothing = run("decode", empty)
    assert nothing.returncode == 1
    assert "No QR code was found" in nothing.stderr
    text = tmp_path / "text.png"
    text.write_text("this is no picture")
    assert "not a picture" in run("decode", text).stderr


def test_export_and_import_lose_nothing(home: Path, tmp_path: Path) -> None:
    run("add", "--site", "portal.example", "--account", "mia", "--uri", URI)
    file = tmp_path / "backup.age"
    assert run("export", file, "--password-stdin", text="Wort\n").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert KEY.encode() not in file.read_bytes()
    assert run("export", file, "--password-stdin", text="Wort\n").returncode == 1
    run("remove", "portal.example")
    assert run("import", file, "--password-stdin", "--site", "portal.example", text="Wrong\n").returncode == 1
    done = run("import", file, "--password-stdin", "--site", "portal.example", text="Wort\n")
    assert done.returncode == 0, done.stderr
    step = int(time.time() // 30)
    assert run("code", "portal.example").stdout.strip() in {
        pyotp.TOTP(KEY).generate_otp(each) for each in (step, step + 1)
    }


def test_a_locked_keyring_is_said(home: Path, keyring: KeyringSession) -> None:
    run("add", "--site", "portal.example", text=KEY)
    keyring.lock()
    try:
        done = run("code", "portal.example")
    finally:
        keyring.unlock()
    assert done.returncode == 1
    assert "keyring is locked" in done.stderr
    assert run("code", "portal.example").returncode == 0

"""``auto2fa export`` and ``auto2fa import``: what leaves one computer arrives on another."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Playwright

from auto2fa.cli import main
from auto2fa.otp.factor import OtpFactor
from auto2fa.portals import book, enrolment
from auto2fa.portals.release import factor_of
from host.import_samples import FACTORS, PASSWORD, aegis_encrypted
from host.test_otp_export import ACCOUNTS
from support.browser import CHROMIUM, QUIET
from support.vaults import opened_vault

SETS = st.lists(ACCOUNTS, min_size=1, max_size=4, unique_by=lambda factor: factor.secret)


class Said:
    """What a command answered."""

    def __init__(self, *words: object, text: str = "") -> None:
        out, problems = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems), typed(text):
            self.status = main([str(word) for word in words])
        self.out = out.getvalue()
        self.problems = problems.getvalue()

    def json(self) -> Any:
        """The answer of ``--json``."""
        assert self.status == 0, self.problems
        return json.loads(self.out)


@contextlib.contextmanager
def typed(text: str) -> Iterator[None]:
    """What stands on stdin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(text))
        yield


@contextlib.contextmanager
def computer() -> Iterator[Path]:
    """An index of its own, as on another computer; the folder is a place for files."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTO2FA_HOME", str(Path(folder) / "home"))
        yield Path(folder)


def site(number: int) -> str:
    return f"https://portal{number}.example"


def keep(factors: list[OtpFactor]) -> None:
    """Accounts in use, each at a portal of its own."""
    with opened_vault() as vault:
        for number, factor in enumerate(factors, start=1):
            portal = book.link(vault, site(number))
            enrolment.keep(vault, factor, portal_id=portal.id, username=factor.name, state="active")


def kept() -> list[OtpFactor]:
    """The factors in use, read back from the keyring, in order of their portals' numbers."""
    with opened_vault() as vault:
        found = {
            portal.origins[0]: factor_of(vault, account)
            for portal in vault.index.portals()
            for account in portal.in_state("active")
        }
    return [found[each] for each in sorted(found, key=lambda url: int("".join(filter(str.isdigit, url))))]


def matches(factors: list[OtpFactor], listed: list[dict[str, Any]]) -> list[str]:
    """``--match`` for every account that ``--preview`` lists, to the portal that it came from."""
    assert [row["problem"] for row in listed] == [None] * len(factors)
    numbers = [row["number"] for row in listed]
    assert numbers == list(range(1, len(factors) + 1))
    # The export follows the order of the portals' names: portal1, portal2 ...
    return [word for number in numbers for word in ("--match", f"{number}={site(number)}")]


def round_trip(factors: list[OtpFactor], *form: str) -> None:
    """Export on one computer, import on another; both hold the same then."""
    password = "Wort\n" if "age" in form else ""
    more = ["--password-stdin"] if password else []
    with computer() as folder:
        keep(factors)
        file = folder / "accounts"
        written = Said("export", file, *form, *more, text=password)
        assert written.status == 0, written.problems
        assert file.stat().st_mode & 0o777 == 0o600
        for factor in factors:
            assert factor.secret.hex() not in written.out + written.problems
        data = file.read_bytes()
    with computer() as folder:
        file = folder / "accounts"
        file.write_bytes(data)
        preview = Said("import", file, "--preview", "--json", *more, text=password).json()
        assert preview["missingParts"] == []
        answer = Said(
            "import", file, "--json", *more, *matches(factors, preview["accounts"]), text=password
        ).json()
        assert (answer["imported"], answer["unmatched"]) == (len(factors), 0)
        assert kept() == factors
        if password:
            return  # opening it takes age a second every time
        # Once more changes nothing.
        again = Said("import", file, *more, *matches(factors, preview["accounts"]), text=password)
        assert again.status == 0
        assert f"0 account(s) imported, {len(factors)} were there already." in again.out
        assert kept() == factors


@pytest.mark.usefixtures("keyring")
@settings(deadline=None, max_examples=8)
@given(SETS)
def test_a_readable_list_loses_nothing(factors: list[OtpFactor]) -> None:
    round_trip(factors, "--format", "uris")


@pytest.mark.usefixtures("keyring")
@settings(deadline=None, max_examples=1)
@given(SETS)
def test_an_encrypted_file_loses_nothing(factors: list[OtpFactor]) -> None:
    round_trip(factors, "--format", "age")


def test_qr_pages_are_read_again_from_a_picture_of_them(home: Path, playwright: Playwright) -> None:
    factors = [
        OtpFactor(secret=bytes([number]) * 20, issuer=f"Portal {number}", name="mia")
        for number in range(1, 13)
    ]
    factors[3] = replace(factors[3], algorithm="SHA256", digits=8)
    factors[5] = replace(factors[5], type="hotp", counter=4711)
    factors[7] = replace(factors[7], period=60)  # has no place in Google's format: a code of its own
    keep(factors)
    page_file = home.parent / "codes.html"
    written = Said("export", page_file, "--format", "qr")
    assert (written.status, "delete it when you are done" in written.problems) == (0, True)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    try:
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(page_file.as_uri())
        picture = home.parent / "codes.png"
        page.screenshot(path=picture, full_page=True)
    finally:
        browser.close()
    with computer():
        listed = Said("import", picture, "--preview", "--json").json()
        assert listed["missingParts"] == []
        assert len(listed["accounts"]) == len(factors)
        numbers = {row["account"]: row["number"] for row in listed["accounts"]}
        wanted = [
            word
            for number, factor in enumerate(factors, start=1)
            for word in ("--match", f"{numbers[f'{factor.issuer}: {factor.name}']}={site(number)}")
        ]
        assert Said("import", picture, "--json", *wanted).json()["imported"] == len(factors)
        assert kept() == factors


def test_a_locked_export_of_another_app(home: Path) -> None:
    file = home.parent / "aegis.json"
    file.write_bytes(aegis_encrypted())
    wrong = Said("import", file, "--preview", "--password-stdin", text="no\n")
    assert (wrong.status, wrong.out) == (1, "")
    assert "does not open this file" in wrong.problems
    right = Said("import", file, "--preview", "--password-stdin", "--json", text=f"{PASSWORD}\n").json()
    assert right["format"] == "aegis"
    assert [row["account"] for row in right["accounts"]] == [f"{f.issuer}: {f.name}" for f in FACTORS]


def test_the_table_says_what_is_there_and_what_cannot_be_used(home: Path) -> None:
    keep(FACTORS[:1])
    with opened_vault() as vault:
        portal = vault.index.portals()[0]
        portal.name = "ACME"
        vault.index.update_portal(portal)
    file = home.parent / "list.txt"
    assert Said("export", file, "--format", "uris").status == 0
    file.write_text(file.read_text() + "otpauth://totp/Broken:x?secret=0189&issuer=Broken\n")
    said = Said("import", file, "--preview")
    assert said.status == 0
    there, broken = (line for line in said.out.splitlines() if "ACME" in line or "Broken" in line)
    assert "there already" in there
    assert "Broken:x" in broken
    assert "cannot be used" in broken
    assert "0189" not in said.out + said.problems
    taken = Said("import", file, "--site", "https://other.example")
    assert taken.status == 0, taken.problems
    assert "1 left out" in taken.problems


def test_the_user_name_comes_along(home: Path) -> None:
    keep([FACTORS[0]])
    file = home.parent / "list.txt"
    assert Said("export", file, "--format", "uris").status == 0
    with computer():
        assert Said("import", file, "--site", site(1)).status == 0
        with opened_vault() as vault:
            (account,) = vault.index.portals()[0].accounts
            assert account.username == "bob@acme.example"


def test_an_account_that_nothing_matches_is_asked_for(home: Path) -> None:
    file = home.parent / "list.txt"
    file.write_text("otpauth://totp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A\n")
    said = Said("import", file)
    assert said.status == 1
    assert "--match NUMBER=URL" in said.problems
    assert "A: a" in said.out
    assert not kept()
    wrong = Said("import", file, "--match", "first=portal.example")
    assert (wrong.status, wrong.out) == (1, "")
    assert "NUMBER=URL" in wrong.problems


def test_a_backup_brings_the_portals_back(keyring: object, tmp_path: Path) -> None:
    """With their names, all of their sites and user names: on a new computer nothing is to be matched."""
    nameless = OtpFactor(secret=b"backed-up-secret")
    other = OtpFactor(secret=b"another-secret!!", issuer="Voltra", name="me")
    with computer() as here:
        with opened_vault() as vault:
            portal = book.link(vault, "https://kunden.voltra.example", name="Voltra Energie")
            book.link(vault, "https://login.voltra.example", portal_id=portal.id)
            for factor, username in ((nameless, "books@muster.example"), (other, "me")):
                enrolment.keep(vault, factor, portal_id=portal.id, username=username, state="active")
        for kind in ("age", "uris"):
            said = Said("export", here / kind, "--format", kind, "--password-stdin", text=f"{PASSWORD}\n")
            assert said.status == 0, said.problems
            (tmp_path / kind).write_bytes((here / kind).read_bytes())
    for kind in ("age", "uris"):
        with computer():
            words = ("import", tmp_path / kind, "--password-stdin", "--json")
            listed = Said(*words, "--preview", text=f"{PASSWORD}\n").json()["accounts"]
            assert listed[0]["newSites"] == ["https://kunden.voltra.example", "https://login.voltra.example"]
            assert Said(*words, text=f"{PASSWORD}\n").json()["imported"] == 2
            with opened_vault() as vault:
                (back,) = vault.index.portals()
                assert (back.name, back.origins) == ("Voltra Energie", listed[0]["newSites"])
                accounts = {(factor_of(vault, each).secret, each.username) for each in back.accounts}
            assert accounts == {(nameless.secret, "books@muster.example"), (other.secret, "me")}


def test_a_remark_that_somebody_wrote_is_no_site(keyring: object, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    address = "otpauth://totp/me?secret=JBSWY3DPEHPK3PXP"
    for remark in ('#portal {"name": 1}', "#portal {", '#portal {"name": "", "sites": [], "username": ""}'):
        path.write_text(f"{remark}\n{address}\n")
        with computer():
            (row,) = Said("import", path, "--preview", "--json").json()["accounts"]
            assert row["newSites"] == []
    path.write_text(f'#portal {{"name": "X", "sites": ["http://x.example"], "username": ""}}\n{address}\n')
    with computer():
        said = Said("import", path)
        assert said.status == 1
        assert "not encrypted" in said.problems

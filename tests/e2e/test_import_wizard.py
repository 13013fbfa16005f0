"""From my authenticator app, through the real wizard: exports of several apps, in parts, locked, large, cancelled."""

from __future__ import annotations

import base64
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import FilePayload, Locator, Page, Playwright, expect

from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.migration import build_migration
from auto2fa.vault.secrets import FINGERPRINT_ENTRY
from host.import_samples import FACTORS, PASSWORD, aegis_encrypted
from support.accounts import add_account
from support.browser import ExtensionBrowser
from support.vaults import entries_in_keyring, opened_vault
from support.words import word

OUTPUT = Path(__file__).parent / "output"
SITE = "https://shop.example"
MANY = 1000


@pytest.fixture
def pages(home: Path, playwright: Playwright) -> Iterator[Page]:
    """Companies and portals with one portal, whose first account is in use; the wizard stands at the ways in."""
    del home
    add_account(SITE, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "first")
    with ExtensionBrowser(playwright) as browser:
        page = browser.page("pages/portals/portals.html")
        with opened_vault() as vault:
            (portal,) = vault.index.portals()
            assert portal.name == "shop.example"
            portal.name = "Shop"
            vault.index.update_portal(portal)
        page.goto(browser.url(f"pages/portals/portals.html#activate={portal.id}"))
        press(page, "yes")
        page.get_by_role("button", name=word("wayImport"), exact=True).click()
        yield page


def press(page: Page, key: str) -> None:
    """Press a button of the window by its words."""
    page.locator("dialog").get_by_role("button", name=word(key), exact=True).click()


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Choose files in the window."""
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": mime_type, "buffer": data} for name, mime_type, data in files
    ]
    page.set_input_files("dialog input[type=file]", payloads)


def qr_picture(text: str) -> bytes:
    """A QR code as a screenshot holds it."""
    buffer = io.BytesIO()
    segno.make(text).save(buffer, kind="png", scale=4)
    return buffer.getvalue()


def rows(page: Page) -> Locator:
    return page.locator(".import-row")


def shop(number: int) -> OtpFactor:
    """An account of the linked portal."""
    return OtpFactor(secret=number.to_bytes(20, "big"), issuer="Shop", name=f"user{number}")


def uri(factor: OtpFactor) -> str:
    """An address as a plain list holds it."""
    key = base64.b32encode(factor.secret).decode()
    return f"otpauth://totp/{factor.issuer}:{factor.name}?secret={key}&issuer={factor.issuer}"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "second picture first"])
def test_google_export_in_two_pictures(pages: Page, order: tuple[int, int]) -> None:
    parts = build_migration([shop(number) for number in range(1, 13)])
    assert len(parts) == 2
    pictures = [("part.png", "image/png", qr_picture(part)) for part in parts]
    choose(pages, pictures[order[0]])
    expect(pages.get_by_text(word("importMissing_one", parts=str(order[1] + 1)))).to_be_visible()
    pages.screenshot(path=OUTPUT / "import_missing_part.png")
    seen = rows(pages).count()
    assert 0 < seen < 12
    choose(pages, pictures[order[0]])  # the same one once more adds nothing
    expect(rows(pages)).to_have_count(seen)
    choose(pages, pictures[order[1]])
    expect(rows(pages)).to_have_count(12)
    expect(pages.get_by_text(word("importMissing_one", parts=str(order[1] + 1)))).to_be_hidden()
    press(pages, "importDo")
    expect(pages.locator("dialog").get_by_text(word("importDone_other", n="12"))).to_be_visible(
        timeout=30_000
    )
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
        assert {account.name for account in portal.in_state("pending")} == {
            f"user{number}" for number in range(1, 13)
        }


def test_locked_aegis_export(pages: Page) -> None:
    choose(pages, ("aegis.json", "application/json", aegis_encrypted()))
    password = pages.get_by_label(word("password"), exact=True)
    password.fill("not the password")
    press(pages, "unlock")
    expect(pages.get_by_role("alert")).to_contain_text(word("error_wrongPassword"))
    pages.screenshot(path=OUTPUT / "import_wrong_password.png")
    password.fill(PASSWORD)
    password.press("Enter")
    expect(rows(pages)).to_have_count(len(FACTORS))
    for row, factor in zip(rows(pages).all(), FACTORS, strict=True):
        expect(row).to_contain_text(factor.issuer)
        expect(row).to_contain_text(factor.name)
        # Nothing names this portal, so nothing is taken without a choice.
        expect(row.get_by_role("checkbox")).not_to_be_checked()
    rows(pages).nth(1).get_by_role("checkbox").check()
    expect(rows(pages).nth(1).get_by_role("combobox")).to_have_value("Shop")
    press(pages, "importDo")
    expect(pages.locator("dialog").get_by_text(word("importDone_one", n="1"))).to_be_visible()
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
        (kept,) = portal.in_state("pending")
        assert (kept.issuer, kept.name, kept.digits, kept.algorithm) == (
            "Müller & Söhne",
            "Jörg: 1",
            8,
            "SHA256",
        )


def test_entries_that_cannot_be_taken_over_are_explained(pages: Page) -> None:
    listed = [uri(shop(1)), "otpauth://totp/Shop:broken?secret=0189&issuer=Shop"]
    choose(pages, ("codes.txt", "text/plain", "\n".join(listed).encode()))
    expect(rows(pages)).to_have_count(2)
    broken = rows(pages).nth(1)
    expect(broken.get_by_role("checkbox")).to_be_disabled()
    expect(broken).to_contain_text(word("importUnusable"))
    expect(broken).to_contain_text("otpauth")


def test_more_accounts_than_one_message_holds(pages: Page) -> None:
    many = 4500
    listed = "\n".join(uri(shop(number)) for number in range(1, many + 1)).encode()
    choose(pages, ("codes.txt", "text/plain", listed))
    expect(pages.get_by_text(word("importFound_other", n=f"{many:,}"))).to_be_visible(timeout=60_000)
    expect(rows(pages)).to_have_count(many)
    last = rows(pages).last
    last.scroll_into_view_if_needed()
    expect(last).to_contain_text(f"user{many}")


@pytest.mark.timeout(300)
def test_a_thousand_accounts_cancelled_and_then_taken(
    pages: Page, record_property: Callable[[str, object], None]
) -> None:
    with opened_vault() as vault:
        before = vault.index.portals()
    kept_before = entries_in_keyring()
    listed = "\n".join(uri(shop(number)) for number in range(1, MANY + 1)).encode()

    start = time.monotonic()
    choose(pages, ("codes.txt", "text/plain", listed))
    expect(rows(pages)).to_have_count(MANY, timeout=30_000)
    record_property("preview_s", round(time.monotonic() - start, 2))

    press(pages, "importDo")
    bar = pages.get_by_role("progressbar", name=word("importing"))
    expect(bar).to_have_js_property("max", MANY)
    expect(pages.locator("dialog p[role=status]:not(.quiet)")).to_have_text(
        re.compile(r"^[1-9]\d\d of"), timeout=60_000
    )
    pages.screenshot(path=OUTPUT / "import_progress.png")
    assert len(entries_in_keyring() - kept_before) >= 100  # it had begun
    start = time.monotonic()
    press(pages, "cancel")
    expect(pages.get_by_text(word("importCancelled"))).to_be_visible(timeout=60_000)
    record_property("cancel_s", round(time.monotonic() - start, 2))
    with opened_vault() as vault:
        assert vault.index.portals() == before
        assert not vault.index.accounts_where("state = 'writing'")
    assert entries_in_keyring() == kept_before

    choose(pages, ("codes.txt", "text/plain", listed))
    expect(rows(pages)).to_have_count(MANY, timeout=30_000)
    start = time.monotonic()
    press(pages, "importDo")
    # Several times what it takes on a machine with nothing else to do (see the printed figure).
    done = pages.locator("dialog").get_by_text(word("importDone_other", n=f"{MANY:,}"))
    expect(done).to_be_visible(timeout=200_000)
    took = time.monotonic() - start
    record_property("import_s", round(took, 1))
    print(f"\n1,000 accounts imported in {took:.1f} s")
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
        pending = portal.in_state("pending")
        assert len(pending) == MANY
        # Each really is in the keyring; a sample is read back.
        assert entries_in_keyring() - kept_before == {account.id for account in pending}
        for account in pending[::200]:
            assert f"/Shop:{account.name}?" in vault.uri(account)
        assert vault.secrets.get(FINGERPRINT_ENTRY)

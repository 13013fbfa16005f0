"""The feature's own steps by their names, on a third-party portal, for each way in; then nobody types a code.

Companies and portals → hover → plug → Activate Auto 2FA → YES → the way. One customer of the same portal a way, so
the sign-ins at the end also tell seven accounts of one portal apart. The phone's ways are in ``test_phone.py``.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
import segno
from PIL import Image
from playwright.sync_api import Playwright, expect

from portals import drive
from portals.launch import Portal, User
from support.browser import ExtensionBrowser
from support.scene import NAME, Scene
from support.vaults import opened_vault
from support.words import word

READY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The factor that the last customer has in an authenticator app already."""
WAYS = ["page", "file", "several codes", "drop", "paste", "key", "app"]
PUT_ON_CLIPBOARD = """async data => {
  const picture = await (await fetch(`data:image/png;base64,${data}`)).blob();
  await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""


@pytest.fixture
def scene(home: Path, playwright: Playwright) -> Iterator[Scene]:
    del home
    customers = [User(f"{way.replace(' ', '-')}.customer") for way in WAYS[:-1]]
    customers.append(User("app.customer", secret=READY))
    with (
        Portal("allauth", customers) as portal,
        ExtensionBrowser(playwright, permissions=["clipboard-read", "clipboard-write"]) as browser,
    ):
        made = Scene(browser, portal, customers[0])
        made.link()
        yield made


@pytest.mark.timeout(420)
def test_every_way_in_ends_signed_in_without_a_typed_code(scene: Scene, tmp_path: Path) -> None:
    for way, user in zip(WAYS, scene.portal.users, strict=True):
        print(f"way in: {way}")  # shown when it fails
        if way == "app":
            from_an_app(scene, user)
            break
        if user is not scene.user:
            next_customer(scene, user)
        if way == "page":
            on_the_page(scene)
        elif way == "key":
            by_key(scene)
        else:
            by_picture(scene, way, tmp_path)
        scene.confirm(user.name)
        scene.fill_set_up_page()
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
        states = {account.username: account.state for account in portal.accounts}
    expected = {user.name: "active" for user in scene.portal.users}
    assert states == {**expected, "app.customer": "pending"}
    for user in scene.portal.users:
        print(f"signs in: {user.name}")
        scene.user = user
        scene.sign_in()
    with opened_vault() as vault:
        (portal,) = vault.index.portals()
        assert {account.username: account.state for account in portal.accounts} == expected


def next_customer(scene: Scene, user: User) -> None:
    """Somebody else sits down at the portal's set-up page."""
    drive.sign_out(scene.site, scene.portal)
    scene.user = user
    drive.password_step(scene.site, scene.portal, user)
    drive.open_enrolment(scene.site, scene.portal, user)
    scene.pages.bring_to_front()


def shot(scene: Scene) -> Image.Image:
    """The set-up page as a person's screenshot has it."""
    return Image.open(io.BytesIO(scene.site.screenshot())).convert("RGB")


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def on_the_page(scene: Scene) -> None:
    scene.activate(word("wayQr"))
    scene.pages.get_by_role("button", name=word("captureFromPage")).click()
    expect(scene.pages.locator(".outline.chosen")).to_be_visible()
    scene.pages.get_by_role("button", name=word("useThisCode")).click()


def by_picture(scene: Scene, way: str, folder: Path) -> None:
    picture = shot(scene)
    if way == "several codes":
        picture = beside_another(picture)
    data = png(picture)
    scene.activate(word("wayQr"))
    if way == "drop":
        file = folder / "shot.png"
        file.write_bytes(data)
        drop(scene, file)
    elif way == "paste":
        scene.pages.evaluate(PUT_ON_CLIPBOARD, base64.b64encode(data).decode())
        scene.pages.keyboard.press("Control+V")
    else:
        scene.choose("shot.png", "image/png", data)
    if way == "several codes":
        options = scene.pages.locator(".code-option")
        expect(options).to_have_count(2)
        expect(scene.pages.locator(".outline")).to_have_count(2)
        # Where each stands, in words; the portal's is at the left, the other one at the right.
        ours = options.filter(has_text=scene.portal.issuer)
        expect(ours).to_contain_text("left")
        expect(options.filter(has_text="Elsewhere")).to_contain_text("right")
        ours.click()
        scene.pages.screenshot(path=Path(__file__).parent / "output" / "activation_several_codes.png")
        scene.pages.get_by_role("button", name=word("useThisCode")).click()


def beside_another(picture: Image.Image) -> Image.Image:
    """The screenshot with another service's code at its right, as two windows side by side give it."""
    buffer = io.BytesIO()
    segno.make("otpauth://totp/Elsewhere:x?secret=GEZDGNBVGY3TQOJQ&issuer=Elsewhere").save(
        buffer, kind="png", scale=6
    )
    other = Image.open(buffer).convert("RGB")
    wide = Image.new("RGB", (picture.width * 2, picture.height), "white")
    wide.paste(picture, (0, 0))
    wide.paste(other, (wide.width - other.width - 40, 80))
    return wide


def drop(scene: Scene, file: Path) -> None:
    """A real drag of a file from the desktop onto the window."""
    box = scene.pages.locator("dialog .drop").bounding_box()
    assert box
    session = scene.browser.context.new_cdp_session(scene.pages)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        session.send(
            "Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 40, "y": box["y"] + 20, "data": data}
        )
    expect(scene.pages.locator("dialog .over")).to_be_visible()
    scene.pages.screenshot(path=Path(__file__).parent / "output" / "activation_drop.png")
    session.send(
        "Input.dispatchDragEvent", {"type": "drop", "x": box["x"] + 40, "y": box["y"] + 20, "data": data}
    )
    session.detach()


def by_key(scene: Scene) -> None:
    """Typed with a wrong character, pointed at before anything is sent, then as the portal shows it."""
    key = drive.key_on_page(scene.site, scene.portal)
    scene.activate(word("wayKey"))
    field = scene.pages.get_by_label(word("keyLabel"))
    go_on = scene.pages.get_by_role("button", name=word("continue"))
    field.fill(f"8{key[1:]}")
    expect(scene.pages.get_by_text("Character 1 is “8”")).to_be_visible()
    expect(go_on).to_be_disabled()
    scene.pages.get_by_role("button", name=word("keyReplace", found="8", letter="B")).click()
    assert field.input_value() == f"B{key[1:]}"
    field.fill("-".join(key[start : start + 4] for start in range(0, len(key), 4)).lower())
    go_on.click()


def from_an_app(scene: Scene, user: User) -> None:
    """The customer has the factor in an app; what the app gave out becomes pending, and the sign-in proves it."""
    other = "otpauth://totp/Other:someone?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Other"
    listed = f"otpauth://totp/{NAME}:{user.name}?secret={READY}&issuer={NAME}\n{other}\n"
    scene.activate(word("wayImport"))
    scene.choose("codes.txt", "text/plain", listed.encode())
    rows = scene.pages.locator(".import-row")
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_role("combobox")).to_have_value(NAME)
    expect(rows.first.get_by_role("checkbox")).to_be_checked()
    expect(rows.nth(1).get_by_role("checkbox")).not_to_be_checked()
    scene.pages.get_by_role("button", name=word("importDo"), exact=True).click()
    dialog = scene.pages.locator("dialog")
    expect(dialog.get_by_role("heading", name=word("importDoneTitle"))).to_be_visible()
    expect(dialog.get_by_text(word("importDone_one", n="1"))).to_be_visible()
    scene.pages.screenshot(path=Path(__file__).parent / "output" / "activation_imported.png")
    scene.pages.get_by_role("button", name=word("done")).click()
    assert pyotp.TOTP(READY).now() not in scene.pages.content()

"""Every known export format, plain and encrypted."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import segno
from PIL import Image

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import detect_and_read
from auto2fa.otp.migration import build_migration
from auto2fa.portals.takeover import Batch
from host import import_samples as samples
from host.import_samples import FACTORS, PASSWORD

PLAIN: list[tuple[str, Callable[[], bytes]]] = [
    ("aegis", samples.aegis_plain),
    ("2fas", samples.twofas_plain),
    ("bitwarden", samples.bitwarden_plain),
    ("proton", samples.proton_plain),
    ("andotp", samples.andotp_plain),
    ("freeotp", samples.freeotp_plain),
    ("stratum", samples.stratum_plain),
    ("raivo", samples.raivo_plain),
    ("addresses", samples.uri_list),
    ("table", samples.keepassxc_table),
    ("table", samples.bitwarden_table),
    ("table", samples.apple_table),
]
ENCRYPTED: list[tuple[str, Callable[..., bytes]]] = [
    ("aegis", samples.aegis_encrypted),
    ("2fas", samples.twofas_encrypted),
    ("bitwarden", samples.bitwarden_encrypted),
    ("proton", samples.proton_encrypted),
    ("andotp", samples.andotp_encrypted),
    ("ente", samples.ente_encrypted),
]


@pytest.mark.parametrize(("format_name", "make"), PLAIN, ids=lambda v: getattr(v, "__name__", v))
def test_plain_exports_come_over_whole(format_name: str, make: Callable[[], bytes]) -> None:
    found = detect_and_read(make(), "whatever.bin")
    assert found.format == format_name
    assert found.problems == []
    assert found.factors == FACTORS
    assert not found.needs_password


@pytest.mark.parametrize(("format_name", "make"), ENCRYPTED, ids=lambda v: getattr(v, "__name__", v))
def test_encrypted_exports_open_with_their_password(format_name: str, make: Callable[..., bytes]) -> None:
    data = make()
    for missing in (None, ""):
        asked = detect_and_read(data, "", missing)
        assert (asked.format, asked.needs_password, asked.factors) == (format_name, True, [])
    assert detect_and_read(data, "", PASSWORD).factors == FACTORS
    with pytest.raises(Auto2faError) as caught:
        detect_and_read(data, "", PASSWORD + "x")
    assert caught.value.name == "wrongPassword"


def test_andotp_before_0_6_3_is_known_by_its_name() -> None:
    data, name = samples.andotp_encrypted_old(), "otp_accounts_2019.json.aes"
    assert detect_and_read(data, name).needs_password
    assert detect_and_read(data, name, PASSWORD).factors == FACTORS
    for file_name, password, error in (
        (name, "wrong", "wrongPassword"),
        ("noise.bin", PASSWORD, "unknownFormat"),
    ):
        with pytest.raises(Auto2faError) as caught:
            detect_and_read(data, file_name, password)
        assert caught.value.name == error


def test_bitwarden_with_argon2() -> None:
    data = samples.bitwarden_encrypted(argon=True)
    assert detect_and_read(data, "", PASSWORD).factors == FACTORS


def test_a_google_export_of_several_parts_in_any_order() -> None:
    factors = [OtpFactor(secret=bytes([n]) * 10, issuer="I", name=str(n)) for n in range(25)]
    uris = build_migration(factors)
    found = detect_and_read("\n".join([uris[2], uris[0], uris[0], uris[1]]).encode())
    assert found.format == "google"
    assert found.factors == factors
    assert [p.index for p in found.parts] == [0, 1, 2]


def test_files_of_windows_programs() -> None:
    text = samples.uri_list().decode()
    for data in (text.encode("utf-16"), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        assert detect_and_read(data).factors == FACTORS


def test_a_list_keeps_account_of_every_line() -> None:
    text = f"# remark\n\n{samples.uri(FACTORS[0])}\nnot an address\notpauth://totp/x?secret=1\n"
    found = detect_and_read(text.encode())
    assert found.factors == FACTORS[:1]
    assert [(p.position, p.error.name) for p in found.problems] == [(4, "exportBroken"), (5, "badUri")]


def broken_aegis(**info: Any) -> bytes:
    db = samples.aegis_db()
    db["entries"][1]["info"].update(info)
    return samples.aegis_plain(db)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"secret": None}, "exportBroken"),
        ({"secret": ""}, "exportBroken"),
        ({"secret": "JBSW0Y3D"}, "badKey"),
        ({"secret": "MFRGG"}, "keyTooShort"),
        ({"algo": "MD5"}, "exportBroken"),
        ({"digits": 4}, "badNumber"),
        ({"digits": "eight"}, "exportBroken"),
        ({"period": 0}, "badNumber"),
        ({"period": True}, "exportBroken"),
        ({"period": [30]}, "exportBroken"),
    ],
)
def test_one_broken_entry_does_not_stop_the_others(change: dict[str, Any], error: str) -> None:
    found = detect_and_read(broken_aegis(**change))
    assert found.factors == [FACTORS[0], *FACTORS[2:]]
    problem = found.problems[0]
    assert (problem.position, problem.label, problem.error.name) == (2, "Müller & Söhne", error)
    assert problem.error.message


@pytest.mark.parametrize("kind", ["motp", "yandex"])
def test_types_of_one_app_only_are_named(kind: str) -> None:
    db = samples.aegis_db()
    db["entries"][0]["type"] = kind
    found = detect_and_read(samples.aegis_plain(db))
    assert kind in found.problems[0].error.message
    assert found.factors == FACTORS[1:]


def test_password_managers_titles_fill_what_the_key_leaves_out() -> None:
    items = [
        {"type": 1, "name": "Portal", "login": {"username": "bob", "totp": "jbsw y3dp ehpk 3pxp"}},
        {"type": 1, "name": "My Steam", "login": {"username": "eve", "totp": "steam://JBSWY3DPEHPK3PXP"}},
        {"type": 1, "name": "Gone", "deletedDate": "2026-01-01", "login": {"totp": "JBSWY3DPEHPK3PXP"}},
        {"type": 1, "name": "Bad", "login": {"totp": "no key, 1 note"}},
    ]
    found = detect_and_read(json.dumps({"encrypted": False, "items": items}).encode())
    assert [(f.issuer, f.name, f.type) for f in found.factors] == [
        ("Portal", "bob", "totp"),
        ("My Steam", "eve", "steam"),
    ]
    assert [(p.position, p.label, p.error.name) for p in found.problems] == [(4, "Bad", "badKey")]


def test_old_andotp_labels_hold_the_issuer() -> None:
    entry = {"secret": "JBSWY3DPEHPK3PXP", "type": "TOTP", "algorithm": "SHA1", "digits": 6, "period": 30}
    found = detect_and_read(json.dumps([entry | {"label": "ACME - bob"}, entry | {"label": "eve"}]).encode())
    assert [(f.issuer, f.name) for f in found.factors] == [("ACME", "bob"), ("", "eve")]


def test_2fas_schema_1_has_no_otp_object() -> None:
    service = {"name": "ACME", "secret": "JBSWY3DPEHPK3PXP", "type": "ManualEntry"}
    found = detect_and_read(json.dumps({"services": [service], "schemaVersion": 1}).encode())
    assert found.factors == [OtpFactor(secret=b"Hello!\xde\xad\xbe\xef", issuer="ACME")]


def test_freeotp_titles_that_the_user_changed() -> None:
    document = json.loads(samples.freeotp_plain())
    document["tokens"][0] |= {"issuerAlt": "New", "labelAlt": "name"}
    factor = detect_and_read(json.dumps(document).encode()).factors[0]
    assert (factor.issuer, factor.name) == ("New", "name")


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("phonefactor://activate_account?code=1234&url=https%3A%2F%2Fpad.example%2F5", "Microsoft"),
        ("authy://account?token=abc", "Authy"),
    ],
)
def test_pictures_of_codes_for_one_app_only_say_what_to_do_instead(text: str, app: str) -> None:
    link, usable = "https://help.example/", samples.uri(FACTORS[0])
    with pytest.raises(Auto2faError) as caught:
        Batch().add(picture(link, text))
    assert caught.value.name == "proprietaryCode"
    assert app in caught.value.message
    assert "a different authenticator app" in caught.value.next
    batch = Batch()
    batch.add(picture(text, usable))  # beside one that can be used it is no trouble
    assert [entry.factor for entry in batch.entries] == FACTORS[:1]


def picture(*texts: str) -> bytes:
    """A picture of these QR codes side by side."""
    codes = []
    for text in texts:
        buffer = io.BytesIO()
        segno.make(text).save(buffer, kind="png", scale=5)
        codes.append(Image.open(buffer).convert("L"))
    whole = Image.new("L", (sum(code.width for code in codes) + 40, max(code.height for code in codes)), 255)
    left = 0
    for code in codes:
        whole.paste(code, (left, 0))
        left += code.width + 40
    buffer = io.BytesIO()
    whole.save(buffer, "PNG")
    return buffer.getvalue()

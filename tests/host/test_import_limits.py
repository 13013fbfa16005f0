"""Files that are damaged, hostile or something else altogether."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auto2fa.errors import Auto2faError
from auto2fa.otp.importers import detect_and_read, result
from host import import_samples as samples
from host.import_samples import PASSWORD


def error_of(data: bytes, password: str | None = PASSWORD) -> Auto2faError:
    with pytest.raises(Auto2faError) as caught:
        detect_and_read(data, "export.json", password)
    return caught.value


def changed(data: bytes, **values: Any) -> bytes:
    return json.dumps(json.loads(data) | values).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b"[1, 2]",
        b"[{}]",
        b'{"items": []}',
        b"name,password\na,b\n",
        b"https://portal.example",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(range(256)),
        b"%PDF-1.7\n\xff" + bytes(100),
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"\x00\x00\x00\x18ftypheic" + b"\xff" * 100,
        b"\xff\xfe\x00\xd8",
        b"\x00\x02\x00\x00",
    ],
)
def test_other_files_are_unknown(data: bytes) -> None:
    assert error_of(data).name == "unknownFormat"


@pytest.mark.parametrize(
    "make",
    [samples.aegis_plain, samples.aegis_encrypted, samples.twofas_plain, samples.proton_encrypted],
)
def test_a_file_cut_off_is_broken(make: Callable[[], bytes]) -> None:
    assert error_of(make()[:-20]).name == "exportBroken"


def aegis(**slot: Any) -> bytes:
    return samples.aegis_encrypted(**slot)


def ente(**settings: Any) -> bytes:
    document = json.loads(samples.ente_encrypted())
    return changed(samples.ente_encrypted(), kdfParams=document["kdfParams"] | settings)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (aegis(n=2**31), "more computing"),
        (aegis(n=2**20, r=8, p=1000), "more computing"),
        (aegis(n=2**20, r=2**30), "more computing"),
        (aegis(n=1000), "impossible"),
        (aegis(n=-4), "impossible"),
        (aegis(r=0), "impossible"),
        (aegis(salt="zz"), "hex"),
        (aegis(type=2), "fingerprint"),
        (changed(samples.aegis_encrypted(), db="?"), "base64"),
        (changed(samples.aegis_encrypted(), db="AAAA" * 20), "changed"),
        (changed(samples.aegis_encrypted(), header=None), "form"),
        (changed(samples.aegis_encrypted(), header={"slots": 7}), "list"),
        (changed(samples.aegis_plain(), db={"version": 3}), "list"),
        (changed(samples.twofas_encrypted(), servicesEncrypted="AAAA:AAAA"), "cut off"),
        (changed(samples.twofas_encrypted(), servicesEncrypted="AAAA:AAAA:AAAA"), "cut off"),
        (changed(samples.twofas_plain(), services="x"), "list"),
        (samples.bitwarden_encrypted(kdfIterations=10**9), "more computing"),
        (samples.bitwarden_encrypted(kdfIterations=0), "impossible"),
        (samples.bitwarden_encrypted(kdfType=7), "not known"),
        (samples.bitwarden_encrypted(kdfType=1, kdfMemory=2**20, kdfParallelism=4), "more computing"),
        (samples.bitwarden_encrypted(kdfType=1, kdfMemory=10**30, kdfParallelism=4), "more computing"),
        (
            samples.bitwarden_encrypted(kdfType=1, kdfIterations=1, kdfMemory=1, kdfParallelism=10**30),
            "imposs",
        ),
        (samples.bitwarden_encrypted(kdfType=1, kdfMemory=0, kdfParallelism=4), "impossible"),
        (samples.bitwarden_encrypted(passwordProtected=False), "account"),
        (samples.bitwarden_encrypted(data="7.x"), "unknown form"),
        (samples.bitwarden_encrypted(data="2.AAAA|AAAA|AAAA"), "changed"),
        (changed(samples.proton_encrypted(), version=2), "newer"),
        (changed(samples.proton_encrypted(), salt="AAAA"), "impossible"),
        (changed(samples.proton_encrypted(), content="AAAA"), "cut off"),
        (ente(memLimit=2**40), "more computing"),
        (ente(opsLimit=2**20), "more computing"),
        (ente(opsLimit=0), "impossible"),
        (ente(salt=""), "impossible"),
        (ente(salt=7), "impossible"),
        (changed(samples.ente_encrypted(), encryptionNonce="AAAA"), "cut off"),
        (changed(samples.freeotp_plain(), tokens={}), "list"),
        (b"[" * 100_000, "complete"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "complete"),
        (b'title,totp\n"' + b"x" * 200_000 + b'",JBSWY3DPEHPK3PXP\n', "table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # the files are other ones in every run
)
def test_damaged_and_hostile_files_get_a_sentence(data: bytes, words: str) -> None:
    error = error_of(data)
    assert error.name == "exportBroken"
    assert words in str(error)


def test_short_sealed_data_is_refused() -> None:
    assert error_of(changed(samples.ente_encrypted(), encryptedData="AAAA")).name in (
        "wrongPassword",
        "exportBroken",
    )


def test_a_file_of_too_many_entries_or_bytes_is_refused() -> None:
    line = samples.uri(samples.FACTORS[0]).encode() + b"\n"
    assert len(detect_and_read(line * 500).factors) == 500
    assert "20000" in str(error_of(b"otpauth://\n" * (result.MAX_ENTRIES + 1)))
    assert "20000" in str(error_of(b"title,totp\n" + b"a,b\n" * (result.MAX_ENTRIES + 1)))
    assert error_of(bytes(48 * 1024 * 1024 + 1)).name == "messageTooLarge"


def test_a_password_with_half_a_character_is_just_wrong() -> None:
    assert error_of(samples.twofas_encrypted(), "\ud83d").name == "wrongPassword"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = [
    json.loads(make())
    for make in (
        samples.aegis_plain,
        samples.twofas_plain,
        samples.bitwarden_plain,
        samples.proton_plain,
        samples.andotp_plain,
        samples.freeotp_plain,
        samples.stratum_plain,
        samples.raivo_plain,
        samples.ente_encrypted,
        samples.proton_encrypted,
        samples.twofas_encrypted,
    )
]


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        inside = list(document.items())
    elif isinstance(document, list):
        inside = list(enumerate(document))
    return [p for k, v in inside for p in [(*path, k), *places(v, (*path, k))]]


@settings(deadline=None)  # other work on the machine makes single runs slow
@given(st.data())
def test_any_value_in_any_place_gives_a_sentence_at_worst(data: st.DataObject) -> None:
    document = json.loads(json.dumps(data.draw(st.sampled_from(DOCUMENTS))))
    *way, last = data.draw(st.sampled_from(places(document)))
    target = document
    for step in way:
        target = target[step]
    target[last] = data.draw(VALUES)
    try:
        detect_and_read(json.dumps(document).encode(), "", "x")
    except Auto2faError as error:
        assert error.message


@settings(deadline=None)  # other work on the machine makes single runs slow
@given(st.binary(max_size=300))
def test_any_bytes_give_a_sentence_at_worst(data: bytes) -> None:
    try:
        detect_and_read(data, "", "x")
    except Auto2faError as error:
        assert error.message

"""The extension's JSDoc types say the same as the host's messages."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from auto2fa.errors import ERRORS
from auto2fa.native import messages
from auto2fa.native.dispatch import ROOMS

ROOT = Path(__file__).resolve().parents[2]
TYPES = (ROOT / "extension/background/types.js").read_text("utf-8")
MIRRORED = ["Factor", "Account", "PortalSettings", "Portal", "FoundCode", "Choice", "CodeResult"]
UNIONS = ["FactorType", "Algorithm", "AccountState", "PortalState", "Outcome"]


def jsdoc_properties(name: str) -> dict[str, str]:
    """The properties of a typedef in types.js."""
    block = re.search(rf"@typedef {{object}} {name}\b(.*?)(?=@typedef|\*/)", TYPES, re.DOTALL)
    assert block, name
    found = re.findall(r"@property \{(.+?)\} (\w+)", block.group(1))
    return {key: kind for kind, key in found}


@pytest.mark.parametrize("name", MIRRORED)
def test_a_type_has_the_same_fields_on_both_sides(name: str) -> None:
    struct = getattr(messages, name)
    fields = msgspec.structs.fields(struct)
    theirs = jsdoc_properties(name)
    assert set(theirs) == {field.encode_name for field in fields}
    for field in fields:
        optional = type(None) in getattr(field.type, "__args__", ())
        assert ("null" in theirs[field.encode_name]) == optional, field.encode_name


@pytest.mark.parametrize("name", UNIONS)
def test_a_union_has_the_same_members_on_both_sides(name: str) -> None:
    line = re.search(rf"@typedef \{{(.+?)\}} {name}\b", TYPES)
    assert line
    assert re.findall(r'"(\w+)"', line.group(1)) == list(getattr(messages, name).__args__)


def test_every_verb_has_a_function_in_its_room() -> None:
    import importlib

    for verb in messages.VERBS:
        module = importlib.import_module(f"auto2fa.native.verbs.{ROOMS[verb.partition('.')[0]]}")
        function = re.sub(r"(?<!^)([A-Z])", r"_\1", verb.replace(".", "_")).lower()
        assert callable(getattr(module, function)), verb


def test_no_result_but_the_share_of_a_pending_factor_has_room_for_a_secret() -> None:
    for verb, (_, result) in messages.VERBS.items():
        if verb == "enrol.share":
            continue
        names = {field.name for field in msgspec.structs.fields(result)}
        assert not names & {"secret", "key", "uri", "text", "payload"}, verb


def test_the_api_of_our_pages_gives_no_codes_of_frames() -> None:
    api = (ROOT / "extension/background/api.js").read_text("utf-8")
    block = re.search(r"HOST_VERBS = new Set\(\[(.*?)\]\)", api, re.DOTALL)
    assert block
    allowed = set(re.findall(r'"([\w.]+)"', block.group(1)))
    assert allowed <= set(messages.VERBS)
    assert set(messages.VERBS) - allowed == {"hello", "code", "code.prepare", "code.outcome"}


def test_error_numbers_are_given_once() -> None:
    numbers = [kind.number for kind in ERRORS.values()]
    assert len(numbers) == len(set(numbers))
    for name, kind in ERRORS.items():
        assert kind.message.strip().endswith((".", ":", "?")), name
        assert kind.next.strip(), name

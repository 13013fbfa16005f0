"""From a JSON-RPC 2.0 request to a verb's function and back."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from typing import Any

import msgspec

from auto2fa.errors import Auto2faError
from auto2fa.native.host import Host
from auto2fa.native.messages import VERBS

ROOMS = {
    "hello": "general",
    "status": "general",
    "keyring": "general",
    "settings": "general",
    "log": "general",
    "portals": "portals",
    "accounts": "portals",
    "qr": "pictures",
    "enrol": "enrol",
    "code": "codes",
    "phone": "phone",
    "import": "imports",
}
"""Which module of ``native/verbs/`` answers a verb; each is imported when first asked."""


def answer(host: Host, request: Any) -> dict[str, Any] | None:
    """Run one request; None for a notification (nothing may answer those, section 4.1)."""
    if (
        not isinstance(request, dict)
        or request.get("jsonrpc") != "2.0"
        or not isinstance(request.get("method"), str)
    ):
        return error_answer(None, Auto2faError("invalidRequest"))
    number = request.get("id")
    if not (number is None or (isinstance(number, int | str) and not isinstance(number, bool))):
        return error_answer(None, Auto2faError("invalidRequest"))
    try:
        result = _call(host, request["method"], request.get("params", {}))
    except Auto2faError as error:
        reply = error_answer(number, error)
    except Exception as error:
        # Where it happened goes to stderr, without values: those might be secrets.
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
        print(f"auto2fa-host: {type(error).__name__} in {where}", file=sys.stderr)  # noqa: T201
        reply = error_answer(
            number, Auto2faError("internal", detail=f"{type(error).__name__}, {frames[-1].name}")
        )
    else:
        reply = {"jsonrpc": "2.0", "id": number, "result": result}
    return None if "id" not in request else reply


def error_answer(number: int | str | None, error: Auto2faError) -> dict[str, Any]:
    """An error in JSON-RPC 2.0's form (section 5.1); its ``data`` names it and says what to do next."""
    return {
        "jsonrpc": "2.0",
        "id": number,
        "error": {
            "code": error.kind.number,
            "message": error.message,
            "data": {
                "name": error.name,
                "next": error.next,
                "params": {key: str(value) for key, value in error.params.items()},
            },
        },
    }


def _call(host: Host, verb: str, params: Any) -> Any:
    types = VERBS.get(verb)
    if types is None:
        raise Auto2faError("methodNotFound", verb=verb[:40])
    try:
        given = msgspec.convert({} if params is None else params, types[0])
    except msgspec.ValidationError as error:
        raise Auto2faError("invalidParams", verb=verb, detail=str(error)) from None
    module = importlib.import_module(f"auto2fa.native.verbs.{ROOMS[verb.partition('.')[0]]}")
    function = getattr(module, re.sub(r"(?<!^)([A-Z])", r"_\1", verb.replace(".", "_")).lower())
    result = function(host, given)
    return msgspec.to_builtins(result)

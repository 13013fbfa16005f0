"""``decode``: what the QR codes in pictures hold."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auto2fa.cli.common import command, complain, console, print_json
from auto2fa.errors import Auto2faError
from auto2fa.qr.reader import PHOTO_BUDGET_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auto2fa.cli.common import Commands
    from auto2fa.otp.factor import OtpFactor
    from auto2fa.qr.reader import Found, Reading


_JSON = """\
With --json one list, an entry a picture in the order given: "file"; "codes"; "width" and "height"
in pixels, "tookMs", "exhausted" (the time ended before everything was tried); or, with no codes,
"error" (a sentence) and "errorName". Each code: "kind" (otpauth, migration, key, link, appstore, text,
duo, microsoft, ...), "what" and "detail" (in words; a link's host), "engine", "corners" (four x, y in
pixels, clockwise from the code's own top left), "page" (frame or PDF page, from 0), "accounts" (issuer,
name, type, digits, period, algorithm), "part" (of an export in several codes: "number" from 1, "of",
"set"), "problem" and "advice" (sentences, where there is something to say), and "text" with --reveal
only. Keys may be added, none is taken away or changes its meaning.
Exit code 0: a code was read; 1: none was; 2: wrong usage.
"""


def add_commands(commands: Commands) -> None:
    """Add this room's commands."""
    decode = command(
        commands,
        "decode",
        run_decode,
        "Say what the QR codes in pictures hold, without secrets",
        epilog=_JSON,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    decode.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="pictures, PDF files, or folders of them"
    )
    decode.add_argument("--screen", action="store_true", help="read the whole screen")
    decode.add_argument("--reveal", action="store_true", help="show the texts themselves, secrets included")
    decode.add_argument(
        "--budget", type=float, default=PHOTO_BUDGET_S, metavar="SECONDS", help="time for a picture"
    )
    decode.add_argument("--json", action="store_true")
    decode.set_defaults(parser=decode)


def run_decode(options: argparse.Namespace) -> int:
    """``auto2fa decode``; exit code 1 when no picture held a code."""
    if not options.files and not options.screen:
        options.parser.error("give a FILE, or --screen")
    results = [_of_file(path, options) for path in _pictures(options.files)]
    if options.screen:
        results.append(_of_screen(options))
    found = any(result["codes"] for result in results)
    if options.json:
        print_json(results)
        return 0 if found else 1
    for result in results:
        if "error" in result:
            complain(f"{result['file']}: {result['error']}")
        elif not result["codes"]:
            complain(f"{result['file']}: {Auto2faError('noCodeFound')}")
    _print_table([result for result in results if result["codes"]], reveal=options.reveal)
    return 0 if found else 1


def _pictures(paths: list[Path]) -> Iterator[Path]:
    """The files, and for a folder all that lie in it, in order; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for below in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in below.relative_to(path).parts)
            if not hidden and below.suffix.lower() in _SUFFIXES and below.is_file():
                yield below


_SUFFIXES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff"}
    | {".avif", ".heic", ".heif", ".ico", ".pnm", ".ppm", ".pgm", ".pbm", ".pdf"}
)
"""What counts as a picture in a folder; files that are named are opened whatever they are called."""


def _of_file(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    try:
        return {"file": str(path), **_described(read_file(path, budget_s=options.budget), options)}
    except Auto2faError as error:
        return {"file": str(path), "codes": [], "error": str(error), "errorName": error.name}


def _of_screen(options: argparse.Namespace) -> dict[str, Any]:
    from auto2fa.qr.reader import read_pixels
    from auto2fa.qr.screen import grab

    reading = read_pixels(grab(), budget_s=options.budget)
    return {"file": "screen", **_described(reading, options)}


def read_file(path: Path, *, budget_s: float = PHOTO_BUDGET_S) -> Reading:
    """Read a picture file's codes.

    Raises:
        Auto2faError: ``noSuchFile`` and the reader's own.
    """
    from auto2fa.qr.reader import read

    try:
        data = path.read_bytes()
    except OSError as error:
        raise Auto2faError("noSuchFile", file=path.name, detail=error.strerror or "") from None
    return read(data, budget_s=budget_s)


def _described(reading: Reading, options: argparse.Namespace) -> dict[str, Any]:
    return {
        "codes": [_code(found, reveal=options.reveal) for found in reading.codes],
        "width": reading.width,
        "height": reading.height,
        "tookMs": round(reading.took_s * 1000, 1),
        "exhausted": reading.exhausted,
    }


def _code(found: Found, *, reveal: bool) -> dict[str, Any]:
    from auto2fa.qr.payload import classify

    payload = classify(found.text)
    result: dict[str, Any] = {
        "kind": payload.kind,
        "what": payload.what,
        "detail": payload.detail,
        "engine": found.engine,
        "corners": [[round(x, 1), round(y, 1)] for x, y in found.corners],
        "page": found.page,
    }
    if reveal:
        result["text"] = found.text
    try:
        _add_accounts(result, payload.kind, found.text)
    except Auto2faError as error:
        result["problem"] = str(error)
    advice = payload.error()
    if advice is not None:
        result["advice"] = str(advice)
    return result


def _add_accounts(result: dict[str, Any], kind: str, text: str) -> None:
    """What a second factor holds but its secret; for a part of an export, which part it is."""
    if kind == "migration":
        from auto2fa.otp.migration import parse_migration

        part = parse_migration(text)
        result["part"] = {"number": part.index + 1, "of": part.size, "set": part.batch_id}
    result["accounts"] = [
        {
            "issuer": factor.issuer,
            "name": factor.name,
            "type": factor.type,
            "digits": factor.digits,
            "period": factor.period,
            "algorithm": factor.algorithm,
        }
        for factor in _factors(kind, text)
    ]


def _factors(kind: str, text: str) -> list[OtpFactor]:
    if kind == "otpauth":
        from auto2fa.otp.uri import parse_uri

        return [parse_uri(text)]
    if kind == "migration":
        from auto2fa.otp.migration import parse_migration

        return list(parse_migration(text).factors)
    return []


def _print_table(results: list[dict[str, Any]], *, reveal: bool) -> None:
    from rich.table import Table

    if not results:
        return
    table = Table("File", "Holds", "Account", "Code", "Read by", box=None, pad_edge=False)
    for result in results:
        for code in result["codes"]:
            accounts = code.get("accounts") or [None]
            for account in accounts:
                kind = code["kind"] if account else code["what"]
                part = code.get("part")
                if part and part["of"] > 1:
                    kind = f"{kind}, part {part['number']} of {part['of']}"
                label = (
                    ": ".join(part for part in (account["issuer"], account["name"]) if part)
                    if account
                    else ""
                )
                how = (
                    f"{account['digits']} digits, {account['period']} s"
                    if account
                    else code.get("detail", "")
                )
                table.add_row(result["file"], kind, label or code.get("problem", ""), how, code["engine"])
            if reveal:
                table.add_row("", code["text"], "", "", "")
    console().print(table)


def factor_in(path: Path) -> OtpFactor:
    """The one second factor in a picture.

    Raises:
        Auto2faError: ``noCodeFound``, ``notASecondFactor``, ``proprietaryCode``, ``severalCodes``, the
            reader's and the URI's own.
    """
    from auto2fa.otp.keys import parse_key
    from auto2fa.qr.payload import classify

    reading = read_file(path)
    if not reading.codes:
        raise Auto2faError("noCodeFound")
    factors: list[OtpFactor] = []
    advice: Auto2faError | None = None
    for found in reading.codes:
        payload = classify(found.text)
        if payload.kind == "key":
            factors.append(parse_key(found.text)[0])
        else:
            factors.extend(_factors(payload.kind, found.text))
        advice = advice or payload.error()
    if not factors:
        raise advice or Auto2faError("noCodeFound")
    if len(factors) > 1:
        raise Auto2faError("severalCodes", count=len(factors))
    return factors[0]

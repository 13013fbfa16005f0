"""``import`` and ``export``: accounts from and to other authenticator apps, on the user's own terminal."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auto2fa.cli.common import account_of, command, complain, console, open_vault, print_json
from auto2fa.errors import Auto2faError

if TYPE_CHECKING:
    from auto2fa.cli.common import Commands
    from auto2fa.otp.factor import OtpFactor
    from auto2fa.otp.home import Home
    from auto2fa.portals.takeover import Batch, Pick
    from auto2fa.vault.vault import Vault


def add_commands(commands: Commands) -> None:
    """Add this room's commands."""
    taking = command(commands, "import", run_import, "Take accounts over from an authenticator app's export")
    taking.add_argument("files", nargs="+", type=Path, metavar="FILE", help="export files or QR pictures")
    taking.add_argument("--site", metavar="URL", help="the portal, when the export holds one account")
    taking.add_argument(
        "--match",
        action="append",
        default=[],
        metavar="NUMBER=URL",
        help="which account (as numbered by --preview) belongs to which portal; may be repeated",
    )
    taking.add_argument("--preview", action="store_true", help="only show what the export holds")
    taking.add_argument("--password-stdin", action="store_true", help="read the export's password from stdin")
    taking.add_argument("--json", action="store_true")

    giving = command(commands, "export", run_export, "Write accounts, with their secrets, to a file")
    giving.add_argument("file", type=Path, metavar="FILE", help="must not exist yet")
    giving.add_argument(
        "--format",
        choices=["age", "uris", "qr"],
        default="age",
        help="age: encrypted with a password (default); uris: readable list; qr: page of QR codes to scan",
    )
    giving.add_argument("--site", metavar="URL", help="only this portal")
    giving.add_argument("--account", metavar="NAME", help="only this account of it")
    giving.add_argument("--password-stdin", action="store_true", help="read the new password from stdin")


def run_import(options: argparse.Namespace) -> int:
    """``auto2fa import``: whoever types it vouches for the accounts, so they are active at once."""
    from auto2fa.portals.takeover import Batch

    batch = Batch()
    for path in options.files:
        _read_into(batch, path, from_stdin=options.password_stdin)
    vault = open_vault()
    if options.preview:
        return _preview(vault, batch, as_json=options.json)
    picks = _picks(vault, batch, options)
    unmatched = len(batch.entries) - len(picks)
    if not picks:
        _preview(vault, batch, as_json=False)
        return complain(
            "no account could be matched to a portal. Say which: --match NUMBER=URL (or --site URL)."
        )
    from rich.progress import Progress

    with Progress(console=console(), disable=options.json or not sys.stdout.isatty()) as bar:
        task = bar.add_task("Importing", total=len(picks))
        kept = batch.apply(
            vault, picks, state="active", progress=lambda done, _total: bar.update(task, completed=done)
        )
    if options.json:
        print_json({"format": batch.format, "imported": len(kept), "unmatched": unmatched, "accounts": kept})
    else:
        print(f"{len(kept)} account(s) imported, {len(picks) - len(kept)} were there already.")
        if unmatched:
            print(f"{unmatched} left out; see “auto2fa import --preview” and --match.", file=sys.stderr)
    return 0


def _read_into(batch: Batch, path: Path, *, from_stdin: bool) -> None:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Auto2faError("noSuchFile", file=path.name, detail=error.strerror or "") from None
    batch.add(data, file_name=path.name)
    if batch.needs_password:
        password = (
            sys.stdin.readline().rstrip("\r\n")
            if from_stdin
            else getpass.getpass(f"Password of {path.name}: ")
        )
        batch.add(data, file_name=path.name, password=password)


def _picks(vault: Vault, batch: Batch, options: argparse.Namespace) -> list[Pick]:
    from auto2fa.portals.takeover import Pick, Suggestions

    wanted: dict[int, str] = {}
    for match in options.match:
        number, _, url = match.partition("=")
        if not number.isdigit() or not url:
            raise Auto2faError("badNumber", detail=f"“{match}” is not NUMBER=URL")
        wanted[int(number) - 1] = url
    usable = [number for number, entry in enumerate(batch.entries) if entry.factor is not None]
    if options.site is not None:
        if len(usable) != 1:
            raise Auto2faError("severalCodes", count=len(usable))
        wanted[usable[0]] = options.site
    suggestions = Suggestions(vault.index.portals())
    picks = []
    for number in usable:
        factor, home = batch.entries[number].factor, batch.entries[number].home
        portal = suggestions.of(factor, home) if factor and number not in wanted else None
        username = home.username if home else factor.name if factor else ""
        if number in wanted:
            picks.append(Pick(index=number, url=wanted[number], username=username))
        elif portal is not None:
            picks.append(Pick(index=number, portal_id=portal.id, username=username))
        elif home is not None:
            first, *more = home.sites
            picks.append(Pick(index=number, url=first, username=username, more_sites=tuple(more)))
    return picks


def _preview(vault: Vault, batch: Batch, *, as_json: bool) -> int:
    from auto2fa.portals.takeover import Suggestions

    suggestions = Suggestions(vault.index.portals())
    rows: list[dict[str, Any]] = []
    for number, entry in enumerate(batch.entries, start=1):
        factor = entry.factor
        portal = suggestions.of(factor, entry.home) if factor else None
        there = vault.duplicate_of(factor.secret) if factor else None
        rows.append(
            {
                "number": number,
                "account": entry.label,
                "portal": portal.name if portal else None,
                "newSites": list(entry.home.sites) if entry.home and portal is None else [],
                "there": there is not None,
                "problem": entry.problem.message if entry.problem else None,
            }
        )
    missing = batch.missing_parts()
    if as_json:
        print_json({"format": batch.format, "missingParts": missing, "accounts": rows})
        return 0
    from rich.table import Table

    table = Table("No.", "Account", "Portal", "", box=None, pad_edge=False)
    for row in rows:
        remark = row["problem"] or ("there already" if row["there"] else "")
        place = row["portal"] or " ".join(row["newSites"])
        table.add_row(str(row["number"]), str(row["account"] or "(no name)"), str(place), str(remark))
    console().print(table)
    if missing:
        print(f"QR code {', '.join(map(str, missing))} of this export is still missing.", file=sys.stderr)
    return 0


def run_export(options: argparse.Namespace) -> int:
    """``auto2fa export``: secrets leave the keyring only here, on the user's own terminal."""
    from auto2fa.otp import export

    factors, homes = _chosen(open_vault(), options)
    if not factors:
        return complain("there is no account to export.")
    if options.format == "age":
        data = export.encrypted(factors, _new_password(from_stdin=options.password_stdin), homes)
    elif options.format == "uris":
        data = export.plain_list(factors, homes).encode()
    else:
        from auto2fa.otp.qr_pages import html, qr_pages

        pages = qr_pages(factors)
        data = html(pages).encode()
        for factor, reason in pages.left_out:
            complain(f"{factor.issuer} {factor.name} is not in the QR codes: {reason}.")
    try:
        # Readable by this user alone, and never over a file that is there.
        descriptor = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        raise Auto2faError("cannotWrite", path=options.file, detail=error.strerror or "") from None
    print(f"{len(factors)} account(s) written to {options.file}.")
    if options.format != "age":
        print("Whoever reads this file can make the codes: delete it when you are done.", file=sys.stderr)
    return 0


def _chosen(vault: Vault, options: argparse.Namespace) -> tuple[list[OtpFactor], list[Home]]:
    from auto2fa.otp.home import Home
    from auto2fa.portals import book
    from auto2fa.portals.release import factor_of

    portals = [book.find(vault, options.site)] if options.site else vault.index.portals()
    if options.account:
        if not options.site:
            raise Auto2faError("badNumber", detail="--account needs --site")
        accounts = [(portals[0], account_of(portals[0], options.account, states=("active", "pending")))]
    else:
        accounts = [(portal, each) for portal in portals for each in portal.in_state("active", "pending")]
    homes = [Home(portal.name, tuple(portal.origins), each.username) for portal, each in accounts]
    return [factor_of(vault, each) for _, each in accounts], homes


def _new_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("New password for the export: ")
    if getpass.getpass("Once more: ") != first:
        raise Auto2faError("badNumber", detail="The two passwords differ")
    return first

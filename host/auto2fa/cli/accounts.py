"""``add``, ``list``, ``code``, ``remove``, ``restore``, ``log``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from auto2fa.cli.common import (
    account_of,
    command,
    complain,
    confirmed,
    console,
    open_vault,
    print_json,
    when,
)
from auto2fa.errors import Auto2faError

if TYPE_CHECKING:
    from auto2fa.cli.common import Commands
    from auto2fa.otp.factor import OtpFactor
    from auto2fa.vault.records import AccountRecord, PortalRecord


def add_commands(commands: Commands) -> None:
    """Add this room's commands."""
    add = command(commands, "add", run_add, "Link a site and keep its second factor, active at once")
    add.add_argument("--site", required=True, metavar="URL", help="the portal's address")
    way = add.add_mutually_exclusive_group()
    way.add_argument(
        "--key", help="the security key (other users of this machine may see it: better give it on stdin)"
    )
    way.add_argument("--uri", help="an otpauth:// address")
    way.add_argument("--image", type=Path, metavar="FILE", help="a picture with the portal's QR code")
    add.add_argument("--account", metavar="NAME", help="the user name that you type on the login page")
    add.add_argument("--name", help="how to call the portal")
    add.add_argument("--replace", action="store_true", help="replace this account's earlier factor")
    add.add_argument("--type", choices=["totp", "hotp", "steam"])
    add.add_argument("--digits", type=int)
    add.add_argument("--period", type=int, metavar="SECONDS")
    add.add_argument("--algorithm", choices=["SHA1", "SHA256", "SHA512"])
    add.add_argument("--counter", type=int)

    listing = command(commands, "list", run_list, "List linked portals and their accounts")
    listing.add_argument("--json", action="store_true")

    code = command(commands, "code", run_code, "Print the current code of a site")
    code.add_argument("site", help="the portal's address or name")
    code.add_argument("--account", metavar="NAME")
    code.add_argument("--json", action="store_true")

    remove = command(commands, "remove", run_remove, "Unlink a site, or remove one of its accounts")
    remove.add_argument("site")
    remove.add_argument("--account", metavar="NAME", help="remove only this account")
    remove.add_argument("--yes", action="store_true", help="do not ask")

    restore = command(commands, "restore", run_restore, "Take back a factor that was replaced (30 days)")
    restore.add_argument("site")
    restore.add_argument("--account", metavar="NAME")

    log = command(
        commands, "log", run_log, "Show which codes were given to which site, and what became of them"
    )
    log.add_argument("site", nargs="?")
    log.add_argument("--limit", type=int, default=50)
    log.add_argument("--json", action="store_true")


def run_add(options: argparse.Namespace) -> int:
    """``auto2fa add``: whoever types it vouches for the factor, so it is active at once."""
    from auto2fa.portals import book, enrolment

    factor = _given_factor(options)
    vault = open_vault()
    portal = book.link(vault, options.site, name=options.name)
    username = options.account or ""
    earlier = _same_account(portal, username or factor.name)
    if earlier is not None and not options.replace:
        there = vault.duplicate_of(factor.secret, portal_id=portal.id)
        if there is None or there.id != earlier.id:
            raise Auto2faError("accountTaken", account=earlier.label, portal=portal.name)
    kept = enrolment.keep(
        vault,
        factor,
        portal_id=portal.id,
        username=username,
        state="active",
        replaces=earlier.id if earlier is not None and options.replace else None,
        # The portal has probably just accepted this step's code when the factor was set up there.
        step_used=True,
    )
    print(f"{portal.name} ({portal.origins[0]}): {kept.label or 'account'} is active.")
    return 0


def _given_factor(options: argparse.Namespace) -> OtpFactor:
    from auto2fa.otp.keys import parse_key

    if options.image is not None:
        from auto2fa.cli.pictures import factor_in

        return factor_in(options.image)
    text = options.uri or options.key
    if text is None:
        if sys.stdin.isatty():
            import getpass

            text = getpass.getpass("Security key or otpauth address (not shown): ")
        else:
            text = sys.stdin.read()
    factor, notes = parse_key(
        text,
        type=options.type,
        digits=options.digits,
        period=options.period,
        algorithm=options.algorithm,
        counter=options.counter,
        name=options.account if not text.strip().lower().startswith("otpauth:") else None,
    )
    if "shortSecret" in notes:
        print(f"auto2fa: this key is short ({len(factor.secret) * 8} bits); is it whole?", file=sys.stderr)
    return factor


def _same_account(portal: PortalRecord, name: str) -> AccountRecord | None:
    wanted = name.strip().casefold()
    for account in portal.in_state("active"):
        if wanted and wanted in (account.username.casefold(), account.name.casefold()):
            return account
    return None


def run_list(options: argparse.Namespace) -> int:
    """``auto2fa list``."""
    portals = open_vault().index.portals()
    if options.json:
        print_json([_as_json(portal) for portal in portals])
        return 0
    if not portals:
        print("No portal is linked yet. Link one in the browser's popup, or by “auto2fa add --site URL”.")
        return 0
    from rich.table import Table

    table = Table("Portal", "Sites", "Account", "State", "Last used", box=None, pad_edge=False)
    for portal in portals:
        sites = "\n".join(portal.origins)
        if not portal.accounts:
            table.add_row(portal.name, sites, "", "no second factor", "")
        for number, account in enumerate(portal.accounts):
            state = account.attention or account.state
            label = account.label or "(no name)"
            first = number == 0
            table.add_row(
                portal.name if first else "", sites if first else "", label, state, when(account.last_used)
            )
    console().print(table)
    return 0


def _as_json(portal: PortalRecord) -> dict[str, object]:
    return {
        "id": portal.id,
        "name": portal.name,
        "sites": portal.origins,
        "accounts": [
            {
                "id": account.id,
                "issuer": account.issuer,
                "name": account.name,
                "username": account.username,
                "type": account.type,
                "digits": account.digits,
                "period": account.period,
                "algorithm": account.algorithm,
                "state": account.state,
                "attention": account.attention,
                "lastUsed": account.last_used,
            }
            for account in portal.accounts
        ],
    }


def run_code(options: argparse.Namespace) -> int:
    """``auto2fa code``: prints at once; the step then counts as given out, so no portal sees it twice."""
    from auto2fa.otp.codes import code_at, hotp_at
    from auto2fa.portals import book
    from auto2fa.portals.release import STALE_STEPS, factor_of
    from auto2fa.vault.index import now_ms

    vault = open_vault()
    account = account_of(book.find(vault, options.site), options.account, states=("active", "pending"))
    factor = factor_of(vault, account)
    if factor.type == "hotp":
        code, left = hotp_at(factor, vault.index.take_counter(account.id, now_ms())), None
    else:
        made = code_at(factor, time.time())
        vault.index.reserve_step(account.id, made.step, now_ms(), stale_after=STALE_STEPS)
        code, left = made.code, made.valid_until - time.time()
    if options.json:
        print_json({"code": code, "secondsLeft": None if left is None else round(left, 1)})
        return 0
    print(code)
    if left is not None and sys.stdout.isatty():
        print(f"counts for {left:.0f} s more", file=sys.stderr)
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """``auto2fa remove``."""
    from auto2fa.portals import book

    vault = open_vault()
    portal = book.find(vault, options.site)
    if options.account is not None:
        account = account_of(portal, options.account, states=("active", "pending", "replaced"))
        question = f"Remove {account.label} of {portal.name} and its secret? It cannot be undone."
        if not confirmed(question, yes=options.yes):
            return complain("nothing was removed.")
        vault.remove(account.id)
        print(f"{account.label or 'The account'} of {portal.name} was removed.")
        return 0
    living = len(portal.in_state("active", "pending"))
    question = f"Unlink {portal.name} and remove its {living} account(s) with their secrets?"
    if not confirmed(question, yes=options.yes):
        return complain("nothing was removed.")
    vault.remove_portal(portal.id)
    print(f"{portal.name} was unlinked.")
    return 0


def run_restore(options: argparse.Namespace) -> int:
    """``auto2fa restore``."""
    from auto2fa.portals import book

    vault = open_vault()
    portal = book.find(vault, options.site)
    restored = vault.restore(account_of(portal, options.account, states=("replaced",)).id)
    print(f"{restored.label or 'The earlier factor'} of {portal.name} is active again.")
    return 0


def run_log(options: argparse.Namespace) -> int:
    """``auto2fa log``."""
    from auto2fa.portals import book

    vault = open_vault()
    portal_id = book.find(vault, options.site).id if options.site else None
    lines = vault.index.releases(portal_id=portal_id, limit=max(1, options.limit))
    if options.json:
        print_json(
            [
                {
                    "at": line.at,
                    "site": line.origin,
                    "page": line.top_origin,
                    "accountId": line.account_id,
                    "purpose": line.purpose,
                    "step": line.step,
                    "retryOf": line.retry_of,
                    "outcome": line.outcome,
                    "why": line.why,
                    "verdict": line.verdict,
                }
                for line in lines
            ]
        )
        return 0
    if not lines:
        print("No code was given out yet.")
        return 0
    from rich.table import Table

    table = Table("When", "Site", "For", "Outcome", "Why", box=None, pad_edge=False)
    for line in lines:
        table.add_row(when(line.at), line.origin, line.purpose, line.outcome, line.why or line.verdict)
    console().print(table)
    return 0

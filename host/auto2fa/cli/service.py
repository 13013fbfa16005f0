"""``relay`` and ``sms``: the phone link beyond the local network."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from auto2fa.cli.common import command, complain, open_vault
from auto2fa.errors import Auto2faError
from auto2fa.vault.secrets import RELAY_ENTRY, SMS_ENTRY

if TYPE_CHECKING:
    from auto2fa.cli.common import Commands


def add_commands(commands: Commands) -> None:
    """Add this room's commands."""
    from auto2fa.phone import relay

    serving = command(commands, "relay", relay.run, "Serve phone links for computers in other networks")
    relay.add_arguments(serving)
    steps = serving.add_subparsers(metavar="[token]")
    knowing = steps.add_parser("token", help="on a computer that uses a relay: keep its access token")
    knowing.add_argument("relay", help="the relay's address, like https://relay.example")
    knowing.add_argument("--forget", action="store_true", help="remove it from the keyring")
    knowing.set_defaults(run=run_relay_token)

    sms = command(commands, "sms", run_sms_show, "Set up the SMS provider that sends phone links")
    actions = sms.add_subparsers(metavar="[ACTION]")
    setting = actions.add_parser("set", help="keep the provider's address (apprise URL) in the keyring")
    setting.add_argument(
        "url",
        nargs="?",
        help="for example twilio://SID:TOKEN@FROM; asked for when left out (no shell history)",
    )
    setting.set_defaults(run=run_sms_set)
    testing = actions.add_parser("test", help="send a test message")
    testing.add_argument("number")
    testing.set_defaults(run=run_sms_test)
    forgetting = actions.add_parser("forget", help="remove the provider's address")
    forgetting.set_defaults(run=run_sms_forget)


_FORMS = """\
Forms of the URL, with no receiver in it:
  twilio://SID:TOKEN@FROM    vonage://KEY:SECRET@FROM    sinch://PLAN:TOKEN@FROM
  msgbird://KEY/FROM         seven://KEY                 clicksend://USER:KEY@
  sns://KEY/SECRET/REGION    httpsms://KEY@FROM
  json://HOST/PATH?:number={number}    a gateway of your own
All others: https://appriseit.com/services/"""


def run_relay_token(options: argparse.Namespace) -> int:
    """``auto2fa relay token``: the token is asked for, so that it stands in no shell history."""
    from auto2fa.phone.access import keep_token
    from auto2fa.phone.address import relay_base

    base = relay_base(options.relay)
    vault = open_vault()
    if options.forget:
        vault.secrets.delete(RELAY_ENTRY)
        print("The relay's token was removed from the keyring.")
        return 0
    token = getpass.getpass("Access token (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()
    if not token.strip():
        return complain("no token was given.")
    keep_token(vault.secrets, base, token.strip())
    print(f"Kept in the keyring, for {base} only.")
    return 0


def run_sms_show(_options: argparse.Namespace) -> int:
    """``auto2fa sms``: is a provider set up? Its address holds a password, so only its kind is shown."""
    url = open_vault().secrets.get(SMS_ENTRY)
    if url is None:
        raise Auto2faError("smsNotSet")
    print(f"SMS are sent through {url.partition('://')[0]}.")
    return 0


def run_sms_set(options: argparse.Namespace) -> int:
    """``auto2fa sms set``."""
    url = options.url
    if url is None:
        if sys.stdin.isatty():
            print(_FORMS)
        url = getpass.getpass("Provider URL (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()
    url = url.strip()
    from auto2fa.phone import sms

    problem = sms.problem_of(url)
    if problem:
        return complain(f"this provider cannot be used: {problem}.\n{_FORMS}")
    open_vault().secrets.set(SMS_ENTRY, url)
    print(f"Kept in the keyring: SMS are sent through {url.partition('://')[0]}.")
    print("Try it: auto2fa sms test NUMBER")
    return 0


def run_sms_test(options: argparse.Namespace) -> int:
    """``auto2fa sms test``."""
    from auto2fa.phone import numbers, sms

    vault = open_vault()
    url = vault.secrets.get(SMS_ENTRY)
    if url is None:
        raise Auto2faError("smsNotSet")
    country = str(vault.index.setting("settings", {}).get("country", "")) or numbers.system_country()
    number = numbers.parse(options.number, country)
    sms.send(url, number, "Auto 2FA: this is the test message that you asked for.")
    print(f"Sent to {number}.")
    return 0


def run_sms_forget(_options: argparse.Namespace) -> int:
    """``auto2fa sms forget``."""
    open_vault().secrets.delete(SMS_ENTRY)
    print("The provider's address was removed from the keyring.")
    return 0

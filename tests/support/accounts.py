"""Accounts put straight into the index and keyring, as if they had been set up long ago."""

from __future__ import annotations

from auto2fa.otp.keys import parse_key
from auto2fa.portals import book, enrolment
from auto2fa.vault.index import Index
from auto2fa.vault.records import AccountRecord
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault


def add_account(site: str, key: str, username: str, *, period: int = 30, digits: int = 6) -> AccountRecord:
    """Link ``site`` and keep an active account; ``auto2fa add`` would also count the present step as used."""
    vault = Vault(Index(), Secrets())
    try:
        factor, _notes = parse_key(key, period=period, digits=digits, name=username)
        portal = book.link(vault, site)
        return enrolment.keep(vault, factor, portal_id=portal.id, username=username, state="active")
    finally:
        vault.index.close()

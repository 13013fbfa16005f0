"""The access token of a company's relay, kept in the keyring for that relay's address alone."""

from __future__ import annotations

from auto2fa.phone.address import relay_base
from auto2fa.vault.secrets import RELAY_ENTRY, Secrets


def keep_token(secrets: Secrets, relay: str, token: str) -> str:
    """Keep the token of a relay in the keyring; return the relay's address. Raises ``relayAddress``."""
    base = relay_base(relay)
    secrets.set(RELAY_ENTRY, f"{base} {token}")
    return base


def token_for(secrets: Secrets, relay: str) -> str:
    """Return the token for a relay, or nothing when none was kept for this very address."""
    base, _, token = (secrets.get(RELAY_ENTRY) or "").partition(" ")
    return token if base == relay_base(relay) else ""

"""The index and the keyring as another process sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from auto2fa.vault.index import Index
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault


@contextmanager
def opened_vault() -> Iterator[Vault]:
    """Index and keyring, closed at the end."""
    vault = Vault(Index(), Secrets())
    try:
        yield vault
    finally:
        vault.index.close()


def entries_in_keyring() -> set[str]:
    """The names of all entries in the keyring's default collection."""
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        items = secretstorage.get_default_collection(connection).get_all_items()
        return {str(item.get_attributes().get("username")) for item in items}
    finally:
        connection.close()

"""keyring's Secret Service backend with one D-Bus connection and one session for many calls.

keyring's own opens both anew in every call: ten round trips and two key exchanges an entry. One thread only:
the connection is a blocking one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyring.backends.SecretService import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable

    from secretstorage import Collection


class KeptKeyring(Keyring):
    """Ends with :meth:`close`."""

    priority = -1
    """Never chosen by keyring itself."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._collection: Collection | None = None
        self._close: Callable[[], None] = lambda: None

    def get_preferred_collection(self) -> Collection:
        """The collection of the first call, still open."""
        if self._collection is None:
            collection = super().get_preferred_collection()  # type: ignore[no-untyped-call]
            self._close = collection.connection.close
            # keyring closes the connection after every call; here that waits until the last one.
            collection.connection.close = lambda: None
            self._collection = collection
        return self._collection

    def keep(self, service: str, username: str, password: str) -> str:
        """Write an entry; what the keyring now gives back for it.

        As ``set_password`` and ``get_password`` do, without searching for what was just written: five round
        trips instead of nine.
        """
        collection = self.get_preferred_collection()
        attributes = self._query(service, username, application=self.appid)
        label = f"Password for '{username}' on '{service}'"
        item = collection.create_item(label, attributes, password.encode(), replace=True)
        return item.get_secret().decode()

    def close(self) -> None:
        """Close the connection."""
        self._collection = None
        self._close()

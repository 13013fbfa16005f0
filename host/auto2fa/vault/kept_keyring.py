"""keyring's Secret Service backend with one D-Bus connection and one session for many calls.

keyring's own opens both anew in every call: ten round trips and two key exchanges an entry. One thread at a
time: the connection is a blocking one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyring.backends.SecretService import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend
    from secretstorage import Collection


class KeptKeyring(Keyring):
    """Ends with :meth:`close`."""

    priority = -1
    """Never chosen by keyring itself."""

    def __init__(self, like: KeyringBackend | None = None) -> None:
        """``like``: the backend whose settings (scheme, preferred collection) count here too."""
        super().__init__()  # type: ignore[no-untyped-call]
        if like is not None:
            vars(self).update(vars(like))
        self._collection: Collection | None = None
        self._close: Callable[[], None] = lambda: None

    @property
    def is_open(self) -> bool:
        """Whether a connection is there already."""
        return self._collection is not None

    def get_preferred_collection(self) -> Collection:
        """The collection of the first call, still open."""
        if self._collection is None:
            return self._keep(super().get_preferred_collection())  # type: ignore[no-untyped-call]
        return self._collection

    def prepare(self) -> None:
        """Open connection and session ahead of the first call; nobody is asked to unlock anything."""
        import secretstorage
        from secretstorage.collection import DEFAULT_COLLECTION

        if self._collection is not None:
            return
        connection = secretstorage.dbus_init()
        try:
            # By its address: asked for by its role, a default collection that is missing would be made.
            path = getattr(self, "preferred_collection", DEFAULT_COLLECTION)
            collection = secretstorage.Collection(connection, path)
            if collection.is_locked():
                connection.close()
                return
        except BaseException:
            connection.close()
            raise
        self._keep(collection)

    def _keep(self, collection: Collection) -> Collection:
        from secretstorage.dhcrypto import Session
        from secretstorage.util import open_session

        self._close = collection.connection.close
        # keyring closes the connection after every call; here that waits until the last one.
        collection.connection.close = lambda: None
        # Items take the session of their collection, which otherwise has one only after a first write.
        session: Session | None = collection.session
        collection.session = session or open_session(collection.connection)
        self._collection = collection
        return collection

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

    def read(self, service: str, username: str) -> str | None:
        """An entry's text."""
        found: str | None = self.get_password(service, username)  # type: ignore[no-untyped-call]
        return found

    def close(self) -> None:
        """Close the connection."""
        close, self._close = self._close, lambda: None
        self._collection = None
        close()

    def __del__(self) -> None:
        """Nobody but the process's end may have closed it."""
        self.close()

"""Secrets in the operating system's keyring: one entry an account, stored as an ``otpauth://`` URI.

One service name an account: Windows' backend files entries by service name, and its blobs are small. A person
can rescue every entry by hand with the system's own keyring program.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auto2fa.errors import Auto2faError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from auto2fa.vault.kept_keyring import KeptKeyring

UNSAFE_MODULES = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")
"""Backends that keep nothing, or keep it readable."""

FINGERPRINT_ENTRY = "index-key"
SMS_ENTRY = "sms-provider"
RELAY_ENTRY = "relay-token"
"""``ADDRESS TOKEN``: the token goes to the relay that it was given for, and to no other."""


def service_name(entry: str) -> str:
    """The keyring's service name of one entry."""
    return f"Auto 2FA {entry}"


class Secrets:
    """The keyring, checked before its first use.

    Raises (every method):
        Auto2faError: ``keyringLocked``, ``keyringMissing``, ``keyringUnsafe``, ``keyringFailed``.
    """

    def __init__(self) -> None:
        self._backend: KeyringBackend | None = None
        self._kept = threading.local()
        self._reader: KeptKeyring | None = None
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._key_lock = threading.Lock()
        self._index_key: bytes | None = None

    # --- the backend --------------------------------------------------------------------------------------

    def backend(self) -> KeyringBackend:
        """The system's keyring; unsafe ones are refused."""
        kept: KeyringBackend | None = getattr(self._kept, "backend", None)
        if kept is not None:
            return kept
        with self._lock:
            if self._backend is None:
                import keyring

                self._backend = _safe(keyring.get_keyring())
            return self._backend

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Within this block, this thread's calls share one connection to the keyring where it has such."""
        backend = self.backend()
        if not _is_secret_service(backend):
            yield
            return
        from auto2fa.vault.kept_keyring import KeptKeyring

        kept = KeptKeyring(backend)
        self._kept.backend = kept
        try:
            yield
        finally:
            self._kept.backend = None
            kept.close()

    def state(self) -> tuple[str, str | None]:
        """The backend's name and what is wrong with it (an error's name), without any prompt to the user."""
        try:
            backend = self.backend()
        except Auto2faError as error:
            return str(error.params.get("backend", "")), error.name
        name = str(backend.name)
        if _is_secret_service(backend):
            return name, _secret_service_problem()
        return name, None

    def unlock(self) -> None:
        """Have the system ask the user for the keyring's password, if it is locked."""
        self.get(FINGERPRINT_ENTRY)  # whoever reads from a locked keyring is asked to unlock it

    # --- entries ------------------------------------------------------------------------------------------

    def get(self, entry: str) -> str | None:
        """An entry's text, or None when the keyring has none."""
        backend = self.backend()
        # Another thread may be waiting there for a person who unlocks the keyring.
        if not _is_secret_service(backend) or not self._reading.acquire(blocking=False):
            with _Explained():
                return backend.get_password(service_name(entry), entry)
        try:
            with _Explained():
                return self._read(backend, entry)
        finally:
            self._reading.release()

    def prepare(self) -> None:
        """A read is likely soon: load the library and open the connection for it. Asks no person."""
        backend = self.backend()
        if not _is_secret_service(backend) or not self._reading.acquire(blocking=False):
            return
        try:
            with _Explained():
                self._kept_reader(backend).prepare()
        finally:
            self._reading.release()

    def _kept_reader(self, backend: KeyringBackend) -> KeptKeyring:
        from auto2fa.vault.kept_keyring import KeptKeyring

        self._reader = self._reader or KeptKeyring(backend)
        return self._reader

    def _read(self, backend: KeyringBackend, entry: str) -> str | None:
        """Read over the connection kept between reads; once more over a new one if that has broken."""
        reader = self._kept_reader(backend)
        was_open = reader.is_open
        try:
            return reader.read(service_name(entry), entry)
        except Exception as error:
            import keyring.errors

            reader.close()
            # The keyring may have been started anew since; a person's "no" is an answer.
            if not was_open or isinstance(error, keyring.errors.KeyringLocked):
                raise
            return reader.read(service_name(entry), entry)

    def set(self, entry: str, text: str) -> None:
        """Write an entry and read it back: what is not proven to be kept counts as not kept."""
        with _Explained():
            kept: KeptKeyring | None = getattr(self._kept, "backend", None)
            if kept is not None:
                back: str | None = kept.keep(service_name(entry), entry, text)
            else:
                backend = self.backend()
                backend.set_password(service_name(entry), entry, text)
                back = backend.get_password(service_name(entry), entry)
            if back != text:
                raise Auto2faError("keyringFailed", detail="it did not keep what was written")

    def delete(self, entry: str) -> None:
        """Remove an entry; one that is not there is fine."""
        import keyring.errors

        with _Explained():
            try:
                self.backend().delete_password(service_name(entry), entry)
            except keyring.errors.PasswordDeleteError:
                return

    # --- fingerprints -------------------------------------------------------------------------------------

    def fingerprint(self, secret: bytes) -> str:
        """Tells whether two secrets are the same, useless without the keyring (HMAC-SHA-256, RFC 2104)."""
        # One request at a time: the first two would make a key each.
        with self._key_lock:
            key = self._index_key = self._index_key or self._fingerprint_key()
        return hmac.new(key, secret, hashlib.sha256).hexdigest()[:32]

    def _fingerprint_key(self) -> bytes:
        stored = self.get(FINGERPRINT_ENTRY)
        if stored is None:
            with _Explained():
                self.backend().set_password(
                    service_name(FINGERPRINT_ENTRY), FINGERPRINT_ENTRY, secrets.token_hex(32)
                )
            # Another browser may have made one at the same time: the keyring's last word counts for both.
            stored = self.get(FINGERPRINT_ENTRY)
        if stored is None:
            raise Auto2faError("keyringFailed", detail="it did not keep what was written")
        return bytes.fromhex(stored)


def _is_secret_service(backend: KeyringBackend) -> bool:
    """Whether it is keyring's own Secret Service backend (Linux): the one with connections to keep."""
    return type(backend).__module__ == "keyring.backends.SecretService"


def _safe(backend: KeyringBackend) -> KeyringBackend:
    """Refuse backends that keep nothing or keep it readable; choose the first safe one of a chain."""
    parts = getattr(backend, "backends", None)
    if type(backend).__module__ == "keyring.backends.chainer" and parts:
        for part in parts:
            if not type(part).__module__.startswith(UNSAFE_MODULES):
                return part  # type: ignore[no-any-return]
    module = type(backend).__module__
    if module == "keyring.backends.fail":
        raise Auto2faError("keyringMissing", backend=backend.name)
    if module.startswith(UNSAFE_MODULES):
        raise Auto2faError("keyringUnsafe", backend=backend.name)
    return backend


def _secret_service_problem() -> str | None:
    """Is the Secret Service's default collection there and open? (Secret Service API, 'Locked' property)."""
    import secretstorage

    try:
        connection = secretstorage.dbus_init()
    except Exception:
        return "keyringMissing"
    try:
        return "keyringLocked" if secretstorage.get_default_collection(connection).is_locked() else None
    except Exception:
        return "keyringFailed"
    finally:
        connection.close()


class _Explained:
    """Turns the keyring library's exceptions into the user's sentences."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, Auto2faError):
            return
        import keyring.errors

        if isinstance(error, keyring.errors.KeyringLocked):
            raise Auto2faError("keyringLocked") from None
        if isinstance(error, keyring.errors.NoKeyringError | keyring.errors.InitError):
            raise Auto2faError("keyringMissing") from None
        if isinstance(error, Exception):
            # The exception's type only: its text might quote what was being written.
            raise Auto2faError("keyringFailed", detail=type(error).__name__) from None

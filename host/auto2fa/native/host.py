"""What the verbs of one host process share: the vault, handles, settings, and the way back to the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auto2fa.native.messages import Message, Settings

if TYPE_CHECKING:
    from auto2fa.native.handles import Handles
    from auto2fa.native.verbs.imports import Imports
    from auto2fa.phone.service import PhoneService
    from auto2fa.vault.vault import Vault

WATCH_SECONDS = 1.0


class Host:
    """One per process. Everything in it is made when first needed: most requests need little."""

    def __init__(self, send: Callable[[Any], None]) -> None:
        self._send = send
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._vault: Vault | None = None
        self._phone: PhoneService | None = None

    @property
    def vault(self) -> Vault:
        """The index and the keyring; opening also sweeps what killed processes left and starts the watch."""
        with self._lock:
            if self._vault is None:
                from auto2fa.vault.index import Index
                from auto2fa.vault.secrets import Secrets
                from auto2fa.vault.vault import Vault

                self._vault = Vault(Index(), Secrets())
                # Taken before anybody reads the list: a change after that reading is always told.
                seen = _revision(self._vault)
                threading.Thread(target=self._watch, args=(self._vault, seen), daemon=True).start()
            return self._vault

    @cached_property
    def handles(self) -> Handles:
        """Factors read and not kept yet."""
        from auto2fa.native.handles import Handles

        return Handles()

    @cached_property
    def imports(self) -> Imports:
        """Import sets that are open."""
        from auto2fa.native.verbs.imports import Imports

        return Imports()

    @property
    def phone(self) -> PhoneService:
        """The phone link's service."""
        with self._lock:
            if self._phone is None:
                from auto2fa.phone.service import PhoneService
                from auto2fa.phone.sms import HourlyBudget

                index = self.vault.index
                # Kept in the index: browsers start hosts anew all day, and several share the hour.
                budget = HourlyBudget(
                    load=lambda: index.setting("smsSent", []),
                    save=lambda sent: index.set_setting("smsSent", sent),
                )
                self._phone = PhoneService(sms_budget=budget)
            return self._phone

    def settings(self) -> Settings:
        """The user's settings."""
        import msgspec

        stored = self.vault.index.setting("settings", {})
        try:
            return msgspec.convert(stored, Settings)
        except msgspec.ValidationError:
            return Settings()  # written by a newer version: its own values are kept until set again

    def notify(self, name: str, message: Message) -> None:
        """Send a notification to the browser (JSON-RPC 2.0, section 4.1)."""
        import msgspec

        self._send({"jsonrpc": "2.0", "method": name, "params": msgspec.to_builtins(message)})

    def close(self) -> None:
        """End everything that this process started."""
        self._ended.set()
        with self._lock:
            if self._phone is not None:
                self._phone.close_all()
            if self._vault is not None:
                self._vault.index.close()

    def _watch(self, vault: Vault, seen: int) -> None:
        """Tell the browser when another host or the terminal changed portals."""
        from auto2fa.errors import Auto2faError
        from auto2fa.native.framing import StreamEndedError
        from auto2fa.native.messages import PortalsChanged
        from auto2fa.vault.vault import UNFINISHED

        with suppress(Auto2faError):
            vault.sweep()
            if vault.index.setting(UNFINISHED):
                from auto2fa.portals.takeover import sweep_unfinished

                sweep_unfinished(vault)
        while not self._ended.wait(WATCH_SECONDS):
            try:
                current = vault.index.revision()
                if current != seen:
                    seen = current
                    self.notify("portals.changed", PortalsChanged())
            except Auto2faError:
                continue  # the disk or a lock: looked at again in a second
            except StreamEndedError:
                return


def _revision(vault: Vault) -> int:
    """The index's revision; one that never was when it cannot be read."""
    from auto2fa.errors import Auto2faError

    try:
        return vault.index.revision()
    except Auto2faError:
        return -1

"""Accounts as a whole: their row in the index and their secret in the keyring, never one without the other.

Order of writing, so that a process killed at any point leaves the old state or the new one: the row is
first written as ``writing`` (invisible), then the secret goes into the keyring and is read back, then the row
becomes visible. Leftovers of killed processes are swept at the next start.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from auto2fa.errors import Auto2faError
from auto2fa.vault.index import Index, now_ms
from auto2fa.vault.records import RESTORABLE_MS, AccountRecord, State
from auto2fa.vault.secrets import Secrets

ABANDONED_MS = 5 * 60 * 1000
"""A row still ``writing`` after this long belongs to a process that is gone."""
UNFINISHED = "unfinishedImports"
"""Setting: imports under way, by their id: since when, and the sites that they link."""


def new_id() -> str:
    """A random name of 96 bits for a portal, account, release or handle."""
    return random.token_urlsafe(12)


class Vault:
    """The index and the keyring together."""

    def __init__(self, index: Index, secrets: Secrets) -> None:
        self.index = index
        self.secrets = secrets

    def uri(self, account: AccountRecord) -> str:
        """The account's ``otpauth://`` URI, from the keyring.

        Raises:
            Auto2faError: ``secretMissing`` and the keyring's own.
        """
        uri = self.secrets.get(account.id)
        if uri is None:
            if account.attention != "secretMissing":
                self.index.change_account(account.id, {"attention": "secretMissing"})
            raise Auto2faError("secretMissing")
        return uri

    def duplicate_of(self, secret: bytes, *, portal_id: str | None = None) -> AccountRecord | None:
        """An account that is not replaced and holds this very secret."""
        fingerprint = self.secrets.fingerprint(secret)
        for account in self.index.accounts_where(
            "fingerprint = ? AND state IN ('pending', 'active')", [fingerprint]
        ):
            if portal_id is None or account.portal_id == portal_id:
                return account
        return None

    def draft(
        self,
        *,
        portal_id: str,
        secret: bytes,
        issuer: str,
        name: str,
        username: str,
        type: str,
        digits: int,
        period: int,
        algorithm: str,
        counter: int,
        replaces: str | None = None,
        last_step: int | None = None,
    ) -> AccountRecord:
        """A new account that is written nowhere yet: for :meth:`add`."""
        return AccountRecord(
            id=new_id(),
            portal_id=portal_id,
            issuer=issuer,
            name=name,
            username=username,
            type=type,
            digits=digits,
            period=period,
            algorithm=algorithm,
            counter=counter,
            state="writing",
            fingerprint=self.secrets.fingerprint(secret),
            replaces=replaces,
            compared=False,
            last_step=last_step,
            shown_step=None,
            created_at=now_ms(),
            activated_at=None,
            replaced_at=None,
            last_used=None,
            attention=None,
        )

    def add(
        self,
        drafts: Sequence[tuple[AccountRecord, str]],
        state: State,
        *,
        written: Callable[[int], None] = lambda _count: None,
    ) -> list[AccountRecord]:
        """Keep new accounts: all of them, or after an error none.

        An earlier account that one replaces stays as it is until the new one is active.

        Args:
            drafts: accounts with their ``otpauth://`` URIs.
            state: ``pending``, or ``active`` when the user vouches for them.
            written: told how many secrets are in the keyring; may raise to give up.

        Raises:
            Auto2faError: ``noSuchPortal``, ``diskFull``, the keyring's own.
        """
        for portal_id in {account.portal_id for account, _uri in drafts}:
            self.index.portal(portal_id)
        at = now_ms()
        ids = [account.id for account, _uri in drafts]
        self.index.insert_accounts([account for account, _uri in drafts])
        try:
            with self.secrets.kept_open():
                for count, (account, uri) in enumerate(drafts, start=1):
                    self.secrets.set(account.id, uri)
                    written(count)
            self.index.reveal(ids, state, at)
        except BaseException:
            self._forget(ids)
            raise
        activated_at = at if state == "active" else None
        return [replace(account, state=state, activated_at=activated_at) for account, _uri in drafts]

    def activate(self, account_id: str) -> AccountRecord:
        """A pending account becomes active; the one it replaces, and other unproven enrolments of the same
        account, stay restorable for 30 days.
        """
        account = self.index.account(account_id)
        if account.state == "pending":
            others = [
                each.id
                for each in self.index.portal(account.portal_id).in_state("pending")
                if each.id != account_id and each.same_as(account)
            ]
            self.index.promote(account_id, now_ms(), obsolete=others)
        return self.index.account(account_id)

    def remove(self, account_id: str) -> None:
        """Delete an account and its secret; hidden first, so that it is never offered without one.

        Raises:
            Auto2faError: ``noSuchAccount``, the keyring's own; the account is as before then.
        """
        account = self.index.account(account_id)
        self.index.change_account(account_id, {"state": "writing", "created_at": 0})
        try:
            self.secrets.delete(account_id)
        except Auto2faError:
            self.index.change_account(account_id, {"state": account.state, "created_at": account.created_at})
            raise
        self.index.delete_accounts([account_id])

    def restore(self, account_id: str) -> AccountRecord:
        """Take an earlier account back.

        Raises:
            Auto2faError: ``notRestorable``, ``secretMissing``.
        """
        account = self.index.account(account_id)
        at = now_ms()
        if account.state != "replaced" or (account.replaced_at or 0) + RESTORABLE_MS < at:
            raise Auto2faError("notRestorable")
        self.uri(account)
        self.index.take_back(account_id, at)
        return self.index.account(account_id)

    def remove_portal(self, portal_id: str) -> None:
        """Unlink a portal with all its accounts and their secrets."""
        for account in self.index.portal(portal_id).accounts:
            self.remove(account.id)
        self.index.delete_portal(portal_id)

    def sweep(self) -> int:
        """Remove what killed processes left half written, what can no longer be taken back, old log lines."""
        at = now_ms()
        self.index.trim_releases()
        old = self.index.accounts_where(
            "(state = 'writing' AND created_at < ?) OR (state = 'replaced' AND replaced_at < ?)",
            [at - ABANDONED_MS, at - RESTORABLE_MS],
        )
        if old:
            self._forget([account.id for account in old])
        return len(old)

    def _forget(self, account_ids: Sequence[str]) -> None:
        # The secrets go first here: a row that is left over is swept again, a secret would be lost sight of.
        gone = []
        try:
            with self.secrets.kept_open():
                for account_id in account_ids:
                    self.secrets.delete(account_id)
                    gone.append(account_id)
        except Auto2faError:
            pass  # the sweep of a later start finds the others' rows
        with suppress(Auto2faError):
            self.index.delete_accounts(gone)

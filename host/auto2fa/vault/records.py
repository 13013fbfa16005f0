"""Rows of the index as Python objects. None of them can hold a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["writing", "pending", "active", "replaced"]

RESTORABLE_MS = 30 * 24 * 3600 * 1000
"""An account that was replaced can be taken back for 30 days."""


@dataclass(slots=True, kw_only=True)
class AccountRecord:
    """One second factor without its secret; times in milliseconds since the epoch."""

    id: str
    portal_id: str
    issuer: str
    name: str
    username: str
    type: str
    digits: int
    period: int
    algorithm: str
    counter: int
    state: State
    fingerprint: str
    replaces: str | None
    compared: bool
    last_step: int | None
    shown_step: int | None
    created_at: int
    activated_at: int | None
    replaced_at: int | None
    last_used: int | None
    attention: str | None

    @property
    def label(self) -> str:
        """How a person recognises the account."""
        return self.username or self.name or self.issuer

    def same_as(self, other: AccountRecord) -> bool:
        """The portal means the same account by both (two enrolments of one customer)."""
        mine = (self.portal_id, self.issuer, self.name, self.username)
        return mine == (other.portal_id, other.issuer, other.name, other.username)


@dataclass(slots=True, kw_only=True)
class PortalRecord:
    """A linked portal with its exact origins and its accounts."""

    id: str
    name: str
    settings: dict[str, Any]
    taught: dict[str, Any]
    created_at: int
    origins: list[str] = field(default_factory=list)
    accounts: list[AccountRecord] = field(default_factory=list)

    def in_state(self, *states: State) -> list[AccountRecord]:
        """The accounts in one of these states, oldest first."""
        return [account for account in self.accounts if account.state in states]


@dataclass(slots=True, kw_only=True)
class ReleaseRecord:
    """One code that was given out, and what became of it."""

    id: str
    at: int
    portal_id: str
    account_id: str
    origin: str
    top_origin: str
    purpose: str
    step: int | None
    retry_of: str | None
    verdict: str
    outcome: str
    why: str

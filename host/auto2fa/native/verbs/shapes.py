"""From the vault's records to the channel's messages."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TypeVar, cast

import msgspec

from auto2fa.native.messages import (
    Account,
    AccountState,
    Algorithm,
    Factor,
    FactorType,
    LiveCode,
    Message,
    Portal,
    PortalSettings,
    PortalState,
)
from auto2fa.otp.factor import OtpFactor
from auto2fa.vault.records import RESTORABLE_MS, AccountRecord, PortalRecord

ROOM = 700_000
"""Bytes of a list in one answer; the browser takes 1 MB in all."""

Item = TypeVar("Item", bound=Message)


def fitting(items: Iterable[Item]) -> list[Item]:
    """The first of these that one answer holds, at least one."""
    found: list[Item] = []
    size = 0
    for item in items:
        data = msgspec.json.encode(item)
        beyond_ascii = len(data) - len(data.decode("ascii", "ignore"))
        # The channel writes blanks too, and letters beyond ASCII as escapes: up to three times their bytes.
        size += len(data) + 2 * beyond_ascii + data.count(b",") + data.count(b":")
        if found and size > ROOM:
            break
        found.append(item)
    return found


def factor(read: OtpFactor | AccountRecord) -> Factor:
    """A factor as a person may see it."""
    return Factor(
        issuer=read.issuer,
        name=read.name,
        type=cast(FactorType, read.type),
        digits=read.digits,
        period=read.period,
        algorithm=cast(Algorithm, read.algorithm),
    )


def account(record: AccountRecord) -> Account:
    """An account as the extension sees it."""
    return Account(
        id=record.id,
        portal_id=record.portal_id,
        factor=factor(record),
        username=record.username,
        state=cast(AccountState, record.state),
        created_at=record.created_at,
        activated_at=record.activated_at,
        last_used=record.last_used,
        replaces=record.replaces if record.state == "pending" else None,
        restorable_until=(record.replaced_at or 0) + RESTORABLE_MS if record.state == "replaced" else None,
        compared=record.compared,
        attention=record.attention,
    )


def settings(record: PortalRecord) -> PortalSettings:
    """A portal's settings; unknown ones of a newer version are left out."""
    known = {key: value for key, value in record.settings.items() if key in PortalSettings.__struct_fields__}
    return PortalSettings(**known)


def portal(record: PortalRecord) -> Portal:
    """A portal as the extension sees it."""
    return Portal(
        id=record.id,
        name=record.name,
        origins=record.origins,
        settings=settings(record),
        state=_state(record),
        accounts=[account(each) for each in record.accounts],
        created_at=record.created_at,
        last_used=max((each.last_used for each in record.accounts if each.last_used), default=None),
        taught=record.taught,
    )


def _state(record: PortalRecord) -> PortalState:
    living = record.in_state("active", "pending")
    if any(each.attention for each in living):
        return "attention"
    if any(each.state == "active" for each in living):
        return "active"
    return "pending" if living else "unlinked"


def live(shown: tuple[OtpFactor, str, float, float]) -> LiveCode:
    """A code on show."""
    read, code, valid_from, valid_until = shown
    return LiveCode(
        factor=factor(read),
        code=code,
        valid_from=int(valid_from * 1000),
        valid_until=int(valid_until * 1000),
        now=int(time.time() * 1000),
    )

"""Verbs about linked portals and their accounts."""

from __future__ import annotations

import msgspec

from auto2fa.native.host import Host
from auto2fa.native.messages import (
    AccountIdParams,
    AccountResult,
    AccountUpdateParams,
    Nothing,
    PortalIdParams,
    PortalResult,
    PortalsFind,
    PortalsFindParams,
    PortalsLinkParams,
    PortalsList,
    PortalsListParams,
    PortalsUpdateParams,
)
from auto2fa.native.verbs import shapes
from auto2fa.portals import book


def portals_list(host: Host, params: PortalsListParams) -> PortalsList:
    """Linked portals by name, in pages: one message holds 1 MB."""
    index = host.vault.index
    found = map(shapes.portal, index.portals(offset=params.offset, limit=params.limit))
    return PortalsList(portals=shapes.fitting(found), total=index.count_portals())


def portals_find(host: Host, params: PortalsFindParams) -> PortalsFind:
    """The portal of an origin, and others of the same site to offer."""
    found = host.vault.index.portal_of_origin(params.origin)
    return PortalsFind(
        portal=shapes.portal(found) if found else None,
        same_site=[]
        if found
        else [shapes.portal(each) for each in book.same_site(host.vault, params.origin)],
    )


def portals_link(host: Host, params: PortalsLinkParams) -> PortalResult:
    """Link a site. Raises ``badUrl``, ``notSecure``, ``originTaken``."""
    linked = book.link(host.vault, params.url, name=params.name, portal_id=params.portal_id)
    return PortalResult(portal=shapes.portal(linked))


def portals_update(host: Host, params: PortalsUpdateParams) -> PortalResult:
    """Change a portal. Raises what :func:`book.change` raises."""
    changed = book.change(
        host.vault,
        params.portal_id,
        name=params.name,
        origins=params.origins,
        settings=msgspec.structs.asdict(params.settings) if params.settings else None,
        taught=params.taught,
    )
    return PortalResult(portal=shapes.portal(changed))


def portals_unlink(host: Host, params: PortalIdParams) -> Nothing:
    """Unlink a portal with all its accounts and secrets."""
    host.vault.remove_portal(params.portal_id)
    return Nothing()


def accounts_update(host: Host, params: AccountUpdateParams) -> AccountResult:
    """Change how an account is named."""
    host.vault.index.account(params.account_id)
    given: dict[str, object] = {
        column: value.strip()
        for column, value in (
            ("name", params.name),
            ("issuer", params.issuer),
            ("username", params.username),
        )
        if value is not None
    }
    if given:
        host.vault.index.change_account(params.account_id, given)
    return AccountResult(account=shapes.account(host.vault.index.account(params.account_id)))


def accounts_remove(host: Host, params: AccountIdParams) -> Nothing:
    """Delete an account and its secret."""
    host.vault.remove(params.account_id)
    return Nothing()


def accounts_restore(host: Host, params: AccountIdParams) -> AccountResult:
    """Take an earlier factor back, within 30 days. Raises ``notRestorable``."""
    return AccountResult(account=shapes.account(host.vault.restore(params.account_id)))

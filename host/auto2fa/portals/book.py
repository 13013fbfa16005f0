"""The book of linked portals: link, find, change, unlink."""

from __future__ import annotations

import json
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.portals.origins import display_name, host_of, is_secure, origin_of, site_of
from auto2fa.vault.index import now_ms
from auto2fa.vault.records import PortalRecord
from auto2fa.vault.vault import Vault, new_id

DEFAULT_SETTINGS: dict[str, Any] = {
    "auto_fill": True,
    "auto_submit": True,
    "remember_device": False,
    "choose_method": True,
}

LARGEST_TAUGHT = 20_000
"""Bytes of JSON that a portal's taught pages may take."""


def link(vault: Vault, url: str, *, name: str | None = None, portal_id: str | None = None) -> PortalRecord:
    """Link a site: a new portal, or one more site of a portal. Linking it twice is fine.

    Raises:
        Auto2faError: ``badUrl``, ``notSecure``, ``originTaken``, ``noSuchPortal``.
    """
    origin = origin_of(url)
    if not is_secure(origin):
        raise Auto2faError("notSecure", origin=origin)
    there = vault.index.portal_of_origin(origin)
    if portal_id is not None:
        portal = vault.index.portal(portal_id)
        if there is not None and there.id != portal.id:
            raise Auto2faError("originTaken", origin=origin, portal=there.name)
        if there is None:
            portal.origins.append(origin)
            vault.index.update_portal(portal)
        return portal
    if there is not None:
        return there
    portal = PortalRecord(
        id=new_id(),
        name=(name or "").strip() or display_name(origin),
        settings=dict(DEFAULT_SETTINGS),
        taught={},
        created_at=now_ms(),
        origins=[origin],
    )
    vault.index.insert_portal(portal)
    return portal


def same_site(vault: Vault, origin: str) -> list[PortalRecord]:
    """Portals that list another origin of the same site; offered to the user, never taken silently."""
    scheme, ending = origin.split(":", 1)[0], _ending(origin)
    # One site shares the last two labels at least: this spares the Public Suffix List most questions.
    near = [
        (known, portal_id)
        for known, portal_id in vault.index.all_origins()
        if known != origin and known.startswith(f"{scheme}:") and _ending(known) == ending
    ]
    if not near:
        return []
    site = site_of(origin)
    ids = {portal_id for known, portal_id in near if site_of(known) == site}
    return [vault.index.portal(portal_id) for portal_id in sorted(ids)][:20]


def _ending(origin: str) -> list[str]:
    return host_of(origin).split(".")[-2:]


def change(
    vault: Vault,
    portal_id: str,
    *,
    name: str | None = None,
    origins: list[str] | None = None,
    settings: dict[str, Any] | None = None,
    taught: dict[str, Any] | None = None,
) -> PortalRecord:
    """Change what is given, keep the rest.

    Raises:
        Auto2faError: ``noSuchPortal``, ``badUrl``, ``notSecure``, ``lastOrigin``, ``originTaken``,
            ``badNumber`` when the taught pages grow too large.
    """
    portal = vault.index.portal(portal_id)
    if name is not None and name.strip():
        portal.name = name.strip()
    if origins is not None:
        clean = list(dict.fromkeys(origin_of(origin) for origin in origins))
        for origin in clean:
            if not is_secure(origin):
                raise Auto2faError("notSecure", origin=origin)
        if not clean:
            raise Auto2faError("lastOrigin")
        portal.origins = clean
    if settings is not None:
        portal.settings = {**DEFAULT_SETTINGS, **settings}
    if taught is not None:
        if len(json.dumps(taught)) > LARGEST_TAUGHT:
            raise Auto2faError("badNumber", detail="Too many pages were taught for this portal")
        portal.taught = taught
    vault.index.update_portal(portal)
    return vault.index.portal(portal_id)


def find(vault: Vault, site: str) -> PortalRecord:
    """The portal that a person means: an address, an origin, or a portal's name.

    Raises:
        Auto2faError: ``notLinked``.
    """
    portals = vault.index.portals()
    wanted = site.strip().casefold()
    named = [portal for portal in portals if portal.name.casefold() == wanted or portal.id == site]
    if len(named) == 1:
        return named[0]
    try:
        origin = origin_of(site)
    except Auto2faError:
        raise Auto2faError("notLinked", origin=site[:80]) from None
    found = vault.index.portal_of_origin(origin)
    if found is None and "://" not in site and origin.startswith("https://"):
        found = vault.index.portal_of_origin("http://" + origin.removeprefix("https://"))
    if found is None:
        raise Auto2faError("notLinked", origin=origin)
    return found

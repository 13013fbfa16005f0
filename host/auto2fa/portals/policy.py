"""Who gets a code: only a secure origin that a portal lists exactly, with every ancestor frame listed too."""

from __future__ import annotations

from auto2fa.errors import Auto2faError
from auto2fa.portals.origins import is_secure
from auto2fa.vault.index import Index
from auto2fa.vault.records import PortalRecord


def portal_for(index: Index, *, frame: str, top: str, ancestors: list[str]) -> PortalRecord:
    """The portal that may have a code in this frame.

    Args:
        frame: origin of the frame that asks.
        top: origin of the page in the address bar.
        ancestors: origins of the frames in between.

    Raises:
        Auto2faError: ``notSecure``, ``notLinked``, ``frameNotLinked``.
    """
    for origin in (frame, top, *ancestors):
        if not is_secure(origin):
            raise Auto2faError("notSecure", origin=origin)
    portal = index.portal_of_origin(frame)
    if portal is None:
        raise Auto2faError("notLinked", origin=frame)
    for origin in (top, *ancestors):
        if origin not in portal.origins:
            raise Auto2faError("frameNotLinked", origin=origin)
    return portal

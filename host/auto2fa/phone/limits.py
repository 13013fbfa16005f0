"""Bounds of the upload service, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from auto2fa.phone.keys import OVERHEAD_BYTES

MAX_PHOTO_BYTES = 15 * 1024 * 1024
"""Largest photo, before encryption."""
MAX_SEALED_BYTES = MAX_PHOTO_BYTES + OVERHEAD_BYTES
MAX_TRIES = 5
"""Photos that one link takes until a code is read."""
MAX_NAME_BYTES = 512
"""Sealed name of the portal."""
MAX_MINUTES = 60
AFTERLIFE_S = 120
"""How long a finished link still tells the phone that sent the photo how it ended."""
LONG_POLL_S = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process of the service bears; the defaults suit a small server."""

    misses: int = 200
    """Wrong links that an address may try at once: an office shares one. Ids have 128 bits, so that even 5
    tries a second from each address of the internet find nothing ..."""
    misses_per_second: float = 5.0
    """... and how fast it may go on."""
    creations: int = 120
    """Links that an address (a whole office, perhaps) may open at once ..."""
    creations_per_second: float = 2.0
    uploads: int = 120
    """Photos that an address (a whole office, perhaps) may send at once ..."""
    uploads_per_second: float = 2.0
    max_links: int = 20_000
    max_stored_bytes: int = 512 * 1024 * 1024
    """Sealed photos that wait for their host in the in-memory store."""
    max_receiving_bytes: int = 256 * 1024 * 1024
    """Bytes of unfinished uploads; beyond, the slowest one is cut off."""
    max_uploads: int = 256
    """Unfinished uploads; beyond, the slowest one is cut off."""
    upload_idle_s: float = 15.0
    """An upload that sends nothing for so long is cut off."""
    upload_total_s: float = 180.0
    upload_grace_s: float = 20.0
    """After so long an upload must have kept :attr:`upload_bytes_per_second`."""
    upload_bytes_per_second: int = 4096
    header_s: float = 10.0
    """A connection that has sent no whole request head for so long is closed."""
    read_s: float = 30.0
    """An answer of which nothing is read for so long is given up."""
    max_connections: int = 4096
    """Beyond, the connection that has waited longest for the other side is closed; twice as many are never
    borne."""

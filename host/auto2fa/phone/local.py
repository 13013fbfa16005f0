"""Which of this computer's addresses a phone in the same network can reach.

Nothing is sent to find out: interfaces are listed, and the routing table is asked by connecting a UDP socket
to an address reserved for documentation (RFC 5737, RFC 3849), which sends no packet.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import socket
from typing import Final, NamedTuple

from auto2fa.errors import Auto2faError

OVERRIDE: Final = "AUTO2FA_PHONE_ADDRESS"
"""Environment variable: the address to use, when the choice below is wrong (several networks) or in tests."""

_NOT_REACHABLE: Final = re.compile(
    r"^(lo|docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|kube|podman"
    r"|tun|tap|utun|wg|ppp|ipsec|tailscale|zt|nordlynx|proton|gpd|awdl|llw|bridge|anpi)"
    r"|vEthernet|VirtualBox|VMware|Hyper-V|WSL|Loopback|TAP-|WireGuard|Tailscale|ZeroTier",
    re.IGNORECASE,
)
"""Names of interfaces that lead to virtual machines, containers, tunnels or nowhere."""
_ROUTES: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")


def _routed() -> list[str]:
    """Return the addresses from which this computer would send to the world."""
    found = []
    for family, target in _ROUTES:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def _listed() -> list[tuple[str, str]]:
    """Return (interface name, address) of every interface."""
    import ifaddr

    return [
        (
            " ".join(dict.fromkeys((adapter.nice_name, adapter.name))),
            ip.ip if isinstance(ip.ip, str) else ip.ip[0],
        )
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]


class Place(NamedTuple):
    """One of this computer's addresses."""

    address: str
    interface: str
    """As the system calls it."""
    likely: bool
    """A phone may reach it; false for tunnels, containers and virtual machines."""


def rank(listed: list[tuple[str, str]], routed: list[str]) -> list[Place]:
    """Return the addresses by which a phone may reach this computer, the likeliest first.

    IPv4 stands before IPv6, the interface with the default route first; tunnels and virtual networks come
    last, for a person to choose who knows better. Loopback and link-local addresses (a URL cannot carry their
    zone) are left out.
    """
    scored: list[tuple[int, Place]] = []
    for interface, text in listed:
        address = ipaddress.ip_address(text.partition("%")[0])
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            continue
        # nice_name and name may be the same word; either disqualifies.
        likely = not any(_NOT_REACHABLE.search(part) for part in (interface, *interface.split()))
        score = 8 if likely else 0
        score += 4 if isinstance(address, ipaddress.IPv4Address) else 0
        score += 2 if str(address) in routed else 0
        score += 1 if address.is_private and address not in _SHARED else 0
        scored.append((score, Place(str(address), interface, likely)))
    places: dict[str, Place] = {}
    for _, place in sorted(scored, key=lambda pair: -pair[0]):
        places.setdefault(place.address, place)
    found = list(places.values())
    # The same network twice: IPv6 only where an interface has nothing else.
    four = {place.interface for place in found if ":" not in place.address}
    return [place for place in found if ":" not in place.address or place.interface not in four]


def places() -> list[Place]:
    """Return this computer's addresses for a person to choose from, the likeliest first."""
    chosen = os.environ.get(OVERRIDE, "")
    found = rank(_listed(), _routed())
    return [Place(chosen, OVERRIDE, True), *found] if chosen else found


def lan_address(chosen: str = "") -> str:
    """Return the address for the phone's link, the chosen one if it is this computer's.

    Raises Auto2faError noNetwork.
    """
    override = os.environ.get(OVERRIDE, "")
    if override and chosen in ("", override):
        return override
    for place in places():
        if place.address == chosen if chosen else place.likely:
            return place.address
    raise Auto2faError("noNetwork")

"""Verbs about the host itself: hello, status, settings, the log of releases."""

from __future__ import annotations

import sys

import msgspec

from auto2fa.errors import Auto2faError
from auto2fa.native.host import Host
from auto2fa.native.messages import (
    PROTOCOL,
    Hello,
    HelloParams,
    KeyringState,
    LogList,
    LogListParams,
    Nothing,
    Release,
    Settings,
    SettingsSetParams,
    Status,
)
from auto2fa.version import VERSION


def hello(_host: Host, params: HelloParams) -> Hello:
    """Agree on the channel's version. Raises ``wrongProtocol``."""
    if params.protocol != PROTOCOL:
        raise Auto2faError("wrongProtocol", theirs=params.protocol, ours=PROTOCOL)
    return Hello(protocol=PROTOCOL, version=VERSION, platform=sys.platform)


def status(host: Host, _params: Nothing) -> Status:
    """Is the keyring usable, and how many portals are linked?"""
    backend, problem = host.vault.secrets.state()
    return Status(
        keyring=KeyringState(ok=problem is None, backend=backend, problem=problem),
        portals=host.vault.index.count_portals(),
    )


def keyring_unlock(host: Host, _params: Nothing) -> Status:
    """Have the system ask for the keyring's password; returns once the user answered.

    Raises ``keyringLocked`` when the question was dismissed or nothing could ask, and the keyring's others.
    """
    host.vault.secrets.unlock()
    return status(host, _params)


def settings_get(host: Host, _params: Nothing) -> Settings:
    """The user's settings."""
    return host.settings()


def settings_set(host: Host, params: SettingsSetParams) -> Settings:
    """Replace the user's settings. Raises ``relayAddress``."""
    if params.settings.relay:
        from auto2fa.phone.address import relay_base

        relay_base(params.settings.relay)
    host.vault.index.set_setting("settings", msgspec.to_builtins(params.settings))
    return params.settings


def log_list(host: Host, params: LogListParams) -> LogList:
    """The log of releases, newest first."""
    return LogList(
        releases=[
            Release(
                id=line.id,
                at=line.at,
                portal_id=line.portal_id,
                account_id=line.account_id,
                origin=line.origin,
                top_origin=line.top_origin,
                purpose=line.purpose,
                step=line.step,
                outcome=line.outcome,
                why=line.why or line.verdict,
            )
            for line in host.vault.index.releases(portal_id=params.portal_id, limit=params.limit)
        ]
    )

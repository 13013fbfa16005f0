"""Verbs of the phone link: open it, send it by SMS, close it; what happens comes by notifications."""

from __future__ import annotations

from urllib.parse import urlsplit

from auto2fa.errors import Auto2faError
from auto2fa.native.framing import StreamEndedError
from auto2fa.native.host import Host
from auto2fa.native.messages import (
    FoundCode,
    Nothing,
    PhoneLink,
    PhoneLinkParams,
    PhoneOpenParams,
    PhonePlace,
    PhoneSend,
    PhoneSendParams,
    PhoneState,
)
from auto2fa.native.verbs.pictures import decode
from auto2fa.phone.service import LinkState
from auto2fa.vault.secrets import SMS_ENTRY

PHOTO_BUDGET_S = 5.0
"""A photo of a screen or of paper deserves more tries than a screenshot."""


def phone_open(host: Host, params: PhoneOpenParams) -> PhoneLink:
    """Open an upload link on the local network, or on a relay (the settings name one, or ``params``).

    Raises:
        Auto2faError: ``noNetwork``, ``relayAddress``, ``relayFailed``, ``relayToken``.
    """
    from auto2fa.phone import local
    from auto2fa.qr.draw import svg

    name = host.vault.index.portal(params.portal_id).name if params.portal_id else ""
    relay = params.relay or host.settings().relay
    opened = host.phone.open(
        portal_name=name,
        relay=relay,
        relay_token=_relay_token(host, relay) if relay else "",
        minutes=params.minutes,
        address=params.address,
        on_state=lambda state: _on_state(host, state),
    )
    return PhoneLink(
        link_id=opened.link_id,
        url=opened.url,
        svg=svg(opened.url),
        check_word=opened.check_word,
        expires_at=opened.expires_at * 1000,
        sms_ready=_sms_ready(host),
        place=None if relay else urlsplit(opened.url).hostname,
        places=[]
        if relay
        else [PhonePlace(address=place.address, interface=place.interface) for place in local.places()],
    )


def _relay_token(host: Host, relay: str) -> str:
    from auto2fa.phone.access import token_for

    try:
        return token_for(host.vault.secrets, relay)
    except Auto2faError as problem:
        if problem.name == "relayAddress":
            raise
        return ""  # a locked keyring: most relays ask for no token, and the others say so


def _sms_ready(host: Host) -> bool:
    try:
        return bool(host.vault.secrets.get(SMS_ENTRY))
    except Auto2faError:
        return False  # a locked keyring: the scan code works without it


def _on_state(host: Host, state: LinkState) -> None:
    try:
        if state.name != "received":
            host.notify(
                "phone.state",
                PhoneState(link_id=state.link_id, state=state.name, problem=state.problem or None),
            )
            return
        host.notify("phone.state", PhoneState(link_id=state.link_id, state="received"))
        _read_photo(host, state)
    except StreamEndedError:
        host.phone.close(state.link_id)


def _read_photo(host: Host, state: LinkState) -> None:
    codes: list[FoundCode] = []
    try:
        reading = decode(host, state.photo, budget_s=PHOTO_BUDGET_S, first_only=False)
    except Auto2faError as error:
        problem = error.name
    else:
        if any(code.handle for code in reading.codes):
            # Before the wizard hears of it: it closes the link then, and the phone must be told first.
            host.phone.report(state.link_id, "read")
            host.notify("phone.state", PhoneState(link_id=state.link_id, state="read", codes=reading.codes))
            return
        codes = reading.codes
        named = [code.problem for code in codes if code.problem]
        problem = named[0] if named else "noCodeFound"
    host.notify(
        "phone.state", PhoneState(link_id=state.link_id, state="unreadable", problem=problem, codes=codes)
    )
    host.phone.report(state.link_id, "unreadable", problem)


def phone_send(host: Host, params: PhoneSendParams) -> PhoneSend:
    """Send the link by SMS. Raises the errors of :meth:`PhoneService.send_sms`, and the keyring's own."""
    from auto2fa.phone.numbers import system_country

    number = host.phone.send_sms(
        params.link_id,
        params.number,
        country=host.settings().country or system_country(),
        provider_url=host.vault.secrets.get(SMS_ENTRY) or "",
        language=params.language,
    )
    host.notify("phone.state", PhoneState(link_id=params.link_id, state="sent"))
    return PhoneSend(number=number)


def phone_close(host: Host, params: PhoneLinkParams) -> Nothing:
    """Close a link at once, with its port."""
    host.phone.close(params.link_id)
    return Nothing()

"""The channel's types: every parameter and result of every verb (JSON-RPC 2.0 over native messaging).

This module is the single truth; ``extension/background/types.js`` mirrors it in JSDoc and a test holds the
two together. Names on the wire are camelCase. Times are milliseconds since the Unix epoch unless a name
says otherwise. Nothing in a result carries a secret, with one exception: :class:`Share`, which the host
grants only while a factor is pending.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

PROTOCOL = 1
"""Version of the channel; raised when a verb changes its meaning."""

Text = Annotated[str, Meta(max_length=512)]
Origin = Annotated[str, Meta(min_length=1, max_length=512)]
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Url = Annotated[str, Meta(min_length=1, max_length=8192)]
Code = Annotated[str, Meta(max_length=32)]

FactorType = Literal["totp", "hotp", "steam"]
Algorithm = Literal["SHA1", "SHA256", "SHA512"]
AccountState = Literal["pending", "active", "replaced"]
PortalState = Literal["unlinked", "pending", "active", "attention"]
Outcome = Literal["accepted", "refused", "locked", "unknown", "abandoned"]
Purpose = Literal["login", "setup"]


class Message(msgspec.Struct, rename="camel", forbid_unknown_fields=False, omit_defaults=False, kw_only=True):
    """Base of all parameters and results."""


# --- things -------------------------------------------------------------------------------------------------


class Factor(Message):
    """A second factor as a person may see it: everything but the secret."""

    issuer: str
    name: str
    type: FactorType
    digits: int
    period: int
    algorithm: Algorithm


class Account(Message):
    """One second factor of one portal."""

    id: str
    portal_id: str
    factor: Factor
    username: str
    """What the user types on the portal's login page; tells several accounts of one portal apart."""
    state: AccountState
    created_at: int
    activated_at: int | None = None
    last_used: int | None = None
    replaces: str | None = None
    """While pending: the active account that this one will replace once proven."""
    restorable_until: int | None = None
    """While replaced: until when it can be taken back."""
    compared: bool = False
    """While pending: the authenticator app's code matched ours."""
    attention: str | None = None
    """Stable name of what went wrong last: ``refused``, ``locked``, ``secretMissing``."""


class PortalSettings(Message):
    """What the user chose for one portal."""

    auto_fill: bool = True
    auto_submit: bool = True
    remember_device: bool = False
    choose_method: bool = True
    """Where the portal offers a choice of methods first, choose its authenticator app."""


class Portal(Message):
    """A linked portal."""

    id: str
    name: str
    origins: list[str]
    settings: PortalSettings
    state: PortalState
    accounts: list[Account]
    created_at: int
    last_used: int | None = None
    taught: dict[str, Any] = {}
    """What the user taught about this portal's pages (opaque to the host; bounded size)."""


class Release(Message):
    """One line of the log of releases."""

    id: str
    at: int
    portal_id: str
    account_id: str
    origin: str
    top_origin: str
    purpose: str
    step: int | None
    outcome: str
    why: str


# --- parameters and results ---------------------------------------------------------------------------------


class Nothing(Message):
    """No parameters, or no result beyond 'done'."""


class HelloParams(Message):
    protocol: int
    browser: Text = ""
    version: Text = ""


class Hello(Message):
    protocol: int
    version: str
    platform: str


class KeyringState(Message):
    ok: bool
    backend: str
    problem: str | None = None
    """Error name (see ``errors.py``) when not ok: ``keyringLocked``, ``keyringMissing`` ..."""


class Status(Message):
    keyring: KeyringState
    portals: int


class PortalsListParams(Message):
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=20_000)] = 500


class PortalsList(Message):
    portals: list[Portal]
    total: int


class PortalsFindParams(Message):
    origin: Origin


class PortalsFind(Message):
    portal: Portal | None
    same_site: list[Portal]
    """Portals whose origins are of the same site (Public Suffix List): offered to the user, never taken."""


class PortalsLinkParams(Message):
    url: Url
    name: Text | None = None
    portal_id: Id | None = None
    """Add the URL's origin to this portal instead of making a new one."""


class PortalResult(Message):
    portal: Portal


class PortalsUpdateParams(Message):
    portal_id: Id
    name: Text | None = None
    origins: Annotated[list[Origin], Meta(max_length=64)] | None = None
    settings: PortalSettings | None = None
    taught: dict[str, Any] | None = None


class PortalIdParams(Message):
    portal_id: Id


class AccountUpdateParams(Message):
    account_id: Id
    name: Text | None = None
    issuer: Text | None = None
    username: Text | None = None


class AccountIdParams(Message):
    account_id: Id


class AccountResult(Message):
    account: Account


class QrDecodeParams(Message):
    image: Annotated[str, Meta(max_length=64 * 1024 * 1024)]
    """The picture's bytes in base64 (any format Pillow reads, PDF and HEIC included)."""
    budget_ms: Annotated[int, Meta(ge=50, le=20_000)] = 1500
    first_only: bool = False
    """Stop at the first second factor found (a picture of one code)."""


class FoundCode(Message):
    """One QR code in a picture."""

    kind: str
    """Payload kind, see ``qr/payload.py``: ``otpauth``, ``migration``, ``duo``, ``link`` ..."""
    corners: list[list[float]]
    """Four corners [x, y] in picture pixels, clockwise from the code's own top left."""
    engine: str
    handle: str | None = None
    """For a second factor: where the host keeps what it read, until ``expires_at``."""
    expires_at: int | None = None
    factor: Factor | None = None
    problem: str | None = None
    """Error name when it looks like a second factor but cannot be one (broken secret ...)."""
    detail: str = ""
    """For links the host name, for a migration part 'part 2 of 3, 10 accounts'; never a secret."""
    mark: str = ""
    """The same for codes that hold the same thing, while this host process lives; see ``verbs/marks.py``."""


class QrDecode(Message):
    codes: list[FoundCode]
    width: int
    height: int
    took_ms: float
    exhausted: bool
    """True when the time budget ended before every treatment was tried."""


class KeyOptions(Message):
    """Advanced fields of 'Security key'; ``None`` keeps the default or what the URI says."""

    type: FactorType | None = None
    digits: Annotated[int, Meta(ge=1, le=10)] | None = None
    period: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    algorithm: Algorithm | None = None
    counter: Annotated[int, Meta(ge=0)] | None = None
    issuer: Text | None = None
    name: Text | None = None


class EnrolFromKeyParams(Message):
    text: Annotated[str, Meta(min_length=1, max_length=8192)]
    options: KeyOptions = msgspec.field(default_factory=KeyOptions)


class Enrolment(Message):
    """A factor that was read and waits in the host's memory."""

    handle: str
    factor: Factor
    expires_at: int
    notes: list[str] = []
    """Stable names of remarks: ``unpadded``, ``fromHex``, ``shortSecret`` ..."""
    mark: str = ""
    """As in :class:`FoundCode`."""


class HandleOrAccountParams(Message):
    handle: Id | None = None
    account_id: Id | None = None


class LiveCode(Message):
    """A code on show, with the time in which it counts."""

    factor: Factor
    code: str
    valid_from: int
    valid_until: int
    now: int
    """The host's clock, so that a page can draw the ring without trusting its own."""


class EnrolPreview(Message):
    live: LiveCode
    duplicate_of: str | None = None
    """Account id that already has this very secret."""


class EnrolBeginParams(Message):
    handle: Id
    portal_id: Id
    username: Text = ""
    name: Text | None = None
    issuer: Text | None = None
    replaces: Id | None = None


class Share(Message):
    """The pending factor for the user's authenticator app."""

    svg: str
    key: str
    factor: Factor


class EnrolCompareParams(Message):
    account_id: Id
    code: Code


class EnrolCompare(Message):
    verdict: Literal["same", "clock", "different"]
    offset_seconds: int = 0
    """With ``clock``: how far the phone's clock runs ahead (+) or behind (-)."""


class CodeParams(Message):
    frame_origin: Origin
    top_origin: Origin
    ancestors: Annotated[list[Origin], Meta(max_length=16)] = []
    """Origins of the frames between the asking frame and the top one."""
    purpose: Purpose = "login"
    account_id: Id | None = None
    username: Text | None = None
    offset_ms: Annotated[int, Meta(ge=-86_400_000, le=86_400_000)] = 0
    """How far the portal's clock runs ahead (+) of this machine's, from its ``Date`` header."""
    retry_of: Id | None = None
    """The refused release that this request follows."""
    manual: bool = False
    """The user asked for it in the popup: allowed after a stop too."""
    verdict: Text = ""
    """Why the field was taken for a prompt, for the log of releases."""


class Choice(Message):
    """One of several accounts among which the user has to choose."""

    account_id: str
    name: str
    issuer: str
    username: str


class CodeResult(Message):
    status: Literal["released", "wait", "choose"]
    code: str | None = None
    release_id: str | None = None
    portal_id: str | None = None
    account_id: str | None = None
    pending: bool = False
    valid_from: int | None = None
    valid_until: int | None = None
    until: int | None = None
    """With ``wait``: ask again then (local clock)."""
    reason: Literal["dying", "used"] | None = None
    choices: list[Choice] = []
    settings: PortalSettings | None = None
    now: int = 0


class OutcomeParams(Message):
    release_id: Id
    outcome: Outcome
    why: Text = ""


class OutcomeResult(Message):
    account: Account | None
    may_retry: bool
    """One more code (the next step) may be asked for with ``retryOf``."""


class LogListParams(Message):
    portal_id: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class LogList(Message):
    releases: list[Release]


class Settings(Message):
    language: Literal["auto", "en", "de"] = "auto"
    min_left_seconds: Annotated[int, Meta(ge=0, le=20)] = 4
    notice_everywhere: bool = False
    country: Annotated[str, Meta(max_length=2)] = ""
    relay: Annotated[str, Meta(max_length=512)] = ""
    """Address of the relay for phone links (https, or this machine's own); empty: the local network."""


class SettingsSetParams(Message):
    settings: Settings


# --- phone link ---------------------------------------------------------------------------------------------


class PhoneOpenParams(Message):
    portal_id: Id | None = None
    relay: Url | None = None
    minutes: Annotated[int, Meta(ge=1, le=60)] = 10
    address: Annotated[str, Meta(max_length=45)] = ""
    """One of ``PhoneLink.places``, when the first is not in the phone's network."""


class PhonePlace(Message):
    """One of this computer's addresses in a network."""

    address: str
    interface: str


class PhoneLink(Message):
    """An open upload link; its state comes by ``phone.state`` notifications."""

    link_id: str
    url: str
    svg: str
    """The link as a QR code, to be scanned by the phone's camera."""
    check_word: str
    expires_at: int
    sms_ready: bool
    place: str | None
    """The computer's address in the link; None when the link is a relay's."""
    places: list[PhonePlace] = []
    """All addresses of this computer, the likeliest first; empty for a relay."""


class PhoneSendParams(Message):
    link_id: Id
    number: Text
    language: Literal["en", "de"] = "en"
    """Of the message."""


class PhoneSend(Message):
    number: str
    """As understood, E.164."""


class PhoneLinkParams(Message):
    link_id: Id


# --- import from authenticator apps -------------------------------------------------------------------------


class ImportOpenParams(Message):
    data: Annotated[str, Meta(max_length=48 * 1024 * 1024)]
    """The file's bytes in base64 (an export file or a picture with export QR codes)."""
    file_name: Text = ""
    password: Annotated[str, Meta(max_length=1024)] | None = None
    import_id: Id | None = None
    """Add to this import (next part of a migration set)."""


class ImportEntry(Message):
    index: int
    factor: Factor
    duplicate_of: str | None = None
    suggested_portal: str | None = None
    suggested_url: str | None = None
    """Where our own export says that it belongs, when that site is not linked."""
    username: str = ""
    problem: str | None = None
    """Error name when the entry cannot be taken over; its factor then has a name alone."""
    problem_params: dict[str, str] = {}


class ImportSet(Message):
    import_id: str
    format: str
    entries: list[ImportEntry]
    """The first ones; ``import.entries`` gives those from ``len(entries)`` on."""
    total: int
    missing_parts: list[int] = []
    needs_password: bool = False


class ImportEntriesParams(Message):
    import_id: Id
    offset: Annotated[int, Meta(ge=0)]


class ImportEntries(Message):
    entries: list[ImportEntry]
    """As many as one message holds: at least one, unless ``offset`` is the end."""
    total: int


class ImportPick(Message):
    index: int
    portal_id: Id | None = None
    url: Url | None = None
    """Link this portal first."""
    username: Text = ""


class ImportApplyParams(Message):
    import_id: Id
    picks: Annotated[list[ImportPick], Meta(max_length=20_000)]


class ImportApply(Message):
    accounts: list[str]


class ImportIdParams(Message):
    import_id: Id


VERBS: dict[str, tuple[type[Message], type[Message]]] = {
    "hello": (HelloParams, Hello),
    "status": (Nothing, Status),
    "keyring.unlock": (Nothing, Status),
    "portals.list": (PortalsListParams, PortalsList),
    "portals.find": (PortalsFindParams, PortalsFind),
    "portals.link": (PortalsLinkParams, PortalResult),
    "portals.update": (PortalsUpdateParams, PortalResult),
    "portals.unlink": (PortalIdParams, Nothing),
    "accounts.update": (AccountUpdateParams, AccountResult),
    "accounts.remove": (AccountIdParams, Nothing),
    "accounts.restore": (AccountIdParams, AccountResult),
    "qr.decode": (QrDecodeParams, QrDecode),
    "enrol.fromKey": (EnrolFromKeyParams, Enrolment),
    "enrol.preview": (HandleOrAccountParams, EnrolPreview),
    "enrol.begin": (EnrolBeginParams, AccountResult),
    "enrol.share": (AccountIdParams, Share),
    "enrol.compare": (EnrolCompareParams, EnrolCompare),
    "enrol.activate": (AccountIdParams, AccountResult),
    "enrol.cancel": (HandleOrAccountParams, Nothing),
    "code": (CodeParams, CodeResult),
    "code.prepare": (Nothing, Nothing),
    "code.outcome": (OutcomeParams, OutcomeResult),
    "code.show": (AccountIdParams, LiveCode),
    "log.list": (LogListParams, LogList),
    "settings.get": (Nothing, Settings),
    "settings.set": (SettingsSetParams, Settings),
    "phone.open": (PhoneOpenParams, PhoneLink),
    "phone.send": (PhoneSendParams, PhoneSend),
    "phone.close": (PhoneLinkParams, Nothing),
    "import.open": (ImportOpenParams, ImportSet),
    "import.entries": (ImportEntriesParams, ImportEntries),
    "import.apply": (ImportApplyParams, ImportApply),
    "import.cancel": (ImportIdParams, Nothing),
}
"""Every verb with the types of its parameters and of its result."""


class PortalsChanged(Message):
    """Notification ``portals.changed``: another browser or the terminal changed the index."""


class PhoneState(Message):
    """Notification ``phone.state``."""

    link_id: str
    state: Literal["sent", "opened", "received", "read", "unreadable", "expired", "closed", "failed"]
    codes: list[FoundCode] = []
    problem: str | None = None


class ImportProgress(Message):
    """Notification ``import.progress`` while ``import.apply`` runs."""

    import_id: str
    done: int
    total: int


NOTIFICATIONS: dict[str, type[Message]] = {
    "portals.changed": PortalsChanged,
    "phone.state": PhoneState,
    "import.progress": ImportProgress,
}

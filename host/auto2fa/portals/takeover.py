"""Taking accounts over from another authenticator app: read, match to portals, keep all or none."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.home import Home
from auto2fa.otp.importers import ImportedFile, detect_and_read
from auto2fa.otp.importers.result import check_count
from auto2fa.otp.migration import MigrationPart
from auto2fa.otp.uri import to_uri
from auto2fa.portals import book, enrolment
from auto2fa.portals.origins import host_of, origin_of
from auto2fa.vault.index import now_ms
from auto2fa.vault.records import AccountRecord, PortalRecord, State
from auto2fa.vault.vault import ABANDONED_MS, UNFINISHED, Vault, new_id

SHORTEST_NAME = 3
"""Issuers shorter than this match by chance."""
MOST_AT_ONE_PORTAL = 1_200
"""Accounts; a portal with all of its accounts has to fit into one answer to the browser."""


class CancelledError(Exception):
    """The user cancelled; everything was taken back."""


@dataclass(slots=True)
class Entry:
    """One account of an export: its factor, or why it cannot be taken over."""

    label: str
    factor: OtpFactor | None = field(repr=False)
    problem: Auto2faError | None = None
    home: Home | None = None
    """Where our own export says that it belongs."""


@dataclass(slots=True)
class Pick:
    """One chosen entry and where it goes."""

    index: int
    portal_id: str | None = None
    url: str | None = None
    username: str = ""
    more_sites: tuple[str, ...] = ()
    """Linked too, where ``url`` is linked anew."""


@dataclass(slots=True)
class Batch:
    """What was read so far; a Google export may come in several pictures, in any order."""

    id: str = field(default_factory=new_id)
    format: str = ""
    entries: list[Entry] = field(default_factory=list)
    parts: dict[tuple[int, int], MigrationPart] = field(default_factory=dict)
    needs_password: bool = False

    def add(self, data: bytes, *, file_name: str = "", password: str | None = None) -> None:
        """Read a file, or a picture of export QR codes.

        Raises:
            Auto2faError: ``unknownFormat``, ``wrongPassword``, ``exportBroken``, ``noCodeFound``, the picture
                reader's own.
        """
        found = _read(data, file_name, password)
        self.format = found.format
        self.needs_password = found.needs_password
        fresh = [part for part in found.parts if (part.batch_id, part.index) not in self.parts]
        if found.parts and not fresh:
            return  # the same QR code once more
        for part in fresh:
            self.parts[part.batch_id, part.index] = part
        known = {(entry.factor.secret, entry.factor.name) for entry in self.entries if entry.factor}
        check_count(len(self.entries) + len(found.factors) + len(found.problems))
        for number, factor in enumerate(found.factors):
            if (factor.secret, factor.name) not in known:
                home = found.homes.get(number)
                label = ": ".join(text for text in (factor.issuer, factor.name) if text)
                self.entries.append(Entry(label or (home.portal if home else ""), factor, home=home))
        for problem in found.problems:
            self.entries.append(Entry(problem.label, None, problem.error))

    def missing_parts(self) -> list[int]:
        """Numbers (from 1) of the parts of a Google export that were not seen yet."""
        sizes = {batch: part.size for (batch, _), part in self.parts.items()}
        return sorted(
            number + 1
            for batch, size in sizes.items()
            for number in range(size)
            if (batch, number) not in self.parts
        )

    def apply(
        self,
        vault: Vault,
        picks: Sequence[Pick],
        *,
        state: State,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[str]:
        """Keep the chosen entries: all of them, or after an error or a cancel none.

        Raises:
            CancelledError: ``cancelled`` said so.
            Auto2faError: from linking a portal or keeping a factor.
        """
        drafts: list[tuple[AccountRecord, str]] = []
        linked: list[str] = []
        members: Counter[str] = Counter()
        taken: set[tuple[str, bytes]] = set()

        def goes_on() -> None:
            if cancelled():
                raise CancelledError

        def written(count: int) -> None:
            goes_on()
            progress(len(picks) - len(drafts) + count, len(picks))

        _begin(
            vault,
            self.id,
            [
                site
                for pick in picks
                if pick.url and not pick.portal_id
                for site in (pick.url, *pick.more_sites)
            ],
        )
        try:
            for pick in picks:
                goes_on()
                entry = self.entries[pick.index] if 0 <= pick.index < len(self.entries) else None
                if entry is None or entry.factor is None:
                    raise Auto2faError("badNumber", detail=f"There is no account {pick.index}")
                portal_id = pick.portal_id or self._link(vault, pick, entry.home, linked)
                same = (portal_id, entry.factor.secret)
                if same in taken or vault.duplicate_of(entry.factor.secret, portal_id=portal_id):
                    continue
                taken.add(same)
                if portal_id not in members:
                    members[portal_id] = len(vault.index.portal(portal_id).accounts)
                members[portal_id] += 1
                if members[portal_id] > MOST_AT_ONE_PORTAL:
                    name = vault.index.portal(portal_id).name
                    raise Auto2faError("tooManyAccounts", portal=name, limit=MOST_AT_ONE_PORTAL)
                account = enrolment.draft(
                    vault,
                    entry.factor,
                    portal_id=portal_id,
                    username=pick.username,
                    replaces=enrolment.predecessor(vault, portal_id, entry.factor, pick.username)
                    if state == "pending"
                    else None,
                )
                drafts.append((account, to_uri(entry.factor)))
            kept = vault.add(drafts, state, written=written)
        except BaseException:
            for portal_id in linked:
                vault.remove_portal(portal_id)
            _end(vault, self.id)
            raise
        _end(vault, self.id)
        return [account.id for account in kept]

    @staticmethod
    def _link(vault: Vault, pick: Pick, home: Home | None, linked: list[str]) -> str:
        before = vault.index.count_portals()
        url = pick.url or ""
        name = home.portal if home and origin_of(url) in home.sites else None
        portal = book.link(vault, url, name=name)
        if vault.index.count_portals() > before:
            linked.append(portal.id)
            for site in pick.more_sites:
                if vault.index.portal_of_origin(origin_of(site)) is None:
                    book.link(vault, site, portal_id=portal.id)
        return portal.id


def sweep_unfinished(vault: Vault) -> None:
    """Unlink what a killed import linked and put no account into; sites linked before it stay."""
    at = now_ms()
    for import_id, begun in dict(vault.index.setting(UNFINISHED, {})).items():
        if begun["at"] + ABANDONED_MS > at:
            continue  # it may be under way in another process
        for origin in begun["origins"]:
            portal = vault.index.portal_of_origin(origin)
            if portal and not portal.accounts and portal.created_at >= begun["at"]:
                vault.remove_portal(portal.id)
        _end(vault, import_id)


def _begin(vault: Vault, import_id: str, urls: Sequence[str]) -> None:
    """Note, before anything is linked, which sites are not linked yet."""
    origins = {origin_of(url) for url in urls}
    fresh = sorted(origin for origin in origins if vault.index.portal_of_origin(origin) is None)
    if fresh:
        _change_unfinished(vault, lambda all_: all_ | {import_id: {"at": now_ms(), "origins": fresh}})


def _end(vault: Vault, import_id: str) -> None:
    if import_id in vault.index.setting(UNFINISHED, {}):
        _change_unfinished(vault, lambda all_: {k: v for k, v in all_.items() if k != import_id})


def _change_unfinished(vault: Vault, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    vault.index.set_setting(UNFINISHED, change(vault.index.setting(UNFINISHED, {})))


def _read(data: bytes, file_name: str, password: str | None) -> ImportedFile:
    try:
        return detect_and_read(data, file_name, password)
    except Auto2faError as error:
        if error.name != "unknownFormat":
            raise
        not_a_file = error
    from auto2fa.qr.reader import read

    try:
        reading = read(data, budget_s=5.0)
    except Auto2faError as error:
        if error.name == "notAPicture":
            raise not_a_file from None
        raise
    if not reading.codes:
        raise Auto2faError("noCodeFound")
    from auto2fa.qr.payload import classify

    payloads = [(code.text, classify(code.text)) for code in reading.codes]
    texts = [text for text, payload in payloads if payload.kind in ("otpauth", "migration")]
    if not texts:
        errors = [problem for _text, payload in payloads if (problem := payload.error())]
        # A code for one app only comes first: it is answered with what to do instead.
        raise min(errors, key=lambda each: each.name != "proprietaryCode", default=not_a_file)
    return detect_and_read("\n".join(texts).encode(), file_name, password)


class Suggestions:
    """Which linked portal an issuer names; a suggestion only. Made once for thousands of entries."""

    def __init__(self, portals: Sequence[PortalRecord]) -> None:
        self._named: dict[str, list[PortalRecord]] = {}
        self._listing = {origin: portal for portal in portals for origin in portal.origins}
        self._owners: list[PortalRecord] = []
        self._starts: list[int] = []
        labels: list[str] = []
        start = 0
        for portal in portals:
            self._named.setdefault(_letters(portal.name), []).append(portal)
            for label in {part for origin in portal.origins for part in host_of(origin).split(".")}:
                labels.append(_letters(label))
                self._owners.append(portal)
                self._starts.append(start)
                start += len(labels[-1]) + 1
        # One text of all labels: looking an issuer up in it is one search, however many portals there are.
        self._labels = "\n".join(labels)

    def of(self, factor: OtpFactor, home: Home | None = None) -> PortalRecord | None:
        """The portal that lists a site of its home, if it has one.

        Else the only portal whose name is the factor's issuer, or a part of whose host holds it.
        """
        if home is not None:
            return next((self._listing[site] for site in home.sites if site in self._listing), None)
        issuer = _letters(factor.issuer)
        if len(issuer) < SHORTEST_NAME:
            return None
        found = {portal.id: portal for portal in self._named.get(issuer, [])}
        at = self._labels.find(issuer)
        while at >= 0 and len(found) < 2:
            owner = self._owners[bisect_right(self._starts, at) - 1]
            found[owner.id] = owner
            at = self._labels.find(issuer, at + 1)
        return next(iter(found.values())) if len(found) == 1 else None


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())

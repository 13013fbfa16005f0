"""Taking accounts over from another authenticator app: read, match to portals, keep all or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.importers import ImportedFile, detect_and_read
from auto2fa.otp.migration import MigrationPart
from auto2fa.otp.uri import to_uri
from auto2fa.portals import book, enrolment
from auto2fa.portals.origins import host_of
from auto2fa.vault.records import AccountRecord, PortalRecord, State
from auto2fa.vault.vault import Vault, new_id

SHORTEST_NAME = 3
"""Issuers shorter than this match by chance."""


class CancelledError(Exception):
    """The user cancelled; everything was taken back."""


@dataclass(slots=True)
class Entry:
    """One account of an export: its factor, or why it cannot be taken over."""

    label: str
    factor: OtpFactor | None = field(repr=False)
    problem: Auto2faError | None = None


@dataclass(slots=True)
class Pick:
    """One chosen entry and where it goes."""

    index: int
    portal_id: str | None = None
    url: str | None = None
    username: str = ""


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
        for factor in found.factors:
            if (factor.secret, factor.name) not in known:
                label = ": ".join(text for text in (factor.issuer, factor.name) if text)
                self.entries.append(Entry(label, factor))
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
        taken: set[tuple[str, bytes]] = set()

        def goes_on() -> None:
            if cancelled():
                raise CancelledError

        def written(count: int) -> None:
            goes_on()
            progress(len(picks) - len(drafts) + count, len(picks))

        try:
            for pick in picks:
                goes_on()
                entry = self.entries[pick.index] if 0 <= pick.index < len(self.entries) else None
                if entry is None or entry.factor is None:
                    raise Auto2faError("badNumber", detail=f"There is no account {pick.index}")
                portal_id = pick.portal_id or self._link(vault, pick.url or "", linked)
                same = (portal_id, entry.factor.secret)
                if same in taken or vault.duplicate_of(entry.factor.secret, portal_id=portal_id):
                    continue
                taken.add(same)
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
            raise
        return [account.id for account in kept]

    @staticmethod
    def _link(vault: Vault, url: str, linked: list[str]) -> str:
        before = vault.index.count_portals()
        portal = book.link(vault, url)
        if vault.index.count_portals() > before:
            linked.append(portal.id)
        return portal.id


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
    return detect_and_read("\n".join(code.text for code in reading.codes).encode(), file_name, password)


def suggested_portal(portals: Sequence[PortalRecord], factor: OtpFactor) -> PortalRecord | None:
    """The one linked portal whose name or host an issuer names; a suggestion only."""
    issuer = _letters(factor.issuer)
    if len(issuer) < SHORTEST_NAME:
        return None
    found = [
        portal
        for portal in portals
        if _letters(portal.name) == issuer
        or any(issuer in (_letters(label) for label in host_of(o).split(".")) for o in portal.origins)
    ]
    return found[0] if len(found) == 1 else None


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())

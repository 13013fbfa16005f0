"""Verbs of the import from authenticator apps."""

from __future__ import annotations

import threading

from auto2fa.errors import Auto2faError
from auto2fa.native.host import Host
from auto2fa.native.messages import (
    Factor,
    ImportApply,
    ImportApplyParams,
    ImportEntries,
    ImportEntriesParams,
    ImportEntry,
    ImportIdParams,
    ImportOpenParams,
    ImportProgress,
    ImportSet,
    Nothing,
)
from auto2fa.native.verbs import shapes
from auto2fa.native.verbs.pictures import picture_bytes
from auto2fa.portals.takeover import Batch, CancelledError, Entry, Pick, Suggestions

MOST_OPEN = 8
PROGRESS_EVERY = 10


class Imports:
    """Import sets of this host process, in memory only."""

    def __init__(self) -> None:
        self._open: dict[str, Batch] = {}
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()

    def get(self, import_id: str | None) -> Batch:
        """An open set, or a new one. Raises ``handleExpired``."""
        with self._lock:
            if import_id is None:
                while len(self._open) >= MOST_OPEN:
                    del self._open[next(iter(self._open))]
                batch = Batch()
                self._open[batch.id] = batch
                return batch
            found = self._open.get(import_id)
        if found is None:
            raise Auto2faError("handleExpired")
        return found

    def drop(self, import_id: str) -> None:
        """Forget a set, and stop it if it is being applied."""
        with self._lock:
            self._cancelled.add(import_id)
            self._open.pop(import_id, None)

    def cancelled(self, import_id: str) -> bool:
        """Did the user cancel it?"""
        with self._lock:
            return import_id in self._cancelled


def import_open(host: Host, params: ImportOpenParams) -> ImportSet:
    """Read an export. Raises ``unknownFormat``, ``wrongPassword``, ``exportBroken``, ``noCodeFound``."""
    batch = host.imports.get(params.import_id)
    batch.add(picture_bytes(params.data), file_name=params.file_name, password=params.password)
    return ImportSet(
        import_id=batch.id,
        format=batch.format,
        entries=_page(host, batch, 0),
        total=len(batch.entries),
        missing_parts=batch.missing_parts(),
        needs_password=batch.needs_password,
    )


def import_entries(host: Host, params: ImportEntriesParams) -> ImportEntries:
    """More entries of a set that is open. Raises ``handleExpired``."""
    batch = host.imports.get(params.import_id)
    return ImportEntries(entries=_page(host, batch, params.offset), total=len(batch.entries))


def _page(host: Host, batch: Batch, offset: int) -> list[ImportEntry]:
    """The entries from ``offset`` on that one message holds."""
    suggestions = Suggestions(host.vault.index.portals())
    shown = (
        _shown(host, suggestions, index, entry)
        for index, entry in enumerate(batch.entries[offset:], start=offset)
    )
    return shapes.fitting(shown)


def _shown(host: Host, suggestions: Suggestions, index: int, entry: Entry) -> ImportEntry:
    if entry.factor is None:
        factor = Factor(issuer="", name=entry.label, type="totp", digits=6, period=30, algorithm="SHA1")
        if entry.problem is None:
            return ImportEntry(index=index, factor=factor)
        told = {key: str(value) for key, value in entry.problem.params.items()}
        return ImportEntry(index=index, factor=factor, problem=entry.problem.name, problem_params=told)
    there = host.vault.duplicate_of(entry.factor.secret)
    home = entry.home
    portal = suggestions.of(entry.factor, home)
    return ImportEntry(
        index=index,
        factor=shapes.factor(entry.factor),
        duplicate_of=there.id if there else None,
        suggested_portal=portal.id if portal else None,
        suggested_url=home.sites[0] if home and portal is None else None,
        username=home.username if home else "",
    )


def import_apply(host: Host, params: ImportApplyParams) -> ImportApply:
    """Keep the chosen accounts as pending ones: all, or none after an error or a cancel."""
    batch = host.imports.get(params.import_id)

    def progress(done: int, total: int) -> None:
        if done % PROGRESS_EVERY == 0 or done == total:
            host.notify("import.progress", ImportProgress(import_id=batch.id, done=done, total=total))

    picks = [
        Pick(index=pick.index, portal_id=pick.portal_id, url=pick.url, username=pick.username)
        for pick in params.picks
    ]
    try:
        kept = batch.apply(
            host.vault,
            picks,
            state="pending",
            progress=progress,
            cancelled=lambda: host.imports.cancelled(batch.id),
        )
    except CancelledError:
        return ImportApply(accounts=[])
    host.imports.drop(batch.id)
    return ImportApply(accounts=kept)


def import_cancel(host: Host, params: ImportIdParams) -> Nothing:
    """Give an import up; one that runs takes everything back."""
    host.imports.drop(params.import_id)
    return Nothing()

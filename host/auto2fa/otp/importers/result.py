"""What an importer gives back, and how entries are gathered without one stopping the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.home import Home
from auto2fa.otp.migration import MigrationPart

MAX_ENTRIES = 20_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """An entry that cannot be taken over: its place in the file from 1, what it is called there, and why."""

    position: int
    label: str
    error: Auto2faError


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """An export as read.

    ``format`` is a stable name: ``aegis``, ``2fas``, ``bitwarden``, ``proton``, ``andotp``, ``freeotp``,
    ``ente``, ``stratum``, ``raivo``, ``table`` (CSV of a password manager), ``google``, ``addresses`` (a list
    of Key URIs), ``auto2fa`` (our own encrypted export). With ``needs_password`` nothing was read yet.
    ``parts`` holds the QR codes of a Google export; their factors and problems are in the lists too.
    ``homes`` says where factors (by their place in the list) belong; only our own exports know.
    """

    format: str
    factors: list[OtpFactor] = field(default_factory=list)
    problems: list[EntryProblem] = field(default_factory=list)
    needs_password: bool = False
    parts: list[MigrationPart] = field(default_factory=list)
    homes: dict[int, Home] = field(default_factory=dict)


def check_count(count: int) -> None:
    """Refuse a file of more entries than anybody has (``exportBroken``)."""
    if count > MAX_ENTRIES:
        raise Auto2faError("exportBroken", detail=f"it holds more than {MAX_ENTRIES} entries")


def collect(
    format_name: str,
    items: Sequence[Item],
    read: Callable[[Item], OtpFactor | None],
    title: Callable[[Item], str],
) -> ImportedFile:
    """Every item read; ``read`` gives ``None`` for one that is no second factor at all.

    Raises:
        Auto2faError: ``exportBroken`` for too many items.
    """
    check_count(len(items))
    found = ImportedFile(format_name)
    for position, item in enumerate(items, start=1):
        try:
            factor = read(item)
        except Auto2faError as error:
            found.problems.append(EntryProblem(position, title(item), error))
        else:
            if factor is not None:
                found.factors.append(factor)
    return found

"""Plain lists of addresses, one a line: Key URIs, Steam's, and the parts of a Google Authenticator export.

Ente, FreeOTP+, KeePassXC, Aegis and our own plain export write such lists; "#" begins a remark.
Ours say there where the next account belongs.
"""

from __future__ import annotations

from urllib.parse import unquote

from auto2fa.errors import Auto2faError
from auto2fa.otp.home import Home, from_remark
from auto2fa.otp.importers.fields import broken
from auto2fa.otp.importers.result import EntryProblem, ImportedFile, check_count
from auto2fa.otp.migration import MigrationPart, is_migration, join, parse_migration
from auto2fa.otp.uri import is_uri, parse_uri

FORMAT = "addresses"
GOOGLE = "google"
LONGEST_LABEL = 100


def matches(text: str) -> bool:
    """Whether any line is an address of a second factor."""
    return any(is_uri(line) or is_migration(line) for line in text.splitlines())


def read(text: str, format_name: str = FORMAT) -> ImportedFile:
    """Every line; one that is no address is a problem, so that nothing is lost silently."""
    # Not splitlines(): a label may hold a line separator of another script unencoded.
    lines = [(n, line.strip()) for n, line in enumerate(text.replace("\r", "\n").split("\n"), start=1)]
    check_count(sum(bool(line) and not line.startswith("#") for _, line in lines))
    found = ImportedFile(format_name)
    parts: list[MigrationPart] = []
    home: Home | None = None
    for number, line in lines:
        if not line or line.startswith("#"):
            home = from_remark(line) or home
            continue
        try:
            if is_migration(line):
                parts.append(parse_migration(line))
            elif is_uri(line):
                found.factors.append(parse_uri(line))
                if home is not None:
                    found.homes[len(found.factors) - 1] = home
            else:
                raise broken("the line is not an address that begins with otpauth://")
        except Auto2faError as error:
            found.problems.append(EntryProblem(number, _label(line), error))
        home = None
    return _with_parts(found, parts) if parts else found


def _label(line: str) -> str:
    """What a broken address calls itself; never its query, which holds the secret."""
    return unquote(line.partition("?")[0].rpartition("/")[2]).strip()[:LONGEST_LABEL] if is_uri(line) else ""


def _with_parts(found: ImportedFile, parts: list[MigrationPart]) -> ImportedFile:
    ordered, _ = join(parts)
    for part in ordered:
        found.factors.extend(part.factors)
        found.problems.extend(
            EntryProblem(part.index + 1, p.issuer or p.name, p.error) for p in part.problems
        )
    check_count(len(found.factors) + len(found.problems))
    return ImportedFile(GOOGLE, found.factors, found.problems, parts=ordered, homes=found.homes)

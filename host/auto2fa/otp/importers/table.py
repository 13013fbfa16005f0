"""CSV exports of password managers: KeePassXC, Bitwarden, 1Password, Apple Passwords, Proton Pass."""

from __future__ import annotations

import csv

from auto2fa.otp.factor import OtpFactor, clean_label
from auto2fa.otp.importers.bitwarden import named
from auto2fa.otp.importers.fields import broken
from auto2fa.otp.importers.result import ImportedFile, check_count, collect
from auto2fa.otp.keys import parse_key

FORMAT = "table"
KEY_COLUMNS = ("login_totp", "totp", "otpauth", "otp_auth", "otp", "one-time password")
TITLE_COLUMNS = ("title", "name")
USER_COLUMNS = ("username", "login_username", "email")


def matches(text: str) -> bool:
    """Whether the first line names a column for second factors among several."""
    header = _cells(text.lstrip().partition("\n")[0])
    return len(header) > 1 and bool(set(header) & set(KEY_COLUMNS))


def read(text: str) -> ImportedFile:
    """The rows that have a second factor."""
    lines = text.lstrip().splitlines(keepends=True)
    columns = _cells(lines[0])
    rows = []
    try:
        for cells in csv.reader(lines[1:]):
            rows.append(dict(zip(columns, cells, strict=False)))
            check_count(len(rows))
    except csv.Error:
        raise broken("a row of the table cannot be read") from None
    return collect(FORMAT, rows, _row, lambda row: clean_label(_cell(row, TITLE_COLUMNS)))


def _cells(line: str) -> list[str]:
    return [cell.strip().lower() for cell in next(csv.reader([line]), [])]


def _cell(row: dict[str, str], columns: tuple[str, ...]) -> str:
    return next((row[c].strip() for c in columns if row.get(c, "").strip()), "")


def _row(row: dict[str, str]) -> OtpFactor | None:
    key = _cell(row, KEY_COLUMNS)
    if not key:
        return None
    return named(parse_key(key)[0], issuer=_cell(row, TITLE_COLUMNS), name=_cell(row, USER_COLUMNS))

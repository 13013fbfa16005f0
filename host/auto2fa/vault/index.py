"""The index: portals, accounts without secrets, and the log of releases, in SQLite.

Several hosts (one a browser) and the terminal command write at once: WAL mode, short transactions, a busy
time-out. Every change of portals or accounts raises ``revision`` so that the others notice.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from auto2fa.errors import Auto2faError
from auto2fa.vault.places import index_file
from auto2fa.vault.records import AccountRecord, PortalRecord, ReleaseRecord, State
from auto2fa.vault.schema import KEPT_RELEASES, MIGRATIONS

ACCOUNT_COLUMNS = tuple(AccountRecord.__dataclass_fields__)
RELEASE_COLUMNS = tuple(ReleaseRecord.__dataclass_fields__)


def now_ms() -> int:
    """Milliseconds since the Unix epoch by this machine's clock."""
    return time.time_ns() // 1_000_000


def explain(error: sqlite3.Error) -> Auto2faError:
    """The user's sentence for what SQLite reported."""
    text = str(error)
    if "disk is full" in text or "disk I/O error" in text:
        return Auto2faError("diskFull")
    if "locked" in text or "busy" in text:
        return Auto2faError("indexBusy")
    return Auto2faError("indexBroken", detail=text)


class Index:
    """Opens the index file, making or migrating it; one SQLite connection a thread.

    Raises:
        Auto2faError: ``diskFull``, ``indexBusy``, ``indexBroken``, ``indexNewer``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or index_file()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            if error.errno == 28:  # ENOSPC
                raise Auto2faError("diskFull") from None
            raise Auto2faError("indexBroken", detail=error.strerror or str(error)) from None
        self._migrate()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    # --- connections and transactions ---------------------------------------------------------------------

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            try:
                found = sqlite3.connect(self.path, timeout=5, isolation_level=None, check_same_thread=False)
                found.row_factory = sqlite3.Row
                found.execute("PRAGMA journal_mode = WAL")
                found.execute("PRAGMA synchronous = FULL")
                found.execute("PRAGMA foreign_keys = ON")
                # What is deleted is overwritten: portal names and user names are nobody's business later.
                found.execute("PRAGMA secure_delete = ON")
            except sqlite3.Error as error:
                raise explain(error) from None
            self._local.connection = found
            with self._lock:
                self._connections.append(found)
        return found

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Run queries; SQLite's errors become the user's sentences."""
        try:
            yield self.connection
        except sqlite3.Error as error:
            raise explain(error) from None

    @contextmanager
    def writing(self, *, visible: bool = True, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One write transaction, all or nothing.

        Args:
            visible: portals or accounts change, so other hosts are to notice.
            durable: outlives a power failure, at the cost of waiting for the disk. Without it the transaction
                outlives the process all the same, and other processes see it at once.
        """
        connection = self.connection
        try:
            if not durable:
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                if visible:
                    connection.execute(
                        "INSERT INTO settings VALUES ('revision', '1') "
                        "ON CONFLICT(name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
                    )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if not durable:
                    connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise explain(error) from None

    def _migrate(self) -> None:
        with self.reading() as connection:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise Auto2faError("indexNewer")
        if version == len(MIGRATIONS):
            return
        with self.writing(visible=False) as connection:
            # Another host may have migrated between the look and the lock.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for number in range(version, len(MIGRATIONS)):
                for statement in MIGRATIONS[number].split(";"):
                    if statement.strip():
                        connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def revision(self) -> int:
        """Raised by every change of portals or accounts, whoever made it."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = 'revision'").fetchone()
        return int(row[0]) if row else 0

    # --- portals ------------------------------------------------------------------------------------------

    def portals(self, *, offset: int = 0, limit: int = -1) -> list[PortalRecord]:
        """Linked portals in order of their names."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM portals ORDER BY name COLLATE NOCASE, id LIMIT ? OFFSET ?", (limit, offset)
            ).fetchall()
            return self._complete(connection, rows)

    def portal(self, portal_id: str) -> PortalRecord:
        """One portal.

        Raises:
            Auto2faError: ``noSuchPortal``.
        """
        with self.reading() as connection:
            rows = connection.execute("SELECT * FROM portals WHERE id = ?", (portal_id,)).fetchall()
            found = self._complete(connection, rows)
        if not found:
            raise Auto2faError("noSuchPortal")
        return found[0]

    def portal_of_origin(self, origin: str) -> PortalRecord | None:
        """The portal that lists exactly this origin."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT portals.* FROM portals JOIN origins ON portal_id = portals.id WHERE origin = ?",
                (origin,),
            ).fetchall()
            found = self._complete(connection, rows)
        return found[0] if found else None

    def all_origins(self) -> list[tuple[str, str]]:
        """Every (origin, portal id)."""
        with self.reading() as connection:
            return [tuple(row) for row in connection.execute("SELECT origin, portal_id FROM origins")]

    def count_portals(self) -> int:
        """How many portals are linked."""
        with self.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM portals").fetchone()[0])

    def _complete(self, connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[PortalRecord]:
        portals = {
            row["id"]: PortalRecord(
                id=row["id"],
                name=row["name"],
                settings=json.loads(row["settings"]),
                taught=json.loads(row["taught"]),
                created_at=row["created_at"],
            )
            for row in rows
        }
        if len(portals) == 1:
            where, values = "portal_id = ?", tuple(portals)
        else:
            where, values = "TRUE", ()
        in_order = f"SELECT * FROM origins WHERE {where} ORDER BY portal_id, position"  # noqa: S608
        for row in connection.execute(in_order, values):
            if row["portal_id"] in portals:
                portals[row["portal_id"]].origins.append(row["origin"])
        visible = f"SELECT * FROM accounts WHERE {where} AND state != 'writing' ORDER BY created_at, id"  # noqa: S608
        for row in connection.execute(visible, values):
            if row["portal_id"] in portals:
                portals[row["portal_id"]].accounts.append(_account(row))
        return list(portals.values())

    def insert_portal(self, portal: PortalRecord) -> None:
        """Write a new portal with its origins."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO portals VALUES (?, ?, ?, ?, ?)",
                (
                    portal.id,
                    portal.name,
                    json.dumps(portal.settings),
                    json.dumps(portal.taught),
                    portal.created_at,
                ),
            )
            _write_origins(connection, portal)

    def update_portal(self, portal: PortalRecord) -> None:
        """Write a portal's name, settings, taught pages and origins."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE portals SET name = ?, settings = ?, taught = ? WHERE id = ?",
                (portal.name, json.dumps(portal.settings), json.dumps(portal.taught), portal.id),
            )
            _write_origins(connection, portal)

    def delete_portal(self, portal_id: str) -> None:
        """Forget a portal, its accounts and its releases."""
        with self.writing() as connection:
            connection.execute("DELETE FROM portals WHERE id = ?", (portal_id,))
            connection.execute("DELETE FROM releases WHERE portal_id = ?", (portal_id,))

    # --- accounts -----------------------------------------------------------------------------------------

    def account(self, account_id: str) -> AccountRecord:
        """One account.

        Raises:
            Auto2faError: ``noSuchAccount``.
        """
        with self.reading() as connection:
            row = connection.execute(
                "SELECT * FROM accounts WHERE id = ? AND state != 'writing'", (account_id,)
            ).fetchone()
        if row is None:
            raise Auto2faError("noSuchAccount")
        return _account(row)

    def accounts_where(self, condition: str, values: Sequence[Any] = ()) -> list[AccountRecord]:
        """Accounts by a condition written in this package (never from outside)."""
        with self.reading() as connection:
            rows = connection.execute(f"SELECT * FROM accounts WHERE {condition}", tuple(values)).fetchall()  # noqa: S608
        return [_account(row) for row in rows]

    def insert_accounts(self, accounts: Sequence[AccountRecord]) -> None:
        """Write new accounts that are still ``writing``, in one transaction."""
        marks = ", ".join("?" * len(ACCOUNT_COLUMNS))
        with self.writing(visible=False) as connection:
            connection.executemany(
                f"INSERT INTO accounts ({', '.join(ACCOUNT_COLUMNS)}) VALUES ({marks})",  # noqa: S608
                [tuple(getattr(account, column) for column in ACCOUNT_COLUMNS) for account in accounts],
            )

    def reveal(self, account_ids: Sequence[str], state: State, at: int) -> None:
        """Make accounts that were ``writing`` pending or active: all of them in one transaction.

        Raises:
            Auto2faError: ``indexBusy`` when another process swept one of them as abandoned.
        """
        with self.writing() as connection:
            for account_id in account_ids:
                cursor = connection.execute(
                    "UPDATE accounts SET state = 'pending' WHERE id = ? AND state = 'writing'", (account_id,)
                )
                if cursor.rowcount != 1:
                    raise Auto2faError("indexBusy")
                if state == "active":
                    _promote(connection, account_id, at)

    def change_account(self, account_id: str, columns: dict[str, object], *, visible: bool = True) -> None:
        """Set columns (named in this package, never from outside) of one account."""
        assignments = ", ".join(f"{column} = ?" for column in columns)
        with self.writing(visible=visible) as connection:
            connection.execute(
                f"UPDATE accounts SET {assignments} WHERE id = ?",  # noqa: S608
                (*columns.values(), account_id),
            )

    def promote(self, account_id: str, at: int, *, obsolete: Sequence[str] = ()) -> None:
        """Make a pending account active, its predecessor and ``obsolete`` ones 'replaced', all at once."""
        with self.writing() as connection:
            _promote(connection, account_id, at)
            connection.executemany(
                "UPDATE accounts SET state = 'replaced', replaced_at = ? WHERE id = ? AND state = 'pending'",
                [(at, other) for other in obsolete],
            )

    def take_back(self, earlier_id: str, at: int) -> None:
        """Make a replaced account active again and its successors 'replaced', in one transaction."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE accounts SET state = 'replaced', replaced_at = ? "
                "WHERE replaces = ? AND state = 'active'",
                (at, earlier_id),
            )
            connection.execute(
                "UPDATE accounts SET state = 'active', replaced_at = NULL, attention = NULL WHERE id = ?",
                (earlier_id,),
            )

    def reserve_step(
        self, account_id: str, step: int, at: int, *, stale_after: int, line: ReleaseRecord | None = None
    ) -> bool:
        """Take a time step for one release; False when it, or a later one, was given out before.

        A remembered step far in the future (``stale_after`` steps) comes from a clock that was wrong once
        and does not count. Atomic over several hosts; ``line`` goes into the log in the same transaction.
        """
        # Whoever lost the power will not be back in the same time step.
        with self.writing(visible=False, durable=False) as connection:
            cursor = connection.execute(
                "UPDATE accounts SET last_step = ?, last_used = ? WHERE id = ? AND "
                "(last_step IS NULL OR last_step < ? OR last_step > ?)",
                (step, at, account_id, step, step + stale_after),
            )
            if cursor.rowcount == 1 and line is not None:
                _write_release(connection, line)
            return cursor.rowcount == 1

    def take_counter(self, account_id: str, at: int, *, line: ReleaseRecord | None = None) -> int:
        """Take an HOTP counter: the next one is saved before this one is used (RFC 4226, 7.2)."""
        with self.writing(visible=False) as connection:
            row = connection.execute("SELECT counter FROM accounts WHERE id = ?", (account_id,)).fetchone()
            if row is None:
                raise Auto2faError("noSuchAccount")
            counter = int(row["counter"])
            connection.execute(
                "UPDATE accounts SET counter = counter + 1, last_used = ? WHERE id = ?", (at, account_id)
            )
            if line is not None:
                _write_release(connection, replace(line, step=counter))
            return counter

    def delete_accounts(self, account_ids: Sequence[str]) -> None:
        """Forget accounts; their releases stay in the log."""
        with self.writing() as connection:
            connection.executemany("DELETE FROM accounts WHERE id = ?", [(each,) for each in account_ids])

    # --- releases -----------------------------------------------------------------------------------------

    def trim_releases(self) -> None:
        """Drop the oldest lines of the log beyond its bound."""
        with self.writing(visible=False) as connection:
            connection.execute(
                "DELETE FROM releases WHERE at < (SELECT at FROM releases ORDER BY at DESC LIMIT 1 OFFSET ?)",
                (KEPT_RELEASES - 1,),
            )

    def release(self, release_id: str) -> ReleaseRecord | None:
        """One line of the log."""
        with self.reading() as connection:
            row = connection.execute("SELECT * FROM releases WHERE id = ?", (release_id,)).fetchone()
        return ReleaseRecord(**dict(row)) if row else None

    def set_outcome(self, release_id: str, outcome: str, why: str) -> None:
        """Record what became of a code."""
        with self.writing(visible=False) as connection:
            connection.execute(
                "UPDATE releases SET outcome = ?, why = ? WHERE id = ?", (outcome, why, release_id)
            )

    def releases(self, *, portal_id: str | None = None, limit: int = 100) -> list[ReleaseRecord]:
        """The log, newest first."""
        condition, values = ("WHERE portal_id = ?", [portal_id]) if portal_id else ("", [])
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM releases {condition} ORDER BY at DESC LIMIT ?",  # noqa: S608
                (*values, limit),
            ).fetchall()
        return [ReleaseRecord(**dict(row)) for row in rows]

    # --- settings -----------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        """One setting's value."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set_setting(self, name: str, value: Any) -> None:
        """Write one setting."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value)),
            )


def _account(row: sqlite3.Row) -> AccountRecord:
    values = {column: row[column] for column in ACCOUNT_COLUMNS}
    values["compared"] = bool(values["compared"])
    return AccountRecord(**values)


def _promote(connection: sqlite3.Connection, account_id: str, at: int) -> None:
    row = connection.execute("SELECT replaces FROM accounts WHERE id = ?", (account_id,)).fetchone()
    if row is not None and row["replaces"]:
        connection.execute(
            "UPDATE accounts SET state = 'replaced', replaced_at = ? WHERE id = ? AND state = 'active'",
            (at, row["replaces"]),
        )
    connection.execute(
        "UPDATE accounts SET state = 'active', activated_at = ?, attention = NULL WHERE id = ?",
        (at, account_id),
    )


def _write_release(connection: sqlite3.Connection, line: ReleaseRecord) -> None:
    marks = ", ".join("?" * len(RELEASE_COLUMNS))
    connection.execute(
        f"INSERT INTO releases ({', '.join(RELEASE_COLUMNS)}) VALUES ({marks})",  # noqa: S608
        tuple(getattr(line, column) for column in RELEASE_COLUMNS),
    )


def _write_origins(connection: sqlite3.Connection, portal: PortalRecord) -> None:
    connection.execute("DELETE FROM origins WHERE portal_id = ?", (portal.id,))
    for position, origin in enumerate(portal.origins):
        try:
            connection.execute("INSERT INTO origins VALUES (?, ?, ?)", (origin, portal.id, position))
        except sqlite3.IntegrityError:
            row = connection.execute(
                "SELECT name FROM portals JOIN origins ON portal_id = id WHERE origin = ?", (origin,)
            ).fetchone()
            raise Auto2faError("originTaken", origin=origin, portal=row["name"] if row else "?") from None

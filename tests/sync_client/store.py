"""What a tablet keeps on its disk: one SQLite file, every change of it in one transaction.

A tablet on the wall seals this file with the lease's share; this client leaves that out, for nothing here is about it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (user_id TEXT PRIMARY KEY, session TEXT, lease TEXT);
CREATE TABLE IF NOT EXISTS outbox (
    device_seq INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, author_id TEXT NOT NULL,
    body TEXT NOT NULL, rejected TEXT);
CREATE TABLE IF NOT EXISTS receipt (op_id TEXT PRIMARY KEY, receipt TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feed (
    user_id TEXT, area_code TEXT, epoch TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (user_id, area_code));
CREATE TABLE IF NOT EXISTS record (
    user_id TEXT, area_code TEXT, kind TEXT, id TEXT, version INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (user_id, area_code, kind, id));
CREATE TABLE IF NOT EXISTS library (
    user_id TEXT, name TEXT, hash TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (user_id, name));
"""
HELD = ("feed", "record", "library", "person")


class Store:
    """The file, opened. ``durable=False`` leaves the disk to the system, for tests that crash the client and not the machine."""

    def __init__(self, path: Path, durable: bool = True):
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        self.db.executescript(TABLES)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a crash within leaves the file as it was."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def close(self) -> None:
        self.db.close()

    def said(self, name: str, default: Any = None) -> Any:
        """One remembered value of the device."""
        row = self.db.execute("SELECT value FROM said WHERE name = ?", (name,)).fetchone()
        return json.loads(row["value"]) if row else default

    def say(self, **values: Any) -> None:
        """Remember values of the device."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        self.db.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", rows)

    def person(self, user_id: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The session and the lease of one user, where there are any."""
        row = self.db.execute("SELECT session, lease FROM person WHERE user_id = ?", (user_id,)).fetchone()
        return (_read(row["session"]), _read(row["lease"])) if row else (None, None)

    def keep_session(self, user_id: str, session: dict[str, Any] | None) -> None:
        self._keep_of_person(user_id, "session", session)

    def keep_lease(self, user_id: str, lease: dict[str, Any]) -> None:
        self._keep_of_person(user_id, "lease", lease)

    def people(self) -> list[str]:
        """Everybody who has a place on this tablet."""
        return [row["user_id"] for row in self.db.execute("SELECT user_id FROM person ORDER BY user_id")]

    def wipe(self) -> int:
        """Delete everything held of anybody, and say how many records that was. The outbox is another matter.

        Call it within a change.
        """
        rows = int(self.db.execute("SELECT count(*) FROM record").fetchone()[0])
        for table in HELD:
            self.db.execute(f"DELETE FROM {table}")
        return rows

    def _keep_of_person(self, user_id: str, column: str, value: dict[str, Any] | None) -> None:
        self.db.execute("INSERT OR IGNORE INTO person VALUES (?, NULL, NULL)", (user_id,))
        self.db.execute(f"UPDATE person SET {column} = ? WHERE user_id = ?", (json.dumps(value), user_id))


def _read(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text else None

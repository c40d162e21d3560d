"""The channel's file: rows under keyed names, each sealed, with the day of their last use and nothing else in plain.

nio's own stores hold user ids, room ids and device names in plain; this one holds none, so that a copy of the file says
how many rows of which kind there are, and no more. One process has it open at a time: two would use one ratchet twice.
Not here: what the rows mean (`crypto_store.py`, `book.py`).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

from adapters.matrix.keys import Keys
from privacy.sealing import Unsealable, pad, unpad

DAY_SECONDS: Final = 86_400
STEP: Final = 256
"""Sealed rows come in multiples of this many bytes."""
BUSY_MILLISECONDS: Final = 2_000


class Kind(StrEnum):
    """What a row is."""

    ACCOUNT = "account"
    """The device's own keys."""
    LOGIN = "login"
    """Device id and access token."""
    TOKEN = "token"  # noqa: S105  (where the next sync begins)
    OLM = "olm"
    """Sessions with one device of a citizen."""
    MEGOLM = "megolm"
    """What opens the messages of one session of one room."""
    DEVICES = "devices"
    """The devices of a citizen."""
    ROOM = "room"
    PERSON = "person"
    ASKED = "asked"
    """A key that we asked for."""


class StoreInUse(Exception):
    """Another process has the store open."""

    def __init__(self) -> None:
        super().__init__("another process runs the Matrix channel; this one waits for it to end")


class StoreLost(Exception):
    """The store is gone, or sealed with another key; the message says what to do."""


class Vault:
    """The open file. Calls block for some 20 µs; nothing here waits for anybody."""

    def __init__(self, path: Path, keys: Keys, today: Callable[[], int] | None = None) -> None:
        """Open it, made with mode 0600 if there is none. Raises `StoreInUse`, `StoreLost`."""
        self._keys, self._path = keys, path
        self._today = today or (lambda: int(time.time()) // DAY_SECONDS)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(path.with_name("lock"))
        try:
            self._rows = _opened(path)
        except BaseException:
            os.close(self._lock)
            raise

    def put(self, kind: Kind, of: str, data: bytes) -> None:
        name = self._keys.name(kind, of)
        sealed = self._keys.sealer.seal(pad(data, STEP), kind.encode() + name)
        self._rows.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", (kind, name, self._today(), sealed))

    def get(self, kind: Kind, of: str) -> bytes | None:
        """None if there is none, or if another key sealed it."""
        name = self._keys.name(kind, of)
        row = self._rows.execute("SELECT sealed FROM entries WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return None if row is None else self._open(kind, name, row[0])

    def all(self, kind: Kind) -> Iterator[bytes]:
        """Every row of a kind that opens."""
        for name, sealed in self._rows.execute("SELECT name, sealed FROM entries WHERE kind = ?", (kind,)).fetchall():
            data = self._open(kind, name, sealed)
            if data is not None:
                yield data

    def used(self, kind: Kind, of: str) -> None:
        """It was used today."""
        name, today = self._keys.name(kind, of), self._today()
        self._rows.execute(
            "UPDATE entries SET day = ? WHERE kind = ? AND name = ? AND day < ?", (today, kind, name, today)
        )

    def drop(self, kind: Kind, of: str) -> None:
        self._rows.execute("DELETE FROM entries WHERE kind = ? AND name = ?", (kind, self._keys.name(kind, of)))

    def drop_unused(self, kind: Kind, days: int) -> int:
        """Remove what was not used for so many days; returns how many rows."""
        return self._rows.execute(
            "DELETE FROM entries WHERE kind = ? AND day < ?", (kind, self._today() - days)
        ).rowcount

    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are: all that the file tells anybody."""
        rows = dict(self._rows.execute("SELECT kind, count(*) FROM entries GROUP BY kind").fetchall())
        return {kind.value: int(rows.get(kind.value, 0)) for kind in Kind}

    def close(self) -> None:
        self._rows.close()
        os.close(self._lock)

    def become(self, path: Path) -> None:
        """Close, and take the place of the store at `path` in the same folder, whole or not at all."""
        self._rows.close()
        try:
            _drop_logs(path)  # of the store that goes; beside the new one they would be read as its own
            self._path.replace(path)
        finally:
            os.close(self._lock)

    def _open(self, kind: str, name: bytes, sealed: bytes) -> bytes | None:
        try:
            return unpad(self._keys.sealer.unseal(sealed, kind.encode() + name))
        except Unsealable:
            return None

    def __repr__(self) -> str:
        return "<Vault>"


def begin_anew(path: Path) -> None:
    """Remove a store, whole or damaged. Raises `StoreInUse` while a process has it open."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _locked(path.with_name("lock"))
    try:
        path.unlink(missing_ok=True)
        _drop_logs(path)
    finally:
        os.close(lock)


def _drop_logs(path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _locked(path: Path) -> int:
    """The door: held as long as the process lives. Raises `StoreInUse`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise StoreInUse from None
    return descriptor


def _opened(path: Path) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    rows = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000, check_same_thread=False)
    try:
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")  # a step lost with the power heals: a new session is made
        rows.execute("PRAGMA secure_delete = ON")
        rows.execute(
            "CREATE TABLE IF NOT EXISTS entries (kind TEXT NOT NULL, name BLOB NOT NULL, day INTEGER NOT NULL,"
            " sealed BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID"
        )
    except sqlite3.DatabaseError:
        rows.close()
        raise StoreLost(
            f"{path} cannot be read: put its backup back, or begin a new device with `zuruf matrix recover`."
        ) from None
    return rows

"""Backups: the records in one file, the keyring in another, each with its own term, and never the root key.

A copy of the keyring keeps what was destroyed since: it lives seven days, a copy of the records thirty. The sealed
store of the Matrix account lies beside the records, as what opens it is in the keyring; keys of messages are destroyed
in it as well, so its copies live seven days, too. Where each was
written is remembered in the state folder, so that housekeeping removes it in time; a folder that is not there (a drive
that was taken out) is asked again the next day. Files are mode 0600 and not encrypted beyond what is in them: the
keyring's rows are wrapped under the root key, texts are sealed (docs/adr/0013). Not here: PostgreSQL's records
(`pg_dump` does that), and what is erased again after a restore (`sql/housekeeping.py`).
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from storage.errors import Conflict, Unavailable

MADE_FILE: Final = Path("backups")
"""Paths of the backups that Zuruf made, one a line."""


PRIMARY: Final = 0xFF
"""The part of SQLite's error codes that says the sort of error."""


class Copy(StrEnum):
    """What a backup is of."""

    RECORDS = "records"
    KEYRING = "keyring"
    MATRIX = "matrix"
    """The Matrix account's store: its device, its keys, where its sync stands."""


KEPT_DAYS: Final = {Copy.RECORDS: 30, Copy.KEYRING: 7, Copy.MATRIX: 7}
"""Days after which a backup is removed."""

_NAME: Final = re.compile(r"zuruf-(?P<of>records|keyring|matrix)-(?P<day>\d{8})-\d{6}\.sqlite")


def new_backup(state: Path, folder: Path, of: Copy, moment: datetime) -> Path:
    """An empty private file for a backup, remembered before anything is in it.

    Raises `Conflict` for a folder that holds keys beside what they open or lies in the state folder: whoever finds one
    must not find the other.
    """
    home = folder.absolute().resolve()
    if home.is_relative_to(state.resolve()):
        raise Conflict(f"{folder} lies in the state folder, beside the root key: choose another place")
    if home.is_dir() and any(_must_lie_apart(copy_of(path), of) for path in home.iterdir()):
        raise Conflict(f"{folder} holds backups of the other sort: records and keyring are kept apart")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / f"zuruf-{of.value}-{moment:%Y%m%d-%H%M%S}.sqlite"
    (state / MADE_FILE).touch(mode=0o600)
    with (state / MADE_FILE).open("a", encoding="utf-8") as made:
        made.write(f"{path}\n")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def drop_old_backups(state: Path, today: date) -> int:
    """Remove backups whose term is over; returns how many. Those that are gone already are forgotten."""
    made = state / MADE_FILE
    if not made.exists():
        return 0
    stay, dropped = [], 0
    for line in dict.fromkeys(made.read_text("utf-8").splitlines()):
        path = Path(line)
        if not path.parent.is_dir():
            stay.append(line)
        elif is_over(path, today):
            dropped += path.exists()
            path.unlink(missing_ok=True)
        elif path.exists():
            stay.append(line)
    aside = made.with_name(f"{made.name}.new")
    aside.touch(mode=0o600)
    aside.write_text("".join(f"{line}\n" for line in stay), "utf-8")
    aside.replace(made)
    return dropped


def is_over(path: Path, today: date) -> bool:
    """Whether a backup is older than its term; never for a file that no code of ours named."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return False
    made = datetime.strptime(found["day"], "%Y%m%d").date()  # noqa: DTZ007  (a day of the town, as it was named)
    return today - made > timedelta(days=KEPT_DAYS[Copy(found["of"])])


def all_backups(state: Path) -> Iterator[Path]:
    """Backups that Zuruf made and that are there."""
    made = state / MADE_FILE
    if made.exists():
        yield from (path for line in made.read_text("utf-8").splitlines() if (path := Path(line)).exists())


def copy_sqlite(source: Path, target: Path) -> None:
    """One consistent copy of a database that others write to meanwhile, without what was deleted in it.

    Blocks while it copies (some 200 MB a second): call it in a thread. Raises `Unavailable`.
    """
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise Unavailable(f"the copy was not made: {error}") from None
    _sync(target)


def check_sqlite(path: Path, table: str) -> None:
    """Raises `Conflict` unless the file is a whole database that has the table."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise Conflict(f"{path} cannot be read as a backup: {error}") from None
    if verdict != "ok" or table not in tables:
        raise Conflict(f"{path} is damaged or is another sort of backup")


def is_open(database: Path) -> bool:
    """Whether any process has it open: the bot, the desk, a command. It would go on with the file that goes.

    A database in WAL mode leaves that mode only for whoever is alone with it. One that cannot be read is not open.
    """
    if not database.exists():
        return False
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            return error.sqlite_errorcode & PRIMARY == sqlite3.SQLITE_BUSY
    return False


def put_back(backup: Path, database: Path) -> None:
    """The backup takes the database's place, whole or not at all. Nobody may have the database open."""
    aside = database.with_name(f"{database.name}.restoring")
    aside.unlink(missing_ok=True)
    os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    copy_sqlite(backup, aside)
    for log in ("-wal", "-shm"):  # of the database that goes; beside the new one they would be read as its own
        database.with_name(database.name + log).unlink(missing_ok=True)
    aside.replace(database)


def copy_of(path: Path) -> Copy | None:
    """What a file is a backup of, by its name; None for any other file."""
    found = _NAME.fullmatch(path.name)
    return None if found is None else Copy(found["of"])


def _must_lie_apart(found: Copy | None, of: Copy) -> bool:
    return found is not None and (found is Copy.KEYRING) is not (of is Copy.KEYRING)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

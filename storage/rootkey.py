"""The root keys' files in the state folder: mode 0400, read at start. Their content is `privacy.keyring`'s.

There is one, `root.key`. While it is rotated (`rotation.py`) the next one lies beside it, and for a moment the old one:

    root.key = A                                     at rest
    root.key = A, root.next.key = B                  rows are re-wrapped
    root.key = A, root.next.key = B, root.old.key = A    nothing is wrapped under A any more
    root.key = B, root.old.key = A                   A is overwritten and removed

At each moment `root.key` is whole, and every root key under which a row may be wrapped is there.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from privacy.keyring import Ring, UnsafeRoot, check_root, new_key

FOLDER: Final = Path("keys")
ROOT_FILE: Final = FOLDER / "root.key"
NEXT_FILE: Final = FOLDER / "root.next.key"
OLD_FILE: Final = FOLDER / "root.old.key"
ASIDE: Final = ".root."
"""How a root key's file is named until it is whole."""


def open_root(state: Path) -> bytes:
    """The root key of this state folder; made if there is none. Raises `UnsafeRoot` with what to do.

    An existing keyring without its root is an accident (a restore that forgot the key): nothing new is made then.
    """
    path = state / ROOT_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        if _holds_keys(path.parent / "keyring.sqlite"):
            raise UnsafeRoot(f"{path} is missing but the keyring is there: restore the root key from its backup")
        _make(path)
    return _read(path)


def _holds_keys(keyring: Path) -> bool:
    """Whether anything is wrapped there. A desk that was started first has made the file and wraps nothing; what
    cannot be read counts as holding keys."""
    if not keyring.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(keyring))}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True


def open_ring(state: Path) -> Ring:
    """All root keys of this state folder, so that a rotation stops nobody. Raises `UnsafeRoot`."""
    others = tuple(_others(state))  # first: what takes root.key's place between the two reads is among them
    return Ring(open_root(state), *others)


def make_next_root(state: Path) -> bytes:
    """The next root key, made if there is none yet."""
    if not (state / NEXT_FILE).exists():
        _make(state / NEXT_FILE)
    return _read(state / NEXT_FILE)


def promote_next_root(state: Path) -> None:
    """The next root key becomes the root key, in one step; the one before stands aside as the old one."""
    root, next_, old = state / ROOT_FILE, state / NEXT_FILE, state / OLD_FILE
    if old.exists() and not old.samefile(root):
        destroy_file(old)
    old.unlink(missing_ok=True)  # left by a crash in the middle of this
    old.hardlink_to(root)
    next_.replace(root)
    _sync_folder(root.parent)


def destroy_old_root(state: Path) -> None:
    """Overwrite and remove the old root key, if there is one."""
    destroy_file(state / OLD_FILE)
    for leftover in (state / FOLDER).glob(f"{ASIDE}*"):  # of a crash
        _overwrite(leftover)


def destroy_roots(state: Path) -> None:
    """Overwrite and remove every root key: nothing opens any more."""
    destroy_old_root(state)
    for path in (NEXT_FILE, ROOT_FILE):
        destroy_file(state / path)


@contextmanager
def alone_at_the_roots(state: Path) -> Iterator[None]:
    """Hold the folder of keys against another rotation. Raises `BlockingIOError` if one runs."""
    folder = os.open(state / FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


def _others(state: Path) -> Iterator[bytes]:
    for path in (NEXT_FILE, OLD_FILE):
        with suppress(FileNotFoundError):  # a rotation goes on meanwhile
            yield _read(state / path)


def _read(path: Path) -> bytes:
    return check_root(path.read_bytes(), path.stat().st_mode)


def _make(path: Path) -> None:
    """Whole or not at all, and never over another's: written aside, then linked."""
    aside = path.with_name(f"{ASIDE}{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        os.write(descriptor, new_key())
        os.fsync(descriptor)
        os.close(descriptor)
        path.hardlink_to(aside)
        _sync_folder(path.parent)
    except FileExistsError:  # another process was first
        return
    finally:
        aside.unlink()


def destroy_file(path: Path) -> None:
    """Out of the way first: nobody reads a root key that is half overwritten."""
    if path.exists():
        _overwrite(path.rename(path.with_name(f"{ASIDE}gone")))


def _overwrite(path: Path) -> None:
    """Reaches disks that write in place; on others the block is free for the next writer.

    After a crash the file may have another name that is in use: then only this name goes."""
    if path.stat().st_nlink == 1:
        path.chmod(0o600)
        with path.open("r+b", buffering=0) as file:
            file.write(bytes(path.stat().st_size))
            os.fsync(file.fileno())
    path.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

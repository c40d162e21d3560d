"""The private part of the reading pair: a file of its own, mode 0400, for the desk and for staff on the command line.

Whoever holds it reads the masked copies and nothing else: it is not under the root key, so that the desk needs no
root key. Not here: what it opens (`privacy/readings.py`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from privacy.pairs import new_private, public_of
from privacy.sealing import KEY_BYTES
from storage.errors import KeyMissing
from storage.rootkey import FOLDER, destroy_file

READING_FILE: Final = FOLDER / "reading.key"


def make_reading_key(state: Path) -> bytes:
    """The private part in this state folder, made if there is none. Raises `KeyMissing`."""
    path = state / READING_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return read_reading_key(state)
    with os.fdopen(descriptor, "wb") as file:
        file.write(new_private())
        file.flush()
        os.fsync(file.fileno())
    return read_reading_key(state)


def read_reading_key(state: Path) -> bytes:
    """Raises `KeyMissing` with what to do."""
    path = state / READING_FILE
    try:
        private = path.read_bytes()
    except OSError:
        raise KeyMissing(f"the reading key {path} is not here: restore it from its backup") from None
    if len(private) != KEY_BYTES or path.stat().st_mode & 0o077:
        raise KeyMissing(f"the reading key {path} is damaged or open to others (it must have mode 0400): restore it")
    return private


def read_public_key(state: Path) -> bytes:
    """The public part, of whoever has the private one. Raises `KeyMissing`."""
    return public_of(read_reading_key(state))


def destroy_reading_key(state: Path) -> None:
    """Overwrite and remove it."""
    destroy_file(state / READING_FILE)

"""The desk's own key: a file of mode 0400 that seals the secrets of the codes which staff log in with.

Neither the root key nor the reading key: whoever gets a copy of the records cannot make codes, and the desk needs no
key of the citizens' data for its logins. Without the file staff set up their codes anew. Not here: what it seals.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from privacy.keyring import new_key
from privacy.sealing import KEY_BYTES
from storage.errors import Conflict
from storage.rootkey import FOLDER

DESK_FILE: Final = FOLDER / "desk.key"


def open_desk_key(state: Path) -> bytes:
    """The key of this state folder, made if there is none. Raises `Conflict` with what to do."""
    path = state / DESK_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "wb") as file:
        file.write(new_key())
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES or path.stat().st_mode & 0o077:
        raise Conflict(f"the desk's key {path} is damaged or open to others (it must have mode 0400): restore it")
    return key

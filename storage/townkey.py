"""The file of the town's signing key in the state folder: mode 0400, made once, whole or not at all.

Whoever has it can speak for the town: it lies among the secrets, and its backup beside the root key's. What it signs
is `privacy/statement.py`'s.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from privacy.keyring import UnsafeRoot, new_key
from privacy.sealing import KEY_BYTES
from privacy.statement import TownKey
from storage.rootkey import FOLDER

TOWN_FILE: Final = FOLDER / "town.key"


def open_town_key(state: Path) -> TownKey:
    """The key of this state folder; made if there is none. Raises `UnsafeRoot` with what to do."""
    path = state / TOWN_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    seed, mode = path.read_bytes(), path.stat().st_mode
    if mode & (stat.S_IRWXO | stat.S_IRWXG):
        raise UnsafeRoot(f"{path} can be read by others on this machine: chmod 0400")
    if len(seed) != KEY_BYTES:
        raise UnsafeRoot(f"{path} must be {KEY_BYTES} bytes: restore it from its backup, or remove it for a new one")
    return TownKey(seed)


def _make(path: Path) -> None:
    aside = path.with_name(f".root.town.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        os.write(descriptor, new_key())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass  # another process was first
    finally:
        aside.unlink()

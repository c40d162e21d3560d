"""The root key's file in the state folder: made once, mode 0400, read at start. Its content is `privacy.keyring`'s."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from privacy.keyring import UnsafeRoot, check_root, new_key

ROOT_FILE: Final = Path("keys") / "root.key"


def open_root(state: Path) -> bytes:
    """The root key of this state folder; made if there is none. Raises `UnsafeRoot` with what to do.

    An existing keyring without its root is an accident (a restore that forgot the key): nothing new is made then.
    """
    path = state / ROOT_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        if (path.parent / "keyring.sqlite").exists():
            raise UnsafeRoot(f"{path} is missing but the keyring is there: restore the root key from its backup")
        _make(path)
    return check_root(path.read_bytes(), path.stat().st_mode)


def _make(path: Path) -> None:
    """Whole or not at all, and never over another's: written aside, then linked."""
    aside = path.with_name(f".root.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        os.write(descriptor, new_key())
        os.fsync(descriptor)
        os.close(descriptor)
        path.hardlink_to(aside)
    except FileExistsError:  # another process was first
        return
    finally:
        aside.unlink()

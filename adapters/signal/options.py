"""How the daemon was started, as far as this machine tells: unless told not to, it prints and keeps people's words.

Its socket names its process, and `/proc` the words that the process was started with. Where neither can be seen (HTTP,
another machine, a container of its own, processes hidden from each other) nothing is said: docs/deploy.md has the unit.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PROGRAM: Final = "org.asamk.signal"
"""In what a signal-cli is started with: its main class."""
WANTED: Final[Mapping[str, str]] = {
    "--no-receive-stdout": "prints every message with its sender, which the machine's journal keeps",
    "--disable-send-log": "keeps what Zuruf said, unencrypted, for a day",
}
"""What keeps words from being written down, and what happens without it."""

_CREDENTIALS: Final = struct.Struct("3i")


def problem(command: Sequence[str]) -> str:
    """For the operator: '' if the daemon writes no words down, or the command is none of signal-cli's. Pure."""
    if not any(PROGRAM in word for word in command):
        return ""
    lacking = [f"without {option} it {why}" for option, why in WANTED.items() if option not in command]
    return f"Start signal-cli as docs/deploy.md has it: {'; '.join(lacking)}." if lacking else ""


def command_of(line: socket.socket) -> tuple[str, ...]:
    """What the process at the other end was started with; () if that cannot be seen."""
    if line.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return ()
    try:
        number, _, _ = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        words = Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(words.decode("utf-8", "replace").split("\0"))

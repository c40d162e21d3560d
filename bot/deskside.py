"""`zuruf desk`: the second process, which holds none of the bot's keys: started, and never imported.

The desk is another program that happens to be in the same package: this process becomes it, so that signals, exit codes
and memory are the desk's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from bot.config import Config

STOP_SECONDS = 8.0


def become_desk(config: Config, path: Path | None) -> NoReturn:
    """Go on as the desk. `config` was read, so that mistyped settings are told before."""
    sys.stdout.flush()
    os.execv(sys.executable, command(path))  # noqa: S606  # no shell, our own program


def command(path: Path | None) -> list[str]:
    """How the desk is started."""
    return [sys.executable, "-m", "desk", *(["--config", str(path)] if path is not None else [])]


@contextmanager
def desk_beside(environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A desk that runs while the block runs, in a group of its own: Ctrl-C reaches it through us, once.

    Its first line says that it serves (`wait_for`).
    """
    process = subprocess.Popen(  # noqa: S603  # our own program
        command(None), env=dict(environ), start_new_session=True, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(desk: subprocess.Popen[bytes]) -> None:
    """Until it serves, or has ended."""
    assert desk.stdout is not None
    desk.stdout.readline()

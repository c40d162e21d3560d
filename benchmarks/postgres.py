"""A PostgreSQL of Debian's in a folder of its own, as a town would run it: nothing tuned, fsync on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

START_LIMIT = 30.0
"""Seconds until the server must answer."""


@contextmanager
def postgres() -> Iterator[str]:
    """A server while the block runs; yields the address of an empty database."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        raise SystemExit("PostgreSQL is not here: apt-get install postgresql")
    folder, tools = Path(tempfile.mkdtemp(prefix="zuruf-pg-")), binaries[-1].parent
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", _free_port()
    init = [*become, str(tools / "initdb"), "-D", str(data), "-U", "zuruf", "-A", "trust", "-E", "UTF8"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder)
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [*become, str(tools / "postgres"), "-D", str(data), "-p", str(port), *flags]
    with (folder / "log").open("wb") as log:
        server = psutil.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _await_ready(tools, port)
        yield f"postgresql://zuruf@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await_ready(tools: Path, port: int) -> None:
    asked = [str(tools / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "zuruf", "-d", "postgres", "-c", "select 1"]
    deadline = time.monotonic() + START_LIMIT
    while subprocess.run(asked, capture_output=True).returncode:
        if time.monotonic() > deadline:
            raise SystemExit("PostgreSQL does not answer")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

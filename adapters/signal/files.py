"""What citizens sent, on the daemon's disk: read when it is asked for, deleted as soon as its turn is over.

signal-cli stores every received file in `attachments/` of its data folder, profile pictures of citizens in `avatars/`
and sticker packs in `stickers/`, and never deletes them. Where this process sees that folder (ZURUF_SIGNAL_DATA) it
does; where not, files are asked from the daemon, and deleting them is the operator's (docs/deploy.md, `zuruf doctor`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec
import structlog

from adapters.errors import Rejected
from adapters.signal.codec import FILE_NAME

ATTACHMENTS: Final = "attachments"
SWEPT: Final = (ATTACHMENTS, "avatars", "stickers")
"""Folders that hold citizens' files."""
SWEEP_SECONDS: Final = 600.0
LEFT_OVER_SECONDS: Final = 3600.0
"""Age of a file that no turn can be waiting for any more."""
DELETED_PER_SWEEP: Final = 10_000

Ask = Callable[[str, dict[str, object]], Awaitable[msgspec.Raw]]

log = structlog.get_logger()


class _Data(msgspec.Struct):
    data: str = ""


class Files:
    """The daemon's received files. `folder`: its data folder, None if it is not ours to see."""

    def __init__(self, folder: Path | None, ask: Ask) -> None:
        self._folder = folder
        self._ask = ask

    async def read(self, name: str, limit: int) -> bytes:
        """The bytes. Raises `Rejected` if it is larger or not there, what `ask` raises."""
        if not FILE_NAME.fullmatch(name):
            raise Rejected("no such file")
        if self._folder is not None:
            return await asyncio.to_thread(_read, self._folder / ATTACHMENTS / name, limit)
        answer = await self._ask("getAttachment", {"id": name})
        try:
            encoded = msgspec.json.decode(answer, type=_Data).data
            if len(encoded) > limit * 4 // 3 + 4:
                raise Rejected("the file is larger than allowed")
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            data = b""
        if not data:
            raise Rejected("the daemon does not give the file")
        return data

    async def drop(self, names: Iterable[str]) -> None:
        """Delete what came with an envelope; what is not there is fine."""
        folder = self._folder
        paths = [folder / ATTACHMENTS / name for name in names if FILE_NAME.fullmatch(name)] if folder else []
        if paths:
            await asyncio.to_thread(_unlink, paths)

    async def sweep(self) -> None:
        """Delete what was left over from a crash, and citizens' pictures; again and again, until cancelled."""
        if self._folder is None:
            return
        while True:
            try:
                count = await asyncio.to_thread(_sweep, self._folder, time.time() - LEFT_OVER_SECONDS)
            except OSError as error:  # `zuruf doctor` says what to do
                log.warning("signal_files_stay", channel="signal", error=type(error).__name__)
            else:
                if count:
                    log.info("signal_files_dropped", channel="signal", count=count)
            await asyncio.sleep(SWEEP_SECONDS)

    def problem(self) -> str:
        """For the operator: '' if received files are deleted."""
        if self._folder is None:
            return ""
        place = self._folder / ATTACHMENTS
        if place.is_dir() and not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            return "received files cannot be deleted: let this process write in `attachments` of ZURUF_SIGNAL_DATA"
        if not self._folder.is_dir():
            return "there is no folder at ZURUF_SIGNAL_DATA: name the one that signal-cli was given with --config"
        return ""


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        data = b""
    if not data:
        raise Rejected("the file is not there")
    if len(data) > limit:
        raise Rejected("the file is larger than allowed")
    return data


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _sweep(folder: Path, before: float) -> int:
    old = []
    for name in SWEPT:
        for path in (folder / name).rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file() and path.lstat().st_mtime < before:
                    old.append(path)
            if len(old) >= DELETED_PER_SWEEP:
                break
    _unlink(old)
    return len(old)

"""The async side of the sandbox: one worker process, started when first needed, restarted when it dies.

A job waits its turn in a bounded queue, has its time by the clock, and never takes the caller down: a file that
kills its worker is a file that is refused. Not here: the converters (`worker.py` and what it calls).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dialogs.districts import Fault, NotDistricts
from dialogs.forms.findings import RejectedForm, error
from dialogs.forms.msgids import N_
from dialogs.forms.report import Report
from storage.errors import ConverterBusy, Refused
from storage.sandbox import jobs
from storage.sandbox.problems import Problem

if TYPE_CHECKING:
    from dialogs.forms.xlsform import Compiled

START_SECONDS = 30.0
FORM_SECONDS = 20.0
MEDIA_SECONDS = 10.0
DISTRICTS_SECONDS = 4.0
"""Twice what a town of 200 districts takes; every process reads them again when it takes them over."""
CLOSE_SECONDS = 2.0
MAX_WAITING = 32
"""Jobs that may wait for the worker; the next one is told to come back."""
ATTEMPTS = 2
"""A worker may have died before the job came; a file that kills two is refused."""

_HOUSE = str(Path(__file__).resolve().parents[2])
"""Folder that holds the house's packages: the worker finds them there and nowhere else."""
_TOO_HEAVY = N_("The form takes too long or too much memory to compile. Make it smaller, or split it into two.")


class _Died(Exception):
    """The worker ended before it answered."""


class Sandbox:
    """Converts files of strangers in a process of its own. Safe to use from many tasks of one event loop."""

    def __init__(
        self,
        form_seconds: float = FORM_SECONDS,
        media_seconds: float = MEDIA_SECONDS,
        districts_seconds: float = DISTRICTS_SECONDS,
    ) -> None:
        self._form_seconds = form_seconds
        self._media_seconds = media_seconds
        self._districts_seconds = districts_seconds
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None

    async def compile_form(self, name: str, data: bytes, attachments: Mapping[str, bytes] | None = None) -> Compiled:
        """Compile a form; raises `RejectedForm` with findings, or `ConverterBusy`."""
        from dialogs.forms.xlsform import Compiled  # 25 MB that a process which only takes photos does not need

        job = jobs.CompileJob(name, data, dict(attachments or {}))
        answer = await self._run(job, self._form_seconds)
        match answer:
            case jobs.CompiledForm(xform, files, warnings):
                return Compiled(xform, files, warnings)
            case jobs.Rejected(findings):
                raise RejectedForm(*findings)
            case _:
                raise RejectedForm(error(_TOO_HEAVY))

    async def check(self, name: str, data: bytes, attachments: Mapping[str, bytes] | None = None) -> Report:
        """Check a form; raises nothing but `ConverterBusy`."""
        return (await self.examine(name, data, attachments)).report

    async def examine(self, name: str, data: bytes, attachments: Mapping[str, bytes] | None = None) -> jobs.Checked:
        """The same, with the parts of the sheets that the findings are about."""
        answer = await self._run(jobs.CheckJob(name, data, dict(attachments or {})), self._form_seconds)
        return answer if isinstance(answer, jobs.Checked) else jobs.Checked(Report((error(_TOO_HEAVY),), None), (None,))

    async def photo(self, data: bytes) -> jobs.Photo:
        """Re-encode a photo so that only its pixels are left; raises `Refused` or `ConverterBusy`."""
        _refuse_large(data)
        answer = await self._run(jobs.PhotoJob(data), self._media_seconds)
        if isinstance(answer, jobs.Photo):
            return answer
        raise Refused(answer.problem if isinstance(answer, jobs.NotTaken) else Problem.TOO_HEAVY)

    async def voice(self, data: bytes) -> jobs.Voice:
        """Strip a voice message of its tags; raises `Refused` or `ConverterBusy`."""
        _refuse_large(data)
        answer = await self._run(jobs.VoiceJob(data), self._media_seconds)
        if isinstance(answer, jobs.Voice):
            return answer
        raise Refused(answer.problem if isinstance(answer, jobs.NotTaken) else Problem.TOO_HEAVY)

    async def districts(self, data: bytes) -> bytes:
        """GeoJSON of nothing but names and outlines; b"" for b"". Raises `NotDistricts` or `ConverterBusy`."""
        answer = await self._run(jobs.DistrictsJob(data), self._districts_seconds)
        match answer:
            case jobs.Drawn(geojson):
                return geojson
            case jobs.NotDrawn(fault, at):
                raise NotDistricts(fault, at)
            case _:
                raise NotDistricts(Fault.TOO_FINE)

    async def close(self) -> None:
        """End the worker; jobs that still wait start another, so close after the last caller is gone."""
        async with self._turn:
            await self._end()

    @property
    def worker_id(self) -> int | None:
        """Process id of the worker, None while there is none; for `doctor` and for tests that kill it."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def _run(self, job: jobs.Job, seconds: float) -> jobs.Answer:
        if self._waiting >= MAX_WAITING:
            raise ConverterBusy
        self._waiting += 1
        try:
            async with self._turn:
                return await self._attempts(jobs.encode(job), seconds)
        finally:
            self._waiting -= 1

    async def _attempts(self, payload: bytes, seconds: float) -> jobs.Answer:
        for _ in range(ATTEMPTS):
            process = await self._started()
            try:
                async with asyncio.timeout(seconds):
                    return await _exchange(process, payload)
            except TimeoutError:
                _kill(process)
                await self._end()
                return jobs.NotTaken(Problem.TOO_HEAVY)
            except _Died:
                await self._end()
                if process.returncode == -signal.SIGXCPU:  # it had its seconds, and another would need as many
                    break
            except asyncio.CancelledError:
                self._abandon(process)
                raise
        return jobs.NotTaken(Problem.TOO_HEAVY)

    async def _started(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "storage.sandbox",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd="/",
            env={"PYTHONPATH": _HOUSE, "PATH": os.defpath, "LANG": "C.UTF-8"},
        )  # fmt: skip
        self._process = process
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = await _answer(process)
        except (TimeoutError, _Died) as problem:
            await self._end()
            raise ConverterBusy from problem
        except asyncio.CancelledError:
            self._abandon(process)
            raise
        assert isinstance(ready, jobs.Ready)
        return process

    def _abandon(self, process: Process) -> None:
        """Its answer, which may be there already, would be taken for that of the next job: nobody reads from it any
        more. To be reaped by the loop, since a caller who is cancelled waits for nothing."""
        self._process = None
        _kill(process)

    async def _end(self) -> None:
        """Forget the worker, and see to it that it is gone: politely if it is going already."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await process.wait()
        except TimeoutError:
            _kill(process)
            await process.wait()


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended in this moment
        process.kill()


def _refuse_large(data: bytes) -> None:
    """What is too large is not even sent to the worker."""
    if len(data) > jobs.MAX_MEDIA_BYTES:
        raise Refused(Problem.TOO_LARGE)


async def _exchange(process: Process, payload: bytes) -> jobs.Answer:
    assert process.stdin is not None
    try:
        process.stdin.write(jobs.LENGTH.pack(len(payload)) + payload)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError) as problem:
        raise _Died from problem
    return await _answer(process)


async def _answer(process: Process) -> jobs.Answer:
    assert process.stdout is not None
    try:
        (length,) = jobs.LENGTH.unpack(await process.stdout.readexactly(jobs.LENGTH.size))
        if length > jobs.MAX_FRAME_BYTES:
            raise _Died
        return jobs.decode_answer.decode(await process.stdout.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionResetError) as problem:
        raise _Died from problem

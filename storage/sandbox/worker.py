"""The side of the sandbox that touches strangers' files: no files, no sockets, little memory, little time.

Everything is imported and used once first; then the process gives up the right to open anything, which closes
disk and network alike. Each job gets its own seconds of processor time; who exceeds them is killed by the
kernel, and `client.py` starts another. Not here: time-outs by the clock (`client.py`).
"""

from __future__ import annotations

import io
import os
import resource
import sys
from typing import BinaryIO, assert_never

from openpyxl import Workbook
from PIL import Image

from dialogs import districts
from dialogs.forms.check import check
from dialogs.forms.excerpts import excerpts
from dialogs.forms.findings import RejectedForm
from dialogs.forms.xlsform import to_xform
from storage.errors import Refused
from storage.sandbox import jobs, photos, voices
from storage.sandbox.problems import Problem

ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10
"""Of one job."""
_WARM_FORM = b"""
| survey | | | | |
| | type | name | label::Deutsch (de) | constraint |
| | integer | a | How many? | . > 0 |
"""


_WARM_DISTRICT = b"""{"features": [{"properties": {"name": "A"}, "geometry":
{"type": "Polygon", "coordinates": [[[9, 51], [9.1, 51], [9, 51.1]]]}}]}"""


def main() -> None:
    """Serve jobs until the pipe ends."""
    inbox, outbox = _pipes()
    _warm_up()
    _close_all_doors()
    jobs.write_frame(outbox, jobs.encode(jobs.Ready()))
    while (payload := jobs.read_frame(inbox)) is not None:
        _allow_seconds(CPU_SECONDS)
        answer = done(jobs.decode_job(payload))
        jobs.write_frame(outbox, jobs.encode(answer))
        if isinstance(answer, jobs.NotTaken) and answer.problem is Problem.TOO_HEAVY:
            return  # memory that was short once stays torn: a new process is whole


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The frames' own descriptors; whatever prints to the standard ones prints to nowhere."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return inbox, outbox


def _warm_up() -> None:
    """Use every converter once, because what is imported late could not be opened any more."""
    check("warm.md", _WARM_FORM)
    book = io.BytesIO()
    Workbook().save(book)
    check("warm.xlsx", book.getvalue())
    for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"):
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, name)
        photos.reencode(picture.getvalue())
    _drawn(_WARM_DISTRICT)
    for codec in ("utf-16", "cp1252", "utf-8-sig", "latin-1", "utf-16-le"):
        "ä".encode(codec)


def _close_all_doors() -> None:
    sys.setrecursionlimit(min(sys.getrecursionlimit(), 1000))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def _allow_seconds(seconds: int) -> None:
    """The kernel counts a process's whole life: move the limit on by what one job may take."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def done(job: jobs.Job) -> jobs.Answer:
    """One job's answer; raises nothing."""
    try:
        match job:
            case jobs.CompileJob():
                return _compiled(job)
            case jobs.CheckJob():
                return _checked(job)
            case jobs.PhotoJob():
                return photos.reencode(job.data)
            case jobs.VoiceJob():
                return voices.strip(job.data)
            case jobs.DistrictsJob():
                return _drawn(job.data)
            case _:
                assert_never(job)
    except Refused as refused:
        return jobs.NotTaken(refused.problem)
    except MemoryError:
        return jobs.NotTaken(Problem.TOO_HEAVY)


def _checked(job: jobs.CheckJob) -> jobs.Checked:
    report = check(job.name, job.data, job.attachments)
    return jobs.Checked(report, excerpts(job.name, job.data, report.findings))


def _drawn(data: bytes) -> jobs.Drawn | jobs.NotDrawn:
    """Read twice: what is kept is what every process will read."""
    try:
        outline = districts.read(data)
        clean = districts.encode(outline) if outline is not None else b""
        districts.read(clean)
    except districts.NotDistricts as error:
        return jobs.NotDrawn(error.fault, error.at)
    return jobs.Drawn(clean)


def _compiled(job: jobs.CompileJob) -> jobs.CompiledForm | jobs.Rejected:
    try:
        compiled = to_xform(job.name, job.data, job.attachments)
    except RejectedForm as rejected:
        return jobs.Rejected(rejected.findings)
    return jobs.CompiledForm(compiled.xform, dict(compiled.attachments), compiled.warnings)

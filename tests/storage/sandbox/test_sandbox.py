"""The worker has no disk, no network, little time; whatever a file does to it, the next file is served."""

from __future__ import annotations

import asyncio
import io
import json
import os
import resource
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot.samples import DISTRICTS, SAMPLE_SOURCE
from dialogs import districts
from dialogs.forms.check import check
from dialogs.forms.findings import RejectedForm
from dialogs.forms.xlsform import to_xform
from storage.errors import ConverterBusy, Refused
from storage.sandbox import Problem, Sandbox
from storage.sandbox.client import MAX_WAITING

FORM = SAMPLE_SOURCE.read_bytes()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    await sandbox.close()


def jpeg(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (9, 99, 9)).save(out, "JPEG")
    return out.getvalue()


async def test_of_districts_only_names_and_outlines_come_back(sandbox: Sandbox) -> None:
    tree = json.loads(DISTRICTS.read_bytes())
    tree["features"][0]["properties"]["mayor"] = "Erika"
    clean = await sandbox.districts(json.dumps(tree).encode())
    assert b"Erika" not in clean
    before, after = districts.read(DISTRICTS.read_bytes()), districts.read(clean)
    assert before is not None
    assert after is not None
    assert [each.name for each in after.districts] == [each.name for each in before.districts]
    assert all(after.district_at(each.latitude, each.longitude) == each.name for each in before.districts)
    assert await sandbox.districts(b"") == b""


def _comb(teeth: int) -> bytes:
    """Outlines that are small to send and long to measure."""
    rings = [[[at / teeth, 0], [(at + 0.5) / teeth, 80], [at / teeth, 80]] for at in range(teeth)]
    feature = {"properties": {"name": "Comb"}, "geometry": {"type": "Polygon", "coordinates": rings}}
    return json.dumps({"features": [feature]}).encode()


async def test_what_is_no_district_or_too_fine_is_refused_and_the_next_file_served() -> None:
    sandbox = Sandbox(districts_seconds=0.3)
    for bad in (b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"features": []}', _comb(5000)):
        with pytest.raises(districts.NotDistricts, match="districts"):
            await sandbox.districts(bad)
    assert await sandbox.districts(DISTRICTS.read_bytes())
    await sandbox.close()


async def test_a_form_is_checked_and_compiled_as_without_the_sandbox(sandbox: Sandbox) -> None:
    assert await sandbox.check("rufbus.md", FORM) == check("rufbus.md", FORM)
    assert (await sandbox.compile_form("rufbus.md", FORM)).xform == to_xform("rufbus.md", FORM).xform


async def test_a_bad_form_comes_back_as_findings(sandbox: Sandbox) -> None:
    with pytest.raises(RejectedForm) as rejected:
        await sandbox.compile_form("form.md", b"| survey | | |\n| | type | name |\n| | txet | a |\n")
    assert rejected.value.findings[0].row == 3


async def test_a_photo_and_a_refusal_come_back(sandbox: Sandbox) -> None:
    photo = await sandbox.photo(jpeg())
    assert (photo.width, photo.height) == (40, 30)
    with pytest.raises(Refused) as refused:
        await sandbox.photo(b"no picture")
    assert refused.value.problem is Problem.NOT_A_PHOTO
    with pytest.raises(Refused) as refused:
        await sandbox.voice(b"no voice")
    assert refused.value.problem is Problem.NOT_A_VOICE


async def test_the_worker_has_no_file_but_its_pipes_and_may_open_none(sandbox: Sandbox) -> None:
    await sandbox.photo(jpeg())
    worker = sandbox.worker_id
    assert worker is not None
    opened = [entry.readlink().as_posix() for entry in Path(f"/proc/{worker}/fd").iterdir()]
    kinds = {target.split(":")[0] for target in opened}
    assert kinds <= {"pipe", "socket", "/dev/null"}
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
        assert resource.prlimit(worker, limit) == (0, 0)
    assert resource.prlimit(worker, resource.RLIMIT_AS)[1] <= 1024**3
    environment = Path(f"/proc/{worker}/environ").read_bytes()
    assert b"ZURUF" not in environment
    assert b"HOME=" not in environment


async def test_a_worker_killed_between_two_jobs_is_replaced_unseen(sandbox: Sandbox) -> None:
    await sandbox.photo(jpeg())
    first = sandbox.worker_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    photo = await sandbox.photo(jpeg((20, 20)))
    assert photo.width == 20
    assert sandbox.worker_id not in {None, first}


async def test_a_job_whose_workers_die_twice_is_refused_and_the_next_one_is_served(sandbox: Sandbox) -> None:
    await sandbox.photo(jpeg())

    async def killer() -> None:
        killed: set[int | None] = {None}
        while len(killed) < 3:
            worker = sandbox.worker_id
            if worker not in killed and worker is not None and _is_busy(worker):
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            await asyncio.sleep(0)

    many = "\n".join(f"| | text | q{number} | Question? |" for number in range(8000))
    data = f"| survey | | | |\n| | type | name | label |\n{many}\n".encode()
    async with asyncio.TaskGroup() as group:
        job = group.create_task(sandbox.check("form.md", data))
        killing = group.create_task(killer())
        await job
        killing.cancel()
    assert "too long or too much memory" in job.result().errors[0].msgid
    assert (await sandbox.photo(jpeg())).width == 40


def _is_busy(worker: int) -> bool:
    """Whether it has closed its doors, and so waits for a job or does one."""
    try:
        return resource.prlimit(worker, resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY
    except ProcessLookupError:
        return False


async def test_a_job_that_takes_too_long_is_refused_and_its_worker_ended() -> None:
    sandbox = Sandbox(form_seconds=0.2)
    many = "\n".join(f"| | text | q{number} | Question? |" for number in range(15_000))
    data = f"| survey | | | |\n| | type | name | label |\n{many}\n".encode()
    try:
        with pytest.raises(RejectedForm) as rejected:
            await sandbox.compile_form("form.md", data)
        assert "too long or too much memory" in rejected.value.findings[0].msgid
        assert sandbox.worker_id is None
        assert (await sandbox.photo(jpeg())).width == 40
    finally:
        await sandbox.close()


async def test_a_cancelled_job_does_not_leave_its_answer_to_the_next(sandbox: Sandbox) -> None:
    await sandbox.photo(jpeg())
    task = asyncio.create_task(sandbox.check("rufbus.md", FORM))
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await sandbox.photo(jpeg((33, 22)))).width == 33


async def test_a_job_that_is_cancelled_while_its_worker_starts_leaves_no_answer_to_the_next(sandbox: Sandbox) -> None:
    task = asyncio.create_task(sandbox.photo(jpeg()))
    while sandbox.worker_id is None:  # noqa: ASYNC110  (nobody says so)
        await asyncio.sleep(0)
    task.cancel()
    for size in ((64, 48), (32, 24)):
        photo = await sandbox.photo(jpeg(size))
        assert Image.open(io.BytesIO(photo.jpeg)).size == size


async def test_a_job_that_is_cancelled_as_its_answer_arrives_leaves_it_to_nobody(sandbox: Sandbox) -> None:
    await sandbox.photo(jpeg())
    process = sandbox._process
    assert process is not None
    task = asyncio.create_task(sandbox.photo(jpeg((800, 600))))
    # Until the answer is there, and nobody has read it yet.
    while not process.stdout._buffer:  # type: ignore[union-attr]  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    photo = await sandbox.photo(jpeg((64, 48)))
    assert Image.open(io.BytesIO(photo.jpeg)).size == (64, 48)


async def test_jobs_are_served_in_turn_and_the_queue_is_bounded(sandbox: Sandbox) -> None:
    sizes = [(10 + number, 10) for number in range(MAX_WAITING)]
    jobs = [asyncio.create_task(sandbox.photo(jpeg(size))) for size in sizes]
    await asyncio.sleep(0)
    with pytest.raises(ConverterBusy):
        await sandbox.photo(jpeg())
    assert [photo.width for photo in await asyncio.gather(*jobs)] == [width for width, _ in sizes]


async def test_nothing_is_started_before_it_is_needed_and_nothing_is_left_after_closing() -> None:
    sandbox = Sandbox()
    assert sandbox.worker_id is None
    await sandbox.photo(jpeg())
    worker = sandbox.worker_id
    assert worker is not None
    await sandbox.close()
    assert not Path(f"/proc/{worker}").exists()

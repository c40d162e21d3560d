"""The sandbox's work done in this process: for tests in which publishing a form is only how they begin.

The same jobs go to the same converters (`storage/sandbox/worker.py`), without the process around them, whose start
takes longer than most forms. What the process itself promises is tested in `tests/storage/sandbox/`.
"""

from __future__ import annotations

from functools import cache

from storage.sandbox import Sandbox, jobs
from storage.sandbox.worker import done


class Workbench(Sandbox):
    """A sandbox without walls. Forms are converted once in a run of the tests."""

    async def _run(self, job: jobs.Job, seconds: float) -> jobs.Answer:
        del seconds
        return _answer(jobs.encode(job))


@cache
def _answer(payload: bytes) -> jobs.Answer:
    return done(jobs.decode_job(payload))

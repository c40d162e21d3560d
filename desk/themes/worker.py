"""Themes and words in a process of their own: the desk goes on answering, and a defect or a bomb ends there.

    python -m desk.themes.worker     one job on standard input, its result on standard output, then it ends

The process gets texts and nothing else: no settings, no database, no key. What it says about an error is its kind. Not
here: what is computed (`words.py`, `topics.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from desk.themes.saying import Saying
from desk.themes.topics import Topic, find_topics, split_topic
from desk.themes.words import Word, frequent_words, standing_out

SECONDS: Final = 180
"""For one job, on the clock and of computing time."""
MEMORY: Final = 3 * 1024**3
"""Bytes of address space: numpy alone reserves one GB."""
MOST_TEXTS: Final = 200_000
"""Texts of one job; of more a part is looked at, evenly."""
AT_ONCE: Final = 1
"""Jobs of one desk that run at a time; the others wait."""


class FindThemes(msgspec.Struct, frozen=True, tag="themes"):
    """Find themes; answered with `Found`."""

    texts: list[Saying]


class SplitTheme(msgspec.Struct, frozen=True, tag="split"):
    """Cut one theme in two; answered with `Found`."""

    texts: list[Saying]


class CountWords(msgspec.Struct, frozen=True, tag="words"):
    """Frequent words, and what stands out by each facet; answered with `Counted`."""

    texts: list[Saying]
    facets: list[str]


class Found(msgspec.Struct, frozen=True, tag="found"):
    topics: list[Topic]


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    frequent: list[Word]
    standing_out: dict[str, dict[str, list[Word]]]
    """By facet and value."""


Job = FindThemes | SplitTheme | CountWords


class WorkerFailed(Exception):
    """The job was not done: it took too long or too much, or there is a defect. Nothing was changed."""


class ThemeWorker:
    """Runs jobs, one at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def topics(self, job: FindThemes | SplitTheme) -> list[Topic]:
        """Raises `WorkerFailed`."""
        return msgspec.msgpack.decode(await self._run(job), type=Found).topics

    async def words(self, job: CountWords) -> Counted:
        """Raises `WorkerFailed`."""
        return msgspec.msgpack.decode(await self._run(job), type=Counted)

    async def _run(self, job: Job) -> bytes:
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "desk.themes.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_bare_environment(),
                cwd=Path(__file__).parents[2],
            )
            try:
                async with asyncio.timeout(SECONDS):
                    data = await asyncio.to_thread(msgspec.msgpack.encode, job)
                    result, _ = await process.communicate(data)
            except TimeoutError:
                raise WorkerFailed("it took too long") from None
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        if process.returncode != 0 or not result:
            raise WorkerFailed(f"it ended with {process.returncode}")
        return result


def evenly(texts: Sequence[Saying]) -> list[Saying]:
    """At most `MOST_TEXTS` of them, from everywhere."""
    if len(texts) <= MOST_TEXTS:
        return list(texts)
    return [texts[at * len(texts) // MOST_TEXTS] for at in range(MOST_TEXTS)]


def _bare_environment() -> dict[str, str]:
    """No setting of ours gets there; one thread, for the machine serves others too."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH") if name in os.environ}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _do(job: Job) -> Found | Counted:
    match job:
        case FindThemes(texts):
            return Found(find_topics(texts))
        case SplitTheme(texts):
            return Found(split_topic(texts))
        case CountWords(texts, facets):
            return Counted(frequent_words(texts), {facet: standing_out(texts, facet) for facet in facets})


def main() -> None:
    """One job."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_do(job)))


if __name__ == "__main__":
    main()

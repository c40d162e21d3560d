"""Masked texts, opened and kept in this process's memory for a while: to search them, to find alike ones, to compare.

Opening a hundred thousand copies takes a quarter of a minute, so it is done once, beside the pages, and forgotten when
nobody has asked for it a while. What a page shows is opened anew: an erased text is never shown from here. Nothing of
this reaches a disk. Not here: the queue, which opens ten texts at a time (`storage/sql/copies.py`).
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from desk.themes.lexis import plain, same_words
from desk.themes.saying import Saying
from storage.errors import StorageError

MOST_TEXTS: Final = 250_000
"""Texts that are kept opened at once, of all shelves; the one that was asked for the longest ago goes first."""
IDLE: Final = 15 * 60.0  # seconds
"""A shelf that nobody asked for is forgotten after so long."""
FRESH: Final = 60.0  # seconds
"""A shelf is filled anew in the background when it is older than this and is asked for."""
MOST_FOUND: Final = 200
"""Texts that a search gives; of more it says that there are more."""
ALIKE: Final = 0.6
"""Texts that share so many of their words say the same."""
RAREST: Final = 5
"""Words of a text by which alike ones are looked for: its rarest."""
MOST_COMPARED: Final = 2000
LONGEST_QUERY: Final = 200  # characters

log = structlog.get_logger()

Source = Callable[[], AsyncIterator[Sequence[Saying]]]
"""Opens everything that belongs on a shelf, some at a time."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, in the order of the shelf."""

    numbers: tuple[bytes, ...]
    more: bool


@dataclass(slots=True)
class Shelf:
    """Opened texts of one survey, or all reports."""

    sayings: Sequence[Saying] = ()
    filled_at: float = 0.0
    _words: list[frozenset[str]] = field(default_factory=list, repr=False)
    _folded: list[str] = field(default_factory=list, repr=False)
    _where: dict[str, array[int]] = field(default_factory=dict, repr=False)
    _at: dict[bytes, int] = field(default_factory=dict, repr=False)

    @classmethod
    def filled(cls, sayings: Sequence[Saying], now: float) -> Shelf:
        """With its indexes; work of a second for a hundred thousand texts."""
        shelf = cls(sayings, now)
        shelf._words = same_words(each.text for each in sayings)
        shelf._folded = [plain(each.text) for each in sayings]
        shelf._at = {each.number: at for at, each in enumerate(sayings)}
        for at, words in enumerate(shelf._words):
            for word in words:
                shelf._where.setdefault(word, array("I")).append(at)
        return shelf

    def search(self, query: str, question: str = "") -> Hits:
        """Texts that hold all of these words, or parts of words."""
        wanted = plain(query[:LONGEST_QUERY]).split()
        if not wanted:
            return Hits((), more=False)
        found: list[bytes] = []
        for each, folded in zip(self.sayings, self._folded, strict=True):
            if question and each.groups.get("question") != question:
                continue
            if all(word in folded for word in wanted):
                if len(found) == MOST_FOUND:
                    return Hits(tuple(found), more=True)
                found.append(each.number)
        return Hits(tuple(found), more=False)

    def alike(self, number: bytes, most: int) -> list[bytes]:
        """Texts of the same question that say nearly the same, the most alike first."""
        here = self._at.get(number)
        if here is None or not self._words[here]:
            return []
        mine, question = self._words[here], self.sayings[here].groups.get("question")
        rarest = sorted(mine, key=lambda word: (len(self._where[word]), word))[:RAREST]
        candidates = dict.fromkeys(at for word in rarest for at in self._where[word][:MOST_COMPARED] if at != here)
        scored = []
        for at in candidates:
            if self.sayings[at].groups.get("question") != question:
                continue
            share = len(mine & self._words[at]) / len(mine | self._words[at])
            if share >= ALIKE:
                scored.append((-share, at))
        return [self.sayings[at].number for _, at in sorted(scored)[:most]]


class Library:
    """The shelves of one desk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shelves: dict[str, Shelf] = {}
        self._asked: dict[str, float] = {}
        self._filling: dict[str, asyncio.Task[None]] = {}
        self._read: dict[str, int] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    def shelf(self, name: str, source: Source) -> Shelf | None:
        """What is opened of it; None while it is being opened for the first time (`progress` says how far)."""
        self.sweep()
        now = self._clock()
        self._asked[name] = now
        self._sweep_later()
        shelf = self._shelves.get(name)
        if (shelf is None or now - shelf.filled_at > FRESH) and name not in self._filling:
            task = asyncio.get_running_loop().create_task(self._fill(name, source))
            self._filling[name] = task
            task.add_done_callback(lambda _: self._filling.pop(name, None))
        return shelf

    async def filled(self, name: str, source: Source) -> Shelf | None:
        """As `shelf`, and waits for it; None if it could not be filled."""
        shelf = self.shelf(name, source)
        if shelf is None and (task := self._filling.get(name)) is not None:
            await asyncio.shield(task)
            shelf = self._shelves.get(name)
        return shelf

    def progress(self, name: str) -> int:
        """Texts that were opened so far."""
        return self._read.get(name, 0)

    def sweep(self) -> None:
        """Forget what nobody asked for a while, and what is too much."""
        now = self._clock()
        for name in [name for name, asked in self._asked.items() if now - asked > IDLE]:
            self.forget(name)
        by_age = sorted(self._shelves, key=lambda name: self._asked.get(name, 0.0))
        while sum(len(self._shelves[name].sayings) for name in by_age) > MOST_TEXTS and len(by_age) > 1:
            self.forget(by_age.pop(0))

    def _sweep_later(self) -> None:
        """Forget even if nobody ever asks again."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._sweeping = asyncio.get_running_loop().call_later(IDLE + 1, self.sweep)

    def forget(self, name: str) -> None:
        self._shelves.pop(name, None)
        self._asked.pop(name, None)
        self._read.pop(name, None)

    async def close(self) -> None:
        """End what is being opened, and forget everything."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for task in list(self._filling.values()):
            task.cancel()
        await asyncio.gather(*self._filling.values(), return_exceptions=True)
        self._shelves.clear()

    async def _fill(self, name: str, source: Source) -> None:
        sayings: list[Saying] = []
        self._read[name] = 0
        try:
            async for some in source():
                sayings += some[: MOST_TEXTS - len(sayings)]
                self._read[name] = len(sayings)
            shelf = await asyncio.to_thread(Shelf.filled, sayings, self._clock())
        except StorageError as error:
            log.warning("library_waits", error=type(error).__name__)
            return
        if name in self._asked:
            self._shelves[name] = shelf

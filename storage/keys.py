"""Where wrapped keys are kept, apart from what they open: the protocol of the keyring's rows.

Implementations: `memory_records.py`, `sql/keys.py`. Not here: what the keys are
(`privacy/keyring.py`), who opens them (`keychain.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

ERASED: Final = "this response was erased at the citizen's word"


@dataclass(frozen=True, slots=True)
class KeyCount:
    """Keys of one kind that are wrapped under one root key."""

    kind: str
    root: bytes
    number: int
    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A key of what staff read, sealed for the reading pair (`privacy.readings`)."""

    id: bytes
    """The response, for its masked copies; an unmasking, for the original that it shows."""
    response: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grave:
    """Where a response would lie if it was erased at the citizen's word."""

    survey: str
    tombstone: bytes


class Keys(Protocol):
    """Rows of the keyring: wrapped keys by purpose, and the tombstones of erased responses.

    A file or schema of its own, with its own backup rule: what was destroyed here does not come back with the data.
    """

    async def get(self, purpose: str) -> bytes | None: ...

    async def get_all(self, purposes: Sequence[str]) -> Mapping[str, bytes]:
        """Those that there are."""

    async def put_new(self, purpose: str, wrapped: bytes, created: date, grave: Grave | None = None) -> bytes:
        """Store unless there is one; returns the one that stands (two workers agree this way).

        Raises `StaleRoot` if it is wrapped under another root key than the current one, `Conflict` if what it is for
        lies in its grave: what was erased gets no key."""

    async def destroy(self, purposes: Sequence[str]) -> None:
        """Gone for good when this returns, from the log of the database too where it is ours."""

    async def purposes(self, prefix: str, before: date | None = None) -> Sequence[str]:
        """Rows whose purpose begins so, made before a day."""

    async def adopt_root(self, root: bytes) -> bytes:
        """Name the current root key, unless one is named; returns the one that is."""

    async def move_root(self, root: bytes) -> None:
        """From when this returns, nothing is stored any more that is wrapped under another root key."""

    async def under_other_roots(self, root: bytes, after: str, most: int) -> Mapping[str, bytes]:
        """Rows that are wrapped under other root keys, in the order of their purposes, from `after` on."""

    async def exchange(self, rows: Mapping[str, tuple[bytes, bytes]]) -> int:
        """By purpose: what stood there, and what is to stand there from now on. A row that was destroyed or changed
        meanwhile is left as it is. Returns how many were exchanged. Raises `StaleRoot` as `put_new` does."""

    async def census(self) -> Sequence[KeyCount]:
        """How many keys of each kind there are, without any."""

    async def keep_readings(self, rows: Sequence[ReadingRow], created: date) -> None:
        """In place of what stood there."""

    async def readings(self, ids: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Those that there are."""

    async def readings_before(self, day: date) -> Sequence[bytes]:
        """Responses that have rows from before a day."""

    async def forget_readings(self, responses: Sequence[bytes]) -> None:
        """As `destroy`, every row of these responses: neither copies nor unmasked originals open any more."""

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        """Remember that a response was erased."""

    async def buried(self, survey: str) -> frozenset[bytes]: ...

    async def forget_tombstones(self, survey: str) -> None:
        """After the grace: without pepper and pseudonyms nothing can come back that they would have to stop."""

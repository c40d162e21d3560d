"""Another root key for the whole keyring, while everything runs; and what a crash at any moment leaves to do.

    1. the next root key is made beside the current one        (whoever finds a row under it reads the files again)
    2. its name becomes the current one in the keyring         (from now on nothing is stored under the other)
    3. all rows are wrapped anew, batch by batch               (a row destroyed meanwhile stays destroyed)
    4. nothing is wrapped under the other any more: it goes    (files: `rootkey.py`)

Begun again after a crash it goes on where it was. Only the keyring's rows are touched: keys stay the same, so nothing
that they seal is written anew. Not here: what is said about it (`bot/keys.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privacy.keyring import Purpose, Ring, root_id
from privacy.sealing import Unsealable
from storage.errors import Conflict
from storage.keys import Keys
from storage.rootkey import (
    NEXT_FILE,
    OLD_FILE,
    alone_at_the_roots,
    destroy_old_root,
    make_next_root,
    open_ring,
    open_root,
    promote_next_root,
)

AT_ONCE: Final = 200
"""Rows in one transaction: writers beside it wait for some milliseconds."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did."""

    before: bytes
    """Name of the root key that was destroyed."""
    now: bytes
    rows: int


async def rotate(state: Path, keys: Keys, progress: Callable[[int], None] = lambda _: None) -> Rotated:
    """A new root key. `progress` hears how many rows are wrapped anew.

    Raises `Conflict` if another rotation runs or if a row opens with no root key that is here (nothing is destroyed
    then), `UnsafeRoot`, and `Unavailable`; it may always be begun again.
    """
    try:
        with alone_at_the_roots(state):
            return await _rotate(state, keys, progress)
    except BlockingIOError:
        raise Conflict("another rotation of the root key is running") from None


async def _rotate(state: Path, keys: Keys, progress: Callable[[int], None]) -> Rotated:
    before = root_id(await asyncio.to_thread(open_root, state))
    if (state / OLD_FILE).exists() and not (state / NEXT_FILE).exists() and await keys.adopt_root(before) == before:
        return await _finish(state, keys, before, progress)  # the crash came after the next key had taken its place
    new = await asyncio.to_thread(make_next_root, state)
    await keys.adopt_root(before)
    await keys.move_root(root_id(new))
    ring = (await asyncio.to_thread(open_ring, state)).under(root_id(new))
    rows = await _wrap_anew(keys, ring, progress)
    await asyncio.to_thread(promote_next_root, state)
    await asyncio.to_thread(destroy_old_root, state)
    return Rotated(before, root_id(new), rows)


async def _finish(state: Path, keys: Keys, now: bytes, progress: Callable[[int], None]) -> Rotated:
    ring = await asyncio.to_thread(open_ring, state)
    before = next(iter(ring.roots - {now}), now)
    rows = await _wrap_anew(keys, ring.under(now), progress)
    await asyncio.to_thread(destroy_old_root, state)
    return Rotated(before, now, rows)


async def _wrap_anew(keys: Keys, ring: Ring, progress: Callable[[int], None]) -> int:
    """Until nothing is wrapped under another root key. Raises `Conflict` for a row that does not open."""
    done = 0
    while True:
        after, passed = "", 0
        while batch := await keys.under_other_roots(ring.root, after, AT_ONCE):
            done += await keys.exchange({purpose: (old, _anew(ring, purpose, old)) for purpose, old in batch.items()})
            passed += len(batch)
            after = list(batch)[-1]
            progress(done)
        if not passed:
            return done


def _anew(ring: Ring, purpose: str, wrapped: bytes) -> bytes:
    try:
        return ring.wrap(Purpose(purpose), ring.unwrap(Purpose(purpose), wrapped))
    except Unsealable:
        raise Conflict(
            "a row of the keyring opens with no root key that is here: the old root key was kept. If it was restored"
            " from a backup, restore the root key of that day as keys/root.old.key and begin again"
        ) from None

"""Random bytes that are used once and need not be kept secret: nonces, tokens of locks. From the kernel, in bulk.

A call for each would let go of the interpreter's lock several times a turn, and a switch of threads costs more than
all of a turn's sealing. Not here: keys and ids (`os.urandom`, `secrets`), what a form leaves to chance (`World.rng`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Final

AT_ONCE: Final = 256
"""Values that are fetched together."""


def drawing(size: int) -> Callable[[], bytes]:
    """A function that gives `size` fresh bytes at each call, to whichever thread."""
    drawn: Iterator[bytes] = iter(())

    def draw() -> bytes:
        nonlocal drawn
        for value in drawn:  # one step of an iterator is one thread's alone
            return value
        fresh = os.urandom(size * AT_ONCE)
        first, *rest = (fresh[at : at + size] for at in range(0, len(fresh), size))
        drawn = iter(rest)
        return first

    def forget() -> None:
        nonlocal drawn
        drawn = iter(())

    os.register_at_fork(after_in_child=forget)
    return draw

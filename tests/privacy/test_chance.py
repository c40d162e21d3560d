"""Random bytes in bulk: never the same twice, whoever asks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from privacy.chance import AT_ONCE, drawing


def test_no_value_is_given_twice_to_any_thread() -> None:
    draw = drawing(12)
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: draw(), range(20 * AT_ONCE)))
    assert {len(value) for value in drawn} == {12}
    assert len(set(drawn)) == len(drawn)


def test_a_forked_process_draws_its_own() -> None:
    draw = drawing(16)
    draw()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, draw())
        os._exit(0)
    theirs = os.read(read, 16)
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
    assert theirs not in {draw() for _ in range(AT_ONCE)}

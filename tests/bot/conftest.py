"""The command `zuruf`, in a process of its own and on a state folder of its own, for whatever staff type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commandline import CommandLine, Ran, plain_environment
from made_tables import with_tables


@pytest.fixture
def zuruf(commands: CommandLine, tmp_path: Path) -> Callable[..., Ran]:
    """Type a command: its words, what is typed after it, settings by name."""

    def run(*words: str, stdin: str = "", **environ: str) -> Ran:
        state = {"ZURUF_STATE_DIR": str(with_tables(tmp_path / "state")), "COLUMNS": "200"}
        ran = commands.run(words, tmp_path, {**plain_environment(), **state, **environ}, stdin)
        assert "Traceback" not in ran.out + ran.err, ran.err
        return ran

    return run

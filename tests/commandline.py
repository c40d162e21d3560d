"""The command `zuruf` as staff type it, many times in one test: `python -m commandline`, from the folder `tests`.

Each line on standard input is a command (JSON: words, folder, environment, and the files for standard input, output and
error); for each a process is forked whose imports are done, because they take longer than most commands. It is
`python -m bot` and nothing else. Standard output: the exit status of each.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS = 60
"""No command takes longer; one that does is ended."""
ROOMS = ("bot", "storage")
"""What a command imports when it is typed."""
RUNS_AT_IMPORT = "__main__"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what stood in the terminal."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs commands, one at a time."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def run(self, words: tuple[str, ...], folder: Path, environ: Mapping[str, str], stdin: str = "") -> Ran:
        """Type `zuruf` and these words in this folder, with this environment and no other; `stdin` is typed after."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        with tempfile.TemporaryDirectory(prefix="zt-") as name:
            typed, out, err = (Path(name, each) for each in ("in", "out", "err"))
            typed.write_text(stdin, "utf-8")
            order = {
                "words": words, "folder": str(folder), "environ": dict(environ),
                "files": [str(typed), str(out), str(err)],
            }  # fmt: skip
            self._parent.stdin.write(json.dumps(order) + "\n")
            self._parent.stdin.flush()
            code = int(self._parent.stdout.readline())
            return Ran(code, out.read_text("utf-8"), err.read_text("utf-8"))


def plain_environment() -> dict[str, str]:
    """This process's own, without settings of Zuruf and without a language."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ZURUF_", "LC_", "LANG"))}


@contextlib.contextmanager
def command_line() -> Iterator[CommandLine]:
    """The process that is forked, up to the end of the block."""
    paths = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
    parent = subprocess.Popen(
        [sys.executable, "-m", "commandline"],
        env={**plain_environment(), "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}, cwd=ROOT / "tests",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield CommandLine(parent)
    finally:
        assert parent.stdin is not None
        parent.stdin.close()
        parent.wait(SECONDS)


def import_everything() -> None:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith(RUNS_AT_IMPORT) and ".migrations." not in module.name:
                importlib.import_module(module.name)


def live(order: dict[str, Any]) -> None:
    """The life of one command."""
    signal.alarm(SECONDS)
    for number, (path, flags) in enumerate(
        zip(order["files"], (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT), strict=True)
    ):
        os.dup2(os.open(path, flags, 0o600), number)
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["folder"])
    sys.argv = ["zuruf", *order["words"]]
    from bot.cli import main

    main()


def status_of(order: dict[str, Any]) -> int:
    status = 0
    try:
        live(order)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def warm_up() -> None:
    """What every command begins with: its own parser reads a line, and what stands then is not searched for waste in
    each child, which would copy it page by page."""
    from typer.main import get_command

    from bot.cli import app

    get_command(app).make_context("zuruf", ["survey", "list"]).close()
    gc.collect()
    gc.freeze()


def main() -> None:
    import_everything()
    warm_up()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(status_of(json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()

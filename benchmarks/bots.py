"""The three bots as processes: how each is prepared and started, and what it costs the machine."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from benchmarks.peers.settings import HOST, Settings
from benchmarks.questionnaire import CODE

ROOT = Path(__file__).resolve().parent.parent
SURVEY = Path(__file__).resolve().parent / "survey.md"
STOP_LIMIT = 15.0
"""Seconds that a bot has to end."""
PREPARE_LIMIT = 60.0
"""Seconds for publishing the survey."""
REDIS_NAMES = ("valkey-server", "redis-server")


class Bot(Protocol):
    """A bot of the benchmark."""

    @property
    def name(self) -> str:
        """As the table shows it."""

    @property
    def redis(self) -> bool:
        """Whether it keeps sessions in Redis."""

    def prepare(self, settings: Settings) -> None:
        """What its operator does once, before the start that is timed."""

    def command(self) -> Sequence[str]:
        """How it is started."""

    def environ(self, settings: Settings) -> Mapping[str, str]:
        """What it reads from the environment."""

    @property
    def table(self) -> str:
        """Where finished surveys stand in `Settings.database`, one row each."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A bot of `benchmarks/peers`."""

    name: str
    module: str
    redis: bool
    table: str = "answers"

    def prepare(self, settings: Settings) -> None:
        """Nothing: it makes its table at the start."""

    def command(self) -> Sequence[str]:
        return (sys.executable, "-m", self.module)

    def environ(self, settings: Settings) -> Mapping[str, str]:
        return settings.environ()


@dataclass(frozen=True, slots=True)
class Zuruf:
    """Zuruf by its black-box interface: what a town types, and nothing else."""

    name: str = "Zuruf"
    redis: bool = True
    table: str = "responses"

    def prepare(self, settings: Settings) -> None:
        command = [self._program(), "survey", "publish", str(SURVEY), "--code", CODE]
        environ = os.environ | self.environ(settings)
        done = subprocess.run(
            command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=PREPARE_LIMIT, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"zuruf survey publish failed:\n{done.stdout}{done.stderr}")

    def command(self) -> Sequence[str]:
        return (self._program(), "run")

    def environ(self, settings: Settings) -> Mapping[str, str]:
        return {
            "ZURUF_STATE_DIR": str(settings.database.parent / "state"),
            "ZURUF_DATABASE_URL": f"sqlite:///{settings.database}",
            "ZURUF_HTTP_HOST": HOST,
            "ZURUF_HTTP_PORT": str(settings.port),
            "ZURUF_REDIS_URL": settings.redis_url,
            "ZURUF_TELEGRAM_TOKEN": settings.token,
            "ZURUF_TELEGRAM_API_BASE": settings.api_base,
            "ZURUF_TELEGRAM_WEBHOOK_URL": settings.webhook_url,
            "ZURUF_TELEGRAM_WEBHOOK_SECRET": settings.secret,
        }

    def _program(self) -> str:
        return str(Path(sys.executable).parent / "zuruf")


ZURUF = Zuruf()
AIOGRAM = Peer("aiogram", "benchmarks.peers.aiogram_bot", redis=True)
PTB = Peer("python-telegram-bot", "benchmarks.peers.ptb_bot", redis=False)
ALL: tuple[Bot, ...] = (ZURUF, AIOGRAM, PTB)


def stored(bot: Bot, settings: Settings) -> int:
    """How many finished surveys are in the bot's database."""
    with closing(sqlite3.connect(f"file:{settings.database}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {bot.table}").fetchone()
    return int(count)


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Running:
    """A started bot."""

    def __init__(self, bot: Bot, settings: Settings, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = psutil.Popen(
                list(bot.command()),
                env=os.environ | dict(bot.environ(settings)),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def check_alive(self) -> None:
        """Raises `RuntimeError` with the end of its log if it has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the bot ended:\n{self.log_end()}")

    def log_end(self) -> str:
        """The last lines that it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-30:])

    def _family(self) -> list[psutil.Process]:
        """The process and its children, without a Redis among them."""
        everyone = [self._process, *self._process.children(recursive=True)]
        return [process for process in everyone if process.name() not in REDIS_NAMES]

    def cpu(self) -> float:
        """CPU seconds so far."""
        times = [process.cpu_times() for process in self._family()]
        return float(sum(t.user + t.system + t.children_user + t.children_system for t in times))

    def peak_rss(self) -> int:
        """The most memory that was ever resident, in bytes; children added, so shared pages may count twice."""
        return sum(_peak_rss(process.pid) for process in self._family())

    def pss(self) -> int:
        """Memory now in bytes, shared pages divided among those that share them."""
        return sum(int(process.memory_full_info().pss) for process in self._family())

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_LIMIT)
            except psutil.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _peak_rss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0

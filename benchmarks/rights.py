"""How long do people wait for their rights, while others talk? `python -m benchmarks.rights`

Zuruf with the Telegram emulator and long polling, everything in one process, its state on the disk. Twenty citizens ask
for something once a second each; ten others have sent a survey and claim one right after the other. The table shows the
median and the 99th percentile of what each right took, up to the first word of the answer. What is promised: a second.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import structlog
import uvloop
from rich.console import Console
from rich.table import Table

from adapters.telegram.emulator import Citizen, Emulator
from benchmarks.flood import TOKEN, Waits, asks, settings
from benchmarks.valkey import Valkey
from bot.app import running
from bot.config import Config
from bot.staff import publish_file
from bot.voice import terminal_voice
from storage.acts.publishing import Card

PROMISED = 1.0
"""Seconds."""
PATIENCE = 60.0
SETTLED = 0.3
"""Seconds without a further message after which an answer is through."""
RIGHTS = {
    "help": ("hilfe",),
    "privacy": ("datenschutz",),
    "privacy, in full": ("details",),
    "my data": ("meine daten",),
    "correct": ("ändern", "stopp"),
    "language": ("sprache", "deutsch"),
    "pause": ("pause",),
    "talk to a person": ("mensch", "stopp"),
    "news": ("nachrichten",),
    "delete": ("löschen", "nein"),
    "delete everything": ("alles löschen", "nein"),
    "stop": ("stopp",),
}
"""What is typed; and what ends the question that may follow."""
FORM = """
| survey | | | | |
| | type | name | label | required |
| | select_one ja | bank | Fehlt eine Bank? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""


async def publish(config: Config, folder: Path) -> None:
    path = folder / "baenke.md"
    path.write_text(FORM, "utf-8")
    with Console().capture():
        await publish_file(config, path, Card("baenke", purpose="Bänke.", owner="Amt"), terminal_voice({"LANG": "en"}))


async def answered(citizen: Citizen) -> None:
    """Read on until nothing more comes."""
    while True:
        before = citizen.unread()
        await asyncio.sleep(SETTLED)
        if citizen.unread() == before:
            break
    await citizen.reads(citizen.unread())


async def says(citizen: Citizen, words: str) -> float:
    begun = time.perf_counter()
    await citizen.says(words)
    await citizen.reads(1, PATIENCE)
    took = time.perf_counter() - begun
    await answered(citizen)
    return took


async def claims(citizen: Citizen, until: float, took: dict[str, list[float]]) -> None:
    """A survey is sent; then every right is claimed, again and again."""
    for words in ("/start baenke", "ja", "Eine am Brunnen.", "absenden"):
        await says(citizen, words)
    while time.perf_counter() < until:
        for right, (words, *after) in RIGHTS.items():
            took[right].append(await says(citizen, words))
            for more in after:
                await says(citizen, more)


async def measured(arguments: argparse.Namespace) -> dict[str, list[float]]:
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="zb-") as name:
        folder = Path(name)
        valkey = Valkey(folder / "valkey")
        try:
            async with Emulator(token=TOKEN) as telegram:
                config = settings(folder, valkey, telegram, "polling")
                await publish(config, folder)
                async with running(config):
                    until = time.perf_counter() + arguments.seconds
                    others = [asks(telegram.citizen(), until, Waits()) for _ in range(arguments.others)]
                    people = [claims(telegram.citizen(), until, took) for _ in range(arguments.citizens)]
                    await asyncio.gather(*others, *people)
        finally:
            valkey.stop()
    return took


def show(took: dict[str, list[float]]) -> None:
    table = Table("right", "asked", "median, ms", "p99, ms", "longest, ms", f"within {PROMISED:.0f} s")
    for right in RIGHTS:
        seconds = took[right]
        p99 = quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]
        within = sum(each <= PROMISED for each in seconds) / len(seconds)
        figures = (f"{1000 * each:.0f}" for each in (median(seconds), p99, max(seconds)))
        table.add_row(right, str(len(seconds)), *figures, f"{within:.1%}")
    Console().print(table)


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--citizens", type=int, default=10, help="who claim their rights")
    parser.add_argument("--others", type=int, default=20, help="who ask for something once a second")
    return parser.parse_args(words)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        show(runner.run(measured(parsed())))

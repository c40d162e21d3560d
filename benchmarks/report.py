"""What was measured, as medians over rounds, as a table with ratios, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

LOG_WIDTH = 140
"""Columns where the table goes to a file or a log."""


@dataclass(frozen=True, slots=True)
class Round:
    """One bot in one round of load."""

    start_seconds: float
    """From starting the process to the first question in a chat."""
    start_cpu: float
    """CPU seconds until then: what the start takes on a machine that does nothing else."""
    crowd_rate: float
    """Updates a second with the crowd."""
    crowd_p50_ms: float
    crowd_p99_ms: float
    alone_rate: float
    """Updates a second with one citizen."""
    alone_p50_ms: float
    alone_p99_ms: float
    cpu_per_1000: float
    """CPU seconds of the bot and its children for 1,000 updates, under the crowd."""
    redis_cpu_per_1000: float
    peak_rss_mb: float
    pss_mb: float
    calls_per_update: float
    """Bot API calls an update."""
    driver_busy: float
    """Share of one core that the benchmark itself used under the crowd: near 1 it would be the bottleneck."""


@dataclass(frozen=True, slots=True)
class Redis:
    """What one bot does with Redis; measured apart, once."""

    trips_before_reply: float
    """Round trips between an update and its reply, an update."""
    trips_alone: float
    """All round trips an update, one citizen."""
    trips_crowd: float
    """All round trips an update, with the crowd."""
    session_payload: float
    """Bytes of the values that a session with six answers has in Redis."""
    session_memory: float
    """The same by MEMORY USAGE."""
    session_keys: float


def medians(rounds: Sequence[Round]) -> Round:
    """Field by field."""
    return Round(**{f.name: median(getattr(r, f.name) for r in rounds) for f in fields(Round)})


@dataclass(frozen=True, slots=True)
class Result:
    """One bot over all rounds."""

    bot: str
    load: Round
    redis: Redis | None


@dataclass(frozen=True, slots=True)
class Goal:
    """What Zuruf has to reach."""

    text: str
    reached: bool
    figure: str


_ROWS: tuple[tuple[str, str, str], ...] = (
    ("Updates a second, {crowd} citizens", "crowd_rate", ".0f"),
    ("p50 latency, {crowd} citizens, ms", "crowd_p50_ms", ".1f"),
    ("p99 latency, {crowd} citizens, ms", "crowd_p99_ms", ".1f"),
    ("Updates a second, 1 citizen", "alone_rate", ".0f"),
    ("p50 latency, 1 citizen, ms", "alone_p50_ms", ".2f"),
    ("p99 latency, 1 citizen, ms", "alone_p99_ms", ".2f"),
    ("CPU seconds per 1,000 updates: bot", "cpu_per_1000", ".2f"),
    ("CPU seconds per 1,000 updates: Redis", "redis_cpu_per_1000", ".3f"),
    ("Peak memory (RSS), MB", "peak_rss_mb", ".0f"),
    ("Memory at the end (PSS), MB", "pss_mb", ".0f"),
    ("Start to the first question, s", "start_seconds", ".2f"),
    ("Start to the first question, CPU s", "start_cpu", ".2f"),
    ("Bot API calls an update", "calls_per_update", ".2f"),
    ("Redis trips before the reply, an update", "trips_before_reply", ".2f"),
    ("Redis trips in all, an update, 1 citizen", "trips_alone", ".2f"),
    ("Redis trips in all, an update, {crowd} citizens", "trips_crowd", ".2f"),
    ("Bytes a session with six answers: values", "session_payload", ".0f"),
    ("Bytes a session with six answers: MEMORY USAGE", "session_memory", ".0f"),
    ("Keys a session", "session_keys", ".1f"),
    ("Core used by the benchmark itself", "driver_busy", ".0%"),
)


def _figure(result: Result, name: str) -> float:
    for part in (result.load, result.redis):
        if part is not None and hasattr(part, name):
            return float(getattr(part, name))
    return math.nan


def table(results: Sequence[Result], crowd: int) -> Table:
    """Figures of every bot, and the first one's as a multiple of each other's."""
    first, *others = results
    shown = Table(title="The same survey, the same citizens, the same Redis; medians")
    shown.add_column("")
    for result in results:
        shown.add_column(result.bot, justify="right")
    for result in others:
        shown.add_column(f"{first.bot} : {result.bot}", justify="right")
    for label, name, form in _ROWS:
        figures = [_figure(result, name) for result in results]
        cells = ["–" if math.isnan(figure) else format(figure, form) for figure in figures]
        ratios = [f"{figures[0] / other:.2f} x" if other and not math.isnan(other) else "" for other in figures[1:]]
        shown.add_row(label.format(crowd=crowd), *cells, *ratios)
    return shown


def goals(zuruf: Result, aiogram: Result) -> tuple[Goal, ...]:
    """What the benchmark shall prove."""
    faster = zuruf.load.crowd_rate / aiogram.load.crowd_rate
    trips = _figure(zuruf, "trips_before_reply")
    payload = _figure(zuruf, "session_payload")
    return (
        Goal("at least 2 times aiogram's updates a second", faster >= 2, f"{faster:.2f} x"),
        Goal("at most 2 Redis trips before the reply", trips < 2.005, f"{trips:.2f}"),
        Goal("at most 1,024 bytes a session with six answers", payload <= 1024, f"{payload:.0f}"),
        Goal("start in under 2 s", zuruf.load.start_seconds < 2, f"{zuruf.load.start_seconds:.2f} s"),
        Goal("under 120 MB", zuruf.load.peak_rss_mb < 120, f"{zuruf.load.peak_rss_mb:.0f} MB"),
    )


def show(results: Sequence[Result], crowd: int, reached: Sequence[Goal]) -> None:
    """Print it all."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=LOG_WIDTH)
    console.print(table(results, crowd))
    for goal in reached:
        console.print(f"{'[green]reached[/]' if goal.reached else '[red]missed[/] '}  {goal.text}: {goal.figure}")


def as_json(results: Sequence[Result], rounds: dict[str, list[Round]]) -> dict[str, Any]:
    """For `--json`: medians, and every round."""
    return {
        result.bot: {
            "load": asdict(result.load),
            "redis": asdict(result.redis) if result.redis else None,
            "rounds": [asdict(r) for r in rounds[result.bot]],
        }
        for result in results
    }

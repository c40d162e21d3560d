"""`python -m benchmarks.channels`: what a turn costs on each channel, with a plain echo on the same wire as the floor.

Rounds of the bots alternate, so that what else the machine does hits all alike; the table shows medians. What the
figures mean: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from benchmarks import channel_signal
from benchmarks.channel_signal import Round

GOAL = 2.0
"""Times the floor's CPU seconds per 1,000 turns, at most."""


async def signal(rounds: int, seconds: float) -> dict[str, list[Round]]:
    """Zuruf and the echoes, in turns."""
    makers: dict[str, channel_signal.Make] = {
        "Zuruf": channel_signal.zuruf,
        "echo by HTTP": channel_signal.echo_by_http,
        "echo by socket": channel_signal.echo,
    }
    found: dict[str, list[Round]] = {name: [] for name in makers}
    for _ in range(rounds):
        for name, make in makers.items():
            found[name].append(await channel_signal.measured(make, seconds))
    return found


def _row(name: str, rounds: Sequence[Round]) -> list[str]:
    latencies = sorted(value for one in rounds for value in one.latencies)
    cuts = quantiles(latencies, n=100)
    return [
        name,
        f"{median(one.turns / one.seconds for one in rounds):.0f}",
        f"{cuts[49] * 1000:.1f} ms",
        f"{cuts[98] * 1000:.1f} ms",
        f"{median(one.cpu_per_thousand for one in rounds):.2f}",
        f"{median(one.memory for one in rounds) / 2**20:.0f} MB",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--check", action="store_true", help="a missed goal is an error")
    options = parser.parse_args()
    found = asyncio.run(signal(options.rounds, options.seconds))
    table = Table("Signal", "turns/s", "p50", "p99", "CPU s per 1,000 turns", "memory")
    for name, rounds in found.items():
        table.add_row(*_row(name, rounds))
    console = Console()
    console.print(table)
    cost = {name: median(one.cpu_per_thousand for one in rounds) for name, rounds in found.items()}
    for floor in ("echo by HTTP", "echo by socket"):
        console.print(f"Zuruf takes {cost['Zuruf'] / cost[floor]:.1f} times the CPU of the {floor}")
    missed = cost["Zuruf"] > GOAL * cost["echo by HTTP"]
    console.print(f"Goal: at most {GOAL:.0f} times the {'echo by HTTP'}: {'missed' if missed else 'reached'}")
    if options.check and missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

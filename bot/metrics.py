"""What is counted while running: turns, replies and times by channel. No person, no survey, no live count of answers.

A count of submissions would be a live result (privacy.md: results step forward); so there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

TURN_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds
LABELS = ("channel", "outcome")

CONTENT_TYPE = CONTENT_TYPE_LATEST


T = TypeVar("T")


class _Labelled(Generic[T]):
    """A metric whose labelled children are looked up in one dictionary: the library's own way takes a lock, and a turn
    counts several times."""

    def __init__(self, labels: Callable[..., T]) -> None:
        self.labels = cache(labels)


class Metrics:
    """The process's metrics, in a registry of their own so that tests can run several processes in one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = _Labelled(
            Counter(
                "zuruf_turns", "Turns by channel and outcome", ["channel", "outcome"], registry=self.registry
            ).labels
        )
        self.turn_seconds = _Labelled(
            Histogram(
                "zuruf_turn_seconds",
                "Seconds from an act's arrival to its commit",
                ["channel"],
                buckets=TURN_BUCKETS,
                registry=self.registry,
            ).labels
        )
        self.replies = _Labelled(
            Counter("zuruf_replies", "Replies by channel and outcome", LABELS, registry=self.registry).labels
        )
        self.news = Counter("zuruf_news", "News by channel and outcome", ["channel", "outcome"], registry=self.registry)
        self.open_replies = Gauge(
            "zuruf_open_replies", "Conversations with replies on their way", registry=self.registry
        )
        self.faults = Counter("zuruf_faults", "Faults of our own, by kind", ["kind"], registry=self.registry)
        self.channel_state = Gauge(
            "zuruf_channel_state", "1 for the state that a channel is in", ["channel", "state"], registry=self.registry
        )
        self.channel_events = Counter(
            "zuruf_channel_events",
            "What an operator should look at, by channel and kind",
            ["channel", "event"],
            registry=self.registry,
        )
        self.up = Gauge("zuruf_up", "1 if the part works", ["part"], registry=self.registry)

    def render(self) -> bytes:
        """Prometheus text format."""
        return generate_latest(self.registry)

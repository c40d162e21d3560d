"""How each channel is: for `/healthz`, the metrics, the operator's log and the public page `/channels`.

A state machine as a table, fed by what adapters notice (`adapters.base.Sign`) and by how deliveries go. Not here: who
asks an adapter (`health.py`), what citizens read of it (`adapters/web/pages.py`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import structlog

from adapters.base import Sign
from bot.metrics import Metrics
from dialogs.channels.state import ChannelState
from storage.clock import Clock

SLOW_SECONDS = 5.0
"""A message that is not handed over after so long makes its channel slow."""
DOWN_SECONDS = 60.0
"""A channel that is lost for so long is down."""
STEADY_SECONDS = 60.0
"""A slow channel without trouble for so long works."""

log = structlog.get_logger()


class Notice(StrEnum):
    """What a state machine is told: a sign, and how long it has held."""

    WORKS = "works"
    STEADY = "steady"
    """It works, and there was no trouble for `STEADY_SECONDS`."""
    SLOW = "slow"
    LOST = "lost"
    LOST_LONG = "lost_long"
    """Nothing but losses for `DOWN_SECONDS`."""
    BLOCKED = "blocked"


_S, _N = ChannelState, Notice
TRANSITIONS: Mapping[ChannelState, Mapping[Notice, ChannelState]] = {
    _S.STARTING: {
        _N.WORKS: _S.WORKING, _N.STEADY: _S.WORKING, _N.SLOW: _S.SLOW,
        _N.LOST: _S.STARTING, _N.LOST_LONG: _S.DOWN, _N.BLOCKED: _S.BLOCKED,
    },
    _S.WORKING: {
        _N.WORKS: _S.WORKING, _N.STEADY: _S.WORKING, _N.SLOW: _S.SLOW,
        _N.LOST: _S.WORKING, _N.LOST_LONG: _S.DOWN, _N.BLOCKED: _S.BLOCKED,
    },
    _S.SLOW: {
        _N.WORKS: _S.SLOW, _N.STEADY: _S.WORKING, _N.SLOW: _S.SLOW,
        _N.LOST: _S.SLOW, _N.LOST_LONG: _S.DOWN, _N.BLOCKED: _S.BLOCKED,
    },
    _S.BLOCKED: {
        _N.WORKS: _S.WORKING, _N.STEADY: _S.WORKING, _N.SLOW: _S.SLOW,
        _N.LOST: _S.BLOCKED, _N.LOST_LONG: _S.BLOCKED, _N.BLOCKED: _S.BLOCKED,
    },
    _S.DOWN: {
        _N.WORKS: _S.WORKING, _N.STEADY: _S.WORKING, _N.SLOW: _S.SLOW,
        _N.LOST: _S.DOWN, _N.LOST_LONG: _S.DOWN, _N.BLOCKED: _S.BLOCKED,
    },
}  # fmt: skip
"""One lost connection is not worth a word; what an operator must mend stays so until it works."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A channel's state, and since when."""

    state: ChannelState
    since: datetime
    hint: str = ""
    """English, for the operator."""


@dataclass(slots=True)
class _Watched:
    seen: Seen
    trouble_at: float
    """Monotonic: the last sign that was not good."""
    lost_since: float | None = None
    under_way: dict[int, float] = field(default_factory=dict)
    """When each delivery under way began."""


class ChannelStates:
    """The states of this process's channels."""

    def __init__(self, clock: Clock, metrics: Metrics, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._metrics = metrics
        self._monotonic = monotonic
        self._watched: dict[str, _Watched] = {}
        self._deliveries = 0

    def watch(self, channels: Mapping[str, object]) -> None:
        """These channels run; each is starting until it is heard of."""
        for channel in channels:
            self._watched[channel] = _Watched(
                Seen(ChannelState.STARTING, self._clock.now()), self._monotonic() - STEADY_SECONDS
            )
            self._show(channel)

    def __getitem__(self, channel: str) -> Seen:
        return self._watched[channel].seen

    def all(self) -> Mapping[str, Seen]:
        """Every channel that runs, in the order of the pages."""
        return {channel: watched.seen for channel, watched in self._watched.items()}

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        """An adapter or a delivery noticed something."""
        watched = self._watched.get(channel)
        if watched is None:
            return
        now = self._monotonic()
        match sign:
            case Sign.WORKS:
                watched.lost_since = None
                steady = now - watched.trouble_at >= STEADY_SECONDS and not self._hangs(watched, now)
                self._step(channel, watched, Notice.STEADY if steady else Notice.WORKS, "")
                return
            case Sign.LOST:
                watched.lost_since = now if watched.lost_since is None else watched.lost_since
                long = now - watched.lost_since >= DOWN_SECONDS
                notice = Notice.LOST_LONG if long else Notice.LOST
            case Sign.SLOW:
                notice = Notice.SLOW
            case Sign.BLOCKED:
                notice = Notice.BLOCKED
        watched.trouble_at = now
        self._step(channel, watched, notice, hint)

    @contextlib.contextmanager
    def delivering(self, channel: str) -> Iterator[None]:
        """A message is being handed over while the block runs."""
        watched = self._watched.get(channel)
        if watched is None:
            yield
            return
        self._deliveries += 1
        number, began = self._deliveries, self._monotonic()
        watched.under_way[number] = began
        try:
            yield
        finally:
            del watched.under_way[number]
            if self._monotonic() - began >= SLOW_SECONDS:
                self.notice(channel, Sign.SLOW, SLOW_HINT)

    def look(self) -> None:
        """Notice what hangs, and what has stayed lost; called every few seconds."""
        now = self._monotonic()
        for channel, watched in self._watched.items():
            if self._hangs(watched, now):
                self.notice(channel, Sign.SLOW, SLOW_HINT)
            elif watched.lost_since is not None and now - watched.lost_since >= DOWN_SECONDS:
                self._step(channel, watched, Notice.LOST_LONG, watched.seen.hint)

    def _hangs(self, watched: _Watched, now: float) -> bool:
        oldest = next(iter(watched.under_way.values()), None)
        return oldest is not None and now - oldest >= SLOW_SECONDS

    def _step(self, channel: str, watched: _Watched, notice: Notice, hint: str) -> None:
        before = watched.seen
        after = TRANSITIONS[before.state][notice]
        if after is before.state:
            if hint and hint != before.hint:
                watched.seen = Seen(after, before.since, hint)
            return
        watched.seen = Seen(after, self._clock.now(), hint)
        self._show(channel)
        tell = log.info if after is ChannelState.WORKING else log.warning
        tell("channel_state", channel=channel, state=after.value, hint=hint)

    def _show(self, channel: str) -> None:
        now = self._watched[channel].seen.state
        for state in ChannelState:
            self._metrics.channel_state.labels(channel, state.value).set(1 if state is now else 0)


SLOW_HINT = "messages take longer than they should to be handed over; the messenger is slow or holds us back"

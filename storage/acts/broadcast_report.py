"""What is known of a broadcast: whom it would reach and until when, how its deliveries stand, and what is not known.

Not here: acts (`broadcasting.py`), how a counter shows it (`bot/newsscreen.py`, `desk/views/news.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogs.broadcasts import Broadcast, BroadcastState, Outcome, Reason
from dialogs.capabilities import known_channels
from dialogs.follows import Frequency
from dialogs.i18n import N_, Voice
from dialogs.quiet import QuietHours, through_at
from storage.clock import Clock
from storage.news import Count, Deliveries, StoredBroadcast
from storage.settings import Shared

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.WAITING: N_("waiting"),
    Outcome.SENDING: N_("being handed over"),
    Outcome.ACCEPTED: N_("accepted by the messenger"),
    Outcome.FAILED: N_("failed"),
    Outcome.UNKNOWN: N_("unknown: the call was cut off"),
    Outcome.UNSUBSCRIBED: N_("unsubscribed or paused meanwhile"),
    Outcome.EXPIRED: N_("expired: too late to be news"),
    Outcome.STOPPED: N_("not sent: stopped before"),
}
REASONS: Mapping[Reason, str] = {
    Reason.GONE: N_("blocked the bot or left; the subscription ended"),
    Reason.DOUBTFUL: N_("said to be gone, with so many others that it was not believed; the subscription stands"),
    Reason.REJECTED: N_("the messenger does not take the message as it is"),
    Reason.UNREACHABLE: N_("the messenger did not answer, again and again"),
    Reason.LOST_KEY: N_("the address cannot be opened any more"),
    Reason.NO_CHANNEL: N_("the channel is not configured any more"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The people of one channel that a broadcast would go to now."""

    channel: str
    label: str
    at_once: int
    weekly: int
    """In their weekly message."""
    through: datetime | None
    """When the last of `at_once` has it at the earliest, by the channel's pace; None where nothing is pushed."""


async def reach(
    settings: Shared,
    deliveries: Deliveries,
    standing: StoredBroadcast,
    clock: Clock,
    paces: Mapping[str, float],
) -> Sequence[Reach]:
    """By channel. `paces`: messages a second, as the bot keeps to; a channel's own where none is known."""
    people = await deliveries.audience(standing.broadcast, clock.today())
    now = clock.now()
    start = max(standing.due.astimezone(settings.timezone), now) if standing.due else now
    quiet = QuietHours(settings.news.quiet_from, settings.news.quiet_until)
    return [_reach(channel, by_frequency, start, quiet, paces) for channel, by_frequency in sorted(people.items())]


def _reach(
    channel: str, by_frequency: Mapping[str, int], start: datetime, quiet: QuietHours, paces: Mapping[str, float]
) -> Reach:
    record = known_channels().get(channel)
    now = by_frequency.get(Frequency.AT_ONCE, 0)
    pace = paces.get(channel, record.push_per_second) if record is not None else 0
    return Reach(
        channel=channel,
        label=record.label if record is not None else channel,
        at_once=now,
        weekly=by_frequency.get(Frequency.WEEKLY, 0),
        through=through_at(start, now, pace, quiet) if pace else None,
    )


def in_words(reached: Reach, voice: Voice) -> str:
    """One line."""
    line = voice.n(
        "{channel}: {n} person at once", "{channel}: {n} people at once", reached.at_once, channel=reached.label
    )
    if reached.through is not None:
        line += ", " + voice.t("through by {moment} at the earliest", moment=voice.moment(reached.through))
    if reached.weekly:
        line += "; " + voice.n("{n} in their weekly message", "{n} in their weekly message", reached.weekly)
    return line


def closed(standing: StoredBroadcast, counts: Sequence[Count]) -> list[Count]:
    """Whatever waits when a broadcast has ended was not sent, even before the bot has noted it row by row."""
    ends = {BroadcastState.STOPPED: Outcome.STOPPED, BroadcastState.EXPIRED: Outcome.EXPIRED}
    end = ends.get(standing.state)
    sums: dict[tuple[str, Outcome, str], int] = {}
    for count in counts:
        outcome = end if end is not None and count.outcome is Outcome.WAITING else count.outcome
        key = (count.channel, outcome, count.reason)
        sums[key] = sums.get(key, 0) + count.people
    return [Count(*key, people) for key, people in sums.items()]


def title(broadcast: Broadcast) -> str:
    """What staff call it: its title, else how it begins."""
    text = broadcast.texts[broadcast.fallback]
    return text.title or text.body.partition("\n")[0][:60]

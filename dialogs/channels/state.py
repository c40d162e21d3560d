"""How a channel is at present, in the words of a citizen. How it is found out is `bot/channel_states.py`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from dialogs.forms.msgids import N_
from dialogs.i18n import Voice


class ChannelState(StrEnum):
    """In this order from the beginning to the worst."""

    STARTING = "starting"
    WORKING = "working"
    SLOW = "slow"
    BLOCKED = "blocked"
    """The messenger refuses us; an operator must act."""
    DOWN = "down"


USABLE = frozenset({ChannelState.WORKING, ChannelState.SLOW})
"""States in which a citizen is answered."""

_WORDS: Mapping[ChannelState, str] = {
    ChannelState.STARTING: N_("{channel} is just starting."),
    ChannelState.WORKING: N_("{channel} works."),
    ChannelState.SLOW: N_("{channel} is slow at present."),
    ChannelState.BLOCKED: N_("{channel} does not let us through at present. We are working on it."),
    ChannelState.DOWN: N_("{channel} cannot be reached at present."),
}


def how_it_is(state: ChannelState, channel: str, voice: Voice) -> str:
    """One sentence; `channel` is its name as people know it."""
    return voice.t(_WORDS[state], channel=channel)


def in_short(states: Mapping[str, ChannelState], voice: Voice) -> str:
    """One line for all: what does not work, and what does. By the channels' names as people know them."""
    trouble = [how_it_is(state, channel, voice) for channel, state in states.items() if state not in _QUIET]
    working = [channel for channel, state in states.items() if state is ChannelState.WORKING]
    if not trouble:
        return voice.t("All channels work.")
    if working:
        trouble.append(voice.t("You can answer here without delay: {channels}.", channels=voice.items(working)))
    return " ".join(trouble)


_QUIET = frozenset({ChannelState.WORKING, ChannelState.STARTING})

"""A channel's state follows from what is noticed, by one table."""

from __future__ import annotations

import pytest
from e2e.town import Noon

from adapters.base import Sign
from bot.channel_states import DOWN_SECONDS, SLOW_SECONDS, STEADY_SECONDS, TRANSITIONS, ChannelStates, Notice
from bot.metrics import Metrics
from dialogs.channels.state import ChannelState


class Watch:
    """States with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.noon = Noon()
        self.metrics = Metrics()
        self.states = ChannelStates(self.noon, self.metrics, lambda: self.now)
        self.states.watch({"signal": None, "web": None})

    def is_(self, state: ChannelState) -> bool:
        return self.states["signal"].state is state


def test_the_table_knows_every_state_and_every_notice() -> None:
    assert set(TRANSITIONS) == set(ChannelState)
    for row in TRANSITIONS.values():
        assert set(row) == set(Notice)


@pytest.mark.parametrize("state", ChannelState)
def test_every_state_can_be_left_for_working(state: ChannelState) -> None:
    assert TRANSITIONS[state][Notice.STEADY] is ChannelState.WORKING


def test_one_lost_connection_is_no_outage_and_a_long_one_is() -> None:
    watch = Watch()
    watch.states.notice("signal", Sign.WORKS)
    watch.states.notice("signal", Sign.LOST, "the daemon does not answer")
    assert watch.is_(ChannelState.WORKING)
    watch.now += DOWN_SECONDS
    watch.states.look()
    assert watch.is_(ChannelState.DOWN), "nothing was heard of it since"
    watch.states.notice("signal", Sign.WORKS)
    assert watch.is_(ChannelState.WORKING)


def test_what_an_operator_must_mend_stays_so_until_it_works() -> None:
    watch = Watch()
    watch.states.notice("signal", Sign.BLOCKED, "solve the captcha")
    watch.states.notice("signal", Sign.LOST)
    watch.now += DOWN_SECONDS
    watch.states.look()
    assert watch.is_(ChannelState.BLOCKED)
    assert watch.states["signal"].hint == "solve the captcha"
    watch.states.notice("signal", Sign.WORKS)
    assert watch.is_(ChannelState.WORKING)


def test_a_slow_channel_works_again_after_a_minute_without_trouble() -> None:
    watch = Watch()
    watch.states.notice("signal", Sign.WORKS)
    watch.states.notice("signal", Sign.SLOW)
    watch.states.notice("signal", Sign.WORKS)
    assert watch.is_(ChannelState.SLOW)
    watch.now += STEADY_SECONDS
    watch.states.notice("signal", Sign.WORKS)
    assert watch.is_(ChannelState.WORKING)


def test_a_message_that_hangs_makes_its_channel_slow_while_it_hangs_and_no_other() -> None:
    watch = Watch()
    for channel in ("signal", "web"):
        watch.states.notice(channel, Sign.WORKS)
    with watch.states.delivering("signal"):
        watch.now += SLOW_SECONDS
        watch.states.look()
        assert watch.is_(ChannelState.SLOW)
        watch.now += STEADY_SECONDS
        watch.states.notice("signal", Sign.WORKS)
        assert watch.is_(ChannelState.SLOW), "one still hangs"
    assert watch.states["web"].state is ChannelState.WORKING


def test_a_state_says_since_when_and_is_counted() -> None:
    watch = Watch()
    began = watch.states["signal"].since
    watch.noon.moment = watch.noon.moment.replace(hour=13)
    watch.states.notice("signal", Sign.WORKS)
    assert watch.states["signal"].since > began
    since = watch.states["signal"].since
    watch.noon.moment = watch.noon.moment.replace(hour=14)
    watch.states.notice("signal", Sign.WORKS)
    assert watch.states["signal"].since == since, "nothing changed"
    shown = watch.metrics.render().decode()
    assert 'zuruf_channel_state{channel="signal",state="working"} 1.0' in shown
    assert 'zuruf_channel_state{channel="signal",state="starting"} 0.0' in shown


def test_a_channel_that_does_not_run_has_no_state() -> None:
    watch = Watch()
    watch.states.notice("pigeon", Sign.WORKS)
    assert set(watch.states.all()) == {"signal", "web"}

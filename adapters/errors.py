"""Errors of the channels, split by what the caller can do.

    ChannelError            .retryable
    ├── Unreachable  yes    no answer, a reset, a 5xx, a time-out: try again within bounds
    │   └── Away     yes    this person is not connected now; nothing is wrong with the channel
    │   └── Uncertain yes   the call went out and no answer came: it may have been done, or not
    ├── Busy         yes    the messenger says wait: `retry_after` seconds
    │   └── Blocked  yes    an operator must act first; the adapter has said what to do (`Host.notice`)
    ├── Gone         no     blocked, deleted, left: end quietly
    └── Rejected     no     the messenger does not take it as it is: a defect of ours, logged by its kind only

No message of these carries an address, a token, a URL or a citizen's word.
"""

from __future__ import annotations


class ChannelError(Exception):
    retryable = False


class Unreachable(ChannelError):
    retryable = True


class Away(Unreachable):
    pass


class Uncertain(Unreachable):
    """What must not come twice is not sent again."""


class Busy(ChannelError):
    retryable = True

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"the channel asks to wait {retry_after:.0f} s")
        self.retry_after = retry_after


class Blocked(Busy):
    pass


class Gone(ChannelError):
    pass


class Rejected(ChannelError):
    pass

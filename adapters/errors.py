"""Errors of the channels, split by what the caller can do.

    ChannelError            .retryable
    ├── Unreachable  yes    no answer, a reset, a 5xx, a time-out: try again within bounds
    │   └── Away     yes    this person is not connected now; nothing is wrong with the channel
    ├── Busy         yes    the messenger says wait: `retry_after` seconds
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


class Busy(ChannelError):
    retryable = True

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"the channel asks to wait {retry_after:.0f} s")
        self.retry_after = retry_after


class Gone(ChannelError):
    pass


class Rejected(ChannelError):
    pass

"""A signal-cli daemon on loopback, with Signal behind it and citizens to play: part of the product's tests.

    async with Emulator() as emulator:
        ada = emulator.citizen()
        ada.says("rufbus")
        question = (await ada.reads())[0]
        ada.says("2")

It speaks as the real daemon does (framing, errors and their words are checked against it by
`make real-signal`), is strict where that is lenient (unknown parameters, styles beyond the text), and rude where
Signal can be (`faults`).
"""

from adapters.faults import Refused, ResetAfter, ResetBefore, ServerError, Slow, TooMany
from adapters.signal.emulator.chats import BotMessage, Citizen, Group
from adapters.signal.emulator.faults import Captcha, Faults, IoError, NetworkFailure
from adapters.signal.emulator.server import ACCOUNT, Emulator

__all__ = [
    "ACCOUNT",
    "BotMessage",
    "Captcha",
    "Citizen",
    "Emulator",
    "Faults",
    "Group",
    "IoError",
    "NetworkFailure",
    "Refused",
    "ResetAfter",
    "ResetBefore",
    "ServerError",
    "Slow",
    "TooMany",
]

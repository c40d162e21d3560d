"""A Bot API server on loopback, with citizens to play: part of the product's tests and its benchmark.

    async with Emulator() as emulator:
        ada = emulator.citizen(language_code="de")
        await ada.says("/start shuttle")
        question = (await ada.reads())[0]
        await ada.presses(question.labels[0])

Strict where Telegram is (markup, lengths, keyboards, unknown fields) and rude where Telegram can be (`faults`). With
`schema=aiogram_schema()` every call is also checked against aiogram's models, which know nothing of our codec.
"""

from adapters.faults import Faults, Refused, ResetAfter, ResetBefore, ServerError, Slow, TooMany
from adapters.telegram.emulator.chats import BotMessage, Citizen, Group
from adapters.telegram.emulator.schema import Schema, aiogram_schema
from adapters.telegram.emulator.server import Emulator

__all__ = [
    "BotMessage",
    "Citizen",
    "Emulator",
    "Faults",
    "Group",
    "Refused",
    "ResetAfter",
    "ResetBefore",
    "Schema",
    "ServerError",
    "Slow",
    "TooMany",
    "aiogram_schema",
]

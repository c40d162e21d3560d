"""The rare calls, through python-telegram-bot's `Bot`: uploads, and what Telegram shows of the bot itself.

Importing it is slow (see `request.py`): the adapter does so when it first needs it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final

import telegram
from telegram.constants import BotDescriptionLimit

from adapters.telegram.codec import Upload
from adapters.telegram.request import ask, make_bot
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.wire import Wire
from dialogs.i18n import N_, translate
from dialogs.messages import Language
from dialogs.triggers import MENU, Command, Trigger, slashed

COMMAND_WORDS: Final = {
    Command.HELP: N_("/help"),
    Command.LANGUAGE: N_("/language"),
    Command.BACK: N_("/back"),
    Command.PRIVACY: N_("/privacy"),
    Command.DELETE: N_("/delete"),
    Command.RESTART: N_("/restart"),
    Command.STOP: N_("/stop"),
}
"""How the menu of commands spells them in each language, for thumbs and people who do not read English."""
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
"""What Telegram takes as a command."""

DESCRIPTION: Final = N_(
    "Answer surveys of your town here, one question at a time. You decide what you say; you can stop at any time."
    " Telegram can read along: if you mind, answer on the survey's web page."
)
SHORT_DESCRIPTION: Final = N_("Surveys of your town, one question at a time.")


class RareCalls:
    """One bot's."""

    def __init__(self, settings: TelegramSettings, wire: Wire) -> None:
        self._bot = make_bot(settings, wire)

    async def send(self, chat: str, upload: Upload) -> None:
        """Send a file. Raises `ApiError`, `ChannelError`."""
        native = int(chat)
        file = telegram.InputFile(upload.file.data, filename=upload.file.name, attach=False)
        caption = upload.caption or None
        keyboard = _keyboard(upload)
        match upload.method:
            case "sendPhoto":
                await ask(self._bot.send_photo(native, file, caption=caption, reply_markup=keyboard))
            case "sendAnimation":
                await ask(self._bot.send_animation(native, file, caption=caption, reply_markup=keyboard))
            case "sendAudio":
                await ask(self._bot.send_audio(native, file, caption=caption, reply_markup=keyboard))
            case "sendVideo":
                await ask(self._bot.send_video(native, file, caption=caption, reply_markup=keyboard))
            case _:
                await ask(self._bot.send_document(native, file, caption=caption, reply_markup=keyboard))

    def introduction(self, languages: Sequence[Language]) -> Iterator[Callable[[], Awaitable[bool]]]:
        """The calls that set the menu of commands and the descriptions: first for everybody, then in each language."""
        for code, language in _shown(languages):
            commands = [
                telegram.BotCommand(_word(command, language), translate(what, language))
                for command, what in MENU.items()
            ]
            about = translate(DESCRIPTION, language)[: BotDescriptionLimit.MAX_DESCRIPTION_LENGTH]
            short = translate(SHORT_DESCRIPTION, language)[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH]
            yield partial(_ask, partial(self._bot.set_my_commands, commands, language_code=code))
            yield partial(_ask, partial(self._bot.set_my_description, about, language_code=code))
            yield partial(_ask, partial(self._bot.set_my_short_description, short, language_code=code))


def _word(command: Command, language: Language) -> str:
    """The command's word in a language; its English one where that would not be understood."""
    word = translate(COMMAND_WORDS.get(command, f"/{command}"), language).removeprefix("/")
    return word if _COMMAND.fullmatch(word) and slashed(f"/{word}") == Trigger(command) else str(command)


async def _ask(call: Callable[[], Awaitable[bool]]) -> bool:
    return await ask(call())


def _shown(languages: Sequence[Language]) -> Iterator[tuple[str | None, Language]]:
    """Telegram knows two-letter languages only, and shows the one without a code to all others."""
    if languages:
        yield None, languages[0]
    for language in languages:
        if len(language) == 2:
            yield str(language), language


def _keyboard(upload: Upload) -> telegram.InlineKeyboardMarkup | None:
    return telegram.InlineKeyboardMarkup.de_json(dict(upload.buttons)) if upload.buttons else None

"""The rare calls, through python-telegram-bot's `Bot`: uploads, whose multipart forms it knows well.

Importing it is slow (see `request.py`): the adapter does so when it first needs it.
"""

from __future__ import annotations

import telegram

from adapters.telegram.codec import Upload
from adapters.telegram.request import ask, make_bot
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.wire import Wire


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


def _keyboard(upload: Upload) -> telegram.InlineKeyboardMarkup | None:
    return telegram.InlineKeyboardMarkup.de_json(dict(upload.buttons)) if upload.buttons else None

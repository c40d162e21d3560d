"""What Telegram shows of the bot before anybody writes: its menu of commands and its descriptions, in each language.

Pure: the calls, not the calling. Plain JSON, so that no start waits for python-telegram-bot (docs/adr/0005).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from adapters.telegram.codec import Call
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

DESCRIPTION_LIMIT: Final = 512
SHORT_DESCRIPTION_LIMIT: Final = 120


def introduction(languages: Sequence[Language]) -> Iterator[Call]:
    """The calls that set the menu of commands and the descriptions: first for everybody, then in each language."""
    for code, language in _shown(languages):
        commands = [
            {"command": _word(command, language), "description": translate(what, language)}
            for command, what in MENU.items()
        ]
        about = translate(DESCRIPTION, language)[:DESCRIPTION_LIMIT]
        short = translate(SHORT_DESCRIPTION, language)[:SHORT_DESCRIPTION_LIMIT]
        yield Call("setMyCommands", {"commands": commands, **code})
        yield Call("setMyDescription", {"description": about, **code})
        yield Call("setMyShortDescription", {"short_description": short, **code})


def _word(command: Command, language: Language) -> str:
    """The command's word in a language; its English one where that would not be understood."""
    word = translate(COMMAND_WORDS.get(command, f"/{command}"), language).removeprefix("/")
    return word if _COMMAND.fullmatch(word) and slashed(f"/{word}") == Trigger(command) else str(command)


def _shown(languages: Sequence[Language]) -> Iterator[tuple[dict[str, str], Language]]:
    """Telegram knows two-letter languages only, and shows the one without a code to all others."""
    if languages:
        yield {}, languages[0]
    for language in languages:
        if len(language) == 2:
            yield {"language_code": str(language)}, language

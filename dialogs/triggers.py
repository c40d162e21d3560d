"""What a citizen may type to steer, and which command it means: words with or without slash, in every language.

The words are in the catalogues (context "command words"), so a new language brings its own. Whoever writes German
while the bot speaks English is understood as well. Not here: when a word counts as a command rather than an answer
(`engine.py`, `survey.py`), and what a command does (the dialogues).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from dialogs.forms.msgids import N_
from dialogs.i18n import house_languages, synonyms, translate
from dialogs.reading.folding import LONG_WORD, distance, key


class Command(StrEnum):
    """What a citizen can ask for in any state. The value stands in buttons and slash commands."""

    START = "start"
    HELP = "help"
    STOP = "stop"
    BACK = "back"
    SKIP = "skip"
    KEEP = "keep"
    CLEAR = "clear"
    NEXT = "next"
    LANGUAGE = "language"
    RESTART = "restart"
    PRIVACY = "privacy"
    DETAILS = "details"
    CHANNELS = "channels"
    MOVE = "move"
    MY_DATA = "my_data"
    DELETE_ALL = "delete_all"
    DELETE = "delete"
    PAUSE = "pause"
    PERSON = "person"
    FEEDBACK = "feedback"
    REPLY = "reply"
    CASE = "case"
    WHY = "why"
    CHANGE = "change"
    SEND = "send"
    NEWS = "news"
    SUBSCRIBE = "subscribe"
    WEEKLY = "weekly"
    AT_ONCE = "at_once"
    QUIET = "quiet"
    KEEP_NEWS = "keep_news"
    NO_NEWS = "no_news"
    OUTCOME = "outcome"
    MORE = "more"
    FEWER = "fewer"


def W_(msgid: str) -> str:  # the name that the extraction of texts looks for
    """Marks a list of command words for the catalogues."""
    return msgid


WORDS: Mapping[Command, str] = {
    Command.START: W_("start, begin"),
    Command.HELP: W_("help, ?, assistance, what can you do"),
    Command.STOP: W_("stop, end, quit, cancel"),
    Command.BACK: W_("back, previous, previous question"),
    Command.SKIP: W_("skip, pass, no answer"),
    Command.KEEP: W_("keep, keep it, leave as it is, unchanged"),
    Command.CLEAR: W_("leave empty, clear, remove answer"),
    Command.NEXT: W_("next, continue, done, go on"),
    Command.LANGUAGE: W_("language, languages, change language, other language"),
    Command.RESTART: W_("restart, start over, start again, begin again"),
    Command.PRIVACY: W_("privacy, data protection"),
    Command.DETAILS: W_("details, what is stored, privacy notice"),
    Command.CHANNELS: W_("messenger, other messenger, channels"),
    Command.MOVE: W_("move, take along, move on, take my answers along"),
    Command.MY_DATA: W_("my data, show my data, what do you know about me"),
    Command.DELETE_ALL: W_("delete everything, delete all, delete my data, erase everything, forget me"),
    Command.DELETE: W_("delete, erase, delete my answers"),
    Command.PAUSE: W_("pause, take a break, later"),
    Command.PERSON: W_("talk to a person, person, human, talk to a human, contact"),
    Command.FEEDBACK: W_("feedback, report, report something, complaint, suggestion"),
    Command.REPLY: W_("reply, answer the town"),
    Command.CASE: W_("my report, my reports, show report, what became of it"),
    Command.WHY: W_("why, what for, why do you ask"),
    Command.CHANGE: W_("change, edit, correct, change answers"),
    Command.SEND: W_("send, submit, send off"),
    Command.NEWS: W_("news, latest news, what is new"),
    Command.SUBSCRIBE: W_("subscribe, follow, get news"),
    Command.WEEKLY: W_("weekly, once a week, news weekly"),
    Command.AT_ONCE: W_("at once, immediately, news at once"),
    Command.QUIET: W_("quiet hours, quiet time, do not disturb"),
    Command.KEEP_NEWS: W_("keep news, keep the news, go on with news"),
    Command.NO_NEWS: W_("unsubscribe, no news, no more news, stop news, end news"),
    Command.OUTCOME: W_("tell me, tell me the outcome, keep me posted"),
    Command.MORE: W_("more, show more, next page"),
    Command.FEWER: W_("previous page, page back"),
}

COURTESIES: Final = W_("please, thanks")
"""What may stand before or after a command and changes nothing of it."""

LABELS: Mapping[Command, str] = {
    Command.BACK: N_("Back"),
    Command.SKIP: N_("Skip"),
    Command.KEEP: N_("Keep"),
    Command.CLEAR: N_("Leave empty"),
    Command.NEXT: N_("Continue"),
    Command.HELP: N_("Help"),
    Command.START: N_("Start"),
    Command.STOP: N_("Stop"),
    Command.LANGUAGE: N_("Language"),
    Command.RESTART: N_("Start again"),
    Command.PRIVACY: N_("Privacy"),
    Command.DETAILS: N_("What exactly is stored?"),
    Command.CHANNELS: N_("Rather in another messenger"),
    Command.MOVE: N_("Take my answers along"),
    Command.MY_DATA: N_("Show my data"),
    Command.DELETE_ALL: N_("Delete everything"),
    Command.DELETE: N_("Delete answers"),
    Command.PAUSE: N_("Pause"),
    Command.PERSON: N_("Talk to a person"),
    Command.FEEDBACK: N_("Report something"),
    Command.REPLY: N_("Answer the town"),
    Command.CASE: N_("Show the report"),
    Command.CHANGE: N_("Change something"),
    Command.SEND: N_("Send"),
    Command.NEWS: N_("News"),
    Command.SUBSCRIBE: N_("Get news"),
    Command.WEEKLY: N_("Once a week"),
    Command.AT_ONCE: N_("At once"),
    Command.QUIET: N_("Quiet hours"),
    Command.KEEP_NEWS: N_("Keep the news"),
    Command.NO_NEWS: N_("No more news"),
    Command.OUTCOME: N_("Tell me what becomes of it"),
    Command.MORE: N_("Show more"),
    Command.FEWER: N_("Previous page"),
}
"""What stands on a button; each can be typed as well."""

MENU: Mapping[Command, str] = {
    Command.HELP: N_("What you can write here"),
    Command.LANGUAGE: N_("Choose another language"),
    Command.BACK: N_("One question back"),
    Command.FEEDBACK: N_("Report something to the town"),
    Command.NEWS: N_("The latest news, and what you get"),
    Command.PAUSE: N_("Go on another day"),
    Command.PRIVACY: N_("What is stored, and for how long"),
    Command.MY_DATA: N_("See everything that is stored of you"),
    Command.DELETE: N_("Delete your answers"),
    Command.PERSON: N_("Talk to a person"),
    Command.RESTART: N_("Start the survey again"),
    Command.STOP: N_("End and forget this draft"),
}
"""Commands that a messenger shows in its own menu, each with its line, in this order."""

TAKES_ARGUMENT = frozenset(
    {
        Command.START,
        Command.LANGUAGE,
        Command.CHANGE,
        Command.DELETE,
        Command.PAUSE,
        Command.FEEDBACK,
        Command.SUBSCRIBE,
        Command.QUIET,
    }
)
EXACT_ONLY = frozenset({Command.SEND, Command.CLEAR})
"""Commands with an effect that is not asked for once more: a typing error must not set them off."""
FORGIVEN_FROM = 5  # letters from which on one slip of the finger is forgiven
FORGIVEN_SHORT = frozenset({Command.STOP, Command.HELP})
"""Whoever is lost or wants to leave is understood in words of four letters, too: nothing is lost by it."""
SHORT_FROM = 4  # letters of these
ARGUMENT_LIMIT = 64  # characters
ARGUMENT_WORDS = {Command.PAUSE: 4, Command.SUBSCRIBE: 4, Command.QUIET: 6}
"""Where more than one word may come after: "until Friday next week", "all news about traffic", "from 8 pm to 9 am"."""

_SLASHED = re.compile(r"/\s*([^\s@]*)(?:@\S*)?\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A command that was typed, with the word after it ("change 3")."""

    command: Command
    argument: str = ""
    guessed: bool = False
    """Understood in spite of a slip of the finger: what cannot be undone is asked for first."""


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """Something with a slash that is no command of ours."""


def slashed(text: str) -> Trigger | UnknownCommand | None:
    """The command of a text that begins with a slash; None for a text that does not."""
    match = _SLASHED.fullmatch(text.strip())
    if match is None:
        return None
    word, rest = match[1], match[2].strip()
    whole = f"{word} {rest}".strip()
    return bare(whole) or _with_argument(word, rest) or near(whole) or near(word) or UnknownCommand()


def bare(text: str) -> Trigger | None:
    """The command that the whole text is, "change 3" included. None if it is anything else."""
    plain = plainly(text)
    whole = _vocabulary().get(_key(text)) or _vocabulary().get(_key(plain))
    if whole is not None:
        return Trigger(whole)
    found, rest = _begun(plain.split())
    if found is not None and (misspelt := near(text)) is not None and misspelt.command is not found.command:
        return misspelt  # "delete everthing" names no survey
    most = ARGUMENT_WORDS.get(found.command, 1) if found is not None else 0
    return found if len(rest) <= most else None


def plainly(text: str) -> str:
    """The text without a "please" before or after it; as it is where there is nothing else."""
    words = text.split()
    while len(words) > 1 and key(words[0]) in _courtesies():
        words = words[1:]
    while len(words) > 1 and key(words[-1]) in _courtesies():
        words = words[:-1]
    return " ".join(words)


def _begun(words: Sequence[str]) -> tuple[Trigger | None, Sequence[str]]:
    """A command of one or two words, and what comes after it."""
    for length in (1, 2):
        rest = words[length:]
        if rest and (found := _with_argument(" ".join(words[:length]), " ".join(rest))) is not None:
            return found, rest
    return None, ()


def near(text: str) -> Trigger | None:
    """The one command that the text is but for a slip of the finger. None if none or several are as near."""
    wanted = _key(plainly(text))
    if len(wanted) < SHORT_FROM or len(wanted) > ARGUMENT_LIMIT:
        return None
    limit = 2 if len(wanted) >= LONG_WORD else 1
    found = {
        command
        for word, command in _vocabulary().items()
        if command not in EXACT_ONLY
        and min(len(word), len(wanted)) >= (SHORT_FROM if command in FORGIVEN_SHORT else FORGIVEN_FROM)
        and distance(wanted, word, limit) <= limit
    }
    return Trigger(found.pop(), guessed=True) if len(found) == 1 else None


def _with_argument(word: str, rest: str) -> Trigger | None:
    command = _vocabulary().get(_key(word))
    if command not in TAKES_ARGUMENT or command is None or len(rest) > ARGUMENT_LIMIT:
        return None
    return Trigger(command, rest)


def _key(text: str) -> str:
    return key(text) or text.strip()


@cache
def _courtesies() -> frozenset[str]:
    return frozenset(map(key, synonyms(COURTESIES)))


@cache
def _vocabulary() -> Mapping[str, Command]:
    """Every word that is understood. Where two commands claim a word, the earlier in `Command` has it."""
    found: dict[str, Command] = {}
    for command in Command:
        labels = [translate(LABELS[command], language) for language in house_languages()] if command in LABELS else []
        for word in (command.value, *synonyms(WORDS[command]), *labels):
            found.setdefault(_key(word), command)
    return found

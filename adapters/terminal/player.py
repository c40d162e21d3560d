"""A survey played in a terminal, or from a file of answers: what `zuruf survey try` runs.

Not here: the conversation in memory (`dialogs/player.py`), how a line becomes an act (`codec.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapters.terminal.codec import CITIZEN, decode, encode
from dialogs.events import Gone, Started
from dialogs.player import Player


def play(player: Player, code: str, lines: Iterator[str], write: Callable[[str], None]) -> None:
    """Play until the lines end or a survey was sent; each line is an answer. `code` names the survey to begin."""
    for part in player.parts(Started(code)):
        write(encode(part) + "\n\n")
    for line in lines:
        for part in player.parts(decode(line)):
            write(encode(part) + "\n\n")
    player.take(Gone())


def prompted(read_line: Callable[[str], str]) -> Iterator[str]:
    """Lines from a person, with a prompt, until the end of input."""
    while True:
        try:
            yield read_line(CITIZEN)
        except (EOFError, KeyboardInterrupt):
            return

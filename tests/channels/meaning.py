"""What a citizen understands of a rendered message, whatever the channel: the reverse of `dialogs/rendering.py`.

A list of numbers under the question, buttons, or "Or write: …" all mean the same: what may be chosen or said now.
Written against what stands on the screen, not against the renderer, so that a channel that loses a word is caught.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.capabilities import Capabilities
from dialogs.formatting import spelled_out
from dialogs.i18n import translate
from dialogs.messages import Part, Say

NUMBERED = re.compile(r"(\d+)\. (.*)")
OF_A_SCALE = re.compile(r"\d+( \(.+\))?")
"""A number that says by itself what it stands for: "1", or "5 (very)"."""


@dataclass(frozen=True)
class Meaning:
    """One message without its form."""

    words: tuple[str, ...]
    """All that is said, word by word."""
    ways: tuple[str, ...]
    """What may be chosen or said now, in order; what is chosen carries a star."""
    files: tuple[str, ...] = ()


def meant(say: Say) -> Meaning:
    """What the dialogue means."""
    text = " ".join([say.title, say.lead, _place(say), spelled_out(say.text, say.spans), say.hint])
    choices = say.choices
    options = [_starred(option.label, option.chosen) for option in choices.options] if choices else []
    ends = [*(choices.pages if choices else ()), *((choices.done,) if choices and choices.done else ()), *say.controls]
    return Meaning(
        _words(text), (*options, *(_starred(button.label, button.chosen) for button in ends)), _file_names(say)
    )


def _place(say: Say) -> str:
    if say.progress is None:
        return ""
    current, total = str(say.progress.current), str(say.progress.total)
    return translate("{current} of {total}", say.language, current=current, total=total)


def understood(parts: Sequence[Part], channel: Capabilities, say: Say) -> Meaning:
    """What a citizen of the channel understands of the parts. `say` tells the language and the files only."""
    text = "\n".join(line for part in parts for line in (part.title, spelled_out(part.text, part.spans)) if line)
    tapped = [button for part in parts for row in part.buttons for button in row]
    if channel.buttons is None:
        text, ways = _read_list(text, say)
    else:
        text, labels = _read_numbers(text, [button.label for button in tapped])
        ways = tuple(_starred(label, button.chosen) for label, button in zip(labels, tapped, strict=True))
    files = tuple(picture.name for part in parts for picture in part.pictures)
    files += tuple(part.document.name for part in parts if part.document)
    return Meaning(_words(text.replace(" · ", " ")), ways, files)


def _read_numbers(text: str, labels: list[str]) -> tuple[str, list[str]]:
    """Numbers on buttons stand for the lines of a numbered list in the text."""
    lines, named = [], dict[str, str]()
    for line in text.split("\n"):
        match = NUMBERED.fullmatch(line)
        if match and match[1] in labels:
            named[match[1]] = match[2]
        else:
            lines.append(line)
    return "\n".join(lines), [named.get(label, label) for label in labels]


def _read_list(text: str, say: Say) -> tuple[str, tuple[str, ...]]:
    """Numbered lines and "Or write: …" under the text."""
    language = say.language
    several = translate("Several numbers are possible, for example: 1 2", language)
    write = translate("Or write: {words}", language, words="")
    mark = translate("{label} (chosen)", language, label="")
    numbered = _is_list(say)
    lines, options, ends = list[str](), list[str](), list[str]()
    for line in text.replace(several, "").split("\n"):
        match = NUMBERED.fullmatch(line) if numbered else None
        if line.startswith(write):
            ends += [word.removeprefix("/") for word in line.removeprefix(write).split(", ")]
        elif match:
            options.append(match[2])
        elif numbered and not options and all(OF_A_SCALE.fullmatch(part) for part in line.split(" · ")):
            options += line.split(" · ")
        else:
            lines.append(line)
    marked = tuple(_starred(option.removesuffix(mark), option.endswith(mark)) for option in options)
    return "\n".join(lines), (*marked, *ends)


def _is_list(say: Say) -> bool:
    return say.choices is not None and bool(say.choices.options)


def _starred(label: str, chosen: bool) -> str:
    return f"{' '.join(label.split())}{' *' if chosen else ''}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(" · ", " ").split() if word)


def _file_names(say: Say) -> tuple[str, ...]:
    return (*(picture.name for picture in say.pictures), *((say.document.name,) if say.document else ()))

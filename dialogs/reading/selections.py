"""Several choices in one message ("1, 3 und 5", "Arzt und Einkaufen", "alle außer 2"), and an order of choices.

Every word of the message must be understood; a half-read selection is refused rather than stored.
Not here: a single choice (`choices.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dialogs.forms.questions import Option
from dialogs.reading.choices import by_label, by_part, by_slip, choose, is_count, is_near, numbered, spanned
from dialogs.reading.folding import key
from dialogs.reading.menu import Menu, is_number
from dialogs.reading.numerals import spelled
from dialogs.reading.outcomes import Picked, Problem, Reading, Several, Taken, Unread
from dialogs.reading.vocabulary import Phrases, Vocabulary

VALUE_SEPARATOR = " "  # between the values of a select_multiple and a rank

_PIECES = re.compile(r"(?P<range>(?<=\d)\s*[-–—]\s*(?=\d))|(?P<pause>[,;\n/+&|•·>→]+|(?:^|\s)[-–—*](?=\s))")
_LONGEST_PHRASE = 4  # words


class _Gap(Enum):
    """What stands before a word."""

    BLANK = auto()
    PAUSE = auto()
    RANGE = auto()


class _Place(Enum):
    """Where an order word puts what follows."""

    FIRST = auto()
    NEXT = auto()
    LAST = auto()


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    gap: _Gap


@dataclass(frozen=True, slots=True)
class _Pick:
    index: int
    number: int | None = None
    """The number it was named by."""
    alone: bool = True
    """Something other than a label follows at once."""


class _Unclear(Exception):
    """The message was not understood; `indices` are what one part of it may have meant. An outcome on its way up."""

    def __init__(self, indices: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.indices = indices


def read_selection(options: Sequence[Option], text: str, words: Vocabulary, required: bool) -> Reading:
    """Read any number of choices. The value has them in the order of the question."""
    menu = Menu.of(options)
    try:
        picked = _select(menu, text, words, required)
    except _Unclear as unclear:
        return _asked(unclear)
    return Taken(VALUE_SEPARATOR.join(menu.options[index].value for index in sorted(picked.indices)))


def read_ranking(options: Sequence[Option], text: str, words: Vocabulary) -> Reading:
    """Read an order of all choices, the first named first."""
    menu = Menu.of(options)
    digits = key(text)
    if is_number(digits) and len(digits) == len(menu.options) and len(digits) > 1:
        text = " ".join(digits)  # "312"
    try:
        picked = _scan(menu, text, words)
    except _Unclear as unclear:
        return _asked(unclear)
    if sorted(picked.indices) != list(range(len(menu.options))):
        return Unread(Problem.NOT_ALL_RANKED)
    return Taken(VALUE_SEPARATOR.join(menu.options[index].value for index in picked.indices))


def _asked(unclear: _Unclear) -> Reading:
    return Several(unclear.indices) if len(unclear.indices) > 1 else Unread(Problem.NOT_A_CHOICE)


def _select(menu: Menu, text: str, words: Vocabulary, required: bool) -> Picked:
    said = key(text)
    if (found := by_label(menu, text, words)) and len(found) == 1:
        return Picked(found)
    if not said:
        found = choose(menu, text, words)
        if len(found) == 1:
            return Picked(found)
        raise _Unclear(found)
    if said in words.everything:
        return Picked(_all(menu))
    if said in words.none_of_them:
        return _none(menu, required)
    for phrase in words.except_for:
        before, sign, after = f" {said} ".partition(f" {phrase} ")
        if sign and before.strip() in words.everything:
            left_out = _scan(menu, after, words).indices
            return Picked(tuple(index for index in _all(menu) if index not in left_out))
    try:
        picked = _scan(menu, text, words)
    except _Unclear:
        found = choose(menu, text, words)
        if len(found) == 1:
            return Picked(found)
        raise
    return picked


def _all(menu: Menu) -> tuple[int, ...]:
    rest = menu.exclusive()
    return tuple(index for index in range(len(menu.options)) if index not in rest)


def _none(menu: Menu, required: bool) -> Picked:
    options = menu.none_of_them()
    if len(options) == 1:
        return Picked(options)
    if required or options:
        raise _Unclear(options)
    return Picked(())


def _lex(text: str) -> list[_Word]:
    """The folded words of a message, each with what stands before it."""
    out: list[_Word] = []
    gap, start = _Gap.BLANK, 0
    for match in [*_PIECES.finditer(text), None]:
        for word in key(text[start : match.start() if match else len(text)]).split():
            out.append(_Word(word, gap))
            gap = _Gap.BLANK
        if match is not None:
            start = match.end()
            gap = _Gap.RANGE if match["range"] else _Gap.PAUSE
    return out


def _scan(menu: Menu, text: str, words: Vocabulary) -> Picked:
    """Read a list from left to right. Raises _Unclear unless every word has a meaning."""
    said = _lex(text)
    labels = _labels(menu)
    picks: list[_Pick] = []
    at, last_at = 0, None
    through = False
    while at < len(said):
        length, index = _label_at(said, at, labels)
        number, width = (None, 0) if length else _number_at(said, at, words)
        if length:
            pick = _Pick(index)
        elif span := _span_at(menu, said, at, words):
            length, pick = span[0], _Pick(span[1])
        elif number is not None:
            index = _one(numbered(menu, number))
            follows = at + width < len(said) and said[at + width].gap is _Gap.BLANK
            length = width
            pick = _Pick(index, number, not (follows and _label_at(said, at + width, labels)[0]))
        elif (length := _phrase_at(said, at, words.up_to)) and picks:
            through, at = True, at + length
            continue
        elif length := _phrase_at(said, at, words.order_last):
            last_at, at = len(picks), at + length
            continue
        elif length := _phrase_at(said, at, words.order_first):
            if picks:
                raise _Unclear
            at += length
            continue
        elif (short := _abbreviated(menu, said, at, words)) is not None:
            length, pick = 1, _Pick(short)
        elif length := max(_phrase_at(said, at, group) for group in (words.order_then, words.joiners, words.fillers)):
            at += length
            continue
        else:
            length = _run_at(said, at, labels, words)
            pick = _Pick(_one(_loosely(menu, " ".join(word.text for word in said[at : at + length]), words)))
        if (through or said[at].gap is _Gap.RANGE) and picks:
            picks += [_Pick(between) for between in _between(picks[-1].index, pick.index)]
        picks.append(pick)
        at, through = at + length, False
    if through or (last_at is not None and last_at != len(picks) - 1):
        raise _Unclear
    picked = tuple(dict.fromkeys(pick.index for pick in _without_bullets(picks)))
    if not picked:
        raise _Unclear
    return Picked(picked)


def _abbreviated(menu: Menu, said: Sequence[_Word], at: int, words: Vocabulary) -> int | None:
    """The option that a small word begins, where it is an item by itself ("Sa, So")."""
    if len(said) == 1 or said[at].text not in words.fillers or not _stands_alone(said, at, words):
        return None
    found = by_part(menu, said[at].text, words) or ()
    return found[0] if len(found) == 1 else None


def _between(first: int, last: int) -> range:
    if first >= last:
        raise _Unclear
    return range(first + 1, last)


def _one(found: tuple[int, ...]) -> int:
    if len(found) != 1:
        raise _Unclear(found)
    return found[0]


def _without_bullets(picks: list[_Pick]) -> list[_Pick]:
    """Numbers that only count the citizen's own list ("1. Arzt 2. Arbeit") taken out."""
    bullets = [at for at, pick in enumerate(picks) if not pick.alone]
    if all(picks[at].index == picks[at + 1].index for at in bullets):
        return picks
    if [picks[at].number for at in bullets] != list(range(1, len(bullets) + 1)) or 2 * len(bullets) != len(picks):
        raise _Unclear
    return [pick for pick in picks if pick.alone]


_Labels = dict[str, list[tuple[tuple[str, ...], int]]]


def _labels(menu: Menu) -> _Labels:
    """Labels by their first word, the longest first. Labels that are alike stay out: they cannot be told apart."""
    out: _Labels = {}
    for index, label in enumerate(menu.words):
        if label and menu.words.count(label) == 1:
            out.setdefault(label[0], []).append((label, index))
    for group in out.values():
        group.sort(key=lambda pair: -len(pair[0]))
    return out


def _label_at(said: Sequence[_Word], at: int, labels: _Labels) -> tuple[int, int]:
    for label, index in labels.get(said[at].text, ()):
        if _words_at(said, at, label) == label:
            return len(label), index
    several = (each for group in labels.values() for each in group if len(each[0]) > 1)
    for label, index in several:
        spoken = _words_at(said, at, label)
        if len(spoken) == len(label) and spoken[-1] == label[-1] and is_near(label, spoken):
            return len(label), index
    return 0, -1


def _words_at(said: Sequence[_Word], at: int, label: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.text for word in said[at : at + len(label)])


def _number_at(said: Sequence[_Word], at: int, words: Vocabulary) -> tuple[int | None, int]:
    """A number as figures, or as one word ("zwei", "zweitens" is an order word); and how many words it takes."""
    word = said[at].text
    if at + 1 < len(said) and said[at + 1].gap is _Gap.BLANK and is_count((word, said[at + 1].text), words):
        return None, 0
    if is_number(word):
        return int(word), 1
    if word in words.ordinals and word not in words.order_first:
        return words.ordinals[word], 1
    if word in words.joiners or (word in words.fillers and not _stands_alone(said, at, words)):
        return None, 0
    return spelled([word], words), 1


def _span_at(menu: Menu, said: Sequence[_Word], at: int, words: Vocabulary) -> tuple[int, int] | None:
    """The option whose label names the two numbers here ("8-10" for "8 bis 10 Uhr"), after how many words it takes."""
    joined = at + 1 < len(said) and said[at + 1].text in words.up_to
    end = at + (2 if joined else 1)
    if end >= len(said) or not (is_number(said[at].text) and is_number(said[end].text)):
        return None
    if not joined and said[end].gap is not _Gap.RANGE:
        return None
    found = spanned(menu, int(said[at].text), int(said[end].text))
    return (end + 1 - at, found[0]) if len(found) == 1 else None


def _stands_alone(said: Sequence[_Word], at: int, words: Vocabulary) -> bool:
    """Whether a word is an item of the list by itself ("one, three", but not "this one")."""
    starts = at == 0 or said[at].gap is not _Gap.BLANK or said[at - 1].text in words.joiners
    ends = at + 1 == len(said) or said[at + 1].gap is not _Gap.BLANK or said[at + 1].text in words.joiners
    return starts and ends and said[at].text not in words.articles


def _phrase_at(said: Sequence[_Word], at: int, group: Phrases) -> int:
    for length in range(min(_LONGEST_PHRASE, len(said) - at), 0, -1):
        if " ".join(word.text for word in said[at : at + length]) in group:
            return length
    return 0


def _run_at(said: Sequence[_Word], at: int, labels: _Labels, words: Vocabulary) -> int:
    """How many words belong together from here: up to a pause, "and", a number or a label."""
    end = at + 1
    while end < len(said) and said[end].gap is _Gap.BLANK:
        word = said[end].text
        if is_number(word) or word in words.joiners or word in words.order_then or _label_at(said, end, labels)[0]:
            break
        end += 1
    return end - at


def _loosely(menu: Menu, text: str, words: Vocabulary) -> tuple[int, ...]:
    return by_label(menu, text, words) or by_part(menu, text, words) or by_slip(menu, text, words) or ()

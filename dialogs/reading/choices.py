"""One choice out of a list, from whatever a citizen writes: number, label, part of it, a slip of the finger, yes or no.

The rule where it could be either: the label wins over the position, the position over the stored value, and what
could mean two options is asked, never guessed. Not here: several choices at once (`selections.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from dialogs.forms.questions import Option
from dialogs.reading.folding import distance, fold, key, slips
from dialogs.reading.menu import (
    NO_SIGNS,
    YES_SIGNS,
    Menu,
    after_first_clause,
    contains,
    first_clause,
    is_number,
    plain,
    signs,
)
from dialogs.reading.numerals import spelled
from dialogs.reading.outcomes import Problem, Reading, Several, Taken, Unread
from dialogs.reading.vocabulary import Vocabulary, families

Found = tuple[int, ...] | None
"""Options that fit: one is taken, several are asked; () says the text was understood and means none; None: look on."""

_SHORT_LABEL = 3  # letters; a shorter label ("m", "Ja") is not looked for inside a long sentence
_FEW_WORDS = 4
_DASHED = re.compile(r"\d\s*[-–—]\s*\d")


def read_choice(options: Sequence[Option], text: str, words: Vocabulary) -> Reading:
    """Read one choice."""
    menu = Menu.of(options)
    found = choose(menu, text, words)
    if len(found) == 1:
        return Taken(menu.options[found[0]].value)
    return Several(found) if found else Unread(Problem.NOT_A_CHOICE)


def choose(menu: Menu, text: str, words: Vocabulary) -> tuple[int, ...]:
    """Positions of the options that fit, ascending; () if none does."""
    for step in (
        _exactly,
        by_label,
        _by_span,
        by_number,
        _by_value,
        _undecided,
        _by_pole,
        _by_family,
        _in_sentence,
        by_part,
        by_slip,
    ):
        found = step(menu, text, words)
        if found is not None:
            return tuple(sorted(set(found)))
    return ()


def _exactly(menu: Menu, text: str, words: Vocabulary) -> Found:
    same = plain(text)
    if found := _where(label == same for label in menu.plain):
        return found
    if not fold(text) and (bare := signs(text)):
        return _where(bare in label for label in menu.plain) or _by_pole(menu, text, words) or ()
    return None


def by_label(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The options with this label, but for case, accents, punctuation and blanks."""
    folded = fold(text)
    if not folded:
        return ()
    same = key(text)
    compact = same.replace(" ", "")
    return (
        _where(label == folded for label in menu.folds)
        or _where(label == same for label in menu.keys)
        or _where(label.replace(" ", "") == compact for label in menu.keys)
        or None
    )


def _by_span(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The option that names these two numbers and no other ("6-8" for "6 bis 8 Uhr")."""
    said = key(text).split()
    numbers = [int(word) for word in said if is_number(word)]
    if len(numbers) != 2 or not (_DASHED.search(text) or any(word in words.up_to for word in said)):
        return None
    known = {word for label in menu.words for word in label}
    others = [word for word in said if not is_number(word) and word not in words.up_to]
    if any(word not in words.fillers and word not in known for word in others):
        return None
    return spanned(menu, *numbers) or None


def spanned(menu: Menu, first: int, last: int) -> tuple[int, ...]:
    """The options whose labels name these two numbers."""
    return _where([int(word) for word in label if is_number(word)] == [first, last] for label in menu.words)


def by_number(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The option at the number shown ("2.", "Nr. 2", "die zweite", "zwei"; "2 oder 3" fits both)."""
    tokens = key(text).split()
    said = [token for token in tokens if token not in words.fillers and token not in words.joiners]
    said = said or [token for token in tokens if token in words.numerals]
    if is_count(tokens, words):
        return _by_count(menu, said, words)
    if _is_last(said, words):
        return (len(menu.options) - 1,)
    if said and all(map(is_number, said)):
        if plain(text) in (plain(option.value) for option in menu.options) and not is_number(plain(text)):
            return None
        found = [numbered(menu, int(token)) for token in said]
        return tuple(index for each in found for index in each) if all(found) else None
    if (place := words.ordinals.get(" ".join(said))) is not None:
        return (place - 1,) if place <= len(menu.options) else None
    number = spelled(said, words)
    return None if number is None else numbered(menu, number) or None


def is_count(said: Sequence[str], words: Vocabulary) -> bool:
    """Whether a number counts something ("3 mal", "two times"): then it is no position in a list."""
    return any((is_number(a) or a in words.numerals) and b in words.units for a, b in pairwise(said))


def _by_count(menu: Menu, said: Sequence[str], words: Vocabulary) -> Found:
    """The options whose labels name this number themselves ("1 Person", "20-29 Jahre")."""
    counts = [int(word) if is_number(word) else spelled([word], words) for word in said if word not in words.units]
    leading = menu.leading_numbers()
    named = [_where(each == count for each in leading) or _spanning(menu, count) for count in counts if count]
    return tuple(index for each in named for index in each) if named and all(named) else None


def _is_last(said: Sequence[str], words: Vocabulary) -> bool:
    return len(said) == 1 and said[0] in words.last


def numbered(menu: Menu, number: int) -> tuple[int, ...]:
    """Options that a typed number can mean: a label that begins with it where all do, else the position.

    An option that names a span of numbers ("18-29") may be meant as well.
    """
    position = (number - 1,) if 0 < number <= len(menu.options) else ()
    leading = menu.leading_numbers()
    by_lead = _where(each == number for each in leading)
    if not by_lead:
        return tuple(sorted({*position, *_spanning(menu, number)}))
    rest = menu.exclusive()
    if all(each is not None or index in rest for index, each in enumerate(leading)):
        return by_lead
    return tuple(sorted({*position, *by_lead}))


def _spanning(menu: Menu, number: int) -> tuple[int, ...]:
    spans = (tuple(int(word) for word in label if is_number(word)) for label in menu.words)
    return _where(len(span) == 2 and span[0] < number <= span[1] for span in spans)


def _by_value(menu: Menu, text: str, words: Vocabulary) -> Found:
    same = plain(text)
    return _where(plain(option.value) == same for option in menu.options) or None


def _undecided(menu: Menu, text: str, words: Vocabulary) -> Found:
    """None of a pair for who is in two minds ("jein", "na ja")."""
    yes, _ = menu.poles()
    return () if yes and key(text) in families("undecided") else None


def _by_pole(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The yes or no of a pair, however it is said ("jo", "nö, noch nie", a thumb)."""
    yes, no = menu.poles()
    if not yes:
        return None
    whole, head, rest = key(text), first_clause(text), after_first_clause(text)
    bare = set(signs(text))
    for pole, other, said, unsaid, marks in (
        (yes, no, families("yes"), families("no"), YES_SIGNS),
        (no, yes, families("no"), families("yes"), NO_SIGNS),
    ):
        if whole in said or (bare and bare <= marks):
            return pole
        if head in said and head not in unsaid:
            if any(contains(rest, word) for word in unsaid if word in _PLAIN_POLES):
                return (*pole, *other)
            return _narrow(menu, pole, rest)
    return None


_PLAIN_POLES = frozenset(("ja", "nein", "yes", "no"))


def _narrow(menu: Menu, pole: tuple[int, ...], rest: str) -> tuple[int, ...]:
    said = set(rest.split())
    shared = {index: len(said.intersection(menu.words[index][1:])) for index in pole}
    best = max(shared.values())
    return tuple(index for index in pole if shared[index] == best)


def _by_family(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The option for "I do not know" or "I do not want to say", if there is one of just that meaning."""
    whole = key(text)
    for name, options in (("unknown", menu.unknown()), ("unsaid", menu.unsaid())):
        if whole in families(name) and options:
            return options
    return None


def _in_sentence(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The one whole label inside a sentence ("ich nehme den Bus"), unless the sentence denies or asks."""
    rest = f" {key(text)} "
    few = rest.count(" ") - 1 <= _FEW_WORDS
    found: list[int] = []
    for index in sorted(range(len(menu.keys)), key=lambda index: -len(menu.keys[index])):
        label = menu.keys[index]
        short = len(label) < _SHORT_LABEL and not label.isdigit()
        if not label or (short and (not few or label in words.fillers)):
            continue
        if f" {label} " in rest:
            found.append(index)
            rest = rest.replace(f" {label} ", "  ")
    if not found:
        return None
    if len(found) == 1 and ("?" in text or _is_open(rest.split(), words)):
        return ()
    return (_longer(menu, found[0], key(text).split()) if len(found) == 1 else ()) or tuple(found)


def _longer(menu: Menu, index: int, said: Sequence[str]) -> tuple[int, ...]:
    """The options whose labels hold this one's, said but for slips and endings ("äußeren Neustadt")."""
    own = menu.words[index]
    return _where(len(label) > len(own) and set(own).issubset(label) and is_near(label, said) for label in menu.words)


def is_near(label: Sequence[str], said: Sequence[str]) -> bool:
    """Whether every word of the label was said but for a slip; a number with another figure is another number."""
    return all(
        part in said if is_number(part) else any(_near(word, part) is not None for word in said) for part in label
    )


def _is_open(rest: Sequence[str], words: Vocabulary) -> bool:
    """Whether the rest of a sentence denies the choice, or names another that is not known ("Bus oder Kutsche")."""
    if not words.negations.isdisjoint(rest):
        return True
    other = any(word not in words.fillers and word not in words.joiners for word in rest)
    return other and not words.joiners.isdisjoint(rest)


def by_part(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The options that begin with this, or else have all these words (or beginnings of four letters of them)."""
    whole = key(text)
    letter = len(whole) == 1 and whole.isalpha() and whole not in words.fillers
    if (len(whole) > 1 or letter) and (found := _where(label.startswith(whole) for label in menu.keys)):
        at_word = tuple(index for index in found if menu.keys[index].startswith(whole + " "))
        return _unless_denied(menu, at_word or found, whole, words)
    said = content(text, words)
    if said:
        found = _where(all(_has(label, word) for word in said) for label in menu.words)
        if found:
            return _unless_denied(menu, found, whole, words)
    return None


def _has(label: Iterable[str], word: str) -> bool:
    return any(part == word or (len(word) >= 4 and part.startswith(word)) for part in label)


def content(text: str, words: Vocabulary) -> list[str]:
    """The words that carry meaning."""
    return [word for word in key(text).split() if word not in words.fillers]


def _unless_denied(menu: Menu, found: tuple[int, ...], whole: str, words: Vocabulary) -> tuple[int, ...]:
    """A part of a label does not mean the label if one of the two denies and the other does not."""
    if len(found) > 1:
        return found
    return found if denies(menu.keys[found[0]], words) == denies(whole, words) else ()


def denies(text: str, words: Vocabulary) -> bool:
    """Whether a folded text has a word like "not" in it."""
    return not words.negations.isdisjoint(text.split())


def by_slip(menu: Menu, text: str, words: Vocabulary) -> Found:
    """The nearest option within the slips of the finger that its length forgives, if no other is as near."""
    said = content(text, words)
    whole = key(text)
    if not said or "?" in text or all(_is_word(word, words) for word in said):
        return None
    scores = [_slips(menu, index, whole, said, words) for index in range(len(menu.keys))]
    best = min((score for score in scores if score is not None), default=None)
    if best is None:
        return None
    found = _where(score == best for score in scores)
    if len(found) == 1 and _turns(menu.keys[found[0]], whole):
        return ()
    return found


def _turns(label: str, whole: str) -> bool:
    """Whether one is the other with something before it: "unzufrieden" is no slip of "zufrieden"."""
    return label != whole and (label.endswith(whole) or whole.endswith(label))


def _is_word(word: str, words: Vocabulary) -> bool:
    """Words that are themselves, not another one misspelled ("neun" is not "nein")."""
    return (
        word in words.negations
        or word in words.undecided
        or word in words.numerals
        or word in words.ordinals
        or word in families("yes")
        or word in families("no")
        or any(letter.isdigit() for letter in word)
    )


def _slips(menu: Menu, index: int, whole: str, said: Sequence[str], words: Vocabulary) -> int | None:
    """Slips between what was said and an option: of the whole label, or of words of it. None if too many."""
    label = menu.keys[index]
    if _digits(label) != _digits(whole):
        return None
    if denies(label, words) != denies(whole, words) and label not in words.negations:
        return None
    pairs = [_near(whole, label)]
    of_words = [
        min((n for part in menu.words[index] if (n := _near(word, part)) is not None), default=None) for word in said
    ]
    if None not in of_words:
        pairs.append(sum(n for n in of_words if n is not None))
    near = [n for n in pairs if n is not None]
    return min(near) if near else None


def _near(word: str, label: str) -> int | None:
    if word == label:
        return 0
    limit = min(slips(word), slips(label))
    if not limit:
        return None
    apart = distance(word, label, limit)
    return apart if apart <= limit else None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _where(fits: Iterable[bool]) -> tuple[int, ...]:
    return tuple(index for index, fit in enumerate(fits) if fit)

"""A question's options prepared for comparison, and the pairs and families among them.

Not here: how a sentence is searched for a choice (`choices.py`), several choices at once (`selections.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.forms.questions import Option
from dialogs.reading.folding import fold, key
from dialogs.reading.vocabulary import Phrases, families, phrases

YES_LABELS = phrases("ja|yes|oui|si|sí|sim|tak|evet|da|да|так|نعم|áno|ano|igen|sì")
NO_LABELS = phrases("nein|no|non|não|nie|hayır|ne|nu|нет|ні|لا|nem")
YES_VALUES, NO_VALUES = phrases("yes|ja|y|j|true|oui|si"), phrases("no|nein|n|false|non")
YES_SIGNS, NO_SIGNS = frozenset("👍👌✅✔☑🆗"), frozenset("👎❌✖🚫⛔")
_UNKNOWN_VALUES = phrases("dk|dont_know|dontknow|don_t_know|weiss_nicht|unknown|unbekannt|idk|not_sure")
_UNSAID_VALUES = phrases("refused|refuse|no_answer|na|n/a|keine_angabe|ka|prefer_not|prefer_not_to_say|pnts")
_CLAUSE_END = re.compile(r"[,;:.!?()\[\]/\n–—]|\s-\s")
_LOOKS = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff\\s]")  # how an emoji is drawn, not which one it is


@dataclass(frozen=True, slots=True)
class Menu:
    """Options as they are compared; all tuples run parallel to `options`."""

    options: tuple[Option, ...]
    plain: tuple[str, ...]
    folds: tuple[str, ...]
    keys: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, options: Sequence[Option]) -> Menu:
        """Prepare a list of options. An option without a label is known by its value."""
        labels = [option.label if option.label.strip() else option.value for option in options]
        keys = tuple(map(key, labels))
        return cls(
            tuple(options),
            tuple(map(plain, labels)),
            tuple(map(fold, labels)),
            keys,
            tuple(tuple(each.split()) for each in keys),
        )

    def leading_numbers(self) -> tuple[int | None, ...]:
        """The number that each label begins with ("3 - teils, teils" -> 3)."""
        return tuple(int(words[0]) if words and is_number(words[0]) else None for words in self.words)

    def poles(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The options that say yes and those that say no; both empty unless there are both."""
        heads = [first_clause(option.label) for option in self.options]
        values = [key(option.value) for option in self.options]
        binary = len(self.options) == 2
        for texts, yes, no in (
            (heads, YES_LABELS, NO_LABELS),
            (values, YES_VALUES, NO_VALUES),
            (values if binary else [], frozenset("1"), frozenset("0")),
        ):
            pair = _at(texts, yes), _at(texts, no)
            if all(pair) and not set(pair[0]) & set(pair[1]):
                return pair
        return (), ()

    def unknown(self) -> tuple[int, ...]:
        """Options that mean "I do not know"."""
        return self._family(families("unknown"), _UNKNOWN_VALUES)

    def unsaid(self) -> tuple[int, ...]:
        """Options that mean "I do not want to say"."""
        return self._family(families("unsaid"), _UNSAID_VALUES)

    def exclusive(self) -> frozenset[int]:
        """Options that go with no other: none of them, do not know, do not want to say."""
        return frozenset((*self.none_of_them(), *self.unknown(), *self.unsaid()))

    def none_of_them(self) -> tuple[int, ...]:
        """Options that mean "none of these"."""
        return _at([first_clause(option.label) for option in self.options], families("none_of_them"))

    def _family(self, said: Phrases, values: Phrases) -> tuple[int, ...]:
        return tuple(
            index
            for index, option in enumerate(self.options)
            if key(option.value) in values
            or any(contains(self.keys[index], phrase) for phrase in said if len(phrase) > 3)
        )


def _at(texts: Sequence[str], wanted: Phrases) -> tuple[int, ...]:
    return tuple(index for index, text in enumerate(texts) if text in wanted)


def plain(text: str) -> str:
    """Text without case and superfluous blanks, but with its signs ("C++" is not "C#")."""
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def signs(text: str) -> str:
    """Emoji and other signs without skin tone and variant."""
    return _LOOKS.sub("", text)


def first_clause(text: str) -> str:
    """Key of what stands before the first comma or other pause ("Ja, mehrmals" -> "ja")."""
    return next(filter(None, map(key, _CLAUSE_END.split(text))), "")


def after_first_clause(text: str) -> str:
    """Key of what stands after the first pause ("Ja, mehrmals" -> "mehrmals")."""
    parts = _CLAUSE_END.split(text, maxsplit=1)
    return key(parts[1]) if len(parts) > 1 else ""


MAX_NUMBER_DIGITS = 9


def is_number(word: str) -> bool:
    """Whether a folded word is a whole number that a list may have."""
    return len(word) <= MAX_NUMBER_DIGITS and word.isascii() and word.isdigit()


def contains(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a folded text as whole words."""
    return f" {phrase} " in f" {text} "

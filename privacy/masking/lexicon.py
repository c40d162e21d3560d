"""Lists of words: first names, surnames, German towns, municipal things. Read when first needed (60,000 words, 8 MB).

Sources and licences are in `lists/README.md`; `benchmarks/masking_lists.py` writes what it can. A word may be in
several lists and an everyday word as well (`Mark`, `Rosa`, `Essen`): a list is evidence, not a verdict.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_LISTS: Final = Path(__file__).with_name("lists")


@cache
def first_names() -> frozenset[str]:
    """First names in small letters."""
    return _words("first.txt")


@cache
def surnames() -> frozenset[str]:
    """Surnames in small letters."""
    return _words("surnames.txt")


@cache
def towns() -> frozenset[str]:
    """Words of the names of German towns, and countries, in small letters."""
    return _words("towns.txt")


def is_a_town_only(word: str) -> bool:
    """Whether a word in small letters is in the list of towns and in no list of names."""
    return word in towns() and word not in first_names() and word not in surnames()


@cache
def things() -> frozenset[str]:
    """What citizens write to a town about, in small letters: the heads of the compounds nobody is called by."""
    return _words("things.txt")


def is_listed(word: str, names: frozenset[str]) -> bool:
    """Whether a word in small letters is in a list: also its genitive (`annas`), also each part (`anna-lena`)."""
    if word in names or (word[-1:] == "s" and (word[:-1] in names or word[:-2] + "s" in names)):
        return True
    return "-" in word and all(part in names for part in word.split("-"))


def _words(name: str) -> frozenset[str]:
    return frozenset((_LISTS / name).read_text("utf-8").split())

"""Lists of words: first names, surnames, German towns. Read when they are first needed (60,000 words, 8 MB).

Sources and licences are in `lists/README.md`; `benchmarks/masking_lists.py` writes the files. A word may be in several
lists and an everyday word as well (`Mark`, `Rosa`, `Essen`): a list is evidence, not a verdict.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


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


def is_listed(word: str, names: frozenset[str]) -> bool:
    """Whether a word in small letters is in a list: also its genitive (`annas`), also each part (`anna-lena`)."""
    if word in names or (word[-1:] == "s" and (word[:-1] in names or word[:-2] + "s" in names)):
        return True
    return "-" in word and all(part in names for part in word.split("-"))


def _words(name: str) -> frozenset[str]:
    return frozenset((files(__package__) / "lists" / name).read_text("utf-8").split())

"""What is masked, and the words that stand in its place: one table for all languages.

Masks of every language are known as masks, whatever language a text is masked in: what was masked before is left
alone, and masking twice is masking once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """Sorts of personal data in a text."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    NUMBER = "number"
    """Tax, insurance, identity card, customer: a number that stands for a person."""
    PLATE = "plate"
    ADDRESS = "address"
    LINK = "link"
    ACCOUNT = "account"
    """A handle, a Matrix id: an account somewhere."""
    BIRTH_DATE = "birth date"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Something found: `text[start:end]`, in code points of the text that was given."""

    start: int
    end: int
    kind: Kind


WORDS: Final = {
    "de": {
        Kind.NAME: "Name",
        Kind.EMAIL: "E-Mail",
        Kind.PHONE: "Telefon",
        Kind.IBAN: "IBAN",
        Kind.CARD: "Kartennummer",
        Kind.NUMBER: "Nummer",
        Kind.PLATE: "Kennzeichen",
        Kind.ADDRESS: "Adresse",
        Kind.LINK: "Link",
        Kind.ACCOUNT: "Konto",
        Kind.BIRTH_DATE: "Geburtsdatum",
    },
    "en": {
        Kind.NAME: "name",
        Kind.EMAIL: "email",
        Kind.PHONE: "phone",
        Kind.IBAN: "IBAN",
        Kind.CARD: "card number",
        Kind.NUMBER: "number",
        Kind.PLATE: "number plate",
        Kind.ADDRESS: "address",
        Kind.LINK: "link",
        Kind.ACCOUNT: "account",
        Kind.BIRTH_DATE: "date of birth",
    },
}

DEFAULT_LANGUAGE: Final = "de"


def words_of(text: str) -> frozenset[str]:
    """A set of words, written as one text: lists of words read best so."""
    return frozenset(text.split())


def mask_for(kind: Kind, language: str) -> str:
    """The words in brackets for a kind: `[E-Mail]`. A variant (`de-simple`) takes its language's, others German."""
    words = WORDS.get(language) or WORDS.get(language.split("-")[0]) or WORDS[DEFAULT_LANGUAGE]
    return f"[{words[kind]}]"


MASKS: Final = re.compile(
    "|".join(sorted({re.escape(f"[{word}]") for words in WORDS.values() for word in words.values()}, key=len)[::-1])
)
"""Every mask of every language."""

"""Words in the citizen's language: translation, plural, days, numbers, lists, direction of writing.

A msgid is the plain English text with `{names}`. Catalogues are `locale/<language>/<domain>.po`, read as they are
(no compiled files that could be stale); a text that easy German lacks is said in German, and what German lacks in
English. Not here: which language a form speaks (`languages.py`), what is said (the dialogues).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from gettext import c2py
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dialogs.forms.msgids import N_
from dialogs.messages import Language

__all__ = [
    "N_",
    "Voice",
    "best_language",
    "direction",
    "format_day",
    "format_number",
    "house_languages",
    "load_catalogues",
    "locale_of",
    "own_name",
    "plural",
    "synonyms",
    "translate",
]

ENGLISH = Language("en")
GERMAN = Language("de")
EASY_GERMAN = Language("de-simple")

LOOK_UPS = 4096
"""Translations that are remembered; the house has about a thousand texts in three languages."""
LANGUAGES = 1024
"""Languages whose own name is remembered."""

WORDS = "command words"
"""Context of msgids that list what a citizen may type for one command, separated by commas."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language."""

    texts: Mapping[tuple[str, str], tuple[str, ...]]
    """(context, msgid) -> the translation, one text for each plural form."""
    plural_expression: str = "(n != 1)"


# -- catalogues


@cache
def house_languages() -> tuple[Language, ...]:
    """Languages that the house itself speaks: English (the msgids) and every folder of catalogues."""
    folder = files("dialogs") / "locale"
    found = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    return (ENGLISH, *(Language(name) for name in found if name != ENGLISH))


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue of a language of the house; an empty one for any other."""
    if language not in house_languages():
        return Catalogue({})
    folder = files("dialogs") / "locale" / language
    texts: dict[tuple[str, str], tuple[str, ...]] = {}
    expression = "(n != 1)"
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".po"):
                po = read_po(BytesIO(entry.read_bytes()), locale=str(locale_of(language)))
                expression = po.plural_expr
                for message in po:
                    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                    if message.id and not message.fuzzy and forms and all(forms):
                        msgid = message.id if isinstance(message.id, str) else message.id[0]
                        texts[message.context or "", msgid] = forms
    return Catalogue(texts, expression)


def load_catalogues() -> None:
    """Read every catalogue now, a tenth of a second's work, rather than in somebody's first turn."""
    for language in house_languages():
        catalogue(language)


@cache
def fallbacks(language: Language) -> tuple[Language, ...]:
    """Where a text is looked for, in order: de-simple, de; the msgid itself is the English one."""
    parts = language.split("-")
    return tuple(Language("-".join(parts[:end])) for end in range(len(parts), 0, -1))


# -- translation


def translate(msgid: str, language: Language | str, /, **params: object) -> str:
    """The text in a language, with `{names}` filled in. Values are inserted as they are and never read as a format."""
    text = _look_up("", msgid, Language(language))
    return text.format_map(params) if params else text


def plural(one: str, many: str, number: int, language: Language | str, /, **params: object) -> str:
    """The text for a number of things; `{n}` is the number as people of the language write it."""
    filled = {"n": format_number(number, language), **params}
    for candidate in fallbacks(Language(language)):
        found = catalogue(candidate)
        forms = found.texts.get(("", one))
        if forms:
            index = min(_plural_index(found.plural_expression, number), len(forms) - 1)
            return forms[index].format_map(filled)
    return (one if number == 1 else many).format_map(filled)


def synonyms(msgid: str) -> tuple[str, ...]:
    """What may be typed for a command, in every language of the house at once (see `WORDS`)."""
    lists = [msgid, *(catalogue(language).texts.get((WORDS, msgid), ("",))[0] for language in house_languages())]
    return tuple(dict.fromkeys(word.strip() for text in lists for word in text.split(",") if word.strip()))


@lru_cache(LOOK_UPS)
def _look_up(context: str, msgid: str, language: Language) -> str:
    for candidate in fallbacks(language):
        forms = catalogue(candidate).texts.get((context, msgid))
        if forms:
            return forms[0]
    return msgid


@cache
def _plural_function(expression: str):  # type: ignore[no-untyped-def]
    return c2py(expression)


def _plural_index(expression: str, number: int) -> int:
    return int(_plural_function(expression)(number))


# -- languages


@cache
def locale_of(language: Language | str) -> Locale:
    """How people of the language write days and numbers; British English for a language that is nowhere described."""
    if language == ENGLISH:
        return Locale("en", "GB")
    for candidate in fallbacks(Language(language)):
        try:
            return Locale.parse(candidate.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "GB")


def best_language(hint: str, available: Sequence[Language]) -> Language:
    """The language to begin with: the messenger's, else its base, else English for a stranger, else the town's first.

    `hint` is any text that claims to be a BCP 47 tag, or ''. `available` is never empty.
    """
    wanted = hint.strip().replace("_", "-").lower()
    parts = [part for part in wanted.split("-") if part]
    for end in range(len(parts), 0, -1):
        for language in available:
            if language.lower() == "-".join(parts[:end]):
                return language
    if parts and ENGLISH in available:
        return ENGLISH
    return available[0]


@lru_cache(LANGUAGES)
def own_name(language: Language | str) -> str:
    """A language in its own words ("Deutsch", "English", "Leichte Sprache")."""
    if language == EASY_GERMAN:
        return "Leichte Sprache"
    try:
        name = Locale.parse(language.replace("-", "_")).display_name
    except (UnknownLocaleError, ValueError):
        return str(language)
    return (name or str(language))[:1].upper() + (name or str(language))[1:]


def direction(language: Language | str) -> str:
    """ "ltr" or "rtl"."""
    return locale_of(language).text_direction


# -- days, numbers, lists


def format_day(day: date, language: Language | str, today: date | None = None) -> str:
    """A day in words ("31. März"); with the year unless it is this year's."""
    locale = locale_of(language)
    if today is not None and day.year == today.year:
        return format_skeleton("MMMMd", day, locale=locale)
    return format_date(day, "long", locale=locale)


def format_clock(moment: time, language: Language | str) -> str:
    """A time of day without seconds ("14:30")."""
    return format_time(moment, "short", locale=locale_of(language))


def format_number(number: int | float | Decimal, language: Language | str) -> str:
    """A number as people write it ("1.200", "1,5"); every decimal that it has is kept."""
    return _whole(number, language) if type(number) is int else _format_number(number, language)


_GROUPED_FROM = 10_000


@lru_cache(1024)
def _whole(number: int, language: Language | str) -> str:
    """Counts and positions, a few in every message: each is put into words once."""
    return _format_number(number, language)


def _format_number(number: int | float | Decimal, language: Language | str, *, grouped: bool = True) -> str:
    return format_decimal(number, locale=locale_of(language), decimal_quantization=False, group_separator=grouped)


def enumerate_words(items: Iterable[str], language: Language | str) -> str:
    """A list as a sentence has it ("Arzt, Einkaufen und Arbeit")."""
    return format_list(list(items), locale=locale_of(language))


@dataclass(frozen=True, slots=True)
class Voice:
    """One language on one day: what a dialogue speaks with."""

    language: Language
    today: date

    @property
    def own(self) -> Language:
        """The language that our own words come in, where the form speaks one that the house does not know."""
        return next((found for found in fallbacks(self.language) if found in house_languages()), ENGLISH)

    def t(self, msgid: str, /, **params: object) -> str:
        """See `translate`."""
        return translate(msgid, self.language, **params)

    def n(self, one: str, many: str, number: int, /, **params: object) -> str:
        """See `plural`."""
        return plural(one, many, number, self.language, **params)

    def day(self, day: date) -> str:
        return format_day(day, self.own, self.today)

    def month(self, day: date) -> str:
        """The day's month with its year ("März 2019")."""
        return str(format_skeleton("yMMMM", day, locale=locale_of(self.own)))

    def year(self, day: date) -> str:
        return str(format_skeleton("y", day, locale=locale_of(self.own)))

    def moment(self, moment: datetime) -> str:
        return f"{self.day(moment.date())}, {self.clock(moment.time())}"

    def clock(self, moment: time) -> str:
        return format_clock(moment, self.own)

    def number(self, number: int | float | Decimal) -> str:
        return format_number(number, self.own)

    def figure(self, number: int | float | Decimal) -> str:
        """A number of a form, which may be a year: four figures stand together."""
        return _format_number(number, self.own, grouped=not -_GROUPED_FROM < number < _GROUPED_FROM)

    def quoted(self, text: str) -> str:
        """The text in the quotation marks of the language."""
        return translate("“{text}”", self.language, text=text)

    def items(self, items: Iterable[str]) -> str:
        return enumerate_words(items, self.own)

"""Which languages a conversation may be held in, and how a form calls them.

XLSForm authors name a translation as they like: "Deutsch (de)", "English (en)", "Français", "fr", "default".
The house works with tags. Not here: translation (`i18n.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers

from dialogs.forms.model import Form
from dialogs.i18n import EASY_GERMAN, best_language, fallbacks, own_name
from dialogs.messages import Language
from dialogs.reading.folding import key
from dialogs.triggers import plainly
from dialogs.world import Survey, World

_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{2,8}){0,3})\s*\)\s*$")
_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_SPOKEN_HERE = (
    *("ar", "bg", "bs", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "hi", "hr", "hu", "it", "ja", "ko", "ku"),
    *("mk", "nl", "pl", "ps", "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "th", "ti", "tr", "uk", "ur", "vi"),
    "zh",
)
"""Languages known by their own names, looked at last: each costs some milliseconds once, so not all of the world's."""
_EASY_NAMES = frozenset({"leichte sprache", "einfache sprache", "easy german", "deutsch leicht", "leichtes deutsch"})


@cache
def tag_of(name: str) -> Language:
    """The tag of a form's language by the name that its author gave it; a private tag where the name says nothing."""
    bracketed = _IN_BRACKETS.search(name)
    if bracketed is not None:
        return Language(bracketed[1].replace("_", "-").lower())
    folded = key(name)
    if folded in _EASY_NAMES:
        return EASY_GERMAN
    for known in (_languages_by_name, _languages_by_own_name):
        if folded in known():
            return known()[folded]
    if _TAG.fullmatch(name.strip()) and re.split("[-_]", name.strip().lower())[0] in locale_identifiers():
        return Language(name.strip().replace("_", "-").lower())
    return Language("x-" + (re.sub(r"[^a-z0-9]", "", folded)[:8] or "form"))


@cache
def _languages_by_name() -> Mapping[str, Language]:
    """Languages by what they are called in English and in German."""
    found: dict[str, Language] = {}
    for speaker in ("en", "de"):
        for code, name in Locale(speaker).languages.items():
            found.setdefault(key(str(name)), Language(str(code).replace("_", "-").lower()))
    found.pop("", None)
    return found


@cache
def _languages_by_own_name() -> Mapping[str, Language]:
    """Languages by what they call themselves."""
    return {key(Locale.parse(code).get_display_name(code) or code): Language(code) for code in _SPOKEN_HERE}


def form_languages(form: Form) -> dict[Language, str]:
    """The form's languages by tag, in the form's order; empty for a form that names none."""
    found: dict[Language, str] = {}
    for name in form.languages:
        if name and name.lower() != "default":
            found.setdefault(tag_of(name), name)
    return found


def form_language(form: Form, language: Language) -> str | None:
    """How the form calls the language, or the nearest that it has; None: its default."""
    known = form_languages(form)
    for candidate in fallbacks(language):
        if candidate in known:
            return known[candidate]
    return None


def spoken(world: World, survey: Survey | None, form: Form | None) -> tuple[Language, ...]:
    """Languages that a citizen may choose: the town's, and those of the survey's form."""
    own = world.town.languages
    extra = form_languages(form) if form is not None else {}
    wanted = frozenset(survey.languages) if survey is not None else frozenset()
    every = dict.fromkeys((*own, *extra))
    return tuple(language for language in every if not wanted or language in wanted) or own


def first_language(world: World, survey: Survey | None, form: Form | None) -> Language:
    """The language to begin with, by the messenger's setting."""
    return best_language(world.language_hint, spoken(world, survey, form))


def name_of(language: Language, form: Form | None) -> str:
    """What a button calls the language: its own name, or the author's name for a language that nobody knows."""
    if form is not None and language.startswith("x-"):
        return form_languages(form).get(language, str(language))
    return own_name(language)


def named(text: str, available: tuple[Language, ...], form: Form | None) -> Language | None:
    """The available language that the text names: by its own name, in German or English, or by its tag."""
    wanted = key(plainly(text))
    if not wanted:
        return None
    for language in available:
        if wanted in (key(name_of(language, form)), key(language)):
            return language
    if wanted in _EASY_NAMES and EASY_GERMAN in available:
        return EASY_GERMAN
    meant = _languages_by_name().get(wanted)
    return meant if meant in available else None

"""Every text that a citizen or clerk can read exists in every language of the house."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from dialogs import i18n
from dialogs.i18n import WORDS, Voice, best_language, catalogue, format_day, format_number, house_languages, plural
from dialogs.messages import Language

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("dialogs", "adapters", "storage", "bot", "desk")
ONE = {"N_", "t", "translate"}
MANY = {"n", "plural"}
STAFF = ("bot", "desk", "dialogs/forms", "storage")
"""Rooms that speak to staff only, to whom easy German is German."""
TRANSLATED = [language for language in house_languages() if language != "en"]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _calls(path: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(context, msgid, all its forms) of every text in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [_text(argument) for argument in node.args[:2]]
        if name in ONE and texts[0] is not None:
            yield "", texts[0], (texts[0],)
        elif name in MANY and len(texts) == 2 and texts[0] is not None and texts[1] is not None:
            yield "", texts[0], (texts[0], texts[1])
        elif name == "W_" and texts[0] is not None:
            yield WORDS, texts[0], (texts[0],)


def _calls_in_template(path: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The same of a page's template."""
    for call in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        texts = [argument.value for argument in call.args[:2] if isinstance(argument, nodes.Const)]
        if name in ONE and texts:
            yield "", texts[0], (texts[0],)
        elif name in MANY and len(texts) == 2:
            yield "", texts[0], (texts[0], texts[1])


@cache
def _msgids() -> dict[tuple[str, str], tuple[tuple[str, ...], str]]:
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for context, msgid, forms in _calls(path):
                found[context, msgid] = (forms, path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / room).rglob("templates/**/*.html")):
            for context, msgid, forms in _calls_in_template(path):
                found.setdefault((context, msgid), (forms, path.relative_to(ROOT).as_posix()))
    return found


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_texts_of_the_conversation_are_found() -> None:
    msgids = _msgids()
    assert ("", "Thank you, that helps.") in msgids
    assert (WORDS, "start, begin") in msgids
    assert len(msgids) > 150


@pytest.mark.parametrize(
    "room",
    [
        "dialogs",
        "dialogs/forms",
        "adapters/telegram",
        "adapters/signal",
        "adapters/matrix",
        "adapters/web",
        "storage",
        "bot",
        "desk",
    ],
)
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: Language, room: str) -> None:
    known = catalogue(language).texts
    fallback = catalogue(Language("de")).texts if language.startswith("de-") else {}
    missing = [
        f"{where}: {msgid}"
        for (context, msgid), (_, where) in _msgids().items()
        if _room(where) == room
        and (context, msgid) not in known
        and not ((context, msgid) in fallback and (context == WORDS or room in STAFF))
    ]
    assert not missing, f"missing in {language}:\n" + "\n".join(missing)


def _room(where: str) -> str:
    """Who owns a text: a room of the staff with all below it, an adapter with its pages, else the file's folder."""
    for room in STAFF:
        if where.startswith(f"{room}/"):
            return room
    return where.rpartition("/")[0].removesuffix("/templates")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_names(language: Language) -> None:
    for key, (forms, _) in _msgids().items():
        names = set().union(*map(_names, forms))
        for text in catalogue(language).texts.get(key, ()):
            if key[0] != WORDS:
                assert _names(text) == names, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_cheers_with_exclamation_marks(language: Language) -> None:
    for (context, msgid), texts in catalogue(language).texts.items():
        assert context == WORDS or not any("!" in text for text in (msgid, *texts)), msgid


def test_german_addresses_people_with_sie() -> None:
    for texts in catalogue(Language("de")).texts.values():
        assert not any(f" {word} " in f" {text.lower()} " for text in texts for word in ("dein", "deine", "dir")), texts


def test_easy_german_keeps_its_sentences_short() -> None:
    for (context, _), texts in catalogue(Language("de-simple")).texts.items():
        for text in texts:
            for sentence in text.replace("\n", ". ").replace("? ", ". ").replace(": ", ". ").split(". "):
                assert context == WORDS or len(sentence.split()) <= 14, sentence


def test_what_easy_german_lacks_is_said_in_german() -> None:
    assert i18n.synonyms("start, begin")[2:4] == ("starten", "los")
    assert i18n.fallbacks(Language("de-simple")) == ("de-simple", "de")


def test_a_text_without_any_translation_is_said_in_english() -> None:
    assert i18n.translate("Back", "fr") == "Back"


def test_values_are_inserted_and_never_read_as_a_format() -> None:
    said = i18n.translate("Your answer: {answer}", "de", answer="{evil.__class__}")
    assert said == "Ihre Antwort: {evil.__class__}"


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("DE-simple", "de-simple"),
        ("en-US", "en"),
        ("fr", "en"),
        ("", "de"),
        ("💥", "en"),
    ],
)
def test_the_language_follows_the_messenger(hint: str, expected: str) -> None:
    assert best_language(hint, (Language("de"), Language("en"), Language("de-simple"))) == expected


def test_a_stranger_in_a_town_without_english_gets_the_towns_first_language() -> None:
    assert best_language("fr", (Language("de"),)) == "de"


def test_days_and_numbers_are_written_as_people_do() -> None:
    today = date(2026, 11, 23)
    assert format_day(date(2026, 12, 3), "de", today) == "3. Dezember"
    assert format_day(date(2027, 3, 31), "de", today) == "31. März 2027"
    assert format_day(date(2027, 3, 31), "en", today) == "31 March 2027"
    assert format_number(1200.5, "de-simple") == "1.200,5"
    assert i18n.enumerate_words(["a", "b", "c"], "de") == "a, b und c"
    assert plural("{n} question, {time}.", "{n} questions, {time}.", 1, "de", time="x") == "1 Frage, x."


def test_our_days_follow_our_words_where_the_form_speaks_another_language() -> None:
    assert Voice(Language("fr"), date(2026, 1, 1)).day(date(2027, 4, 14)) == "14 April 2027"


def test_right_to_left_is_known() -> None:
    assert i18n.direction("ar") == "rtl"
    assert i18n.direction("de-simple") == "ltr"


def test_the_desk_has_one_german_name() -> None:
    """`docs/glossary.md`: "Schreibtisch"."""
    texts = [path.read_text("utf-8") for path in sorted(Path(i18n.__file__).with_name("locale").glob("de*/*.po"))]
    assert texts
    assert not [text for text in texts if "Oberfläche" in text]

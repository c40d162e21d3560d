"""How forms call their languages, and what a citizen may call them."""

from __future__ import annotations

import pytest

from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.languages import form_language, form_languages, named, tag_of
from dialogs.messages import Language

FORM = """
| survey | | | | | |
| | type | name | label::Deutsch (de) | label::Leichte Sprache (de-simple) | label::Musterisch |
| | text | a | Frage | Leichte Frage | Hab SoSlI |
"""


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Deutsch (de)", "de"),
        ("English (en)", "en"),
        ("Leichte Sprache (de-simple)", "de-simple"),
        ("Leichte Sprache", "de-simple"),
        ("French", "fr"),
        ("français", "fr"),
        ("Französisch", "fr"),
        ("Arabic (ar)", "ar"),
        ("العربية", "ar"),
        ("en", "en"),
        ("pt_BR", "pt-br"),
        ("Bahasa Indonesia", "x-bahasain"),
        ("Musterisch", "x-musteris"),
        ("", "x-form"),
    ],
)
def test_a_forms_name_becomes_a_tag(name: str, tag: str) -> None:
    assert tag_of(name) == tag


def test_a_form_speaks_the_nearest_language_that_it_has() -> None:
    form = compile_form(to_xform("a.md", FORM.encode()).xform)
    assert list(form_languages(form)) == ["de", "de-simple", "x-musteris"]
    assert form_language(form, Language("de-simple")) == "Leichte Sprache (de-simple)"
    assert form_language(form, Language("de-at")) == "Deutsch (de)"
    assert form_language(form, Language("en")) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Deutsch", "de"),
        ("german", "de"),
        ("ENGLISH", "en"),
        ("Englisch", "en"),
        ("einfache Sprache", "de-simple"),
        ("leichte sprache", "de-simple"),
        ("de", "de"),
        ("Musterisch", "x-musteris"),
        ("französisch", None),
        ("", None),
    ],
)
def test_a_language_is_named_in_many_ways(text: str, language: str | None) -> None:
    form = compile_form(to_xform("a.md", FORM.encode()).xform)
    available = tuple(map(Language, ("de", "en", "de-simple", "x-musteris")))
    assert named(text, available, form) == language

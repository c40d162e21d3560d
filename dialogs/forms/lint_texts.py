"""What citizens will read: too long, too hard, missing in a language, asking for what is not needed.

Not here: formulas (`lint_expressions.py`), the figures of the summary (`check.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogs.forms import sensitive
from dialogs.forms.findings import Finding, advice, warning
from dialogs.forms.msgids import N_
from dialogs.forms.questionnaire import Item, Language, Questionnaire
from dialogs.forms.questions import LONG_LIST, QuestionType
from dialogs.forms.reading_ease import MIN_WORDS, Reading, reading

LABEL_CHARACTERS = 300
"""A label longer than this fills the screen of a phone before anybody can answer."""
CHOICE_CHARACTERS = 48
"""A label of a choice longer than this is cut on buttons."""
MANY_CHOICES = 12
"""Choices from which on people read the first and the last."""
MANY_QUESTIONS = 25
"""Questions from which on most people stop before the end."""
HARD_SCORE = 30.0
"""Reading ease below which a text is for experts."""
LONG_SENTENCE = 25
"""Words."""
EASY_SENTENCE = 12
"""Words of a sentence in easy language."""
EASY_SCORE = 50.0

_CODE = re.compile(r"\([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*\)\s*$")
_SELECTS = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})
_TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_SENSITIVE_TYPES = frozenset({QuestionType.TEXT, QuestionType.INTEGER, QuestionType.DATE, *_SELECTS})


def lint_texts(form: Questionnaire) -> Iterator[Finding]:
    """Every remark about the words of the form."""
    yield from _whole(form)
    for item in form.items:
        yield from _translations(form, item)
        if item.type is not None:
            yield from _lengths(form, item)
            yield from _data(form, item)
    yield from _choices(form)


def _whole(form: Questionnaire) -> Iterator[Finding]:
    asked = [item for item in form.asked() if item.type is not QuestionType.NOTE]
    if not asked:
        yield warning(N_("The form asks nothing. Add a question to the sheet “survey”."), sheet=form.survey)
    if len(asked) > MANY_QUESTIONS:
        yield advice(
            N_("{count} questions are a lot for a chat. Ask what you will really use; {limit} are a good measure."),
            count=str(len(asked)),
            limit=str(MANY_QUESTIONS),
            sheet=form.survey,
        )
    if form.languages and not any(language.easy for language in form.languages):
        yield advice(
            N_("There is no text in easy language. Add the column “label::Leichte Sprache (de-simple)”."),
            sheet=form.survey,
        )
    without_code = [language.name for language in form.languages if language.name and not _CODE.search(language.name)]
    if without_code:
        yield warning(
            N_("Name each language with its code, for example “Deutsch (de)”: {languages}."),
            languages=", ".join(without_code),
            sheet=form.survey,
        )
    if not _states_purpose(form):
        yield warning(
            N_("The form does not say what it is for. Add the column “purpose” to the sheet “settings”."),
            sheet="settings",
        )


def _states_purpose(form: Questionnaire) -> bool:
    if any(header.split("::")[0].strip() in {"purpose", "description"} for header in form.settings):
        return True
    first = next(form.asked(), None)
    return first is not None and first.type is QuestionType.NOTE


def _translations(form: Questionnaire, item: Item) -> Iterator[Finding]:
    for column in _TRANSLATED:
        written = [language for language in form.languages if (column, language.name) in item.texts]
        if not written:
            continue
        for language in form.languages:
            if language not in written:
                yield warning(
                    N_("The {column_name} of “{name}” is missing in {in_language}. Write it, or remove the language."),
                    column_name=column,
                    name=item.name,
                    in_language=_called(language),
                    sheet=form.survey,
                    row=item.row,
                    column=item.header(column, language.name),
                )


def _called(language: Language) -> str:
    return language.name or "default"


def _lengths(form: Questionnaire, item: Item) -> Iterator[Finding]:
    for language in form.languages:
        label = item.texts.get(("label", language.name), "")
        header = item.header("label", language.name)
        if len(label) > LABEL_CHARACTERS:
            yield advice(
                N_("This question has {count} characters. Up to {limit} fit a phone; put explanations into the hint."),
                count=str(len(label)),
                limit=str(LABEL_CHARACTERS),
                sheet=form.survey,
                row=item.row,
                column=header,
            )
        figures = reading(label, language.code)
        if figures is not None and figures.words >= MIN_WORDS and _is_hard(figures, language):
            yield advice(
                N_("This is hard to read (score {score}, longest sentence {words} words). Write shorter sentences."),
                score=f"{figures.score:.0f}",
                words=str(figures.longest_sentence),
                sheet=form.survey,
                row=item.row,
                column=header,
            )


def _is_hard(figures: Reading, language: Language) -> bool:
    if language.easy:
        return figures.longest_sentence > EASY_SENTENCE or figures.score < EASY_SCORE
    return figures.longest_sentence > LONG_SENTENCE or figures.score < HARD_SCORE


def _data(form: Questionnaire, item: Item) -> Iterator[Finding]:
    """Remark on each kind of protected data once a question, in the first language that gives it away."""
    if item.type not in _SENSITIVE_TYPES:
        return
    seen: set[sensitive.Category] = set()
    for language in form.languages:
        for category, word in sensitive.asks_for(item.texts.get(("label", language.name), "")).items():
            if category in seen:
                continue
            seen.add(category)
            yield warning(
                sensitive.REMARKS[category],
                word=word,
                sheet=form.survey,
                row=item.row,
                column=item.header("label", language.name),
            )


def _choices(form: Questionnaire) -> Iterator[Finding]:
    used = {item.list_name: item for item in form.asked() if item.type in _SELECTS and not item.file}
    for name, item in used.items():
        choices = form.choices.get(name, ())
        if MANY_CHOICES < len(choices) <= LONG_LIST and "choice_filter" not in item.cells:
            yield advice(
                N_("{count} choices are many to read in a chat. Put the most frequent first, or make groups."),
                count=str(len(choices)),
                sheet=form.choices_sheet,
                row=choices[0].row,
            )
        for choice in choices:
            for language in form.languages:
                label = choice.labels.get(language.name, "")
                header = choice.headers.get(f"label::{language.name}") or choice.headers.get("label", "label")
                if not label and choice.labels:
                    yield warning(
                        N_("The choice “{name}” has no label in {in_language}. Write it."),
                        name=choice.name,
                        in_language=_called(language),
                        sheet=form.choices_sheet,
                        row=choice.row,
                        column=header,
                    )
                elif len(label) > CHOICE_CHARACTERS:
                    yield advice(
                        N_("This choice has {count} characters; a button shows about {limit}. Say it shorter."),
                        count=str(len(label)),
                        limit=str(CHOICE_CHARACTERS),
                        sheet=form.choices_sheet,
                        row=choice.row,
                        column=header,
                    )

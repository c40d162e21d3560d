"""The door of this room: which reader reads which type of question."""

from __future__ import annotations

from datetime import date, time
from typing import assert_never

from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.reading.choices import read_choice
from dialogs.reading.dates import read_date
from dialogs.reading.folding import clean, key
from dialogs.reading.menu import YES_SIGNS, signs
from dialogs.reading.numbers import read_number
from dialogs.reading.outcomes import ANSWER_LIMIT, TEXT_LIMIT, Problem, Reading, Taken, Unread
from dialogs.reading.places import read_line, read_place
from dialogs.reading.selections import read_ranking, read_selection
from dialogs.reading.times import read_moment, read_time
from dialogs.reading.vocabulary import families, vocabulary

_ACKNOWLEDGED = "OK"  # what ODK clients store for an acknowledge question

YES_OR_NO = (Option("yes", "yes"), Option("no", "no"))
"""What a repeat question ("Add another …?") is answered with if it brings no options of its own."""


def read(question: Question, text: str, language: str, today: date, now_time: time | None = None) -> Reading:
    """What `text` means as an answer to `question`.

    `language` is the tag the citizen reads in; `today` and `now_time` are the citizen's own day and clock.
    Never raises on any text. Commands ("zurück", "skip") are the conversation's and not known here.
    """
    limit = answer_limit(question)
    if len(text) > limit:
        return Unread(Problem.TOO_LONG)
    text = clean(text)
    match question.type:
        case QuestionType.NOTE:
            return Taken("")
        case QuestionType.IMAGE:
            return Unread(Problem.NEEDS_PHOTO)
        case QuestionType.AUDIO:
            return Unread(Problem.NEEDS_VOICE)
        case QuestionType.VIDEO | QuestionType.FILE:
            return Unread(Problem.NEEDS_FILE)
        case _ if not text:
            return Unread(Problem.EMPTY)
        case QuestionType.TEXT | QuestionType.BARCODE:
            return Taken(text)
        case QuestionType.ACKNOWLEDGE:
            return _read_acknowledgement(text)
        case QuestionType.SELECT_ONE:
            return read_choice(question.options, text, vocabulary(language))
        case QuestionType.SELECT_MULTIPLE:
            return read_selection(question.options, text, vocabulary(language), question.required)
        case QuestionType.RANK:
            return read_ranking(question.options, text, vocabulary(language))
        case QuestionType.REPEAT:
            return read_choice(question.options or YES_OR_NO, text, vocabulary(language))
        case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.RANGE:
            return read_number(question, text, language)
        case QuestionType.DATE:
            return read_date(question.appearance, text, language, today)
        case QuestionType.TIME:
            return read_time(text, language, now_time)
        case QuestionType.DATETIME:
            return read_moment(text, language, today, now_time)
        case QuestionType.GEOPOINT:
            return read_place(text)
        case QuestionType.GEOTRACE | QuestionType.GEOSHAPE:
            return read_line(question.type, text)
        case _:
            assert_never(question.type)


def answer_limit(question: Question) -> int:
    """Characters that an answer may have: more only where free text is asked or a choice itself is longer."""
    if question.type in (QuestionType.TEXT, QuestionType.BARCODE):
        return TEXT_LIMIT
    return ANSWER_LIMIT + sum(len(option.label) for option in question.options)


def _read_acknowledgement(text: str) -> Reading:
    said = key(text)
    agreed = said in families("acknowledged") or said in families("yes") or set(signs(text)) <= YES_SIGNS
    return Taken(_ACKNOWLEDGED) if agreed else Unread(Problem.NOT_ACKNOWLEDGED)

"""How results are named: questions, choices and bins in the reader's language, and why a number is not shown.

Not here: tables of the terminal (`bot/screen.py`), pages and charts (`desk/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice, locale_of
from dialogs.languages import form_language
from privacy.disclosure import Status
from privacy.views import THE_REST

_DAYS = frozenset({QuestionType.DATE, QuestionType.DATETIME})


def question_name(control: Control, form: Form, voice: Voice) -> str:
    """A question as it was asked; its name where it was asked without words."""
    return nearest(control.labels, form, voice) or control.ref.rpartition("/")[2]


def cell_name(value: str, control: Control, form: Form, voice: Voice) -> str:
    """A choice in words, a bin as its edges."""
    if value == THE_REST:
        return voice.t("elsewhere") if control.type is QuestionType.GEOPOINT else voice.t("all others, and no answer")
    if control.choices and value in control.choices:
        return nearest(control.choices[value], form, voice) or value
    if control.type is QuestionType.GEOPOINT:
        return value
    low, high = edges(value)
    if low is None and high is not None:
        return voice.t("below {edge}", edge=edge_name(high, control, voice))
    if low is not None and high is None:
        return voice.t("{edge} and more", edge=edge_name(low, control, voice))
    if low is not None and high is not None and low != high:
        return voice.t(
            "{low} to below {high}", low=edge_name(low, control, voice), high=edge_name(high, control, voice)
        )
    return edge_name(value, control, voice)


def edges(value: str) -> tuple[str | None, str | None]:
    """Lower and upper edge of a bin as `storage.tallies` names it; None where it is open, twice the same for a bin of
    one number."""
    if value.startswith("<"):
        return None, value[1:]
    if value.startswith(">="):
        return value[2:], None
    low, dots, high = value.partition("..")
    return (low, high) if dots else (value, value)


def edge_name(edge: str, control: Control, voice: Voice) -> str:
    """An edge as people write it: a number with their separators, a month by its name."""
    if control.type in _DAYS:
        year, _, month = edge.partition("-")
        if year.isdigit() and month.isdigit() and 1 <= int(month) <= 12 and int(year) > 0:
            return format_date(date(int(year), int(month), 1), "MMM y", locale=locale_of(voice.own))
        return edge
    try:
        number = float(edge)
    except ValueError:
        return edge
    return voice.number(int(number) if number.is_integer() else number)


def why_hidden(status: Status, least: int, voice: Voice) -> str:
    """Why nothing of a question is shown."""
    match status:
        case Status.TOO_FEW:
            return voice.t("hidden, because fewer than {least} people answered", least=str(least))
        case Status.LINKED:
            return voice.t("hidden: how many were asked would tell a small group of an earlier question")
        case _:
            return voice.t("hidden: it would tell a small group")


def nearest(texts: Mapping[str, str], form: Form, voice: Voice) -> str:
    """A form's text in the language nearest to the reader's."""
    name = form_language(form, voice.language) or form.default_language
    return texts.get(name) or next((text for text in texts.values() if text), "")

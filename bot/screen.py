"""How the command line shows things: reports of a check, lists, results. Words through gettext, no logic.

Colours only where the terminal has them, and never alone: every state is a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dialogs.forms.controls import Control
from dialogs.forms.findings import Finding, Severity
from dialogs.forms.model import Form
from dialogs.forms.report import Report, Summary
from dialogs.i18n import N_, Voice
from dialogs.world import Survey
from privacy.disclosure import SafeQuestion, Status
from privacy.views import THE_REST, Refusal
from storage.acts.naming import cell_name, nearest, why_hidden
from storage.acts.results import Refused, View

SEVERITIES = {
    Severity.ERROR: (N_("Error"), "bold red"),
    Severity.WARNING: (N_("Warning"), "bold yellow"),
    Severity.ADVICE: (N_("Advice"), "bold cyan"),
}

TYPES = {
    "select_one": N_("one choice"),
    "select_multiple": N_("several choices"),
    "rank": N_("ranking"),
    "text": N_("text"),
    "integer": N_("whole number"),
    "decimal": N_("number"),
    "range": N_("scale"),
    "date": N_("date"),
    "time": N_("time of day"),
    "dateTime": N_("date and time"),
    "geopoint": N_("place"),
    "geotrace": N_("line on a map"),
    "geoshape": N_("area on a map"),
    "image": N_("photo"),
    "audio": N_("voice message"),
    "video": N_("film"),
    "file": N_("file"),
    "barcode": N_("barcode"),
    "acknowledge": N_("confirmation"),
}


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and line feed, marks of direction, spaces of no width."""


def report(found: Report, voice: Voice) -> RenderableType:
    """A check's findings, worst first, and the form in figures."""
    parts: list[RenderableType] = [_finding(finding, voice) for finding in found.findings]
    if found.summary is not None:
        parts.append(summary(found.summary, voice))
    parts.append(Text(_verdict(found, voice), style="bold"))
    return Group(*parts)


def _finding(finding: Finding, voice: Voice) -> RenderableType:
    word, style = SEVERITIES[finding.severity]
    line = Text.assemble((voice.t(word), style), ("  " + place(finding, voice), "dim"))
    return Group(line, Padding(Text(finding.told(voice.t)), (0, 0, 1, 2)))


def place(finding: Finding, voice: Voice) -> str:
    """Where a finding is: "sheet survey, row 7, column constraint"."""
    where = []
    if finding.sheet:
        where.append(voice.t("sheet {name}", name=finding.sheet))
    if finding.row is not None:
        where.append(voice.t("row {number}", number=str(finding.row)))
    if finding.column:
        where.append(voice.t("column {name}", name=finding.column))
    return ", ".join(where)


def _verdict(found: Report, voice: Voice) -> str:
    errors = len(found.errors)
    if errors:
        return voice.n(
            "Not ready: {n} error has to be mended first.", "Not ready: {n} errors have to be mended first.", errors
        )
    if found.warnings:
        return voice.t("Ready to publish. The warnings are worth a look first.")
    return voice.t("Ready to publish.")


def summary(figures: Summary, voice: Voice) -> RenderableType:
    """The form in figures."""
    table = Table.grid(padding=(0, 2))
    total = sum(figures.questions.values())
    kinds = ", ".join(
        f"{number} × {voice.t(TYPES.get(kind, kind))}" for kind, number in figures.questions.items() if number
    )
    table.add_row(voice.t("Title"), figures.title)
    table.add_row(voice.t("Questions"), f"{total} ({kinds})" if kinds else str(total))
    if figures.shortest_path != figures.longest_path:
        table.add_row(
            voice.t("Asked"),
            voice.t("between {least} and {most}", least=str(figures.shortest_path), most=str(figures.longest_path)),
        )
    table.add_row(voice.t("Takes about"), voice.n("{n} minute", "{n} minutes", figures.minutes))
    table.add_row(voice.t("Languages"), ", ".join(figures.languages) or voice.t("one, without a name"))
    if figures.repeats:
        table.add_row(voice.t("Repeats"), str(figures.repeats))
    if figures.media:
        table.add_row(voice.t("Files"), ", ".join(figures.media))
    return Padding(table, (0, 0, 1, 0))


def surveys(published: Sequence[Survey], today: date, voice: Voice) -> RenderableType:
    """All surveys and how they stand."""
    if not published:
        return Text(voice.t("No survey is published yet. Begin with: zuruf survey publish FILE --code CODE"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in (N_("Code"), N_("Title"), N_("State"), N_("Opens"), N_("Closes"), N_("Languages")):
        table.add_column(voice.t(column))
    for survey in published:
        table.add_row(
            survey.code,
            title(survey, voice),
            state(survey, today, voice),
            survey.opens.isoformat() if survey.opens else "–",
            survey.closes.isoformat() if survey.closes else "–",
            ", ".join(survey.languages) or "–",
        )
    return table


def title(survey: Survey, voice: Voice) -> str:
    """The survey's title in the voice's language, marked if it is a sample."""
    text = survey.titles.get(voice.language) or survey.titles.get("") or next(iter(survey.titles.values()), survey.code)
    return voice.t("{title} (sample)", title=text) if survey.sample else text


def state(survey: Survey, today: date, voice: Voice) -> str:
    """One word for where a survey stands."""
    if survey.closed or (survey.closes is not None and survey.closes < today):
        return voice.t("closed")
    if survey.opens is not None and today < survey.opens:
        return voice.t("not open yet")
    return voice.t("open")


def fail(console: Console, message: str, voice: Voice) -> None:
    """An error in plain words, on standard error."""
    console.print(Text.assemble((voice.t("Error") + ": ", "bold red"), message))


# -- results


def results(survey: Survey, form: Form, view: View, voice: Voice, by: Sequence[tuple[str, str]] = ()) -> RenderableType:
    """A safe tally, question by question; what is hidden is said to be. `by`: the conditions of a filtered view."""
    head = Text.assemble((title(survey, voice), "bold"))
    if view.safe is None or view.at is None:
        return Group(head, Text(voice.t("Results of this survey are shown after it is closed.")))
    safe = view.safe
    if safe.status is not Status.PUBLISHED:
        fewer = voice.t(
            "Fewer than {least} people have answered so far. Results appear from {least} on.", least=safe.least
        )
        return Group(head, Text(fewer))
    controls = {control.ref: control for control in form.controls}
    parts: list[RenderableType] = [
        head,
        *(Text(_condition(controls[ref], value, form, voice)) for ref, value in by),
        Text(voice.n("{n} person answered.", "{n} people answered.", safe.respondents or 0)),
        Text(
            voice.t(
                "As of {moment}. A new view appears after at least 10 more answers and an hour. The answers are from"
                " people who chose to take part: they are not representative.",
                moment=voice.moment(view.at.astimezone()),
            ),
            style="dim",
        ),
        Text(),
    ]
    parts += [_question(question, safe.least, controls[question.ref], form, voice) for question in safe.questions]
    return Group(*parts)


def _condition(control: Control, value: str, form: Form, voice: Voice) -> str:
    label = nearest(control.labels, form, voice) or control.ref
    return voice.t("Only: {question} {answer}", question=label, answer=cell_name(value, control, form, voice))


def refusal(survey: Survey, form: Form, refused: Refused, voice: Voice) -> str:
    """Why a filtered view is not shown, in a sentence."""
    names = {each.ref: each.ref.rpartition("/")[2] for each in survey.filters}
    match refused.why:
        case Refusal.OPEN:
            return voice.t(
                "Filters open when the survey is closed: two filtered views an hour apart would tell who came between."
            )
        case Refusal.NOT_DECLARED:
            return voice.t(
                "This survey has these filters: {filters}. They are declared when it is published (--filters).",
                filters=", ".join(names.values()) or "–",
            )
        case Refusal.TWICE:
            return voice.t("The same filter twice shows nobody. Name two different ones.")
        case Refusal.NO_SUCH_VALUE:
            offered = [f"{names[ref]}={value}" for ref, values in refused.offered.items() for value in values]
            return voice.t("There is no such value. There are: {offered}.", offered=", ".join(offered) or "–")
        case Refusal.SMALL:
            return voice.t(
                "That group is small and shown with the rest only: {rest}.",
                rest=", ".join(f"{names[ref]}=*" for ref, values in refused.offered.items() if THE_REST in values),
            )
        case Refusal.TOGETHER:
            return voice.t(
                "The two filters together make groups so small that their numbers could be worked out from the others."
                " Take one of them."
            )
        case Refusal.UNAVAILABLE:
            return voice.t("Too few people, or too few groups of them, answered to filter by this.")


def _question(question: SafeQuestion, least: int, control: Control, form: Form, voice: Voice) -> RenderableType:
    label = Text(nearest(control.labels, form, voice) or question.ref, style="bold")
    if not question.is_shown or question.base is None:
        return Padding(Group(label, Text(why_hidden(question.status, least, voice), style="dim")), (0, 0, 1, 0))
    people = Text(voice.n("{n} answer", "{n} answers", question.base), style="dim")
    if question.kept:
        people.append(voice.t(" (of an earlier view: the newer numbers would tell a small group)"))
    table = Table.grid(padding=(0, 2))
    for cell in question.cells:
        name = cell_name(cell.value, control, form, voice)
        if cell.count is None or cell.percent is None:
            table.add_row(name, "", Text(voice.t("hidden: a small group"), style="dim"))
        else:
            table.add_row(name, "█" * round(cell.percent / 4), f"{cell.percent} %  ({cell.count})")
    return Padding(Group(label, people, table) if question.cells else Group(label, people), (0, 0, 1, 0))


def visible(text: str) -> str:
    """A citizen's words for a terminal: what would steer it, turn the line round or hide is shown as a sign."""
    return _STEERING.sub("�", text)

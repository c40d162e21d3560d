"""`survey check` as data: is this form usable, what would a colleague say, and how long does it take.

Pure; untrusted files are checked inside `storage/sandbox`. Not here: printing (`bot/cli.py`, `desk/`), the single
remarks (`lint_texts.py`, `lint_expressions.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from dialogs.forms.errors import CircularForm, ExpressionError, FormError
from dialogs.forms.findings import Finding, RejectedForm, Severity, error
from dialogs.forms.lint_expressions import lint_expressions, needed_files
from dialogs.forms.lint_texts import lint_texts
from dialogs.forms.model import Form, compile_form
from dialogs.forms.msgids import N_
from dialogs.forms.paths import longest
from dialogs.forms.questionnaire import Item, Questionnaire, questionnaire
from dialogs.forms.questions import LONG_LIST, QuestionType
from dialogs.forms.reading_ease import words
from dialogs.forms.report import Report, Summary
from dialogs.forms.xlsform import ITEMSETS, Compiled, to_xform

WORDS_PER_SECOND = 3.0
"""Reading speed of an adult who reads on a phone, a little under the 238 words a minute of silent reading."""
SECONDS_A_MESSAGE = 2.0
"""Until the next question has come and been noticed."""
MAX_OF_A_KIND = 50
"""Findings with the same words in one report: who has more of them has understood."""

_SECONDS: Mapping[QuestionType, float] = {
    QuestionType.SELECT_ONE: 5,
    QuestionType.SELECT_MULTIPLE: 10,
    QuestionType.RANK: 20,
    QuestionType.TEXT: 25,
    QuestionType.INTEGER: 8,
    QuestionType.DECIMAL: 8,
    QuestionType.RANGE: 6,
    QuestionType.DATE: 8,
    QuestionType.TIME: 8,
    QuestionType.DATETIME: 12,
    QuestionType.NOTE: 1,
    QuestionType.ACKNOWLEDGE: 2,
    QuestionType.IMAGE: 30,
    QuestionType.AUDIO: 40,
    QuestionType.VIDEO: 60,
    QuestionType.GEOPOINT: 20,
}
_SECONDS_OTHERWISE = 20.0
_READ_CHOICES = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})
_NOT_QUESTIONS = frozenset({None, QuestionType.NOTE, QuestionType.REPEAT})


def check(name: str, data: bytes, attachments: Mapping[str, bytes] | None = None) -> Report:
    """Check the form in the file `name`; never raises but for `MemoryError`. Findings come in the form's order."""
    try:
        compiled = to_xform(name, data, attachments)
    except RejectedForm as rejected:
        return Report(_sorted(list(rejected.findings)), None)
    written = questionnaire(compiled.workbook) if compiled.workbook is not None else None
    findings = list(compiled.warnings)
    if written is not None:
        findings += [*_missing_files(written, compiled), *lint_texts(written), *lint_expressions(written)]
    form: Form | None = None
    try:
        form = compile_form(compiled.xform, compiled.attachments)
    except FormError as problem:
        if not any(finding.severity is Severity.ERROR for finding in findings):
            findings.append(_of_engine(problem, written))
    if form is not None and written is None:
        findings += [_missing(file, "", None, "") for file in form.missing_attachments]
    summary = _summary(form, written) if form is not None else None
    return Report(_sorted(findings), summary)


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.ADVICE: 2}
    unique = {
        (
            finding.severity,
            finding.msgid,
            finding.sheet,
            finding.row,
            finding.column,
            tuple(finding.params.items()),
        ): finding
        for finding in findings
    }
    ranked = sorted(
        unique.values(), key=lambda finding: (order[finding.severity], finding.sheet != "survey", finding.row or 0)
    )
    seen: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in ranked:
        seen[finding.msgid] += 1
        if seen[finding.msgid] <= MAX_OF_A_KIND:
            kept.append(finding)
    return tuple(kept)


def _missing_files(written: Questionnaire, compiled: Compiled) -> Iterator[Finding]:
    for file, (row, header) in needed_files(written).items():
        if file not in compiled.attachments and file != ITEMSETS:
            yield _missing(file, written.survey, row, header)


def _missing(file: str, sheet: str, row: int | None, header: str) -> Finding:
    return error(
        N_("The file “{file}” is missing. Hand it in together with the form, under exactly this name."),
        file=file,
        sheet=sheet,
        row=row,
        column=header,
    )


def _of_engine(problem: FormError, written: Questionnaire | None) -> Finding:
    """The engine's error with the row of the question that it names."""
    match problem:
        case CircularForm(cycle=cycle):
            names = [path.rsplit("/", 1)[-1] for path in cycle]
            item = _item(written, names[0])
            return _at(
                item,
                written,
                N_("These wait for each other in a circle: {circle}. Remove one of the references."),
                circle=" → ".join(names),
            )
        case ExpressionError():
            item = _mentioned(written, problem)
            found = _at(item, written, N_("This formula cannot be read: {problem}."), **problem.params)
            return replace(found, problem=problem.msgid)
        case _:
            return _at(None, written, N_("The form cannot be asked: {problem}"), problem=str(problem))


def _at(item: Item | None, written: Questionnaire | None, msgid: str, **params: str) -> Finding:
    sheet = written.survey if written is not None else ""
    return Finding(Severity.ERROR, msgid, params, sheet, item.row if item is not None else None)


def _item(written: Questionnaire | None, name: str) -> Item | None:
    items = written.items if written is not None else ()
    return next((item for item in items if item.name == name), None)


def _mentioned(written: Questionnaire | None, problem: ExpressionError) -> Item | None:
    for part in reversed(re.findall(r"[\w.-]+", problem.where)):
        item = _item(written, part)
        if item is not None:
            return item
    return None


def _summary(form: Form, written: Questionnaire | None) -> Summary:
    return _of_xform(form) if written is None else _of_sheets(form, written)


def _of_xform(form: Form) -> Summary:
    """A form that came as XML: what the engine tells."""
    kinds = [QuestionType(control.type) for control in form.controls]
    asked = [kind for kind in kinds if kind not in _NOT_QUESTIONS]
    seconds = sum(
        SECONDS_A_MESSAGE
        + _SECONDS.get(QuestionType(control.type), _SECONDS_OTHERWISE)
        + len(words(next(iter(control.labels.values()), ""))) / WORDS_PER_SECOND
        for control in form.controls
    )
    return Summary(
        form.title,
        tuple(form.languages),
        dict(Counter(kind.value for kind in asked)),
        _minutes(seconds),
        len(asked),
        len(asked),
        0,
        sum(kind is QuestionType.REPEAT for kind in kinds),
        tuple(form.missing_attachments),
    )


def _of_sheets(form: Form, written: Questionnaire) -> Summary:
    asked = [item for item in written.asked() if item.type not in _NOT_QUESTIONS]
    media = {
        text: None
        for item in written.items
        for (column, _), text in item.texts.items()
        if column in {"image", "big-image", "audio", "video"}
    }
    return Summary(
        form.title,
        tuple(form.languages),
        dict(Counter(item.type.value for item in asked if item.type is not None)),
        _minutes(longest(written, lambda item: _seconds(item, written))),
        round(longest(written, lambda item: float(item.type not in _NOT_QUESTIONS))),
        sum(not item.conditions for item in asked),
        sum(item.begins == "group" for item in written.items),
        sum(item.begins in {"repeat", "loop"} for item in written.items),
        (*media, *needed_files(written)),
        _purpose(written),
        written.settings.get("owner", "") if written is not None else "",
    )


def _minutes(seconds: float) -> int:
    """Rounded to the nearest minute, at least one."""
    return max(1, round(seconds / 60))


def _seconds(item: Item, written: Questionnaire) -> float:
    """Time to read the question and its choices, in the form's first language, and to answer."""
    assert item.type is not None
    texts = [next((text for (column, _), text in item.texts.items() if column == "label"), "")]
    if item.type in _READ_CHOICES:
        texts += [
            next(iter(choice.labels.values()), "") for choice in written.choices.get(item.list_name, ())[:LONG_LIST]
        ]
    count = sum(len(words(text)) for text in texts)
    return SECONDS_A_MESSAGE + _SECONDS.get(item.type, _SECONDS_OTHERWISE) + count / WORDS_PER_SECOND


def _purpose(written: Questionnaire) -> dict[str, str]:
    found: dict[str, str] = {}
    for header, text in written.settings.items():
        column, _, language = header.partition("::")
        if column.strip() == "purpose":
            found[language.strip()] = text
    return found

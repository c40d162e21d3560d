"""A form's spreadsheet as its author thinks of it: questions with texts in languages, and lists of choices.

The material of the lint, with rows and headers as written. Not here: running the form (`model.py`), judging
(`lint.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dialogs.forms.columns import Column, cell, columns
from dialogs.forms.questions import QuestionType
from dialogs.forms.sheets import Row, Sheet, Workbook

_TYPE_WORDS: dict[str, QuestionType] = {
    **{kind.value.lower(): kind for kind in QuestionType if kind is not QuestionType.REPEAT},
    "select1": QuestionType.SELECT_ONE,
    "select_one_from_file": QuestionType.SELECT_ONE,
    "select_one_external": QuestionType.SELECT_ONE,
    "select_multiple_from_file": QuestionType.SELECT_MULTIPLE,
    "string": QuestionType.TEXT,
    "int": QuestionType.INTEGER,
    "photo": QuestionType.IMAGE,
    "location": QuestionType.GEOPOINT,
    "trigger": QuestionType.ACKNOWLEDGE,
    "date_time": QuestionType.DATETIME,
}
_SELECT = re.compile(
    r"^(select[ _]?one|select[ _]multiple|rank|select1)(?:[ _](from[ _]file|external))?\s+(\S+)",
    re.IGNORECASE,
)
_BEGIN = re.compile(r"^begin[ _](group|repeat|loop)", re.IGNORECASE)
_END = re.compile(r"^end[ _](group|repeat|loop)", re.IGNORECASE)
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")
_EASY = re.compile(r"leichte|einfache sprache|easy|simple|plain language|\(\w+-(simple|x-)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Language:
    """One language of a form: its name as written in the headers ('' where they name none), and its code."""

    name: str
    code: str
    """BCP 47 code in parentheses, such as `de` or `de-simple`; guessed from the name; '' if unknown."""
    easy: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the survey sheet that is not an end."""

    row: int
    type: QuestionType | None
    """None for groups, calculations and metadata, which are not asked."""
    written_type: str
    name: str
    list_name: str
    file: str
    """Name of the file that a `…_from_file` question takes its choices from."""
    texts: Mapping[tuple[str, str], str]
    """By column and language."""
    cells: Mapping[str, str]
    """By column, for those without language."""
    begins: str
    """`group` or `repeat`, or ''."""
    conditions: tuple[str, ...]
    """Its own condition and those of the groups around it, innermost first."""
    in_repeat: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header as written, by column and by `column::language`."""

    def header(self, column: str, language: str = "") -> str:
        """The header of a column as the author wrote it; `column` itself if the sheet has none."""
        return self.headers.get(f"{column}::{language}") or self.headers.get(column) or column


@dataclass(frozen=True, slots=True)
class ListedChoice:
    """One row of the choices sheet."""

    row: int
    list_name: str
    name: str
    labels: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The whole form as its author wrote it."""

    survey: str
    """Name of the sheet as written."""
    choices_sheet: str
    settings: Mapping[str, str]
    """First row of the settings sheet, by column in lower case, with `::language` as written."""
    items: tuple[Item, ...]
    choices: Mapping[str, tuple[ListedChoice, ...]]
    languages: tuple[Language, ...]

    def asked(self) -> Iterator[Item]:
        """Items that citizens see, notes included."""
        return (item for item in self.items if item.type is not None)


def questionnaire(workbook: Workbook) -> Questionnaire:
    """Read a workbook that pyxform has accepted."""
    survey = workbook.sheets["survey"]
    choices = workbook.sheet("choices")
    settings = workbook.sheet("settings")
    cells = settings.rows[0].cells if settings is not None and settings.rows else {}
    return Questionnaire(
        survey.name,
        choices.name if choices is not None else "choices",
        {_setting(header): text for header, text in cells.items()},
        tuple(_items(survey)),
        _choices(choices) if choices is not None else {},
        _languages(survey),
    )


def _setting(header: str) -> str:
    column, colons, language = header.partition("::")
    return f"{column.strip().lower()}{colons}{language.strip()}"


def _languages(survey: Sheet) -> tuple[Language, ...]:
    names = dict.fromkeys(column.language for column in columns(survey) if column.name == "label")
    return tuple(language(name) for name in names)


def language(name: str) -> Language:
    """Read the name of a language as XLSForm writes it, `Deutsch (de)`."""
    match = _CODE.search(name)
    code = match[1].lower() if match else _guessed_code(name)
    return Language(name, code, bool(_EASY.search(name)))


def _guessed_code(name: str) -> str:
    lowered = name.strip().lower()
    if lowered in {"de", "deutsch", "german"}:
        return "de"
    if lowered in {"en", "english", "englisch"}:
        return "en"
    if "leichte sprache" in lowered:
        return "de-simple"
    return ""


def _headers(found: tuple[Column, ...]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for column in found:
        headers.setdefault(f"{column.name}::{column.language}", column.header)
        headers.setdefault(column.name, column.header)
    return headers


def _items(survey: Sheet) -> Iterator[Item]:
    found = columns(survey)
    headers = _headers(found)
    around: list[tuple[str, tuple[str, ...]]] = []
    for row in survey.rows:
        written = " ".join(cell(survey, row, "type").split())
        if not written:
            continue
        if _END.match(written):
            if around:
                around.pop()
            continue
        begin = _BEGIN.match(written)
        own = cell(survey, row, "relevant")
        conditions = (*((own,) if own else ()), *(around[-1][1] if around else ()))
        yield _item(row, written, found, headers, conditions, any(kind != "group" for kind, _ in around))
        if begin:
            around.append((begin[1].lower(), conditions))


def _item(
    row: Row,
    written: str,
    found: tuple[Column, ...],
    headers: Mapping[str, str],
    conditions: tuple[str, ...],
    in_repeat: bool,
) -> Item:
    texts: dict[tuple[str, str], str] = {}
    cells: dict[str, str] = {}
    for column in found:
        text = row.cells.get(column.header)
        if text:
            texts[(column.name, column.language)] = text
            cells.setdefault(column.name, text)
    select = _SELECT.match(written)
    begin = _BEGIN.match(written)
    from_file = bool(select and select[2] and select[2].lower().startswith("from"))
    return Item(
        row.number,
        None if begin else _type(written, select, cells),
        written,
        cells.get("name", ""),
        select[3] if select else "",
        select[3] if select and from_file else "",
        texts,
        cells,
        begin[1].lower() if begin else "",
        conditions,
        in_repeat,
        headers,
    )


def _type(written: str, select: re.Match[str] | None, cells: Mapping[str, str]) -> QuestionType | None:
    if select:
        word = select[1].lower().replace(" ", "_")
        return _TYPE_WORDS["select_one" if word in {"select1", "selectone"} else word]
    kind = _TYPE_WORDS.get(written.lower()) or _TYPE_WORDS.get(written.lower().replace(" ", "_"))
    if kind is not None and "calculation" in cells and not any(name in cells for name in ("label", "hint")):
        return None
    return kind


def _choices(sheet: Sheet) -> dict[str, tuple[ListedChoice, ...]]:
    found = columns(sheet)
    headers = _headers(found)
    lists: dict[str, list[ListedChoice]] = {}
    for row in sheet.rows:
        list_name = cell(sheet, row, "list_name")
        if not list_name:
            continue
        labels = {
            column.language: row.cells[column.header]
            for column in found
            if column.name == "label" and column.header in row.cells
        }
        choice = ListedChoice(row.number, list_name, cell(sheet, row, "name"), labels, headers)
        lists.setdefault(list_name, []).append(choice)
    return {name: tuple(choices) for name, choices in lists.items()}

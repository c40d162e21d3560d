"""What is to be said about a form, as data: where it is, how bad it is, what to do.

A finding holds an English msgid and its parameters, no finished sentence: `dialogs/i18n.py` renders it in the
author's language. Parameters are words of the form (a name, a file, a number), never of a citizen.

Errors of the intake:

    RejectedForm      the file cannot become a form: show its findings, ask for a better file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How a finding is meant."""

    ERROR = "error"
    """The form cannot be used like this."""
    WARNING = "warning"
    """The form works, but somebody will stumble: a citizen, or the one who reads the results."""
    ADVICE = "advice"
    """The form works; it could ask better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place of a form."""

    severity: Severity
    msgid: str
    """English text with `{placeholders}` (never `language` or `msgid`: `translate` has those), marked by `N_`."""
    params: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    """Name of the sheet as the author wrote it; '' when the file as a whole is meant."""
    row: int | None = None
    """Row of the spreadsheet, or line of a CSV, Markdown or XML file, counted from 1."""
    column: str = ""
    """Header of the column as the author wrote it; '' when the whole row is meant."""
    problem: str = ""
    """A second msgid, with the same params: what stands for `{problem}` in the first one."""

    def told(self, t: Callable[..., str]) -> str:
        """The text in the words of `t` (`Voice.t`)."""
        more = {"problem": t(self.problem, **self.params)} if self.problem else {}
        return t(self.msgid, **self.params, **more)

    def english(self) -> str:
        """The text in English, for tests and for where no catalogue is at hand."""
        return self.told(lambda msgid, **params: msgid.format_map(params))


class RejectedForm(Exception):
    """A file that cannot become a form; `findings` holds at least one error that says why and what to do."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.msgid for finding in findings))
        self.findings = findings


def error(msgid: str, *, sheet: str = "", row: int | None = None, column: str = "", **params: str) -> Finding:
    """A finding that stops the form."""
    return Finding(Severity.ERROR, msgid, params, sheet, row, column)


def warning(msgid: str, *, sheet: str = "", row: int | None = None, column: str = "", **params: str) -> Finding:
    """A finding that does not stop the form, but somebody."""
    return Finding(Severity.WARNING, msgid, params, sheet, row, column)


def advice(msgid: str, *, sheet: str = "", row: int | None = None, column: str = "", **params: str) -> Finding:
    """A finding that makes a working form better."""
    return Finding(Severity.ADVICE, msgid, params, sheet, row, column)

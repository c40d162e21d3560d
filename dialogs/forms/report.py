"""What can be said about a form, as data.

Apart from the checking (`check.py`), which needs the whole compiler of spreadsheets: who only waits for the reports of
the sandbox does not load that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.forms.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Summary:
    """A form in figures."""

    title: str
    languages: tuple[str, ...]
    """As the form names them, the default first; empty if it names none."""
    questions: Mapping[str, int]
    """Number of questions by type, as XLSForm names the types; notes are not counted."""
    minutes: int
    """Estimated minutes to read and answer all of `longest_path` once, at least 1."""
    longest_path: int
    """Questions when every condition holds and every repeat is answered once."""
    shortest_path: int
    """Questions that are asked without any condition."""
    groups: int
    repeats: int
    media: tuple[str, ...]
    """Pictures, sounds and lists that the form refers to, by file name."""
    purpose: Mapping[str, str] = field(default_factory=dict)
    """The settings' column `purpose`, by language ('' where it names none)."""
    owner: str = ""
    """The settings' column `owner`: the office that asks."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that can be said about a form before it is published."""

    findings: tuple[Finding, ...]
    summary: Summary | None
    """None if the form could not be read far enough."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the form from being published."""
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What will make somebody stumble."""
        return self._of(Severity.WARNING)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """What would make the form better."""
        return self._of(Severity.ADVICE)

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is severity)

"""What a check found, for a page: where it is, what to do, and the part of the sheet with the mistake marked.

Pure. Not here: finding it (`dialogs/forms/check.py`), the command line's way to show it (`bot/screen.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dialogs.forms.excerpt import Excerpt
from dialogs.forms.findings import Finding, Severity
from dialogs.i18n import N_, Voice
from storage.drafts import CheckedFile

SEVERITIES: Final = {
    Severity.ERROR: N_("Mistake"),
    Severity.WARNING: N_("Worth a look"),
    Severity.ADVICE: N_("Advice"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in the reader's words."""

    severity: str
    word: str
    text: str
    place: str
    excerpt: Excerpt | None


def shown(file: CheckedFile, voice: Voice) -> list[Found]:
    """All of them, in the order of the report."""
    padded = (*file.excerpts, *(None,) * len(file.report.findings))
    return [
        Found(
            finding.severity.value,
            voice.t(SEVERITIES[finding.severity]),
            finding.told(voice.t),
            place(finding, voice),
            excerpt,
        )
        for finding, excerpt in zip(file.report.findings, padded, strict=False)
    ]


def place(finding: Finding, voice: Voice) -> str:
    """Where it is, as one finds it in the spreadsheet: "Sheet survey, row 7, column constraint"."""
    parts = []
    if finding.sheet:
        parts.append(voice.t("sheet “{name}”", name=finding.sheet))
    if finding.row is not None:
        parts.append(voice.t("row {number}", number=str(finding.row)))
    if finding.column:
        parts.append(voice.t("column “{name}”", name=finding.column))
    return ", ".join(parts)

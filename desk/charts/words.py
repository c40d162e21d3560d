"""What a chart is told in: names of cells, numbers, and why one is hidden, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.i18n import Voice
from privacy.disclosure import SafeCell, SafeQuestion
from storage.acts.naming import cell_name, edge_name, question_name


@dataclass(frozen=True, slots=True)
class Words:
    """Of one question for one reader."""

    control: Control
    form: Form
    voice: Voice

    @property
    def title(self) -> str:
        return question_name(self.control, self.form, self.voice)

    def name(self, cell: SafeCell) -> str:
        return cell_name(cell.value, self.control, self.form, self.voice)

    def edge(self, edge: str) -> str:
        return edge_name(edge, self.control, self.voice)

    def amount(self, cell: SafeCell) -> str:
        """Share and number, or that it is hidden."""
        if cell.count is None or cell.percent is None:
            return self.hidden
        return f"{self.percent(cell.percent)} ({self.voice.number(cell.count)})"

    def percent(self, percent: int) -> str:
        """With the space that cannot break that German has before the sign."""
        return f"{self.voice.number(percent)} %" if self.voice.own.startswith("de") else f"{percent}%"

    @property
    def hidden(self) -> str:
        return self.voice.t("hidden")


def shown(question: SafeQuestion) -> list[SafeCell]:
    """Cells that have a number."""
    return [cell for cell in question.cells if cell.count is not None and cell.percent is not None]


def hidden(question: SafeQuestion) -> list[SafeCell]:
    return [cell for cell in question.cells if cell.count is None]

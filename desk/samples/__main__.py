"""Writes umfrage-muster.xlsx: a small survey about a square, explained where a clerk looks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from desk.samples import SAMPLE

DE, EN = "Deutsch (de)", "English (en)"
WIDE, NARROW = 44, 18
"""Widths of columns in characters: for sentences, for everything else."""
HEAD: Final = PatternFill("solid", fgColor="E7EFEA")

SURVEY: Final = (
    ("type", "name", "required", "relevant", "constraint", f"label::{DE}", f"label::{EN}", f"hint::{DE}",
     f"hint::{EN}", f"constraint_message::{DE}", f"constraint_message::{EN}"),
    ("select_one often", "often", "yes", "", "", "Wie oft sind Sie auf dem Marktplatz?",
     "How often are you in the market square?"),
    ("select_multiple reasons", "reasons", "yes", "${often} != 'never'", "",
     "Wozu kommen Sie? Wählen Sie alles aus, was passt.", "What do you come for? Choose everything that fits."),
    ("select_one liking", "liking", "yes", "", "", "Wie gefällt Ihnen der neue Platz?",
     "How do you like the new square?"),
    ("integer", "minutes", "no", "${often} != 'never'", ". >= 0 and . <= 300",
     "Wie viele Minuten bleiben Sie meistens?", "How many minutes do you usually stay?",
     "Ungefähr genügt.", "Roughly is fine.",
     "Bitte eine Zahl zwischen 0 und 300, zum Beispiel: 20", "Please a number between 0 and 300, for example: 20"),
    ("text", "wish", "no", "", "string-length(.) <= 1000", "Was fehlt Ihnen dort? Bitte keine Namen.",
     "What do you miss there? Please no names.", "Jeder Hinweis wird gelesen.", "Every comment is read.",
     "Das sind mehr als 1000 Zeichen. Bitte etwas kürzer.", "These are more than 1,000 characters. Please shorten it."),
)  # fmt: skip
CHOICES: Final = (
    ("list_name", "name", f"label::{DE}", f"label::{EN}"),
    ("often", "daily", "Fast jeden Tag", "Almost every day"),
    ("often", "weekly", "Jede Woche", "Every week"),
    ("often", "seldom", "Seltener", "Less often"),
    ("often", "never", "Nie", "Never"),
    ("reasons", "market", "Wochenmarkt", "Weekly market"),
    ("reasons", "rest", "Sitzen und ausruhen", "To sit and rest"),
    ("reasons", "meet", "Leute treffen", "To meet people"),
    ("reasons", "pass", "Nur durchgehen", "Just passing through"),
    ("liking", "5", "Sehr gut", "Very much"),
    ("liking", "4", "Gut", "Well"),
    ("liking", "3", "Teils, teils", "So so"),
    ("liking", "2", "Weniger gut", "Not so much"),
    ("liking", "1", "Gar nicht", "Not at all"),
)
SETTINGS: Final = (
    ("form_title", "form_id", "version", "default_language", "owner", f"purpose::{DE}", f"purpose::{EN}"),
    ("Der neue Marktplatz", "marktplatz", "1", DE, "Stadtplanungsamt",
     "Der Marktplatz ist seit Mai umgebaut. Wir wollen wissen, was gut ist und was wir noch ändern müssen.",
     "The market square was rebuilt in May. We want to know what works and what we still have to change."),
)  # fmt: skip
GUIDE: Final = (
    ("Blatt · sheet", "Spalte · column", "Was hineingehört", "What belongs there"),
    ("survey", "", "Eine Zeile je Frage. Überschreiben Sie die Fragen des Musters mit Ihren eigenen.",
     "One row a question. Write your own questions over those of the sample."),
    ("survey", "type",
     "Art der Frage: text (freier Text), integer (ganze Zahl), date (Tag), geopoint (Ort), image (Foto), "
     "select_one LISTE (eine Antwort), select_multiple LISTE (mehrere). LISTE steht im Blatt choices.",
     "Kind of question: text, integer (whole number), date, geopoint (place), image (photo), "
     "select_one LIST (one answer), select_multiple LIST (several). LIST is in the sheet choices."),
    ("survey", "name", "Kurzer Name ohne Leerzeichen und Umlaute, jeder nur einmal. Bürger sehen ihn nicht.",
     "A short name without blanks, each one once only. Citizens do not see it."),
    ("survey", "label::…", "Die Frage, wie sie gestellt wird. Eine Spalte je Sprache.",
     "The question as it is asked. One column a language."),
    ("survey", "hint::…", "Eine kurze Hilfe unter der Frage. Darf leer bleiben.",
     "A short help under the question. May stay empty."),
    ("survey", "required", "yes: muss beantwortet werden. no: darf übersprungen werden.",
     "yes: must be answered. no: may be skipped."),
    ("survey", "relevant",
     "Nur fragen, wenn … Zum Beispiel: ${often} != 'never' (nicht, wenn bei often „never“ gewählt ist).",
     "Ask only if … For example: ${often} != 'never' (not if “never” was chosen at often)."),
    ("survey", "constraint",
     "Was eine Antwort erfüllen muss; der Punkt ist die Antwort. Zum Beispiel: . >= 0 and . <= 300",
     "What an answer must fulfil; the dot is the answer. For example: . >= 0 and . <= 300"),
    ("survey", "constraint_message::…", "Was gesagt wird, wenn eine Antwort das nicht erfüllt.",
     "What is said when an answer does not fulfil it."),
    ("choices", "", "Die Antworten zum Auswählen. list_name ist der Name der LISTE aus dem Blatt survey.",
     "The answers to choose from. list_name is the name of the LIST in the sheet survey."),
    ("settings", "", "Titel, wer fragt (owner), wozu (purpose). Alles lässt sich nach dem Hochladen noch ändern.",
     "Title, who asks (owner), what for (purpose). All of it can still be changed after the upload."),
)  # fmt: skip


def write(to: Path = SAMPLE) -> None:
    """Write the workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS), ("Anleitung · Guide", GUIDE)):
        _fill(book.create_sheet(name), rows)
    book.save(to)


def _fill(sheet: Worksheet, rows: tuple[tuple[str, ...], ...]) -> None:
    for row in rows:
        sheet.append([cell or None for cell in row])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for index, header in enumerate(rows[0], start=1):
        wide = "::" in header or "hinein" in header or "belongs" in header
        sheet.column_dimensions[get_column_letter(index)].width = WIDE if wide else NARROW
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    sheet.freeze_panes = "A2"


if __name__ == "__main__":
    write()

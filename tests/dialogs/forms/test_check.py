"""`survey check` speaks like a colleague: what to do, where, and no more than is true."""

from __future__ import annotations

import re

import pytest

from dialogs.forms.check import check
from dialogs.forms.findings import Severity
from dialogs.forms.lint_expressions import is_catastrophic
from dialogs.forms.questionnaire import language
from dialogs.forms.report import Report

LANGUAGES = "label::Deutsch (de) | label::English (en) | label::Leichte Sprache (de-simple)"


def form(rows: str, headers: str = "type | name | label", more: str = "") -> bytes:
    lines = [f"| | {row.strip()} |" for row in rows.strip().splitlines()]
    return f"| survey | | | |\n| | {headers} |\n{chr(10).join(lines)}\n{more}".encode()


def remarks(report: Report, about: str) -> list[tuple[Severity, int | None, str]]:
    return [(found.severity, found.row, found.column) for found in report.findings if about in found.english()]


def test_a_good_form_gets_no_remark() -> None:
    report = check(
        "form.md",
        form(
            "text | a | Was denken Sie? | What do you think? | Was denken Sie?",
            f"type | name | {LANGUAGES}",
            "| settings | |\n| | purpose |\n| | We want to know. |\n",
        ),
    )
    assert report.findings == ()


def test_a_text_that_misses_a_translation_is_named_by_row_and_language() -> None:
    report = check(
        "form.md",
        form("text | a | Farbe? | Colour? | Farbe?\ntext | b | Form? | | Form?", f"type | name | {LANGUAGES}"),
    )
    assert remarks(report, "missing in English (en)") == [(Severity.WARNING, 4, "label::English (en)")]


def test_a_form_without_easy_language_is_told() -> None:
    assert remarks(check("form.md", form("text | a | A")), "easy language")
    assert language("Leichte Sprache (de-simple)").easy
    assert not language("Deutsch (de)").easy


@pytest.mark.parametrize(
    ("label", "category"),
    [
        ("Haben Sie eine Behinderung?", "health"),
        ("Do you have any allergies?", "health"),
        ("Welcher Religion gehören Sie an?", "religion"),
        ("Welche Partei würden Sie wählen?", "political"),
        ("Sind Sie in einer Gewerkschaft?", "union"),
        ("Haben Sie einen Migrationshintergrund?", "ethnic"),
        ("What is your sexual orientation?", "sexuality"),
    ],
)
def test_special_categories_are_pointed_out(label: str, category: str) -> None:
    (finding,) = [found for found in check("form.md", form(f"text | a | {label}")).warnings if "Art. 9" in found.msgid]
    assert category in finding.english()
    assert (finding.row, finding.column) == (3, "label")


@pytest.mark.parametrize(
    "label",
    [
        "Wie heißen Sie?",
        "Ihre Telefonnummer?",
        "What is your e-mail address?",
        "Wann sind Sie geboren?",
        "Your home address?",
    ],
)
def test_questions_that_tell_who_somebody_is_are_pointed_out(label: str) -> None:
    assert remarks(check("form.md", form(f"text | a | {label}")), "Answers here have no name")


@pytest.mark.parametrize(
    "label", ["Wie zufrieden sind Sie mit dem Rufbus?", "Wo fehlt eine Bank?", "How old is the tree?"]
)
def test_harmless_questions_are_not_pointed_out(label: str) -> None:
    assert not remarks(check("form.md", form(f"text | a | {label}")), "seems to ask for")


def test_long_and_hard_labels_are_told() -> None:
    hard = (
        "Bezüglich der Inanspruchnahme kommunaler Mobilitätsdienstleistungen wird um Mitteilung der "
        "Nutzungshäufigkeit innerhalb des zurückliegenden Betrachtungszeitraums gebeten."
    )
    report = check(
        "form.md", form(f"text | a | {hard} | x | x\ntext | b | {'Wort ' * 70} | x | x", f"type | name | {LANGUAGES}")
    )
    assert remarks(report, "hard to read")[0] == (Severity.ADVICE, 3, "label::Deutsch (de)")
    assert remarks(report, "fit a phone") == [(Severity.ADVICE, 4, "label::Deutsch (de)")]


def test_numbers_without_bounds_and_constraints_without_words_are_told() -> None:
    report = check("form.md", form("integer | a | A |\ninteger | b | B | . < 9", "type | name | label | constraint"))
    assert remarks(report, "takes any number") == [(Severity.ADVICE, 3, "constraint")]
    assert remarks(report, "without saying why") == [(Severity.WARNING, 4, "constraint_message")]


def test_an_unknown_function_is_an_error_with_a_guess() -> None:
    report = check("form.md", form("text | a | A | strng-length(.) < 9", "type | name | label | constraint"))
    assert remarks(report, "Did you mean “string-length”?") == [(Severity.ERROR, 3, "constraint")]


def test_a_formula_that_cannot_be_read_is_an_error() -> None:
    report = check("form.md", form("text | a | A | (. = 'x'", "type | name | label | constraint"))
    assert remarks(report, "cannot be read") == [(Severity.ERROR, 3, "constraint")]


def test_a_circle_of_calculations_is_an_error_that_names_them() -> None:
    report = check(
        "form.md",
        form(
            "calculate | a | | ${b} + 1\ncalculate | b | | ${a} + 1\ntext | c | C |",
            "type | name | label | calculation",
        ),
    )
    (finding,) = report.errors
    assert finding.params["circle"] == "a → b → a"
    assert (finding.row, finding.column) == (3, "calculation")


def test_a_missing_file_is_an_error_until_it_is_handed_in() -> None:
    data = form("select_one_from_file towns.csv | a | A\ncalculate | b | |", "type | name | label")
    data = form("select_one_from_file towns.csv | a | A")
    (finding,) = check("form.md", data).errors
    assert (finding.params["file"], finding.row, finding.column) == ("towns.csv", 3, "type")
    assert check("form.md", data, {"towns.csv": b"name,label\na,A\n"}).errors == ()


@pytest.mark.parametrize("pattern", ["(a+)+$", "([a-zA-Z]+)*", "(a|aa)+", r"(\d+){2,}", "((a+))+"])
def test_catastrophic_patterns_are_seen(pattern: str) -> None:
    assert is_catastrophic(pattern)
    report = check(
        "form.md",
        form(f"text | a | A | regex(., '{pattern.replace('|', chr(92) + '|')}')", "type | name | label | constraint"),
    )
    assert remarks(report, "other programs hang") == [(Severity.WARNING, 3, "constraint")]


@pytest.mark.parametrize("pattern", [r"[0-9]{5}", r"^[\w-]+@([\w-]+\.)+[a-z]{2,}$", "(ab|cd)+", r"\d+(,\d+)?"])
def test_harmless_patterns_are_left_alone(pattern: str) -> None:
    assert not is_catastrophic(pattern)


def test_a_thousand_questions_are_checked_and_called_many() -> None:
    report = check(
        "form.md",
        form(
            "\n".join(f"integer | q{n} | How many {n}? | . > 0" for n in range(1000)),
            "type | name | label | constraint",
        ),
    )
    assert report.errors == ()
    assert report.summary is not None
    assert report.summary.questions == {"integer": 1000}
    assert remarks(report, "are a lot for a chat")


def test_an_author_gets_the_worst_first_and_each_remark_once() -> None:
    report = check(
        "form.md", form("integer | a | A | nope(.)\ninteger | b | B | nope(.)", "type | name | label | constraint")
    )
    assert [found.severity for found in report.findings] == sorted(
        (found.severity for found in report.findings), key=["error", "warning", "advice"].index
    )
    keys = [(found.msgid, found.row, found.column, tuple(found.params.items())) for found in report.findings]
    assert len(keys) == len(set(keys))


BRANCHES = """
select_one yesno | used | Used? |
text | why | Why? | ${used} = 'yes'
text | how | How? | ${used} = 'yes'
text | not | Why not? | ${used} = 'no'
text | end | Anything else? |
"""


def test_the_summary_counts_exclusive_branches_once() -> None:
    choices = "| choices | | | |\n| | list_name | name | label |\n| | yesno | yes | Yes |\n| | yesno | no | No |\n"
    summary = check("form.md", form(BRANCHES, "type | name | label | relevant", choices)).summary
    assert summary is not None
    assert (summary.longest_path, summary.shortest_path) == (4, 2)
    assert summary.questions == {"select_one": 1, "text": 4}


def test_an_xform_is_summarised_too() -> None:
    from dialogs.forms.xlsform import to_xform

    xform = to_xform("form.md", form("text | a | A\ninteger | b | B")).xform
    summary = check("form.xml", xform.encode()).summary
    assert summary is not None
    assert summary.questions == {"text": 1, "integer": 1}


def test_no_message_keeps_a_placeholder() -> None:
    for rows in (
        "integer | a | A | nope(.)",
        "text | a | Wie heißen Sie? | . > 5",
        "select_one_from_file x.csv | a | A | ",
    ):
        for found in check("form.md", form(rows, "type | name | label | constraint")).findings:
            assert not re.search(r"(?<!\$)\{\w+\}", found.english()), found

"""Forms compile, or are refused with the sheet, the row and a way out. Nothing else ever comes back."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dialogs.forms.check import check
from dialogs.forms.findings import Finding, RejectedForm
from dialogs.forms.placing import suggested_name
from dialogs.forms.xlsform import ITEMSETS, to_xform

from .conftest import SHARE

CHOICES = "| choices | | | |\n| | list_name | name | label |\n| | yesno | yes | Yes |\n| | yesno | no | No |\n"


def markdown(rows: str, headers: str = "type | name | label", more: str = "") -> bytes:
    """A form whose header is line 2, so that the first row of `rows` is line 3."""
    lines = [f"| | {row.strip()} |" for row in rows.strip().splitlines()]
    return f"| survey | | | |\n| | {headers} |\n{chr(10).join(lines)}\n{more}".encode()


def refused(data: bytes, name: str = "form.md") -> tuple[Finding, ...]:
    with pytest.raises(RejectedForm) as caught:
        to_xform(name, data)
    return caught.value.findings


WRONG = {
    "no type": (markdown("text | a | A\n | b | B"), 4, "type", "has no type"),
    "unknown type": (markdown("txet | a | A"), 3, "type", "Did you mean “text”?"),
    "select without list": (markdown("select_one | a | A"), 3, "type", "yes_no"),
    "no name": (markdown("text | a | A\ntext | | Wie alt sind Sie?"), 4, "name", "“wie_alt_sind”"),
    "name with space": (markdown("text | Ihr Alter | A"), 3, "name", "“ihr_alter”"),
    "same name": (markdown("text | a | A\ntext | a | B"), 4, "name", "“a_2”"),
    "no label": (markdown("text | a | A\ntext | b | "), 4, "label", "“b” has no label"),
    "list is missing": (markdown("select_one yesnot | a | A", more=CHOICES), 3, "type", "Did you mean “yesno”?"),
    "no choices sheet": (markdown("select_one yesno | a | A"), 3, "type", "sheet “choices”"),
    "group not ended": (markdown("begin group | g | G\ntext | a | A"), 3, "type", "never ends"),
    "group not begun": (markdown("text | a | A\nend group | |"), 4, "type", "was not begun"),
    "empty calculation": (
        markdown("calculate | a | |", "type | name | label | calculation"),
        3,
        "calculation",
        "formula",
    ),
    "unknown reference": (
        markdown("text | colour | A |\ntext | b | B | ${color} = 'x'", "type | name | label | relevant"),
        4,
        "relevant",
        "Did you mean “colour”?",
    ),
    "broken reference": (
        markdown("text | a | A |\ntext | b | B | ${a = 'x'", "type | name | label | relevant"),
        4,
        "relevant",
        "${name}",
    ),
    "crash without a row": (
        markdown("text | a | A\nselect_multiple ${a} | b | B", more=CHOICES),
        4,
        "",
        "Use select_one",
    ),
    "crash by a header": (markdown("text | a | A | x", "type | name | label | bind"), 2, "bind", "says not enough"),
    "two languages": (
        markdown("text | a | A | B", "type | name | label::a | label::a::b"),
        2,
        "label::a::b",
        "names two languages",
    ),
}


@pytest.mark.parametrize(("data", "row", "column", "said"), WRONG.values(), ids=WRONG.keys())
def test_an_error_says_where_it_is_and_what_to_do(data: bytes, row: int, column: str, said: str) -> None:
    finding = refused(data)[0]
    assert (finding.sheet, finding.row, finding.column) == ("survey", row, column)
    assert said in finding.english()


def test_twins_in_a_list_are_all_named() -> None:
    twins = CHOICES + "| | yesno | no | Never |\n| | yesno | yes | Always |\n"
    findings = refused(markdown("select_one yesno | a | A", more=twins))
    assert [(finding.sheet, finding.row, finding.column) for finding in findings] == [
        ("choices", 8, "name"),
        ("choices", 9, "name"),
    ]
    assert "“no”" in findings[0].english()


def test_a_sheet_that_is_almost_named_survey_is_pointed_out() -> None:
    finding = refused(b"| survy | | | |\n| | type | name | label |\n| | text | a | A |\n" + CHOICES.encode())[0]
    assert "'survy'" in finding.english()


def test_a_crash_deep_in_a_long_form_is_found_by_halves() -> None:
    rows = [f"text | q{number} | Question {number}" for number in range(400)]
    rows[273] = "select_multiple ${q1} | q273 | Which?"
    assert refused(markdown("\n".join(rows), more=CHOICES))[0].row == 273 + 3


def test_external_choices_come_along_as_a_file() -> None:
    data = markdown(
        "text | town | Town |\nselect_one_external streets | street | Street | town=${town}",
        "type | name | label | choice_filter",
        "| external_choices | | | | |\n| | list_name | name | label | town |\n| | streets | high | High Street | a |\n",
    )
    assert b"High Street" in to_xform("form.md", data).attachments[ITEMSETS]


def test_attachments_of_the_caller_are_kept() -> None:
    compiled = to_xform("form.md", markdown("text | a | A"), {"towns.csv": b"name,label\n"})
    assert compiled.attachments == {"towns.csv": b"name,label\n"}


def test_an_xform_goes_through_as_it_is_and_broken_xml_names_its_line() -> None:
    xform = to_xform("form.md", markdown("text | a | A")).xform
    assert to_xform("form.xml", xform.encode()).xform == xform
    finding = refused(xform[:300].replace("><", ">\n<").encode(), "form.xml")[0]
    assert finding.row is not None
    assert finding.row > 1


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        b"<root><a/></root>",
    ],
    ids=["entity bomb", "entity of a file", "other XML"],
)
def test_xml_that_is_no_form_is_refused(data: bytes) -> None:
    assert refused(data, "form.xml")


def test_calculations_about_the_device_stay_empty_and_are_told() -> None:
    data = markdown("calculate | d | | device-info()\ntext | a | A |", "type | name | label | calculation")
    compiled = to_xform("form.md", data)
    assert "device-info" not in compiled.xform
    assert [finding.row for finding in compiled.warnings] == [3]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Wie alt sind Sie?", "wie_alt_sind"), ("Größe", "groesse"), ("3 Dinge", "q_3_dinge"), ("?", "question")],
)
def test_a_suggested_name_is_one_that_xlsform_allows(text: str, name: str) -> None:
    assert suggested_name(text, ()) == name


@SHARE
def test_public_spreadsheets_compile_or_say_where_they_fail(public_spreadsheets: list[Path], every: int) -> None:
    for path in public_spreadsheets[::every]:
        report = check(path.name, path.read_bytes())
        for finding in report.findings:
            assert "{" not in finding.english() or "${" in finding.english(), (path.name, finding)
        if path.suffix == ".xlsm":
            assert "macros" in report.errors[0].english()
            continue
        assert report.summary is not None or report.errors, path.name
        for finding in report.errors:
            assert finding.sheet, (path.name, finding)
            assert finding.row is not None, (path.name, finding)


CELLS = (
    *("", "x y", "${nope}", "${", "select_one nope", "select_multiple ${q}", "select_one_external a", "begin group"),
    *("end repeat", "osm x", "rank nope", "range", "audit", "start=", "a=b", "1", "calculate", "select_one", "{", "&"),
    *("${a}${b}", "instance(", "begin loop over x", "csv-external", "search(", "<b>", "photo", "\ufffe", "'" * 50),
)
HEADERS = (
    "label",
    "label::en",
    "media::image",
    "hint",
    "name",
    "type",
    "bind::x",
    "control",
    "::",
    "label:en",
    "trigger",
)


def spoiled(lines: list[list[str]], rng: random.Random) -> bytes:
    """The table with a few cells, headers or rows changed as people change them by mistake."""
    changed = [list(line) for line in lines]
    for _ in range(rng.randint(1, 3)):
        line = rng.choice(changed)
        match rng.randint(0, 3):
            case 0 if len(line) > 2:
                line[rng.randrange(2, len(line))] = rng.choice(CELLS)
            case 1:
                changed.remove(line)
            case 2 if len(changed[1]) > 2:
                changed[1][rng.randrange(2, len(changed[1]))] = rng.choice(HEADERS)
            case _:
                changed.insert(rng.randrange(1, len(changed)), list(line))
    return "\n".join("|".join(line) + "|" for line in changed).encode()


@pytest.mark.parametrize("seed", range(150))
def test_a_spoiled_form_is_checked_without_an_exception(seed: int) -> None:
    source = markdown(
        "begin group | g | G | | |\nselect_one yesno | a | A | | |\nend group | | | | |\n"
        "select_multiple yesno | b | B | ${a} = 'yes' | |\ncalculate | c | | | 1 + 1 |\n"
        "begin repeat | r | R | | |\ninteger | n | N | | | . > 0\nend repeat | | | | |",
        "type | name | label | relevant | calculation | constraint",
        CHOICES,
    ).decode()
    lines = [line.split("|")[:-1] for line in source.splitlines()]
    report = check("form.md", spoiled(lines, random.Random(seed)))
    assert report.summary is not None or report.errors

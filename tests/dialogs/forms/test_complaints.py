"""Everything that pyxform can say is known, and said again in words that help."""

from __future__ import annotations

import re

import pytest
from pyxform.errors import ErrorCode, PyXFormError

from dialogs.forms.complaint_codes import BY_CODE
from dialogs.forms.complaints import from_error, from_warning, is_recognised
from dialogs.forms.findings import RejectedForm
from dialogs.forms.xlsform import to_xform


def test_every_numbered_error_has_words() -> None:
    unknown = {code.name for code in ErrorCode} - set(BY_CODE) - {"NAMES_013", "INTERNAL_001", "INTERNAL_002"}
    assert not unknown, "pyxform has new errors: give them words in complaint_codes.py"


@pytest.mark.parametrize("code", [code for code in ErrorCode if code.name in BY_CODE], ids=lambda code: code.name)
def test_a_numbered_error_is_recognised_by_what_it_prints(code: ErrorCode) -> None:
    names = set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", code.value.msg))
    printed = code.value.format(**{name: "7" if name == "row" else f"the {name}" for name in names})
    (complaint,) = from_error(PyXFormError(printed))
    assert complaint.msgid == BY_CODE[code.name][0]
    assert complaint.row == (7 if "row" in names else None) or "[row : 1]" in printed


C = "| choices | | | |\n| | list_name | name | label |\n| | l | a | A |\n| | m | a b | B |\n"
P, T = "type | name | label | parameters", "type | name | label | appearance"
F, G = "type | name | label | choice_filter", "type | name | label | trigger | calculation"

INLINE = {
    "audit name": ("audit | x | |", P, ""),
    "audit changes": ("audit | audit | | track-changes=maybe", P, ""),
    "audit reasons": ("audit | audit | | track-changes-reasons=x", P, ""),
    "audit user": ("audit | audit | | identify-user=x", P, ""),
    "audit places": ("audit | audit | | location-priority=low-power", P, ""),
    "audit interval": (
        "audit | audit | | location-priority=balanced location-min-interval=x location-max-age=1",
        P,
        "",
    ),
    "audit age": ("audit | audit | | location-priority=balanced location-min-interval=9 location-max-age=1", P, ""),
    "randomize": ("select_one l | a | A | randomize=maybe", P, C),
    "seed alone": ("select_one l | a | A | seed=1", P, C),
    "seed": ("select_one l | a | A | randomize=true seed=x", P, C),
    "rows": ("text | a | A | rows=x", P, ""),
    "pixels": ("image | a | A | max-pixels=x", P, ""),
    "quality": ("audio | a | A | quality=x", P, ""),
    "app": ("image | a | A | app=x", P, ""),
    "spaces in choices": ("select_multiple m | a | A |", P, C),
    "other with filter": ("select_one l or_other | a | A | x=1", F, C),
    "loop without list": ("begin loop | a | A |\ntext | b | B |\nend loop | | |", P, C),
    "loop over nothing": ("begin loop over z | a | A |\ntext | b | B |\nend loop | | |", P, C),
    "table list": (
        "begin group | g | G | table-list\nselect_one l | a | A |\nselect_one m | b | B |\nend group | | |",
        T,
        C,
    ),
    "external without sheet": ("select_one_external z | a | A | x=1", F, C),
    "file without ending": ("select_one_from_file towns | a | A |", P, ""),
    "search and file": ("select_one_from_file t.csv | a | A | search('x')", T, ""),
    "search and not": ("select_one l | a | A | search('x')\nselect_one l | b | B |", T, C),
    "silent place": ("background-geopoint | a | A | |", G, ""),
    "hidden trigger": ("calculate | a | | | 1\ntext | b | B | ${a} | 2", G, ""),
    "twin files": ("csv-external | l | |\nxml-external | l2 | |\nselect_one_from_file l.xml | b | B |", P, ""),
    "big image": ("text | a | A | x.png", "type | name | label | big-image", ""),
    "encryption": ("text | a | A |", P, "| settings | | |\n| | omit_instanceID | public_key |\n| | yes | x |\n"),
    "cascade": ("cascading_select l | a | A |", P, C),
}


@pytest.mark.parametrize(("rows", "headers", "more"), INLINE.values(), ids=INLINE.keys())
def test_what_pyxform_says_inline_is_said_in_our_words(rows: str, headers: str, more: str) -> None:
    lines = "\n".join(f"| | {row.strip()} |" for row in rows.splitlines())
    with pytest.raises(RejectedForm) as refused:
        to_xform("form.md", f"| survey | | | |\n| | {headers} |\n{lines}\n{more}".encode())
    for finding in refused.value.findings:
        assert "compiler says" not in finding.msgid
        assert finding.sheet
        assert finding.row is not None


def test_several_errors_of_one_exception_become_several_complaints() -> None:
    twice = "\n".join(ErrorCode.NAMES_007.value.format(row=row) for row in (4, 9))
    assert [complaint.row for complaint in from_error(PyXFormError(twice))] == [4, 9]


def test_what_nobody_knows_is_passed_on_without_pythons_brackets() -> None:
    (complaint,) = from_error(PyXFormError("[row : 3] Something new.\n{'type': 'x'} Learn more: https://xlsform.org"))
    assert not is_recognised(complaint)
    assert complaint.row == 3
    assert complaint.params["text"] == "Something new."


def test_warnings_that_do_not_concern_a_conversation_are_left_out() -> None:
    assert from_warning("[row : 5] Use the max-pixels parameter to speed up submission sending.") is None

"""What pyxform's numbered errors and warnings mean for an author: code -> (msgid, sheet, column).

'' as sheet or column: pyxform's own words say which. Not here: errors that pyxform writes inline
(`complaint_texts.py`), recognising them (`complaints.py`).
"""

from __future__ import annotations

from pyxform.errors import ErrorCode

from dialogs.forms.msgids import N_

_INVALID_NAME = N_(
    "“{value}” cannot be used here. Begin with a letter and use only letters, digits and _, without "
    "spaces: for example “{suggestion}”."
)
_ENTITIES = N_("Entities are not used by Zuruf. Remove the sheet “entities” and the column “save_to”.")
_PARAMETERS = "parameters"

BY_CODE: dict[str, tuple[str, str, str]] = {
    **{code.name: (_ENTITIES, "", "") for code in ErrorCode if code.name.startswith("ENTITY_")},
    "HEADER_001": (
        N_("The first row must name the columns. Put a header row with type, name and label on top of the sheet."),
        "",
        "",
    ),
    "HEADER_002": (N_("“{other}” and “{header}” mean the same column. Remove one of the two."), "", ""),
    "HEADER_003": (N_("The column {missing} is missing. Add it to the header row."), "", ""),
    "HEADER_004": (
        N_("The column name “{column}” is ignored because it has a space or is empty. Rename it without spaces."),
        "choices",
        "",
    ),
    "HEADER_005": (_ENTITIES, "entities", ""),
    "LABEL_001": (
        N_("The choice “{name}” has no label, so citizens would read its name. Write a label."),
        "choices",
        "label",
    ),
    "NAMES_001": (
        N_("The name “{value}” is used twice. Give this row another name, for example “{suggestion}”."),
        "survey",
        "name",
    ),
    "NAMES_002": (
        N_("The name “{value}” differs from another one only in capital letters. Choose clearly different names."),
        "survey",
        "name",
    ),
    "NAMES_003": (N_("A repeat cannot be named “{value}”. Choose another name."), "survey", "name"),
    "NAMES_004": (
        N_("There is already a repeat named “{value}”. Give this one another name, for example “{suggestion}”."),
        "survey",
        "name",
    ),
    "NAMES_005": (N_("The name “meta” is reserved. Choose another one."), "survey", "name"),
    "NAMES_006": (
        N_("This choice has no name. Write a short one into the column “name”: it is stored as the answer."),
        "choices",
        "name",
    ),
    "NAMES_007": (
        N_("The choice “{name}” is in its list twice. Rename or remove one of them."),
        "choices",
        "name",
    ),
    "NAMES_008": (_INVALID_NAME, "", ""),
    "NAMES_009": (_INVALID_NAME, "", "name"),
    "NAMES_010": (_ENTITIES, "", ""),
    "NAMES_011": (_ENTITIES, "", ""),
    "NAMES_012": (_ENTITIES, "", ""),
    "NAMES_014": (_ENTITIES, "entities", ""),
    "NAMES_015": (_ENTITIES, "entities", ""),
    "PYREF_001": (
        N_("A reference here is not complete: “{value}”. Write it as {example}, with the name of a question inside."),
        "",
        "",
    ),
    "PYREF_002": (N_("Put a comma between the references: “{value}”."), "", ""),
    "PYREF_003": (N_("There is no question named “{q}”. Correct the name or add the question."), "", ""),
    "PYREF_004": (
        N_("The name “{q}” is used by several questions, so it is not clear which one is meant. Rename one of them."),
        "",
        "",
    ),
    "RANGE_001": (N_("“{name}” must be a number, for example start=1 end=5 step=1."), "survey", _PARAMETERS),
    "RANGE_002": (
        N_("“{name}” must not be 0. Write for example start=1 end=5 step=1."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_003": (
        N_("“{name}” is larger than the whole range. Choose a smaller one."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_004": (N_("“{name}” must be a multiple of step."), "survey", _PARAMETERS),
    "RANGE_005": (N_("“{name}” must lie between start and end."), "survey", _PARAMETERS),
    "RANGE_006": (
        N_("The list named in tick_labelset is not on the sheet “choices”. Add the list or correct its name."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_007": (
        N_("With the appearance “no-ticks” the list in tick_labelset needs exactly two choices."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_008": (
        N_("tick_interval, placeholder and tick_labelset do not go with this appearance. Remove one or the other."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_009": (N_("All names in the list of tick_labelset must be numbers."), "survey", _PARAMETERS),
    "RANGE_010": (
        N_("The names in the list of tick_labelset must lie between start and end."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_011": (
        N_("The names in the list of tick_labelset must be reached from start in whole steps."),
        "survey",
        _PARAMETERS,
    ),
    "RANGE_012": (
        N_("With the appearance “no-ticks” the list in tick_labelset may name only start and end."),
        "survey",
        _PARAMETERS,
    ),
    "SURVEY_001": (
        N_("This row ends a {type} that was not begun. Add the row “begin {type}” before it, or remove this one."),
        "survey",
        "type",
    ),
    "SURVEY_002": (
        N_("The {type} “{name}” begins here and never ends. Add a row “end {type}” after its last question."),
        "survey",
        "type",
    ),
    "SURVEY_003": (N_("“incremental” may only be true, or be left out."), "survey", _PARAMETERS),
    "SURVEY_004": (
        N_("“{value}” cannot be read. Write parameters as name=value with spaces between, for example start=1 end=5."),
        "survey",
        _PARAMETERS,
    ),
    "SURVEY_005": (
        N_("“{rejected}” is no parameter of this type of question. Possible: {accepted}."),
        "survey",
        _PARAMETERS,
    ),
    "SURVEY_006": (
        N_("“reference-geometry” must name a list of choices, an attached file or a repeat."),
        "survey",
        _PARAMETERS,
    ),
    "SURVEY_007": (N_("“capture-accuracy” must be a number of metres."), "survey", _PARAMETERS),
    "SURVEY_008": (N_("“warning-accuracy” must be a number of metres."), "survey", _PARAMETERS),
    "SURVEY_009": (N_("“allow-mock-accuracy” must be true or false."), "survey", _PARAMETERS),
}

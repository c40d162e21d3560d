"""What pyxform's inline errors and warnings mean for an author: (pattern, msgid, sheet, column).

The first match wins; named groups of a pattern become parameters of the message; '' as sheet or column: not
known. Not here: numbered errors (`complaint_codes.py`), recognising them (`complaints.py`).
"""

from __future__ import annotations

from dialogs.forms.msgids import N_

_PARAMETERS = "parameters"

_AUDIT = N_("This setting of “audit” cannot be read. Zuruf records no audit: remove the row.")
_CHOICES_MISSING = N_("The list “{list}” is not on the sheet “choices”. Add its choices there, or correct the name.")

BY_TEXT: tuple[tuple[str, str, str, str], ...] = (
    (
        r"There should be a choices sheet.*found: (?P<candidates>.*?)\.(?: |$)",
        N_(
            "This question needs the sheet “choices”. There is one that looks like it: {candidates}. "
            "Rename it to “choices”."
        ),
        "",
        "",
    ),
    (
        r"You must have a sheet named 'survey'.*found: (?P<candidates>.*?)\.(?: |$)",
        N_("There is no sheet named “survey”, but one that looks like it: {candidates}. Rename it to “survey”."),
        "",
        "",
    ),
    (
        r"You must have a sheet named 'survey'",
        N_("There is no sheet named “survey”. Put the questions there, one a row, with the columns type, name, label."),
        "",
        "",
    ),
    (
        r"Question with no type",
        N_("This row has no type. Write what kind of question it is, for example text."),
        "survey",
        "type",
    ),
    (
        r"Question or group with no name",
        N_("This row has no name. Write a short one, for example “{suggestion}”."),
        "survey",
        "name",
    ),
    (
        r"Missing calculation",
        N_("A row of type calculate needs a formula in the column “calculation”."),
        "survey",
        "calculation",
    ),
    (
        r"Unknown question type '(?P<type>select[ _]one|select[ "
        r"_]multiple|rank|select_(?:one|multiple)_from_file)'",
        N_("“{type}” needs the name of a list of choices behind it, for example “{type} yes_no”."),
        "survey",
        "type",
    ),
    (
        r"Unknown question type '(?P<type>.*)'",
        N_("“{type}” is no type of question. Choose one of XLSForm's types, for example text or select_one."),
        "survey",
        "type",
    ),
    (r"List name not in choices sheet: (?P<list>.*)", _CHOICES_MISSING, "survey", "type"),
    (r"List name not in columns sheet: (?P<list>.*)", _CHOICES_MISSING, "survey", "type"),
    (
        r"List name not in external choices sheet: (?P<list>.*)",
        N_("The list “{list}” is not on the sheet “external_choices”. Add its choices there, or correct the name."),
        "survey",
        "type",
    ),
    (
        r"Repeat loop without list name",
        N_("A loop needs the name of a list of choices: “begin loop over list”. Use “begin repeat” instead."),
        "survey",
        "type",
    ),
    (
        r"There should be an external_choices sheet",
        N_(
            "A question of type select_one_external needs a sheet “external_choices” with the columns "
            "list_name and name."
        ),
        "survey",
        "type",
    ),
    (
        r"There should be a choices sheet",
        N_("This question needs choices. Add a sheet “choices” with the columns list_name, name and label."),
        "survey",
        "type",
    ),
    (
        r"Choice names with spaces cannot be added to multiple choice selects\. See \[(?P<name>.*)\] in "
        r"\[(?P<list>.*)\]",
        N_("The choice “{name}” has a space in its name. In a list for several answers write “{suggestion}”."),
        "choices",
        "name",
    ),
    (
        r"Choice filter not supported with or_other",
        N_("“or_other” does not go with a choice_filter. Remove or_other and add the choice “other” to the list."),
        "survey",
        "choice_filter",
    ),
    (
        r"Please specify choices for this 'or other' question",
        N_("“or_other” needs a list of choices on the sheet “choices”."),
        "survey",
        "type",
    ),
    (
        r"randomize must be set to true or false: '(?P<value>.*)'",
        N_("randomize must be true or false, not “{value}”."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"seed value must be a number",
        N_("seed must be a number or a reference such as {example}."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"Parameters must include randomize=true to use a seed",
        N_("seed works only together with randomize=true. Add it, or remove seed."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"Choice filter not supported for table-list appearance",
        N_("A choice_filter does not go with the appearance “table-list”. Remove one of the two."),
        "survey",
        "choice_filter",
    ),
    (
        r"Badly formatted table list, list names don't match: (?P<first>\S*) vs\. (?P<second>\S*)",
        N_(
            "All questions of a “table-list” use the same list of choices; here are “{first}” and "
            "“{second}”. Move this question out of the group."
        ),
        "survey",
        "type",
    ),
    (
        r"Parameter (?P<name>rows|max-pixels) must have an integer value",
        N_("“{name}” must be a whole number, for example {name}=3."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"Invalid value for quality",
        N_("quality must be voice-only, low, normal or external."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"invalid Android package name",
        N_("Zuruf opens no apps. Remove the parameter app."),
        "survey",
        _PARAMETERS,
    ),
    (
        r"Cannot omit instanceID",
        N_("Zuruf does not use ODK's encryption. Remove public_key and omit_instanceID from the settings."),
        "settings",
        "public_key",
    ),
    (r"Audits must always be named", _AUDIT, "survey", "type"),
    (
        r"(?:track-changes|track-changes-reasons|identify-user) must be set to|Parameter location-|To "
        r"include location information in the audit",
        _AUDIT,
        "survey",
        _PARAMETERS,
    ),
    (
        r"For 'background-geopoint' questions",
        N_("Zuruf asks before it takes a place, so “background-geopoint” is not possible. Use geopoint."),
        "survey",
        "type",
    ),
    (
        r"has no label or hint|named '(?P<name>.*)' has no label",
        N_("The question “{name}” has no label. Write what citizens shall be asked."),
        "survey",
        "label",
    ),
    (
        r"To use big-image, you must also specify an image for the survey element named (?P<name>.*?)\.$",
        N_("“{name}” has a big-image but no image. Add the image."),
        "",
        "image",
    ),
    (
        r"There is no survey element named '(?P<q>.*?)'",
        N_("There is no question named “{q}”. Correct the name or add the question."),
        "survey",
        "",
    ),
    (
        r"There are multiple survey elements named '(?P<q>.*?)'",
        N_("The name “{q}” is used by several questions, so it is not clear which one is meant. Rename one of them."),
        "survey",
        "",
    ),
    (
        r"The same instance id will be generated.*Instance name: '(?P<name>.*?)'",
        N_("Two different files or lists are called “{name}”. Rename one of them."),
        "survey",
        "type",
    ),
    (
        r"Question '(?P<name>.*?)' is a select from file type, using 'search\(\)'",
        N_("“{name}” takes its choices from a file and uses search() as well. Remove search() from its appearance."),
        "survey",
        "appearance",
    ),
    (
        r"Question '(?P<name>.*?)' uses 'search\(\)'",
        N_("“{name}” uses search() with a list that another question uses without it. Give them different lists."),
        "survey",
        "appearance",
    ),
    (
        r"The question \$\{(?P<name>.*?)\} is not user-visible",
        N_("“{name}” is not shown to citizens, so it cannot trigger a calculation. Name a question with a label."),
        "survey",
        "trigger",
    ),
    (
        r"File name for '(?P<type>.*?)' should end with",
        N_("The name of the file in “{type}” must end with .csv, .xml or .geojson."),
        "survey",
        "type",
    ),
    (
        r"Media type: (?P<type>.*) not supported",
        N_("“{type}” is no kind of picture or sound. Use the columns image, audio or video."),
        "survey",
        "",
    ),
    (
        r"There should be choices for this question",
        N_("This question needs choices. Add them to the sheet “choices”."),
        "survey",
        "type",
    ),
    (
        r"empty id_string",
        N_("The form has no form_id. Write a short one on the sheet “settings”."),
        "settings",
        "form_id",
    ),
    (
        r"Found a cascading_select",
        N_("“cascading_select” is no longer part of XLSForm. Use select_one with a choice_filter."),
        "survey",
        "type",
    ),
    # Warnings
    (
        r"The form_id and id_string column headers are both",
        N_("form_id and id_string mean the same. Keep form_id only."),
        "settings",
        "id_string",
    ),
    (
        r"When looking for a sheet named '(?P<sheet>.*?)', the following sheets with similar names were "
        r"found: (?P<candidates>.*?)\.(?: If|$)",
        N_("There is no sheet named “{sheet}”, but one that looks like it: {candidates}. Rename it."),
        "",
        "",
    ),
    (
        r"The 'disabled' column header",
        N_("The column “disabled” is outdated. Delete the rows you do not need, or use relevant."),
        "survey",
        "disabled",
    ),
    (
        r"Row without name, text, or label is being skipped",
        N_("This row has no type, name or label and is skipped. Delete it, or complete it."),
        "survey",
        "type",
    ),
    (
        r"(?P<type>\w+) is no longer supported on most devices",
        N_("Zuruf does not read “{type}”: it would tell who somebody is. Remove the row."),
        "survey",
        "type",
    ),
    (
        r"Repeat has no label: \{'name': '(?P<name>.*?)'",
        N_("The repeat “{name}” has no label. Write one: citizens are asked whether to add another."),
        "survey",
        "label",
    ),
    (
        r"select one external is only meant for filtered selects",
        N_("select_one_external is meant for lists with a choice_filter. Use select_one otherwise."),
        "survey",
        "choice_filter",
    ),
    (
        r"This form uses or_other and translations",
        N_(
            "“or_other” adds an English text “Specify other.” to every language. Add the choice “other” "
            "and a text question instead."
        ),
        "survey",
        "type",
    ),
)

WITH_SIMILAR = {
    "There is no question named “{q}”. Correct the name or add the question.": N_(
        "There is no question named “{q}”. Did you mean “{similar}”? Correct the name or add the question."
    ),
    "The list “{list}” is not on the sheet “choices”. Add its choices there, or correct the name.": N_(
        "The list “{list}” is not on the sheet “choices”. Did you mean “{similar}”? Correct the name or add the list."
    ),
    "“{type}” is no type of question. Choose one of XLSForm's types, for example text or select_one.": N_(
        "“{type}” is no type of question. Did you mean “{similar}”?"
    ),
}
"""What to say instead when a name that looks alike exists."""

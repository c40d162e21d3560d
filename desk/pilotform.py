"""A pilot as what its file would say, and a form's fields into that: one pair of checks for both counters.

Fields of one language carry its tag: `name.de`. Pure. Not here: the page (`views/pilots.py`), what is asked of a pilot
(`storage/acts/pilotfile.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from multidict import MultiDict, MultiMapping

from dialogs.pilots import Entry, Pilot, Sort, Texts

TEXTS: Final = ("name", "goal", "question", "data_used", "limits", "findings")
PLAIN: Final = ("code", "office", "starts", "ends")
LISTS: Final = ("topics", "districts")
MARK_LETTERS: Final = 16
_SORTS: Final = {"news": Sort.NEWS, "setbacks": Sort.SETBACK}


def tree_of(pilot: Pilot) -> dict[str, Any]:
    """As its file would say."""
    texts = (pilot.names, pilot.goals, pilot.questions, pilot.data_used, pilot.limits, pilot.findings)
    return {
        **{name: dict(each) for name, each in zip(TEXTS, texts, strict=True)},
        **{name: [_line(each) for each in pilot.timeline if each.sort is sort] for name, sort in _SORTS.items()},
        "code": pilot.code,
        "office": pilot.office,
        "starts": pilot.starts,
        "ends": pilot.ends,
        "topics": list(pilot.topics),
        "districts": list(pilot.districts),
        "findings_days": pilot.findings_days,
    }


def _line(entry: Entry) -> dict[str, Any]:
    return {"day": entry.day, "text": dict(entry.texts), "title": dict(entry.titles)}


def mark_of(pilot: Pilot) -> str:
    """Of what a page shows: another one once somebody has changed it."""
    return hashlib.sha256(msgspec.json.encode(pilot)).hexdigest()[:MARK_LETTERS]


def fields_of(pilot: Pilot | None, languages: Sequence[str]) -> MultiDict[str]:
    """What the form shows at first."""
    fields: MultiDict[str] = MultiDict()
    if pilot is None:
        return fields
    tree = tree_of(pilot)
    for name in PLAIN:
        fields[name] = str(tree[name] or "")
    for name in LISTS:
        for value in tree[name]:
            fields.add(name, value)
    for name in TEXTS:
        for language in languages:
            fields[f"{name}.{language}"] = _in(tree[name], language, languages[0])
    return fields


def typed_into(tree: Mapping[str, Any], fields: MultiMapping[Any], languages: Sequence[str]) -> dict[str, Any]:
    """The file with what was typed; what the form does not show stays."""
    changed = dict(tree)
    for name in PLAIN:
        value = one(fields, name)
        changed[name] = value if value or name in ("code", "office") else None
    for name in LISTS:
        changed[name] = [str(value) for value in fields.getall(name, [])]
    for name in TEXTS:
        changed[name] = by_language(fields, name, languages)
    return changed


def by_language(fields: MultiMapping[Any], name: str, languages: Sequence[str]) -> dict[str, str]:
    """One text a language, without the empty ones."""
    found = {language: one(fields, f"{name}.{language}") for language in languages}
    return {language: text for language, text in found.items() if text}


def one(fields: MultiMapping[Any], name: str) -> str:
    """A field's words, in one line."""
    value = fields.get(name, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _in(texts: Texts, language: str, first: str) -> str:
    return texts.get(language) or (texts.get("", "") if language == first else "")

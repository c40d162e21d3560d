"""A pilot as a file (TOML), which another town can take over: read, checked with words for clerks, merged.

Not here: the life of a pilot (`dialogs/pilots.py`), storing it (`pilots.py`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from dialogs.i18n import N_, Voice
from dialogs.pilots import (
    FINDINGS_DAYS,
    FINDINGS_DAYS_MOST,
    NEEDS_REASON,
    NEXT,
    STATE_NAMES,
    Entry,
    Needed,
    Pilot,
    PilotState,
    Sort,
    Texts,
    may_follow,
    missing,
)
from storage.acts.errors import ActError
from storage.acts.publishing import checked_code

FILE_LIMIT = 256 * 1024  # bytes
TEXT_LIMIT = 2000  # characters of one text
ENTRIES_MOST = 500  # news and setbacks of one pilot

KNOWN = frozenset(
    {
        *("code", "state", "reason", "name", "goal", "question", "office", "starts", "ends", "data_used", "limits"),
        *("topics", "districts", "findings", "findings_days", "news", "setbacks"),
    }
)


def read_toml(path: Path, voice: Voice) -> Mapping[str, Any]:
    """Raises `ActError`."""
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise ActError(voice.t("{file} is too large for such a file.", file=path.name))
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be read: {why}.", file=str(path), why=error.strerror or type(error).__name__)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ActError(voice.t("{file} is not valid TOML: {why}", file=path.name, why=str(error))) from None


def read_pilot(tree: Mapping[str, Any], known: Pilot | None, today: date, voice: Voice) -> Pilot:
    """The pilot as the file says, with the steps that `known` has taken before. Raises `ActError`."""
    strange = sorted(set(tree) - KNOWN)
    if strange:
        raise ActError(
            voice.t(
                "There is no “{name}” in a pilot's file. There are: {known}.",
                name=strange[0],
                known=", ".join(sorted(KNOWN)),
            )
        )
    code = checked_code(str(tree.get("code", "")), voice)
    before = known or Pilot(code)
    pilot = replace(
        before,
        code=code,
        names=texts(tree, "name", voice),
        goals=texts(tree, "goal", voice),
        questions=texts(tree, "question", voice),
        office=text(tree, "office", voice),
        starts=day(tree, "starts", voice),
        ends=day(tree, "ends", voice),
        data_used=texts(tree, "data_used", voice),
        limits=texts(tree, "limits", voice),
        topics=words(tree, "topics", voice),
        districts=words(tree, "districts", voice),
        findings=texts(tree, "findings", voice),
        findings_days=_days(tree, voice),
        timeline=(*(entry for entry in before.timeline if entry.sort is Sort.STEP), *_entries(tree, voice)),
    )
    if pilot.starts and pilot.ends and pilot.ends < pilot.starts:
        raise ActError(voice.t("The trial would end before it starts. Check starts and ends."))
    moved = _moved(pilot, tree, today, voice)
    return replace(moved, timeline=tuple(sorted(moved.timeline, key=lambda entry: entry.day)))


def _moved(pilot: Pilot, tree: Mapping[str, Any], today: date, voice: Voice) -> Pilot:
    """The pilot where the file puts it, if it may go there from where it stands."""
    named = str(tree.get("state", pilot.state.value)).strip().lower().replace(" ", "_")
    if named not in tuple(PilotState):
        raise ActError(
            voice.t("There is no state “{state}”. There are: {known}.", state=named, known=", ".join(PilotState))
        )
    then = PilotState(named)
    lacks = missing(pilot)
    if then is PilotState.ON_TRIAL and lacks:
        raise ActError(
            voice.t(
                "The pilot cannot go live yet. Its file lacks: {fields}.",
                fields=", ".join(f"{need.value} ({voice.t(NEEDED_NAMES[need])})" for need in lacks),
            )
        )
    if then is pilot.state:
        return pilot
    if not may_follow(pilot.state, then):
        allowed = ", ".join(sorted(NEXT[pilot.state])) or "–"
        raise ActError(
            voice.t(
                "The pilot is {now} and cannot become {then}. It can become: {allowed}.",
                now=voice.t(STATE_NAMES[pilot.state]),
                then=voice.t(STATE_NAMES[then]),
                allowed=allowed,
            )
        )
    reason = texts(tree, "reason", voice)
    if then in NEEDS_REASON and not reason:
        raise ActError(voice.t("Say why, as “reason” in the file: it stands on the pilot's page."))
    step = Entry(today, Sort.STEP, reason, state=then)
    return replace(pilot, state=then, timeline=(*pilot.timeline, step))


def _days(tree: Mapping[str, Any], voice: Voice) -> int:
    days = tree.get("findings_days", FINDINGS_DAYS)
    if not isinstance(days, int) or not 1 <= days <= FINDINGS_DAYS_MOST:
        raise ActError(
            voice.t("findings_days must be a number from 1 to {most}.", most=voice.number(FINDINGS_DAYS_MOST))
        )
    return days


def _entries(tree: Mapping[str, Any], voice: Voice) -> list[Entry]:
    found: list[Entry] = []
    for name, sort in (("news", Sort.NEWS), ("setbacks", Sort.SETBACK)):
        listed = tree.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise ActError(voice.t("“{name}” must be written as [[{name}]], each with day and text.", name=name))
        for each in listed:
            when = day(each, "day", voice)
            said = texts(each, "text", voice)
            if when is None or not said:
                raise ActError(voice.t("“{name}” must be written as [[{name}]], each with day and text.", name=name))
            found.append(Entry(when, sort, said, texts(each, "title", voice)))
    if len(found) > ENTRIES_MOST:
        raise ActError(voice.t("A timeline has at most {most} entries.", most=voice.number(ENTRIES_MOST)))
    return found


# -- fields


def texts(tree: Mapping[str, Any], name: str, voice: Voice) -> Texts:
    """A text, or one for each language: {de = "…", en = "…"}. Raises `ActError`."""
    value = tree.get(name, {})
    by_language = {"": value} if isinstance(value, str) else value
    if not isinstance(by_language, dict) or not all(isinstance(each, str) for each in by_language.values()):
        raise ActError(
            voice.t("“{name}” must be a text, or one for each language: {example}.", name=name, example='{de = "…"}')
        )
    found = {language: " ".join(each.split()) for language, each in by_language.items() if each.strip()}
    if any(len(each) > TEXT_LIMIT for each in found.values()):
        raise ActError(voice.t("“{name}” is longer than {most} characters.", name=name, most=voice.number(TEXT_LIMIT)))
    return found


def text(tree: Mapping[str, Any], name: str, voice: Voice) -> str:
    """Raises `ActError`."""
    value = tree.get(name, "")
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        raise ActError(voice.t("“{name}” must be a text in quotation marks.", name=name))
    return " ".join(value.split())


def day(tree: Mapping[str, Any], name: str, voice: Voice) -> date | None:
    """Raises `ActError`."""
    value = tree.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if type(value) is not date:
        raise ActError(voice.t("“{name}” must be a day, written as {example}.", name=name, example="2027-03-31"))
    return value


def words(tree: Mapping[str, Any], name: str, voice: Voice) -> tuple[str, ...]:
    """A list of short words. Raises `ActError`."""
    value: Sequence[Any] = tree.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) and 0 < len(each) <= 64 for each in value):
        raise ActError(voice.t("“{name}” must be a list of words: {example}.", name=name, example='["a", "b"]'))
    return tuple(dict.fromkeys(each.strip() for each in value))


NEEDED_NAMES: Mapping[Needed, str] = {
    Needed.NAME: N_("its name"),
    Needed.GOAL: N_("what it is to reach"),
    Needed.QUESTION: N_("the question it shall answer"),
    Needed.OFFICE: N_("the office in charge"),
    Needed.STARTS: N_("first day of the trial"),
    Needed.ENDS: N_("last day of the trial"),
    Needed.DATA_USED: N_("which data it uses"),
    Needed.LIMITS: N_("its known limits"),
}

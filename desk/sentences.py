"""Sentences that clerks begin a reply with, in the citizen's language. Not here: sending them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desk.pages import LANGUAGES
from desk.visit import Visit
from dialogs.i18n import N_, Voice
from storage.sql.case_files import CaseFile

SENTENCES: Final[Mapping[str, str]] = {
    "thanks": N_("Thank you for your report. We are looking into it."),
    "where": N_("Could you tell us more precisely where it is? A landmark nearby helps."),
    "passed-on": N_("We have passed this on to {office}, who take care of it."),
    "by": N_("We plan to have it done by {day}."),
    "done": N_("It is done. Please tell us here if something is still missing."),
    "not-ours": N_("We are not in charge of this place, and have told whoever is."),
}
"""By key; msgids."""


def sentence(key: str, file: CaseFile, visit: Visit) -> str:
    """In the language of the report, as far as the desk speaks it."""
    spoken = file.language.split("-")[0]
    language = next((each for each in LANGUAGES if each == spoken), LANGUAGES[0])
    voice = Voice(language, visit.today)
    office = file.office or visit.config.town.name
    day = voice.day(file.due) if file.due is not None else "…"
    return voice.t(SENTENCES[key], office=office, day=day)

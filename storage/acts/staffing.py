"""Who may be on the list of staff, and which offices they can work for."""

from __future__ import annotations

import re
from typing import Final

from storage.settings import Shared

NAME: Final = re.compile(r"(?!new\Z)\w[\w.@-]{0,63}")
"""As the audit log calls a person, and as the address of their page ends: `new` and dots alone lead elsewhere."""


def offices_of(settings: Shared) -> tuple[str, ...]:
    """Offices that cases can go to: those of the categories, and the one that answers in person."""
    named = [*settings.town.offices, *(category.office for category in settings.feedback.categories)]
    return tuple(dict.fromkeys(office for office in (*named, settings.feedback.person_office) if office))

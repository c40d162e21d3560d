"""What can be reported: the town's own categories of `zuruf.toml`, or a small set that fits most towns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from dialogs.forms.msgids import N_
from dialogs.i18n import house_languages, translate
from dialogs.world import Category
from storage.settings import Shared

DEFAULTS = (
    ("roads", N_("Roads and paths"), True),
    ("lights", N_("Street lights"), True),
    ("waste", N_("Waste and dirt"), True),
    ("green", N_("Green spaces and playgrounds"), True),
    ("traffic", N_("Bus, bicycle, car"), True),
    ("ideas", N_("An idea or praise"), False),
    ("other", N_("Something else"), False),
)
"""Key, label, whether it is at a spot."""


SATURDAY = 5  # of `date.weekday`
PERSON = "person"
"""The category of what is written to a person; no category of the town's own has this key."""


def person_of(config: Shared) -> Category | None:
    """Under what it is kept when somebody wants to talk to a person; None if the town answers nobody here."""
    if not config.feedback.enabled:
        return None
    labels: dict[str, str] = {language: translate(N_("Talk to a person"), language) for language in house_languages()}
    return Category(PERSON, labels, config.feedback.person_office)


def categories_of(config: Shared) -> tuple[Category, ...]:
    """Categories of reports; none if the town takes none."""
    if not config.feedback.enabled:
        return ()
    if config.feedback.categories:
        return tuple(
            Category(each.key, {"": each.label, **each.labels}, each.office, each.located)
            for each in config.feedback.categories
        )
    return tuple(
        Category(key, {language: translate(label, language) for language in house_languages()}, located=located)
        for key, label, located in DEFAULTS
    )


def due_days_of(config: Shared) -> Mapping[str, int]:
    """By category, in how many days something is to be done; the key "" is for every other one. 0: no date is set."""
    own = {each.key: each.due_days for each in config.feedback.categories if each.due_days is not None}
    return {"": config.feedback.due_days, **own}


def due_from(day: date, category: str, due_days: Mapping[str, int]) -> date | None:
    """By when, for what begins on a day; never on a Saturday or Sunday."""
    days = due_days.get(category, due_days.get("", 0))
    if not days:
        return None
    due = day + timedelta(days=days)
    return due + timedelta(days=max(0, 7 - due.weekday()) if due.weekday() >= SATURDAY else 0)

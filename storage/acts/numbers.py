"""The numbers of a survey for the public: made once after the close, under the public's rules, and never again.

Whoever erases answers during the grace does not change them: a second set of numbers would tell what was erased. What
is published of a survey (page, data, picture of its outcome) is made of these. Not here: what is made of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.world import Survey
from privacy.disclosure import PUBLIC, Question, SafeQuestion, SafeTally, Tally, disclose
from privacy.suppression import Shape
from storage.acts.errors import ActError
from storage.acts.results import NOTHING, Opened, make_release
from storage.places import NONE_DRAWN, Districts
from storage.records import RawCounts
from storage.tallies import lists_of

CHANNEL = "channel"
"""What the question is called that nobody was asked: where people answered."""


class Counted(Protocol):
    """Whoever counts answers."""

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts: ...

    async def waiting(self, survey: str) -> int: ...


class Kept(Protocol):
    """Where the numbers are kept."""

    async def numbers(self, survey: str) -> dict[str, Any] | None: ...

    async def keep_numbers(self, survey: str, numbers: dict[str, Any], day: date) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PublicNumbers:
    """Everything that the public may know in numbers."""

    results: SafeTally
    channels: SafeTally
    drawn: Mapping[str, str] = field(default_factory=dict)
    """The mark of the districts that a map was counted by, by question."""

    @property
    def by_channel(self) -> SafeQuestion | None:
        """Where people answered, if that may be shown."""
        return next((question for question in self.channels.questions if question.is_shown), None)

    def as_json(self) -> dict[str, Any]:
        return {"results": self.results.as_json(), "channels": self.channels.as_json(), "drawn": dict(self.drawn)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> PublicNumbers:
        """Raises KeyError or ValueError for anything else than `as_json` made."""
        results, channels = SafeTally.from_json(kept["results"]), SafeTally.from_json(kept["channels"])
        return cls(results, channels, dict(kept.get("drawn", {})))


async def standing_numbers(kept: Kept, survey: Survey) -> PublicNumbers | None:
    """Those that were made; None before."""
    standing = await kept.numbers(survey.code)
    return None if standing is None else PublicNumbers.from_json(standing)


async def public_numbers(
    kept: Kept,
    counted: Counted,
    survey: Survey,
    form: Form,
    today: date,
    voice: Voice,
    opened: Opened = NOTHING,
    districts: Districts = NONE_DRAWN,
) -> PublicNumbers:
    """Those that stand, or new ones. `opened`: coarse places, where they can be opened. Raises `ActError` before the
    close."""
    standing = await kept.numbers(survey.code)
    if standing is None:
        if not survey.closed:
            raise ActError(voice.t("“{code}” is open: results are published once, after its close.", code=survey.code))
        if await counted.waiting(survey.code):
            raise ActError(voice.t("The last answers are still being moved. Please try again in a quarter of an hour."))
        counts = await counted.counts(survey.code, lists_of(form))
        made = await asyncio.to_thread(_made, survey, form, counts, opened, districts)
        standing = await kept.keep_numbers(survey.code, made.as_json(), today)
    return PublicNumbers.from_json(standing)


def _made(survey: Survey, form: Form, counts: RawCounts, opened: Opened, districts: Districts) -> PublicNumbers:
    places = replace(opened, texts={})  # no word of a text gets out without somebody who has read it
    made = make_release(survey, form, counts, None, PUBLIC, places, districts)
    people = sum(counts.by_channel.values())
    cells = tuple(sorted(counts.by_channel.items()))
    by_channel = Question(CHANNEL, Shape.ONE_OF, people, cells)
    return PublicNumbers(made.everybody, disclose(Tally(people, (by_channel,)), PUBLIC), made.drawn)

"""Drafts of surveys: what a clerk works on before it is published, so that they can go on tomorrow.

Nothing of a citizen is in here. Implementation: `sql/drafts.py`. Not here: checking and publishing
(`acts/drafting.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType, Protocol

import msgspec

from dialogs.forms.excerpt import Excerpt
from dialogs.forms.report import Report
from dialogs.legal import Basis
from dialogs.world import Mode, Survey
from storage.records import FormVersion

DraftNumber = NewType("DraftNumber", int)

TEXT_LIMIT: Final = 2_000
"""Characters of one text of a card."""


class DraftState(StrEnum):
    """Where a draft stands."""

    WRITING = "writing"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftAct(StrEnum):
    """What is done with one."""

    PUBLISH = "publish"
    DISCARD = "discard"
    RESTORE = "restore"


TRANSITIONS: Final[Mapping[tuple[DraftState, DraftAct], DraftState]] = {
    (DraftState.WRITING, DraftAct.PUBLISH): DraftState.PUBLISHED,
    (DraftState.WRITING, DraftAct.DISCARD): DraftState.DISCARDED,
    (DraftState.DISCARDED, DraftAct.RESTORE): DraftState.WRITING,
}
"""All there are."""


class DraftCard(msgspec.Struct, frozen=True):
    """The campaign card as far as it is filled in. Texts by language tag."""

    code: str = ""
    titles: dict[str, str] = {}
    purposes: dict[str, str] = {}
    uses: dict[str, str] = {}
    """What will be done with the answers."""
    owner: str = ""
    """Who asks."""
    basis: Basis | None = None
    opens: date | None = None
    closes: date | None = None
    languages: tuple[str, ...] = ()
    mode: Mode = Mode.DEDUPE
    filters: tuple[str, ...] = ()
    """As typed (`acts/filtering.py`)."""
    barred: tuple[str, ...] = ()
    grace_days: int = 14


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A form's file as it was handed in, and what was found in it."""

    name: str
    source: bytes = field(repr=False)
    report: Report
    excerpts: tuple[Excerpt | None, ...] = ()
    form: str = ""
    """Hash of the compiled form, '' if it cannot be one."""
    xform: bytes = field(default=b"", repr=False)

    @property
    def works(self) -> bool:
        """Whether it can be tried and published."""
        return bool(self.form) and not self.report.errors


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    number: DraftNumber
    state: DraftState
    author: str
    changed: datetime
    card: DraftCard
    file_name: str
    works: bool
    version_of: str

    @property
    def title(self) -> str:
        """What it is called, '' for one that is empty."""
        return next((text for text in self.card.titles.values() if text), "") or self.file_name


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft. `version_of`: the code of the open survey that it is a new version of, '' for a new survey."""

    number: DraftNumber
    state: DraftState
    author: str
    changed: datetime
    card: DraftCard
    file: CheckedFile | None = None
    version_of: str = ""
    test_code: str = ""
    """With it the draft can be tried on a messenger, by whoever has the code; '' until somebody asks for one."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft that is tried on messengers."""

    test_code: str
    card: DraftCard
    form: str


class Drafts(Protocol):
    """Drafts of surveys. What can be tried counts into the revision of `base.Surveys`."""

    async def begin(self, card: DraftCard, author: str, at: datetime, version_of: str = "") -> DraftNumber: ...

    async def get(self, number: DraftNumber) -> StoredDraft | None: ...

    async def all(self, most: int = 100) -> Sequence[DraftLine]:
        """What was changed last first; without those published."""

    async def keep_card(self, number: DraftNumber, card: DraftCard, at: datetime) -> None:
        """Raises `Conflict` if it is not being written any more; so do all that change one."""

    async def keep_file(
        self, number: DraftNumber, file: CheckedFile, beside: Mapping[str, bytes], at: datetime
    ) -> None:
        """In place of the one that stood there. `beside`: pictures and lists that the form needs."""

    async def beside(self, number: DraftNumber) -> Mapping[str, bytes]: ...

    async def names_beside(self, number: DraftNumber) -> Sequence[str]:
        """What is there, without the bytes."""

    async def try_by(self, number: DraftNumber, test_code: str) -> None:
        """'' ends the trying."""

    async def step(self, number: DraftNumber, act: DraftAct, at: datetime) -> DraftState:
        """Raises `Conflict`."""

    async def publish(
        self, number: DraftNumber, survey: Survey, form: FormVersion, before: Survey | None, at: datetime
    ) -> None:
        """It is published and over, both or neither. `before`: what stood under the survey's code when it was looked
        at, None for a new one. Raises `Conflict`, `Overtaken` if something else stands there by now."""

    async def trials(self) -> Sequence[Trial]:
        """What can be tried just now."""

    async def trial_form(self, form: str) -> tuple[bytes, Mapping[str, bytes]] | None:
        """XForm and files of a form that is being tried."""

    async def forget(self, before: datetime) -> int:
        """Drafts that were published or discarded before then."""

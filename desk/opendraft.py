"""A draft of a survey as a view finds it: stored, and its form at hand if it works.

Not here: what is done with it (`views/drafts.py`, `views/draft_preview.py`, `views/draft_card.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Final

from aiohttp import web

from desk.visit import Visit
from desk.workshop import WORKSHOP, Workshop
from dialogs.forms.model import Form
from storage.acts.drafting import missing
from storage.drafts import DraftNumber, DraftState, StoredDraft

NUMBER_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """`form` is None while the file does not work."""

    draft: StoredDraft
    form: Form | None

    @property
    def number(self) -> DraftNumber:
        return self.draft.number

    @property
    def lacking(self) -> dict[str, str]:
        """What the card still needs before it can go live: field -> msgid."""
        return missing(self.draft, self.form)

    @property
    def title(self) -> str:
        """What its pages are called, '' for one that is empty."""
        file = self.draft.file
        written = next((text for text in self.draft.card.titles.values() if text), "")
        return written or (PurePath(file.name).stem if file else "")


def workshop_of(visit: Visit) -> Workshop:
    """What the process has for all drafts."""
    return visit.request.app[WORKSHOP]


async def known(visit: Visit, number: int | None = None) -> OpenDraft:
    """The draft that the address names, or this one. Raises `HTTPNotFound`, and `HTTPSeeOther` to the survey that it
    has become: whoever goes back, or presses twice, has not lost it."""
    typed = visit.request.match_info.get("number", "") if number is None else str(number)
    if not (typed.isascii() and typed.isdigit() and len(typed) <= NUMBER_DIGITS):
        raise web.HTTPNotFound
    draft = await visit.home.drafts.get(DraftNumber(int(typed)))
    if draft is None:
        raise web.HTTPNotFound
    if draft.state is DraftState.PUBLISHED:
        raise web.HTTPSeeOther(f"/surveys/{draft.version_of or draft.card.code}")
    form: Form | None = None
    if draft.file is not None and draft.file.works:
        files = partial(visit.home.drafts.beside, draft.number)
        form = await workshop_of(visit).form(draft.file.form, draft.file.xform, files)
    return OpenDraft(draft, form)


async def writing(visit: Visit) -> OpenDraft:
    """The same, for who changes it: a discarded one is brought back first."""
    standing = await known(visit)
    if standing.draft.state is not DraftState.WRITING:
        raise web.HTTPNotFound
    return standing

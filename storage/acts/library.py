"""The published surveys and their compiled forms in memory, refreshed when the database says that something changed.

Staff publish and close by way of the database, from another process; a running bot notices within a second.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType

from dialogs.forms.model import Form, compile_form
from dialogs.world import Survey
from storage.acts.drafting import trial_survey
from storage.drafts import Drafts
from storage.records import Surveys

COMPILED_KEPT = 64
"""Compiled form versions in memory; older ones are compiled again when a session still needs them."""

MEDIA_KEPT = 16 * 1024 * 1024
"""Bytes of form attachments (pictures) held in memory."""


class Library:
    """Surveys by code, forms by hash. Reading is synchronous; `refresh` and `need` talk to the database."""

    def __init__(self, surveys: Surveys, drafts: Drafts | None = None) -> None:
        """`drafts`: what staff try on their own phones is known as well, under its test code."""
        self._store = surveys
        self._drafts = drafts
        self._revision = -1
        self._surveys: Mapping[str, Survey] = MappingProxyType({})
        self._forms: OrderedDict[str, Form] = OrderedDict()
        self._media: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._compiling = asyncio.Lock()

    @property
    def surveys(self) -> Mapping[str, Survey]:
        return self._surveys

    @property
    def forms(self) -> Mapping[str, Form]:
        return self._forms

    async def refresh(self) -> bool:
        """Read what changed; True if anything did. Raises `storage.errors.Unavailable`."""
        revision = await self._store.revision()
        if revision == self._revision:
            return False
        surveys = {survey.code: survey for survey in await self._store.all()}
        for trial in await self._drafts.trials() if self._drafts is not None else ():
            surveys[trial.test_code] = trial_survey(trial)
        for survey in surveys.values():
            await self.need(survey.form)
        self._surveys = MappingProxyType(surveys)
        self._revision = revision
        return True

    async def need(self, form: str) -> Form | None:
        """The compiled form of this hash, from memory or the database; None if it was never published."""
        if (compiled := self._forms.get(form)) is not None:
            self._forms.move_to_end(form)
            return compiled
        async with self._compiling:
            if (compiled := self._forms.get(form)) is not None:
                return compiled
            found = await self._stored(form)
            if found is None:
                return None
            compiled = await asyncio.to_thread(compile_form, *found)
            self._forms[form] = compiled
            self._forget_old()
            return compiled

    async def _stored(self, form: str) -> tuple[bytes, Mapping[str, bytes]] | None:
        """XForm and files, of a published form or of a draft under test."""
        version = await self._store.form(form)
        if version is not None:
            return version.xform, version.attachments
        return await self._drafts.trial_form(form) if self._drafts is not None else None

    def _forget_old(self) -> None:
        current = {survey.form for survey in self._surveys.values()}
        for hash_ in list(self._forms):
            if len(self._forms) <= max(COMPILED_KEPT, len(current) + 1):
                return
            if hash_ not in current:
                del self._forms[hash_]

    async def attachment(self, form: str, name: str) -> bytes | None:
        """Bytes of a form's picture, sound or film."""
        key = (form, name)
        if key in self._media:
            self._media.move_to_end(key)
            return self._media[key]
        found = await self._stored(form)
        data = found[1].get(name) if found else None
        if data is not None and len(data) <= MEDIA_KEPT:
            self._media[key] = data
            while sum(map(len, self._media.values())) > MEDIA_KEPT:
                self._media.popitem(last=False)
        return data

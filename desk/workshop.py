"""What the desk works with besides its stores, one for the process: the sandbox for files, compiled forms, previews.

All of it is bounded and holds nothing of a citizen. Not here: opening it (`app.py`), what a preview says
(`previews.py`).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from desk.previews import Previews
from dialogs.forms.model import Form, compile_form
from storage.sandbox import Sandbox

FORMS_KEPT: Final = 16
"""Compiled forms in memory."""


@dataclass(slots=True)
class Workshop:
    """Opened with the application, closed with it."""

    sandbox: Sandbox = field(default_factory=Sandbox)
    previews: Previews = field(default_factory=Previews)
    _forms: OrderedDict[str, Form] = field(default_factory=OrderedDict)

    async def form(self, hash_: str, xform: bytes, files: Callable[[], Awaitable[Mapping[str, bytes]]]) -> Form:
        """The compiled form, from memory if it was asked for lately; only otherwise its files are read."""
        found = self._forms.get(hash_)
        if found is None:
            found = self._forms[hash_] = await asyncio.to_thread(compile_form, xform, await files())
            while len(self._forms) > FORMS_KEPT:
                self._forms.popitem(last=False)
        else:
            self._forms.move_to_end(hash_)
        return found


WORKSHOP: Final = web.AppKey("workshop", Workshop)


async def workshop(app: web.Application) -> AsyncIterator[None]:
    """As a cleanup context of the application."""
    app[WORKSHOP] = made = Workshop()
    yield
    await made.sandbox.close()

"""Key changes, which are an operator's event: a citizen's cross-signing key is pinned when it is first seen.

A changed key is a new telephone that was set up anew, or somebody between: the log says that it happened, never whose.
Messages go on (to refuse would lock out whoever lost a telephone); what the town does about it is its own decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog

from adapters.matrix.book import Book
from adapters.matrix.client import Client
from adapters.matrix.cross_signing import master_key

log = structlog.get_logger()


class Watch:
    """Looks at every answer of `keys/query`. `note` tells the operator: kind of event, for a counter."""

    def __init__(self, client: Client, book: Book, note: Callable[[str], None]) -> None:
        self._client = client
        self._book = book
        self._note = note

    def look(self) -> None:
        """At the answers since the last look."""
        answers, self._client.queried = self._client.queried, []
        for answer in answers:
            asked = answer.get("device_keys")
            for user in asked if isinstance(asked, Mapping) else ():
                if user == self._client.user_id:
                    self._look_at_ourselves(answer)
                elif self._book.knows(user):
                    self._look_at(user, answer)

    def _look_at(self, user: str, answer: dict[str, Any]) -> None:
        found, person = master_key(answer, user), self._book.person(user)
        if not found or found == person.master:
            return
        self._book.note_person(msgspec.structs.replace(person, master=found))
        if person.master:
            self._tell("key_changed")

    def _look_at_ourselves(self, answer: dict[str, Any]) -> None:
        """A device that logged in beside us gets no key from us, but may get those of citizens' programs."""
        devices = answer["device_keys"].get(self._client.user_id)
        if isinstance(devices, Mapping) and len(devices) > 1:
            self._tell("foreign_device")

    def _tell(self, event: str) -> None:
        self._note(event)
        log.warning(event, channel="matrix")

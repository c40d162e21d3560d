"""Reading an original: what a request needs, who may approve it, who may read it then. For command line and desk.

    request ── approved by somebody else ──> readable on that day and the next, for the two
            └─ declined ──> gone
    in a town with one clerk (`staff.alone`): by the same person, after ten minutes and a typed word; the audit says so

The desk has no key for it: it writes an order, and the bot seals the original for the reading key
(`bot/unmasked.py`). Not here: rows (`storage/sql/unmaskings.py`), copies (`storage/sql/readings.py`).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Final

from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.sql.unmaskings import Unmasking

ALONE_AFTER: Final = timedelta(minutes=10)
"""A clerk who is alone may approve their own request so long after it."""

LEAST_REASON: Final = 10
LONGEST_REASON: Final = 500
"""Letters of a reason."""

NUMBER_BYTES: Final = 4
_ID_BYTES: Final = 16


def request(
    survey: str, response: bytes, position: int, reason: str, who: str, now: datetime, voice: Voice
) -> Unmasking:
    """A new request. Raises `ActError` without a reason."""
    if len(reason.strip()) < LEAST_REASON:
        raise ActError(voice.t("Say why the original has to be read, in a sentence."))
    kept = reason.strip()
    if len(kept) > LONGEST_REASON:
        raise ActError(voice.t("At most {n} characters: this has more.", n=voice.number(LONGEST_REASON)))
    return Unmasking(os.urandom(_ID_BYTES), survey, response, position, kept, who, now)


def short(asked: Unmasking) -> str:
    """How staff call a request."""
    return asked.id[:NUMBER_BYTES].hex()


def refuse_alone(asked: Unmasking, who: str, now: datetime, *, alone: bool, voice: Voice) -> None:
    """Nobody approves what they asked for, unless they are the town's only clerk and have thought it over. Raises
    `ActError`; then `refuse_untyped`."""
    if who != asked.asked_by:
        return
    if not alone:
        raise ActError(voice.t("You asked for it yourself: somebody else has to approve."))
    if now - asked.asked_at < ALONE_AFTER:
        raise ActError(voice.t("You asked for it yourself: think it over for ten minutes."))


def refuse_untyped(asked: Unmasking, who: str, typed: str, voice: Voice) -> None:
    """Whoever approves their own request types its number. Raises `ActError`."""
    if who == asked.asked_by and typed.strip() != short(asked):
        raise ActError(voice.t("Nothing was approved."))


def refuse_reader(asked: Unmasking, who: str, voice: Voice) -> None:
    """The original is for the two who decided. Raises `ActError`."""
    if not asked.approved_by:
        raise ActError(voice.t("This request is not approved yet."))
    if who not in {asked.asked_by, asked.approved_by}:
        raise ActError(voice.t("Only those who asked and approved may read it."))


def how(asked: Unmasking, who: str) -> str:
    """What the audit log says of an approval."""
    return "by the same person, alone" if who == asked.asked_by else f"asked by {asked.asked_by}"

"""Rows of the moderators' queue as they follow the copies: listed with them, gone with them, carried over the grace.

A row is named by its copy's own random number (the chance that the copy was sealed with); a copy that is made anew has
another one, and what was decided moves to it. Not here: deciding (`moderation.py`), making copies (`readings.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from dialogs.text_states import TextState
from privacy.sealing import NONCE_BYTES
from storage.sql.tables import answers, responses
from storage.sql.text_tables import text_tags, texts, theme_texts
from storage.sql.upserts import insert_new_rows

AT_ONCE: Final = 500

_CARRIED: Final = ("survey", "question", "position", "state", "reason", "whose", "decided_by")


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy lies, and what it is called."""

    number: bytes
    survey: str
    question: str
    response: bytes
    position: int


def number_of(masked: bytes) -> bytes:
    """A copy's own random number."""
    return masked[1 : 1 + NONCE_BYTES]


def list_copies(connection: Connection, copies: Sequence[Copy], places: frozenset[str]) -> None:
    """New copies wait for a moderator; those of places do not."""
    insert_new_rows(connection, texts, [_row(copy, places) for copy in copies])


def _row(copy: Copy, places: frozenset[str]) -> dict[str, Any]:
    state = TextState.PLACE if copy.question in places else TextState.WAITING
    return {
        "number": copy.number,
        "survey": copy.survey,
        "question": copy.question,
        "response": copy.response,
        "position": copy.position,
        "state": state.value,
        "reason": "",
        "whose": "",
        "before": "",
        "decided_by": "",
        "claimed_by": "",
    }


def unlisted(connection: Connection, survey: str) -> Sequence[tuple[str, Copy]]:
    """Copies that have no row yet, each with the form that it answers: of a database from before there was a queue."""
    has_row = select(texts.c.number).where(
        texts.c.response == answers.c.response, texts.c.position == answers.c.position
    )
    wanted = (
        select(responses.c.form, answers.c.response, answers.c.position, answers.c.question, answers.c.masked)
        .join(responses)
        .where(responses.c.survey == survey, answers.c.masked.is_not(None), ~has_row.exists())
    )
    return [
        (row.form, Copy(number_of(row.masked), survey, row.question, row.response, row.position))
        for row in connection.execute(wanted)
    ]


def forget_texts(connection: Connection, ids: Sequence[bytes]) -> None:
    """Responses are erased, and what was decided about their texts with them. One that stood for others leaves them
    waiting."""
    gone = list(connection.execute(select(texts.c.number).where(texts.c.response.in_(ids))).scalars())
    for some in _batches(gone):
        alone = update(texts).where(texts.c.same_as.in_(some), texts.c.response.not_in(ids))
        undecided = {"decision": None, "decided_by": "", "decided_at": None, "before": ""}
        connection.execute(alone.values(same_as=None, state=TextState.WAITING.value, **undecided))
        connection.execute(delete(theme_texts).where(theme_texts.c.text.in_(some)))
        connection.execute(delete(text_tags).where(text_tags.c.text.in_(some)))
        connection.execute(delete(texts).where(texts.c.number.in_(some)))


def carry_over(
    connection: Connection, survey: str, names: Mapping[bytes, bytes], made: Iterable[tuple[bytes, int, bytes]]
) -> None:
    """After the grace: decisions, tags and themes move to the copies that were made anew (response before, position,
    new copy). When it was decided is in the audit log and nowhere else any more."""
    renewed = {(response, position): number_of(masked) for response, position, masked in made}
    standing = connection.execute(select(texts).where(texts.c.survey == survey)).all()
    now = {row.number: renewed.get((row.response, row.position)) for row in standing}
    tagged = connection.execute(select(text_tags).join(texts).where(texts.c.survey == survey)).all()
    rows = []
    for row in standing:
        number = now[row.number]
        if number is None:
            continue
        kept = {name: row._mapping[name] for name in _CARRIED}
        same_as = now.get(row.same_as) if row.same_as is not None else None
        new = {"number": number, "response": names[row.response], "same_as": same_as}
        rows.append({**kept, **new, "before": "", "claimed_by": ""})
    connection.execute(delete(text_tags).where(text_tags.c.text.in_(select(texts.c.number).filter_by(survey=survey))))
    connection.execute(delete(texts).where(texts.c.survey == survey))
    for some in _batches(rows):
        connection.execute(insert(texts), list(some))
    moved_tags = [{"text": now[row.text], "tag": row.tag} for row in tagged if now.get(row.text) is not None]
    if moved_tags:
        connection.execute(insert(text_tags), moved_tags)
    pairs = [{"old": old, "new": new} for old, new in now.items() if new is not None]
    if pairs:
        moved = update(theme_texts).where(theme_texts.c.text == bindparam("old"))
        connection.execute(moved.values(text=bindparam("new")), pairs)
    lost = [old for old, new in now.items() if new is None]
    for some in _batches(lost):
        connection.execute(delete(theme_texts).where(theme_texts.c.text.in_(some)))


def _batches(some: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))

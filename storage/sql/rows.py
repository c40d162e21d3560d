"""A response's rows: written, read and removed inside a caller's transaction; sealing happens on the way in.

Not here: who may do it and when (`responses.py`, `staging.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from dialogs.effects import Value
from dialogs.events import MediaName
from privacy.answers import seal_answer
from privacy.files import locator
from privacy.sealing import Sealer
from storage.records import ResponseId, StoredResponse, StoredValue
from storage.sql.tables import answers, files, participations, responses, return_codes, unmaskings
from storage.sql.texts import forget_texts
from storage.sql.upserts import AnyRow

_INDEX: Final = re.compile(r"\[\d+\]")
_RESPONSE: Final = insert(responses)
_ANSWERS: Final = insert(answers)


@dataclass(frozen=True, slots=True)
class NewResponse:
    """What is written for one response."""

    id: bytes
    survey: str
    form: str
    day: date
    language: str
    informed: str
    values: tuple[Value, ...]


def question_of(ref: str) -> str:
    """The ref without [n]: all repeats of a question together."""
    return _INDEX.sub("", ref)


def locators(values: Iterable[Value]) -> list[bytes]:
    return [locator(value.text) for value in values if value.media]


def write(connection: Connection, new: NewResponse, key: bytes) -> None:
    """Insert a response, seal what is to be sealed, and make the draft's files its own."""
    row = {"id": new.id, "survey": new.survey, "form": new.form, "day": new.day}
    connection.execute(_RESPONSE, {**row, "language": new.language, "informed": new.informed})
    sealer = Sealer(key)
    rows = [_answer(new.id, position, value, sealer) for position, value in enumerate(new.values)]
    if rows:
        connection.execute(_ANSWERS, rows)
    kept = locators(new.values)
    if kept:
        connection.execute(update(files).where(files.c.locator.in_(kept)).values(response=new.id))


def _answer(response: bytes, position: int, value: Value, sealer: Sealer) -> dict[str, Any]:
    hidden = value.sealed or value.media
    return {
        "response": response,
        "position": position,
        "ref": value.ref,
        "question": question_of(value.ref),
        "plain": None if hidden else value.text,
        "sealed": seal_answer(sealer, value.ref, value.text) if hidden else None,
        "file": locator(value.text) if value.media else None,
    }


def remove(connection: Connection, ids: Sequence[bytes], but_files: Sequence[bytes] = ()) -> int:
    """Delete responses with answers, return codes and files (but these). Returns how many responses there were."""
    if not ids:
        return 0
    connection.execute(delete(files).where(files.c.response.in_(ids), files.c.locator.not_in(but_files)))
    connection.execute(delete(return_codes).where(return_codes.c.response.in_(ids)))
    connection.execute(delete(unmaskings).where(unmaskings.c.response.in_(ids)))
    forget_texts(connection, ids)
    connection.execute(delete(answers).where(answers.c.response.in_(ids)))
    return (connection.execute(delete(responses).where(responses.c.id.in_(ids)))).rowcount


def untie(connection: Connection, response: bytes) -> None:
    """Forget who took part with this response."""
    connection.execute(delete(participations).where(participations.c.response == response))


def read(connection: Connection, response: bytes) -> StoredResponse | None:
    found = (connection.execute(select(responses).where(responses.c.id == response))).first()
    if found is None:
        return None
    values = connection.execute(select(answers).where(answers.c.response == response).order_by(answers.c.position))
    return stored(found, [stored_value(row) for row in values])


def stored(row: AnyRow, values: Iterable[StoredValue]) -> StoredResponse:
    id_ = ResponseId(row.id)
    return StoredResponse(id_, row.survey, row.form, row.day, row.language, tuple(values), row.informed)


def stored_value(row: AnyRow) -> StoredValue:
    file = MediaName(row.file.hex()) if row.file is not None else None
    return StoredValue(row.ref, row.plain, row.sealed, file)

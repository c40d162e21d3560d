"""Strict surveys: the tie between a person and their answers is cut at "send".

The participation is noted; the answers go, sealed and without it, into a table that keeps no order, and wait until at
least ten can be moved together, shuffled, under new random ids and keys. Fewer than ten at close appear only as a
total. Neither the id that the conversation knew nor its key is used.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from dialogs.effects import Value
from privacy.sealing import Sealer, pad, unpad
from storage.errors import Lost
from storage.keychain import Keychain
from storage.records import Submission
from storage.sql import rows
from storage.sql.counting import UNTIED_TOTAL
from storage.sql.database import Database
from storage.sql.tables import counters, files, staging
from storage.sql.upserts import count_up

BATCH: Final = 10
"""Answers that are moved together at least: re-linking by the order of arrival is right once in ten at most."""

_STEP: Final = 4096
"""Sealed answers come in multiples of this many bytes: their length must not tell who sent which."""

_ID_BYTES: Final = 16
_AAD: Final = b"staged/v1"


class Staged(msgspec.Struct, frozen=True, array_like=True):
    """What waits."""

    form: str
    language: str
    informed: str
    values: tuple[Value, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Staged)


def stage(connection: Connection, submission: Submission, key: bytes) -> None:
    """Put the answers of a submission among those that wait."""
    submit = submission.submit
    id_ = os.urandom(_ID_BYTES)
    staged = Staged(submit.form, submit.language, submit.informed, submit.values)
    sealed = Sealer(key).seal(pad(_encoder.encode(staged), _STEP), _AAD + id_)
    connection.execute(insert(staging).values(id=id_, survey=submit.survey, sealed=sealed))
    kept = rows.locators(submit.values)
    if kept:
        connection.execute(update(files).where(files.c.locator.in_(kept)).values(response=id_))


async def move_batch(database: Database, keychain: Keychain, survey: str, today: date) -> int:
    """Move what waits to the answers if it is enough. Returns how many were moved."""
    wanted = select(staging.c.id, staging.c.sealed).where(staging.c.survey == survey)
    waiting = list(await database.read(lambda connection: connection.execute(wanted).all()))
    if len(waiting) < BATCH:
        return 0
    sealer = Sealer(await keychain.staging(survey, today))
    batch = []
    random.SystemRandom().shuffle(waiting)  # before the keys are made: they, too, lie in an order
    for id_, sealed in waiting:
        staged = _decoder.decode(unpad(sealer.unseal(sealed, _AAD + id_)))
        new = rows.NewResponse(
            os.urandom(_ID_BYTES), survey, staged.form, today, staged.language, staged.informed, staged.values
        )
        batch.append((new, await keychain.response(new.id, today)))

    def work(connection: Connection) -> None:
        _take_away(connection, [row.id for row in waiting])
        for new, key in batch:
            rows.write(connection, new, key)

    await database.write(work)
    return len(batch)


def drop_rest(connection: Connection, survey: str) -> int:
    """At close: what is too little to be moved is counted and forgotten. Returns how many there were."""
    ids = (connection.execute(select(staging.c.id).where(staging.c.survey == survey))).scalars().all()
    if not ids:
        return 0
    _take_away(connection, ids)
    connection.execute(delete(files).where(files.c.response.in_(ids)))
    counter = {"survey": survey, "what": UNTIED_TOTAL, "responses": len(ids)}
    count_up(connection, counters, counter, "responses")
    return len(ids)


def _take_away(connection: Connection, ids: Sequence[bytes]) -> None:
    gone = connection.execute(delete(staging).where(staging.c.id.in_(ids)))
    if gone.rowcount != len(ids):
        raise Lost("another process is moving the same answers")

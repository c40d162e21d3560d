"""Raw counts of a survey by SQL. Unsafe: they leave the house only through `privacy.disclosure`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from storage.members import Members, counted
from storage.records import RawCounts
from storage.sql.tables import answers, counters, responses

CHANNEL: Final = "channel/"
"""Prefix of the counters by channel."""

UNTIED_TOTAL: Final = "untied"
"""Counter of answers to a strict survey that were too few to be shown as more than a total."""

AT_ONCE: Final = 2000
"""Answers that are fetched together: between them, a process that also serves has its turn."""


def count(connection: Connection, survey: str, lists: Collection[str]) -> RawCounts:
    """All counts of one survey, in one consistent view. `lists`: as in `Responses.counts`."""
    extra = dict(_pairs(connection, select(counters.c.what, counters.c.responses).where(counters.c.survey == survey)))
    by_language = _pairs(
        connection,
        select(responses.c.language, func.count()).where(responses.c.survey == survey).group_by(responses.c.language),
    )
    found = _members(connection, survey, lists)
    members, answering = found.members(), found.answering()
    return RawCounts(
        survey=survey,
        responses=found.people + extra.get(UNTIED_TOTAL, 0),
        answered={question: who.bit_count() for question, who in answering.items()},
        by_ref=counted(members),
        texts=_sealed(connection, survey),
        by_channel={what.removeprefix(CHANNEL): n for what, n in extra.items() if what.startswith(CHANNEL)},
        by_language=by_language,
        people=found.people,
        members=members,
        answering=answering,
        places=found.places(),
    )


def progress(connection: Connection, survey: str) -> int:
    """How many responses there are, without a look at the answers."""
    people = select(func.count()).select_from(responses).where(responses.c.survey == survey)
    untied = select(counters.c.responses).where(counters.c.survey == survey, counters.c.what == UNTIED_TOTAL)
    return connection.execute(people).scalar_one() + (connection.execute(untied).scalar_one_or_none() or 0)


def _of(survey: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).join(responses, responses.c.id == answers.c.response).where(responses.c.survey == survey)


def _pairs(connection: Connection, wanted: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(wanted)}


def _sealed(connection: Connection, survey: str) -> dict[str, int]:
    people = func.count(answers.c.response.distinct())
    wanted = _of(survey, answers.c.question, people).where(answers.c.plain.is_(None))
    return _pairs(connection, wanted.group_by(answers.c.question))


def _members(connection: Connection, survey: str, lists: Collection[str]) -> Members:
    found = Members(lists)
    for (response,) in connection.execute(select(responses.c.id).where(responses.c.survey == survey)):
        found.place(response)
    wanted = _of(survey, answers.c.response, answers.c.question, answers.c.plain)
    for some in connection.execute(wanted.execution_options(yield_per=AT_ONCE)).partitions():
        for response, question, plain in some:
            found.add(response, question, plain)
    return found

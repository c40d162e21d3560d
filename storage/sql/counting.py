"""Raw counts of a survey by SQL. Unsafe: they leave the house only through `privacy.disclosure`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from storage.base import RawCounts
from storage.sql.tables import answers, counters, responses

CHANNEL: Final = "channel/"
"""Prefix of the counters by channel."""

UNTIED_TOTAL: Final = "untied"
"""Counter of answers to a strict survey that were too few to be shown as more than a total."""


def count(connection: Connection, survey: str, lists: Collection[str]) -> RawCounts:
    """All counts of one survey, in one consistent view. `lists`: as in `Responses.counts`."""
    extra = dict(_pairs(connection, select(counters.c.what, counters.c.responses).where(counters.c.survey == survey)))
    by_language = _pairs(
        connection,
        select(responses.c.language, func.count()).where(responses.c.survey == survey).group_by(responses.c.language),
    )
    by_ref = _values(connection, survey, lists)
    return RawCounts(
        survey=survey,
        responses=sum(by_language.values()) + extra.get(UNTIED_TOTAL, 0),
        answered=_answered(connection, survey, answers.c.position >= 0),
        by_ref=by_ref,
        texts=_answered(connection, survey, answers.c.sealed.is_not(None)),
        by_channel={what.removeprefix(CHANNEL): n for what, n in extra.items() if what.startswith(CHANNEL)},
        by_language=by_language,
    )


def _of(survey: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).join(responses, responses.c.id == answers.c.response).where(responses.c.survey == survey)


def _pairs(connection: Connection, wanted: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(wanted)}


def _answered(connection: Connection, survey: str, which: ColumnElement[bool]) -> dict[str, int]:
    people = func.count(answers.c.response.distinct())
    return _pairs(connection, _of(survey, answers.c.question, people).where(which).group_by(answers.c.question))


def _values(connection: Connection, survey: str, lists: Collection[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    people = func.count(answers.c.response.distinct())
    single = _of(survey, answers.c.question, answers.c.plain, people).where(
        answers.c.plain.is_not(None), answers.c.question.not_in(lists)
    )
    for question, value, number in connection.execute(single.group_by(answers.c.question, answers.c.plain)):
        found[question][value] = number
    multiple = _of(survey, answers.c.question, answers.c.plain, answers.c.response).where(
        answers.c.plain.is_not(None), answers.c.question.in_(lists)
    )
    chosen: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for question, value, response in connection.execute(multiple):
        for each in value.split():
            chosen[question, each].add(response)
    for (question, value), who in chosen.items():
        found[question][value] = len(who)
    return dict(found)

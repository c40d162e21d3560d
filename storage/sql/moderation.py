"""The moderators' queue: who reads which text, what they decided, and back again.

    claim ──> a text is one moderator's for some minutes: nobody else is shown it
      └──> decided, released by whoever leaves, or free again when the time is over

Order is that of the copies' random numbers: shuffled, and the same for everybody. A decision names the state in which
the text was seen, so that two people never decide over one another. Not here: opening texts (`copies.py`), which
states there are (`dialogs/text_states.py`), the audit log (whoever acts writes it).
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, literal, or_, select, update

from dialogs.text_states import HideReason, TextState, is_a_reason, may_follow
from dialogs.world import Mode
from privacy.disclosure import DESK
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.tables import responses, surveys
from storage.sql.text_tables import text_tags, texts
from storage.sql.upserts import AnyRow, insert_new

CLAIM_LASTS: Final = timedelta(minutes=10)
"""A text is somebody's so long after they last asked for texts."""
CLAIMED_AT_ONCE: Final = 10
"""Texts that are somebody's at a time: enough to look ahead, few enough to leave the others some."""
MOST_MERGED: Final = 50
"""Texts that are put together in one act."""
MOST_TAGS: Final = 10
"""Tags of one text."""
LONGEST_TAG: Final = 40  # characters
PAGE: Final = 50
"""Texts of a list that are shown at a time."""

_DECISION_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the queue; no word of the text."""

    number: bytes
    survey: str
    question: str
    state: TextState
    reason: str = ""
    whose: str = ""
    same_as: bytes | None = None
    decided_by: str = ""
    claimed_by: str = ""
    claimed_until: datetime | None = None
    tags: tuple[str, ...] = ()
    stands_for: int = 0
    """How many duplicates it stands for."""

    @property
    def name(self) -> str:
        """By which staff call it."""
        return self.number.hex()[:8]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decided about a text that they saw in the state `seen`."""

    seen: TextState
    then: TextState
    reason: str = ""
    whose: str = ""
    """To whom it is handed on."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A moderator whose texts nobody else is shown."""

    staff: str
    texts: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Which:
    """Texts of a list."""

    survey: str
    state: TextState | None = None
    """None: whatever was decided; places are no texts."""
    question: str = ""
    tag: str = ""
    whose: str = ""


class Moderation:
    """All raise `Unavailable` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- how much there is

    async def readable(self, survey: str) -> bool:
        """Whether its texts may be read: of ten people or more, of a strict survey after its close."""
        return bool(await self.readable_of([survey]))

    async def readable_of(self, codes: Collection[str]) -> frozenset[str]:
        """Those of these surveys whose texts may be read."""
        return await self._database.read(partial(_readable, codes=codes))

    async def counts(self, survey: str = "") -> Mapping[tuple[str, str, TextState], int]:
        """Texts by (survey, question, state)."""
        columns = (texts.c.survey, texts.c.question, texts.c.state)
        wanted = select(*columns, func.count()).group_by(*columns)
        if survey:
            wanted = wanted.where(texts.c.survey == survey)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return {(row[0], row[1], TextState(row[2])): row[3] for row in rows if row[2] != TextState.PLACE.value}

    async def waiting(self, survey: str, question: str = "") -> int:
        """Texts that nobody has decided about."""
        here = [texts.c.survey == survey, texts.c.state == TextState.WAITING.value]
        if question:
            here.append(texts.c.question == question)
        wanted = select(func.count()).select_from(texts).where(*here)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one())

    async def hidden_by_reason(self) -> Mapping[HideReason, int]:
        """Hidden texts of all surveys. Unsafe: counts under five are not to be shown."""
        hidden = select(texts.c.reason, func.count()).where(texts.c.state == TextState.HIDDEN.value)
        rows = await self._database.read(lambda connection: connection.execute(hidden.group_by(texts.c.reason)).all())
        return {HideReason(reason): number for reason, number in rows if reason in set(HideReason)}

    async def handed_to(self, staff: str) -> int:
        """Texts that somebody named shall decide."""
        mine = and_(texts.c.state == TextState.ESCALATED.value, texts.c.whose == staff)
        wanted = select(func.count()).select_from(texts).where(mine)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one())

    async def at_work(self, survey: str, now: datetime) -> Sequence[AtWork]:
        """Who reads texts of a survey just now."""
        last = func.max(texts.c.claimed_until)
        wanted = (
            select(texts.c.claimed_by, func.count(), last)
            .where(texts.c.claimed_by > "", texts.c.survey == survey)
            .where(texts.c.claimed_until > now.astimezone(UTC))
            .group_by(texts.c.claimed_by)
            .order_by(texts.c.claimed_by)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [AtWork(row[0], row[1], _aware(row[2])) for row in rows]

    # -- one text after the other

    async def claim(self, survey: str, staff: str, now: datetime, question: str = "") -> Sequence[Listed]:
        """The next texts that wait, now this moderator's until `CLAIM_LASTS` from now on; what they had is renewed.
        Nothing where the survey's texts may not be read."""
        return await self._database.write(
            partial(_claim, survey=survey, staff=staff, now=now.astimezone(UTC), question=question)
        )

    async def release(self, staff: str) -> int:
        """Somebody leaves the queue: their texts wait for anybody."""
        mine = update(texts).where(texts.c.claimed_by == staff).values(claimed_by="", claimed_until=None)
        return await self._database.write(lambda connection: connection.execute(mine).rowcount)

    async def get(self, number: bytes) -> Listed | None:
        """One row; None if it is gone (erased, or made anew after the grace)."""
        found = await self._database.read(lambda connection: _listed(connection, texts.c.number == number))
        return found[0] if found else None

    async def some(self, numbers: Sequence[bytes]) -> Sequence[Listed]:
        """These rows (at most `PAGE`), in this order; what is gone is left out."""
        wanted = texts.c.number.in_(numbers[:PAGE])
        found = await self._database.read(lambda connection: _listed(connection, wanted))
        by_number = {each.number: each for each in found}
        return [by_number[number] for number in numbers if number in by_number]

    async def named(self, survey: str, name: str) -> Listed | None:
        """The text that staff call so."""
        try:
            start = bytes.fromhex(name)
        except ValueError:
            return None
        if len(start) < 4:
            return None
        last = start + b"\xff" * (12 - len(start))
        here = and_(texts.c.survey == survey, texts.c.number >= start, texts.c.number <= last)
        found = await self._database.read(lambda connection: _listed(connection, here))
        return found[0] if len(found) == 1 else None

    async def list(self, which: Which, after: bytes = b"", most: int = PAGE) -> Sequence[Listed]:
        """Texts in one state or in any, in the order of random numbers."""
        stands = texts.c.state != TextState.PLACE.value if which.state is None else texts.c.state == which.state.value
        here = [texts.c.survey == which.survey, stands, texts.c.number > after]
        if which.question:
            here.append(texts.c.question == which.question)
        if which.whose:
            here.append(texts.c.whose == which.whose)
        if which.tag:
            here.append(texts.c.number.in_(select(text_tags.c.text).where(text_tags.c.tag == which.tag)))
        return await self._database.read(lambda connection: _listed(connection, and_(*here), most))

    # -- deciding

    async def decide(self, number: bytes, decision: Decision, staff: str, now: datetime) -> Listed:
        """Raises `Conflict` if somebody else has it or has decided, or if the state may not follow."""
        if not may_follow(decision.seen, decision.then) or not is_a_reason(decision.then, decision.reason):
            raise Conflict(f"a text cannot go from {decision.seen} to {decision.then} for this reason")
        return await self._database.write(
            partial(_decide, number=number, decision=decision, staff=staff, now=now.astimezone(UTC))
        )

    async def merge(self, kept: bytes, others: Sequence[bytes], staff: str, now: datetime) -> int:
        """These say the same as `kept`, which stands for them from now on. What somebody else has just now is left
        out. Returns how many. Raises `Conflict` if `kept` is gone or is a duplicate itself."""
        return await self._database.write(
            partial(_merge, kept=kept, others=others[:MOST_MERGED], staff=staff, now=now.astimezone(UTC))
        )

    async def undo(self, staff: str, now: datetime) -> Sequence[Listed]:
        """Take back this moderator's last decision, with everything that was decided in it; the texts are theirs again.
        Nothing if there is none, or if somebody has decided since."""
        return await self._database.write(partial(_undo, staff=staff, now=now.astimezone(UTC)))

    async def second(self, number: bytes, staff: str, alone: bool) -> Listed:
        """A second look at a quote: from now on it may be published. Raises `Conflict` if it is none any more, or if
        the same person approved it (`alone`: a town with one clerk)."""
        return await self._database.write(partial(_second, number=number, staff=staff, alone=alone))

    # -- tags

    async def tag(self, number: bytes, tag: str) -> None:
        """Raises `Conflict` if the text is gone, or has tags enough."""
        await self._database.write(partial(_tag, number=number, tag=tag.strip()[:LONGEST_TAG]))

    async def untag(self, number: bytes, tag: str) -> None:
        gone = delete(text_tags).where(text_tags.c.text == number, text_tags.c.tag == tag)
        await self._database.write(lambda connection: connection.execute(gone))

    async def tags(self, survey: str) -> Mapping[str, int]:
        """Tags of a survey, the most used first."""
        number = func.count()
        wanted = (
            select(text_tags.c.tag, number)
            .join(texts)
            .where(texts.c.survey == survey)
            .group_by(text_tags.c.tag)
            .order_by(number.desc(), text_tags.c.tag)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return {row[0]: row[1] for row in rows}

    async def states(self, survey: str) -> Mapping[bytes, TextState]:
        """Every text that is no place, and where it stands."""
        wanted = select(texts.c.number, texts.c.state).where(texts.c.survey == survey)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return {row[0]: TextState(row[1]) for row in rows if row[1] != TextState.PLACE.value}

    async def approved(self, survey: str, question: str = "") -> Sequence[Listed]:
        """Quotes that two people have looked at, without any whose original was asked for. At most `PAGE`."""
        here = [texts.c.survey == survey, texts.c.state == TextState.QUOTE.value, texts.c.whose != ""]
        if question:
            here.append(texts.c.question == question)
        return await self._database.read(lambda connection: _listed(connection, and_(*here), PAGE))


# -- inside a transaction


def _readable(connection: Connection, codes: Collection[str]) -> frozenset[str]:
    answered = select(literal(1)).where(responses.c.survey == surveys.c.code).correlate(surveys)
    enough = answered.offset(DESK.least_respondents - 1).limit(1).exists()
    over = or_(surveys.c.mode != Mode.STRICT.value, surveys.c.closed_on.is_not(None))
    wanted = select(surveys.c.code).where(surveys.c.code.in_(codes), over, enough)
    return frozenset(connection.execute(wanted).scalars())


def _claim(connection: Connection, survey: str, staff: str, now: datetime, question: str) -> Sequence[Listed]:
    if not _readable(connection, [survey]):
        return []
    here = [texts.c.survey == survey, texts.c.state == TextState.WAITING.value]
    if question:
        here.append(texts.c.question == question)
    mine = texts.c.claimed_by == staff
    free = or_(texts.c.claimed_by == "", texts.c.claimed_until <= now)
    waiting = select(texts.c.number).where(*here)
    got = sorted(connection.execute(waiting.where(mine)).scalars())[:CLAIMED_AT_ONCE]
    if room := CLAIMED_AT_ONCE - len(got):
        more = waiting.where(free, ~mine).order_by(texts.c.number).limit(room).with_for_update(skip_locked=True)
        got += connection.execute(more).scalars()
    if not got:
        return []
    taken = update(texts).where(texts.c.number.in_(got))
    connection.execute(taken.values(claimed_by=staff, claimed_until=now + CLAIM_LASTS))
    return _listed(connection, texts.c.number.in_(got))


def _row(connection: Connection, number: bytes) -> AnyRow:
    row = connection.execute(select(texts).where(texts.c.number == number).with_for_update()).first()
    if row is None:
        raise Conflict("this text is gone: its author deleted it, or it has a new number since the grace is over")
    return row


def _is_held(row: AnyRow, staff: str, now: datetime) -> bool:
    """Whether somebody else reads it just now."""
    return bool(row.claimed_by) and row.claimed_by != staff and _aware(row.claimed_until) > now


def _decide(connection: Connection, number: bytes, decision: Decision, staff: str, now: datetime) -> Listed:
    row = _row(connection, number)
    if _is_held(row, staff, now):
        raise Conflict(f"{row.claimed_by} is reading this text just now")
    if row.state != decision.seen.value:
        raise Conflict("somebody else has decided about this text meanwhile")
    values = {"state": decision.then.value, "reason": decision.reason, "whose": decision.whose, "same_as": None}
    _write(connection, [row], values, staff, now)
    return _listed(connection, texts.c.number == number)[0]


def _write(connection: Connection, rows: Sequence[AnyRow], values: dict[str, Any], staff: str, now: datetime) -> None:
    """One decision about one text or several, which can be taken back together."""
    decision = os.urandom(_DECISION_BYTES)
    for row in rows:
        before = {"state": row.state, "reason": row.reason, "whose": row.whose}
        before["same_as"] = row.same_as.hex() if row.same_as is not None else ""
        decided = {"decision": decision, "decided_by": staff, "decided_at": now, "before": json.dumps(before)}
        free = {"claimed_by": "", "claimed_until": None}
        connection.execute(update(texts).where(texts.c.number == row.number).values(**values, **decided, **free))


def _merge(connection: Connection, kept: bytes, others: Sequence[bytes], staff: str, now: datetime) -> int:
    stands = _row(connection, kept)
    if stands.state in {TextState.DUPLICATE.value, TextState.HIDDEN.value, TextState.PLACE.value}:
        raise Conflict("this text cannot stand for others: it is hidden, or a duplicate itself")
    same = select(texts).where(texts.c.number.in_(others), texts.c.number != kept, texts.c.survey == stands.survey)
    may = [
        row
        for row in connection.execute(same.with_for_update()).all()
        if row.question == stands.question
        and may_follow(TextState(row.state), TextState.DUPLICATE)
        and not _is_held(row, staff, now)
    ]
    if may:
        values = {"state": TextState.DUPLICATE.value, "reason": "", "whose": "", "same_as": kept}
        behind = select(texts).where(texts.c.same_as.in_([row.number for row in may])).with_for_update()
        stood_for = connection.execute(behind).all()  # it is now the kept one's, until this is undone
        _write(connection, [*may, *stood_for], values, staff, now)
    return len(may)


def _undo(connection: Connection, staff: str, now: datetime) -> Sequence[Listed]:
    mine = and_(texts.c.decided_by == staff, texts.c.decision.is_not(None))
    newest = select(texts.c.decision).where(mine).order_by(texts.c.decided_at.desc()).limit(1)
    decision = connection.execute(newest).scalar_one_or_none()
    if decision is None:
        return []
    rows = connection.execute(select(texts).where(texts.c.decision == decision, mine).with_for_update()).all()
    for row in rows:
        before = json.loads(row.before)
        same_as = bytes.fromhex(before["same_as"]) or None
        values = {"state": before["state"], "reason": before["reason"], "whose": before["whose"], "same_as": same_as}
        back = {"decision": None, "decided_by": "", "decided_at": None, "before": ""}
        again = {"claimed_by": staff, "claimed_until": now + CLAIM_LASTS} if before["state"] == "waiting" else {}
        connection.execute(update(texts).where(texts.c.number == row.number).values(**values, **back, **again))
    return _listed(connection, texts.c.number.in_([row.number for row in rows]))


def _second(connection: Connection, number: bytes, staff: str, alone: bool) -> Listed:
    row = _row(connection, number)
    if row.state != TextState.QUOTE.value:
        raise Conflict("this text is no quote any more")
    if row.decided_by == staff and not alone:
        raise Conflict("you approved this quote yourself: somebody else has to look at it")
    connection.execute(update(texts).where(texts.c.number == number).values(whose=staff))
    return _listed(connection, texts.c.number == number)[0]


def _tag(connection: Connection, number: bytes, tag: str) -> None:
    if not tag:
        raise Conflict("a tag has a letter at least")
    _row(connection, number)
    having = select(func.count()).select_from(text_tags).where(text_tags.c.text == number)
    if connection.execute(having).scalar_one() >= MOST_TAGS:
        raise Conflict(f"a text has {MOST_TAGS} tags at most")
    insert_new(connection, text_tags, {"text": number, "tag": tag})


def _listed(connection: Connection, which: ColumnElement[bool], most: int = PAGE) -> Sequence[Listed]:
    rows = connection.execute(select(texts).where(which).order_by(texts.c.number).limit(most)).all()
    numbers = [row.number for row in rows]
    tagged: dict[bytes, list[str]] = {}
    for row in connection.execute(select(text_tags).where(text_tags.c.text.in_(numbers)).order_by(text_tags.c.tag)):
        tagged.setdefault(row.text, []).append(row.tag)
    standing = select(texts.c.same_as, func.count()).where(texts.c.same_as.in_(numbers)).group_by(texts.c.same_as)
    stands_for = {row[0]: row[1] for row in connection.execute(standing)}
    return [_as_listed(row, tuple(tagged.get(row.number, ())), stands_for.get(row.number, 0)) for row in rows]


def _as_listed(row: AnyRow, tags: tuple[str, ...], stands_for: int) -> Listed:
    return Listed(
        number=row.number,
        survey=row.survey,
        question=row.question,
        state=TextState(row.state),
        reason=row.reason,
        whose=row.whose,
        same_as=row.same_as,
        decided_by=row.decided_by,
        claimed_by=row.claimed_by,
        claimed_until=_aware(row.claimed_until) if row.claimed_until is not None else None,
        tags=tags,
        stands_for=stands_for,
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

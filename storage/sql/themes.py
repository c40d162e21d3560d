"""Themes of texts: as suggested, and as moderators named, merged and split them.

The words of a theme are sealed for the reading pair; its name is the moderators' own. A text has one theme or none. Not
here: finding themes (`desk/themes/`), whose texts they are (`texts`, cases).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Subquery,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)

from dialogs.text_states import TextState
from privacy.pairs import open_for, public_of, seal_for
from privacy.sealing import Unsealable
from storage.errors import Conflict
from storage.readingkey import read_reading_key
from storage.sql.database import Database
from storage.sql.text_tables import texts, theme_texts, themes
from storage.sql.upserts import AnyRow, insert_new_rows

MOST_THEMES: Final = 60
"""Themes of one question."""
LONGEST_NAME: Final = 80  # characters
_ID_BYTES: Final = 8
_WORDS: Final = b"theme/words/"


@dataclass(frozen=True, slots=True)
class About:
    """What the texts are: answers to a question of a survey, or (empty) reports."""

    survey: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme."""

    id: bytes
    language: str
    name: str
    held: bool
    """Moderators named, merged or split it."""
    texts: int
    day: date
    words: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NewTheme:
    """A theme to be stored. `id` None: it is new."""

    language: str
    words: tuple[str, ...] = field(repr=False)
    members: tuple[bytes, ...] = field(repr=False)
    """The most typical first."""
    id: bytes | None = None


class Themes:
    """All raise `Unavailable` when the database is away, and `Conflict` if the private part of the reading pair is not
    here or what is asked for is gone."""

    def __init__(self, database: Database, state: Path) -> None:
        self._database = database
        self._state = state

    async def all(self, about: About) -> Sequence[Theme]:
        """The largest first."""
        rows = await self._database.read(partial(_all, about=about))
        if not rows:
            return []
        private = await asyncio.to_thread(read_reading_key, self._state)
        found = [_theme(row, private) for row in rows]
        return sorted(found, key=lambda theme: (-theme.texts, theme.id))

    async def typical(self, about: About, most: int) -> Mapping[bytes, Sequence[bytes]]:
        """By theme, the numbers of its most typical texts."""
        wanted = (
            select(theme_texts.c.theme, theme_texts.c.text)
            .join(themes)
            .where(_of(about), theme_texts.c.rank < most)
            .order_by(theme_texts.c.theme, theme_texts.c.rank)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        found: dict[bytes, list[bytes]] = {}
        for row in rows:
            found.setdefault(row.theme, []).append(row.text)
        return found

    async def members(self, about: About) -> Mapping[bytes, bytes]:
        """Every text that has a theme, and which; of each theme the most typical first."""
        wanted = select(theme_texts.c.text, theme_texts.c.theme).join(themes).where(_of(about))
        wanted = wanted.order_by(theme_texts.c.theme, theme_texts.c.rank)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return {row.text: row.theme for row in rows}

    async def texts(self, id_: bytes, after: int = -1, most: int = 50) -> Sequence[tuple[int, bytes]]:
        """Texts of one theme with their rank, the most typical first."""
        wanted = (
            select(theme_texts.c.rank, theme_texts.c.text)
            .where(theme_texts.c.theme == id_, theme_texts.c.rank > after)
            .order_by(theme_texts.c.rank)
            .limit(most)
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [(row.rank, row.text) for row in rows]

    async def replace(self, about: About, new: Sequence[NewTheme], today: date) -> None:
        """Store a suggestion: what moderators hold is kept by its id and gets the members that are given, everything
        else is replaced. What was held meanwhile by somebody else and is not in `new` stays as it is."""
        sealed = await self._sealed(new)
        await self._database.write(partial(_replace, about=about, new=sealed, today=today))

    async def split(self, about: About, id_: bytes, parts: Sequence[NewTheme], today: date) -> None:
        """One theme becomes several, all held; the first keeps the name. What is in no part belongs to none."""
        sealed = await self._sealed(parts)
        await self._database.write(partial(_split, about=about, id_=id_, parts=sealed, today=today))

    async def name(self, id_: bytes, name: str) -> None:
        named = update(themes).where(themes.c.id == id_).values(name=name.strip()[:LONGEST_NAME], held=True)
        await self._change(named)

    async def merge(self, into: bytes, others: Sequence[bytes]) -> int:
        """The texts of the others come to `into`, behind its own; returns how many themes went."""
        return await self._database.write(partial(_merge, into=into, others=others))

    async def dissolve(self, id_: bytes) -> None:
        """Its texts belong to none."""
        await self._change(delete(themes).where(themes.c.id == id_))

    async def _change(self, statement: Update | Delete) -> None:
        def work(connection: Connection) -> None:
            if connection.execute(statement).rowcount != 1:
                raise Conflict("this theme is gone: somebody merged it, or themes were suggested anew")

        await self._database.write(work)

    async def _sealed(self, new: Sequence[NewTheme]) -> Sequence[tuple[NewTheme, bytes, bytes]]:
        """Each with its id and its sealed words."""
        private = await asyncio.to_thread(read_reading_key, self._state)
        public = public_of(private)
        ids = [each.id or os.urandom(_ID_BYTES) for each in new[:MOST_THEMES]]
        return [
            (each, id_, seal_for(public, msgspec.json.encode(each.words), _WORDS + id_))
            for each, id_ in zip(new, ids, strict=False)
        ]


def _of(about: About) -> ColumnElement[bool]:
    return (themes.c.survey == about.survey) & (themes.c.question == about.question)


def _all(connection: Connection, about: About) -> Sequence[AnyRow]:
    """Hidden texts are taken off: they are few, and looking up each of a hundred thousand would take a third of a
    second."""
    ids = select(themes.c.id).where(_of(about))
    every = _by_theme(select(theme_texts.c.theme, func.count().label("number")).where(theme_texts.c.theme.in_(ids)))
    hidden = _by_theme(
        select(theme_texts.c.theme, func.count().label("number"))
        .join(texts, texts.c.number == theme_texts.c.text)
        .where(texts.c.survey == about.survey, texts.c.state == TextState.HIDDEN.value)
    )
    number = func.coalesce(every.c.number, 0) - func.coalesce(hidden.c.number, 0)
    wanted = select(themes, number.label("number"))
    joined = wanted.outerjoin(every, every.c.theme == themes.c.id).outerjoin(hidden, hidden.c.theme == themes.c.id)
    return connection.execute(joined.where(_of(about))).all()


def _by_theme(counted: Select[Any]) -> Subquery:
    return counted.group_by(theme_texts.c.theme).subquery()


def _theme(row: AnyRow, private: bytes) -> Theme:
    try:
        words = tuple(msgspec.json.decode(open_for(private, row.sealed, _WORDS + row.id), type=list[str]))
    except Unsealable:  # of another reading pair
        words = ()
    return Theme(row.id, row.language, row.name, row.held, row.number, row.day, words)


def _replace(connection: Connection, about: About, new: Sequence[tuple[NewTheme, bytes, bytes]], today: date) -> None:
    held = set(connection.execute(select(themes.c.id).where(_of(about), themes.c.held)).scalars())
    given = {id_ for each, id_, _ in new if each.id is not None}
    connection.execute(delete(themes).where(_of(about), themes.c.held.is_(False)))
    taken = set(connection.execute(select(theme_texts.c.text).where(theme_texts.c.theme.in_(held - given))).scalars())
    for each, id_, sealed in new:
        if each.id is not None and id_ not in held:
            continue  # merged or dissolved meanwhile
        if each.id is None:
            _insert(connection, about, each, id_, sealed, today)
        else:
            connection.execute(update(themes).where(themes.c.id == id_).values(day=today))
            connection.execute(delete(theme_texts).where(theme_texts.c.theme == id_))
        _fill(connection, id_, [number for number in each.members if number not in taken])


def _insert(
    connection: Connection, about: About, new: NewTheme, id_: bytes, sealed: bytes, today: date, held: str | None = None
) -> None:
    """`held`: the name of a theme that moderators made; None for a suggestion."""
    row = {"id": id_, "survey": about.survey, "question": about.question, "language": new.language, "day": today}
    row |= {"name": held or "", "held": held is not None, "sealed": sealed}
    connection.execute(insert(themes).values(**row))


def _fill(connection: Connection, id_: bytes, members: Sequence[bytes], begin: int = 0) -> None:
    rows = [{"theme": id_, "text": number, "rank": begin + rank} for rank, number in enumerate(members)]
    insert_new_rows(connection, theme_texts, rows)


def _split(
    connection: Connection, about: About, id_: bytes, parts: Sequence[tuple[NewTheme, bytes, bytes]], today: date
) -> None:
    name = connection.execute(select(themes.c.name).where(themes.c.id == id_).with_for_update()).scalar_one_or_none()
    if name is None:
        raise Conflict("this theme is gone: somebody merged it, or themes were suggested anew")
    connection.execute(delete(theme_texts).where(theme_texts.c.theme == id_))
    connection.execute(delete(themes).where(themes.c.id == id_))
    for at, (part, new_id, sealed) in enumerate(parts):
        _insert(connection, about, part, new_id, sealed, today, held=name if at == 0 else "")
        _fill(connection, new_id, part.members)


def _merge(connection: Connection, into: bytes, others: Sequence[bytes]) -> int:
    stands = connection.execute(select(themes).where(themes.c.id == into).with_for_update()).first()
    if stands is None:
        raise Conflict("this theme is gone: somebody merged it, or themes were suggested anew")
    same = (themes.c.survey == stands.survey) & (themes.c.question == stands.question)
    ids = list(
        connection.execute(select(themes.c.id).where(themes.c.id.in_(others), themes.c.id != into, same)).scalars()
    )
    last = connection.execute(select(func.max(theme_texts.c.rank)).where(theme_texts.c.theme == into)).scalar()
    moved = select(theme_texts.c.text).where(theme_texts.c.theme.in_(ids)).order_by(theme_texts.c.rank)
    members = list(connection.execute(moved).scalars())
    connection.execute(delete(theme_texts).where(theme_texts.c.theme.in_(ids)))
    connection.execute(delete(themes).where(themes.c.id.in_(ids)))
    _fill(connection, into, members, begin=0 if last is None else last + 1)
    connection.execute(update(themes).where(themes.c.id == into).values(held=True))
    return len(ids)

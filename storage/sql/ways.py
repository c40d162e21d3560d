"""Where citizens reach the town on each channel, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, delete, select

from storage.sql.database import Database
from storage.sql.tables import channel_ways
from storage.sql.upserts import put
from storage.ways import ChannelWay, Proof


class SqlChannelWays:
    """`ChannelWays`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, ways: Sequence[ChannelWay], at: datetime) -> None:
        def work(connection: Connection) -> None:
            there = [way.channel for way in ways]
            connection.execute(delete(channel_ways).where(channel_ways.c.channel.not_in(there)))
            for way in ways:
                row = {
                    "channel": way.channel,
                    "link": way.link,
                    "name": way.name,
                    "proofs": msgspec.json.encode(way.proofs).decode("utf-8"),
                    "news_per_second": way.news_per_second,
                    "updated": at.astimezone(UTC),
                }
                put(connection, channel_ways, row)

        await self._database.write(work)

    async def all(self) -> Sequence[ChannelWay]:
        wanted = select(channel_ways).order_by(channel_ways.c.channel)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [
            ChannelWay(
                row.channel,
                row.link,
                row.name,
                msgspec.json.decode(row.proofs, type=tuple[Proof, ...]),
                row.news_per_second,
            )
            for row in rows
        ]

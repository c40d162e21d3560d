"""What the desk works on: opened stores, and none of the keys that open what citizens said or who they are.

No root key, no keychain, no pepper, no token, no Redis: a test searches an opened home for them. Not here: the private
part of the reading pair, which opens masked copies alone (`storage/readingkey.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from desk.alike import Alike
from desk.config import DeskConfig
from desk.counting import Counting
from desk.reading_room import ReadingRoom, open_reading_room
from storage.acts.library import Library
from storage.audit import Audit
from storage.deskkey import open_desk_key
from storage.drafts import Drafts
from storage.errors import Conflict, Unavailable
from storage.news import Broadcasts, Deliveries, Outcomes, Pilots
from storage.orders import Orders
from storage.people import People
from storage.readingkey import read_public_key
from storage.records import Surveys
from storage.sandbox import Sandbox
from storage.settings import SetupError
from storage.snapshots import Snapshots
from storage.sql.auditpages import AuditPages
from storage.sql.barriers import Barriers
from storage.sql.broadcasts import SqlBroadcasts
from storage.sql.case_files import CaseFiles
from storage.sql.database import DATABASE_FILE, Database, open_database
from storage.sql.deliveries import SqlDeliveries
from storage.sql.drafts import SqlDrafts
from storage.sql.intakes import Intakes
from storage.sql.keys import SqlKeys
from storage.sql.orders import SqlOrders
from storage.sql.outcomes import SqlOutcomes
from storage.sql.people import SqlPeople
from storage.sql.pilots import SqlPilots
from storage.sql.releases import SqlReleases
from storage.sql.results import SqlCounts
from storage.sql.staff import SqlAudit, SqlSnapshots
from storage.sql.surveys import SqlSurveys
from storage.sql.townsettings import SqlTownSettings
from storage.sql.ways import SqlChannelWays
from storage.townsettings import TownSettings
from storage.ways import ChannelWays


@dataclass(frozen=True, slots=True)
class Home:
    """Opened stores."""

    state: Path
    desk_key: bytes = field(repr=False)
    """Seals the secrets of staff's codes; opens nothing of citizens."""
    people: People
    sandbox: Sandbox
    town: TownSettings
    database: Database
    surveys: Surveys
    snapshots: Snapshots
    audit: Audit
    log: AuditPages
    orders: Orders
    pilots: Pilots
    broadcasts: Broadcasts
    deliveries: Deliveries
    outcomes: Outcomes
    drafts: Drafts
    ways: ChannelWays
    case_files: CaseFiles
    alike: Alike
    barriers: Barriers
    intakes: Intakes
    releases: SqlReleases
    library: Library
    results: Counting
    room: ReadingRoom

    async def reading_public(self) -> bytes:
        """What seals for the reading pair. Raises `KeyMissing`."""
        return await asyncio.to_thread(read_public_key, self.state)


@contextlib.asynccontextmanager
async def opened(config: DeskConfig) -> AsyncIterator[Home]:
    """Open the database. Raises `SetupError` with what to do."""
    state = config.state_dir
    try:
        database = await open_database(config.database.url or f"sqlite:///{state / DATABASE_FILE}", state)
        desk_key = open_desk_key(state)
    except Conflict as error:
        raise SetupError(str(error)) from None
    except Unavailable as error:
        raise SetupError(f"The database does not answer ({error}). Is it running, and is database.url right?") from None
    sandbox = Sandbox()
    surveys, snapshots = SqlSurveys(database), SqlSnapshots(database, state)
    keys, library = SqlKeys(database), Library(surveys)
    case_files = CaseFiles(database, keys, state)
    room = open_reading_room(database, state, library, case_files)
    alike = Alike(case_files)
    results = Counting(SqlCounts(database), snapshots, room.copies, library)
    try:
        yield Home(
            state=state,
            desk_key=desk_key,
            people=SqlPeople(database),
            sandbox=sandbox,
            town=SqlTownSettings(database),
            database=database,
            surveys=surveys,
            snapshots=snapshots,
            audit=SqlAudit(database),
            log=AuditPages(database),
            orders=SqlOrders(database),
            pilots=SqlPilots(database),
            broadcasts=SqlBroadcasts(database),
            deliveries=SqlDeliveries(database),
            outcomes=SqlOutcomes(database),
            drafts=SqlDrafts(database),
            ways=SqlChannelWays(database),
            case_files=case_files,
            alike=alike,
            barriers=Barriers(database, keys, state),
            intakes=Intakes(database),
            releases=SqlReleases(database),
            library=library,
            results=results,
            room=room,
        )
    finally:
        await sandbox.close()
        await results.close()
        await alike.close()
        await room.close()
        await database.close()

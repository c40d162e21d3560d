"""The state folder and what rests in it: root key, keyring, database. Opened by every command, owned by none.

`zuruf run` adds the embedded server, the channels and the listener (`app.py`); commands of staff need only this.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.config import Config
from privacy.keyring import UnsafeRoot
from privacy.statement import TownKey
from storage.acts.categories import categories_of
from storage.audit import Audit
from storage.casebook import CaseBook
from storage.caseties import CaseTies
from storage.contactbook import ContactBook
from storage.contacts import Contacts
from storage.drafts import Drafts
from storage.errors import Conflict, StaleRoot, Unavailable
from storage.intake import Intake
from storage.keychain import Keychain
from storage.keys import Keys
from storage.news import Broadcasts, Deliveries, Outcomes, Pilots, Subscriptions, Team
from storage.orders import Orders
from storage.records import Media, Responses, Surveys
from storage.rootkey import ROOT_FILE, open_ring
from storage.settings import SetupError
from storage.snapshots import Snapshots
from storage.sql.barriers import Barriers
from storage.sql.broadcasts import SqlBroadcasts
from storage.sql.case_copies import CaseCopies, CopyRules
from storage.sql.case_files import CaseFiles
from storage.sql.contacts import SqlContacts
from storage.sql.database import DATABASE_FILE, Database, database_address, open_database
from storage.sql.deliveries import SqlDeliveries
from storage.sql.drafts import SqlDrafts
from storage.sql.feedback import SqlCases
from storage.sql.housekeeping import Housekeeping
from storage.sql.intakes import Intakes
from storage.sql.keys import SqlKeys
from storage.sql.media import SqlMedia
from storage.sql.orders import SqlOrders
from storage.sql.outcomes import SqlOutcomes
from storage.sql.pilots import SqlPilots
from storage.sql.readings import Readings
from storage.sql.releases import SqlReleases
from storage.sql.responses import SqlResponses
from storage.sql.staff import SqlAudit, SqlSnapshots
from storage.sql.subscriptions import SqlSubscriptions
from storage.sql.surveys import SqlSurveys
from storage.sql.team import SqlTeam
from storage.sql.townsettings import SqlTownSettings
from storage.sql.unmaskings import Unmaskings
from storage.sql.ways import SqlChannelWays
from storage.townkey import open_town_key
from storage.townsettings import LiveTown
from storage.ways import ChannelWays


@dataclass(frozen=True, slots=True)
class Home:
    """What is kept: opened stores, and the keys at work."""

    state: Path
    town_key: TownKey
    database: Database
    keys: Keys
    keychain: Keychain
    surveys: Surveys
    responses: Responses
    media: Media
    cases: CaseBook
    contacts: Contacts
    book: ContactBook
    ties: CaseTies
    orders: Orders
    snapshots: Snapshots
    audit: Audit
    drafts: Drafts
    ways: ChannelWays
    pilots: Pilots
    broadcasts: Broadcasts
    deliveries: Deliveries
    subscriptions: Subscriptions
    outcomes: Outcomes
    releases: SqlReleases
    team: Team
    housekeeping: Housekeeping
    readings: Readings
    unmaskings: Unmaskings
    case_files: CaseFiles
    case_copies: CaseCopies
    intakes: Intakes
    intake: Intake
    barriers: Barriers


@contextlib.asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Home]:
    """Open the state folder, made if there is none. Raises `SetupError` with what to do."""
    state = private_folder(config.state_dir)
    try:
        ring = open_ring(state)
        town_key = open_town_key(state)
        database = await open_database(config.database.url or f"sqlite:///{records_file(config)}", state)
    except (UnsafeRoot, Conflict) as error:
        raise SetupError(str(error)) from None
    except Unavailable as error:
        raise SetupError(f"The database does not answer ({error}). Is it running, and is database.url right?") from None
    try:
        keys = SqlKeys(database)
        keychain = Keychain(ring, keys, timedelta(hours=config.session.most_hours), lambda: open_ring(state))
        await _learn_roots(keychain, state)
        contacts = SqlContacts(database)
        readings = Readings(database, keychain, keys, state, config.masking.model)
        book = ContactBook(contacts, keychain, keys)
        cases, ties = CaseBook(SqlCases(database), keychain, keys), CaseTies(contacts, keychain, keys, book)
        copies = CaseCopies(database, keys, cases, ties, readings, _copy_rules(config, database))
        intakes = Intakes(database)
        yield Home(
            state=state,
            town_key=town_key,
            database=database,
            keys=keys,
            keychain=keychain,
            surveys=SqlSurveys(database),
            responses=SqlResponses(database, keychain, keys),
            media=SqlMedia(database),
            cases=cases,
            contacts=contacts,
            book=book,
            ties=ties,
            orders=SqlOrders(database),
            snapshots=SqlSnapshots(database, state),
            audit=SqlAudit(database),
            drafts=SqlDrafts(database),
            ways=SqlChannelWays(database),
            pilots=SqlPilots(database),
            broadcasts=SqlBroadcasts(database),
            deliveries=SqlDeliveries(database),
            subscriptions=SqlSubscriptions(database),
            outcomes=SqlOutcomes(database),
            releases=SqlReleases(database),
            team=SqlTeam(database),
            housekeeping=Housekeeping(database, keychain, keys, state, readings, copies),
            readings=readings,
            unmaskings=Unmaskings(database),
            case_files=CaseFiles(database, keys, state),
            case_copies=copies,
            intakes=intakes,
            intake=Intake(intakes, keychain),
            barriers=Barriers(database, keys, state),
        )
    finally:
        await database.close()


def records_file(config: Config) -> Path | None:
    """Where the records lie; None if they are in PostgreSQL. Raises `SetupError`."""
    if not config.database.url:
        return config.state_dir / DATABASE_FILE
    try:
        address = database_address(config.database.url)
    except Conflict as error:
        raise SetupError(str(error)) from None
    if address.get_backend_name() != "sqlite":
        return None
    return Path(address.database) if address.database else config.state_dir / DATABASE_FILE


def _copy_rules(config: Config, database: Database) -> Callable[[], Awaitable[CopyRules]]:
    """As the town has set them at the desk by now."""
    live: list[LiveTown[Config]] = []  # made when it is needed: few commands do

    async def rules() -> CopyRules:
        if not live:
            live.append(LiveTown(config, SqlTownSettings(database)))
        (town,) = live
        await town.refresh()
        located = frozenset(category.key for category in categories_of(town.config) if category.located)
        return CopyRules(located, town.districts)

    return rules


async def _learn_roots(keychain: Keychain, state: Path) -> None:
    try:
        await keychain.learn_roots()
    except StaleRoot:
        raise SetupError(
            f"The keyring is wrapped under another root key than {state / ROOT_FILE}. Restore the root key that belongs"
            " to it, or the keyring that belongs to the root key."
        ) from None


def private_folder(path: Path) -> Path:
    """The folder, made with mode 0700 if there is none. Raises `SetupError`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"The state folder {path} cannot be used ({error.strerror}). Set state.dir (ZURUF_STATE_DIR) to a folder"
            " that this user may write to."
        ) from None
    return path

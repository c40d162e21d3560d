"""Cases with both halves over one database: what the bot does with its keys, and what the desk does without."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.casework import CaseHands
from bot.orders import Done
from dialogs.effects import Report
from dialogs.i18n import Voice
from privacy.addresses import Address
from privacy.keyring import Ring, new_key
from storage.acts.cases import Casework, Clerk
from storage.casebook import CaseBook
from storage.cases import CaseId
from storage.caseties import CaseTies
from storage.contactbook import ContactBook
from storage.intake import Intake
from storage.keychain import Keychain
from storage.orders import OrderState
from storage.places import read_districts
from storage.rootkey import ROOT_FILE, open_ring
from storage.sql.case_copies import CaseCopies, CopyRules
from storage.sql.case_files import CaseFile, CaseFiles
from storage.sql.contacts import SqlContacts
from storage.sql.database import Database
from storage.sql.feedback import SqlCases
from storage.sql.housekeeping import Housekeeping
from storage.sql.intakes import Intakes
from storage.sql.keys import SqlKeys
from storage.sql.orders import SqlOrders
from storage.sql.readings import Readings
from storage.sql.staff import SqlAudit

NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
TODAY = NOW.date()
SPOT = (51.053217, 13.741894)
SOMEBODY = Address("telegram", "townbot", "4711")
WORDS = "Ein Loch vor der Hauptstraße 7. Meine Nachbarin Eva Koch ist gestürzt, Tel. 0171 1234567"
SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [[[w, 51.0], [e, 51.0], [e, 51.1], [w, 51.1], [w, 51.0]]]},
        }
        for name, w, e in (("Altstadt", 13.7, 13.8), ("Neustadt", 13.8, 13.9))
    ],
}


class Noon:
    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return TODAY


@dataclass
class House:
    """Both halves over one database: `book`, `ties`, `copies`, `hands` are the bot's, `work` is the desk's."""

    database: Database
    ring: Ring
    keys: SqlKeys
    keychain: Keychain
    book: CaseBook
    ties: CaseTies
    copies: CaseCopies
    readings: Readings
    hands: CaseHands
    rules: Housekeeping
    work: Casework
    state: Path

    async def reported(self, category: str = "roads", *, obey: bool = True, **other: Any) -> CaseId:
        fields = {"words": WORDS, "place": "", "point": SPOT, "photo": "", **other}
        report = Report(
            os.urandom(16), category, "Bauhof", fields["words"], fields["place"], fields["point"], fields["photo"],
            os.urandom(6).hex(), "de", "1",
        )  # fmt: skip
        await self.book.open(report, TODAY, TODAY + timedelta(days=14))
        if obey:
            await self.obey()
        return CaseId(report.case)

    async def obey(self) -> list[type]:
        """What the running bot does within a second."""
        handlers = self.hands.handlers()
        done: list[type] = []
        while taken := await self.work.orders.take(tuple(handlers), NOW, 20):
            for order in taken:
                outcome = await handlers[order.kind](order)
                done.append(type(outcome))
                await self.work.orders.end(order, OrderState.DONE if isinstance(outcome, Done) else OrderState.DROPPED)
        return done

    async def file(self, case: CaseId) -> CaseFile:
        found = await self.work.files.get(case)
        assert found is not None
        return found


def clerk(name: str = "meier") -> Clerk:
    return Clerk(name, NOW, Voice("en", TODAY))


async def house_over(database: Database, folder: Path) -> House:
    """`folder`: the state folder; the reading key and the outlines of the town come to lie there."""
    ring = open_ring(folder) if (folder / ROOT_FILE).exists() else Ring(new_key())
    kept = SqlKeys(database)
    (folder / "keys").mkdir(exist_ok=True)
    outline = folder / "districts.geojson"
    outline.write_text(json.dumps(SQUARE))
    keychain, contacts = Keychain(ring, kept, timedelta(days=1)), SqlContacts(database)
    book, contact_book = CaseBook(SqlCases(database), keychain, kept), ContactBook(contacts, keychain, kept)
    ties = CaseTies(contacts, keychain, kept, contact_book)
    readings = Readings(database, keychain, kept, folder)

    async def rules() -> CopyRules:
        return CopyRules(frozenset({"roads"}), read_districts(str(outline)))

    copies = CaseCopies(database, kept, book, ties, readings, rules)
    stored = Intakes(database)
    intake = Intake(stored, keychain)
    await intake.publish(TODAY)
    work = Casework(CaseFiles(database, kept, folder), stored, SqlOrders(database), SqlAudit(database), {"": 14})
    return House(
        database, ring, kept, keychain, book, ties, copies, readings, CaseHands(book, ties, copies, intake, Noon()),
        Housekeeping(database, keychain, kept, folder, readings, copies), work, folder,
    )  # fmt: skip


async def rows_of(house: House, table: Any) -> list[Any]:
    read = house.database.ring_read if table.schema else house.database.read
    return list(await read(lambda connection: connection.execute(select(table)).all()))

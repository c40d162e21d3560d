"""Cases as the desk's pages show them: who sees which, what needs somebody now, filters, the map.

Not here: what may be done with a case (`storage/acts/cases.py`), requests (`views/cases.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from desk.needs import Need
from desk.visit import Visit
from dialogs.districts import Outline
from dialogs.i18n import N_
from dialogs.moderation import CaseStatus
from dialogs.roles import Right, may
from dialogs.wording import in_language
from storage.acts.cases import Casework, Clerk
from storage.acts.categories import categories_of, due_days_of, person_of
from storage.acts.staffing import offices_of
from storage.sql.case_files import CaseFile

PAGE: Final = 25
"""Cases on one page of the list."""
SPOT_SIZE: Final = 14.0
"""Radius of a spot in the drawing, which is 1000 units wide."""
ON_MAP: Final = 200
"""Cases on the map, the most urgent ones: of more nobody sees anything."""
COARSE_METRES: Final = 180.0
"""A coarse place lies somewhere within."""


class Asks(StrEnum):
    """What a case asks for."""

    OPEN = "open"
    WRITTEN = "written"
    OVERDUE = "overdue"
    NEW = "new"
    CLOSED = "closed"


NEEDS: Final[Mapping[Asks, str]] = {
    Asks.OPEN: N_("All open"),
    Asks.WRITTEN: N_("Somebody has written"),
    Asks.OVERDUE: N_("Overdue"),
    Asks.NEW: N_("New"),
    Asks.CLOSED: N_("Done or declined"),
}


async def others_offices(visit: Visit) -> frozenset[str]:
    """Offices whose cases are somebody else's. One that nobody at the desk works for is nobody's: its cases are seen by
    everybody who works on cases, so that none is lost."""
    people = [member.staff for member in await visit.home.people.all(visit.now)]
    staffed = frozenset[str]().union(*(staff.offices for staff in people if may(staff.roles, Right.CASES)))
    return staffed - visit.staff.offices


async def standing(visit: Visit) -> list[CaseFile]:
    """Every case that whoever asks may see, without copies."""
    others = await others_offices(visit)
    return [file for file in await visit.home.case_files.plain() if file.office not in others]


def needs(file: CaseFile, asks: Asks, today: date) -> bool:
    """Whether a case asks for this."""
    match asks:
        case Asks.OPEN:
            return not file.is_closed
        case Asks.WRITTEN:
            return file.has_news
        case Asks.OVERDUE:
            return file.is_overdue(today)
        case Asks.NEW:
            return file.status is CaseStatus.RECEIVED
        case Asks.CLOSED:
            return file.is_closed


def urgency(file: CaseFile, today: date) -> tuple[bool, bool, bool, date]:
    """What sorts first: overdue, then written to, then new, then by date."""
    received = file.status is CaseStatus.RECEIVED
    return (not file.is_overdue(today), not file.has_news, not received, file.due or date.max)


async def needs_me(visit: Visit) -> list[Need]:
    """Cases that wait for whoever asks: for the first page."""
    if not visit.may(Right.CASES):
        return []
    files, n, t = await standing(visit), visit.voice.n, visit.voice.t
    count = {each: sum(needs(file, each, visit.today) for file in files) for each in Asks}
    overdue, written, new = count[Asks.OVERDUE], count[Asks.WRITTEN], count[Asks.NEW]
    lines = [
        (Asks.OVERDUE, n("{n} case is overdue.", "{n} cases are overdue.", overdue)),
        (Asks.WRITTEN, n("{n} citizen has written about a case.", "{n} citizens have written about cases.", written)),
        (Asks.NEW, n("{n} case is new.", "{n} cases are new.", new)),
    ]
    action = t("Look at the cases")
    return [Need(words, f"/cases?need={asks}", action, asks is Asks.OVERDUE) for asks, words in lines if count[asks]]


def words_at(file: CaseFile, position: int) -> str | None:
    """The masked report (0) or a message of the citizen; None if there is none."""
    if position == 0:
        return file.report.words if file.report is not None else None
    return next((each.words for each in file.messages if each.position == position and not each.by_town), None)


# -- names


def labels(visit: Visit) -> Callable[[str], str]:
    """A category's name in the reader's language; its key, if the settings no longer know it."""
    person = person_of(visit.config)
    known = {each.key: each for each in (*categories_of(visit.config), *([person] if person is not None else []))}
    voice = visit.voice
    return lambda key: in_language(known[key].labels, voice) if key in known else key


def offices(visit: Visit, working: Iterable[str]) -> list[str]:
    """Offices that are known: of the settings, those that have cases (`working`), one's own."""
    named = {*offices_of(visit.config), *visit.staff.offices, *working}
    return sorted(named - {""})


def work_of(visit: Visit) -> Casework:
    """The stores that acts touch."""
    home = visit.home
    return Casework(home.case_files, home.intakes, home.orders, home.audit, due_days_of(visit.config))


def clerk_of(visit: Visit) -> Clerk:
    return Clerk(visit.staff.name, visit.now, visit.voice)


# -- the map


@dataclass(frozen=True, slots=True)
class Spot:
    """A case in the drawing. `x`, `y`, `size`: units of the drawing."""

    file: CaseFile
    x: float
    y: float
    size: float


def spots_of(files: Sequence[CaseFile], outline: Outline | None) -> list[Spot]:
    """Cases whose place lies in the drawing."""
    found = []
    for file in files:
        if outline is None or file.report is None or file.report.point is None:
            continue
        x, y = outline.spot(*file.report.point)
        if 0 <= x <= outline.width and 0 <= y <= outline.height:
            size = SPOT_SIZE if file.report.exact else max(SPOT_SIZE, outline.units(COARSE_METRES))
            found.append(Spot(file, round(x, 1), round(y, 1), round(size, 1)))
    return found

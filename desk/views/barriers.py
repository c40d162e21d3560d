"""Accessibility: the desk's statement, the form to report a barrier (without a login), and the reports that came in.

Reports of citizens and of staff come together here. Who works on cases answers them, outside of the desk, and says
here that it is done. Not here: what a statement owes (`dialogs/accessibility.py`), keeping (`storage/sql/barriers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aiohttp import web

from desk.needs import Need
from desk.proving import address_of
from desk.route import Route
from desk.slowing import TooManyTries, network_of
from desk.visit import Visit
from dialogs.accessibility import ANSWER_WEEKS, REVIEWED, Barrier, Part, cleaned, faults, handled, settles
from dialogs.i18n import N_, format_day
from dialogs.roles import Right
from storage.errors import Conflict

SHOWN: Final = 200
"""Reports on the page."""
LETTERS_READ: Final = 20_000
"""Characters of a field that are read at all, so that what is too long comes back whole."""
PARTS: Final = {Part.CITIZENS: N_("On the citizens' pages"), Part.DESK: N_("At the desk")}
_ID: Final = re.compile(r"[0-9a-f]{32}")


async def needs_me(visit: Visit) -> Sequence[Need]:
    """Reports that nobody has answered."""
    if not visit.may(Right.CASES):
        return ()
    waiting = await visit.home.barriers.waiting()
    if not waiting:
        return ()
    words = visit.voice.n(
        "{n} barrier was reported; an answer is due by {day}.",
        "{n} barriers were reported; an answer to the first is due by {day}.",
        len(waiting),
        day=visit.voice.day(waiting[0] + timedelta(weeks=ANSWER_WEEKS)),
    )
    late = visit.today > waiting[0] + timedelta(weeks=ANSWER_WEEKS)
    return (Need(words, "/barriers", visit.voice.t("Look at the reports"), late),)


async def statement(visit: Visit) -> web.StreamResponse:
    """The statement that the law asks for, with whom to tell about barriers."""
    town, voice = visit.config.town, visit.voice
    return visit.page(
        "accessibility/statement.html",
        contact=town.contact,
        settles=settles(voice, town.arbitration),
        reviewed=format_day(REVIEWED, voice.own),
        weeks=ANSWER_WEEKS,
    )


async def form(visit: Visit) -> web.StreamResponse:
    return _asked(visit, Barrier(Part.DESK, visit.language, ""))


async def take(visit: Visit) -> web.StreamResponse:
    """Somebody wrote what stood in their way, logged in or not."""
    what, where, contact = [cleaned(await visit.field(name, LETTERS_READ)) for name in ("what", "where", "contact")]
    barrier, t = Barrier(Part.DESK, visit.language, what, where, contact), visit.voice.t
    wrong = faults(barrier, visit.voice)
    if wrong:
        return _asked(visit, barrier, wrong, 422)
    network = network_of(address_of(visit))
    lanes = f"letters {network}", f"letters of {network}"  # no try of a password waits for them
    try:
        await visit.gate.slowing.turn(*lanes)
    except TooManyTries:
        later = t("Many reports came from your network just now. Please send yours in ten minutes.")
        return _asked(visit, barrier, [("what", later)], 429)
    visit.gate.slowing.wrong(*lanes)
    try:
        kept = await visit.home.barriers.report(barrier, visit.today, await visit.home.reading_public())
    except Conflict:  # without the reading key nobody here could read it
        kept = False
    if not kept:
        other = t("Your report could not be kept. Please try again later, or tell a person.")
        return _asked(visit, barrier, [("what", other)], 503)
    return visit.go("/accessibility/reported")


async def reported(visit: Visit) -> web.StreamResponse:
    """It is there."""
    return visit.page("accessibility/reported.html")


async def every(visit: Visit) -> web.StreamResponse:
    """What was reported, as it was written."""
    try:
        found = await visit.home.barriers.all(SHOWN)
    except Conflict:
        return visit.page("cases/keyless.html", 503)
    await visit.note("barriers.read", "", str(len(found)))
    return visit.page(
        "accessibility/barriers.html",
        waiting=[each for each in found if each.answered is None],
        answered=[each for each in found if each.answered is not None],
        parts_of=PARTS,
        due=lambda each: each.day + timedelta(weeks=ANSWER_WEEKS),
    )


async def answer(visit: Visit) -> web.StreamResponse:
    """It was answered, or nobody can be answered and it is seen to."""
    named = visit.request.match_info["barrier"]
    id_ = bytes.fromhex(named) if _ID.fullmatch(named) else b""
    if not await visit.home.barriers.answer(id_, visit.staff.name, visit.today):
        return visit.go("/barriers", visit.voice.t("Somebody else has noted it meanwhile, or it is gone."))
    await visit.note("barrier.answered", named[:8])
    return visit.go("/barriers", visit.voice.t("Noted as answered. It is deleted in 90 days."))


def _asked(visit: Visit, barrier: Barrier, wrong: Sequence[tuple[str, str]] = (), status: int = 200) -> web.Response:
    words = handled(visit.voice)
    return visit.page("accessibility/report.html", status, barrier=barrier, wrong=list(wrong), handled=words)


ROUTES: Final = (
    Route("GET", "/accessibility", statement, None),
    Route("GET", "/accessibility/report", form, None),
    Route("POST", "/accessibility/report", take, None),
    Route("GET", "/accessibility/reported", reported, None),
    Route("GET", "/barriers", every, Right.CASES),
    Route("POST", "/barriers/{barrier}/answered", answer, Right.CASES),
)

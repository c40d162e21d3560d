"""The results that staff may see now: the last ones shown, or new ones where a step forward is due.

    look    what stands, and whether a step forward is due: two cheap reads, whatever the size of the survey
    step    count everything, open the masked copies, make it safe, keep it: outside of any request of the desk

Each step makes everything at once, the views by the survey's filters too; they are looked at after the close
(`privacy.views` says why). Everything that leaves here is a `SafeTally`, `SafeWords` or a refusal.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from dialogs.forms.model import Form
from dialogs.text_states import COUNTS
from dialogs.world import Mode, Survey
from privacy.disclosure import DESK, Policy, Progress, SafeTally, Shown, Status, new_view_is_due, too_few
from privacy.views import Refusal, Release, release
from privacy.vocabulary import SafeWords, common_words
from storage.acts.places import cells_of
from storage.errors import Conflict
from storage.places import NONE_DRAWN, Districts
from storage.records import RawCounts
from storage.snapshots import Snapshot, Snapshots
from storage.sql.copies import Copies
from storage.tallies import lists_of, tally


class Counts(Protocol):
    """Whoever can count answers."""

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts: ...

    async def progress(self, survey: str) -> int: ...


class Stores(Protocol):
    """Where results come from and what was shown of them."""

    @property
    def responses(self) -> Counts: ...

    @property
    def snapshots(self) -> Snapshots: ...


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, and as of when. `safe` None: a strict survey before its close, or nothing was counted yet."""

    safe: SafeTally | None
    at: datetime | None
    words: Mapping[str, SafeWords] = field(default_factory=dict)
    drawn: Mapping[str, str] = field(default_factory=dict)
    """The mark of the districts that a map was counted by, by question."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a filtered view is not shown, and which values of the filters have one."""

    why: Refusal
    offered: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What was made last. `due`: a step forward may be made."""

    release: Release | None
    at: datetime | None
    due: bool
    respondents: int
    """Unsafe: how many there are now."""
    kept: bool = False
    """It is the last snapshot; otherwise it says nothing yet, and is made again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What masked copies say of a survey, by question and response: texts, coarse places."""

    texts: Mapping[str, Mapping[bytes, str]]
    places: Mapping[str, Mapping[bytes, str]]


NOTHING = Opened({}, {})


async def current_view(
    stores: Stores,
    survey: Survey,
    form: Form,
    now: datetime,
    wanted: Sequence[tuple[str, str]] = (),
    copies: Copies | None = None,
    districts: Districts = NONE_DRAWN,
) -> View | Refused:
    """`wanted`: (ref of a filter, value). Counts on the spot if a step is due. Raises `storage.errors.StorageError`."""
    standing = await look(stores, survey, now)
    if standing.due:
        opened = await openable(open_copies(copies, survey.code)) if copies is not None else NOTHING
        standing = await step(stores, survey, form, now, opened, districts)
    return view_of(standing, survey, wanted)


async def look(stores: Stores, survey: Survey, now: datetime, known: Standing | None = None) -> Standing:
    """What stands. `known`: what stood when it was looked at last, which is not read anew if it still does."""
    last = await stores.snapshots.last(survey.code)
    people = await stores.responses.progress(survey.code)
    shown = Shown(last.shown_at, last.respondents) if last is not None else None
    due = new_view_is_due(shown, Progress(people, survey.closed, survey.mode is Mode.STRICT), now)
    if last is None:
        return Standing(None, None, due, people)
    if known is not None and known.kept and known.at == last.shown_at:
        return replace(known, due=due, respondents=people)
    return Standing(_release_of(last), last.shown_at, due, people, kept=True)


async def step(
    stores: Stores,
    survey: Survey,
    form: Form,
    now: datetime,
    opened: Opened = NOTHING,
    districts: Districts = NONE_DRAWN,
) -> Standing:
    """Step forward. `opened`: masked copies, where they can be opened. `districts`: as they are now."""
    last = await stores.snapshots.last(survey.code)
    counts = await stores.responses.counts(survey.code, lists_of(form))
    past = _release_of(last) if last is not None else None
    made = await asyncio.to_thread(make_release, survey, form, counts, past, DESK, opened, districts)
    if made.everybody.status is not Status.PUBLISHED:
        # says nothing yet, so it is no view that the next one steps forward from
        return Standing(made, now, False, counts.responses)
    tree = made.as_json()
    words = tree.pop("words")
    snapshot = Snapshot(now, counts.responses, json.dumps(tree), json.dumps(words) if words else "")
    standing = await stores.snapshots.keep(survey.code, snapshot)
    return Standing(_release_of(standing), standing.shown_at, False, counts.responses, kept=True)


def view_of(standing: Standing, survey: Survey, wanted: Sequence[tuple[str, str]] = ()) -> View | Refused:
    """What of it is asked for."""
    made = standing.release
    if made is None and standing.respondents < DESK.least_respondents and survey.mode is not Mode.STRICT:
        return View(too_few(DESK), standing.at)
    if made is None or standing.at is None:
        return View(None, None)
    if made.everybody.status is not Status.PUBLISHED:
        return View(made.everybody, standing.at)
    refs = [each.ref for each in survey.filters]
    found = made.view(wanted, refs, survey.closed)
    if isinstance(found, Refusal):
        return Refused(found, {ref: made.values(ref) for ref in refs})
    return View(found, standing.at, {} if wanted else made.words, made.drawn)


def make_release(
    survey: Survey,
    form: Form,
    counts: RawCounts,
    past: Release | None,
    policy: Policy,
    opened: Opened,
    districts: Districts,
) -> Release:
    """Everything that an audience may see of these counts: pure, and much work for a large survey."""
    shown = past.everybody if past is not None else None
    raw = tally(form, counts, survey.filters, shown, _places(counts, past, opened, districts))
    refs = [each.ref for each in survey.filters] if policy is DESK else []
    made = release(raw, refs, policy, shown)
    words = {ref: common_words(texts.values(), policy) for ref, texts in opened.texts.items()}
    drawn = dict(past.drawn) if past is not None else {}
    drawn |= {row.ref: districts.mark for row in made.everybody.questions if row.ref in opened.places and not row.kept}
    return replace(made, words={ref: each for ref, each in words.items() if each.counts}, drawn=drawn)


def _places(
    counts: RawCounts, past: Release | None, opened: Opened, districts: Districts
) -> Mapping[str, Mapping[str, int]]:
    """Members of each cell of a map, by question.

    None where people were shown by other borders before: held against each other, the two would tell who lives in
    between. Without cells the earlier row stands (`privacy.disclosure`)."""
    kept = {row.ref: row for row in past.everybody.questions if row.is_shown} if past is not None else {}
    found: dict[str, Mapping[str, int]] = {}
    for ref, places in opened.places.items():
        row = kept.get(ref)
        if past is not None and row is not None and past.drawn.get(ref, districts.mark) != districts.mark:
            found[ref] = {}
            continue
        by_bit = {counts.places[each]: place for each, place in places.items() if each in counts.places}
        squares = [cell.value for cell in row.cells] if row is not None else ()
        found[ref] = cells_of(by_bit, counts.answering.get(ref, 0), districts.outline, squares)
    return found


async def open_copies(copies: Copies, survey: str) -> Opened:
    """Every masked copy of a survey by question; texts of one person on one question are one text. What moderators
    hid is left out. Raises `Conflict` if the private part of the reading pair is not here."""
    texts: dict[str, dict[bytes, str]] = defaultdict(dict)
    async for some in copies.every(survey):
        for copy in some:
            if copy.state in COUNTS:
                before = texts[copy.question].get(copy.response, "")
                texts[copy.question][copy.response] = f"{before}\n{copy.text}" if before else copy.text
    return Opened(texts, (await open_places(copies, survey)).places)


async def openable(opening: Awaitable[Opened]) -> Opened:
    """Masked copies; none where this machine does not hold the reading key."""
    try:
        return await opening
    except Conflict:
        return NOTHING


async def open_places(copies: Copies, survey: str) -> Opened:
    """The coarse places alone. Raises `Conflict` likewise."""
    places: dict[str, dict[bytes, str]] = defaultdict(dict)
    async for some in copies.places(survey):
        for copy in some:
            places[copy.question][copy.response] = copy.text
    return Opened({}, places)


def _release_of(snapshot: Snapshot) -> Release:
    words = json.loads(snapshot.words) if snapshot.words else {}
    return Release.from_json({**json.loads(snapshot.tally), "words": words})

"""What staff do with cases, at the desk and on the command line: reply, decide, route, set a date, take note.

Each act is refused politely if somebody else has decided since the case was looked at, bumps its revision, and leaves a
line in the audit log without a word. What staff write is sealed for the bot; so is why something is declined. Whether
somebody can be told is the bot's to know. Not here: rows and copies (`storage/sql/case_files.py`), words for pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from math import asin, cos, radians, sin, sqrt
from typing import Final

from dialogs.districts import METRES_PER_DEGREE
from dialogs.i18n import N_, Voice
from dialogs.moderation import CLOSED, FIXED_AFTER, NEEDS_REASON, NEXT, CaseStatus
from dialogs.reading.folding import key
from privacy.case_copies import ReportCopy
from storage.acts.categories import due_from
from storage.acts.errors import ActError
from storage.audit import Audit, AuditEntry
from storage.cases import CaseId
from storage.errors import Conflict
from storage.orders import Order, OrderKind, Orders, OrderState
from storage.sql.case_files import CaseFile, CaseFiles, Change
from storage.sql.intakes import INTAKE_PUBLIC, Intakes, SealedWords, sealed_words

REPLY_LIMIT: Final = 3000
"""Characters of a reply."""
REASON_LIMIT: Final = 1000
"""Characters of a reason."""
OFFICE_LIMIT: Final = 100
"""Characters of an office's name."""
LONGEST_DUE: Final = 730
"""Days from today that a date may lie ahead."""
NEAR: Final = 50.0
"""Metres within which two reports of one category may be about the same thing."""
EARTH: Final = 6_371_000.0  # metres
ASKED_AT: Final = time(10)
"""When in the day a citizen is asked whether it is fixed."""

STATUS_NAMES: Final[Mapping[CaseStatus, str]] = {
    CaseStatus.RECEIVED: N_("received"),
    CaseStatus.WITH_OFFICE: N_("with the office"),
    CaseStatus.DONE: N_("done"),
    CaseStatus.DECLINED: N_("declined"),
}

ORDER_NAMES: Final[Mapping[OrderState, str]] = {
    OrderState.WAITING: N_("waits to be brought"),
    OrderState.TAKEN: N_("is being brought"),
    OrderState.DONE: N_("brought"),
    OrderState.DROPPED: N_("not brought: nobody is there any more, or it is no longer true"),
    OrderState.FAILED: N_("not brought: the messenger did not answer for days"),
}


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who acts, when, and in which language they are told what is wrong."""

    name: str
    now: datetime
    voice: Voice

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Casework:
    """The stores that the acts touch."""

    files: CaseFiles
    intakes: Intakes
    orders: Orders
    audit: Audit
    due_days: Mapping[str, int]
    """By category (`storage.acts.categories.due_days_of`)."""


# -- acts


async def reply(work: Casework, by: Clerk, file: CaseFile, words: str) -> None:
    """Write to whoever reported. Raises `ActError`."""
    t, said = by.voice.t, words.strip()
    if not said:
        raise ActError(t("A reply needs words."))
    if len(said) > REPLY_LIMIT:
        raise ActError(
            by.voice.n("A reply has {n} character at most.", "A reply has {n} characters at most.", REPLY_LIMIT)
        )
    sealed = await _sealed(work, by, OrderKind.CASE_REPLY, file, said)
    await _decide(work, by, file, replace(_as_it_is(file), heard=file.last), [_order(by, file, sealed)], sealed)
    await _note(work, by, "feedback.reply", file)


async def step(work: Casework, by: Clerk, file: CaseFile, then: CaseStatus, office: str = "", reason: str = "") -> None:
    """Say what becomes of it. `office`: who has it from now on; '' for the same. Raises `ActError`."""
    t, why, to = by.voice.t, reason.strip(), office.strip()
    if then not in NEXT[file.status]:
        allowed = ", ".join(t(STATUS_NAMES[each]) for each in CaseStatus if each in NEXT[file.status])
        raise ActError(t("From there a case can go to: {allowed}.", allowed=allowed))
    if then in NEEDS_REASON and not why:
        raise ActError(t("Say why: the citizen is told."))
    if len(why) > REASON_LIMIT:
        raise ActError(
            by.voice.n("A reason has {n} character at most.", "A reason has {n} characters at most.", REASON_LIMIT)
        )
    if len(to) > OFFICE_LIMIT:
        raise ActError(t("The name of an office is too long."))
    sealed, orders = None, _status_orders(by, file, then)
    if then in NEEDS_REASON:
        sealed = await _sealed(work, by, OrderKind.CASE_REASON, file, why)
        orders = [_order(by, file, sealed, OrderKind.CASE_REASON)]  # the bot says so once it has the reason
    due = due_from(by.today, file.category, work.due_days) if file.is_closed else file.due
    change = replace(_as_it_is(file), status=then, office=to or file.office, due=due, heard=file.last)
    await _decide(work, by, file, change, orders, sealed)
    await _note(work, by, "feedback.status", file, f"{then.value} {to}".strip())


async def set_due(work: Casework, by: Clerk, file: CaseFile, due: date | None) -> None:
    """By when something is to be done; None: no date. Raises `ActError`."""
    if due is not None and not by.today <= due <= date.fromordinal(by.today.toordinal() + LONGEST_DUE):
        raise ActError(by.voice.t("Choose a day from today on, within two years."))
    await _decide(work, by, file, replace(_as_it_is(file), due=due))
    await _note(work, by, "feedback.due", file, "" if due is None else due.isoformat())


async def take_note(work: Casework, by: Clerk, file: CaseFile) -> None:
    """What the citizen wrote was read and needs no reply. Raises `ActError`."""
    await _decide(work, by, file, replace(_as_it_is(file), heard=file.last))
    await _note(work, by, "feedback.noted", file)


async def _decide(
    work: Casework,
    by: Clerk,
    file: CaseFile,
    change: Change,
    orders: Sequence[Order] = (),
    words: SealedWords | None = None,
) -> None:
    try:
        await work.files.change(file, change, by.today, orders, words)
    except Conflict:
        raise ActError(by.voice.t("The case has changed in the meantime: look at it again.")) from None


async def _note(work: Casework, by: Clerk, act: str, file: CaseFile, detail: str = "") -> None:
    await work.audit.append(AuditEntry(by.now, by.name, act, file.number, detail))


async def _sealed(work: Casework, by: Clerk, kind: OrderKind, file: CaseFile, words: str) -> SealedWords:
    public = await work.intakes.public(INTAKE_PUBLIC)
    if public is None:
        raise ActError(by.voice.t("Nothing can be written before the bot has run once: start it with “zuruf run”."))
    return sealed_words(public, kind.value, file.id, words, by.today)


def _as_it_is(file: CaseFile) -> Change:
    return Change(file.revision, file.status, file.office, file.due, file.heard)


def _order(by: Clerk, file: CaseFile, words: SealedWords, kind: OrderKind = OrderKind.CASE_REPLY) -> Order:
    return Order(kind, file.id.hex(), by.now, words.id.hex())


def _status_orders(by: Clerk, file: CaseFile, then: CaseStatus) -> list[Order]:
    """What the bot is to say of a new status: the status itself and, four weeks after "done", the question.

    For cases that are tied to nobody, too: by then they may be."""
    subject = file.id.hex()
    orders = [Order(OrderKind.CASE_STATUS, subject, by.now, then.value)]
    if then is CaseStatus.DONE:
        due = datetime.combine(by.today + FIXED_AFTER, ASKED_AT, by.now.tzinfo)
        orders.append(Order(OrderKind.CASE_QUESTION, subject, due, by.today.isoformat()))
    return orders


# -- what there is to know


@dataclass(frozen=True, slots=True)
class OnTheirWay:
    """What the bot has in its hands about a case."""

    replies: int = 0
    """Written, and not in the case yet."""
    reason: bool = False
    brought: Mapping[bytes, OrderState] = field(default_factory=dict)
    """By message, what became of bringing it; not there: it is read with the case code."""
    failed: int = 0


async def on_their_way(work: Casework, case: CaseId) -> OnTheirWay:
    """Replies that are not in the case yet, and what became of those that are."""
    orders = await work.orders.about(case.hex())
    open_ = (OrderState.WAITING, OrderState.TAKEN)
    return OnTheirWay(
        replies=sum(each.kind is OrderKind.CASE_REPLY and each.state in open_ for each in orders),
        reason=any(each.kind is OrderKind.CASE_REASON and each.state in open_ for each in orders),
        brought={bytes.fromhex(each.detail): each.state for each in orders if each.kind is OrderKind.CASE_MESSAGE},
        failed=sum(
            each.kind in (OrderKind.CASE_REPLY, OrderKind.CASE_REASON) and each.state is OrderState.FAILED
            for each in orders
        ),
    )


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two places (WGS 84, degrees) on a sphere."""
    (a, b), (c, d) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def same_thing(file: CaseFile, others: Collection[CaseFile]) -> list[CaseFile]:
    """Cases that are not closed, of the same category and at the same place."""
    here = whereabouts(file.report)
    return [
        other
        for other in others
        if other.id != file.id
        and other.category == file.category
        and other.status not in CLOSED
        and same_place(here, whereabouts(other.report))
    ]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where something is that was reported, as far as it says."""

    point: tuple[float, float] | None = field(default=None, repr=False)
    """WGS 84, degrees."""
    exact: bool = False
    described: str = field(default="", repr=False)
    """In words, folded."""


def whereabouts(report: ReportCopy | None) -> Whereabouts | None:
    """None where a report says nothing of a place."""
    if report is None or (report.point is None and not report.place):
        return None
    return Whereabouts(report.point, report.exact, key(report.place))


def same_place(here: Whereabouts | None, there: Whereabouts | None) -> bool:
    """Within `NEAR` metres or, where places were described, in the same words."""
    if here is None or there is None:
        return False
    if here.point is None or there.point is None:
        return bool(here.described) and here.described == there.described
    north = abs(here.point[0] - there.point[0]) * METRES_PER_DEGREE  # spares most of them the sphere
    return here.exact and there.exact and north <= NEAR + 1 and metres(here.point, there.point) <= NEAR

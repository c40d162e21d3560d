"""The life of a case as a table: which step follows which, who is told, what ends it.

Not here: the words for it (`feedback_words.py`), who may do it (`bot/`, the desk).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class CaseStatus(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    WITH_OFFICE = "with-office"
    DONE = "done"
    DECLINED = "declined"
    """It will not be done; a reason is always given."""


NEXT: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.RECEIVED: frozenset({CaseStatus.WITH_OFFICE, CaseStatus.DONE, CaseStatus.DECLINED}),
    CaseStatus.WITH_OFFICE: frozenset({CaseStatus.WITH_OFFICE, CaseStatus.DONE, CaseStatus.DECLINED}),
    CaseStatus.DONE: frozenset({CaseStatus.WITH_OFFICE}),
    CaseStatus.DECLINED: frozenset({CaseStatus.WITH_OFFICE}),
}
"""What may follow. With another office is a step; a closed case opens again only by being given to an office."""

FIXED_AFTER: Final = timedelta(weeks=4)
"""So long after "done" the citizen is asked once whether it is fixed. "No" opens the case again."""

MOST_OPEN: Final = 10
"""Open cases about which one person can be written to."""
MOST_TIED: Final = 20
"""The same with those that were closed in the last 90 days (the slots of `privacy/contacts.py`)."""

CLOSED = frozenset({CaseStatus.DONE, CaseStatus.DECLINED})
NEEDS_REASON = frozenset({CaseStatus.DECLINED})


def may_follow(now: CaseStatus, then: CaseStatus) -> bool:
    """Whether a case may go from one status to the other."""
    return then in NEXT[now]

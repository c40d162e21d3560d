"""The life of a case as a table: which step follows which, who is told, what ends it.

Not here: the words for it (`feedback_words.py`), who may do it (`bot/`, the desk).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


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

CLOSED = frozenset({CaseStatus.DONE, CaseStatus.DECLINED})
NEEDS_REASON = frozenset({CaseStatus.DECLINED})


def may_follow(now: CaseStatus, then: CaseStatus) -> bool:
    """Whether a case may go from one status to the other."""
    return then in NEXT[now]

"""Who of the staff may do what: roles, rights, and the one table that ties them.

A right is asked for where something is done (`desk/routes.py` names one for each URL); a role is what a person is
given. Not here: which office somebody works for, how they prove who they are (`desk/`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody works as."""

    ADMINISTRATOR = "administrator"
    """Invites people, gives roles, sets colours and texts of the town, reads the audit log; nothing of citizens."""
    EDITOR = "editor"
    """Makes surveys, pilots, news and outcomes, and submits them."""
    APPROVER = "approver"
    """Approves what others submitted; stops what goes wrong."""
    MODERATOR = "moderator"
    """Reads what citizens wrote, masked; works on cases of their offices."""
    READER = "reader"
    """Reads results and what is public."""


class Right(StrEnum):
    """What an URL or an act asks for."""

    ENTER = "enter"
    """Be logged in: home, one's own account."""
    SURVEYS = "surveys"
    """Draft, publish, extend and close surveys."""
    RESULTS = "results"
    """Read safe results."""
    EXPORT = "export"
    """Take rows out of the house after the close; asks for the password again."""
    PUBLISH = "publish"
    """Release results and outcomes to the public."""
    TEXTS = "texts"
    """Read and moderate masked texts; feedback in the aggregate."""
    UNMASK = "unmask"
    """Ask for an original; asks for the password again."""
    UNMASK_APPROVE = "unmask-approve"
    """Approve what another person asked to unmask; asks for the password again."""
    CASES = "cases"
    """Work on the cases of one's offices."""
    NEWS_READ = "news-read"
    """See drafts, broadcasts and pilots and how they stand."""
    NEWS = "news"
    """Draft and submit news and pilots."""
    NEWS_APPROVE = "news-approve"
    """Approve what another person submitted; asks for the password again."""
    NEWS_STOP = "news-stop"
    """Pause and stop a broadcast."""
    PEOPLE = "people"
    """Invite, change and remove staff."""
    TOWN = "town"
    """Name, colours, texts, offices, topics."""
    AUDIT = "audit"
    """Read and verify the log of what staff did."""


_A, _E, _P, _M, _R = Role.ADMINISTRATOR, Role.EDITOR, Role.APPROVER, Role.MODERATOR, Role.READER

MAY: Final[Mapping[Right, frozenset[Role]]] = {
    Right.ENTER: frozenset(Role),
    Right.SURVEYS: frozenset({_E}),
    Right.RESULTS: frozenset({_E, _P, _M, _R}),
    Right.EXPORT: frozenset({_E}),
    Right.PUBLISH: frozenset({_E}),
    Right.TEXTS: frozenset({_M}),
    Right.UNMASK: frozenset({_M}),
    Right.UNMASK_APPROVE: frozenset({_M, _P}),
    Right.CASES: frozenset({_M}),
    Right.NEWS_READ: frozenset({_E, _P}),
    Right.NEWS: frozenset({_E}),
    Right.NEWS_APPROVE: frozenset({_P}),
    Right.NEWS_STOP: frozenset({_E, _P}),
    Right.PEOPLE: frozenset({_A}),
    Right.TOWN: frozenset({_A}),
    Right.AUDIT: frozenset({_A}),
}


def may(roles: Collection[Role], right: Right) -> bool:
    """Whether one of the roles has the right."""
    return not MAY[right].isdisjoint(roles)

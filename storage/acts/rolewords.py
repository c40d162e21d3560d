"""What roles are called and what each is for, in words for staff: the command line and the desk say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.i18n import N_
from dialogs.roles import Role

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: N_("Administration"),
    Role.EDITOR: N_("Editing"),
    Role.APPROVER: N_("Approval"),
    Role.MODERATOR: N_("Moderation"),
    Role.READER: N_("Reading"),
}
"""What each is called; msgids."""

ROLE_TASKS: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: N_("Invites people, gives roles, sets the town's name, colours and texts, reads the log."),
    Role.EDITOR: N_("Makes surveys, pilots and news, publishes results and outcomes."),
    Role.APPROVER: N_("Approves what others have written; stops what goes wrong."),
    Role.MODERATOR: N_("Reads what citizens wrote, with names masked; works on the cases of their offices."),
    Role.READER: N_("Reads results."),
}
"""What each is for, in a sentence; msgids."""

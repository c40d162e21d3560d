"""Who of the staff may do what: `zuruf staff add|list|remove`, and the question behind every act on pilots and news.

On the command line whoever may read the settings may say who they are (`--as`): the audit log notes it as it was said.
The desk asks for a login. Not here: what each role may (`dialogs/roles.py`).
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence

from rich.table import Table

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from dialogs.i18n import Voice
from dialogs.roles import MAY, Right, Role, may
from storage.acts.errors import ActError
from storage.acts.rolewords import ROLE_NAMES
from storage.acts.staffing import NAME


async def acting(home: Home, named: str, right: Right, voice: Voice) -> str:
    """Who does it. Raises `ActError` unless one of their roles has the right."""
    who = named.strip() or getpass.getuser()
    team = await home.team.all()
    if who not in team:
        raise ActError(
            voice.t(
                "“{who}” is not on the list of staff. Say who you are with --as, or add the person:"
                " zuruf staff add {who} --role {role}",
                who=who,
                role=min(MAY[right]),
            )
        )
    if not may(team[who], right):
        needed = " / ".join(sorted(MAY[right]))
        raise ActError(voice.t("“{who}” may not do this: it needs the role {roles}.", who=who, roles=needed))
    return who


async def add(config: Config, name: str, roles: Sequence[Role], voice: Voice) -> None:
    """Add somebody, or change their roles. Raises `ActError`."""
    if not NAME.fullmatch(name):
        raise ActError(voice.t("A name has letters, digits and . - _ @ only, at most 64."))
    if not roles:
        raise ActError(voice.t("Name at least one role: --role editor, --role approver."))
    async with at_work(config) as (home, clock, console):
        await home.team.put(name, frozenset(roles), clock.today())
        await note(home, clock, "staff.put", name, " ".join(sorted(roles)))
        console.print(
            voice.t("{name}: {roles}", name=name, roles=", ".join(voice.t(ROLE_NAMES[role]) for role in roles))
        )


async def remove(config: Config, name: str, voice: Voice) -> None:
    """Raises `ActError` if there is nobody of that name."""
    async with at_work(config) as (home, clock, console):
        if not await home.team.remove(name):
            raise ActError(voice.t("There is nobody called “{name}” among the staff.", name=name))
        await note(home, clock, "staff.remove", name)
        console.print(voice.t("{name} may do nothing here any more.", name=name))


async def show(config: Config, voice: Voice) -> None:
    """Everybody and their roles."""
    async with at_work(config) as (home, _, console):
        team = await home.team.all()
        if not team:
            console.print(voice.t("Nobody yet. Begin with: zuruf staff add NAME --role editor"))
            return
        table = Table(box=None, pad_edge=False)
        for head in (voice.t("name"), voice.t("role")):
            table.add_column(head)
        for name, roles in sorted(team.items()):
            table.add_row(name, ", ".join(voice.t(ROLE_NAMES[role]) for role in sorted(roles)))
        console.print(table, markup=False)

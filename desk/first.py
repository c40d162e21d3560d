"""The first administrator: a link that serves once, printed where the desk is started.

Whoever can start the desk can read its settings and its database, so that the link gives nothing to anybody who has it
not already.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from desk.config import DeskConfig
from desk.home import Home
from desk.sessions import hashed, new_token
from storage.clock import Clock
from storage.people import Invitation

FIRST_LASTS: Final = timedelta(hours=1)


async def first_link(config: DeskConfig, home: Home, clock: Clock) -> str:
    """The address at which the first administrator chooses a name and a password; '' if there is one already."""
    if await home.people.administrators():
        return ""
    token = new_token()
    await home.people.invite(hashed(token), Invitation("", "zuruf desk", clock.now() + FIRST_LASTS))
    return f"{config.desk_address}/invitation/{token}"

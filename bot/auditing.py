"""`zuruf audit verify`: the chain of what staff did, checked from its first entry on.

Each entry holds the hash of everything before it: a change, a removal or an insertion in the middle breaks the chain.
Whoever cuts off the end is found by the head that an earlier check printed (`--head`). Not here: writing entries
(`acting.py`, `storage/sql/staff.py`).
"""

from __future__ import annotations

import json

from bot.acting import at_work
from bot.config import Config
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.errors import Tampered


async def verify(config: Config, as_json: bool, head: str, voice: Voice) -> None:
    """Raises `ActError` if the log was changed."""
    async with at_work(config) as (home, _, console):
        try:
            entries = await home.audit.entries()
        except Tampered as error:
            raise ActError(voice.t("The audit log was changed: {what}.", what=str(error))) from None
        heads = await home.audit.heads()
        if head and head not in heads:
            raise ActError(voice.t("The audit log was changed: the head {head} is not in it any more.", head=head))
        if as_json:
            tree = [
                {"at": e.at.isoformat(), "actor": e.actor, "act": e.act, "subject": e.subject, "detail": e.detail}
                for e in entries
            ]
            console.print_json(json.dumps({"entries": tree, "head": heads[-1] if heads else ""}))
            return
        console.print(voice.n("{n} entry, none changed.", "{n} entries, none changed.", len(entries)))
        if heads:
            console.print(
                voice.t(
                    "Head: {head}. Keep it elsewhere: with --head a later check finds a log cut short.", head=heads[-1]
                )
            )

"""Citizens who have answered, for tests of what moderators read: the bot's side, over the desk's own database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from desk.home import Home
from dialogs.effects import Submit, Value
from dialogs.forms.xlsform import to_xform
from dialogs.world import Survey
from privacy.keyring import Ring, new_key
from storage.base import FormVersion, Submission, Token
from storage.keychain import Keychain
from storage.sql.keys import SqlKeys
from storage.sql.readings import Readings
from storage.sql.responses import SqlResponses
from storage.sql.surveys import SqlSurveys

TODAY = date(2026, 11, 23)
FORM = b"""
| survey | | | |
| | type | name | label::Deutsch (de) | label::English (en) |
| | text | words | Was fehlt Ihnen? | What do you miss? |
| | text | more | Was noch? | What else? |
| settings | | | |
| | form_title | form_id | default_language |
| | Baenke | bench | Deutsch (de) |
"""
WORDS, MORE = "/data/words", "/data/more"


@dataclass
class Citizens:
    """Whoever answers, and the bot that takes it."""

    home: Home
    form: str = ""
    ring: Ring = field(default_factory=lambda: Ring(new_key()))

    async def publish(self, code: str = "bench") -> None:
        compiled = to_xform("bench.md", FORM)
        version = FormVersion("f" * 64, compiled.xform.encode() if isinstance(compiled.xform, str) else compiled.xform,
                              dict(compiled.attachments), "bench.md", FORM)  # fmt: skip
        await SqlSurveys(self.home.database).publish(Survey(code, version.hash, {"": "Benches"}), version)
        self.form = version.hash

    async def answer(self, texts: Sequence[str], code: str = "bench", language: str = "de", ref: str = "") -> None:
        """Each of somebody else, and the copies made."""
        keys = SqlKeys(self.home.database)
        keychain = Keychain(self.ring, keys, timedelta(days=1))
        responses = SqlResponses(self.home.database, keychain, keys)
        for text in texts:
            submit = Submit(code, self.form, os.urandom(16), language, (Value(ref or WORDS, text, sealed=True),))
            key = await keychain.response(submit.response, TODAY)
            await responses.submit(Submission(submit, Token(os.urandom(16)), key, TODAY, "telegram"))
        await Readings(self.home.database, keychain, keys, self.home.state).make(code, TODAY, closed=False)

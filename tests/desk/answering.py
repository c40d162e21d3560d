"""Citizens who have answered, for tests of what moderators read: the bot's side, over the desk's own database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec

from desk.home import Home
from dialogs.effects import Submit, Value
from dialogs.forms.xlsform import to_xform
from dialogs.moderation import CLOSED, CaseStatus
from dialogs.promises import NOTICE_VERSION
from dialogs.world import Survey
from privacy.answers import seal_answer
from privacy.keyring import Ring, case_key, new_key
from privacy.sealing import Sealer
from storage.casebook import CaseBook, Reported
from storage.cases import CaseId, StoredCase
from storage.caseties import CaseTies
from storage.contactbook import ContactBook
from storage.keychain import Keychain
from storage.records import FormVersion, Submission, Token
from storage.sql.case_copies import CaseCopies, CopyRules
from storage.sql.contacts import SqlContacts
from storage.sql.feedback import SqlCases
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
            await responses.submit(Submission(submit, Token(os.urandom(16)), TODAY, "telegram"))
        await Readings(self.home.database, keychain, keys, self.home.state).make(code, TODAY, closed=False)

    def copies(self) -> CaseCopies:
        """The bot's hand that makes copies of cases."""
        database, keys = self.home.database, SqlKeys(self.home.database)
        keychain, contacts = Keychain(self.ring, keys, timedelta(days=1)), SqlContacts(database)
        ties = CaseTies(contacts, keychain, keys, ContactBook(contacts, keychain, keys))
        readings = Readings(database, keychain, keys, self.home.state)

        async def rules() -> CopyRules:
            return CopyRules()

        return CaseCopies(database, keys, CaseBook(SqlCases(database), keychain, keys), ties, readings, rules)

    async def report(self, reports: Sequence[tuple[str, str, CaseStatus, date, str]]) -> None:
        """(words, category, how it stands, day, language): reports of as many people, and the copies made."""
        database, copies = self.home.database, self.copies()
        keychain = Keychain(self.ring, SqlKeys(database), timedelta(days=1))
        for words, category, status, day, language in reports:
            case = CaseId(os.urandom(16))
            sealer = Sealer(await keychain.put_new(case_key(case), new_key(), day))
            sealed = seal_answer(sealer, "case/report", msgspec.json.encode(Reported(words)).decode())
            closed = day if status in CLOSED else None
            stored = StoredCase(case, category, "Bauhof", status, day, language, NOTICE_VERSION, sealed, None, closed)
            await SqlCases(database).open(stored, None)
            await copies.make(case, day)

"""How long a conversation is kept: some hours, a pause, never longer than a draft may live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.vault import HOUR, Vault
from dialogs.messages import Language
from dialogs.session import Session, SurveyState
from privacy.addresses import Address, Person
from privacy.keyring import Ring
from storage.conversations import Loaded
from storage.errors import Unavailable
from storage.keychain import Keychain
from storage.memory import MemoryConversations
from storage.memory_records import MemoryKeys

NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PERSON = Person(Address("telegram", "bot", "101"))


class Moving:
    """A clock that is set."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()


@pytest.fixture
async def vault() -> Vault:
    keychain = Keychain(Ring(bytes(range(32))), MemoryKeys(), timedelta(hours=168))
    made = Vault(keychain, Moving(), timedelta(hours=24), timedelta(hours=168))
    await made.refresh()
    return made


def session(began: datetime | None = None, paused: date | None = None) -> Session:
    hours = int(began.timestamp()) // HOUR if began else 0
    state = SurveyState("bus", "f", b"r") if began else None
    return Session(Language("de"), survey=state, began=hours, paused_until=paused)


@pytest.mark.parametrize(
    ("kept", "seconds"),
    [
        (session(), 24 * HOUR),
        (session(NOW), 24 * HOUR),
        (session(NOW - timedelta(hours=160)), 8 * HOUR),
        (session(NOW, date(2026, 11, 27)), (4 * 24 + 12) * HOUR),
        (session(NOW, date(2026, 11, 23)), 24 * HOUR),
        (session(NOW, date(2027, 1, 1)), 168 * HOUR),
        (session(NOW - timedelta(hours=167), date(2026, 11, 27)), HOUR),
        (session(NOW - timedelta(hours=200), date(2026, 11, 27)), 1),
    ],
)
def test_a_conversation_is_kept_for_so_long(vault: Vault, kept: Session, seconds: int) -> None:
    (name, *_) = vault.names(PERSON)
    assert vault.seal_session(name, kept)[1] == seconds


async def test_a_paused_draft_is_opened_on_its_last_day(vault: Vault) -> None:
    name = vault.names(PERSON)[0]
    sealed, _ = vault.seal_session(name, session(NOW, date(2026, 11, 29)))
    clock = vault._clock
    assert isinstance(clock, Moving)
    clock.moment = datetime(2026, 11, 29, 23, tzinfo=NOW.tzinfo)
    await vault.refresh()
    names = vault.names(PERSON)
    assert name in names
    kept = vault.open_conversation(names, Loaded(b"lock", found=name, sealed=sealed))
    assert kept.session == session(NOW, date(2026, 11, 29))


async def test_names_of_days_on_which_nobody_paused_are_left_out() -> None:
    clock, conversations = Moving(), MemoryConversations(lambda: clock.moment.timestamp())
    keychain = Keychain(Ring(bytes(range(32))), MemoryKeys(), timedelta(hours=168))
    vault = Vault(keychain, clock, timedelta(hours=24), timedelta(hours=168), conversations)
    named: dict[date, bytes] = {}
    for number in range(9):
        clock.moment = NOW + timedelta(days=number)
        await vault.refresh()
        named[clock.today()] = vault.names(PERSON)[0]
        if number == 3:
            _, ttl = vault.seal_session(named[clock.today()], session(clock.moment, date(2026, 11, 30)))
            await vault.note_if_long(ttl)
    days = [day for day, name in named.items() if name in vault.names(PERSON)]
    assert days == [date(2026, 11, day) for day in (26, 29, 30)] + [date(2026, 12, 1)]
    for _ in range(3):
        clock.moment += timedelta(days=1)
        await vault.refresh()
    assert len(vault.names(PERSON)) == 3, "seven days later no draft of that day is alive"


async def test_while_the_store_is_away_all_names_are_looked_under() -> None:
    class Away(MemoryConversations):
        gone = True

        async def noted_long(self, names: Sequence[bytes]) -> Sequence[bool]:
            if self.gone:
                raise Unavailable("away")
            return await super().noted_long(names)

    clock, conversations = Moving(), Away()
    keychain = Keychain(Ring(bytes(range(32))), MemoryKeys(), timedelta(hours=168))
    for number in range(8):
        await keychain.epochs(NOW.date() + timedelta(days=number))
    clock.moment = NOW + timedelta(days=7)
    vault = Vault(keychain, clock, timedelta(hours=24), timedelta(hours=168), conversations)
    await vault.refresh()
    assert len(vault.names(PERSON)) == 8
    conversations.gone = False
    await vault.refresh()
    assert len(vault.names(PERSON)) == 3


def test_a_message_has_a_mark_for_each_day_on_which_it_may_come_again(vault: Vault) -> None:
    assert len(vault.marks(PERSON, "7")) == 1
    assert vault.marks(PERSON, "") == ()

"""What the attack works on: the town's parts, who takes part in it, and what is searched for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from canary.people import OF_ADDRESSES, OF_TEXTS, Person
from canary.phones import Homeserver, MatrixChat, SignalChat
from canary.search import disguises, id_disguises, patterns, place_disguises
from e2e.network import MortalRedis
from e2e.webchat import WebCitizen

from adapters.signal.emulator import Emulator as SignalEmulator
from adapters.telegram.emulator import Citizen, Emulator
from bot.config import Config
from dialogs.forms.model import Form

TODAY = datetime.now(ZoneInfo("Europe/Berlin"))
OFFICIAL = "Amtskanari"
"""What staff write at the desk."""


@dataclass
class Scene:
    """What the attack works on."""

    config: Config
    environ: dict[str, str]
    telegram: Emulator
    signal: SignalEmulator
    daemon: Path
    """The data folder of signal-cli."""
    server: MortalRedis
    port: int
    folder: Path
    forms: dict[str, Form]
    people: list[Person] = field(default_factory=list)
    citizens: dict[int, Citizen] = field(default_factory=dict)
    browsers: dict[int, WebCitizen] = field(default_factory=dict)
    homeserver: Homeserver | None = None
    signals: dict[Person, SignalChat] = field(default_factory=dict)
    matrix: dict[Person, MatrixChat] = field(default_factory=dict)
    moved: Person | None = None
    """Who took a draft along to Matrix."""
    codes: list[str] = field(default_factory=list)
    """Return codes that were shown."""

    def addresses(self) -> dict[bytes, str]:
        """All disguises of whatever tells who somebody is."""
        wanted = patterns(OF_ADDRESSES)
        for citizen in self.citizens.values():
            wanted |= dict.fromkeys(id_disguises(citizen.id), "Telegram id")
        for uuid in (chat.citizen.uuid for chat in self.signals.values()):
            wanted |= dict.fromkeys(disguises(uuid), "Signal account")
            wanted |= dict.fromkeys(disguises(uuid.replace("-", "")), "Signal account")
        for chat in self.matrix.values():
            wanted |= dict.fromkeys(disguises(chat.citizen.user), "Matrix id")
            wanted |= dict.fromkeys(disguises(chat.citizen.room), "Matrix room")
        for browser in self.browsers.values():
            wanted |= dict.fromkeys(disguises(browser.token), "token of a browser")
            wanted[bytes.fromhex(browser.token)] = "token of a browser"
        for code in self.codes:
            wanted |= dict.fromkeys(disguises(code.replace(" ", "")), "return code")
            wanted |= dict.fromkeys(disguises(code), "return code")
        return wanted

    def words(self) -> dict[bytes, str]:
        """All disguises of whatever somebody said or showed."""
        wanted = patterns(OF_TEXTS)
        for person in self.people:
            wanted |= dict.fromkeys(place_disguises(person.place[0]), "latitude")
        return wanted

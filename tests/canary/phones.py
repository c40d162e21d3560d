"""Canary citizens on Signal and Matrix: everything that can be done there, said in canaries.

A survey with what does not belong in between, a report with place and photo, news, one's own data, a pause, a
deletion, a draft that comes along from elsewhere. Not here: Telegram and the web (`telegram_and_web.py`), the search
(`search.py`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol, cast

from canary.people import CAPTION, FILE, FIRST, LAST, NICK, PHONE, SLIP, Person
from channels.signal import SignalBench, SignalPhone
from servers.matrix_citizen import Citizen as MatrixCitizen
from servers.synapse import Synapse

from adapters.signal.emulator import Citizen as SignalCitizen
from adapters.signal.emulator import Emulator as SignalEmulator

PATIENCE = 120.0


class Chat(Protocol):
    """A chat with the bot, as these walks need it."""

    async def says(self, text: str) -> None: ...

    async def until(self, text: str) -> str: ...

    async def place(self, latitude: float, longitude: float) -> None: ...

    async def photo(self, data: bytes) -> None: ...


@dataclass
class SignalChat:
    """Signal, by number and name."""

    citizen: SignalCitizen
    phone: SignalPhone

    async def says(self, text: str) -> None:
        self.citizen.says(text)

    async def until(self, text: str) -> str:
        return await self.phone.until(text)

    async def place(self, latitude: float, longitude: float) -> None:
        self.citizen.sends_location(latitude, longitude)

    async def photo(self, data: bytes) -> None:
        self.citizen.sends_file(data, "image/jpeg", f"{FILE}.jpg")


@dataclass
class MatrixChat:
    """Matrix, end-to-end encrypted, with a client that nobody here wrote."""

    citizen: MatrixCitizen
    last: str = ""

    async def says(self, text: str) -> None:
        self.last = await self.citizen.say(text)

    async def until(self, text: str) -> str:
        async with asyncio.timeout(PATIENCE):
            return await self.citizen.hears_text(text)

    async def place(self, latitude: float, longitude: float) -> None:
        content = {"msgtype": "m.location", "body": SLIP, "geo_uri": f"geo:{latitude},{longitude}"}
        await self.citizen.send("m.room.message", content)

    async def photo(self, data: bytes) -> None:
        await self.citizen.send_file("m.image", f"{FILE}.jpg", "image/jpeg", data)


async def on_signal(signal: SignalEmulator, person: Person) -> SignalChat:
    """A number that shows, a name, and everything that does not belong: in a group, by mistake, under a new key."""
    citizen = signal.citizen(f"{FIRST}{person.number}", number=f"{PHONE}{person.number}")
    signal.group(citizen).says(f"{SLIP}{person.number}", mentions=[{"number": citizen.number, "uuid": citizen.uuid}])
    chat = SignalChat(citizen, SignalPhone(citizen=citizen, bench=cast(SignalBench, None)))
    citizen.says("baenke")
    await chat.until("Fehlt eine Bank?")
    citizen.says(f"{SLIP}{person.number}", quote={"authorNumber": citizen.number, "text": SLIP})
    await chat.until("Fehlt eine Bank?")
    citizen.sends_file(person.photo(), "image/jpeg", f"{FILE}{person.number}.jpg", f"{CAPTION}{person.number}")
    citizen.sends_contact()
    citizen.changes_key()
    citizen.says(f"{SLIP}{person.number} mit neuem Telefon")
    await chat.until("nicht lesen")
    await chat.until("Fehlt eine Bank?")
    citizen.says("ja")
    await chat.until("Was noch?")
    citizen.says(person.words)
    await chat.until("Absenden")
    citizen.edits(f"{person.words} (geändert)")
    await chat.until("geändert")
    citizen.says("absenden")
    await chat.until("Beleg")
    await _everything_else(person, chat)
    return chat


@dataclass
class Homeserver:
    """Where Matrix's citizens live, and who the bot is there."""

    synapse: Synapse
    bot: str

    async def chat(self, person: Person) -> MatrixChat:
        """An encrypted chat of a new citizen, whose id and name show."""
        citizen = await asyncio.to_thread(MatrixCitizen, self.synapse, self.bot, f"{NICK}{person.number}.")
        await citizen.login()
        await citizen.client.set_displayname(f"{FIRST}{person.number} {LAST}{person.number}")
        await citizen.open_chat()
        return MatrixChat(citizen)


async def take_along(chat: Chat, person: Person, code: str) -> None:
    """Go on here with a draft from elsewhere, up to what is left to send."""
    await chat.says(code)
    await chat.until("Was noch?")
    await chat.says(person.words)
    await chat.until("Absenden")


async def on_matrix(homeserver: Homeserver, person: Person) -> MatrixChat:
    chat = await homeserver.chat(person)
    citizen = chat.citizen
    await chat.says("baenke")
    await chat.until("Fehlt eine Bank?")
    await chat.says(f"{SLIP}{person.number}")
    await chat.until("Fehlt eine Bank?")
    await citizen.edit(chat.last, f"{SLIP}{person.number} anders")
    caption = {"filename": f"{FILE}{person.number}.jpg"}
    await citizen.send_file("m.image", f"{CAPTION}{person.number}", "image/jpeg", person.photo(), **caption)
    await chat.place(*person.place)
    await citizen.send("m.room.message", {"msgtype": "org.example.dice", "body": f"{SLIP}{person.number}"})
    await chat.says("ja")
    await chat.until("Was noch?")
    await chat.says(person.words)
    await chat.until("Absenden")
    await citizen.edit(chat.last, f"{person.words} (geändert)")
    await chat.until("geändert")
    await chat.says("absenden")
    await chat.until("Beleg")
    await _everything_else(person, chat)
    return chat


def follows(person: Person) -> bool:
    """Whether this person gets news. Not everybody: Signal's pace is slow."""
    return person.number % 3 == 0


def pauses(person: Person) -> bool:
    """Whether this person leaves a draft open."""
    return person.number % 3 == 1


def has_a_case(person: Person) -> bool:
    return person.number % 2 == 0


async def _everything_else(person: Person, chat: Chat) -> None:
    if has_a_case(person):
        await _reports(person, chat)
    if follows(person):
        await chat.says("nachrichten bekommen")
        await chat.until("Worüber möchten Sie")
        await chat.says("alle nachrichten")
        await chat.until("Sie bekommen Nachrichten über")
    await chat.says("meine daten")
    await chat.until("alles, was von Ihnen gespeichert")
    if pauses(person):
        await chat.says("streng")
        await chat.until("Was soll niemand wissen?")
        await chat.says(person.words)
        await chat.until("Absenden")
        await chat.says("/pause bis morgen")
        await chat.until("eine Pause")
    elif person.number % 3 == 2:
        await chat.says("löschen baenke")
        await chat.until("löschen?")
        await chat.says("ja, löschen")
        await chat.until("gelöscht")


async def _reports(person: Person, chat: Chat) -> None:
    await chat.says("melden")
    await chat.until("Worum geht es?")
    await chat.says("Straßen und Wege")
    await chat.until("Was ist es?")
    await chat.says(person.words)
    await chat.until("Wo ist es?")
    await chat.place(*person.place)
    await chat.until("Foto davon")
    await chat.photo(person.photo())
    await chat.until("hier dazu schreiben?")
    await chat.says("ja")
    await chat.until("Bitte einmal prüfen")
    await chat.says("absenden")
    await chat.until("Ihr Fallcode")


async def answers_the_town(person: Person, chat: Chat) -> None:
    """The town asked about the case; what is said now goes to it, unless a survey waits for an answer."""
    await chat.until("Ist es noch so?")
    if pauses(person):
        return
    await chat.says(f"{person.words} noch immer")
    await chat.until("weitergegeben")

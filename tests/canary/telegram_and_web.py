"""Canary citizens on Telegram and the web: everything that can be done there, said in canaries. Not here: Signal and
Matrix (`phones.py`).
"""

from __future__ import annotations

import re

from canary.people import CAPTION, FILE, FIRST, LAST, NICK, PHONE, SLIP, WORD, Person
from canary.phones import take_along
from canary.scene import TODAY, Scene
from canary.surveys import Answering
from e2e.test_forms_in_telegram import TelegramChat
from e2e.walking import Chat
from e2e.webchat import WebCitizen

from adapters.telegram.emulator import Citizen


async def on_telegram(scene: Scene, person: Person) -> None:
    citizen = scene.telegram.citizen(first_name=f"{FIRST}{person.number}", username=f"{NICK}{person.number}")
    citizen.user["last_name"] = citizen.chat["last_name"] = f"{LAST}{person.number}"
    scene.citizens[person.number] = citizen
    chat = TelegramChat(citizen)
    await _go_wrong(citizen, person)
    await _walk(scene, person, chat, "platz")
    await chat.until("Beleg")
    if person.number % 2 == 0:
        await _walk(scene, person, chat, "baenke")
        await chat.until("Beleg")
    else:
        await _walk(scene, person, chat, "streng")
        await chat.until("Beleg")
    if person.number % 3 == 0:
        await _report(person, chat)
    if person.number % 7 == 2:
        await _ask_a_person(person, chat)
    if person.number % 5 in {2, 3}:
        await _follow(chat)
    if person.number % 4 == 0:
        await citizen.says("meine daten")
        await chat.until("Hier ist alles")
    if person.number % 5 == 0:
        await citizen.blocks()
    elif person.number % 5 == 1:
        await _leave_a_draft(scene, person, chat)


async def _leave_a_draft(scene: Scene, person: Person, chat: TelegramChat) -> None:
    """Begin the survey that was not answered yet, and leave it open: here for a day, or in a browser."""
    if person.number % 2 == 0:
        await chat.begin("streng")
        await chat.until("Was soll niemand wissen?")
        await chat.citizen.says(person.words)
        await chat.until("Absenden")
        await _moving_code(scene, chat)
        await chat.citizen.says("/pause bis morgen")
        await chat.until("eine Pause")
    else:
        await chat.begin("baenke")
        await chat.until("Fehlt eine Bank?")
        await chat.citizen.says("Ja")
        await chat.until("Was noch?")
        await _take_along(scene, person, await _moving_code(scene, chat))


async def _moving_code(scene: Scene, chat: TelegramChat) -> str:
    """A code that takes the draft along, once."""
    await chat.citizen.says("/mitnehmen")
    shown = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", await chat.until("Ihr Code ist"))
    assert shown is not None, "the code stands in the message"
    scene.codes += [shown[0], shown[0].replace("-", "")]
    return shown[0]


async def _take_along(scene: Scene, person: Person, code: str) -> None:
    """Go on elsewhere, up to what is left to send: the first on Matrix, where it runs, everybody else in a browser."""
    if scene.homeserver is not None and scene.moved is None:
        scene.moved = person
        scene.matrix[person] = chat = await scene.homeserver.chat(person)
        await take_along(chat, person, code)
        return
    browser = _browser(scene, person)
    await browser.begin("baenke")
    await browser.until("Fehlt eine Bank?")
    await browser.acts("said", text=code)
    await browser.until("Es geht weiter", "Was noch?")
    await browser.acts("said", text=person.words)
    await browser.until("Absenden")


async def _follow(chat: TelegramChat) -> None:
    """News, and what becomes of a survey: an address is kept for each, apart."""
    await chat.citizen.says("bescheid geben")
    await chat.until("einmal Bescheid")
    await chat.citizen.says("nachrichten bekommen")
    await chat.until("Worüber möchten Sie")
    await chat.citizen.says("alle nachrichten")
    await chat.until("Sie bekommen Nachrichten über")


async def _report(person: Person, chat: TelegramChat) -> None:
    """Something is broken: words, place and photo for the town, a code for the citizen."""
    citizen = chat.citizen
    await citizen.says("melden")
    await chat.until("Worum geht es?")
    await citizen.presses("Straßen und Wege", chat.last)
    await chat.until("Was ist es?")
    await citizen.says(person.words)
    await chat.until("Wo ist es?")
    await citizen.sends_location(*person.place)
    await chat.until("Foto davon")
    await citizen.sends_photo(person.photo())
    await chat.until("hier dazu schreiben?")
    await citizen.says("ja" if wishes_a_reply(person) else "nein")
    await chat.until("Bitte einmal prüfen")
    await citizen.presses("Absenden", chat.last)
    await chat.until("Ihr Fallcode")


def wishes_a_reply(person: Person) -> bool:
    return person.number % 2 == 0


async def _ask_a_person(person: Person, chat: TelegramChat) -> None:
    await chat.citizen.says("mensch")
    await chat.until("Was möchten Sie sagen")
    await chat.citizen.says(person.words)
    await chat.until("Ihr Fallcode")


def has_a_tied_case(person: Person) -> bool:
    return (person.number % 3 == 0 and wishes_a_reply(person)) or person.number % 7 == 2


async def _go_wrong(citizen: Citizen, person: Person) -> None:
    """What does not belong here, before anything stands and in the middle of a question."""
    await citizen.says("/start platz")
    await citizen.reads(3, 60)
    await citizen.says(f"{SLIP}{person.number}")
    await citizen.edits(f"{SLIP}{person.number} anders")
    await citizen.sends_contact(f"{PHONE}{person.number}")
    await citizen.sends_document(f"{FILE}{person.number}.pdf", "application/pdf", b"%PDF " + FILE.encode(), SLIP)
    await citizen.sends_photo(person.photo(), f"{CAPTION}{person.number}")
    await citizen.sends_sticker()
    await citizen.sends_location(*person.place)
    citizen.presses_data(f"{SLIP}{person.number}")
    await citizen.reads(4, 60)
    await citizen.says("/stopp")
    await TelegramChat(citizen).until("Wiedersehen")


def _browser(scene: Scene, person: Person) -> WebCitizen:
    browser = WebCitizen(scene.port, {name.replace("_", "-"): value for name, value in person.headers.items()})
    scene.browsers[person.number] = browser
    return browser


async def on_the_web(scene: Scene, person: Person) -> None:
    browser = _browser(scene, person)
    await browser.begin("platz")
    await browser.acts("said", text=f"{SLIP}{person.number}")
    await browser.uploads(person.photo(), "image/jpeg")
    barrier = {"what": person.words, "where": f"{WORD}{person.number:03d}", "contact": f"{WORD}@example.org"}
    async with browser.http.post(f"{browser.address}/accessibility/report", data=barrier) as answer:
        assert answer.url.path in ("/accessibility/reported", "/accessibility/report")  # later ones of one network wait
    await _walk(scene, person, browser, "platz")
    receipt = await browser.until("Beleg")
    scene.codes += sixteen_digits(receipt)
    if person.number % 2 == 0:
        await browser.acts("started", code="baenke")
        await browser.until("Fehlt eine Bank?")


def sixteen_digits(text: str) -> list[str]:
    return re.findall(r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}\b", text)


async def _walk(scene: Scene, person: Person, chat: Chat, code: str) -> None:
    walker = Answering(scene.forms[code], "", TODAY, "de")
    walker.person = person
    await walker.walk(chat, code)


async def erase(scene: Scene, number: int) -> None:
    """Deletes what was sent, in the chat."""
    chat = TelegramChat(scene.citizens[number])
    await chat.citizen.says("/löschen platz")
    while True:
        message = (await chat.citizen.reads(1, 60))[0]
        if "gelöscht" in message.text:
            return
        yes = next((label for label in message.labels if label.startswith("Ja")), None)
        if yes is not None:
            await chat.citizen.presses(yes, message)

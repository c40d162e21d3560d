"""Golden transcripts: what a citizen does and what the bot says, as a person would read it.

A file holds settings (`@ channel telegram`), what the citizen does (`Bürgerin: …`), and what the bot said. Run with
`--update-goldens` to write the bot's side anew, then read the difference as a citizen on a bus would.

Bürgerin:                    words;  [Label] taps the newest button of that name;  (Foto) and the like send something
@ form NAME                  tests/scenarios/forms/NAME.md, or `rufbus`, the sample survey; more than one: more surveys
@ channel, @ channels, @ language, @ now, @ closes, @ opens, @ mode, @ places, @ storage away|back,
@ topics KEY = LABEL, @ pilot NAME (tests/scenarios/news/NAME.toml), @ broadcast NAME (NAME.md there): it comes now
@ noticed VERSION, @ reports KEY = LABEL (a star: at a spot), @ status, as staff set it
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialogs.broadcasts import BroadcastId, QuestionSort
from dialogs.capabilities import EVERY, TELEGRAM, TERMINAL, WEB, Capabilities
from dialogs.effects import Revise, Send, Settle, Submit, Words
from dialogs.events import (
    CaseMessage,
    CaseNews,
    CodeEntered,
    Edited,
    Event,
    Gone,
    MediaKind,
    MediaRef,
    MediaSent,
    MessageRef,
    News,
    Placed,
    Pressed,
    Reacted,
    Reopened,
    Replies,
    Retracted,
    Said,
    Started,
    Unreadable,
    Voted,
)
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.i18n import Voice
from dialogs.messages import Button, Document, Language, Part, Say
from dialogs.moderation import CaseStatus
from dialogs.news import news_say
from dialogs.pilots import Pilot
from dialogs.player import Player
from dialogs.rendering import render
from dialogs.world import Category, Mode, NewsItem, Place, Survey, Topic, Town, World
from storage.acts.evaluating import form_of as form_of_question
from storage.acts.newsfile import read_news
from storage.acts.pilotfile import read_pilot, read_toml

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent / "bot" / "samples" / "rufbus.md"
NUMBERS = replace(TERMINAL, channel="numbers", label="Numbers", push_per_second=1.0)
"""A messenger without buttons that can reach people."""
CHANNELS = {record.channel: record for record in (*EVERY, NUMBERS)}
ENGLISH = Voice(Language("en"), date(2026, 11, 23))
SPOKEN = re.compile(r"Bürgerin: (.*)")
SETTING = re.compile(r"@ (\w+) (.*)")
MEDIA = {
    "Foto": MediaKind.PHOTO,
    "Sprachnachricht": MediaKind.VOICE,
    "Film": MediaKind.VIDEO,
    "Datei": MediaKind.FILE,
    "Sticker": MediaKind.STICKER,
}


@cache
def form_of(name: str) -> Form:
    source = SAMPLE if name == "rufbus" else HERE / "forms" / f"{name}.md"
    compiled = to_xform(f"{name}.md", source.read_bytes())
    return compile_form(compiled.xform, compiled.attachments)


@dataclass
class Stage:
    """The surroundings that a transcript sets."""

    channel: Capabilities = TELEGRAM
    language: str = "de"
    now: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    surveys: dict[str, Survey] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    town: Town = field(default_factory=lambda: Town("Musterstadt", contact="Rathaus, Telefon 0123 4567"))
    rng: random.Random = field(default_factory=lambda: random.Random(2))
    channels: tuple[Capabilities, ...] = (TELEGRAM, WEB)
    player: Player = field(init=False)
    shown: list[Part] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What the town's news said."""
    pilots: dict[str, Pilot] = field(default_factory=dict)
    news: tuple[NewsItem, ...] = ()

    def __post_init__(self) -> None:
        self.player = Player(self.world, read_file=lambda path: None if path == "kaputt" else b"data")

    def world(self) -> World:
        return World(
            now=self.now,
            rng=self.rng,
            town=self.town,
            channel=self.channel,
            surveys=self.surveys,
            forms=self.forms,
            language_hint=self.language,
            web_address="https://zuruf.example",
            channels=self.channels,
            links={
                "matrix": "https://matrix.to/#/@zuruf:musterstadt.example",
                "telegram": "https://t.me/musterstadt_bot?start={code}",
                "web": "https://zuruf.example/s/{code}/chat",
            },
            pilots=self.pilots,
            news=self.news,
        )

    def set(self, name: str, value: str) -> None:
        settings: dict[str, Callable[[str], None]] = {
            "form": self._form,
            "channel": lambda text: setattr(self, "channel", CHANNELS[text]),
            "channels": lambda text: setattr(self, "channels", tuple(CHANNELS[name] for name in text.split())),
            "language": lambda text: setattr(self, "language", text),
            "now": lambda text: setattr(self, "now", datetime.fromisoformat(text).replace(tzinfo=self.now.tzinfo)),
            "closes": lambda text: self._card(closes=date.fromisoformat(text)),
            "opens": lambda text: self._card(opens=date.fromisoformat(text)),
            "mode": lambda text: self._card(mode=Mode(text)),
            "purpose": lambda text: self._card(purposes={"": text}),
            "barred": lambda text: self._card(barred_channels=frozenset({text})),
            "places": lambda text: setattr(self, "town", replace(self.town, places=_places(text))),
            "languages": lambda text: setattr(
                self, "town", replace(self.town, languages=tuple(map(Language, text.split())))
            ),
            "reports": self._reports,
            "status": self._status,
            "topics": self._topics,
            "pilot": self._pilot,
            "noticed": self._noticed,
            "storage": lambda text: setattr(self.player, "failing", text == "away"),
        }
        settings[name](value)

    def _form(self, name: str) -> None:
        form = form_of(name)
        self.forms[form.hash] = form
        self.surveys[name] = Survey(name, form.hash, {"": form.title}, closes=date(2027, 3, 31))

    def _reports(self, text: str) -> None:
        """Categories, each `key = label`, a star after what is at a spot."""
        pairs = [part.split("=") for part in text.split(",")]
        categories = tuple(
            Category(key.strip(" *"), {"": label.strip()}, office="Bauhof", located="*" in key) for key, label in pairs
        )
        self.town = replace(self.town, categories=categories, person=Category("person", {"": "Mensch"}, "Bürgerbüro"))

    def _topics(self, text: str) -> None:
        pairs = (part.split("=") for part in text.split(","))
        topics = tuple(Topic(key.strip(), {"": label.strip()}) for key, label in pairs)
        self.town = replace(self.town, topics=topics)

    def _pilot(self, name: str) -> None:
        tree = read_toml(HERE / "news" / f"{name}.toml", ENGLISH)
        pilot = read_pilot(tree, self.pilots.get(name), self.now.date(), ENGLISH)
        self.pilots[pilot.code] = pilot

    def broadcast(self, name: str) -> list[str]:
        """News that come now, and their lines."""
        parts = render(self.comes(name), self.channel)
        self.shown += parts
        return [text for part in parts for text in _lines("Bot, von sich aus:", part)]

    def comes(self, name: str) -> Say:
        """News that come now, to a citizen of the conversation's language; not yet shown."""
        read = read_news(HERE / "news" / f"{name}.md", "de", ENGLISH).broadcast
        if read.question is not None and read.question.sort is not QuestionSort.SURVEY:
            read = replace(read, question=replace(read.question, survey=f"news_{name}"))
            compiled = to_xform("question.md", form_of_question(read.question).encode())
            form = compile_form(compiled.xform, compiled.attachments)
            self.forms[form.hash] = form
            card = Survey(f"news_{name}", form.hash, dict(read.question.texts), closes=date(2027, 3, 31), attached=True)
            self.surveys[card.code] = card
        number = BroadcastId(len(self.news) + 1)
        self.news = (NewsItem(number, read, self.now.date()), *self.news)
        language = self.player.subscription.language if self.player.subscription else Language(self.language)
        return news_say(number, read, self.pilots.get(read.pilot), language, self.now.date())

    def _status(self, text: str) -> None:
        """What staff did with the newest case: a status, and a reason or a reply after it; or the time has come to ask
        whether it is fixed. If the town may write, the citizen is told."""
        status, _, words = text.partition(" ")
        code, case = list(self.player.cases.items())[-1]
        news = News.STATUS
        if status == "reply":
            message, news = CaseMessage(by_town=True, day=self.now.date(), words=words), News.MESSAGE
            case = replace(case, messages=(*case.messages, message))
        elif status == "fixed?":
            case, news = replace(case, asked=True), News.QUESTION
        else:
            case = replace(case, status=CaseStatus(status), reason=words)
        self.player.cases[code] = case
        if case.replies is Replies.HERE:
            told = CaseNews(replace(case, code=case.key), news, words if news is News.MESSAGE else "")
            self.said = self._said(self.player.take(told))

    def _noticed(self, version: str) -> None:
        """The citizen was shown an older notice."""
        assert self.player.session is not None, "nobody has spoken yet"
        self.player.session = msgspec.structs.replace(self.player.session, noticed=version)

    def _card(self, **changes: object) -> None:
        code = list(self.surveys)[-1]
        self.surveys[code] = replace(self.surveys[code], **changes)  # type: ignore[arg-type]

    def act(self, line: str) -> list[str]:
        """One act of the citizen, and the bot's lines."""
        submitted, reported = len(self.player.sent), len(self.player.cases)
        lines = self._said(self.player.take(self._event(line)))
        if len(self.player.sent) > submitted:
            lines += _stored(list(self.player.sent.values())[-1])
        if len(self.player.cases) != reported:
            lines.append(f"Fälle: {len(self.player.cases)}")
        return lines

    def _said(self, words: Iterable[Words]) -> list[str]:
        lines: list[str] = []
        for effect in words:
            parts = render(effect.say, self.channel)
            match effect:
                case Send():
                    self.shown += parts
                    lines += [text for part in parts for text in _lines("Bot:", part)]
                case Revise():
                    self.shown += parts
                    lines += [text for part in parts for text in _lines("Bot, an gleicher Stelle:", part)]
                case Settle() if self.channel.edits:
                    lines += [text for part in parts for text in _lines("Bot, an der alten Frage:", part)]
                case Settle():
                    pass
        return lines

    def _event(self, line: str) -> Event:
        if line.startswith("[") and line.endswith("]"):
            return Pressed(self._button(line[1:-1]).action, MessageRef("m"))
        if not (line.startswith("(") and line.endswith(")")):
            return Said(line)
        act, _, rest = line[1:-1].partition(" ")
        match act:
            case "Link":
                return Started(rest)
            case "Ort":
                latitude, longitude = rest.split()
                return Placed(float(latitude), float(longitude), 12.0)
            case "stimmt":
                return Voted(tuple(self._option(label) for label in rest.split(" + ") if label), MessageRef("m"))
            case "reagiert":
                return Reacted(rest, MessageRef("m"))
            case "ändert:":
                return Edited(rest)
            case "löscht":
                return Retracted()
            case "Kontakt":
                return Unreadable()
            case "blockiert":
                return Gone()
            case "lädt":
                return Reopened()
            case "Code":
                return CodeEntered(rest)
            case "Fallcode":
                return Said(list(self.player.cases)[-1])
            case "alter":
                return Pressed(rest.partition(" ")[2], MessageRef("m"))
            case "Zeichen":
                return Said("a" * int(rest))
            case _:
                return MediaSent(MEDIA[act], MediaRef(rest or "file"))

    def _option(self, label: str) -> str:
        for part in reversed(self.shown):
            for option in part.poll.options if part.poll is not None else ():
                if option.label == label:
                    return option.action
        raise AssertionError(f"no poll had the option {label}")

    def _button(self, label: str) -> Button:
        for part in reversed(self.shown):
            for row in part.buttons:
                for button in row:
                    if button.label == label:
                        return button
        raise AssertionError(f"no button [{label}] was shown")


def _places(text: str) -> tuple[Place, ...]:
    return tuple(Place(name.strip(), 51.0 + index / 10, 13.7, 800.0) for index, name in enumerate(text.split(",")))


def _lines(who: str, part: Part) -> list[str]:
    lines = [*(f"[Bild: {picture.name}]" for picture in part.pictures)]
    lines += [*_document(part.document)] if part.document is not None else []
    if part.title:
        lines.append(f"— {part.title} —")
    lines += part.text.split("\n")
    lines += [" ".join(f"[{button.label}{' ✓' if button.chosen else ''}]" for button in row) for row in part.buttons]
    if part.poll is not None:
        lines += [f"[Abstimmung{', mehrere' if part.poll.multiple else ''}]"]
        lines += [
            f"| {line}" for block in (part.poll.before, part.poll.question) if block for line in block.split("\n")
        ]
        lines += [f"| ( ) {option.label}" for option in part.poll.options]
    return [f"{who} {lines[0]}".rstrip(), *(f"     {line}".rstrip() for line in lines[1:])]


def _document(document: Document) -> Iterator[str]:
    """The file's name, and what a citizen would read in it."""
    yield f"[Datei: {document.name}]"
    if document.mime.startswith("text/plain"):
        yield from (f"| {line}".rstrip() for line in document.data.decode("utf-8").split("\n"))
        yield ""


def _stored(submit: Submit) -> list[str]:
    values = [f"     {value.ref} = {value.text}{' (versiegelt)' if value.sealed else ''}" for value in submit.values]
    return [f"Gespeichert: {submit.survey}, {submit.language}, Hinweis {submit.informed}", *values]


def played(script: str) -> str:
    """The transcript with the bot's side written anew."""
    stage, lines = Stage(), list[str]()
    for line in script.splitlines():
        setting, spoken = SETTING.fullmatch(line), SPOKEN.fullmatch(line)
        stage.said = []
        if setting is not None and setting[1] == "broadcast":
            lines += ["", line, *stage.broadcast(setting[2])]
        elif setting is not None:
            stage.set(setting[1], setting[2])
            lines += [line, *stage.said]
        elif spoken is not None:
            lines += ["", line, *stage.act(spoken[1])]
        elif line.startswith("#"):
            lines.append(line)
    return "\n".join(lines) + "\n"


SCRIPTS = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_conversation_reads_as_it_was_approved(path: Path, update_goldens: bool) -> None:
    approved = path.read_text("utf-8")
    now = played(approved)
    if update_goldens:
        path.write_text(now, "utf-8")
    assert now == path.read_text("utf-8")

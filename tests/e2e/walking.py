"""A citizen who answers a whole form by script, on any channel, and remembers every answer that was given.

The walker opens the form beside the conversation to know which question must come next and which answers the form
takes. It answers in turn by button, by number, by word and by natural forms, and compares what the bot asks.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from PIL import Image

from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.model import Form
from dialogs.forms.questions import Option, Question, QuestionType

LIMIT = 400
SEND = {"de": "Absenden", "en": "Send", "de-simple": "Absenden"}
DONE = {"de": "Weiter", "en": "Continue"}


@dataclass(frozen=True)
class Pressed:
    """Buttons to press, one after another; `words` says the same for channels or lists without buttons."""

    labels: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Written:
    words: str


@dataclass(frozen=True)
class Placed:
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Photo:
    data: bytes


@dataclass(frozen=True)
class Voice:
    data: bytes


Answer = Pressed | Written | Placed | Photo | Voice


class Chat(Protocol):
    """One citizen on one channel."""

    async def begin(self, code: str) -> None: ...

    async def give(self, answer: Answer) -> None: ...

    async def until(self, *texts: str) -> str:
        """Read until one message holds all of `texts`; returns it."""


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 120, 90)).save(file, "JPEG")
    return file.getvalue()


def plain(text: str) -> str:
    """White space folded, so that line breaks of a channel do not matter."""
    return " ".join(text.split())


@dataclass
class Walker:
    """Answers one form to the end."""

    form: Form
    language: str
    now: datetime
    tag: str = "de"
    instance: Instance = field(init=False)
    asked: int = 0
    given: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.instance = open_instance(self.form, None, self.now, random.Random(7))
        if self.language:
            self.instance.use_language(self.language)

    async def walk(self, chat: Chat, code: str) -> None:
        """From the first contact to the receipt."""
        await chat.begin(code)
        for question, answer in self.script():
            await chat.until(self.heading(question))
            await chat.give(answer)
        await chat.until(SEND[self.tag])
        await chat.give(Pressed((SEND[self.tag],), SEND[self.tag]))

    def heading(self, question: Question) -> str:
        """The part of a label that a channel must show."""
        return plain(question.label)[:60]

    def script(self) -> Iterator[tuple[Question, Answer]]:
        """Every question that must be asked, with an answer that the form takes."""
        question = self.instance.first()
        for _ in range(LIMIT):
            if question is None:
                return
            if question.type is not QuestionType.NOTE:
                self.asked += 1
                yield question, self._answer(question)
            question = self.instance.after(question.ref)
        raise AssertionError("the form never ends")

    def expected(self) -> dict[str, str]:
        """What must be stored of the answered questions (files apart)."""
        return {
            ref: text
            for ref, text, kind in self.instance.answers()
            if kind not in {None, QuestionType.NOTE, QuestionType.REPEAT, *_FILES} and text
        }

    def file_refs(self) -> list[str]:
        return [ref for ref, text, kind in self.instance.answers() if kind in _FILES and text]

    def _answer(self, question: Question) -> Answer:
        for canonical, answer in self._candidates(question):
            if self.instance.answer(question.ref, canonical) is None:
                return answer
        assert not question.required, f"no answer fits {question.ref} ({question.type}, {question.constraint_message})"
        return Written({"de": "/überspringen", "en": "/skip"}[self.tag])

    def _candidates(self, question: Question) -> Iterator[tuple[str, Answer]]:
        match question.type:
            case QuestionType.SELECT_ONE:
                yield from self._one(question)
            case QuestionType.SELECT_MULTIPLE:
                yield from self._several(question)
            case QuestionType.RANK:
                order = [*question.options[1:], question.options[0]]
                numbers = " ".join(str(question.options.index(option) + 1) for option in order)
                yield " ".join(option.value for option in order), Written(numbers)
            case QuestionType.REPEAT:
                yes = not self.given.get("repeat:" + question.ref.rpartition("[")[0]) and self.asked < LIMIT // 2
                self.given["repeat:" + question.ref.rpartition("[")[0]] = "asked"
                word = {"de": ("Ja", "Nein"), "en": ("Yes", "No")}[self.tag][0 if yes else 1]
                yield ("yes" if yes else "no"), Written(word)
            case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.RANGE:
                for number in ("12", "3", "30", "1", "2", "5", "18", "25", "100", "0", "1990", "2020"):
                    yield number, Written(number)
            case QuestionType.DATE:
                yield "2024-05-03", Written({"de": "3. Mai 2024", "en": "May 3, 2024"}[self.tag])
                yield "2026-11-20", Written("2026-11-20")
                yield "2026-12-24", Written("2026-12-24")
            case QuestionType.TIME:
                yield "14:30:00.000", Written("14:30")
            case QuestionType.DATETIME:
                yield "2024-05-03T14:30:00.000", Written("2024-05-03 14:30")
            case QuestionType.GEOPOINT:
                yield "52.5 13.4 0 0", Placed(52.5, 13.4)
            case QuestionType.IMAGE:
                self.files.append(question.ref)
                yield "x.jpg", Photo(photo())
            case QuestionType.AUDIO:
                self.files.append(question.ref)
                yield "x.ogg", Voice(VOICE)
            case QuestionType.ACKNOWLEDGE:
                yield "OK", Written("OK")
            case _:
                for text in (
                    f"Antwort {self.asked}: <b>Grüße & mehr</b>",
                    "12345",
                    "a@example.org",
                    "Ada",
                    "0612345678",
                ):
                    yield text, Written(text)

    def _one(self, question: Question) -> Iterator[tuple[str, Answer]]:
        count = len(question.options)
        for turn in range(count):
            index = (self.asked + turn) % count
            option = question.options[index]
            yield option.value, self._way(question, index, option)

    def _way(self, question: Question, index: int, option: Option) -> Answer:
        unique = [plain(each.label).casefold() for each in question.options].count(plain(option.label).casefold()) == 1
        if question.searchable or (self.asked % 3 == 1 and unique and not option.label[:1].isdigit()):
            return Written(option.label)
        if self.asked % 3 == 2 and not any(any(c.isdigit() for c in each.label) for each in question.options):
            return Written(str(index + 1))
        return Pressed((option.label,), str(index + 1))

    def _several(self, question: Question) -> Iterator[tuple[str, Answer]]:
        count = len(question.options)
        for size in (2, 1):
            for start in range(count):
                indices = sorted({(start + step) % count for step in range(size)})
                picked = [question.options[index] for index in indices]
                words = ", ".join(str(index + 1) for index in indices)
                labels = tuple(option.label for option in picked)
                answer = Pressed((*labels, DONE[self.tag]), words) if self.asked % 2 else Written(words)
                yield " ".join(option.value for option in picked), answer


_FILES = frozenset({QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.VIDEO, QuestionType.FILE})


def ogg(vendor: bytes = b"test") -> bytes:
    """The smallest Ogg Opus stream: head, tags, one silent packet."""
    import struct

    def crc(data: bytes) -> int:
        value = 0
        for byte in data:
            value ^= byte << 24
            for _ in range(8):
                value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        return value

    def page(kind: int, granule: int, number: int, packet: bytes) -> bytes:
        laces = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, granule, 77, number, 0, len(laces)) + laces
        whole = head + packet
        return whole[:22] + struct.pack("<I", crc(whole)) + whole[26:]

    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    return page(2, 0, 0, head) + page(0, 0, 1, tags) + page(4, 960, 2, b"\xf8\xff\xfe")


VOICE = ogg()

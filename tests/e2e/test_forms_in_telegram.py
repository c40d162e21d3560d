"""Public forms that staff might have got from somewhere, published and answered to the end in Telegram."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.forms import FORMS, PublicForm
from e2e.town import Noon, TownUnderTest, running_town, shared
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Walker, Written, plain

from adapters.telegram.emulator import BotMessage, Citizen
from dialogs.languages import form_language

PATIENCE = 60.0
"""Seconds until a test gives up; what it takes is not measured here."""
PAGES = 60


class TelegramChat:
    """A citizen with Telegram."""

    def __init__(self, citizen: Citizen) -> None:
        self.citizen = citizen
        self.last: BotMessage | None = None

    async def begin(self, code: str) -> None:
        await self.citizen.says(f"/start {code}")

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self._press(labels, words)
            case Written(words):
                await self.citizen.says(words)
            case Placed(latitude, longitude):
                await self.citizen.sends_location(latitude, longitude)
            case Photo(data):
                await self.citizen.sends_photo(data)
            case Voice(data):
                await self.citizen.sends_voice(data)

    async def _press(self, labels: tuple[str, ...], words: str) -> None:
        assert self.last is not None
        if any(self._button(label) is None for label in labels):
            await self.citizen.says(words)  # a long label stands in the text, its number on the button
            return
        for label in labels:
            button = self._button(label)
            assert button is not None
            await self.citizen.presses(button, self.last)
            if label != labels[-1]:
                await self._sees_toggle()

    async def _sees_toggle(self) -> None:
        """The question itself was edited (an edit of the question before may still be unread)."""
        assert self.last is not None
        for _ in range(PAGES):
            edited = await self.citizen.sees_edit()
            if edited.id == self.last.id:
                self.last = edited
                return

    def _button(self, label: str) -> str | None:
        assert self.last is not None
        return next((text for text in self.last.labels if plain(text.removeprefix("✓ ")) == plain(label)), None)

    async def until(self, *texts: str) -> str:
        seen: list[str] = []
        for _ in range(PAGES):
            try:
                message = (await self.citizen.reads(1, PATIENCE))[0]
            except TimeoutError:
                raise AssertionError(f"waited for {texts}, read {seen[-3:]}") from None
            self.last = message
            whole = plain(" ".join([*message.bold, message.text, *message.labels]))
            seen.append(whole)
            if all(text in whole for text in texts):
                return whole
        raise AssertionError(f"waited for {texts}, read {seen[-3:]}")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
async def test_a_public_form_is_answered_to_the_end(form: PublicForm, tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(shared("xlsform", "forms", form.file), form.code)
        walker = await walked(town, form)

        (stored,) = await town.stored(form.code)
        expected = walker.expected()
        assert {ref: stored.get(ref) for ref in expected} == expected
        for ref in walker.file_refs():
            assert stored[ref], "the file's name is kept, sealed"
        assert town.telegram.rejected == []


async def walked(town: TownUnderTest, form: PublicForm) -> Walker:
    compiled = await town.app.library.need(town.app.library.surveys[form.code].form)
    assert compiled is not None
    language = form_language(compiled, form.tag) or ""
    walker = Walker(compiled, language, Noon().now(), form.tag)
    chat = TelegramChat(town.telegram.citizen(language_code=form.tag))
    await walker.walk(chat, form.code)
    await chat.until("")
    return walker

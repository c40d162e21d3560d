"""The same public forms, answered to the end in the web chat in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.browsing import WebChat, browser
from e2e.forms import FORMS, PublicForm
from e2e.town import Noon, running_town, shared
from e2e.walking import Walker

from dialogs.languages import form_language

LOCALES = {"de": "de-DE", "en": "en-GB"}
ALWAYS = {"mitwirken", "transport"}
"""Walked in every run: long lists, conditions, photo, place. The others are walked by `make test-long`."""
CASES = [pytest.param(form, id=form.code, marks=() if form.code in ALWAYS else pytest.mark.long) for form in FORMS]


@pytest.mark.browser
@pytest.mark.parametrize("form", CASES)
async def test_a_public_form_is_answered_to_the_end(form: PublicForm, tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town, browser() as chromium:
        await town.publish(shared("xlsform", "forms", form.file), form.code)
        compiled = await town.app.library.need(town.app.library.surveys[form.code].form)
        assert compiled is not None
        walker = Walker(compiled, form_language(compiled, form.tag) or "", Noon().now(), form.tag)
        page = await chromium.new_page(locale=LOCALES[form.tag])
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        chat = WebChat(page, f"http://127.0.0.1:{town.app.port}")
        await walker.walk(chat, form.code)
        receipt = await chat.until("")

        (stored,) = await town.stored(form.code)
        expected = walker.expected()
        assert {ref: stored.get(ref) for ref in expected} == expected
        for ref in walker.file_refs():
            assert stored[ref], "the file's name is kept, sealed"
        assert any(len(word) == 4 and word.isdigit() for word in receipt.split()), "the receipt has the return code"
        assert problems == []

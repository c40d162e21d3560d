"""Whatever the intake can say, it can say in German, with the same parameters."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import dialogs.forms
import storage.sandbox
from dialogs.i18n import Language, catalogue, translate
from storage.sandbox.problems import TEXTS

ROOMS = [Path(package.__path__[0]) for package in (dialogs.forms, storage.sandbox)]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def marked() -> list[str]:
    """Every text that is marked by N_ in these rooms."""
    found: dict[str, None] = {}
    for path in (path for room in ROOMS for path in sorted(room.rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}: N_ marks a literal text"
                found[str(node.args[0].value)] = None
    return list(found)


@pytest.mark.parametrize("msgid", marked())
def test_a_message_has_german_words_with_the_same_parameters(msgid: str) -> None:
    assert ("", msgid) in catalogue(Language("de")).texts, "add it to dialogs/locale/de/forms.po"
    parameters = {name: f"<{name}>" for name in PLACEHOLDER.findall(msgid)}
    german = translate(msgid, Language("de"), **parameters)
    assert german != msgid
    assert set(re.findall(r"<\w+>", german)) == {f"<{name}>" for name in parameters}


@pytest.mark.parametrize("msgid", TEXTS.values())
def test_what_citizens_read_exists_in_easy_german(msgid: str) -> None:
    assert ("", msgid) in catalogue(Language("de-simple")).texts

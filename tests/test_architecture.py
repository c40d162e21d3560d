"""The house checks itself: what import-linter does not look at."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "adapters", "dialogs", "storage", "privacy", "desk")
GROUND = ("dialogs", "privacy")
ALLOWED_IN_DIALOGS = {"pyxform", "defusedxml", "babel", "re2", "msgspec", "openpyxl", "xlrd", "argon2", "cryptography"}
ALLOWED_IN_PRIVACY = {"argon2", "cryptography", "msgspec", "structlog", "phonenumbers"}
MOST_LINES = 600
CLOCKS = {"time", "asyncio", "logging", "socket", "subprocess", "threading"}
ALLOWED_CLOCKS = {
    "dialogs/forms/xlsform.py": {"logging"},  # silences pyxform's
    "privacy/redaction.py": {"logging"},  # is about logs
}


def files(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("room", "allowed"), [("dialogs", ALLOWED_IN_DIALOGS), ("privacy", ALLOWED_IN_PRIVACY)])
def test_the_core_imports_only_a_short_list_of_third_parties(room: str, allowed: set[str]) -> None:
    known = set(sys.stdlib_module_names) | set(ROOMS) | allowed
    strangers = {name(path): imports(path) - known for path in files(room)}
    assert {path: found for path, found in strangers.items() if found} == {}


def test_the_core_has_no_clock_no_task_and_no_logger() -> None:
    found = {name(path): imports(path) & CLOCKS - ALLOWED_CLOCKS.get(name(path), set()) for path in files(*GROUND)}
    assert {path: names for path, names in found.items() if names} == {}


def test_the_core_makes_no_ids_of_its_own_accord() -> None:
    """`uuid.UUID` of given bits is pure; `uuid4()` and `uuid1()` ask the machine."""
    found = [name(path) for path in files(*GROUND) if re.search(r"uuid[14]\(", path.read_text("utf-8"))]
    assert found == []


def test_addresses_are_opened_in_adapters_only() -> None:
    found = [
        name(path)
        for path in files(*ROOMS)
        if ".reveal(" in path.read_text("utf-8") and not name(path).startswith("adapters/")
    ]
    assert found == []


def test_no_file_grows_without_end() -> None:
    sizes = {name(path): len(path.read_text("utf-8").splitlines()) for path in files(*ROOMS)}
    assert {path: lines for path, lines in sizes.items() if lines > MOST_LINES} == {}


def test_every_module_says_why_it_exists() -> None:
    silent = [
        name(path)
        for path in files(*ROOMS)
        if path.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_name_says_nothing() -> None:
    empty_words = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}
    assert [name(path) for path in files(*ROOMS) if path.stem in empty_words] == []


def test_types_are_marked_as_shipped() -> None:
    assert [room for room in ROOMS if not (ROOT / room / "py.typed").exists()] == []

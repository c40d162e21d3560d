"""Write the word lists of `privacy/masking/lists`: names from Faker (MIT), towns from libphonenumber (Apache-2.0).

Run by hand when Faker has grown: `python -m benchmarks.masking_lists`. The towns are those of the area codes, which
only the full package holds: `uv run --with phonenumbers …`; with `phonenumberslite` the list of towns is left alone.
Licences and sources: `privacy/masking/lists/README.md`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import babel
import faker.providers.person as persons

from privacy.masking.kinds import words_of

LISTS: Final = Path(__file__).parents[1] / "privacy" / "masking" / "lists"
PARTICLES: Final = words_of(
    "de da do dos das del della di du la le van von der den het ten ter te zu zum zur of the bin ibn al el y e i"
)
FEWEST_LETTERS: Final = 2
SHORTEST_TOWN: Final = 4
HOME_CODE: Final = "49"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def entries(kind: str) -> Iterator[str]:
    """Raw names of a kind (`first_name`, `last_name`) of every locale that Faker has."""
    for module in pkgutil.iter_modules(persons.__path__):
        provider = importlib.import_module(f"{persons.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if kind in attribute and isinstance(values, (tuple, list, dict)):
                yield from (value for value in values if isinstance(value, str) and "{" not in value)


def words(names: Iterable[str]) -> list[str]:
    """Single words in small letters, sorted, without particles."""
    found = {unicodedata.normalize("NFC", word.lower()) for name in names for word in _WORD.findall(name)}
    return sorted(
        word for word in found - PARTICLES if len(word) >= FEWEST_LETTERS and all(map(_is_written_here, word))
    )


def _is_written_here(letter: str) -> bool:
    """Latin, Greek, Cyrillic, Armenian, Hebrew or Arabic: scripts that cut words by spaces and letters."""
    return letter <= "\u06ff" or "\u1e00" <= letter <= "\u1eff" or letter == "\u2019"


def towns() -> list[str]:
    """German towns as libphonenumber's area codes name them, and countries as Babel names them; [] without them."""
    try:
        from phonenumbers.geodata import GEOCODE_DATA  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError:
        return []
    names = {names.get("de") or names.get("en") for code, names in GEOCODE_DATA.items() if code.startswith(HOME_CODE)}
    lands = {
        land for language in ("de", "en") for land in babel.Locale(language).territories.values() if " " not in land
    }
    return [town for town in words(filter(None, names | lands)) if len(town) >= SHORTEST_TOWN]


def main() -> None:
    """Write what can be written."""
    for name, found in (
        ("first", words(entries("first_name"))),
        ("surnames", words(entries("last_name"))),
        ("towns", towns()),
    ):
        if found:
            (LISTS / f"{name}.txt").write_text("\n".join(found) + "\n", "utf-8")
        print(f"{name}: {len(found)}")


if __name__ == "__main__":
    main()

"""What an answer comes to that can be read in two ways: a day without its year, "no" to a photo, "at once"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialogs.effects import Send, Settle
from dialogs.events import Said
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.messages import Expects
from dialogs.player import Player
from dialogs.world import Survey, World

RIDE = b"""
| survey | | | | | |
| | type | name | label | constraint | constraint_message |
| | date | ride | Wann sind Sie zuletzt mitgefahren? | . <= today() and . > today() - 365 | Das war im letzten Jahr. |
| | note | thanks | Danke. | | |

| settings | | |
| | form_title | form_id |
| | Fahrt | ride |
"""


VISIT = b"""
| survey | | | | |
| | type | name | label | required |
| | image | photo | M\xc3\xb6chten Sie uns ein Foto zeigen? | |
| | geopoint | place | Wo fehlt etwas? | |
| | integer | waited | Wie lange haben Sie gewartet? | |
| | integer | age | Wie alt sind Sie? | yes |

| settings | | |
| | form_title | form_id |
| | Besuch | visit |
"""


RANKING = b"""
| survey | | | |
| | type | name | label |
| | rank way | ways | Was ist Ihnen am wichtigsten? |

| choices | | | |
| | list_name | name | label |
| | way | bus | Bus |
| | way | rad | Rad |
| | way | zug | Zug |
| | way | auto | Auto |

| settings | | |
| | form_title | form_id |
| | Wege | ways |
"""


WHEN = b"""
| survey | | | | | |
| | type | name | label | appearance | constraint |
| | date | born | In welchem Jahr sind Sie geboren? | year | |
| | date | since | Seit wann wohnen Sie hier? | month-year | |
| | dateTime | seen | Wann haben Sie es gesehen? | | . <= now() |

| settings | | |
| | form_title | form_id |
| | Wann | when |
"""


BORN = b"""
| survey | | | | |
| | type | name | label | constraint |
| | integer | born | In welchem Jahr sind Sie geboren? | . >= 1900 and . <= 2026 |
| | integer | walked | Wie viele Schritte gehen Sie am Tag? | |

| settings | | |
| | form_title | form_id |
| | Jahr | born |
"""

IDEAS = b"""
| survey | | | |
| | type | name | label |
| | begin_repeat | idea | Idee |
| | text | what | Was? |
| | end_repeat | | |
| | text | why | Warum? |
| | text | more | Noch etwas? |

| settings | | |
| | form_title | form_id |
| | Ideen | ideas |
"""

CROWD = b"""
| survey | | | | |
| | type | name | label | repeat_count |
| | integer | people | Wie viele sind Sie? | |
| | begin_repeat | person | Person | ${people} |
| | text | who | Wer? | |
| | end_repeat | | | |
| | text | more | Noch etwas? | |

| settings | | |
| | form_title | form_id |
| | Personen | crowd |
"""

CARS = b"""
| survey | | | | | |
| | type | name | label | required | default |
| | begin_repeat | car | Auto | | |
| | text | brand | Welche Marke? | yes | |
| | integer | km | Wie viele Kilometer? | | 10000 |
| | date | since | Seit wann? | | today() |
| | end_repeat | | | | |
| | integer | age | Wie alt sind Sie? | | |

| settings | | |
| | form_title | form_id |
| | Autos | cars |
"""


@pytest.fixture
def citizen(make_world: Callable[..., World], play: Callable[[World], Player]) -> Player:
    """Asked on 23 November 2026 for a day within the year before."""
    return asked(RIDE, make_world, play)


def asked(source: bytes, make_world: Callable[..., World], play: Callable[[World], Player]) -> Player:
    compiled = to_xform("form.md", source)
    form = compile_form(compiled.xform, compiled.attachments)
    survey = Survey("form", form.hash, {"": "Umfrage"})
    player = play(replace(make_world("kurz"), surveys={"form": survey}, forms={form.hash: form}))
    player.take(Said("start"))
    return player


def stored(player: Player, text: str) -> str:
    """What is sent of this answer; '' if it was not taken."""
    player.take(Said(text))
    player.take(Said("absenden"))
    return next((value.text for submit in player.sent.values() for value in submit.values), "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3. Mai", "2026-05-03"),
        ("gestern", "2026-11-22"),
        ("24.12.", "2025-12-24"),
        ("24. Dezember", "2025-12-24"),
        ("Heiligabend, also am 24. 12.", ""),
        ("24.12.25", "2025-12-24"),
        ("24.12.26", ""),
        ("morgen", ""),
        ("n\u00e4chsten Freitag", ""),
        ("in zwei Wochen", ""),
    ],
)
def test_only_a_day_without_its_year_is_taken_for_the_one_before(citizen: Player, text: str, day: str) -> None:
    assert stored(citizen, text) == day


def hears(player: Player, text: str) -> str:
    """The last that is said to it."""
    return [effect.say for effect in player.take(Said(text)) if isinstance(effect, Send)][-1].text


def test_no_to_something_that_is_to_be_shown_leaves_it_out(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(VISIT, make_world, play)
    assert hears(player, "nein") == "Wo fehlt etwas?"
    assert hears(player, "nirgends") == "Wie lange haben Sie gewartet?"
    assert hears(player, "sofort") == "Wie lange haben Sie gewartet?", "no word about news"
    assert hears(player, "weiß nicht") == "Wie alt sind Sie?"
    assert hears(player, "weiß nicht") == "Wie alt sind Sie?", "it needs an answer"


def refused(player: Player, text: str) -> str:
    """Why the text was not taken."""
    return next(effect.say.lead for effect in player.take(Said(text)) if isinstance(effect, Send))


def test_the_example_of_a_ranking_is_one(make_world: Callable[..., World], play: Callable[[World], Player]) -> None:
    player = asked(RANKING, make_world, play)
    example = refused(player, "3 1 2").rpartition(": ")[2]
    assert stored(player, example) == "rad bus zug auto"


def test_whoever_names_no_moment_is_told_of_what_kind_it_is_to_be(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(WHEN, make_world, play)
    for kind, shown in (("ein Jahr", "1980"), ("Monat und Jahr", "Mai 2019"), ("einen Tag und eine Uhrzeit", "")):
        words = refused(player, "irgendwann")
        assert kind in words
        settled = next(e.say for e in player.take(Said(words.rpartition(": ")[2])) if isinstance(e, Settle))
        assert settled.hint.endswith(shown)


@pytest.mark.parametrize("half", ["3. Mai", "14:30"])
def test_half_a_moment_is_asked_for_whole(
    half: str, make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(WHEN, make_world, play)
    player.take(Said("1980"))
    player.take(Said("Mai 2019"))
    assert "einen Tag und eine Uhrzeit" in refused(player, half)


def test_a_moment_without_its_year_is_taken_for_the_one_before_as_well(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(WHEN, make_world, play)
    player.take(Said("1980"))
    player.take(Said("Mai 2019"))
    settled = next(e.say for e in player.take(Said("24.12. um 10 Uhr")) if isinstance(e, Settle))
    assert settled.hint.endswith("24. Dezember 2025, 10:00")


def test_a_year_is_typed_and_not_picked_as_a_day(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(WHEN, make_world, play)
    asks = [effect.say.expects for effect in player.take(Said("?")) if isinstance(effect, Send)]
    assert asks[-1] is Expects.NUMBER


def test_back_from_another_one_that_was_not_meant_asks_whether_there_is_one(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(IDEAS, make_world, play)
    player.take(Said("Ein Brunnen"))
    assert hears(player, "ja") == "Was?"
    assert hears(player, "/zurück") == "Idee: noch etwas hinzufügen?"
    assert hears(player, "nein") == "Warum?"


def test_another_one_that_was_not_meant_is_taken_back_though_the_form_has_filled_it_in(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(CARS, make_world, play)
    for text in ("VW", "so lassen", "so lassen"):
        player.take(Said(text))
    assert hears(player, "ja") == "Welche Marke?"
    assert hears(player, "/zurück") == "Auto: noch etwas hinzufügen?"
    assert hears(player, "nein") == "Wie alt sind Sie?"


def test_another_one_with_an_answer_in_it_is_not_taken_back(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(CARS, make_world, play)
    for text in ("VW", "so lassen", "so lassen", "ja", "Opel", "zurück"):
        player.take(Said(text))
    assert hears(player, "/zurück") == "Seit wann?"
    assert hears(player, "so lassen") == "Welche Marke?"


def test_a_number_that_asks_for_more_than_anybody_can_answer_is_refused(
    make_world: Callable[..., World], play: Callable[[World], Player]
) -> None:
    player = asked(CROWD, make_world, play)
    assert refused(player, "20000") == "Das passt hier nicht."
    assert hears(player, "1") == "Wer?"
    assert hears(player, "Ich") == "Noch etwas?"


def test_a_year_is_written_as_one(make_world: Callable[..., World], play: Callable[[World], Player]) -> None:
    player = asked(BORN, make_world, play)
    assert refused(player, "80") == "Hier brauche ich eine Zahl zwischen 1900 und 2026. Zum Beispiel: 1980"
    for text, shown in (("1980", "1980"), ("12000", "12.000")):
        settled = next(effect.say for effect in player.take(Said(text)) if isinstance(effect, Settle))
        assert settled.hint == f"Ihre Antwort: {shown}"

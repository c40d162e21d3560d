"""Texts of citizens as they might come, in known proportions: for themes that have to be found again.

Each text is put together of parts that people vary freely; spelling slips, greetings and asides are mixed in. The real
German sentences that belong to none are of GermEval 2014 (`shared/masking`), where they are there.
"""

from __future__ import annotations

import random
from pathlib import Path

from desk.themes.saying import Saying

GERMAN = {
    "bus": (
        ("Der Rufbus", "Der Bus", "Die Linie 7", "Unser Bus am Abend", "Der Bus zum Bahnhof"),
        ("kommt zu spät", "fährt zu selten", "ist immer voll", "hält nicht mehr bei uns", "fällt dauernd aus"),
        ("und der Fahrplan stimmt nicht.", "die Haltestelle ist zu weit weg.", "ein dichterer Takt wäre gut.",
         "am Wochenende fährt gar keiner.", "mit Ticket ist das zu teuer.", "der Fahrer wartet nie am Bahnhof."),
    ),
    "muell": (
        ("Die Mülleimer", "Die Container am Markt", "Die Papierkörbe im Park", "Der Sperrmüll", "Die gelben Säcke"),
        ("quellen über", "werden nicht geleert", "stinken im Sommer", "liegen tagelang herum", "sind zu wenige"),
        ("und überall liegt Abfall.", "die Müllabfuhr kommt zu selten.", "Ratten fressen am Müll.",
         "niemand räumt den Abfall weg.", "der Wertstoffhof hat zu kurz offen.", "mehr Leerungen bitte."),
    ),
    "rad": (
        ("Der Radweg an der Schule", "Die Fahrradspur", "Der Radweg zum Freibad", "Die Radspur in der Stadt"),
        ("ist voller Schlaglöcher", "endet im Nichts", "ist von Autos zugeparkt", "ist viel zu schmal"),
        ("mit dem Fahrrad ist das gefährlich.", "Radfahrer weichen auf den Gehweg aus.", "Fahrradständer fehlen auch.",
         "Kinder auf dem Rad trauen sich nicht.", "eine eigene Ampel für Radfahrer fehlt."),
    ),
    "spielplatz": (
        ("Der Spielplatz", "Die Rutsche am Spielplatz", "Das Klettergerüst", "Die Schaukel im Stadtpark"),
        ("ist kaputt", "ist gesperrt", "hat Splitter", "steht in der prallen Sonne"),
        ("für kleine Kinder gibt es nichts.", "die Kinder brauchen Schatten.", "der Sandkasten ist verdreckt.",
         "Eltern finden keine Bank.", "meine Tochter schaukelt so gern.", "Jugendliche trinken dort nachts."),
    ),
    "licht": (
        ("Die Laterne", "Die Straßenlampe", "Die Beleuchtung am Tunnel", "Das Licht in der Unterführung"),
        ("ist seit Wochen aus", "flackert", "fehlt ganz", "geht zu früh aus"),
        ("nachts ist es stockdunkel.", "im Dunkeln habe ich Angst.", "hellere Lampen würden helfen.",
         "die Laternen leuchten nur den Baum an.", "LED wären sparsamer."),
    ),
}  # fmt: skip
ENGLISH = {
    "bus": (
        ("The bus", "The shuttle bus", "Bus line seven", "The evening bus"),
        ("is always late", "runs too rarely", "is overcrowded", "skips our stop"),
        ("and the timetable is wrong.", "the stop is too far away.", "tickets are expensive.",
         "there is no bus on weekends.", "the driver never waits at the station."),
    ),
    "trees": (
        ("The trees", "The old trees at the square", "The park", "The flower beds"),
        ("are dying", "need water", "were cut down", "dry out in summer"),
        ("we need more shade.", "please plant new trees.", "water the young trees in the heat.",
         "green spaces cool the town.", "the meadow is good for bees."),
    ),
}  # fmt: skip
ASIDES = ("", "", "Hallo, ", "Liebe Stadt, ", "Schade: ", "bitte ändern! ")
SIDES = ("", "", "Hello, ", "Dear town, ", "Sorry but ")
SHARED = Path(__file__).parents[4] / "shared" / "masking"


def planted(seed: int = 1, each: int = 60, english: int = 40) -> tuple[list[Saying], dict[bytes, str]]:
    """Texts in no order, and by number what each is about."""
    rng = random.Random(seed)
    made: list[tuple[str, str, str]] = []
    for topic, parts in GERMAN.items():
        made += [(topic, rng.choice(ASIDES) + _text(parts, rng), "de") for _ in range(each)]
    for topic, parts in ENGLISH.items():
        made += [(f"{topic}-en", rng.choice(SIDES) + _text(parts, rng), "en") for _ in range(english)]
    rng.shuffle(made)
    texts, about = [], {}
    for at, (topic, text, language) in enumerate(made):
        number = at.to_bytes(12, "big")
        about[number] = topic
        texts.append(Saying(number, text, language, b"person" + number, {"topic": topic}))
    return texts, about


def _text(parts: tuple[tuple[str, ...], ...], rng: random.Random) -> str:
    begin, does, then = (rng.choice(part) for part in parts)
    text = f"{begin} {does}, {then}" if rng.random() < 0.7 else f"{begin} {does}."
    if rng.random() < 0.2:
        at = rng.randrange(len(text) - 1)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text.lower() if rng.random() < 0.3 else text


def real_sentences(most: int) -> list[str]:
    """German sentences about anything; none where the data are not there."""
    file = SHARED / "germeval2014-test.tsv"
    if not file.exists():
        return []
    found: list[str] = []
    words: list[str] = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            if words:
                found.append(" ".join(words))
                words = []
            if len(found) == most:
                break
            continue
        words.append(line.split("\t")[1])
    return found

"""Changing what the town says of itself: what may be typed, and that a changed notice asks people again.

Each function takes the changes of now and gives those after; `keep` stores them as a new version, noted in the audit
log. Raises `ActError` with what to do. Not here: the forms (`desk/views/town.py`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec

from dialogs.capabilities import MATRIX, SIGNAL, TELEGRAM, WEB
from dialogs.districts import NotDistricts
from dialogs.i18n import N_, Voice, own_name
from dialogs.messages import Language
from dialogs.promises import NOTICE_LIMIT, notice
from dialogs.world import Survey, World
from storage.acts.errors import ActError
from storage.errors import Conflict, ConverterBusy
from storage.places import what_is_wrong
from storage.sandbox import Sandbox
from storage.settings import CategorySection, TopicSection, TownSection
from storage.townsettings import LiveTown, TownChanges, TownSettings, TownVersion

NAME_LIMIT: Final = 80  # characters
CONTACT_LIMIT: Final = 300  # characters
ARBITRATION_LIMIT: Final = 300  # characters
NAMED: Final = ("name", "contact", "privacy_url", "arbitration")
"""What the town says of itself in words."""
LABEL_LIMIT: Final = 60  # characters: buttons of messengers
OFFICE_LIMIT: Final = 80  # characters
MOST: Final = 40
"""Offices, topics, categories: more than that nobody reads in a chat."""
DISTRICTS_LIMIT: Final = 1024 * 1024  # bytes
LONG_SURVEY: Final = Survey(
    "x", "x" * 64, {"": "Wie zufrieden sind Sie mit dem Rufbus in Ihrem Stadtteil?"}, closes=date(2030, 9, 30)
)
"""A notice has to have room for a survey with a title like this."""
QUESTIONS: Final = 12
CHANCE: Final = random.Random(0)  # noqa: S311  # a notice draws nothing

CHANGED_MEANWHILE: Final = N_("Somebody else changed the town's settings just now. Look at them again, then save.")

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def named(now: TownChanges, fields: Mapping[str, str], standing: TownSection, voice: Voice) -> TownChanges:
    """What `NAMED` says: name, how to reach a person, the town's own privacy page, who settles it about barriers.
    `standing`: as it holds now; what nobody changes goes on following the settings file."""
    name, contact, privacy_url, arbitration = (fields[field] for field in NAMED)
    if not name or len(name) > NAME_LIMIT:
        raise ActError(voice.t("The town's name has 1 to {n} characters.", n=NAME_LIMIT))
    if len(contact) > CONTACT_LIMIT:
        raise ActError(voice.t("How to reach you: at most {n} characters.", n=CONTACT_LIMIT))
    if privacy_url and not re.fullmatch(r"https://[^\s<>\"]{3,300}", privacy_url):
        raise ActError(voice.t("The address of the privacy page begins with https://."))
    if len(arbitration) > ARBITRATION_LIMIT:
        raise ActError(voice.t("The arbitration body: at most {n} characters.", n=ARBITRATION_LIMIT))
    changed = {field: fields[field] for field in NAMED if fields[field] != getattr(standing, field)}
    return msgspec.structs.replace(now, **changed)


def coloured(now: TownChanges, accent: str, voice: Voice) -> TownChanges:
    """The one colour; '' for ours."""
    if accent and not _COLOUR.fullmatch(accent):
        raise ActError(voice.t("A colour is written like #0b6b4f."))
    return msgspec.structs.replace(now, accent=accent.lower())


def told(now: TownChanges, notices: Mapping[str, str], live: World, voice: Voice) -> TownChanges:
    """The town's own sentence in the notice. `live`: the world of now, to see whether the notice still fits."""
    wanted = {language: text for language, text in notices.items() if text}
    if wanted == now.notices:
        return now
    town = replace(live.town, notices=wanted)
    for language in live.town.languages:
        spoken = Voice(Language(language), live.now.date())
        for channel in (TELEGRAM, SIGNAL, MATRIX, WEB):
            world = World(now=live.now, rng=live.rng, town=town, channel=channel, surveys={}, forms={})
            over = len(notice(LONG_SURVEY, QUESTIONS, world, spoken)) - NOTICE_LIMIT
            if over > 0:
                place = {"language": own_name(language), "channel": channel.label}
                raise ActError(
                    voice.n(
                        "{n} character too long for the notice in {language} on {channel}. Make the sentence shorter.",
                        "{n} characters too long for the notice in {language} on {channel}. Make the sentence shorter.",
                        over,
                        **place,
                    )
                )
    return msgspec.structs.replace(now, notices=wanted, notice_version=now.notice_version + 1)


def officed(now: TownChanges, lines: Sequence[str], voice: Voice) -> TownChanges:
    """Offices, one a line."""
    names = tuple(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
    if len(names) > MOST or any(len(name) > OFFICE_LIMIT for name in names):
        raise ActError(voice.t("At most {most} offices, each of at most {n} characters.", most=MOST, n=OFFICE_LIMIT))
    return msgspec.structs.replace(now, offices=names)


def topical(now: TownChanges, rows: Sequence[tuple[str, Mapping[str, str]]], voice: Voice) -> TownChanges:
    """Topics of news: (key, labels by language); a new one has no key yet, one without labels goes."""
    topics = [TopicSection(key=key, label=first, labels=dict(labels)) for key, first, labels in _labelled(rows, voice)]
    return msgspec.structs.replace(now, topics=tuple(topics))


def sorted_out(now: TownChanges, rows: Sequence[tuple[str, Mapping[str, str], str, bool]], voice: Voice) -> TownChanges:
    """Categories of reports: (key, labels by language, office, at a spot)."""
    labelled = _labelled([(key, labels) for key, labels, _, _ in rows], voice)
    by_labels = {id(labels): (office, located) for _, labels, office, located in rows}
    categories = []
    for key, first, labels in labelled:
        office, located = by_labels[id(labels)]
        if len(office) > OFFICE_LIMIT:
            raise ActError(voice.t("The name of an office is too long."))
        if key == "person":
            raise ActError(voice.t("“person” is taken by “talk to a person”. Choose another name."))
        categories.append(CategorySection(key=key, label=first, labels=dict(labels), office=office, located=located))
    return msgspec.structs.replace(now, categories=tuple(categories))


async def drawn(now: TownChanges, geojson: bytes, sandbox: Sandbox, voice: Voice) -> TownChanges:
    """Outlines of the districts; b"" for none. Of a file only names and outlines are kept, as the sandbox read them."""
    if len(geojson) > DISTRICTS_LIMIT:
        raise ActError(voice.t("The file is larger than {n} MB.", n=DISTRICTS_LIMIT // (1024 * 1024)))
    try:
        clean = await sandbox.districts(geojson)
    except NotDistricts as error:
        raise ActError(what_is_wrong(error, voice)) from None
    except ConverterBusy:
        raise ActError(voice.t("Many files are being read. Please try again.")) from None
    return msgspec.structs.replace(now, districts=clean.decode())


async def keep(
    store: TownSettings,
    live: LiveTown[Any],
    changes: TownChanges,
    logo: bytes | None,
    by: str,
    today: date,
    voice: Voice,
) -> TownVersion:
    """Keep a new version. Raises `ActError` if somebody else was faster."""
    version = TownVersion(live.standing.version + 1, today, by, changes, logo)
    try:
        await store.put(version)
    except Conflict:
        raise ActError(voice.t(CHANGED_MEANWHILE)) from None
    await live.refresh()
    return version


def _labelled(rows: Sequence[tuple[str, Mapping[str, str]]], voice: Voice) -> list[tuple[str, str, Mapping[str, str]]]:
    """(key, label in the first language that has one, all labels), keys made where there are none."""
    found: list[tuple[str, str, Mapping[str, str]]] = []
    taken = {key for key, _ in rows if key}
    for key, labels in rows:
        first = next((label for label in labels.values() if label), "")
        if not first:
            continue
        if any(len(label) > LABEL_LIMIT for label in labels.values()):
            raise ActError(voice.t("A name has at most {n} characters: messengers show it on a button.", n=LABEL_LIMIT))
        if not key:
            key = _key(first, taken)
            taken.add(key)
        found.append((key, first, labels))
    if len(found) > MOST:
        raise ActError(voice.t("At most {most}: more than that nobody reads in a chat.", most=MOST))
    return found


def _key(label: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", label.lower().translate(_UMLAUTS)).strip("-")[:30] or "topic"
    number = 1
    while (key := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return key

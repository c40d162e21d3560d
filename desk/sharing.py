"""What a town tells its citizens a survey with: links, codes to scan, words to copy, and what a poster says.

Pure: made of the survey, its form and the ways that the bot noted (`storage/ways.py`). Not here: drawing the poster
(`poster.py`).
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import segno

from dialogs import promises
from dialogs.capabilities import EVERY, TERMINAL, WEB, Capabilities
from dialogs.channels.facts import PrivacyCard, privacy_card
from dialogs.forms.instance import open_instance
from dialogs.forms.model import Form
from dialogs.i18n import N_, Voice, own_name
from dialogs.languages import form_languages
from dialogs.wording import in_language
from dialogs.world import Survey
from privacy.statement import grouped
from storage.ways import ChannelWay

TITLE_LIMIT: Final = 120
KEYS: Final = {
    "matrix_master_key": N_("Cross-signing key"),
    "signal_safety_number": N_("Our half of the safety number"),
}
"""What a channel's keys are called, by their sort (`adapters.base.Key`)."""
PNG_SCALE: Final = 12
"""Pixels a module: sharp in print at four centimetres."""
_ANY_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
QUIET_ZONE: Final = 4
"""Modules around a code, as the standard wants."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """One channel on which the survey can be answered."""

    channel: str
    label: str
    link: str
    name: str
    """What the town is called there."""
    begins: str
    """What to write first, where the link does not begin the survey by itself; else ''."""
    card: PrivacyCard


@dataclass(frozen=True, slots=True)
class Invitation:
    """A survey in words for outside, in one language."""

    town: str
    title: str
    purpose: str
    owner: str
    length: str
    closes: str
    languages: str
    kept: str
    address: str
    """The page with every way to answer; '' while the web is off."""
    entrances: tuple[Entrance, ...]
    contact: str
    check: str
    """The page on which citizens can tell whether it is the town."""
    keys: tuple[str, ...]
    """Keys to compare, each with its name."""


def invitation(
    survey: Survey,
    form: Form | None,
    questions: int,
    ways: Sequence[ChannelWay],
    town: str,
    contact: str,
    web_address: str,
    voice: Voice,
) -> Invitation:
    """`questions`: how many a citizen is asked, 0 if that is not known."""
    return Invitation(
        town=town,
        title=promises.title_of(survey, voice, TITLE_LIMIT),
        purpose=promises.purpose_of(survey, voice),
        owner=survey.owner,
        length=_length(questions, voice) if questions else "",
        closes=voice.t("Open until {day}.", day=voice.day(survey.closes)) if survey.closes else "",
        languages=voice.items([own_name(tag) for tag in survey.languages or (form_languages(form) if form else ())]),
        kept=promises.what_is_kept(survey, voice),
        address=f"{web_address}/s/{survey.code}" if web_address else "",
        entrances=tuple(entrances(survey, ways, town, voice)),
        contact=contact,
        check=f"{web_address}/channels" if web_address else "",
        keys=tuple(_keys(survey, ways, voice)),
    )


def questions_of(form: Form) -> int:
    """How many a citizen is asked who has answered nothing yet, as the chat's notice counts them."""
    instance = open_instance(form, None, _ANY_MOMENT, random.Random(0))  # noqa: S311  # only counts
    first = instance.first()
    return instance.progress(first.ref)[1] if first is not None else 0


def entrances(survey: Survey, ways: Sequence[ChannelWay], town: str, voice: Voice) -> list[Entrance]:
    """The channels that run and are not barred, in the order of pages."""
    known = {way.channel: way for way in ways}
    found = []
    for channel in EVERY:
        way = known.get(channel.channel)
        if way is None or channel is TERMINAL or survey.bars(channel) or not way.link:
            continue
        begins = "" if way.takes_code else voice.t("Write there: {code}", code=survey.code)
        label = _label(channel, voice)
        card = privacy_card(channel, town, voice)
        found.append(Entrance(channel.channel, label, way.to(survey.code), way.name, begins, card))
    return found


def _keys(survey: Survey, ways: Sequence[ChannelWay], voice: Voice) -> list[str]:
    """Of the channels on which it can be answered, and the town's own, which signs who it is there."""
    found = []
    for channel in EVERY:
        for proof in next((way.proofs for way in ways if way.channel == channel.channel), ()):
            if proof.sort == "town":
                found.append(voice.t("The town's key:") + " " + grouped(proof.value))
            elif proof.sort in KEYS and not survey.bars(channel):
                found.append(f"{channel.label}, {voice.t(KEYS[proof.sort])}: {grouped(proof.value)}")
    return found


def _label(channel: Capabilities, voice: Voice) -> str:
    return voice.t("In the browser") if channel is WEB else channel.label


def _length(questions: int, voice: Voice) -> str:
    time = voice.n("about {n} minute", "about {n} minutes", promises.minutes(questions))
    return voice.n("{n} question, {time}.", "{n} questions, {time}.", questions, time=time)


def homepage_text(sheet: Invitation, survey: Survey, voice: Voice) -> str:
    """For the town's own homepage or its gazette: a few sentences."""
    used = in_language(survey.uses, voice)
    channels = voice.items([each.label for each in sheet.entrances])
    lines = [
        sheet.title,
        "",
        sheet.purpose,
        f"{sheet.length} {sheet.closes}".strip(),
        voice.t("What will be done with the answers: {what}", what=used) if used else "",
        voice.t("You can answer here: {channels}. No account with us, no name.", channels=channels) if channels else "",
        sheet.kept,
        voice.t("Take part: {address}", address=sheet.address) if sheet.address else "",
        voice.t("Who asks: {owner}", owner=sheet.owner) if sheet.owner else "",
    ]
    return _paragraphs(lines)


def short_text(sheet: Invitation, voice: Voice) -> str:
    """For social media: short, with one address and no promise that does not hold."""
    address = sheet.address or (sheet.entrances[0].link if sheet.entrances else "")
    asked = voice.t("{town} asks: {title}", town=sheet.town, title=sheet.title)
    return _paragraphs([asked, f"{sheet.length} {sheet.closes}".strip(), address])


def _paragraphs(lines: Sequence[str]) -> str:
    return "\n".join(line for index, line in enumerate(lines) if line or (index == 1 and lines[0])).strip()


def code_svg(link: str) -> bytes:
    """A QR code for a page or for printing at any size."""
    drawn = io.BytesIO()
    segno.make_qr(link, error="m").save(drawn, kind="svg", scale=8, border=QUIET_ZONE, light="#fff", xmldecl=False)
    return drawn.getvalue()


def code_png(link: str) -> bytes:
    """A QR code for a text program."""
    drawn = io.BytesIO()
    segno.make_qr(link, error="m").save(drawn, kind="png", scale=PNG_SCALE, border=QUIET_ZONE)
    return drawn.getvalue()


def code_modules(link: str) -> tuple[tuple[bool, ...], ...]:
    """A QR code as rows of dark modules, without its quiet zone: for whoever draws it."""
    return tuple(tuple(bool(module) for module in row) for row in segno.make_qr(link, error="m").matrix)

"""A broadcast as a file: settings between two lines +++ (TOML), then one section a language, "# de".

    +++
    pilot = "rufbus"
    +++
    # de
    ## Title of the news
    The news, with **bold**, *italic*, [words](https://…) and lists.

Read and checked with words for clerks. Not here: states and storing (`broadcasting.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dialogs.broadcasts import (
    ALT_LIMIT,
    BODY_LIMIT,
    EXPIRES_HOURS,
    EXPIRES_HOURS_MOST,
    OPTION_LIMIT,
    OPTIONS_MOST,
    TITLE_LIMIT,
    Audience,
    Broadcast,
    Option,
    Picture,
    Question,
    QuestionSort,
    Text,
)
from dialogs.formatting import parse, unsafe_links
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.acts.pilotfile import FILE_LIMIT, text, texts, words

PICTURE_LIMIT = 10 * 1024 * 1024  # bytes of the file; it is made smaller before it is kept
KNOWN = frozenset(
    {
        *("pilot", "topics", "districts", "fallback", "send_at", "expires_hours"),
        *("picture", "picture_alt", "question", "corrects"),
    }
)
SCALE = ("1", "2", "3", "4", "5")

_FRONT = re.compile(r"\A\ufeff?\+\+\+[ \t]*\r?\n(.*?)\r?\n?\+\+\+[ \t]*\r?\n(.*)\Z", re.DOTALL)
_SECTION = re.compile(r"^# ([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"[a-z0-9_]{1,20}")


@dataclass(frozen=True, slots=True)
class NewsFile:
    """What a file says."""

    broadcast: Broadcast
    picture: Path | None
    send_at: datetime | None
    """In the town's time; None: as soon as it is approved."""


def read_news(path: Path, fallback: str, voice: Voice) -> NewsFile:
    """`fallback`: the town's first language. Raises `ActError`."""
    front, sections = _split(_source(path, voice), path.name, voice)
    return news_of(front, sections, fallback, voice, path.parent)


def news_of(
    front: Mapping[str, Any], sections: Mapping[str, str], fallback: str, voice: Voice, folder: Path = Path()
) -> NewsFile:
    """News from settings and one text a language ("## title", then the body). Raises `ActError`."""
    strange = sorted(set(front) - KNOWN)
    if strange:
        raise ActError(
            voice.t(
                "There is no “{name}” in the settings of a broadcast. There are: {known}.",
                name=strange[0],
                known=", ".join(sorted(KNOWN)),
            )
        )
    language = text(front, "fallback", voice) or (fallback if fallback in sections else next(iter(sections)))
    if language not in sections:
        raise ActError(
            voice.t("The text for everybody else (fallback) is to be {language}, which is missing.", language=language)
        )
    picture = text(front, "picture", voice)
    broadcast = Broadcast(
        texts={language: _text(language, section, voice) for language, section in sections.items()},
        fallback=language,
        pilot=text(front, "pilot", voice).lower(),
        audience=Audience(words(front, "topics", voice), words(front, "districts", voice)),
        picture=_picture(picture, front, voice) if picture else None,
        question=_question(front["question"], voice) if "question" in front else None,
        expires_hours=_number(front, "expires_hours", EXPIRES_HOURS, 1, EXPIRES_HOURS_MOST, voice),
        corrects=_number(front, "corrects", 0, 0, 10**9, voice),
    )
    return NewsFile(broadcast, folder / Path(picture).name if picture else None, _moment(front, voice))


def _source(path: Path, voice: Voice) -> str:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise ActError(voice.t("{file} is too large for such a file.", file=path.name))
        return path.read_text("utf-8")
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be read: {why}.", file=str(path), why=error.strerror or type(error).__name__)
        ) from None
    except UnicodeDecodeError:
        raise ActError(voice.t("{file} is not a text in UTF-8.", file=path.name)) from None


def _split(source: str, name: str, voice: Voice) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    match = _FRONT.match(source)
    if match is None:
        raise ActError(
            voice.t("{file} must begin with its settings between two lines “+++”, even if there are none.", file=name)
        )
    try:
        front = tomllib.loads(match[1])
    except tomllib.TOMLDecodeError as error:
        raise ActError(voice.t("The settings of {file} are not valid TOML: {why}", file=name, why=str(error))) from None
    pieces = _SECTION.split(match[2])
    if pieces[0].strip() or len(pieces) == 1:
        raise ActError(
            voice.t(
                "After the settings, {file} has one section for each language, begun by a line such as “# de”.",
                file=name,
            )
        )
    sections: dict[str, str] = {}
    for language, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if language in sections:
            raise ActError(voice.t("The language {language} stands there twice.", language=language))
        sections[language] = body
    return front, sections


def _text(language: str, section: str, voice: Voice) -> Text:
    lines = section.strip().splitlines()
    title = lines.pop(0).removeprefix("## ").strip() if lines and lines[0].startswith("## ") else ""
    body = "\n".join(lines).strip()
    shown, _ = parse(body)
    problem = ""
    if not body:
        problem = voice.t("it is empty")
    elif len(shown) > BODY_LIMIT:
        problem = voice.t(
            "it has {n} characters; news have at most {most}. Say the rest on a page and link to it.",
            n=voice.number(len(shown)),
            most=voice.number(BODY_LIMIT),
        )
    elif len(title) > TITLE_LIMIT:
        problem = voice.t("its title is longer than {most} characters", most=voice.number(TITLE_LIMIT))
    elif unsafe_links(body):
        problem = voice.t("the link {link} is not taken: links begin with https://", link=unsafe_links(body)[0])
    if problem:
        raise ActError(voice.t("The text in {language}: {problem}", language=language, problem=problem))
    return Text(title, body)


def _picture(name: str, front: Mapping[str, Any], voice: Voice) -> Picture:
    alts = texts(front, "picture_alt", voice)
    if not alts or any(len(each) > ALT_LIMIT for each in alts.values()):
        raise ActError(
            voice.t(
                "A picture needs picture_alt: what it shows, for people who do not see it ({example}).",
                example='de = "…"',
            )
        )
    return Picture(f"{Path(name).stem}.jpg", alts)  # made new as JPEG before it is kept


def _question(tree: object, voice: Voice) -> Question:
    if not isinstance(tree, dict):
        raise ActError(voice.t("“{name}” must be written as a table: [{name}].", name="question"))
    kind = tree.get("kind", "scale")
    if kind not in tuple(QuestionSort):
        raise ActError(voice.t("A question is of the kind {kinds}.", kinds=", ".join(QuestionSort)))
    sort = QuestionSort(kind)
    if sort is QuestionSort.SURVEY:
        survey = text(tree, "survey", voice).lower()
        if not survey:
            raise ActError(voice.t('Name the survey: survey = "CODE".'))
        return Question(sort, survey=survey)
    asked = texts(tree, "text", voice)
    if not asked:
        raise ActError(
            voice.t("The question needs a text, one for each language: {example}.", example='text = {de = "…"}')
        )
    if sort is QuestionSort.SCALE:
        ends = {name: texts(tree, name, voice) for name in ("low", "high")}
        labels = {"1": ends["low"], "5": ends["high"]}
        return Question(sort, asked, tuple(Option(key, _scale(key, labels.get(key, {}))) for key in SCALE))
    return Question(sort, asked, _options(tree.get("options"), voice))


def _scale(key: str, named: Mapping[str, str]) -> Mapping[str, str]:
    return {language: f"{key} ({words_})" for language, words_ in named.items()} or {"": key}


def _options(listed: object, voice: Voice) -> tuple[Option, ...]:
    example = '[[question.options]] key = "good", label = {de = "Gut"}'
    if not isinstance(listed, list) or not 2 <= len(listed) <= OPTIONS_MOST:
        raise ActError(
            voice.t("The question needs 2 to {most} options: {example}.", most=str(OPTIONS_MOST), example=example)
        )
    found: list[Option] = []
    for each in listed:
        key = each.get("key", "") if isinstance(each, dict) else ""
        labels = texts(each, "label", voice) if isinstance(each, dict) else {}
        if not _KEY.fullmatch(str(key)) or not labels or any(len(label) > OPTION_LIMIT for label in labels.values()):
            raise ActError(
                voice.t("The question needs 2 to {most} options: {example}.", most=str(OPTIONS_MOST), example=example)
            )
        found.append(Option(str(key), labels))
    if len({option.key for option in found}) != len(found):
        raise ActError(voice.t("Two options have the same key."))
    return tuple(found)


def _number(front: Mapping[str, Any], name: str, default: int, least: int, most: int, voice: Voice) -> int:
    value = front.get(name, default)
    if type(value) is not int or not least <= value <= most:
        raise ActError(
            voice.t(
                "“{name}” must be a whole number from {least} to {most}.", name=name, least=str(least), most=str(most)
            )
        )
    return value


def _moment(front: Mapping[str, Any], voice: Voice) -> datetime | None:
    value = front.get("send_at")
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise ActError(
            voice.t(
                "“{name}” must be a day and time, written as {example}.", name="send_at", example="2027-01-31T10:00:00"
            )
        )
    return value

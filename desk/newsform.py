"""A broadcast as the fields of a form, and back: what is typed becomes what a file would say, and is checked as that.

Fields of one language carry its tag: `title.de`, `body.de`. Pure. Not here: the page (`views/broadcasts.py`), what is
asked of news (`storage/acts/newsfile.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from multidict import MultiDict, MultiMapping

from dialogs.broadcasts import EXPIRES_HOURS, OPTIONS_MOST, Broadcast, QuestionSort
from dialogs.i18n import Voice
from storage.acts.errors import ActError
from storage.news import StoredBroadcast

MOMENT: Final = "%Y-%m-%dT%H:%M"
"""As browsers write a day and a time."""
MARK_LETTERS: Final = 32
OPTION_KEYS: Final = tuple(f"o{place}" for place in range(1, OPTIONS_MOST + 1))


def fields_of(stored: StoredBroadcast | None, languages: Sequence[str], zone: ZoneInfo) -> MultiDict[str]:
    """What the form shows at first: a stored draft, or nothing yet."""
    fields: MultiDict[str] = MultiDict({"expires_hours": str(EXPIRES_HOURS), "question": ""})
    if stored is None:
        return fields
    news = stored.broadcast
    fields["expires_hours"] = str(news.expires_hours)
    fields["pilot"] = news.pilot
    fields["corrects"] = str(news.corrects or "")
    fields["send_at"] = stored.due.astimezone(zone).strftime(MOMENT) if stored.due else ""
    for name, values in (("topics", news.audience.topics), ("districts", news.audience.districts)):
        for value in values:
            fields.add(name, value)
    for language in dict.fromkeys((*languages, *news.texts)):
        text = news.texts.get(language)
        fields[f"title.{language}"] = text.title if text else ""
        fields[f"body.{language}"] = text.body if text else ""
        fields[f"alt.{language}"] = _in(news.picture.alts if news.picture else {}, language)
    _add_question(fields, news, languages)
    return fields


def _add_question(fields: MultiDict[str], news: Broadcast, languages: Sequence[str]) -> None:
    question = news.question
    if question is None:
        return
    fields["question"] = question.sort.value
    if question.sort is QuestionSort.SURVEY:
        fields["survey"] = question.survey
        return
    for language in languages:
        fields[f"asked.{language}"] = _in(question.texts, language)
        for key, option in zip(OPTION_KEYS, question.options, strict=False):
            fields[f"{key}.{language}"] = _in(option.labels, language)
        if question.sort is QuestionSort.SCALE:
            ends = {"low": question.options[0].labels, "high": question.options[-1].labels}
            for name, labels in ends.items():
                fields[f"{name}.{language}"] = _in(labels, language).partition("(")[2].removesuffix(")")


def mark_of(stored: StoredBroadcast) -> str:
    """Of what a page shows: another one once somebody has changed it, or submitted it anew."""
    shown = (stored.broadcast, stored.due, stored.submitted)
    return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:MARK_LETTERS]


def front_of(
    fields: MultiMapping[Any], languages: Sequence[str], picture: str, voice: Voice
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Settings and one text a language, as in a file. `picture`: its name, if there is one. Raises `ActError`."""
    front: dict[str, Any] = {"pilot": _one(fields, "pilot"), "expires_hours": _whole(fields, "expires_hours", voice)}
    for name in ("topics", "districts"):
        front[name] = [str(value) for value in fields.getall(name, [])]
    if _one(fields, "corrects"):
        front["corrects"] = _whole(fields, "corrects", voice)
    if _one(fields, "send_at"):
        try:
            front["send_at"] = datetime.strptime(_one(fields, "send_at"), MOMENT)  # noqa: DTZ007  # the town's time
        except ValueError:
            raise ActError(voice.t("The time is to be a day and an hour, such as 31.01.2027, 10:00.")) from None
    if picture:
        front["picture"] = picture
        front["picture_alt"] = _by_language(fields, "alt", languages)
    if _one(fields, "question"):
        front["question"] = _question(fields, languages)
    sections = {
        language: f"## {_one(fields, f'title.{language}')}\n{_text(fields, f'body.{language}')}"
        for language in languages
        if _one(fields, f"title.{language}") or _text(fields, f"body.{language}")
    }
    if not sections:
        raise ActError(voice.t("Write the news in one language at least."))
    return front, {language: section.removeprefix("## \n") for language, section in sections.items()}


def _question(fields: MultiMapping[Any], languages: Sequence[str]) -> Mapping[str, Any]:
    kind = _one(fields, "question")
    if kind == QuestionSort.SURVEY:
        return {"kind": kind, "survey": _one(fields, "survey")}
    asked: dict[str, Any] = {"kind": kind, "text": _by_language(fields, "asked", languages)}
    if kind == QuestionSort.SCALE:
        return asked | {name: _by_language(fields, name, languages) for name in ("low", "high")}
    options = [(key, _by_language(fields, key, languages)) for key in OPTION_KEYS]
    return asked | {"options": [{"key": key, "label": labels} for key, labels in options if labels]}


def _by_language(fields: MultiMapping[Any], name: str, languages: Sequence[str]) -> dict[str, str]:
    found = {language: _one(fields, f"{name}.{language}") for language in languages}
    return {language: text for language, text in found.items() if text}


def _whole(fields: MultiMapping[Any], name: str, voice: Voice) -> int:
    typed = _one(fields, name)
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise ActError(voice.t("“{typed}” is to be a whole number.", typed=typed))
    return int(typed)


def _one(fields: MultiMapping[Any], name: str) -> str:
    value = fields.get(name, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _text(fields: MultiMapping[Any], name: str) -> str:
    value = fields.get(name, "")
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("", "")

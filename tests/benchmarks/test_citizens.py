"""The benchmark's citizens understand every bot, and every bot of the benchmark stores what was answered."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from benchmarks import questionnaire as q
from benchmarks.bot_api import Said
from benchmarks.bots import AIOGRAM, PTB, SURVEY, Bot
from benchmarks.citizens import Beyond, Citizen, read
from benchmarks.turns import Plan, on_stage

SHORT = Plan(rounds=1, crowd=2, seconds=1.0, delay=0.0)


def said(text: str, *buttons: str) -> Said:
    return Said({}, text, tuple((label, label) for label in buttons), edited=False)


def test_a_question_is_known_by_its_text() -> None:
    assert read(said(f"3 of 10\n<b>{q.HOUR.text}</b>", "At noon", "Back")) is q.HOUR


def test_a_review_is_known_by_its_button_though_it_names_every_question() -> None:
    every = "\n".join(question.text for question in q.QUESTIONS)
    assert read(said(every, "Send my answers", "Change")) is Beyond.REVIEW
    assert read(said(every)) is None


def test_thanks_end_a_survey_and_other_words_do_not() -> None:
    assert read(said(q.THANKS)) is Beyond.THANKS
    assert read(said("We keep your answers until the survey ends.", "More")) is None


def test_zuruf_and_the_peers_ask_the_same() -> None:
    rows = [[cell.strip() for cell in line.split("|")[2:-1]] for line in SURVEY.read_text().splitlines()]
    labels = {row[1]: row[2] for row in rows if len(row) > 3}
    assert {question.name: question.text for question in q.QUESTIONS}.items() <= labels.items()
    choices = {(row[1], row[2]) for row in rows if len(row) == 3}
    assert {choice for question in q.QUESTIONS for choice in question.choices.items()} <= choices
    assert q.RIDERS_REFUSED in SURVEY.read_text()


@pytest.mark.parametrize("bot", [AIOGRAM, PTB], ids=lambda bot: bot.name)
async def test_a_peer_stores_what_was_answered(bot: Bot) -> None:
    async with on_stage(bot, SHORT, counted=False) as stage:
        town = replace(stage.town(), people=itertools.count(5))
        await Citizen(town).walk()  # 5: rides it every week
        with closing(sqlite3.connect(stage.settings.database)) as connection:
            connection.row_factory = sqlite3.Row
            (row,) = connection.execute("SELECT * FROM answers").fetchall()
    latitude, longitude = q.PLACE
    assert dict(row) == {
        "user_id": Citizen.FIRST_ID + 5,
        "used": "weekly",
        "rating": "rather",
        "purposes": "shops doctor",
        "hour": "noon",
        "riders": "3",
        "stop": f"{latitude} {longitude}",
        "day": q.TYPED["day"],
        "age": "adult",
        "liked": q.TYPED["liked"],
        "wish": q.TYPED["wish"],
    }
    assert town.tally.walks == 1

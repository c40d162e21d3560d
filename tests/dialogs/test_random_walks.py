"""Any event at any state: never an error, never silence, never a lost answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.actions import Tap, Verb, encode
from dialogs.capabilities import TELEGRAM, TERMINAL, WEB
from dialogs.effects import Send
from dialogs.events import (
    CodeEntered,
    Edited,
    Event,
    Gone,
    MediaKind,
    MediaRef,
    MediaSent,
    Placed,
    Pressed,
    Reopened,
    Said,
    Started,
    Unreadable,
)
from dialogs.forms.instance import open_instance
from dialogs.forms.questions import QuestionType
from dialogs.player import Player
from dialogs.rendering import render
from dialogs.session import Asked
from dialogs.triggers import Command
from dialogs.world import Category, World

WORDS = (
    *("1", "2", "3", "1 2", "3 1 2", "0", "99", "1,5", "-3", "ja", "nein", "ok", "gestern", "3. Mai", "14:30", "au"),
    *("Altdorf", "Sitzen", "Wasser", "51.05, 13.74", "Am Teich", "weiter", "zurück", "überspringen", "so lassen"),
    *("leer lassen", "hilfe", "warum", "ändern", "ändern 2", "absenden", "mehr", "vorige seite", "english", "deutsch"),
    *("leichte sprache", "sprache", "datenschutz", "messenger", "neustart", "stopp", "löschen", "start", "/start"),
    *("/start kurz", "/start alles", "/start nix", "/zurück", "/skip", "/", "//", "/stop", "?", "", " ", "\x00", "‮"),
    *("meine daten", "alles löschen", "löschen kurz", "pause", "pause bis freitag", "korrigieren", "mensch", "melden"),
    *("stpo", "wege", "Idee", "Ein Loch", "melden BCDF-GHJK-2345", "BCDFGHJK2345", "leer", "Etwas ergänzen"),
    *("{0}", "%s", "<b>", "1234 5678 9012 3456", "kurz", "👍", "\ud800"),
)
ENDS = frozenset({"stopp", "/stop", "ja", "1", "ok", "👍"})

said = st.builds(Said, st.one_of(st.sampled_from(WORDS), st.text(max_size=40)))
acts = st.one_of(
    said,
    said,
    st.just("tap"),
    st.just("tap"),
    st.just("old tap"),
    st.builds(Started, st.sampled_from(["", "kurz", "alles", "KURZ", "nix"])),
    st.builds(Pressed, st.text(max_size=64)),
    st.builds(
        Pressed,
        st.builds(
            encode,
            st.builds(
                Tap, st.sampled_from(Verb), st.sampled_from([*Command, *Asked, "deadbeef", ""]), st.integers(0, 12)
            ),
        ),
    ),
    st.builds(Edited, st.sampled_from(WORDS)),
    st.builds(Placed, st.floats(-100, 100), st.floats(-200, 200), st.floats(0, 50)),
    st.builds(MediaSent, st.sampled_from(MediaKind), st.sampled_from([MediaRef("good"), MediaRef("bad")])),
    st.builds(Unreadable),
    st.builds(Reopened),
    st.just("notice changes"),
    st.builds(CodeEntered, st.sampled_from(["", "1234 5678 9012 3456", "12"])),
    st.sampled_from([Gone()]),
    st.just("time passes"),
)

REPORTS = (Category("weg", {"": "Wege"}, "Bauhof", located=True), Category("idee", {"": "Idee"}))

Make = Callable[..., World]


def answers(player: Player) -> dict[str, str]:
    """What the session's record holds of answers, relevant or not now."""
    if player.session is None or player.session.survey is None:
        return {}
    state = player.session.survey
    form = player.world().forms[state.form]
    instance = open_instance(form, state.record, player.world().now, random.Random(1))
    return {ref: value for ref, value, kind in instance.answers() if value and kind not in (None, QuestionType.NOTE)}


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(acts, max_size=30),
    st.sampled_from([TELEGRAM, WEB, TERMINAL]),
    st.randoms(use_true_random=False),
    st.sampled_from([("alles",), ("kurz",), ("kurz", "alles")]),
)
def test_no_walk_ends_in_an_error_or_in_silence(
    make_world: Make, walk: list[Event | str], channel: object, chance: random.Random, names: tuple[str, ...]
) -> None:
    now = [make_world(*names, channel=channel)]
    now[0] = replace(now[0], town=replace(now[0].town, categories=REPORTS))
    player = Player(lambda: now[0], read_file=lambda path: b"x" if path == "good" else None)
    shown: list[str] = []
    player.take(Started(names[-1]))
    for act in walk:
        event: Event
        if act == "notice changes":
            if player.session is not None:
                player.session = msgspec.structs.replace(player.session, noticed="0")
            continue
        if act == "time passes":
            now[0] = replace(now[0], now=now[0].now + timedelta(days=chance.choice([0, 1, 60])))
            continue
        if act in ("tap", "old tap"):
            pool = shown[-6:] if act == "tap" else shown
            event = Pressed(chance.choice(pool)) if pool else Said("start")
        else:
            assert not isinstance(act, str)
            event = act
        before = player.session
        words = player.take(event)
        if isinstance(event, Gone):
            assert words == ()
            assert player.session is None
            continue
        if not words:  # only a double tap passes without a word, and changes nothing
            assert isinstance(event, Pressed)
            assert player.session == before
        for effect in words:
            for part in render(effect.say, now[0].channel):
                assert "{" not in part.text.replace("{0}", "")
                if isinstance(effect, Send):
                    shown += [button.action for row in part.buttons for button in row]
            if effect.say.choices is not None:
                shown += [option.action for option in effect.say.choices.options]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=12))
def test_what_was_answered_is_never_lost_by_what_does_not_fit(make_world: Make, walk: list[Event | str]) -> None:
    """From the last question on: only an answer, a skip, or an end that was asked for may change the record."""
    world = make_world("kurz")
    player = Player(lambda: world, read_file=lambda path: None)
    for text in ("start", "nein", "Am Teich"):
        player.take(Said(text))
    kept = {"/data/bank": "nein", "/data/wo": "Am Teich"}
    for act in walk:
        if isinstance(act, str | Gone | Pressed | Edited | Started | CodeEntered):
            continue
        if isinstance(act, Said) and act.text not in (
            "hilfe",
            "warum",
            "english",
            "sprache",
            "datenschutz",
            "/",
            "?",
            "",
        ):
            continue
        player.take(act)
        if player.session is not None and player.session.asked is not Asked.NOTHING:
            player.take(Said("zurück"))
        assert kept.items() <= answers(player).items()

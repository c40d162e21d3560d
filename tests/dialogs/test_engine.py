"""The door of the conversation: what no transcript shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from dialogs.capabilities import TERMINAL, WEB
from dialogs.effects import DropMedia, Erase, FindParticipation, KeepMedia, Send, Settle, Submit, Unsubscribe
from dialogs.engine import Turn, UnknownForm, resume
from dialogs.events import (
    CodeEntered,
    Erased,
    Gone,
    MediaKept,
    MediaKind,
    MediaName,
    MediaProblem,
    MediaRef,
    MediaRefused,
    MediaSent,
    NotStored,
    Participated,
    Placed,
    Pressed,
    Said,
    Started,
    Unreadable,
)
from dialogs.forms.model import Form
from dialogs.player import Player
from dialogs.session import Asked, Phase, Session
from dialogs.world import Category, Mode, Town, World

Make = Callable[..., World]
Play = Callable[[World], Player]


def words(player: Player, *texts: str) -> list[str]:
    """What the bot says to the last of these texts."""
    said: list[str] = []
    for text in texts:
        said = [effect.say.text for effect in player.take(Said(text)) if isinstance(effect, Send)]
    return said


def test_who_left_is_forgotten_without_a_word(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    player.take(Started("kurz"))
    assert resume(player.session, Gone(), make_world("kurz")) == Turn(None, (Unsubscribe(),))


def test_what_could_not_be_decrypted_gets_a_word_where_somebody_may_wait_for_it(make_world: Make, play: Play) -> None:
    """Nobody waits who is asked nothing: it was "typing", of somebody who took leave."""
    world, player = make_world("kurz"), play(make_world("kurz"))
    perhaps = Unreadable(encrypted=True, perhaps=True)
    assert resume(None, perhaps, world) == Turn(None)
    assert resume(None, Unreadable(encrypted=True), world).effects
    player.take(Started("kurz"))
    (said,) = (effect for effect in resume(player.session, perhaps, world).effects if isinstance(effect, Send))
    assert "nicht entschlüsseln" in said.say.lead
    words(player, "stopp")
    assert player.session is not None
    assert resume(player.session, perhaps, world) == Turn(player.session)


def test_the_first_turn_asks_whether_this_person_answered_before(make_world: Make) -> None:
    turn = resume(None, Started("kurz"), make_world("kurz"))
    assert turn.effects == (FindParticipation("kurz"),)
    assert turn.session is not None
    assert turn.session.survey is not None
    assert turn.session.survey.phase is Phase.STARTING


def test_a_form_that_is_not_loaded_is_asked_for(make_world: Make, play: Play) -> None:
    world = make_world("kurz")
    player = play(world)
    words(player, "/start kurz", "nein")
    with pytest.raises(UnknownForm) as missing:
        resume(player.session, Said("Am Teich"), replace(world, forms={}))
    assert missing.value.form == world.surveys["kurz"].form


def test_an_updated_survey_does_not_break_a_conversation(
    make_world: Make, play: Play, form_of: Callable[[str], Form]
) -> None:
    world = make_world("kurz")
    old, new = form_of("kurz"), form_of("alles")
    now = [world]
    player = Player(lambda: now[0])
    words(player, "/start kurz", "nein")
    card = replace(world.surveys["kurz"], form=new.hash)
    now[0] = replace(world, surveys={"kurz": card}, forms={old.hash: old, new.hash: new})
    assert "Wie alt" in words(player, "Am Teich")[0]
    words(player, "30", "absenden")
    assert player.sent["kurz"].form == old.hash


def test_what_was_answered_with_an_old_version_is_changed_in_it(
    make_world: Make, form_of: Callable[[str], Form]
) -> None:
    world, old = make_world("alles"), form_of("kurz")
    searching = resume(None, Started("alles"), world).session
    found = Participated("alles", b"r" * 16, old.hash, (("/data/bank", "ja"), ("/data/alter", "30")), "de")
    with pytest.raises(UnknownForm):
        resume(searching, found, world)
    loaded = replace(world, forms={**world.forms, old.hash: old})
    turn = resume(searching, found, loaded)
    assert turn.session is not None
    assert turn.session.survey is not None
    assert turn.session.survey.form == old.hash
    again = resume(turn.session, Said("ändern"), loaded)
    assert any("Gibt es genug Bänke? – Ja" in effect.say.text for effect in again.effects if isinstance(effect, Send))


def test_repeats_of_a_response_come_back_when_it_is_changed(make_world: Make, play: Play) -> None:
    world = make_world("alles")
    player = play(world)
    words(player, "start", "1", "3 1 2", "weiter", "2", "weiter", "weiter", "weiter")
    words(
        player,
        "Ein Brunnen",
        "ja",
        "Mehr Schatten",
        "ja",
        "Mehr Licht",
        "nein",
        "weiter",
        "weiter",
        "weiter",
        "ok",
        "absenden",
    )
    first = player.sent["alles"]
    assert [value.text for value in first.values if "idee_text" in value.ref] == [
        "Ein Brunnen",
        "Mehr Schatten",
        "Mehr Licht",
    ]
    words(player, "ändern", "ändern", "absenden")
    assert player.sent["alles"].values == first.values
    assert player.sent["alles"].response == first.response


def test_a_session_with_six_answers_is_small(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1 und 2", "3 1 2", "1,5", "2", "gestern", "14:30")
    assert player.session is not None
    assert len(msgspec.msgpack.encode(player.session)) < 350


def test_a_session_survives_being_stored(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1 und 2", "3 1 2", "1,5")
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(player.session), type=Session)
    assert stored == player.session


def test_free_text_places_and_files_are_sealed_and_choices_are_not(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1", "3 1 2", "1,5", "2", "gestern", "14:30", "Altdorf", "Ein Brunnen", "nein")
    player.take(MediaSent(MediaKind.PHOTO, MediaRef("p")))
    player.take(MediaSent(MediaKind.VOICE, MediaRef("v")))
    player.take(Placed(51.05, 13.74, 5))
    words(player, "ok", "absenden")
    sealed = {value.ref.rsplit("/", 1)[-1] for value in player.sent["alles"].values if value.sealed}
    media = {value.ref.rsplit("/", 1)[-1] for value in player.sent["alles"].values if value.media}
    assert sealed == {"idee_text", "bild", "ton", "stelle"}
    assert media == {"bild", "ton"}


def test_nothing_is_stored_that_the_receipt_does_not_name(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start", "ja", "30", "absenden")
    assert [value.ref for value in player.sent["kurz"].values] == ["/data/bank", "/data/alter"]


def test_the_same_submission_twice_is_one(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start", "ja", "30")
    session, world = player.session, player.world()
    once, again = resume(session, Said("absenden"), world), resume(session, Said("absenden"), world)
    assert [effect for effect in once.effects if isinstance(effect, Submit)] == [
        effect for effect in again.effects if isinstance(effect, Submit)
    ]


def test_a_file_that_is_replaced_is_dropped(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1", "3 1 2", "1,5", "2", "weiter", "weiter", "weiter", "", "/weiter", "nein")
    player.take(MediaSent(MediaKind.PHOTO, MediaRef("a")))
    words(player, "zurück")
    player.take(MediaSent(MediaKind.PHOTO, MediaRef("b")))
    assert list(player.files) == [MediaName("0002")] or len(player.files) == 1


def test_stopping_drops_the_files_of_the_draft(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1", "3 1 2", "1,5", "2", "weiter", "weiter", "weiter", "/weiter", "nein")
    player.take(MediaSent(MediaKind.PHOTO, MediaRef("a")))
    assert player.files
    words(player, "stopp")
    assert not player.files


def test_a_recording_sent_as_a_file_is_kept_as_a_voice_message(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1", "3 1 2", "1,5", "2", "weiter", "weiter", "weiter", "/weiter", "nein", "überspringen")
    asked = resume(player.session, MediaSent(MediaKind.FILE, MediaRef("a")), player.world())
    assert asked.effects == (KeepMedia(MediaRef("a"), MediaKind.VOICE),)


def test_words_under_a_photo_that_nobody_asked_for_are_the_answer(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start")
    effects = player.take(MediaSent(MediaKind.PHOTO, MediaRef("a"), caption="ja"))
    said = [effect.say.text for effect in effects if isinstance(effect, Send)]
    assert "Es wird nicht gespeichert." in said[0]
    assert said[1] == "Wie alt sind Sie?"
    assert not player.files


@pytest.mark.parametrize("problem", MediaProblem)
def test_a_file_that_cannot_be_kept_is_said_so(problem: MediaProblem, make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(player, "start", "1", "3 1 2", "1,5", "2", "weiter", "weiter", "weiter", "/weiter", "nein")
    asked = resume(player.session, MediaSent(MediaKind.PHOTO, MediaRef("a")), player.world())
    assert asked.effects == (KeepMedia(MediaRef("a"), MediaKind.PHOTO),)
    turn = resume(asked.session, MediaRefused(problem), player.world())
    (said,) = (effect.say for effect in turn.effects if isinstance(effect, Send))
    assert said.lead
    assert "Foto" in said.text


def test_a_file_that_no_question_waits_for_is_dropped(make_world: Make) -> None:
    turn = resume(Session(language="de"), MediaKept(MediaName("x"), 3), make_world("kurz"))  # type: ignore[arg-type]
    assert DropMedia(MediaName("x")) in turn.effects


def test_a_failed_deletion_is_said_and_asked_again(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start", "ja", "30", "absenden", "löschen")
    player.failing = True
    player.take(Said("ja"))
    assert "kurz" in player.sent
    assert player.session is not None
    assert player.session.asked is Asked.ERASE


def test_deleting_asks_once_and_removes(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start", "ja", "30", "absenden", "löschen")
    assert "kurz" in player.sent
    looking = resume(player.session, Said("ja"), player.world())
    assert looking.effects == (FindParticipation("kurz"),)
    sent = player.sent["kurz"]
    answers = tuple((value.ref, value.text) for value in sent.values)
    turn = resume(looking.session, Participated("kurz", sent.response, sent.form, answers), player.world())
    assert Erase("kurz") in turn.effects
    assert resume(turn.session, Erased(1), player.world()) == Turn(turn.session)
    gone = resume(looking.session, Participated("kurz", None), player.world())
    assert Erase("kurz") in gone.effects, "late or double, it stays deleted"


def test_a_return_code_opens_the_answers_in_another_browser(make_world: Make, play: Play) -> None:
    world = make_world("kurz", channel=WEB)
    first = play(world)
    words(first, "/start kurz", "nein", "Am Teich", "30", "absenden")
    submitted = first.sent["kurz"]
    assert len(submitted.return_code) == 16
    second = play(world)
    second.take(Started("kurz"))
    grouped = " ".join(submitted.return_code[at : at + 4] for at in range(0, 16, 4))
    turn = resume(second.session, CodeEntered(grouped), world)
    assert turn.effects == (FindParticipation("kurz", submitted.return_code),)
    answers = tuple((value.ref, value.text) for value in submitted.values)
    found = resume(turn.session, Participated("kurz", submitted.response, submitted.form, answers, informed="1"), world)
    changed = resume(found.session, Said("ändern"), world)
    sent = resume(changed.session, Said("absenden"), world)
    (again,) = (effect for effect in sent.effects if isinstance(effect, Submit))
    assert again.response == submitted.response
    assert again.return_code == submitted.return_code


def test_a_draft_with_answers_is_not_lost_to_a_return_code(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz", channel=WEB))
    words(player, "/start kurz", "nein")
    player.take(CodeEntered("1234 5678 9012 3456"))
    assert player.session is not None
    assert player.session.survey is not None
    words(player, "/zurück")
    assert "Nein" in words(player, "so lassen", "Am Teich", "weiter")[-1]


def test_who_took_part_in_a_strict_survey_is_told_that_nothing_can_be_changed(make_world: Make) -> None:
    world = make_world("kurz", mode=Mode.STRICT)
    searching = resume(None, Started("kurz"), world).session
    turn = resume(searching, Participated("kurz", b""), world)
    assert turn.session is not None
    assert turn.session.survey is None
    (said,) = (effect.say for effect in turn.effects if isinstance(effect, Send))
    assert "schon mitgemacht" in said.text + said.lead


def test_a_place_outside_of_the_earth_is_refused_kindly(make_world: Make, play: Play) -> None:
    player = play(make_world("alles"))
    words(
        player, "start", "1", "3 1 2", "1,5", "2", "weiter", "weiter", "weiter", "/weiter", "nein", "weiter", "weiter"
    )
    (said,) = (effect.say for effect in player.take(Placed(91.0, 13.0)) if isinstance(effect, Send))
    assert said.lead


def test_a_survey_that_vanished_ends_kindly(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    words(player, "start", "nein")
    turn = resume(player.session, Said("Am Teich"), make_world("alles"))
    assert turn.session is not None
    assert turn.session.survey is None
    assert any(isinstance(effect, Send) for effect in turn.effects)


def test_not_stored_without_a_draft_says_so(make_world: Make) -> None:
    turn = resume(Session(language="de"), NotStored(), make_world("kurz"))  # type: ignore[arg-type]
    assert any(isinstance(effect, Send) for effect in turn.effects)


def test_words_for_a_case_that_are_brought_again_are_added_once(make_world: Make, play: Play) -> None:
    town = Town("Musterstadt", categories=(Category("idee", {"": "Idee"}), Category("lob", {"": "Lob"})))
    player = play(replace(make_world("kurz"), town=town))
    words(player, "melden", "1", "Mehr Bänke.", "überspringen", "ja", "absenden")
    (case,) = player.cases.values()
    assert player.session is not None
    before = player.session = msgspec.structs.replace(player.session, case=case.key)
    for text in ("Am Teich.", "Am Teich.", "An der Schule."):
        player.session = before  # an outage kept the turn from being saved, not the words from being stored
        assert "weitergegeben" in words(player, text)[0]
    (case,) = player.cases.values()
    assert [message.words for message in case.messages] == ["Am Teich.", "An der Schule."]


def test_a_double_tap_on_an_answer_does_nothing(make_world: Make, play: Play) -> None:
    player = play(make_world("kurz"))
    (question,) = (effect.say for effect in player.take(Started("kurz"))[1:] if isinstance(effect, Send))
    assert question.choices is not None
    no = question.choices.options[1].action
    assert any(isinstance(effect, Settle) for effect in player.take(Pressed(no)))
    before = player.session
    assert player.take(Pressed(no)) == ()
    assert player.session == before


def test_a_channel_without_edits_hears_how_a_day_was_understood(make_world: Make, play: Play) -> None:
    player = play(make_world("alles", channel=TERMINAL))
    words(player, "start", "1", "3 1 2", "1,5", "2")
    leads = [effect.say.lead for effect in player.take(Said("gestern")) if isinstance(effect, Send)]
    assert leads == ["Notiert: 22. November."]

"""What every channel keeps: one suite for all of them, run against each channel's bench (`tests/channels/`).

A row says what a citizen does and what must come of it, on any channel. What a channel cannot do stands in its bench
with the reason; the row then tests what the citizen does instead. Nothing here asks for a channel's name.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio
from channels.base import Feature, Phone, Scene, whole_of
from channels.meaning import meant, understood
from channels.registry import BENCHES, SLOW
from e2e.talking import BENCHES as BENCHES_FORM
from e2e.town import Noon
from e2e.walking import Photo, Placed, Pressed, Voice, Walker, Written, ogg, photo, plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenarios.test_scenarios import SCRIPTS, SETTING, SPOKEN, Stage

from dialogs.capabilities import Capabilities, ReadsAlong
from dialogs.effects import Settle
from dialogs.events import Event
from dialogs.messages import Expects, Say
from dialogs.player import Player, ReadFile, Words
from dialogs.rendering import render
from dialogs.survey import OF_NEWS_ALONE
from dialogs.triggers import Command
from dialogs.world import World

VOTES = "(stimmt "
"""How a golden transcript votes in a poll of the messenger."""
SCENARIOS = Path(__file__).parent.parent / "scenarios" / "forms"
SAMPLE = Path(__file__).parents[2] / "bot" / "samples" / "rufbus.md"
LONG = "Langer Atem über viele Wörter hinweg. " * 400
"""A note of some 15,000 characters: more than most messengers take in one message."""
PICTURED = f"""
| survey | | | | |
| | type | name | label | media::image |
| | select_one ja | lage | Ist die Haltestelle auf dem Bild richtig? | halt.png |
| | note | lang | {LONG} | |
| | text | wort | Und sonst? | |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bilder | bilder | de |
"""

together = pytest.mark.asyncio(loop_scope="module")


RUN = [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in BENCHES]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=RUN)
async def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> AsyncIterator[Scene]:
    """One town a channel: what one row leaves behind must not harm the next either."""
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.flushall()
    folder = tmp_path_factory.mktemp(request.param)
    bench = BENCHES[request.param]()
    await bench.start()
    running = bench.scene(folder, valkey_url)
    for code, text in (("baenke", BENCHES_FORM), ("bilder", PICTURED)):
        (folder / f"{code}.md").write_text(text, "utf-8")
    (folder / "halt.png").write_bytes(photo())
    await running.publish(folder / "baenke.md", "baenke")
    await running.publish(folder / "bilder.md", "bilder")
    await running.publish(SCENARIOS / "alles.md", "alles")
    await running.publish(SAMPLE, "rufbus")
    await running.start()
    try:
        yield running
        assert running.faults() == 0, "no row may meet a defect of ours"
    finally:
        await running.stop()
        await bench.close()


async def asked(scene: Scene, language: str = "de") -> Phone:
    """A citizen at the first question of `baenke`."""
    phone = await scene.phone(language)
    await phone.begin("baenke")
    await phone.until("Fehlt eine Bank?")
    return phone


async def at_the_number(scene: Scene) -> Phone:
    """…at its second question."""
    phone = await asked(scene)
    await phone.give(Pressed(("Ja",), "Ja"))
    await phone.until("Wie viele fehlen?")
    return phone


async def to_the_end(phone: Phone, number: str = "7", words: str = "Schatten, bitte") -> None:
    """From the second question to the receipt."""
    await phone.says(number)
    await phone.until("Was noch?")
    await phone.says(words)
    await phone.until("Absenden")
    await phone.give(Pressed(("Absenden",), "absenden"))
    await phone.until("Beleg")


def said_since(phone: Phone, count: int) -> list[str]:
    return [whole_of(heard) for heard in phone.heard[count:]]


def can(scene: Scene, feature: Feature) -> bool:
    return feature not in scene.bench.cannot


# -- the conversation


READERS = {
    ReadsAlong.NOBODY: "Niemand sonst kann diesen Chat mitlesen",
    ReadsAlong.OPERATOR: "selbst kann diesen Chat mitlesen",
    ReadsAlong.TOWN: "Außer uns kann niemand diesen Chat mitlesen",
}


@together
async def test_first_contact_says_who_asks_and_who_reads_and_asks_at_once(scene: Scene) -> None:
    phone = await scene.phone()
    await phone.begin("baenke")
    notice = await phone.until("Musterstadt", "3 Fragen", "ohne Namen und Nummer")
    assert READERS[scene.bench.capabilities.reads_along] in notice
    question = await phone.until("Fehlt eine Bank?")
    assert "1 von 3" in question


@together
async def test_the_language_follows_the_messenger_or_the_citizens_word(scene: Scene) -> None:
    phone = await scene.phone("en")
    await phone.begin("rufbus")
    if not can(scene, Feature.LANGUAGE):
        await phone.until("Haben Sie den Rufbus")
        await phone.says("/language english")
    await phone.until("Have you used the shuttle bus")
    await phone.give(Pressed(("No",), "no"))
    await phone.until("What has kept you from using it?")
    await phone.says("/sprache Leichte Sprache")
    await phone.until("Warum sind Sie noch nicht gefahren?")
    await phone.says("zurück")
    await phone.until("gefahren?", "Ihre Antwort bisher: Nein")


@together
@pytest.mark.parametrize("by", ["whatever is offered", "words alone"])
async def test_every_type_of_question_is_answered_and_stored(scene: Scene, by: str) -> None:
    before = len(await scene.stored("alles"))
    walker = Walker(await scene.form("alles"), "", Noon().now())
    phone = await scene.phone()
    await walker.walk(phone if by != "words alone" else _Typing(phone), "alles")
    await phone.until("Beleg")
    await phone.quiet()
    stored = (await scene.stored("alles"))[before:]
    assert len(stored) == 1
    expected = walker.expected()
    assert {ref: stored[0].get(ref) for ref in expected} == expected
    assert all(stored[0][ref] for ref in walker.file_refs()), "photo and voice message are kept"


class _Typing:
    """The same citizen who taps nothing."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def begin(self, code: str) -> None:
        await self._phone.begin(code)

    async def give(self, answer: Pressed | Written | Placed | Photo | Voice) -> None:
        await self._phone.give(Written(answer.words) if isinstance(answer, Pressed) else answer)

    async def until(self, *texts: str) -> str:
        return await self._phone.until(*texts)


AT_ONCE = "Wie viele fehlen?"
FOLLOWING: dict[Command, tuple[str, str, str]] = {
    Command.SUBSCRIBE: ("nachrichten bekommen", "Worüber möchten Sie Nachrichten bekommen?", "alle nachrichten"),
    Command.WEEKLY: ("wöchentlich", "Einmal in der Woche, alles in einer Nachricht", ""),
    Command.AT_ONCE: ("sofort", "Sofort, nie in der Nacht", ""),
    Command.QUIET: ("ruhezeit", "Ruhe von wann bis wann", ""),
    Command.KEEP_NEWS: ("nachrichten behalten", "Sie bekommen Nachrichten über: Alle Nachrichten", ""),
    Command.NO_NEWS: ("keine nachrichten mehr", "Wie ich Sie erreiche, ist vergessen", ""),
}
"""The commands of `COMMANDS` about news that the bot sends by itself, in the order of a subscription's life."""
NOT_HERE = "Von mir aus schreiben kann ich Ihnen hier nicht"
"""The answer to all of these where the bot can reach nobody later (`Capabilities.push_per_second`)."""
COMMANDS: dict[Command, tuple[str, str, str]] = {
    Command.START: ("start", "Hier geht es weiter", ""),
    Command.HELP: ("hilfe", "Ich stelle eine Frage nach der anderen", ""),
    Command.BACK: ("zurück", "Fehlt eine Bank?", "ja"),
    Command.SKIP: ("überspringen", "braucht eine Antwort", ""),
    Command.KEEP: ("so lassen", "braucht eine Antwort", ""),
    Command.CLEAR: ("leer lassen", "braucht eine Antwort", ""),
    Command.NEXT: ("weiter", "braucht eine Antwort", ""),
    Command.LANGUAGE: ("sprache", "Welche Sprache", "deutsch"),
    Command.RESTART: ("von vorn", "Wirklich von vorn", "nein"),
    Command.PRIVACY: ("datenschutz", "ohne Namen und Nummer", ""),
    Command.DETAILS: ("details", "Texte, Orte, Fotos", ""),
    Command.CHANNELS: ("messenger", "", ""),
    Command.MOVE: ("umziehen", "", "start"),
    Command.MY_DATA: ("meine daten", "Angefangen und nicht abgesendet", ""),
    Command.DELETE_ALL: ("alles löschen", "Alles von Ihnen löschen", "nein"),
    Command.WHY: ("warum", "", ""),
    Command.CHANGE: ("ändern", "", ""),
    Command.SEND: ("absenden", "Noch nicht", ""),
    Command.MORE: ("mehr zeigen", "", ""),
    Command.FEWER: ("vorige seite", "", ""),
    Command.CASE: ("meine meldung", "", ""),
    Command.REPLY: ("antworten", "", ""),
    Command.NEWS: ("nachrichten", "Es gibt noch keine Nachrichten", ""),
    Command.OUTCOME: ("bescheid geben", "Hier ist nichts, woraus etwas werden könnte", ""),
    **FOLLOWING,
}
"""Every command as a German says it at the second question, a part of the answer, and the way back to the question."""
ENDINGS: dict[Command, tuple[str, str]] = {
    Command.PAUSE: ("pause", ""),
    Command.FEEDBACK: ("melden", ""),
    Command.PERSON: ("mensch", ""),
    Command.DELETE: ("löschen", "Alle Ihre Antworten"),
    Command.STOP: ("stopp", "Auf Wiedersehen"),
}
"""…and those after which the question stands no more."""


@together
@pytest.mark.parametrize("slash", ["", "/"])
async def test_every_command_is_understood_with_and_without_its_slash(scene: Scene, slash: str) -> None:
    assert {*COMMANDS, *ENDINGS} == set(Command)
    phone = await at_the_number(scene)
    for command, (word, answer, back) in COMMANDS.items():
        if command in FOLLOWING and not scene.bench.capabilities.push_per_second:
            answer, back = NOT_HERE, ""
        if command in OF_NEWS_ALONE and not slash:
            answer, back = AT_ONCE, ""  # such a word may be meant for the question, which is asked again
        await phone.quiet()
        heard = len(phone.heard)
        await phone.says(slash + word)
        await phone.quiet()
        said = said_since(phone, heard)
        assert any(answer in text for text in said), f"{word}: {said}"
        assert not any("kenne diesen Befehl nicht" in text for text in said), f"{word}: {said}"
        if back:
            await phone.says(back)
            await phone.quiet()
        assert any(AT_ONCE in text for text in said_since(phone, heard)), f"{word}: {said_since(phone, heard)}"


@together
async def test_commands_that_end_are_understood_everywhere(scene: Scene) -> None:
    for word, answer in ENDINGS.values():
        phone = await at_the_number(scene)
        await phone.quiet()
        heard = len(phone.heard)
        await phone.says(word)
        await phone.until(answer)
        await phone.quiet()
        said = " ".join(said_since(phone, heard))
        assert said
        assert "weiß nicht" not in said, said


@together
async def test_choices_are_tapped_or_said_by_number_or_word(scene: Scene) -> None:
    for way in (Pressed(("Ja",), "1"), Written("1"), Written("ja")):
        phone = await asked(scene)
        newest = phone.heard[-1]
        if can(scene, Feature.TAPS):
            assert {"Ja", "Nein"} <= {plain(label) for one in phone.heard for label in one.offers}
        else:
            assert "1. Ja" in newest.text
            assert "2. Nein" in newest.text
        await phone.give(way)
        await phone.until("2 von 3")


@together
async def test_several_choices_are_toggled_or_said_in_one_line(scene: Scene) -> None:
    for way in (Pressed(("Sitzen", "Weiter"), "1"), Written("1 2"), Written("sitzen, mit kindern spielen")):
        phone = await scene.phone()
        await phone.begin("alles")
        await phone.until("Was tun Sie auf dem Platz?")
        await phone.give(way)
        await phone.until("Was ist Ihnen am wichtigsten?")
        if can(scene, Feature.TAPS) and isinstance(way, Pressed):
            assert any("Sitzen" in heard.chosen for heard in phone.heard), "what was tapped is shown as chosen"


@together
async def test_a_long_list_is_paged_searched_and_named(scene: Scene) -> None:
    phone = await scene.phone()
    await phone.begin("alles")
    for text, then in (("1", "wichtigsten"), ("1 2 3", "Kilometer"), ("überspringen", "Note"), ("2", "zuletzt dort")):
        await phone.says(text)
        await phone.until(then)
    await phone.says("überspringen")
    await phone.until("Uhr?")
    await phone.says("überspringen")
    first = await phone.until("In welchem Ort", "Ahlbeck")
    assert "Ziegelhof" not in first
    for _ in range(3):
        if "Ziegelhof" not in whole_of(phone.heard[-1]):
            await phone.give(Pressed(("Mehr zeigen",), "mehr zeigen"))
            await phone.until("In welchem Ort")
    assert "Ziegelhof" in whole_of(phone.heard[-1]), "the last page holds the last one"
    await phone.says("Neuh")
    await phone.until("Was schlagen Sie vor?")
    await phone.says("/zurück")
    await phone.until("In welchem Ort", "Neuhausen")
    await phone.says("ziegelhof")
    await phone.until("Was schlagen Sie vor?")


@together
async def test_long_texts_arrive_whole_and_are_taken_whole(scene: Scene) -> None:
    phone = await scene.phone()
    await phone.begin("bilder")
    await phone.until("Ist die Haltestelle")
    heard = len(phone.heard)
    await phone.says("ja")
    await phone.until("Und sonst?")
    said = " ".join(said_since(phone, heard))
    assert plain(said).count("Langer Atem über viele Wörter hinweg.") == 400, "nothing is cut off"
    words = "Ein langes Wort zum Schluss. " * 100
    await phone.says(words)
    await phone.until("Absenden")
    await phone.give(Pressed(("Absenden",), "absenden"))
    await phone.until("Beleg")
    await phone.quiet()
    assert any(plain(row["/data/wort"]) == plain(words) for row in await scene.stored("bilder"))


@together
async def test_a_picture_of_the_form_is_shown(scene: Scene) -> None:
    phone = await scene.phone()
    await phone.begin("bilder")
    await phone.until("Ist die Haltestelle auf dem Bild richtig?")
    await phone.quiet()
    assert any(heard.files for heard in phone.heard) == can(scene, Feature.PICTURES)


@together
async def test_ones_own_data_is_handed_over_as_files_or_in_words(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await to_the_end(phone, "7", "Eine Bank am Teich")
    heard = len(phone.heard)
    await phone.says("meine daten")
    if can(scene, Feature.DOCUMENTS):
        await phone.until("Hier ist alles")
        await phone.quiet()
        files = [name for one in phone.heard[heard:] for name in one.files]
        assert {"meine-daten.txt", "meine-daten.json"} <= set(files)
    else:
        await phone.until("Eine Bank am Teich")


@together
async def test_a_file_that_is_a_photo_is_taken_and_another_gets_a_helpful_word(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await phone.sends_file("plan.pdf", "application/pdf", b"%PDF-1.7 no photo")
    await phone.until("Datei", "Wie viele fehlen?")
    await phone.give(Photo(photo()))
    await phone.until("Foto", "Wie viele fehlen?")
    await phone.give(Voice(ogg()))
    await phone.until("Wie viele fehlen?")
    await phone.give(Placed(51.0, 13.7))
    await phone.until("Wie viele fehlen?")
    await phone.sends_odd()
    await phone.until("Wie viele fehlen?")
    await to_the_end(phone)


# -- what a citizen does with messages that were sent


@together
async def test_an_edited_message_corrects_the_answer(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await phone.says("7")
    await phone.until("Was noch?")
    if can(scene, Feature.EDITS):
        await phone.edits("8")
        await phone.until("Antwort geändert: 8")
    else:
        await phone.says("/zurück")
        await phone.until("Bisher: 7")
        await phone.says("8")
        await phone.until("Was noch?")
    await phone.says("nichts")
    await phone.until("Wie viele fehlen? – 8")


@together
async def test_a_deleted_message_takes_its_answer_along_or_the_citizen_goes_back(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await phone.says("7")
    await phone.until("Was noch?")
    await phone.quiet()
    heard = len(phone.heard)
    await phone.deletes()
    if can(scene, Feature.DELETIONS):
        await phone.until("Antwort vergessen", "Wie viele fehlen?")
        await phone.says("9")
        await phone.until("Was noch?")
    else:
        await phone.quiet()
        assert said_since(phone, heard) == [], "what we are not told changes nothing"
        await phone.says("/zurück")
        await phone.until("Bisher: 7")
        await phone.says("9")
        await phone.until("Was noch?")
    await phone.says("nichts")
    await phone.until("Wie viele fehlen? – 9")


@together
async def test_a_sign_answers_yes_or_no(scene: Scene) -> None:
    phone = await asked(scene)
    await phone.reacts("👍")
    if not can(scene, Feature.REACTIONS):
        await phone.quiet()
        await phone.says("👍")
    await phone.until("Wie viele fehlen?")
    await to_the_end(phone)


# -- golden transcripts mean the same everywhere


@pytest.mark.parametrize("channel", list(BENCHES))
def test_golden_transcripts_mean_the_same_on_every_channel(channel: str) -> None:
    """Each is played on this channel: what is shown means what the dialogue means, and the same answers are stored."""
    record = BENCHES[channel]().capabilities
    for script in SCRIPTS:
        if record.polls is None and VOTES in script.read_text("utf-8"):
            continue  # it is about polls and nothing else
        own = Replay(script, None)
        if own.subscribed and not record.push_per_second:
            # It orders news, taps what comes and ends it. Where nobody can be reached later, nothing can be ordered
            # and none of it comes; what is said instead is nachrichten_web.txt, which is played everywhere.
            continue
        here = Replay(script, record)
        for say in here.said:
            intended, read = meant(say), understood(render(say, record), record, say)
            assert (read.words, read.ways) == (intended.words, intended.ways), script.name
            assert set(read.files) <= set(intended.files)
            assert read.files == intended.files or not (record.pictures and record.documents)
        assert here.stored == own.stored, script.name


class Replay:
    """A golden transcript, played on another channel than its own; what cannot be tapped there is said in words."""

    def __init__(self, script: Path, record: Capabilities | None) -> None:
        self.said: list[Say] = []
        self._ticked: list[str] = []
        """Where nothing can be toggled: what would have been, until it is said in one line."""
        stage = Stage()
        stage.player = listener = Listener(stage.world, stage.player.read_file, self.said)
        for line in script.read_text("utf-8").splitlines():
            setting, spoken = SETTING.fullmatch(line), SPOKEN.fullmatch(line)
            if setting is not None and setting[1] == "broadcast":
                news = stage.comes(setting[2])
                stage.shown += render(news, stage.channel)
                self.said.append(news)
            elif setting is not None:
                stage.set(setting[1], setting[2])
                stage.channel = record or stage.channel
            elif spoken is not None and (act := self._possible(stage, spoken[1])):
                stage.act(act)
        self.stored = {
            code: sorted((value.ref, value.text) for value in sent.values) for code, sent in stage.player.sent.items()
        }
        self.subscribed = listener.subscribed

    def _possible(self, stage: Stage, act: str) -> str:
        label = act[1:-1]
        if not act.startswith("[") or stage.channel.buttons is not None:
            return act
        choices = self.said[-1].choices
        if self.said[-1].expects is Expects.RANKING and choices is not None:
            ranked = [option.label for option in choices.options if option.chosen]
            return "" if any(one.startswith(f"{label} (") for one in ranked) else label
        options = [option.label for option in choices.options] if choices is not None and choices.multiple else []
        ticked, self._ticked = [one for one in self._ticked if one in options], []
        if label in options:
            self._ticked = [one for one in ticked if one != label] if label in ticked else [*ticked, label]
            return ""
        if ticked and choices is not None and choices.done is not None and label == choices.done.label:
            self._ticked = ticked  # refused, they would still be ticked
            return " ".join(str(options.index(one) + choices.first) for one in ticked)
        standing = next((say.expects for say in reversed(self.said) if say.expects is not Expects.NOTHING), None)
        return f"/{label}" if standing is Expects.TEXT else label


class Listener(Player):
    """A conversation whose words are noted as they were meant."""

    def __init__(self, world: Callable[[], World], read_file: ReadFile, said: list[Say]) -> None:
        super().__init__(world, read_file)
        self.said = said
        self.subscribed = False
        """Whether news were ever ordered."""

    def take(self, event: Event) -> tuple[Words, ...]:
        words = super().take(event)
        self.subscribed |= self.subscription is not None
        self.said += [effect.say for effect in words if not isinstance(effect, Settle)]
        return words


# -- what happens on the way


@together
async def test_what_comes_several_times_counts_once(scene: Scene) -> None:
    phone = await asked(scene)
    scene.bench.duplicates(on=True)
    try:
        await phone.says("ja")
        await phone.until("Wie viele fehlen?")
        await phone.quiet()
    finally:
        scene.bench.duplicates(on=False)
    assert sum("Wie viele fehlen?" in whole_of(heard) for heard in phone.heard) == 1
    await to_the_end(phone)


@together
async def test_messages_that_overtake_each_other_reach_their_own_conversations(scene: Scene) -> None:
    before = len(await scene.stored("baenke"))
    scene.bench.disorders(on=True)
    try:
        phones = await asyncio.gather(*(at_the_number(scene) for _ in range(3)))
        await asyncio.gather(
            *(to_the_end(phone, str(number), f"Wort {number}") for number, phone in enumerate(phones, 31))
        )
    finally:
        scene.bench.disorders(on=False)
    await asyncio.gather(*(phone.quiet() for phone in phones))
    rows = (await scene.stored("baenke"))[before:] if before else await scene.stored("baenke")
    given = {(row["/data/zahl"], row["/data/wort"]) for row in await scene.stored("baenke")}
    assert {("31", "Wort 31"), ("32", "Wort 32"), ("33", "Wort 33")} <= given
    assert len(rows) == 3


@together
async def test_a_restart_in_the_middle_loses_nothing_and_what_came_meanwhile_is_taken(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await phone.quiet()
    await scene.stop()
    meanwhile = asyncio.create_task(phone.says("7")) if can(scene, Feature.RESTART) else None
    await scene.start()
    if meanwhile is None:
        await phone.begin("baenke")
        await phone.until("Fehlt eine Bank?")
        await phone.says("ja")
        await phone.until("Wie viele fehlen?")
        await to_the_end(phone)
        return
    await meanwhile
    await phone.until("Was noch?")
    await phone.quiet()
    assert sum("Was noch?" in whole_of(heard) for heard in phone.heard) == 1, "it is asked once"
    await phone.says("nichts")
    await phone.until("Wie viele fehlen? – 7")


@together
async def test_what_was_written_in_vain_gets_one_honest_line_and_one_question(scene: Scene) -> None:
    phone = await asked(scene)
    await phone.quiet()
    heard = len(phone.heard)
    scene.bench.ages(600)
    try:
        for text in ("ja", "hallo?", "ist da jemand?"):
            await phone.says(text)
    finally:
        scene.bench.ages(0)
    await phone.until("Wie viele fehlen?")
    await phone.quiet()
    said = said_since(phone, heard)
    if can(scene, Feature.LATENESS):
        assert sum("eine Zeit lang nicht zu erreichen" in text for text in said) == 1, said
        assert sum("Wie viele fehlen?" in text for text in said) == 1, said
    else:
        assert not any("eine Zeit lang nicht zu erreichen" in text for text in said), "nobody was kept waiting"
    await to_the_end(phone)


@together
async def test_who_leaves_is_forgotten_and_begins_anew(scene: Scene) -> None:
    phone = await at_the_number(scene)
    await phone.quiet()
    before = await scene.conversations()
    await phone.leaves()
    await phone.quiet()
    assert await scene.conversations() == before - 1
    await phone.returns()
    await phone.begin("baenke")
    await phone.until("1 von 3", "Fehlt eine Bank?")


@together
async def test_a_broken_line_delays_and_loses_nothing(scene: Scene) -> None:
    phone = await asked(scene)
    await phone.quiet()
    if can(scene, Feature.LOSS):
        scene.bench.cuts()
        try:
            saying = asyncio.create_task(phone.says("ja"))
            await scene.bench.felt()
        finally:
            scene.bench.mends()
        await saying
    else:
        await phone.says("ja")
    await phone.until("Wie viele fehlen?")
    await to_the_end(phone)


# -- what is no message


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2), st.just("\ud800"), st.just(10**400),
)  # fmt: skip


def _places(value: object, here: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from _places(inner, (*here, name))


@st.composite
def bent(draw: st.DrawFn, captured: Sequence[bytes]) -> bytes:
    """A captured payload in which something is missing, of another type, or cut off."""
    payload = draw(st.sampled_from(captured))
    try:
        document = json.loads(payload)
    except ValueError:
        return payload[: draw(st.integers(0, len(payload)))] + draw(st.binary(max_size=8))
    where = draw(st.sampled_from(list(_places(document))))
    junk = draw(JUNK)
    if not where:
        return json.dumps(junk).encode("utf-8", "surrogatepass")
    holder = document
    for name in where[:-1]:
        holder = holder[name]
    if draw(st.booleans()) and isinstance(holder, dict):
        del holder[where[-1]]
    else:
        holder[where[-1]] = junk
    whole = json.dumps(document).encode("utf-8", "surrogatepass")
    return whole[: draw(st.integers(1, len(whole)))] if draw(st.integers(0, 9)) == 0 else whole


@pytest.mark.parametrize("channel", list(BENCHES))
def test_no_payload_raises(channel: str) -> None:
    bench = BENCHES[channel]()
    assert bench.captured
    for payload in bench.captured:
        with contextlib.suppress(*bench.refusals):
            assert bench.decode(payload) is not None

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(st.one_of(bent(bench.captured), st.binary(max_size=60)))
    def holds(payload: bytes) -> None:
        with contextlib.suppress(*bench.refusals):
            bench.decode(payload)

    holds()


@together
async def test_malformed_payloads_disturb_nobody(scene: Scene) -> None:
    for payload in (b"", b"{}", b"[]", b"null", b'{"a":', b"\xff\xfe", b'{"message":{"chat":7}}', b"[" * 2000):
        await scene.bench.brings(payload)
    phone = await at_the_number(scene)
    await to_the_end(phone)


# -- groups


@together
async def test_a_group_is_refused_politely_and_left_and_nothing_is_kept(scene: Scene) -> None:
    phone = await asked(scene)
    await phone.quiet()
    before = await scene.conversations()
    if not can(scene, Feature.GROUPS):
        other = await asked(scene)
        await other.says("ja")
        await other.until("Wie viele fehlen?")
        await phone.quiet()
        assert not any("Wie viele fehlen?" in whole_of(heard) for heard in phone.heard), "nobody reads another's chat"
        return
    group = await scene.bench.group(phone)
    await group.invites()
    assert "unter vier Augen" in await group.hears()
    await group.is_left()
    await phone.quiet()
    assert await scene.conversations() == before, "a group is no conversation"


# -- last, for a messenger that asked once is treated gently for a while


@together
async def test_asked_to_wait_we_wait_and_say_it_all_the_same(scene: Scene) -> None:
    phone = await asked(scene)
    await phone.quiet()
    scene.bench.limits()
    await phone.says("ja")
    await phone.until("Wie viele fehlen?")
    await phone.says("7")
    await phone.until("Was noch?")


# -- what a channel cannot is said


@pytest.mark.parametrize("channel", list(BENCHES))
def test_what_a_channel_cannot_do_has_its_reason_and_agrees_with_its_record(channel: str) -> None:
    bench = BENCHES[channel]()
    record = bench.capabilities
    assert all(reason.strip() for reason in bench.cannot.values())
    assert (Feature.PICTURES in bench.cannot) != record.pictures
    assert (Feature.DOCUMENTS in bench.cannot) != record.documents
    assert (Feature.REVISION in bench.cannot) != record.edits
    assert record.takes_photo, "photos, voices, files and places can be sent on every channel"
    assert record.takes_voice
    assert record.takes_file
    assert record.takes_place

"""Several moderators read one queue: nobody treads on anybody, nothing is lost, and no word stands in a table."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Select, delete, event, insert, select, text, update

from dialogs.effects import Submit, Value
from dialogs.text_states import HandOn, HideReason, TextState
from dialogs.world import Mode, Survey
from privacy.disclosure import DESK
from privacy.keyring import Ring, new_key
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.records import FormVersion, ResponseId, Submission, Token
from storage.sql.copies import Copies
from storage.sql.database import Database, open_database
from storage.sql.housekeeping import Housekeeping
from storage.sql.keys import SqlKeys
from storage.sql.moderation import CLAIM_LASTS, CLAIMED_AT_ONCE, Decision, Listed, Moderation, Which
from storage.sql.readings import Readings
from storage.sql.responses import SqlResponses
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import surveys
from storage.sql.text_tables import text_tags, texts

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
XFORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>B</h:title><model><instance><d id="b"><q/><spot/></d></instance>
<bind nodeset="/d/q" type="string"/><bind nodeset="/d/spot" type="geopoint"/></model></h:head>
<h:body><input ref="/d/q"><label>Q</label></input><input ref="/d/spot"><label>S</label></input></h:body></h:html>"""
FORM = FormVersion("f" * 64, XFORM, {}, "bus.xlsx", b"xlsx")
PEOPLE = 30
READ = Decision(TextState.WAITING, TextState.READ)
QUOTE = Decision(TextState.WAITING, TextState.QUOTE)
HIDE = Decision(TextState.WAITING, TextState.HIDDEN, HideReason.INSULT)


@dataclass
class Queue:
    database: Database
    moderation: Moderation
    copies: Copies
    readings: Readings
    responses: SqlResponses
    keychain: Keychain
    rules: Housekeeping

    async def answer(self, number: int, survey: str = "bus") -> bytes:
        words = Value("/d/q", f"Der Bus kommt zu spät, Zeile {number}", sealed=True)
        spot = Value("/d/spot", "52.516275 13.377704 34.0 5.0", sealed=True)
        submit = Submit(survey, FORM.hash, os.urandom(16), "de", (words, spot))
        await self.responses.submit(Submission(submit, Token(os.urandom(16)), TODAY, "telegram"))
        return submit.response

    async def text_of(self, listed: Listed) -> str:
        return (await self.copies.some([listed.number]))[0].text

    async def settle(self) -> None:
        await SqlSurveys(self.database).close_survey("bus", TODAY)
        await self.rules.settle_surveys(TODAY + timedelta(days=15))


@pytest.fixture
async def queue(database_url: str, tmp_path: Path) -> AsyncIterator[Queue]:
    database = await open_database(database_url, tmp_path)
    (tmp_path / "keys").mkdir(exist_ok=True)
    keys = SqlKeys(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    await SqlSurveys(database).publish(Survey("bus", FORM.hash, {"": "Bus"}), FORM)
    made = Queue(
        database, Moderation(database), Copies(database, keys, tmp_path),
        Readings(database, keychain, keys, tmp_path), SqlResponses(database, keychain, keys), keychain,
        Housekeeping(database, keychain, keys, tmp_path),
    )  # fmt: skip
    for number in range(PEOPLE):
        await made.answer(number)
    await made.readings.make("bus", TODAY, closed=False)
    yield made
    await database.close()


async def test_each_text_waits_once_and_places_do_not(queue: Queue) -> None:
    assert await queue.moderation.counts("bus") == {("bus", "/d/q", TextState.WAITING): PEOPLE}
    first = await queue.moderation.claim("bus", "eva", NOW)
    assert len(first) == CLAIMED_AT_ONCE
    assert "Der Bus kommt zu spät" in await queue.text_of(first[0])
    every = [each async for some in queue.copies.every("bus") for each in some]
    assert len(every) == PEOPLE
    assert [each.number for each in every] == sorted(each.number for each in every), "shuffled: by random numbers"


async def test_two_moderators_at_once_never_get_the_same_text(queue: Queue) -> None:
    eva, ali = await asyncio.gather(
        queue.moderation.claim("bus", "eva", NOW), queue.moderation.claim("bus", "ali", NOW)
    )
    assert len(eva) == len(ali) == CLAIMED_AT_ONCE
    assert not {each.number for each in eva} & {each.number for each in ali}
    at_work = await queue.moderation.at_work("bus", NOW)
    assert [(each.staff, each.texts, each.until) for each in at_work] == [
        ("ali", CLAIMED_AT_ONCE, NOW + CLAIM_LASTS),
        ("eva", CLAIMED_AT_ONCE, NOW + CLAIM_LASTS),
    ]
    with pytest.raises(Conflict, match="eva is reading"):
        await queue.moderation.decide(eva[0].number, READ, "ali", NOW)


async def test_two_moderators_clear_the_queue_and_every_text_is_decided_once(queue: Queue) -> None:
    decided: list[bytes] = []

    async def work(staff: str) -> None:
        while mine := await queue.moderation.claim("bus", staff, NOW):
            await queue.moderation.decide(mine[0].number, READ, staff, NOW)
            decided.append(mine[0].number)

    await asyncio.gather(work("eva"), work("ali"))
    assert len(decided) == len(set(decided)) == PEOPLE
    assert await queue.moderation.counts("bus") == {("bus", "/d/q", TextState.READ): PEOPLE}


async def test_a_claim_is_kept_by_working_ends_by_time_and_by_leaving(queue: Queue) -> None:
    mine = await queue.moderation.claim("bus", "eva", NOW)
    again = await queue.moderation.claim("bus", "eva", NOW + CLAIM_LASTS / 2)
    assert [each.number for each in again] == [each.number for each in mine]
    late = NOW + CLAIM_LASTS * 2
    assert {each.number for each in await queue.moderation.claim("bus", "ali", late)} == {
        each.number for each in mine
    }, "her time is over: they are the next in the order"
    assert await queue.moderation.release("ali") == CLAIMED_AT_ONCE
    assert await queue.moderation.at_work("bus", late) == []
    await queue.moderation.decide(mine[0].number, READ, "eva", late)


async def test_whoever_decides_second_is_told_and_changes_nothing(queue: Queue) -> None:
    text = (await queue.moderation.claim("bus", "eva", NOW))[0]
    await queue.moderation.decide(text.number, HIDE, "eva", NOW)
    with pytest.raises(Conflict, match="meanwhile"):
        await queue.moderation.decide(text.number, QUOTE, "ali", NOW)
    standing = await queue.moderation.get(text.number)
    assert standing is not None
    assert (standing.state, standing.reason) == (TextState.HIDDEN, HideReason.INSULT)
    assert await queue.moderation.hidden_by_reason() == {HideReason.INSULT: 1}


@pytest.mark.parametrize(
    "wrong",
    [
        Decision(TextState.WAITING, TextState.HIDDEN),
        Decision(TextState.WAITING, TextState.HIDDEN, "I do not like it"),
        Decision(TextState.WAITING, TextState.READ, HideReason.INSULT),
        Decision(TextState.DUPLICATE, TextState.DUPLICATE),
        Decision(TextState.PLACE, TextState.QUOTE),
    ],
)
async def test_only_reasons_of_the_list_and_steps_of_the_table_are_taken(queue: Queue, wrong: Decision) -> None:
    text = (await queue.moderation.claim("bus", "eva", NOW))[0]
    with pytest.raises(Conflict):
        await queue.moderation.decide(text.number, wrong, "eva", NOW)


async def test_the_last_decision_is_undone_and_the_text_is_ones_own_again(queue: Queue) -> None:
    first, second = (await queue.moderation.claim("bus", "eva", NOW))[:2]
    await queue.moderation.decide(first.number, HIDE, "eva", NOW)
    await queue.moderation.decide(second.number, QUOTE, "eva", NOW + timedelta(seconds=1))
    back = await queue.moderation.undo("eva", NOW)
    assert [(each.number, each.state, each.claimed_by) for each in back] == [(second.number, TextState.WAITING, "eva")]
    assert [each.number for each in await queue.moderation.undo("eva", NOW)] == [first.number]
    assert await queue.moderation.undo("eva", NOW) == []
    assert await queue.moderation.undo("ali", NOW) == []


async def test_duplicates_stand_behind_one_and_are_undone_together(queue: Queue) -> None:
    kept, one, two, three = (await queue.moderation.claim("bus", "eva", NOW))[:4]
    theirs = (await queue.moderation.claim("bus", "ali", NOW))[0]
    assert await queue.moderation.merge(one.number, [three.number], "eva", NOW) == 1
    later = NOW + timedelta(seconds=1)
    assert await queue.moderation.merge(kept.number, [one.number, two.number, theirs.number], "eva", later) == 2
    standing = await queue.moderation.get(kept.number)
    assert standing is not None
    assert standing.stands_for == 3, "with what the merged one stood for; what Ali reads is left to him"
    with pytest.raises(Conflict, match="duplicate"):
        await queue.moderation.merge(one.number, [kept.number], "eva", NOW)
    back = {each.number for each in await queue.moderation.undo("eva", NOW)}
    assert back == {one.number, two.number, three.number}


async def test_a_text_is_handed_to_somebody_named_who_finds_and_decides_it(queue: Queue) -> None:
    text = (await queue.moderation.claim("bus", "eva", NOW))[0]
    hand_on = Decision(TextState.WAITING, TextState.ESCALATED, HandOn.DANGER, "uwe")
    await queue.moderation.decide(text.number, hand_on, "eva", NOW)
    assert await queue.moderation.handed_to("uwe") == 1
    found = await queue.moderation.list(Which("bus", TextState.ESCALATED, whose="uwe"))
    assert [(each.number, each.reason, each.decided_by) for each in found] == [(text.number, HandOn.DANGER, "eva")]
    await queue.moderation.decide(text.number, Decision(TextState.ESCALATED, TextState.READ), "uwe", NOW)
    assert await queue.moderation.handed_to("uwe") == 0


async def test_a_quote_is_approved_by_a_second_person(queue: Queue) -> None:
    text = (await queue.moderation.claim("bus", "eva", NOW))[0]
    await queue.moderation.decide(text.number, QUOTE, "eva", NOW)
    assert await queue.moderation.approved("bus") == []
    with pytest.raises(Conflict, match="somebody else"):
        await queue.moderation.second(text.number, "eva", alone=False)
    await queue.moderation.second(text.number, "ali", alone=False)
    assert [each.number for each in await queue.moderation.approved("bus")] == [text.number]


async def test_tags_are_counted_and_found(queue: Queue) -> None:
    one, two = (await queue.moderation.claim("bus", "eva", NOW))[:2]
    for tagged, tag in ((one, "Takt"), (two, "Takt"), (two, " Preis "), (two, "Takt")):
        await queue.moderation.tag(tagged.number, tag)
    assert await queue.moderation.tags("bus") == {"Takt": 2, "Preis": 1}
    found = await queue.moderation.list(Which("bus", TextState.WAITING, tag="Preis"))
    assert [each.tags for each in found] == [("Preis", "Takt")]
    await queue.moderation.untag(two.number, "Preis")
    assert await queue.moderation.tags("bus") == {"Takt": 2}


async def test_an_erasure_takes_decision_and_tags_along_and_frees_what_it_stood_for(queue: Queue) -> None:
    kept, other = (await queue.moderation.claim("bus", "eva", NOW))[:2]
    await queue.moderation.merge(kept.number, [other.number], "eva", NOW)
    await queue.moderation.tag(kept.number, "Takt")
    response = (await queue.copies.some([kept.number]))[0].response
    await queue.responses.erase("bus", ResponseId(response))
    assert await queue.moderation.get(kept.number) is None
    assert await queue.moderation.tags("bus") == {}
    alone = await queue.moderation.get(other.number)
    assert alone is not None
    assert (alone.state, alone.same_as) == (TextState.WAITING, None)
    assert await queue.moderation.undo("eva", NOW) == [], "what was decided about it is gone with the other"


async def test_what_stood_for_others_stands_for_them_again_once_it_is_undone(queue: Queue) -> None:
    first, second, third = (await queue.moderation.claim("bus", "eva", NOW))[:3]
    await queue.moderation.merge(second.number, [third.number], "eva", NOW)
    later = NOW + timedelta(seconds=5)
    assert await queue.moderation.merge(first.number, [second.number], "eva", later) == 1
    behind = await queue.moderation.get(third.number)
    assert behind is not None
    assert behind.same_as == first.number
    await queue.moderation.undo("eva", later)
    behind = await queue.moderation.get(third.number)
    assert behind is not None
    assert (behind.state, behind.same_as) == (TextState.DUPLICATE, second.number)


async def test_decisions_outlive_the_grace_under_new_numbers(queue: Queue) -> None:
    quote, kept, same, hidden = (await queue.moderation.claim("bus", "eva", NOW))[:4]
    words = await queue.text_of(quote)
    await queue.moderation.decide(quote.number, QUOTE, "eva", NOW)
    await queue.moderation.second(quote.number, "ali", alone=False)
    await queue.moderation.decide(hidden.number, HIDE, "eva", NOW)
    await queue.moderation.merge(kept.number, [same.number], "eva", NOW)
    await queue.moderation.tag(quote.number, "Takt")
    before = set(await queue.moderation.states("bus"))
    await queue.settle()
    after = await queue.moderation.states("bus")
    assert len(after) == len(before) == PEOPLE
    assert not before & set(after), "no older backup leads from a number to a person"
    approved = await queue.moderation.approved("bus")
    assert [await queue.text_of(each) for each in approved] == [words]
    assert approved[0].tags == ("Takt",)
    assert await queue.moderation.hidden_by_reason() == {HideReason.INSULT: 1}
    duplicate = (await queue.moderation.list(Which("bus", TextState.DUPLICATE)))[0]
    stands = await queue.moderation.get(duplicate.same_as or b"")
    assert stands is not None
    assert stands.stands_for == 1
    assert await queue.moderation.undo("eva", NOW) == []


async def test_copies_of_a_database_from_before_the_queue_are_listed(queue: Queue) -> None:
    await queue.database.write(lambda connection: connection.execute(delete(texts)))
    await queue.readings.make("bus", TODAY, closed=False)
    assert await queue.moderation.counts("bus") == {("bus", "/d/q", TextState.WAITING): PEOPLE}


async def test_texts_of_fewer_than_ten_and_of_an_open_strict_survey_are_nobodys_to_read(queue: Queue) -> None:
    surveys = SqlSurveys(queue.database)
    await surveys.publish(Survey("few", FORM.hash, {"": "Few"}), FORM)
    for number in range(9):
        await queue.answer(number, "few")
    await queue.readings.make("few", TODAY, closed=True)
    assert not await queue.moderation.readable("few")
    assert await queue.moderation.claim("few", "eva", NOW) == []
    await queue.answer(9, "few")
    assert await queue.moderation.readable("few")
    await surveys.publish(Survey("strict", FORM.hash, {"": "Strict"}, mode=Mode.STRICT), FORM)
    assert not await queue.moderation.readable("strict")


async def test_no_word_of_a_citizen_stands_in_the_queue(queue: Queue) -> None:
    text = (await queue.moderation.claim("bus", "eva", NOW))[0]
    await queue.moderation.decide(text.number, HIDE, "eva", NOW)
    rows = await queue.database.read(lambda connection: connection.execute(select(texts)).all())
    tags = await queue.database.read(lambda connection: connection.execute(select(text_tags)).all())
    assert "Zeile" not in repr(rows) + repr(tags)


async def test_who_holds_texts_is_found_by_the_holder_among_many(queue: Queue) -> None:
    row = {"question": "/d/q", "response": b"r" * 16, "position": 0, "state": "waiting", "reason": "", "whose": ""}
    row |= {"survey": "bus", "before": "", "decided_by": "", "claimed_by": ""}
    many = [{**row, "number": b"m" * 8 + number.to_bytes(4, "big")} for number in range(5000)]
    await queue.database.write(lambda connection: connection.execute(insert(texts), many))
    await queue.database.write(_statistics)
    with asking() as asked:
        await queue.moderation.claim("bus", "eva", NOW)
        await queue.moderation.claim("bus", "eva", NOW, "/d/q")
        await queue.moderation.at_work("bus", NOW)
    holding = [each for each in asked if re.search("claimed_by [=>]", str(each.whereclause))]
    held = [each for each in holding if " OR " not in str(each)]  # what waits for anybody is another question
    assert len(held) == 3
    for each in held:
        found = await plan(queue.database, each)
        assert re.search(r"ix_texts_(survey_)?claimed_by", found), found


async def test_whether_texts_may_be_read_is_asked_once_for_all_surveys(queue: Queue) -> None:
    for code in ("tram", "sworn", "closed"):
        await SqlSurveys(queue.database).publish(Survey(code, FORM.hash, {"": code}), FORM)
    for number in range(DESK.least_respondents):
        for code in ("sworn", "closed", "tram")[: 2 if number == 0 else 3]:
            await queue.answer(number, code)
    strict = update(surveys).where(surveys.c.code.in_(["sworn", "closed"])).values(mode=Mode.STRICT.value)
    await queue.database.write(lambda connection: connection.execute(strict))
    await SqlSurveys(queue.database).close_survey("closed", TODAY)
    codes = ["bus", "tram", "sworn", "closed", "nowhere"]
    with asking() as asked:
        assert await queue.moderation.readable_of(codes) == {"bus", "closed"}
    assert len(asked) == 1
    assert [await queue.moderation.readable(code) for code in codes] == [True, False, False, True, False]


@contextmanager
def asking() -> Iterator[list[Select[Any]]]:
    """What is asked of the database meanwhile."""
    asked: list[Select[Any]] = []

    def note(_connection: Connection, statement: object, *_rest: object) -> None:
        if isinstance(statement, Select):
            asked.append(statement)

    event.listen(Engine, "before_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_execute", note)


def _statistics(connection: Connection) -> None:
    """As a server keeps them by itself; SQLite has none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("analyze texts"))


async def plan(database: Database, statement: Select[Any]) -> str:
    """How the database would answer it."""

    def work(connection: Connection) -> str:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        said = statement.compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(" ".join(map(str, row)) for row in connection.execute(text(explain + str(said))))

    return await database.read(work)

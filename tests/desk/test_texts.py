"""Moderators read masked texts: queue, two at once, search, lists, quotes; no word of it in log or audit."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from dialogs.roles import Role
from dialogs.text_states import TextState
from storage.sql.themes import About, NewTheme

from .answering import MORE, Citizens

NUMBER = re.compile(r'name="number" value="([0-9a-f]+)"')
SAID = re.compile(r'<blockquote class="said-text"[^>]*>([^<]*)</blockquote>')
TEXTS = [f"Frau Eva Koch sagt: Hier fehlt Bank {at}" for at in range(24)]


@pytest.fixture
async def citizens(desk: Any, tmp_path: Path) -> Citizens:
    (tmp_path / "keys").mkdir(exist_ok=True)
    made = Citizens(desk.home)
    await made.publish()
    await made.answer(TEXTS)
    return made


async def page(person: Any, path: str, status: int = 200) -> str:
    answer = await person.get(path)
    assert answer.status == status, path
    return await answer.text()


async def decide(person: Any, then: str, text: str, **more: str) -> Any:
    number = NUMBER.findall(text)[0]
    return await person.post("/texts/bench/decide", {"number": number, "seen": "waiting", "then": then, **more})


async def acts(desk: Any) -> list[tuple[str, str, str]]:
    return [(each.actor, each.act, each.detail) for each in await desk.home.audit.entries()]


async def test_the_list_leads_to_what_waits(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts")
    assert "Benches" in text
    assert 'href="/texts/bench/queue"' in text
    overview = await page(eva, "/texts/bench")
    assert "Read 24 texts" in overview
    assert "What do you miss?" in overview


async def test_a_masked_text_with_its_day_is_read_and_nothing_else_of_anybody(desk: Any, citizens: Citizens) -> None:
    text = await page(desk.as_role(Role.MODERATOR, name="eva"), "/texts/bench/queue")
    assert SAID.findall(text)[0].startswith("Frau [Name] sagt: Hier fehlt Bank")
    assert "Koch" not in text
    assert "23 November 2026" in text or "Nov" in text
    assert not re.search(r"\d\d:\d\d", text), "no time of day"


async def test_without_scripts_each_button_is_a_form_and_leads_to_the_next_text(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    first = await page(eva, "/texts/bench/queue")
    answer = await decide(eva, "read", first)
    assert (answer.status, answer.headers["Location"]) == (303, "/texts/bench/queue?")
    second = await page(eva, "/texts/bench/queue")
    assert "Read." in second
    assert SAID.findall(second) != SAID.findall(first)
    assert "23 texts left" in second


async def test_two_moderators_never_see_the_same_text_and_know_of_each_other(desk: Any, citizens: Citizens) -> None:
    eva, ali = desk.as_role(Role.MODERATOR, name="eva"), desk.as_role(Role.MODERATOR, name="ali")
    hers, his = await page(eva, "/texts/bench/queue"), await page(ali, "/texts/bench/queue")
    assert SAID.findall(hers) != SAID.findall(his)
    assert "also reading: eva" in his
    assert "eva" in await page(ali, "/texts/bench")
    stolen = await decide(ali, "read", hers)
    assert "eva is reading this text just now" in await page(ali, stolen.headers["Location"])
    await eva.post("/texts/bench/leave")
    assert "also reading" not in await page(ali, "/texts/bench/queue")


async def test_fifty_decisions_of_two_people_are_each_taken_once(desk: Any, citizens: Citizens) -> None:
    await citizens.answer([f"Noch eine Bank {at}" for at in range(26)], ref=MORE)
    people = [desk.as_role(Role.MODERATOR, name=name) for name in ("eva", "ali")]
    seen: list[str] = []
    for turn in range(50):
        text = await page(people[turn % 2], "/texts/bench/queue")
        seen += SAID.findall(text)
        await decide(people[turn % 2], "read", text)
    assert len(seen) == len(set(seen)) == 50
    assert "Everything is read" in await page(people[0], "/texts/bench/queue")


async def test_htmx_gets_the_next_card_alone(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    data = {"token": eva.token, "number": NUMBER.findall(text)[0], "seen": "waiting", "then": "quote"}
    headers = eva._headers() | {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    answer = await eva.client.post("/texts/bench/decide", data=data, headers=headers)
    part = await answer.text()
    assert part.lstrip().startswith('<div id="card">')
    assert "Approved as a quote" in part
    assert "<html" not in part
    read = [detail for who, act, detail in await acts(desk) if act == "text.read"]
    assert read == [NUMBER.findall(each)[0][:8] for each in (text, part)], "who reads a text is noted, however it comes"


async def test_a_text_is_hidden_for_a_reason_of_the_list_and_it_is_undone(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    refused = await decide(eva, "hidden", text, reason="I do not like it")
    assert "Nothing was changed" in await page(eva, refused.headers["Location"])
    await decide(eva, "hidden", text, reason="insult")
    assert SAID.findall(text)[0] in await page(eva, "/texts/bench/list?state=hidden")
    back = await eva.post("/texts/bench/undo")
    assert SAID.findall(await page(eva, back.headers["Location"])) == SAID.findall(text)
    assert "No text is here" in await page(eva, "/texts/bench/list?state=hidden")


async def test_a_text_is_handed_to_a_colleague_who_finds_it(desk: Any, citizens: Citizens) -> None:
    eva, uwe = desk.as_role(Role.MODERATOR, name="eva"), desk.as_role(Role.MODERATOR, name="uwe")
    text = await page(eva, "/texts/bench/queue")
    nobody = await decide(eva, "escalated", text, reason="danger", whose="somebody")
    assert "Choose what is to happen" in await page(eva, nobody.headers["Location"])
    await decide(eva, "escalated", text, reason="danger", whose="uwe")
    assert "1 text was handed to you" in await page(uwe, "/texts")
    assert SAID.findall(text)[0] in await page(uwe, "/texts-for-me")
    assert SAID.findall(text)[0] not in await page(eva, "/texts-for-me")


async def test_duplicates_are_offered_and_put_together(desk: Any, citizens: Citizens) -> None:
    await citizens.answer(["Der Brunnen am Markt ist kaputt"] * 6, ref=MORE)
    eva = desk.as_role(Role.MODERATOR, name="eva")
    await desk.home.room.library.filled("bench", desk.home.room.source("bench"))
    text = await page(eva, f"/texts/bench/queue?q={MORE}")
    assert "5 texts say nearly the same" in text
    others = re.findall(r'name="other" value="([0-9a-f]+)"', text)
    number = NUMBER.findall(text)[0]
    answer = await eva.client.post(
        "/texts/bench/merge", data=[("token", eva.token), ("number", number), *(("other", each) for each in others)],
        headers=eva._headers() | {"Sec-Fetch-Site": "same-origin"}, allow_redirects=False,
    )  # fmt: skip
    after = await page(eva, answer.headers["Location"] + f"&q={MORE}")
    assert "5 texts were put behind this one" in after
    assert "stands for 5 more" in after
    assert "1 text left" in after


async def test_tags_are_given_listed_and_removed(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    number = NUMBER.findall(text)[0]
    await eva.post("/texts/bench/tag", {"number": number, "tag": "Bänke <b>"})
    assert "Bänke &lt;b&gt;" in await page(eva, "/texts/bench/queue")
    survey = await page(eva, "/texts/bench")
    assert "Bänke &lt;b&gt;: 1" in survey
    link = html.unescape(re.findall(r'href="([^"]+tag=B[^"]+)"', survey)[0])
    assert SAID.findall(text)[0] in await page(eva, link), "whatever its state: it waits"
    await decide(eva, "hidden", text, reason="insult")
    tagged = await page(eva, link)
    assert SAID.findall(text)[0] in tagged
    assert "· hidden" in tagged
    await eva.post("/texts/bench/tag", {"number": number, "untag": "Bänke <b>"})
    assert "Bänke" not in await page(eva, "/texts/bench/queue")


async def test_a_search_finds_words_and_its_words_stand_in_no_address_and_no_log(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    await desk.home.room.library.filled("bench", desk.home.room.source("bench"))
    found = await (await eva.post("/texts/bench/search", {"words": "bank 17"})).text()
    assert "Hier fehlt Bank 17" in found
    assert "1 text holds these words" in found
    assert not [each for each in await acts(desk) if "17" in "".join(each)]


async def test_a_quote_needs_a_second_person(desk: Any, citizens: Citizens) -> None:
    eva, ali = desk.as_role(Role.MODERATOR, name="eva"), desk.as_role(Role.MODERATOR, name="ali")
    text = await page(eva, "/texts/bench/queue")
    number = NUMBER.findall(text)[0]
    await decide(eva, "quote", text)
    assert "I looked at it" not in await page(eva, "/texts/bench/quotes")
    await eva.post("/texts/bench/second", {"number": number})
    assert await desk.home.room.quotes("bench") == []
    assert "I looked at it" in await page(ali, "/texts/bench/quotes")
    await ali.post("/texts/bench/second", {"number": number})
    quotes = await desk.home.room.quotes("bench")
    assert [each.text for each in quotes] == SAID.findall(text)


async def test_one_text_is_decided_on_its_own_page(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    number = NUMBER.findall(text)[0]
    await decide(eva, "read", text)
    own = await page(eva, f"/texts/bench/t/{number[:8]}")
    answer = await eva.post(
        "/texts/bench/decide", {"number": number, "seen": "read", "then": "waiting", "from": "text"}
    )
    assert answer.headers["Location"] == f"/texts/bench/t/{number[:8]}"
    assert SAID.findall(own) == SAID.findall(text)
    counts = await desk.home.room.moderation.counts("bench")
    assert {state for _, _, state in counts} == {TextState.WAITING}


async def test_texts_of_nine_people_are_not_shown(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(exist_ok=True)
    few = Citizens(desk.home)
    await few.publish()
    await few.answer(TEXTS[:9])
    eva = desk.as_role(Role.MODERATOR, name="eva")
    assert "No texts yet" in await page(eva, "/texts")
    assert "when ten people have answered" in await page(eva, "/texts/bench")
    assert "when ten people have answered" in await page(eva, "/texts/bench/queue")
    await page(eva, "/texts/bench/list", 404)
    await page(eva, "/texts/bench/quotes", 404)
    number = next(iter(await desk.home.room.moderation.states("bench")))
    await page(eva, f"/texts/bench/t/{number.hex()[:8]}", 404)


async def test_what_citizens_wrote_is_text_and_steers_nothing(desk: Any, citizens: Citizens) -> None:
    await citizens.answer(["<script>alert(1)</script>{{ 7*7 }}\u202egnaB"] * 5, ref=MORE)
    text = await page(desk.as_role(Role.MODERATOR, name="eva"), f"/texts/bench/queue?q={MORE}")
    assert "&lt;script&gt;" in text
    assert "&lt;/script&gt;{{ 7*7 }}[U+202E]gnaB" in text


async def test_the_audit_log_says_who_did_what_and_holds_no_word(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    name = NUMBER.findall(text)[0][:8]
    await decide(eva, "hidden", text, reason="insult")
    await eva.post("/texts/bench/undo")
    noted = await acts(desk)
    assert noted == [("eva", "text.read", name), ("eva", "text.hidden", f"{name} insult"), ("eva", "text.undo", name)]


async def test_everybody_of_the_staff_reads_the_rules(desk: Any) -> None:
    assert "insults somebody" in await page(desk.as_role(Role.READER), "/moderation")


async def test_no_word_of_a_citizen_lies_in_a_file_or_a_log_after_all_that_moderators_do(
    desk: Any, citizens: Citizens, capfd: pytest.CaptureFixture[str]
) -> None:
    canaries = [f"regenwasser{letter * 3}tonne" for letter in "abcdefghijklmnopqrstuvwxyzäöü"]
    await citizens.answer([f"die {word} fehlt und noch eine Bank im Schatten" for word in canaries], ref=MORE)
    eva, ali = desk.as_role(Role.MODERATOR, name="eva"), desk.as_role(Role.MODERATOR, name="ali")
    room = desk.home.room
    await room.library.filled("bench", room.source("bench"))
    for then, reason in (("read", ""), ("quote", ""), ("hidden", "insult")):
        text = await page(eva, f"/texts/bench/queue?q={MORE}")
        assert "regenwasser" in text
        await decide(eva, then, text, reason=reason)
    await eva.post("/texts/bench/search", {"words": canaries[0]})
    text = await page(ali, f"/texts/bench/queue?q={MORE}")
    name = NUMBER.findall(text)[0][:8]
    await ali.post(f"/texts/bench/t/{name}/original", {"reason": "It may be a danger to somebody"})
    room.suggest(About("bench", MORE), await room.texts_about(About("bench", MORE)) or (), desk.clock.today())
    await room.found()
    await room.frequent_words("bench", MORE, desk.clock.now())
    await room.studied()
    await page(eva, f"/themes?survey=bench&q={MORE}")
    kept = b"".join(path.read_bytes() for path in desk.home.state.rglob("*") if path.is_file())
    assert len(kept) > 100_000
    told = capfd.readouterr()
    for word in canaries:
        for disguise in (
            word.encode(),
            word.lower().encode(),
            word.encode("utf-16-le"),
            ascii(word).strip("'").encode(),
        ):
            assert disguise not in kept, word
            assert disguise not in (told.out + told.err).encode("utf-8", "surrogatepass"), word


async def test_a_form_decides_about_texts_of_its_survey_and_in_ways_of_the_list(desk: Any, citizens: Citizens) -> None:
    eva = desk.as_role(Role.MODERATOR, name="eva")
    text = await page(eva, "/texts/bench/queue")
    number = NUMBER.findall(text)[0]
    assert (await decide(eva, "duplicate", text)).status == 303
    assert (await decide(eva, "place", text)).status == 303
    await citizens.publish("other")
    for path in ("decide", "tag", "merge", "second"):
        fields = {"number": number, "seen": "waiting", "then": "read", "tag": "bus", "other": number}
        assert (await eva.post(f"/texts/other/{path}", fields)).status == 303
    standing = await desk.home.room.moderation.get(bytes.fromhex(number))
    assert (standing.state, standing.tags) == (TextState.WAITING, ())
    named = [each for each in await desk.home.audit.entries() if each.subject == "other"]
    assert named == [], "the log names no survey that had no part in it"


async def test_how_many_texts_there_are_is_not_told_where_none_may_be_read(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(exist_ok=True)
    few = Citizens(desk.home)
    await few.publish()
    await few.answer(TEXTS[:9])
    eva = desk.as_role(Role.MODERATOR, name="eva")
    assert "to be read" not in await page(eva, "/")
    await few.answer(TEXTS[9:14])
    assert "14 texts are to be read" in await page(eva, "/")


async def test_numbers_in_an_address_that_are_none_are_the_beginning(desk: Any, citizens: Citizens) -> None:
    eva, about = desk.as_role(Role.MODERATOR, name="eva"), About("bench", "/data/words")
    await desk.home.room.themes.replace(about, [NewTheme("de", ("bank",), ())], desk.clock.today())
    (theme,) = await desk.home.room.themes.all(about)
    for after in ("9" * 5000, "٣", "-1", "x"):
        await page(eva, f"/themes/{theme.id.hex()}?survey=bench&q=/data/words&after={after}")


async def test_without_the_reading_key_it_is_said_what_to_do(desk: Any, citizens: Citizens, tmp_path: Path) -> None:
    (tmp_path / "keys" / "reading.key").unlink()
    text = await page(desk.as_role(Role.MODERATOR, name="eva"), "/texts/bench/queue", 503)
    assert "The reading key is not here" in text
    assert "database" not in text

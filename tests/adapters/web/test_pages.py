"""The public pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from aiohttp import ClientSession

from adapters.web import words
from adapters.web.headers import Protection
from adapters.web.stage import NOON, Opened, Stage, opened
from dialogs.forms.model import Form
from dialogs.i18n import translate
from dialogs.legal import Basis

from .conftest import survey

PATHS = ("/", "/s/bus", "/s/bus/chat", "/return", "/privacy", "/s/nothing")


async def text_of(town: Opened, path: str, accept: str = "de", status: int = 200) -> str:
    async with ClientSession() as http, http.get(town.address + path, headers={"Accept-Language": accept}) as answer:
        assert answer.status == status
        return await answer.text()


async def test_the_start_page_lists_what_is_open(town: Opened) -> None:
    page = await text_of(town, "/")
    assert 'href="/s/bus"' in page
    assert "Kleiner Bus" in page


async def test_a_surveys_page_says_what_a_citizen_wants_to_know(town: Opened) -> None:
    page = await text_of(town, "/s/bus")
    for words_ in ("Kleiner Bus", "wem der Bus hilft", "Bauamt", "31. März 2027", "6 Fragen, etwa 2 Minuten.",
                   "Hier antworten", "In Telegram antworten", "Telegram selbst kann", "Deutsch"):  # fmt: skip
        assert words_ in page, words_
    assert page.index("Hier antworten") < page.index("Bauamt")


@pytest.mark.parametrize(
    ("accept", "language", "words_"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de", "Hier antworten"),
        ("en-GB", "en", "Answer here"),
        ("fr;q=0.9, en;q=0.5, de;q=0.8", "de", "Hier antworten"),
        ("fr", "en", "Answer here"),
        ("", "de", "Hier antworten"),
        (";;q=,,", "de", "Hier antworten"),
    ],
)
async def test_the_browsers_language_is_spoken(town: Opened, accept: str, language: str, words_: str) -> None:
    page = await text_of(town, "/s/bus", accept)
    assert f'<html lang="{language}"' in page
    assert words_ in page


async def test_the_address_may_choose_the_language_and_links_keep_it(town: Opened) -> None:
    page = await text_of(town, "/s/bus?lang=de-simple", "en")
    assert '<html lang="de-simple"' in page
    assert 'href="/s/bus/chat?lang=de-simple"' in page
    assert '<html lang="de"' in await text_of(town, "/s/bus?lang=%22%3E%3Cscript%3E", "de")


@pytest.mark.parametrize(("short", "long"), [("/BUS", "/s/bus"), ("/BUS?lang=en", "/s/bus?lang=en")])
async def test_the_short_address_of_posters_leads_to_the_survey_in_its_language(
    town: Opened, short: str, long: str
) -> None:
    async with ClientSession() as http, http.get(town.address + short, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, long)


@pytest.mark.parametrize("path", ["/s/nothing", "/nothing", "/s/nothing/chat", "/s/..%2f..%2fetc"])
async def test_an_unknown_survey_gets_a_friendly_word(town: Opened, path: str) -> None:
    assert "Hier ist keine Umfrage" in await text_of(town, path, status=404)


async def test_a_surveys_page_names_its_legal_basis(small_form: Form) -> None:
    async with opened(Stage([survey(small_form, basis=Basis.CONSENT)], [small_form])) as town:
        assert "Art. 6 Abs. 1 Buchst. a DSGVO" in await text_of(town, "/s/bus")
        assert "Denn Sie sind einverstanden." in await text_of(town, "/s/bus?lang=de-simple")


async def test_a_survey_of_tomorrow_and_one_of_yesterday_say_so(small_form: Form) -> None:
    tomorrow = survey(small_form, code="soon", opens=NOON.date() + timedelta(days=1))
    yesterday = survey(small_form, code="over", closes=NOON.date() - timedelta(days=1))
    closed = survey(small_form, code="shut", closed=True)
    async with opened(Stage([tomorrow, yesterday, closed], [small_form])) as town:
        assert "beginnt am 24. November" in await text_of(town, "/s/soon")
        for code in ("over", "shut"):
            page = await text_of(town, f"/s/{code}")
            assert "ist beendet" in page
            assert "Hier antworten" not in page
        assert "keine Umfrage offen" in await text_of(town, "/")


async def test_a_channel_that_is_barred_is_not_offered(small_form: Form) -> None:
    barred = survey(small_form, barred_channels=frozenset({"telegram"}))
    nowhere = survey(small_form, code="safe", barred_channels=frozenset({"web"}))
    async with opened(Stage([barred, nowhere], [small_form])) as town:
        assert "Telegram" not in await text_of(town, "/s/bus")
        assert "/s/safe/chat" not in await text_of(town, "/s/safe")
        async with ClientSession() as http, http.get(town.address + "/s/safe/chat", allow_redirects=False) as answer:
            assert answer.status == 303


async def test_titles_are_text_and_never_markup(small_form: Form) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    card = survey(small_form, titles={"": evil}, purposes={"": evil}, owner=evil)
    async with opened(Stage([card], [small_form])) as town:
        for path in ("/", "/s/bus", "/s/bus/chat"):
            page = await text_of(town, path)
            assert "<script>alert" not in page
            assert "<img src=x" not in page


async def test_every_way_has_a_qr_code(town: Opened) -> None:
    async with ClientSession() as http:
        for channel in ("web", "telegram"):
            async with http.get(f"{town.address}/s/bus/qr/{channel}.svg") as answer:
                assert answer.content_type == "image/svg+xml"
                assert (await answer.read()).startswith(b"<?xml")
        for path in ("/s/bus/qr/fax.svg", "/s/nothing/qr/web.svg"):
            async with http.get(town.address + path) as answer:
                assert answer.status == 404


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
async def test_pages_load_from_this_host_only_and_hold_no_script_or_style_of_their_own(
    town: Opened, path: str, language: str
) -> None:
    page = await text_of(town, f"{path}?lang={language}", status=404 if "nothing" in path else 200)
    for found in re.findall(r'(?:src|action)="([^"]*)"|<link[^>]*href="([^"]*)"', page):
        assert "".join(found).startswith("/")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page)
    assert f'<html lang="{language}"' in page


async def test_no_page_sets_a_cookie(town: Opened) -> None:
    async with ClientSession() as http:
        for path in PATHS:
            async with http.get(town.address + path) as answer:
                assert "Set-Cookie" not in answer.headers


async def test_static_files_are_cached_for_ever_under_their_hash(town: Opened) -> None:
    page = await text_of(town, "/s/bus/chat")
    paths = re.findall(r'"(/static/[^"]+)"', page)
    assert any(path.endswith("chat.js") for path in paths)
    async with ClientSession() as http:
        for path in paths:
            async with http.get(town.address + path) as answer:
                assert answer.status == 200
                assert "immutable" in answer.headers["Cache-Control"]
        for path in ("/static/0000000000000000/chat.js", re.sub(r"[^/]+$", "../adapter.py", paths[0]),
                     re.sub(r"[^/]+$", "%2e%2e/adapter.py", paths[0])):  # fmt: skip
            async with http.get(town.address + path) as answer:
                assert answer.status == 404


async def test_every_module_that_a_script_asks_for_is_there(town: Opened) -> None:
    page = await text_of(town, "/s/bus/chat")
    [entry] = re.findall(r'src="(/static/[^"]+chat\.js)"', page)
    waiting, seen = [entry], set[str]()
    async with ClientSession() as http:
        while waiting:
            path = waiting.pop()
            seen.add(path)
            async with http.get(town.address + path) as answer:
                assert answer.status == 200, path
                assert answer.content_type == "text/javascript"
                source = await answer.text()
            found = {entry.rpartition("/")[0] + "/" + name for name in re.findall(r'from "\./([^"]+)"', source)}
            waiting += found - seen
    assert len(seen) > 5


async def test_the_outline_of_the_town_is_served_or_not_there(town: Opened, stage: Stage) -> None:
    async with ClientSession() as http:
        async with http.get(town.address + "/chat/districts.json") as answer:
            outline = await answer.json()
        assert {"name", "path", "x", "y", "latitude", "longitude", "radius"} == set(outline["districts"][0])
        async with opened(stage) as without, http.get(without.address + "/chat/districts.json") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("language", ["de", "de-simple"])
def test_every_word_of_the_chat_is_translated(language: str) -> None:
    for msgid in words.WORDS.values():
        if msgid not in ("{name}",):
            assert translate(msgid, language) != msgid or msgid in ("Stop ({time})",), msgid


def test_the_words_that_the_scripts_ask_for_are_those_that_the_page_gives() -> None:
    from dialogs.looks.assets import Assets

    asked: set[str] = set()
    for name in ("chat.js", "view.js", "tools.js", "map.js"):
        asset = Assets("adapters.web", "").find(name)
        assert asset is not None
        asked |= set(re.findall(r"\bwords\.(\w+)", asset.data.decode()))
    given = {name for name in words.WORDS if not name.startswith("refused_")}
    assert asked == given


def test_over_https_browsers_are_told_to_stay_there() -> None:
    from aiohttp import web

    secure, plain = web.Response(), web.Response()
    Protection("https://zuruf.musterstadt.de").protect(secure)
    Protection("").protect(plain)
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in plain.headers


async def test_the_words_of_the_chat_survive_the_attribute_they_travel_in(town: Opened) -> None:
    page = await text_of(town, "/s/bus/chat")
    import html

    [written] = re.findall(r'data-words="([^"]*)"', page)
    assert json.loads(html.unescape(written))["your_answer"] == "Ihre Antwort: {answer}"


def test_a_survey_that_closes_today_is_open_today(small_form: Form) -> None:
    assert replace(survey(small_form), closes=NOON.date()).is_open(NOON.date())
    assert survey(small_form).closes == date(2027, 3, 31)


def test_the_scripts_weigh_little() -> None:
    scripts = [path.read_bytes() for path in (files("adapters.web") / "static").iterdir() if path.name.endswith(".js")]
    assert len(scripts) == 9
    assert sum(map(len, scripts)) < 60_000

"""Pages of pilots: what they say, feed and dates as the standards ask, the snippet framed by whom the town names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import feedparser
import pytest
from aiohttp import ClientSession
from icalendar import Calendar

from adapters.web.feeds import FOLD, Event, Feed, Item, atom, calendar
from adapters.web.stage import Opened, Stage, opened
from dialogs.broadcasts import BroadcastId
from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.pilots import Pilot
from dialogs.world import NewsItem, OutcomeCard
from storage.acts.newsfile import read_news
from storage.acts.pilotfile import read_pilot, read_toml

from .conftest import survey
from .test_browser import browser, chromium, visit  # noqa: F401  (two are fixtures)

NEWS = Path(__file__).parents[2] / "scenarios" / "news"
ENGLISH = Voice(Language("en"), date(2026, 11, 23))
HOMEPAGE = "https://www.musterstadt.example"
ATOM = "{http://www.w3.org/2005/Atom}"


def pilot() -> Pilot:
    return read_pilot(read_toml(NEWS / "rufbus.toml", ENGLISH), None, date(2026, 11, 10), ENGLISH)


def stage_of(form: Form) -> Stage:
    stage = Stage([survey(form, closed=True)], [form])
    stage.pilots = (pilot(),)
    broadcast = read_news(NEWS / "abends.md", "de", ENGLISH).broadcast
    stage.news = (NewsItem(BroadcastId(1), broadcast, date(2026, 11, 20)),)
    told = {"de": "Abends fehlt ein Bus.\nViele warten lange."}
    stage.outcomes = {
        "bus": OutcomeCard(told, {"de": "Er fährt bis 23 Uhr."}, {"de": "Nachts nicht."}, {"de": "Zu teuer."})
    }
    return stage


@asynccontextmanager
async def town_of(form: Form, *origins: str) -> AsyncIterator[Opened]:
    async with opened(stage_of(form), embed_origins=origins) as town:
        yield town


async def got(town: Opened, path: str, status: int = 200, accept: str = "de") -> tuple[str, dict[str, str]]:
    async with ClientSession() as http, http.get(town.address + path, headers={"Accept-Language": accept}) as answer:
        assert answer.status == status
        return await answer.text(), dict(answer.headers)


async def test_a_pilots_page_says_that_it_is_a_trial_what_for_and_what_went_wrong(small_form: Form) -> None:
    async with town_of(small_form) as town:
        page, _ = await got(town, "/p/rufbus")
        for words in (
            "Auf Probe bis 31. März 2027",
            "Amt für Mobilität",
            "Ersetzt ein Bus auf Abruf",
            "keine Namen",
            "nach 23 Uhr",
            "Drei Tage lang fiel die Buchung aus.",
            "<strong>bis 23 Uhr</strong>",
            'href="https://musterstadt.example/rufbus"',
        ):
            assert words in page, words
        assert page.index("bis 23 Uhr") < page.index("Drei Tage lang")
        assert "iframe" not in page
        assert 'href="/p/rufbus"' in (await got(town, "/"))[0]


async def test_the_outcome_stands_on_the_surveys_page(small_form: Form) -> None:
    async with town_of(small_form) as town:
        page, _ = await got(town, "/s/bus")
        for words in ("Was daraus wurde", "Abends fehlt ein Bus.", "Was wir nicht tun", "Zu teuer."):
            assert words in page, words


@pytest.mark.parametrize("path", ["/p/nothing", "/p/nothing/feed.atom", "/p/nothing/dates.ics", "/p/nothing/embed"])
async def test_what_is_no_pilot_is_not_there(small_form: Form, path: str) -> None:
    async with town_of(small_form) as town:
        await got(town, path, status=404)


async def test_a_pilot_that_lacks_anything_is_not_public(small_form: Form) -> None:
    stage = stage_of(small_form)
    stage.pilots = (replace(pilot(), limits={}),)
    async with opened(stage) as town:
        await got(town, "/p/rufbus", status=404)
        assert "/p/rufbus" not in (await got(town, "/"))[0]


# -- the feed


def read_as_feed(data: bytes) -> None:
    """A reader of feeds that nobody here wrote takes it as Atom 1.0 and complains of nothing."""
    read = feedparser.parse(data)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert {"id", "title", "updated", "author", "link"} <= set(read.feed)
    for entry in read.entries:
        assert entry.id
        assert entry.link.startswith("http")
        assert entry.updated_parsed is not None
        assert entry.content[0].type == "text/plain"


def check_atom(data: bytes) -> list[Element]:
    """What RFC 4287 asks of a feed and its entries (sections 3.3, 4.1.1, 4.1.2, 4.2.6, 4.2.7); returns the entries."""
    read_as_feed(data)
    root = fromstring(data)
    assert root.tag == f"{ATOM}feed"
    known = {f"{ATOM}{name}" for name in ("id", "title", "subtitle", "updated", "link", "author", "entry")}
    assert {child.tag for child in root} <= known
    links = [(link.get("rel"), link.get("type")) for link in root.findall(f"{ATOM}link")]
    assert ("self", "application/atom+xml") in links
    assert len(set(links)) == len(links)
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            found = element.findall(f"{ATOM}{name}")
            assert len(found) == 1, name
            assert found[0].text
        assert re.fullmatch(r"https?://\S+", element.findtext(f"{ATOM}id") or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert len(entry.findall(f"{ATOM}content")) == 1
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
    return entries


async def test_the_feed_is_valid_and_each_entry_says_that_it_is_a_trial(small_form: Form) -> None:
    async with town_of(small_form) as town:
        text, headers = await got(town, "/p/rufbus/feed.atom")
        assert headers["Content-Type"].startswith("application/atom+xml")
        entries = check_atom(text.encode())
        assert [entry.findtext(f"{ATOM}title") for entry in entries][:1] == ["Der Rufbus fährt länger"]
        assert len(entries) == 3
        assert all("auf Probe bis" in (entry.findtext(f"{ATOM}content") or "") for entry in entries)
        english, _ = await got(town, "/p/rufbus/feed.atom?lang=en")
        assert "The shuttle runs longer" in english


def test_a_feed_of_anything_stays_xml() -> None:
    feed = Feed("https://a.example/f", "https://a.example/p", "<&\x00\x0b]]>", "", "Amt", "de", date(2026, 1, 1))
    item = Item(
        "https://a.example/p#1", date(2026, 1, 2), "\ud800 & <b>", "\x1f\ufffe\U0001f600", "https://a.example/p"
    )
    assert len(check_atom(atom(feed, [item]))) == 1
    assert check_atom(atom(feed, [])) == []


# -- dates


def read_as_calendar(data: bytes) -> None:
    """A reader of calendars that nobody here wrote takes every value of it."""
    read = Calendar.from_ical(data)
    assert [component.errors for component in read.walk() if component.errors] == []
    assert read["VERSION"] == "2.0"
    for event in read.walk("VEVENT"):
        assert event["UID"]
        assert event.decoded("DTSTART") < event.decoded("DTEND")
        assert event.decoded("DTSTAMP").tzinfo is not None


def check_calendar(data: bytes) -> list[dict[str, str]]:
    """What RFC 5545 asks of lines, folding and events (sections 3.1, 3.4, 3.6, 3.6.1); returns the events."""
    read_as_calendar(data)
    assert data.endswith(b"\r\n")
    raw = data[:-2].split(b"\r\n")
    assert all(len(line) <= FOLD for line in raw)
    assert not any(b"\n" in line or b"\r" in line for line in raw)
    lines = data.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0"} < set(lines)
    assert any(line.startswith("PRODID:") for line in lines)
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1].setdefault(name.partition(";")[0], value)
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        assert event["DTSTART"] < event["DTEND"]
    assert len({event["UID"] for event in events}) == len(events)
    return events


async def test_the_dates_are_a_calendar_of_whole_days(small_form: Form) -> None:
    async with town_of(small_form) as town:
        text, headers = await got(town, "/p/rufbus/dates.ics")
        assert headers["Content-Type"].startswith("text/calendar")
        events = check_calendar(text.encode())
        assert [(event["DTSTART"], event["DTEND"]) for event in events] == [
            ("20261101", "20261102"),
            ("20270331", "20270401"),
        ]
        assert "letzter Tag der Probe" in events[1]["SUMMARY"]


def test_commas_lines_and_long_umlauts_are_written_as_the_standard_asks() -> None:
    event = Event("a@b", date(2026, 1, 1), date(2026, 1, 1), "A, B; C\\D\nE", "ü" * 300, "https://a.example")
    (found,) = check_calendar(calendar("Ämter, alle", "de", date(2026, 1, 1), [event]))
    assert found["SUMMARY"] == "A\\, B\\; C\\\\D\\nE"
    assert found["DESCRIPTION"] == "ü" * 300


# -- the snippet


async def test_only_the_snippet_may_be_framed_and_only_by_those_who_are_named(small_form: Form) -> None:
    async with town_of(small_form, HOMEPAGE) as town:
        page, headers = await got(town, "/p/rufbus")
        assert "&lt;iframe src=" in page
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        snippet, framed = await got(town, "/p/rufbus/embed")
        assert f"frame-ancestors {HOMEPAGE};" in framed["Content-Security-Policy"]
        assert "X-Frame-Options" not in framed
        assert "<script" not in snippet
        assert {address for address in re.findall(r'(?:src|href)="([^"#]+)"', snippet) if "://" in address} <= {
            f"{town.address.replace('127.0.0.1', 'localhost').rpartition(':')[0]}/p/rufbus",
            "http://localhost/p/rufbus",
            "https://musterstadt.example/rufbus",
        }


async def test_without_named_origins_nobody_frames_anything(small_form: Form) -> None:
    async with town_of(small_form) as town:
        _, headers = await got(town, "/p/rufbus/embed")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("width", [390, 1280])
async def test_axe_finds_nothing_on_the_pages_of_a_pilot(small_form: Form, browser, width: int) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    async with town_of(small_form, HOMEPAGE) as town:
        one = await visit(browser, town.address, viewport={"width": width, "height": 800})
        for path in ("/p/rufbus", "/p/rufbus/embed", "/s/bus", "/"):
            await one.page.goto(town.address + path)
            assert await one.violations() == [], path
            wide = await one.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
            assert not wide, path

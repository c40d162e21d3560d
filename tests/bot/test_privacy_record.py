"""The papers of data protection: every row of the inventory, the settings as they are, both languages whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_tables import with_tables

from bot.config import Config, TelegramSection, load
from bot.home import opened
from bot.privacy_facts import CLASSES, UNTIL, Facts, gather, inventory, limit
from bot.privacy_record import FILL_IN, markdown, page, plain, write_record
from dialogs.i18n import Voice, catalogue
from dialogs.legal import Basis
from dialogs.messages import Language
from dialogs.world import Mode, Survey
from privacy.retention import COLUMNS, ENTRIES, FILES, KEYS, Class, Kept, Until
from storage.records import FormVersion
from storage.settings import StateSection, TownSection

TODAY = date(2026, 11, 22)
GERMAN, ENGLISH = Voice(Language("de"), TODAY), Voice(Language("en"), TODAY)
BOTH = pytest.mark.parametrize("voice", [GERMAN, ENGLISH], ids=["de", "en"])
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")


def config(tmp_path: Path, **environ: str) -> Config:
    return load(environ={"ZURUF_STATE_DIR": str(with_tables(tmp_path / "state")), **environ})


async def facts(tmp_path: Path, *surveys: Survey, **environ: str) -> Facts:
    settings = config(tmp_path, **environ)
    async with opened(settings) as home:
        for survey in surveys:
            await home.surveys.publish(survey, FORM)
        return await gather(settings, home, TODAY)


def kept() -> Iterator[Kept]:
    for table in (COLUMNS, KEYS, ENTRIES, FILES):
        yield from table.values()


@BOTH
async def test_every_row_of_the_inventory_stands_in_the_document(tmp_path: Path, voice: Voice) -> None:
    text = markdown(await facts(tmp_path), voice)
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    for name, row in COLUMNS.items():
        table, _, column = name.rpartition(".")
        mine = [line for line in lines if line.startswith(f"| `{table}`: `") and re.search(rf"[`\s]{column}[`,]", line)]
        assert len(mine) == 1, name
        assert plain(limit(row.limit, voice)) in mine[0]
        assert plain(voice.t(row.why)) in mine[0]
    for name, row in {**{kind.value: row for kind, row in KEYS.items()}, **ENTRIES, **FILES}.items():
        mine = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert len(mine) == 1, name
        assert plain(voice.t(CLASSES[row.of])) in mine[0]
        assert plain(limit(row.limit, voice)) in mine[0]


def test_every_class_limit_and_reason_has_german_words() -> None:
    assert set(CLASSES) == set(Class)
    assert set(UNTIL) == set(Until)
    german = catalogue(Language("de")).texts
    reasons = {row.why for row in kept()}
    assert {text for text in (*CLASSES.values(), *UNTIL.values(), *reasons) if ("", text) not in german} == set()


@BOTH
async def test_the_settings_are_reflected(tmp_path: Path, voice: Voice) -> None:
    quiet = markdown(await facts(tmp_path), voice)
    loud = markdown(
        await facts(
            tmp_path,
            ZURUF_TOWN_NAME="Neustadt | <b>an</b> der *Aue*",
            ZURUF_TELEGRAM_TOKEN="12345:secret-token",
            ZURUF_TELEGRAM_WEBHOOK_URL="https://neustadt.example/hook",
            ZURUF_TELEGRAM_WEBHOOK_SECRET="a-secret-word",
            ZURUF_HTTP_PUBLIC_URL="https://neustadt.example",
            ZURUF_SESSION_IDLE_HOURS="5",
            ZURUF_SESSION_MOST_HOURS="50",
            ZURUF_LOG_LEVEL="warning",
            ZURUF_SIGNAL_ACCOUNT="+4915112345678",
            ZURUF_REDIS_URL="redis://:redis-password@db/0",
        ),
        voice,
    )
    on, off = ("eingeschaltet", "aus") if voice is GERMAN else ("on", "off")
    assert f"| Telegram | {off} |" in quiet
    assert f"| Telegram | {on} |" in loud
    carried = "befördern sie" if voice is GERMAN else "carry them"
    assert (carried in quiet, carried in loud) == (False, True), "its servers are in a third country"
    assert (f"| Signal | {off} |" in quiet, f"| Signal | {on} |" in loud) == (True, True)
    assert "https://neustadt.example" in loud
    assert "api.telegram.org" in loud
    assert "api.telegram.org" not in quiet
    for word in ("5 Stunden", "50 Stunden", "„warning“") if voice is GERMAN else ("5 hours", "50 hours", "“warning”"):
        assert word in loud
        assert word not in quiet
    assert "TLS" in quiet
    assert (">" in quiet, "> **" in loud) == (True, False), "without TLS something is to be settled"
    assert "Neustadt \\| \\<b\\>an\\</b\\> der \\*Aue\\*" in loud
    for secret in ("secret-token", "a-secret-word", "redis-password"):
        assert secret not in loud


async def test_only_channels_that_are_read_along_are_something_to_settle(tmp_path: Path) -> None:
    text = markdown(await facts(tmp_path, ZURUF_WEB_ENABLED="false", ZURUF_TELEGRAM_TOKEN="1:x"), GERMAN)
    assert "Eine Umfrage braucht einen Kanal ohne Mitleser" in text


@BOTH
async def test_surveys_stand_with_purpose_end_and_kind(tmp_path: Path, voice: Voice) -> None:
    surveys = (
        Survey(
            "bus",
            FORM.hash,
            {"de": "Rufbus", "en": "Bus"},
            {"de": "Wozu", "en": "What for"},
            closes=TODAY,
            owner="A",
            basis=Basis.CONSENT,
        ),
        Survey("park", FORM.hash, {"": "Park"}, mode=Mode.STRICT, grace_days=30),
    )
    text = markdown(await facts(tmp_path, *surveys), voice)
    row = next(line for line in text.splitlines() if line.startswith("| `bus`"))
    assert all(word in row for word in (("Rufbus", "Wozu") if voice is GERMAN else ("Bus", "What for")))
    assert TODAY.isoformat() in row
    assert ("Art. 6 Abs. 1 lit. a" if voice is GERMAN else "Article 6 (1) (a)") in row
    park = next(line for line in text.splitlines() if line.startswith("| `park`"))
    assert FILL_IN[voice.language] in park
    assert ("streng" if voice is GERMAN else "strict") in park
    assert "14, 30" in text


async def test_both_languages_have_the_same_parts(tmp_path: Path) -> None:
    found = await facts(tmp_path, Survey("bus", FORM.hash, {"": "Bus"}), ZURUF_TELEGRAM_TOKEN="1:x")

    def shape(text: str) -> list[str]:
        """Numbers of headings, and how many rows and points follow each."""
        return [re.sub(r"^(#+ (?:Teil|Part)? ?[\d.]*).*|^(\||- |>).*", r"\1\2", line) for line in text.splitlines()]

    german, english = (markdown(found, voice) for voice in (GERMAN, ENGLISH))
    normal = [line.replace("Teil", "Part") for line in shape(german)]
    assert [line for line in normal if line[:1] in "#|->"] == [line for line in shape(english) if line[:1] in "#|->"]
    assert german.count(FILL_IN["de"]) == english.count(FILL_IN["en"]) >= 30


@BOTH
async def test_what_is_pseudonymous_is_never_called_anonymous(tmp_path: Path, voice: Voice) -> None:
    text = markdown(await facts(tmp_path), voice).lower()
    assert "anonym" not in text.replace("pseudonym", "")
    for word in (
        ("art. 30", "art. 32", "art. 35", "verantwortlicher", "rechtsgrundlage", "empfänger")
        if (voice is GERMAN)
        else ("article 30", "article 32", "article 35", "controller", "legal basis", "recipients")
    ):
        assert word in text


class Page(HTMLParser):
    """Tags, and where anything is loaded from."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.loads += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        if tag not in {"meta", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@BOTH
async def test_the_page_is_whole_needs_nothing_else_and_can_be_printed(tmp_path: Path, voice: Voice) -> None:
    found = await facts(tmp_path, ZURUF_TOWN_NAME="<script>alert(1)</script>")
    document = page(markdown(found, voice), found, voice)
    parsed = Page()
    parsed.feed(document)
    assert parsed.open == []
    assert parsed.loads == []
    assert "script" not in parsed.seen
    assert parsed.seen.count("h2") == 4
    assert parsed.seen.count("table") >= 15
    assert "@media print" in document
    assert "url(" not in document
    assert parsed.seen.count("mark") >= 30, "what the town has to fill in stands out"
    assert f'lang="{voice.language}"' in document
    for place in inventory(voice):
        assert all(f"<code>{row.name}</code>" in document for row in place.rows)


async def test_the_file_is_written_and_the_act_noted(tmp_path: Path) -> None:
    settings = Config(state=StateSection(dir=str(tmp_path / "state")), town=TownSection(), telegram=TelegramSection())
    await write_record(settings, "de", "html", tmp_path / "papers", ENGLISH)
    await write_record(settings, "en", "md", tmp_path / "papers", ENGLISH)
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert names == ["zuruf-privacy-de.html", "zuruf-privacy-en.md"]
    async with opened(settings) as home:
        acts = [entry.act for entry in await home.audit.entries()]
    assert acts == ["privacy.record", "privacy.record"]

"""NUL and halves of pairs in what citizens write, send by forms and ask for, over PostgreSQL, which keeps neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiohttp import ClientSession
from e2e.talking import benches, faults, quiet, talkers
from e2e.test_replies import only, reports
from e2e.town import running_town
from yarl import URL

BAD = ("%00", "a%00b", "%ED%A0%80", "%FF")
PAGES = ("/", "/u/{}", "/s/{}", "/p/{}", "/{}", "/channels", "/channels/{}/{}", "/s/{}/results/{}", "/accessibility",
         "/accessibility/report", "/moderation", "/static/{}/{}", "/pictures/{}/{}", "/news.atom")  # fmt: skip


async def test_words_with_them_are_answers_reports_and_corrections(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    async with running_town(tmp_path, valkey_url, ZURUF_DATABASE_URL=new_postgres_database()) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.citizen.says("/start baenke\0")
        await talker.hears("Fehlt eine Bank?")
        await talker.citizen.says("J\0a")
        await talker.hears("Wie viele fehlen?")
        await talker.citizen.says("\0\ud800")
        await talker.citizen.says("3\0")
        await talker.hears("Was noch?")
        await talker.citizen.says("Schatten\0 \ud83d am Teich")
        await talker.sends()
        (row,) = await town.stored("baenke")
        assert row["/data/wort"] == "Schatten ? am Teich"
        await reports(talker, "Mehr\0 Bänke\udc00")
        assert (await only(town)).reported.words == "Mehr Bänke?"
        await quiet(town.app)
        assert faults(town.app) == 0


async def test_addresses_and_the_form_of_the_citizens_pages(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    async with (
        running_town(tmp_path, valkey_url, ZURUF_DATABASE_URL=new_postgres_database()) as town,
        ClientSession() as web,
    ):
        here, statuses = f"http://127.0.0.1:{town.app.port}", set()
        for bad in BAD:
            for page in PAGES:
                for address in (page.replace("{}", bad), f"{page.replace('{}', 'x')}?lang={bad}&id={bad}"):
                    async with web.get(URL(here + address, encoded=True), allow_redirects=False) as answer:
                        assert answer.status < 500, address
                        statuses.add(answer.status)
        assert 404 in statuses
        what = "Das Formular\0 reicht nicht \ud800"
        for body, kind, status in (
            (b"what=Zu%00%20klein%ED%A0%80", "application/x-www-form-urlencoded", 303),
            (b"what=x", "application/x-www-form-urlencoded; charset=none", 400),
            (
                b"--x\r\nContent-Disposition: form-data; name=what\r\n\r\na\0b\r\n--x--\r\n",
                "multipart/form-data; boundary=x",
                303,
            ),
        ):
            headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
            where = here + "/accessibility/report"
            async with web.post(where, data=body, headers=headers, allow_redirects=False) as answer:
                assert answer.status == status, what
        assert len(await town.app.home.barriers.waiting()) == 2
        assert faults(town.app) == 0

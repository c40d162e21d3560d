"""NUL and halves of pairs in every field of every form, and in every address, over PostgreSQL, which keeps neither: a
clear answer each time, never a fault.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import psql
from yarl import URL

from desk.config import DeskConfig
from desk.routes import ROUTES
from desk.sessions import COOKIE, hashed
from dialogs.roles import Role
from storage.readingkey import make_reading_key
from storage.rootkey import open_root
from storage.settings import DatabaseSection, StateSection

from .conftest import Desk, Person, a_desk
from .planted import ROOMS

NUL, BAD = b"\0", b"\0x\xed\xa0\x80\0"
"""The other holds half a pair, as bytes that are no UTF-8."""
LAST = {"discard", "remove", "close", "stop", "submit", "publish"}
"""What these forms do leaves little to do for the others."""
ADDRESSES = ("a%00b", "%ED%A0%80", "%00", "%FF%FE")
NAMES = (
    "q", "tag", "state", "after", "next", "lang", "only", "head", "who", "act", "by", "category", "office", "survey",
    "pilot", "channel", "as", "check", "language", "version", "status", "district", "search", "from", "to",
)  # fmt: skip
BOUNDARY = "zuruf"
MINE = b"TOKEN-OF-MINE"


class PostgresDesk(Desk):
    """Whose staff are in PostgreSQL."""

    def _let_in(self, cookie: str, called: str, roles: str, offices: str, at: str) -> None:
        day, moment = at[:10], f"'{at}+00'"
        psql(
            self.config.database.url,
            f"insert into staff (name, roles, offices, language, day) values ('{called}', '{roles}', '{offices}', '',"
            f" '{day}') on conflict (name) do update set roles = excluded.roles, offices = excluded.offices",
            f"insert into logins (name, password, secret, step, day) values ('{called}', '', '\\x00', 0, '{day}')"
            " on conflict do nothing",
            f"insert into logged_in (hash, name, began, seen, proved) values ('\\x{hashed(cookie).hex()}', '{called}',"
            f" {moment}, {moment}, {moment})",
        )


@pytest.fixture
def desk_config(tmp_path: Path, new_postgres_database: Callable[[], str]) -> DeskConfig:
    (tmp_path / "keys").mkdir(mode=0o700)
    open_root(tmp_path)
    make_reading_key(tmp_path)
    return DeskConfig(state=StateSection(dir=str(tmp_path)), database=DatabaseSection(url=new_postgres_database()))


@pytest.fixture
async def desk(desk_config: DeskConfig) -> AsyncIterator[Desk]:
    async with a_desk(desk_config, PostgresDesk) as made:
        yield made


@dataclass
class Form:
    """A form of a page, and what it would send."""

    method: str
    action: str
    multipart: bool
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type, value."""

    def key(self) -> tuple[str, ...]:
        return (re.sub(r"[0-9a-f]{8,}|\d+", "#", self.action), *sorted({name for name, _, _ in self.fields}))


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path, self._inside = path, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method, action = given.get("method", "get").lower(), given.get("action") or self._path
            self.found.append(Form(method, action, "multipart" in given.get("enctype", "")))
            self._inside = True
        elif self._inside and tag in {"input", "textarea", "select", "button"} and given.get("name"):
            sort = given.get("type", "text") if tag == "input" else tag
            self.found[-1].fields.append((given["name"], sort, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def body_of(form: Form, letters: bytes, hidden_too: bool) -> tuple[bytes, str]:
    """The form as an attacker sends it, with its content type."""
    keep = {"token"} if hidden_too else {name for name, sort, _ in form.fields if sort in {"hidden", "button", "radio"}}
    sent = [(name, MINE.decode() if name == "token" else value, name not in keep) for name, _, value in form.fields]
    if form.multipart:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
            + (b'; filename="a' + letters.strip(NUL) + b'.csv"\r\nContent-Type: text/csv' if sort == "file" else b"")
            + b"\r\n\r\n" + value.encode() + (letters if bad else b"") + b"\r\n"
            for (name, value, bad), (_, sort, _) in zip(sent, form.fields, strict=True)
        ]  # fmt: skip
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"
    escaped = "".join(f"%{byte:02X}" for byte in letters)
    pairs = (f"{quote(name)}={quote(value)}{escaped if bad else ''}" for name, value, bad in sent)
    return "&".join(pairs).encode(), "application/x-www-form-urlencoded"


async def posted(person: Person, path: str, body: bytes, content_type: str) -> int:
    headers = {**person._headers(), "Sec-Fetch-Site": "same-origin", "Content-Type": content_type}
    sent = body.replace(MINE, person.token.encode())
    async with person.client.post(path, data=sent, headers=headers, allow_redirects=False) as answer:
        return answer.status


def attacks(forms: list[Form]) -> Iterator[tuple[str, bytes, str]]:
    for form in sorted(forms, key=lambda each: each.action.rpartition("/")[2] in LAST):
        for letters, hidden_too in ((NUL, False), (BAD, False), (BAD, True)):
            yield form.action, *body_of(form, letters, hidden_too)


@pytest.mark.long
async def test_every_form_takes_it_or_says_what_is_wrong(desk: Any) -> None:
    person = desk.as_role(*Role, name="alma", offices=frozenset({"Bauhof"}))
    paths = {"/", "/account", "/town/name", "/town/notice", "/town/offices", "/town/topics", "/town/categories"}
    paths |= {"/town/districts", "/town/logo", "/accessibility/report", "/people", "/drafts/new", "/news/new"}
    paths |= {"/pilots/new", "/moderation", "/login", "/setup"}
    for room in ROOMS:
        if room.name != "results":
            paths |= {path for some in (await room.furnish(desk, ["Hier fehlt Bank 1."])).values() for path in some}
    forms: dict[tuple[str, ...], Form] = {}
    for path in sorted(paths):
        page = await person.get(path)
        for form in Forms(await page.text(), path).found:
            if form.method == "post" and not form.action.startswith("/logout"):
                forms.setdefault(form.key(), form)
    wrong, statuses = [], []
    for action, body, content_type in attacks(list(forms.values())):
        status = await posted(person, action, body, content_type)
        if status == 403:  # the form before was the one that logs out, or takes rights away
            person = desk.as_role(*Role, name="alma", offices=frozenset({"Bauhof"}))
            status = await posted(person, action, body, content_type)
        statuses.append((status, action))
        if status >= 500:
            wrong.append((status, action, body[:200]))
    assert wrong == []
    assert len(forms) > 45
    taken = {re.sub(r"/[0-9a-f]{8,}|/\d+", "/#", action) for status, action in statuses if status < 400}
    assert {"/accessibility/report", "/town/name", "/texts/bench1/tag", "/cases/#/reply#words"} <= taken


async def test_an_address_with_it_leads_nowhere(desk: Any) -> None:
    person = desk.as_role(*Role, name="alma")
    wrong = []
    for route in ROUTES:
        if route.method != "GET":
            continue
        for bad in ADDRESSES:
            paths = [re.sub(r"\{[^}]+\}", bad, route.path)] if "{" in route.path else []
            paths += [f"{route.path}?{'&'.join(f'{name}={bad}' for name in NAMES)}"] if "{" not in route.path else []
            for path in paths:
                address = URL(path, encoded=True)
                answer = await person.client.get(address, headers=person._headers(), allow_redirects=False)
                if answer.status >= 500 or ("%00" in path and answer.status != 404):
                    wrong.append((answer.status, path))
    assert wrong == []


async def test_what_is_no_form_is_said_to_be_none(desk: Any) -> None:
    urlencoded = "application/x-www-form-urlencoded"
    for content_type, body, status in (
        (f"{urlencoded}; charset=no-such", b"token=x", 400),
        (f"{urlencoded}; charset=utf-7", b"what=+2AA-", 303),
        (urlencoded, b"what=\xff\xfe", 400),
        ("multipart/form-data", b"--x", 400),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x--\r\n",
            400,
        ),
    ):
        assert await posted(desk.as_nobody(), "/accessibility/report", body, content_type) == status, (
            content_type,
            body,
        )
    alma = desk.as_role(Role.ADMINISTRATOR, name="alma")
    assert await posted(alma, "/town/name", b"what=\xff\xfe", urlencoded) == 400


async def test_letters_that_are_none_in_a_cookie_or_a_token_are_nobodys(desk: Any) -> None:
    for headers in ({"Cookie": f"{COOKIE}=\udcff\udcfe"}, {"X-Zuruf-Token": "\udcff", "Sec-Fetch-Site": "same-origin"}):
        async with desk.client.post("/town/name", data={"name": "x"}, headers=headers) as answer:
            assert answer.status == 403

"""A member of staff with a browser at the desk's door, who follows links and sends forms, and keeps what was seen."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientResponse, ClientSession
from canary.search import unpacked

from desk.route import Route
from desk.routes import ROUTES
from desk.sessions import COOKIE, token_of

LINK = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)')
STATIC = "/static/"


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


PATTERNS = [(route, _pattern(route.path)) for route in ROUTES]


def route_of(method: str, path: str) -> Route | None:
    """The line of the desk's table that answers this path."""
    plain = path.partition("?")[0]
    return next((route for route, wanted in PATTERNS if route.method == method and wanted.fullmatch(plain)), None)


@dataclass(frozen=True)
class Seen:
    """One answer of the desk."""

    who: str
    method: str
    path: str
    route: Route
    data: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def name(self) -> str:
        return f"desk, {self.who}: {self.method} {self.path}"


@dataclass
class Clerk:
    """Somebody who is logged in, or nobody. `seen`: all that the desk showed to anybody."""

    who: str
    cookie: str
    address: str
    http: ClientSession
    seen: list[Seen]

    async def get(self, path: str, ok: Callable[[int], bool] = lambda status: status < 400) -> Seen:
        """The page, or where it leads to."""
        async with self.http.get(self.address + path, headers=self._headers(), allow_redirects=False) as answer:
            return await self._keep("GET", path, answer, ok)

    async def post(
        self, path: str, fields: Mapping[str, str], ok: Callable[[int], bool] = lambda status: status < 400
    ) -> Seen:
        """Send a form, and read the page that it leads to."""
        data = {"token": token_of(self.cookie), **fields}
        headers = self._headers() | {"Sec-Fetch-Site": "same-origin"}
        async with self.http.post(self.address + path, data=data, headers=headers, allow_redirects=False) as answer:
            kept = await self._keep("POST", path, answer, ok)
            leads_to = answer.headers.get("Location", "")
        return await self.get(leads_to) if leads_to.startswith("/") else kept

    async def walks(self, most: int, begin: str = "/") -> None:
        """Follow every link from a page on, `most` of each kind."""
        ahead, known, kinds = [begin], {begin}, Counter[str]()
        while ahead:
            path = ahead.pop(0)
            route = route_of("GET", path)
            if route is None or kinds[route.path] >= most:
                continue
            kinds[route.path] += 1
            seen = await self.get(path, ok=lambda status: status < 500)
            links = [html.unescape(link) for link in LINK.findall(seen.text)]
            fresh = [link for link in dict.fromkeys(links) if link not in known and not link.startswith(STATIC)]
            known.update(fresh)
            ahead += fresh

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}", "Accept-Language": "de"}

    async def _keep(self, method: str, path: str, answer: ClientResponse, ok: Callable[[int], bool]) -> Seen:
        data = await answer.read()
        route = route_of(method, path)
        assert route is not None, f"{method} {path} is no route of the desk"
        assert ok(answer.status), f"{self.who}: {method} {path} gave {answer.status}: {data[:2000]!r}"
        heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
        seen = Seen(self.who, method, path, route, heads + b"\n" + unpacked(data))
        self.seen.append(seen)
        return seen

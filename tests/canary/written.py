"""Everything that was written down: by Redis, database, signal-cli, logs, metrics and pages."""

from __future__ import annotations

import asyncio
import html
import re
import subprocess
import urllib.request
from urllib.error import HTTPError

import redis
from canary.scene import Scene
from canary.search import files_of, unpacked
from canary.telegram_and_web import sixteen_digits
from conftest import postgres_binaries

MOST_PAGES = 200
LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


async def written_down(scene: Scene, tapped: bytes) -> dict[str, bytes]:
    """Everything that a thief, a clerk or an operator could read."""
    return await asyncio.to_thread(_written_down, scene, tapped)  # the messengers' emulators go on in this one


def _written_down(scene: Scene, tapped: bytes) -> dict[str, bytes]:
    with redis.Redis.from_url(scene.server.url) as client:
        client.save()
    places = {"line to Redis and MONITOR": bytes(tapped)}
    places |= {f"redis {name}": data for name, data in files_of(scene.server.folder).items()}
    places |= {f"state {name}": data for name, data in files_of(scene.folder / "state").items()}
    places |= {f"tmp {name}": data for name, data in files_of(scene.folder / "tmp").items()}
    places |= {f"signal-cli {name}": data for name, data in files_of(scene.daemon).items()}
    places["log"] = (scene.folder / "log").read_bytes()
    places |= public_pages(f"http://127.0.0.1:{scene.port}")
    if scene.config.database.url.startswith("postgres"):
        dump = [str(postgres_binaries() / "pg_dump"), "--inserts", scene.config.database.url]
        places["pg_dump"] = subprocess.run(dump, check=True, capture_output=True).stdout
    return places


def public_pages(site: str) -> dict[str, bytes]:
    """Every page and file that a link leads to from the first page, and what machines ask for."""
    ahead = ["/", "/metrics", "/healthz", "/channels", "/.well-known/zuruf.json", "/s/platz", "/nothing-here"]
    ahead += ["/s/platz/results"]
    seen: dict[str, bytes] = {}
    while ahead and len(seen) < MOST_PAGES:
        path = ahead.pop(0)
        if path not in seen and "/static/" not in path:
            seen[path] = unpacked(fetched(site + path))
            links = LINK.findall(seen[path].decode("utf-8", "replace").replace(f'="{site}', '="'))
            ahead += [html.unescape(link) for link in links]
    return {f"page {path}": data for path, data in seen.items()}


def fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        return error.read()


def assert_everything_was_there(scene: Scene, places: dict[str, bytes]) -> None:
    """A search in empty files would find nothing, too."""
    assert len(places["line to Redis and MONITOR"]) > 10_000
    assert b"evalsha" in places["line to Redis and MONITOR"].lower()
    assert any(name.endswith(".rdb") for name in places)
    assert any("appendonly" in name for name in places)
    assert places["log"].count(b"turn_failed") >= 3, "defects were logged, without what they quoted"
    assert len(set(re.findall(rb"trace\S*=\S*?([0-9a-f]{8})", places["log"]))) >= 3, "each turn has its own"
    assert b"zuruf" in places["page /metrics"] or b"python" in places["page /metrics"]
    assert any(sixteen_digits(code) for code in scene.codes), "the web citizens have return codes"
    assert any(not sixteen_digits(code) for code in scene.codes), "and those who move have one for their draft"
    assert scene.browsers.keys() | scene.citizens.keys() == {person.number for person in scene.people}
    assert scene.browsers.keys() & scene.citizens.keys(), "some took a draft along"

"""A Synapse of the tests' own: its virtual environment from `synapse.lock`, its files in a temporary folder.

Bound to loopback on a free port, with limits out of the way (a test sets its own), ended by its handle.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("ZURUF_SYNAPSE_VENV", ROOT / ".venv-synapse"))
START_SECONDS = 40.0
SECRET = "only-on-loopback"
LIMITS = (
    "rc_message", "rc_registration", "rc_joins.local", "rc_joins.remote", "rc_login.address", "rc_login.account",
    "rc_login.failed_attempts", "rc_invites.per_room", "rc_invites.per_user", "rc_invites.per_issuer",
    "rc_room_creation", "rc_key_requests", "rc_admin_redaction", "rc_joins_per_room", "rc_media_create",
)  # fmt: skip


def is_installed() -> bool:
    return (VENV / "bin" / "python").exists()


@dataclass
class Synapse:
    """A running homeserver."""

    url: str
    folder: Path
    name: str = "town.test"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def register(self, stem: str = "user", password: str = "pass-word-1", admin: bool = False) -> tuple[str, str]:
        """A new account: its full id and password."""
        user = f"{stem}{next(self.numbers)}"
        nonce = self._call("GET", "/_synapse/admin/v1/register")["nonce"]
        words = (nonce, user, password, "admin" if admin else "notadmin")
        mac = hmac.new(SECRET.encode(), b"\0".join(word.encode() for word in words), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": user, "password": password, "mac": mac, "admin": admin}
        return self._call("POST", "/_synapse/admin/v1/register", body)["user_id"], password

    def log_out_everywhere(self, admin: str, password: str, user: str) -> None:
        """As an operator of the homeserver does it: every device of the account is deleted."""
        login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": admin}, "password": password}
        token = self.call("", "POST", "/login", login)["access_token"]
        path = f"/_synapse/admin/v2/users/{user}/devices"
        for device in self._call("GET", path, token=token)["devices"]:
            self._call("DELETE", f"{path}/{device['device_id']}", token=token)

    def call(self, token: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._call(method, f"/_matrix/client/v3{path}", body, token)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


@contextlib.contextmanager
def running(folder: Path, slow_messages: float = 10_000.0) -> Iterator[Synapse]:
    """Start it, and end it when the block ends. `slow_messages`: messages a second of one account."""
    port = _free_port()
    (folder / "homeserver.yaml").write_text(_settings(folder, port, slow_messages), "utf-8")
    (folder / "log.yaml").write_text(_LOGGING.format(file=folder / "synapse.log"), "utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "SYNAPSE_CACHE_FACTOR": "1.0"}
    command = [str(VENV / "bin" / "python"), "-m", "synapse.app.homeserver", "-c", str(folder / "homeserver.yaml")]
    seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {seed}\n", "utf-8")  # what --generate-keys would take 2 s for
    with (folder / "out.log").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        synapse = Synapse(f"http://127.0.0.1:{port}", folder)
        _await(process, synapse, folder)
        yield synapse
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def _await(process: subprocess.Popen[bytes], synapse: Synapse, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError, ValueError):
            synapse._call("GET", "/_matrix/client/versions")
            return
        time.sleep(0.05)
    raise RuntimeError(f"Synapse did not start: {(folder / 'out.log').read_text('utf-8', 'replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _settings(folder: Path, port: int, messages: float) -> str:
    """YAML is a superset of JSON."""
    settings: dict[str, Any] = {
        "server_name": Synapse.name,
        "report_stats": False,
        "pid_file": str(folder / "synapse.pid"),
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "tls": False,
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "registration_shared_secret": SECRET,
        "macaroon_secret_key": "m",
        "form_secret": "f",
        "enable_registration": False,
        "federation_domain_whitelist": [],
        "url_preview_enabled": False,
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        "max_upload_size": "30M",
    }
    for name in LIMITS:
        limit = {"per_second": 10_000, "burst_count": 10_000}
        if name == "rc_message":
            limit = {"per_second": messages, "burst_count": max(1, int(messages))}
        first, _, second = name.partition(".")
        if second:
            settings.setdefault(first, {})[second] = limit
        else:
            settings[first] = limit
    return json.dumps(settings, indent=1)


_LOGGING = """
version: 1
disable_existing_loggers: false
formatters: {{p: {{format: '%(asctime)s %(name)s %(levelname)s %(message)s'}}}}
handlers: {{f: {{class: logging.FileHandler, formatter: p, filename: '{file}'}}}}
root: {{level: WARNING, handlers: [f]}}
"""

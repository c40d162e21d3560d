"""Nothing of a person and no secret reaches a log line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from privacy.redaction import ALLOWED, describe, keep_allowed

TOKEN = "123456789:AAbbccddeeffgghhiijjkkllmmnnoopp"
CANARY = "canary-4711"

SCRIPT = f"""
import logging, sys, warnings, structlog
from privacy.redaction import configure_logging
from privacy.addresses import Address
configure_logging("debug", sys.argv[1])
log = structlog.get_logger()
address = Address("t", "b", "{CANARY}")
log.info("started", port=1, text="{CANARY}", person=address, channel=address)
log.info(f"hello {CANARY}", error="https://api.telegram.org/bot{TOKEN}/x")
log.info("turn_failed", where=["a:1", Address("t", "b", "{CANARY}")], error="postgresql://u:{CANARY}@host/db")
def fail():
    try:
        int("{CANARY}")
    except ValueError as error:
        raise RuntimeError("{CANARY} {TOKEN}") from error
try:
    fail()
except RuntimeError as error:
    log.error("turn_failed", exc_info=error)
    log.exception("turn_failed")
    for name in ("aiohttp.server", "httpx", "telegram.ext", "asyncio", "sqlalchemy.engine"):
        logging.getLogger(name).exception("%s https://api.telegram.org/bot{TOKEN}/x", "{CANARY}")
        logging.getLogger(name).error("bot{TOKEN} {CANARY}", extra={{"detail": "{CANARY}"}})
        logging.getLogger(name).debug("debug {CANARY}")
warnings.warn("{CANARY}")
class Bad:
    def __str__(self): raise ValueError("{CANARY}")
logging.getLogger("x").error("%s", Bad())
log.info(Bad())
fail()
"""


@pytest.mark.parametrize("style", ["json", "console"])
def test_neither_words_nor_ids_nor_tokens_are_logged(style: str) -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", SCRIPT, style], capture_output=True, text=True, cwd=root)
    said = run.stdout + run.stderr
    assert CANARY not in said
    assert TOKEN not in said
    assert "RuntimeError" in said, "what happened must be seen"
    assert "ValueError" in said
    assert said.count("started") == 1
    assert "uncaught" in said
    if style == "json":
        lines = [json.loads(line) for line in run.stderr.splitlines()]
        assert len(lines) >= 15
        assert all(set(line) <= ALLOWED for line in lines)
        assert lines[0]["dropped"] == "person,text"


def test_an_unknown_field_is_dropped_and_named() -> None:
    assert keep_allowed(None, "info", {"event": "turn", "phone": "1"}) == {"event": "turn", "dropped": "phone"}


def test_a_log_line_cannot_be_forged() -> None:
    said = keep_allowed(None, "info", {"event": "turn", "error": "a\nlevel=error \x1b[31m\u202e"})
    assert said["error"] == "a�level=error �[31m�"


def test_an_event_that_is_not_a_constant_is_unnamed() -> None:
    assert keep_allowed(None, "info", {"event": "Hello Erika"}) == {"event": "unnamed"}


def test_an_exception_is_told_by_types_and_places() -> None:
    def inner() -> None:
        raise KeyError(CANARY)

    def outer() -> None:
        try:
            inner()
        except KeyError as error:
            raise ExceptionGroup(CANARY, [ValueError(CANARY)]) from error

    with pytest.raises(ExceptionGroup) as caught:
        outer()
    told = describe(caught.value)
    assert [each.type for each in told] == ["ExceptionGroup", "ValueError"]
    assert "test_redaction.py" in told[0].at[-1]
    assert CANARY not in repr(told)


def teardown_module() -> None:
    structlog.reset_defaults()
    logging.captureWarnings(False)

"""Logs that hold no person: an allow-list of fields, no messages of foreign exceptions, no lines of foreign libraries.

What is not known here is dropped and named (`dropped=…`), so that a forgotten field is noticed and harms nobody. Of an
exception the log shows types and places in the code, never its text: drivers quote rows, and Telegram's URLs hold the
bot's token. Records of other libraries (aiohttp, httpx, telegram, asyncio, sqlalchemy …) are cut to who, where and
which exception. Not here: what is worth a line.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

import structlog

Fields = MutableMapping[str, Any]

ALLOWED: Final = frozenset(
    {
        # what structlog and this module add
        "event", "level", "timestamp", "logger", "where", "raised", "dropped",
        # of a turn
        "trace", "channel", "code", "act", "outcome", "error", "method", "status", "retry_after", "attempt",
        # of the process
        "version", "loop", "rule", "task", "port", "channels", "workers", "seconds", "count", "bytes", "limit", "hint",
        "state",
        "languages", "questions", "survey", "form", "mode", "act_of_staff",
        # counts of housekeeping
        "surveys_closed", "strict_answers_moved", "erased_again", "surveys_settled", "draft_files_dropped",
        "keys_expired", "orphaned_keys_dropped", "log_rewritten", "backups_dropped", "contacts_forgotten",
        "contacts_renewed", "tables_scattered", "texts_copied", "unmasked_forgotten",
        "orders_forgotten", "intakes_forgotten", "barriers_forgotten", "survey_drafts_forgotten",
        "case_ties_settled", "case_codes_ended", "cases_forgotten", "cases_copied",
        "deliveries_forgotten", "subscriptions_swept",
        # of news, which are public
        "number", "step",
    }
)  # fmt: skip
"""Fields that may be logged. None of them can hold a citizen's word, an address, a pseudonym or a secret."""

VALUE_LIMIT: Final = 200
"""Characters of a logged value."""

LIST_LIMIT: Final = 30

FRAMES_LIMIT: Final = 30
CAUSES_LIMIT: Final = 5

_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""An event is a constant of the code; anything else may have been put together from values."""

_SECRETS: Final = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}|(?<=://)[^/\s@]+@")
"""Telegram's bot tokens, wherever they stand; user and password of a URL."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def keep_allowed(_logger: object, _method: str, fields: Fields) -> Fields:
    """structlog processor: only fields of `ALLOWED`, and of them only plain, short, printable values."""
    kept: Fields = {name: _plain(value) for name, value in fields.items() if name in ALLOWED}
    if not _EVENT.fullmatch(str(fields.get("event", ""))):
        kept["event"] = "unnamed"
    dropped = sorted(name for name in fields if name not in ALLOWED and name != "exc_info" and name.isidentifier())
    if dropped:
        kept["dropped"] = _plain(",".join(dropped))
    return kept


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _UNPRINTABLE.sub("�", _SECRETS.sub("***", value))[:VALUE_LIMIT]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value[:LIST_LIMIT]]
    if isinstance(value, Raised):
        return {"type": value.type, "at": list(value.at)}
    return f"<{type(value).__name__}>"


def name_exceptions(_logger: object, _method: str, fields: Fields) -> Fields:
    """structlog processor: replaces `exc_info` by the types of the exception and its causes, and where they arose."""
    given = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        fields["raised"] = describe(error)
    return fields


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception without what it says."""

    type: str
    at: tuple[str, ...]
    """Code locations, the innermost last."""


def describe(error: BaseException) -> list[Raised]:
    """Type and code locations of an exception and of what it was raised from; nothing of their texts or values."""
    found: list[Raised] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(found) < CAUSES_LIMIT:
        seen.add(id(current))
        found.append(Raised(_name(type(current)), _frames(current.__traceback__)))
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def _frames(trace: TracebackType | None) -> tuple[str, ...]:
    frames = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(trace)]
    return tuple(f"{_short(file)}:{line} {name}" for file, line, name in frames[-FRAMES_LIMIT:])


def _short(file: str) -> str:
    """The last two parts of a path: enough to find the line, nothing of the machine."""
    return "/".join(Path(file).parts[-2:])


def _name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def cut_foreign(_logger: object, _method: str, fields: Fields) -> Fields:
    """structlog processor for records of the standard library's logging: who, where, which exception; no message."""
    record: logging.LogRecord = fields["_record"]
    cut: Fields = {
        "event": "foreign",
        "level": record.levelname.lower(),
        "logger": record.name,
        "where": f"{_short(record.pathname)}:{record.lineno}",
    }
    if record.exc_info:
        cut["exc_info"] = record.exc_info
    for own in ("_record", "_from_structlog"):
        cut[own] = fields[own]
    return cut


def configure_logging(level: str, style: Literal["json", "console"]) -> None:
    """Set up logging of the whole process, to stderr. `level`: a name of the standard library's ("info", "debug").

    Foreign libraries are held at WARNING: what they say at lower levels is about payloads.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_exceptions,
        keep_allowed,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[cut_foreign, _without_record(shared)],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(style)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    own = logging.getLogger("zuruf")
    own.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=lambda *_names: own,
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a fault in logging would print the record's values
    sys.excepthook = _last_resort


def _without_record(shared: list[Any]) -> Any:
    """The shared processors, around what structlog itself needs of a foreign record."""

    def process(logger: Any, method: str, fields: Fields) -> Fields:
        own = {name: fields.pop(name) for name in ("_record", "_from_structlog") if name in fields}
        for step in shared[1:]:
            fields = step(logger, method, fields)
        own["_record"].exc_info = None  # or the formatter would print it in full
        own["_record"].exc_text = None
        return {**fields, **own}

    return process


def _renderer(style: Literal["json", "console"]) -> Any:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _last_resort(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught ends the process without quoting anybody."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("uncaught", exc_info=error)

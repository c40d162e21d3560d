"""Server-sent events, read from bytes in whatever pieces they come. Pure.

As https://html.spec.whatwg.org/multipage/server-sent-events.html has it, as far as the daemon uses it: `event:` and
`data:` lines, an empty line at the end, lines with a colon in front as a sign of life.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

EVENT: Final = b"receive"


class TooLong(ValueError):
    """A line or an event beyond the limit: no daemon of ours."""


class Reader:
    """Holds what came of an event that is not complete yet; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        self._event = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of every `receive` that is complete now. Raises `TooLong`."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > self._limit:
            raise TooLong
        for line in lines:
            done = self._take(line.removesuffix(b"\r"))
            if done is not None:
                yield done

    def _take(self, line: bytes) -> bytes | None:
        if line:
            field, _, value = line.partition(b":")
            if field == b"event":
                self._event = value.removeprefix(b" ")
            elif field == b"data":
                self._size += len(value)
                if self._size > self._limit:
                    raise TooLong
                self._data.append(value.removeprefix(b" "))
            return None
        event, data = self._event, b"\n".join(self._data)
        self._event, self._data, self._size = b"", [], 0
        return data if event == EVENT and data else None

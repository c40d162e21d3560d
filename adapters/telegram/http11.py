"""An HTTP/1.1 response, read as it comes: what the Bot API, or a proxy before it, may answer to a POST. Pure.

Strict about lengths, since what is left over from one answer would be read as the next one. Not here: the connection
(`lines.py`), the answer's JSON (`wire.py`).
"""

from __future__ import annotations

import re
from typing import Final

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a status line with its headers, of one chunk's size, of the trailers."""

_STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?")
_LENGTH: Final = re.compile(rb"\d{1,12}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_NO_BODY: Final = (204, 304)


class Malformed(ValueError):
    """No response of HTTP/1.1, or a larger one than allowed. The connection is of no use any more."""


class Response:
    """One response. Feed it until it is complete."""

    __slots__ = ("_body", "_chunked", "_data", "_length", "_limit", "body", "status", "stays")

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of the body."""
        self._limit = limit
        self._data = bytearray()
        self._length: int | None = None
        self._chunked = False
        self._body = bytearray()  # of chunks, as far as they are here
        self.status = 0
        self.body = b""
        self.stays = True
        """Whether the connection may carry another request."""

    def feed(self, data: bytes) -> bool:
        """Whether the response is complete now. Raises `Malformed`."""
        self._data += data
        if not self.status and not self._read_head():
            return False
        if self._chunked:
            return self._read_chunks()
        if self._length is None:
            self._bound(len(self._data))
            return False
        return len(self._data) >= self._length and self._complete(self._data, self._length)

    def end(self) -> bool:
        """The other side closed: whether the response is complete by that."""
        if not self.status or self._chunked or self._length is not None:
            return False
        return self._complete(self._data, len(self._data))

    def _complete(self, data: bytearray, length: int) -> bool:
        self.body = bytes(data[:length])
        self.stays = self.stays and len(data) == length  # nobody asked for more
        return True

    def _bound(self, size: int) -> None:
        if size > self._limit:
            raise Malformed("the response is larger than allowed")

    def _read_head(self) -> bool:
        while True:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                if len(self._data) > HEAD_LIMIT:
                    raise Malformed("the head has no end")
                return False
            first, *lines = bytes(self._data[:end]).split(b"\r\n")
            del self._data[: end + 4]
            found = _STATUS.fullmatch(first)
            if found is None:
                raise Malformed("no status line")
            status = int(found[2])
            if status >= 200:
                break  # before it may come 100 or 103: said in passing
        self.status, self.stays = status, found[1] == b"1"
        self._read_headers(lines)
        return True

    def _read_headers(self, lines: list[bytes]) -> None:
        """The three that say where the body ends."""
        for line in lines:
            name, _, value = line.partition(b":")
            match name.lower():
                case b"content-length":
                    self._read_length(value.strip())
                case b"transfer-encoding":
                    if value.strip().lower() != b"chunked":
                        raise Malformed("an encoding that was not asked for")
                    self._chunked = True
                case b"connection" if b"close" in value.lower():
                    self.stays = False
        if self.status in _NO_BODY:
            self._length, self._chunked = 0, False
        elif self._chunked and self._length is not None:
            raise Malformed("two lengths")
        elif not self._chunked and self._length is None:
            self.stays = False  # the body ends when the other side closes

    def _read_length(self, value: bytes) -> None:
        if not _LENGTH.fullmatch(value) or self._length not in (None, int(value)):
            raise Malformed("no length")
        self._length = int(value)
        self._bound(self._length)

    def _read_chunks(self) -> bool:
        while (end := self._data.find(b"\r\n")) >= 0:
            found = _CHUNK.fullmatch(self._data, 0, end)
            if found is None:
                raise Malformed("no chunk")
            size = int(found[1], 16)
            if size == 0:
                return self._read_trailers(end)
            self._bound(len(self._body) + size)
            begin, after = end + 2, end + 2 + size
            if len(self._data) < after + 2:
                return False
            if self._data[after : after + 2] != b"\r\n":
                raise Malformed("a chunk without its end")
            self._body += self._data[begin:after]
            del self._data[: after + 2]
        if len(self._data) > HEAD_LIMIT:
            raise Malformed("a chunk's size has no end")
        return False

    def _read_trailers(self, end: int) -> bool:
        """Nothing is read in them; they end with an empty line."""
        empty = self._data.find(b"\r\n\r\n", end)
        if empty < 0:
            if len(self._data) > HEAD_LIMIT:
                raise Malformed("the trailers have no end")
            return False
        self.stays = self.stays and len(self._data) == empty + 4
        self.body = bytes(self._body)
        return True

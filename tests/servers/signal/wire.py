"""Protocol buffers as far as Signal's websocket needs them: integers and byte strings by field number.

Messages are those of WebSocketResources.proto and SignalService.proto (Envelope) in libsignal-service-java.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VARINT, FIXED64, BYTES = 0, 1, 2
REQUEST, RESPONSE = 1, 2

Value = int | str | bytes | None


def message(**fields: Value) -> bytes:
    """`_5=…` is field 5; integers as varints, None is left out."""
    return b"".join(_field(int(name[1:]), value) for name, value in fields.items() if value is not None)


def fixed64(number: int, value: int) -> bytes:
    return _varint(number << 3 | FIXED64) + value.to_bytes(8, "little")


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Every field in order. Raises `IndexError` or `ValueError` for what is no message."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        match tag & 7:
            case 0:
                yield tag >> 3, varint()
            case 2:
                length = varint()
                yield tag >> 3, data[at : at + length]
                at += length
            case kind:
                raise ValueError(f"field {tag >> 3} is of kind {kind}")


@dataclass(frozen=True)
class Request:
    """WebSocketRequestMessage."""

    number: int
    verb: str
    path: str
    body: bytes = b""
    headers: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        inner = message(_1=self.verb, _2=self.path, _3=self.body or None, _4=self.number)
        return message(_1=REQUEST, _2=inner + b"".join(message(_5=header) for header in self.headers))

    def header(self, name: str) -> str:
        """Its value; empty if it is missing."""
        for header in self.headers:
            key, _, value = header.partition(":")
            if key.lower() == name:
                return value.strip()
        return ""


@dataclass(frozen=True)
class Response:
    """WebSocketResponseMessage."""

    number: int
    status: int
    body: bytes = b""
    headers: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        inner = message(_1=self.number, _2=self.status, _3="OK" if self.status < 400 else "Error", _4=self.body)
        return message(_1=RESPONSE, _3=inner + b"".join(message(_5=header) for header in self.headers))


def read(data: bytes) -> Request | Response:
    """WebSocketMessage."""
    whole = dict(fields(data))
    if whole[1] == REQUEST:
        parts = list(fields(_bytes(whole[2])))
        one = dict(parts)
        return Request(
            int(one[4]),
            _bytes(one[1]).decode(),
            _bytes(one[2]).decode(),
            _bytes(one.get(3, b"")),
            tuple(_bytes(value).decode() for number, value in parts if number == 5),
        )
    one = dict(fields(_bytes(whole[3])))
    return Response(int(one[1]), int(one[2]), _bytes(one.get(4, b"")))


def _bytes(value: int | bytes) -> bytes:
    assert isinstance(value, bytes)
    return value


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | VARINT) + _varint(int(value))
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

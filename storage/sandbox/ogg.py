"""Ogg pages (RFC 3533) with Opus inside (RFC 7845): the comment header is written anew, empty.

Pages of other streams and bytes between pages are dropped. Vorbis and other codecs are refused: no messenger
records them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from storage.sandbox.broken import Broken

_HEADER = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_FULL_SEGMENT = 255
_EMPTY_TAGS = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
_POLYNOMIAL = 0x04C11DB7


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    lacing: bytes
    body: bytes

    def ends_a_packet(self) -> bool:
        return bool(self.lacing) and self.lacing[-1] < _FULL_SEGMENT


def without_comments(data: bytes) -> bytes:
    """The same Opus stream with an empty comment header; raises `Broken`."""
    pages = _pages(data)
    first = next(pages, None)
    if first is None or not first.flags & _FIRST or not first.body.startswith(b"OpusHead"):
        raise Broken("the first page is no OpusHead")
    own = (page for page in pages if page.serial == first.serial)
    _skip_comments(own)
    kept = [first, _Page(0, 0, first.serial, bytes([len(_EMPTY_TAGS)]), _EMPTY_TAGS), *own]
    if len(kept) <= 2:  # two headers and no sound
        raise Broken("no sound")
    return b"".join(_written(page, number) for number, page in enumerate(kept))


def _skip_comments(pages: Iterator[_Page]) -> None:
    page = next(pages, None)
    if page is None or not page.body.startswith(b"OpusTags"):
        raise Broken("no OpusTags after OpusHead")
    while not page.ends_a_packet():
        page = next(pages, None)
        if page is None or not page.flags & _CONTINUED:
            raise Broken("OpusTags do not end")
    if sum(segment < _FULL_SEGMENT for segment in page.lacing) != 1:
        raise Broken("sound on the page of the OpusTags")


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while True:
        at = data.find(b"OggS", at)
        if at < 0 or at + _HEADER.size > len(data):
            return
        _, version, flags, granule, serial, _, _, segments = _HEADER.unpack_from(data, at)
        lacing = data[at + _HEADER.size : at + _HEADER.size + segments]
        start = at + _HEADER.size + segments
        end = start + sum(lacing)
        if version != 0 or len(lacing) < segments or end > len(data):
            raise Broken("a page is cut off")
        yield _Page(flags, granule, serial, lacing, data[start:end])
        at = end


def _written(page: _Page, number: int) -> bytes:
    def header(checksum: int) -> bytes:
        return _HEADER.pack(b"OggS", 0, page.flags, page.granule, page.serial, number, checksum, len(page.lacing))

    rest = page.lacing + page.body
    return header(_checksum(header(0) + rest)) + rest


def _table() -> tuple[int, ...]:
    entries: list[int] = []
    for index in range(256):
        value = index << 24
        for _ in range(8):
            value = (value << 1) ^ (_POLYNOMIAL if value & 0x80000000 else 0)
        entries.append(value & 0xFFFFFFFF)
    return tuple(entries)


_CRC = _table()


def _checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CRC[(value >> 24) ^ byte]
    return value

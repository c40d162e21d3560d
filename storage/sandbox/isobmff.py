"""MP4 (ISO base media): boxes that tell about the recording become free space of the same length.

Offsets into the sound stay true because nothing moves. Only boxes that sound needs are known; every other one
goes, and times of recording become zero.
"""

from __future__ import annotations

import struct

from storage.sandbox.broken import Broken

_OPENED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"mvex", b"moof", b"traf", b"edts"})
_KEPT = frozenset(
    {
        b"ftyp", b"mdat", b"mvhd", b"tkhd", b"mdhd", b"smhd", b"dref", b"stsd", b"stts", b"stsc", b"stsz", b"stz2",
        b"stco", b"co64", b"stss", b"ctts", b"elst", b"trex", b"mehd", b"mfhd", b"tfhd", b"tfdt", b"trun", b"sidx",
        b"sgpd", b"sbgp", b"styp", b"hdlr",
    }
)  # fmt: skip
_DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_VIDEO = b"vide"
_HANDLER_NAME_AT = 24
"""Bytes of a handler box's body before its free text."""
MAX_BOXES = 10_000
MAX_DEPTH = 8


def without_metadata(data: bytes) -> bytes:
    """The same sound without tags, places, times and free boxes' content; raises `Broken`."""
    out = bytearray(data)
    walk = _Walk(out)
    walk.through(0, len(out), 0)
    if not walk.has_sound:
        raise Broken("no sound")
    return bytes(out)


class _Walk:
    """One pass through the boxes, changing those that go."""

    def __init__(self, out: bytearray) -> None:
        self.out = out
        self.left = MAX_BOXES
        self.has_sound = False

    def through(self, at: int, end: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Broken("nested too deeply")
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise Broken("too many boxes")
            kind, start, stop = self._box(at, end)
            self.has_sound = self.has_sound or kind == b"mdat"
            if kind in _OPENED:
                self.through(start, stop, depth + 1)
            elif kind not in _KEPT:
                self.out[at + 4 : at + 8] = b"free"
                self.out[start:stop] = bytes(stop - start)
            elif kind in _DATED:
                self._undate(start, stop)
            elif kind == b"hdlr":
                self._unname(start, stop)
            at = stop

    def _box(self, at: int, end: int) -> tuple[bytes, int, int]:
        if at + 8 > end:
            raise Broken("a box is cut off")
        size, kind = struct.unpack_from(">I4s", self.out, at)
        start = at + 8
        if size == 1:
            if at + 16 > end:
                raise Broken("a box is cut off")
            (size,) = struct.unpack_from(">Q", self.out, start)
            start += 8
        stop = end if size == 0 else at + size
        if stop > end or stop < start:
            raise Broken("a box is cut off")
        return bytes(kind), start, stop

    def _undate(self, start: int, stop: int) -> None:
        """Times of creation and change follow version and flags, in 4 bytes each, or 8 in version 1."""
        if stop - start < 4:
            raise Broken("a header is cut off")
        length = 16 if self.out[start] == 1 else 8
        if stop - start < 4 + length:
            raise Broken("a header is cut off")
        self.out[start + 4 : start + 4 + length] = bytes(length)

    def _unname(self, start: int, stop: int) -> None:
        if bytes(self.out[start + 8 : start + 12]) == _VIDEO:
            raise Broken("a film, not a voice message")
        if stop - start > _HANDLER_NAME_AT:
            self.out[start + _HANDLER_NAME_AT : stop] = bytes(stop - start - _HANDLER_NAME_AT)

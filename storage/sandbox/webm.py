"""WebM and Matroska (RFC 9559): elements that tell about the recording are overwritten in place.

An element is replaced by a Void of the same length, so that no offset in the file changes. Only elements that
sound needs are known; every other one goes.
"""

from __future__ import annotations

from storage.sandbox.broken import Broken

MAGIC = b"\x1a\x45\xdf\xa3"
_SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER, _GROUP, _CUES = (
    0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675, 0xA0, 0x1C53BB6B,
)  # fmt: skip
_OPENED = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER, _GROUP})
_MUXING_APP, _WRITING_APP = 0x4D80, 0x5741
_BLANKED = frozenset({_MUXING_APP, _WRITING_APP})
"""Texts that every file must have: their letters become spaces."""
_KEPT = frozenset(
    {
        0x1A45DFA3, _CUES, 0x114D9B74,  # header, cues, seek head
        0x2AD7B1, 0x4489,  # of Info: scale, duration
        # of a track
        0xD7, 0x73C5, 0x83, 0x86, 0x63A2, 0x56AA, 0x56BB, 0xE1, 0x9C, 0x88, 0x55AA, 0xB9, 0x22B59C, 0x23E383,
        0xE7, 0xA3, 0xA7, 0xAB,  # of a cluster: time, block, position, previous size
        0xA1, 0x9B, 0xFB, 0x75A2,  # of a group: block, duration, reference, padding
    }
)  # fmt: skip
_VOID = 0xEC
MAX_ELEMENTS = 200_000
MAX_DEPTH = 6


def without_tags(data: bytes) -> bytes:
    """The same sound without tags, titles, dates, programs, chapters, attachments; raises `Broken`."""
    out = bytearray(data)
    _Walk(out).through(0, len(out), 0)
    return bytes(out)


class _Walk:
    """One pass through the elements, changing those that go."""

    def __init__(self, out: bytearray) -> None:
        self.out = out
        self.left = MAX_ELEMENTS

    def through(self, at: int, end: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Broken("nested too deeply")
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise Broken("too many elements")
            identity, body = self._identity(at)
            size, start = self._size(body)
            stop = end if size is None else start + size
            if stop > end:
                if identity not in {0xA3, _CLUSTER, _SEGMENT}:
                    raise Broken("an element is cut off")
                stop = end
            if size is None and identity not in {_SEGMENT, _CLUSTER}:
                raise Broken("an element without an end")
            if identity in _OPENED:
                if size is None and identity == _CLUSTER:
                    at = start  # its children follow on this level, until the next cluster
                    continue
                self.through(start, stop, depth + 1)
            elif identity in _BLANKED:
                self.out[start:stop] = b" " * (stop - start)
            elif identity not in _KEPT and identity != _VOID:
                self._void(at, stop)
            elif identity == _VOID:
                self.out[start:stop] = bytes(stop - start)
            at = stop

    def _void(self, at: int, stop: int) -> None:
        """Overwrite an element by a Void: one byte of identity, a size of one or eight bytes, zeros."""
        length = stop - at
        if length - 2 < 0x7F:  # sizes that fit one byte
            head = bytes([_VOID, 0x80 | (length - 2)])
        else:
            head = bytes([_VOID, 0x01]) + (length - 9).to_bytes(7, "big")
        self.out[at:stop] = head + bytes(length - len(head))

    def _identity(self, at: int) -> tuple[int, int]:
        length = self._length(at, 4)
        return int.from_bytes(self.out[at : at + length], "big"), at + length

    def _size(self, at: int) -> tuple[int | None, int]:
        length = self._length(at, 8)
        value = int.from_bytes(self.out[at : at + length], "big") & ((1 << (7 * length)) - 1)
        unknown = value == (1 << (7 * length)) - 1
        return (None if unknown else value), at + length

    def _length(self, at: int, most: int) -> int:
        if at >= len(self.out) or self.out[at] == 0:
            raise Broken("not an element")
        length = 9 - self.out[at].bit_length()
        if length > most or at + length > len(self.out):
            raise Broken("not an element")
        return length

"""AAC in ADTS frames, as Signal records on Android: only the frames of sound are copied, so no tag comes along.

Header: ISO/IEC 13818-7, 6.2: twelve bits of sync, two of layer (always 0), the frame's length in thirteen bits.
"""

from __future__ import annotations

from storage.sandbox.broken import Broken

_HEADER = 7
"""Bytes of a header without its checksum."""


def is_frame(data: bytes, at: int) -> bool:
    """Whether a frame begins here."""
    return _frame_bytes(data, at) is not None


def frames(data: bytes) -> bytes:
    """All frames, one after the other; raises `Broken` if there are none. What stands between or after them is no
    sound and is left out."""
    at, kept = 0, list[bytes]()
    while at < len(data):
        length = _frame_bytes(data, at)
        if length is not None and at + length <= len(data):
            kept.append(data[at : at + length])
            at += length
            continue
        at = _next_frame(data, at + 1)
    if not kept:
        raise Broken("no sound")
    return b"".join(kept)


def _next_frame(data: bytes, at: int) -> int:
    """The next place where a frame is followed by another one, or by the end: tags contain chance matches."""
    while (at := data.find(b"\xff", at)) >= 0:
        length = _frame_bytes(data, at)
        if length is not None and (at + length == len(data) or is_frame(data, at + length)):
            return at
        at += 1
    return len(data)


def _frame_bytes(data: bytes, at: int) -> int | None:
    """The length of the frame that begins here, header included; None if none does."""
    if at + _HEADER > len(data) or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    rate = data[at + 2] >> 2 & 0xF
    length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    return length if rate < 13 and length > _HEADER else None

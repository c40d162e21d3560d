"""MP3: only the frames of sound are copied, so that every kind of tag, before, after or between, is left behind."""

from __future__ import annotations

from storage.sandbox.broken import Broken

_RATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLING = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by MPEG version as the header counts it: 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5."""
_LAYER_3 = 1
_ID3_HEADER = 10
_ENCODER_TAGS = (b"Xing", b"Info", b"VBRI", b"LAME")
"""Marks of a first frame that holds no sound but the program's name."""


def is_frame(data: bytes, at: int) -> bool:
    """Whether a frame of layer III begins here."""
    return _frame_bytes(data, at) is not None


def frames(data: bytes) -> bytes:
    """All frames of sound, one after the other; raises `Broken` if there are none."""
    at = _after_id3(data)
    kept: list[bytes] = []
    while at < len(data):
        length = _frame_bytes(data, at)
        if length is None or at + length > len(data):
            at = _next_frame(data, at + 1)
            continue
        frame = data[at : at + length]
        if kept or not any(mark in frame for mark in _ENCODER_TAGS):
            kept.append(frame)
        at += length
    if not kept:
        raise Broken("no sound")
    return b"".join(kept)


def _after_id3(data: bytes) -> int:
    if not data.startswith(b"ID3") or len(data) < _ID3_HEADER:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def _next_frame(data: bytes, at: int) -> int:
    """The next place where a frame is followed by another one, or by the end: tags contain chance matches."""
    while (at := data.find(b"\xff", at)) >= 0:
        length = _frame_bytes(data, at)
        if length is not None and (at + length == len(data) or is_frame(data, at + length)):
            return at
        at += 1
    return len(data)


def _frame_bytes(data: bytes, at: int) -> int | None:
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    rate_index, sampling_index, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if version not in _SAMPLING or layer != _LAYER_3 or not 0 < rate_index < 15 or sampling_index == 3:
        return None
    rate = (_RATES_V1 if version == 3 else _RATES_V2)[rate_index] * 1000
    return (144 if version == 3 else 72) * rate // _SAMPLING[version][sampling_index] + padding

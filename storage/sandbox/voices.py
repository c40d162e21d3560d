"""A voice message in, the same sound without tags out, for the containers that messengers and browsers record.

Ogg (Telegram, Matrix, Firefox), WebM (Chrome), MP4 (Signal on iOS, Safari), ADTS (Signal on Android) and MP3. The sound
is not decoded: that would need a large decoder for no gain in privacy. Not here: limits on time and memory
(`worker.py`).
"""

from __future__ import annotations

from storage.errors import Refused
from storage.sandbox import adts, isobmff, mp3, ogg, webm
from storage.sandbox.broken import Broken
from storage.sandbox.jobs import MAX_MEDIA_BYTES, Voice
from storage.sandbox.problems import Problem


def strip(data: bytes) -> Voice:
    """Drop everything but the sound; raises `Refused`."""
    if len(data) > MAX_MEDIA_BYTES:
        raise Refused(Problem.TOO_LARGE)
    try:
        if data.startswith(b"OggS"):
            return Voice(ogg.without_comments(data), "audio/ogg", ".ogg")
        if data.startswith(webm.MAGIC):
            return Voice(webm.without_tags(data), "audio/webm", ".webm")
        if data[4:8] == b"ftyp":
            return Voice(isobmff.without_metadata(data), "audio/mp4", ".m4a")
        if adts.is_frame(data, 0):
            return Voice(adts.frames(data), "audio/aac", ".aac")
        if data.startswith(b"ID3") or mp3.is_frame(data, 0):
            return Voice(mp3.frames(data), "audio/mpeg", ".mp3")
    except Broken as problem:
        raise Refused(Problem.DAMAGED) from problem
    raise Refused(Problem.NOT_A_VOICE)

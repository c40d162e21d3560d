"""What the two sides of the sandbox say to each other: one job, one answer, as MessagePack after its length."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from dialogs.districts import Fault
from dialogs.forms.excerpt import Excerpt
from dialogs.forms.findings import Finding
from dialogs.forms.report import Report
from storage.sandbox.problems import Problem

MAX_FRAME_BYTES = 96 * 1024 * 1024
"""A form with all its files, or an XForm: far below; more than this is a broken pipe, not a message."""
MAX_MEDIA_BYTES = 20 * 1024 * 1024
"""Of a photo or a voice message as it is sent."""
LENGTH = struct.Struct(">I")


class Photo(msgspec.Struct, frozen=True, tag=True):
    """A photo of which nothing is left but its pixels: JPEG, upright, in width x height pixels."""

    jpeg: bytes
    width: int
    height: int


class Voice(msgspec.Struct, frozen=True, tag=True):
    """A voice message without tags. The sound itself is as it was: a voice can be recognised."""

    data: bytes
    media_type: str
    suffix: str
    """Of a file name, with the dot."""


class CompileJob(msgspec.Struct, frozen=True, tag=True):
    name: str
    data: bytes
    attachments: dict[str, bytes]


class CheckJob(msgspec.Struct, frozen=True, tag=True):
    name: str
    data: bytes
    attachments: dict[str, bytes]


class PhotoJob(msgspec.Struct, frozen=True, tag=True):
    data: bytes


class VoiceJob(msgspec.Struct, frozen=True, tag=True):
    data: bytes


class DistrictsJob(msgspec.Struct, frozen=True, tag=True):
    data: bytes


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The worker has started and closed all doors behind it."""


class CompiledForm(msgspec.Struct, frozen=True, tag=True):
    xform: str
    attachments: dict[str, bytes]
    warnings: tuple[Finding, ...]


class Rejected(msgspec.Struct, frozen=True, tag=True):
    findings: tuple[Finding, ...]


class Checked(msgspec.Struct, frozen=True, tag=True):
    """`excerpts`: for each finding of the report, in their order, the part of the sheet that it is about."""

    report: Report
    excerpts: tuple[Excerpt | None, ...] = ()


class Drawn(msgspec.Struct, frozen=True, tag=True):
    """Districts as GeoJSON of nothing but names and outlines."""

    geojson: bytes


class NotDrawn(msgspec.Struct, frozen=True, tag=True):
    fault: Fault
    at: int


class NotTaken(msgspec.Struct, frozen=True, tag=True):
    problem: Problem


Job = CompileJob | CheckJob | PhotoJob | VoiceJob | DistrictsJob
Answer = Ready | CompiledForm | Rejected | Checked | Photo | Voice | Drawn | NotDrawn | NotTaken

encode = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
decode_answer: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def write_frame(pipe: BinaryIO, payload: bytes) -> None:
    """Write one frame and flush it."""
    pipe.write(LENGTH.pack(len(payload)))
    pipe.write(payload)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the pipe."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > MAX_FRAME_BYTES:
        return None
    payload = pipe.read(length)
    return payload if len(payload) == length else None

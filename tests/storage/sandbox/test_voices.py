"""Of a voice message the sound is kept, byte for byte, and nothing that tells about its recording."""

from __future__ import annotations

import random
import struct

import pytest

from storage.errors import Refused
from storage.sandbox import ogg
from storage.sandbox.jobs import MAX_MEDIA_BYTES
from storage.sandbox.problems import Problem
from storage.sandbox.voices import strip

CANARY = b"CANARY-51.3180-9.1020"
SOUND = bytes(random.Random(9).randrange(256) for _ in range(900))


# Ogg Opus ------------------------------------------------------------------------------------------------------


def page(body: bytes, number: int, flags: int = 0, serial: int = 7, open_end: bool = False) -> bytes:
    full, rest = divmod(len(body), 255)
    lacing = bytes([255] * full + ([] if open_end else [rest]))
    return ogg._written(ogg._Page(flags, number * 960, serial, lacing, body), number)


def opus(comments: bytes = CANARY, before_sound: bytes = b"") -> bytes:
    tags = b"OpusTags" + struct.pack("<I", len(comments)) + comments + struct.pack("<I", 1)
    tags += struct.pack("<I", len(comments) + 9) + b"LOCATION=" + comments
    head = b"OpusHead" + bytes([1, 1, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0])
    return page(head, 0, flags=2) + page(tags, 1) + before_sound + page(SOUND[:300], 2) + page(SOUND[300:], 3, flags=4)


def test_the_comments_of_an_opus_message_are_gone_and_its_sound_is_not() -> None:
    voice = strip(opus())
    assert voice.media_type == "audio/ogg"
    assert b"CANARY" not in voice.data
    pages = list(ogg._pages(voice.data))
    assert [found.body for found in pages[2:]] == [SOUND[:300], SOUND[300:]]
    assert pages[1].body == b"OpusTags" + bytes(8)
    for number, found in enumerate(pages):
        assert ogg._written(found, number) in voice.data, "number and checksum of each page are right"


def test_the_checksum_is_that_of_the_ogg_specification() -> None:
    assert ogg._checksum(b"123456789") == 0x89A1897F  # CRC-32/POSIX without its final inversion and length


def test_comments_over_several_pages_are_gone() -> None:
    comments = CANARY * 20_000  # a picture in the tags
    tags = b"OpusTags" + comments
    head = page(b"OpusHead" + bytes(11), 0, flags=2)
    cut = 255 * 255
    data = head + page(tags[:cut], 1, open_end=True)
    rest = tags[cut:]
    number = 2
    while len(rest) >= cut:
        data += page(rest[:cut], number, flags=1, open_end=True)
        rest, number = rest[cut:], number + 1
    data += page(rest, number, flags=1) + page(SOUND, number + 1)
    voice = strip(data)
    assert b"CANARY" not in voice.data
    assert SOUND in voice.data
    assert len(voice.data) < 1200


def test_other_streams_and_bytes_between_pages_are_dropped() -> None:
    voice = strip(opus(before_sound=page(CANARY, 0, flags=2, serial=8) + CANARY) + CANARY)
    assert b"CANARY" not in voice.data
    assert SOUND[:300] in voice.data


# MP4 -----------------------------------------------------------------------------------------------------------


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mp4(handler: bytes = b"soun") -> bytes:
    times = struct.pack(">II", 3_800_000_000, 3_800_000_000)
    header = box(b"mvhd", bytes(4) + times + bytes(88))
    name = box(b"hdlr", bytes(8) + handler + bytes(12) + CANARY + b"\0")
    track = box(
        b"trak",
        box(b"tkhd", bytes(4) + times + bytes(72)) + box(b"mdia", box(b"mdhd", bytes(4) + times + bytes(12)) + name),
    )
    place = box(b"udta", box(b"\xa9xyz", CANARY) + box(b"meta", CANARY))
    return (
        box(b"ftyp", b"M4A \0\0\0\0")
        + box(b"moov", header + track + place)
        + box(b"uuid", CANARY)
        + box(b"mdat", SOUND)
    )


def test_tags_places_and_times_of_an_mp4_are_gone_and_nothing_has_moved() -> None:
    before = mp4()
    voice = strip(before)
    assert voice.media_type == "audio/mp4"
    assert b"CANARY" not in voice.data
    assert struct.pack(">I", 3_800_000_000) not in voice.data
    assert len(voice.data) == len(before)
    assert voice.data.index(SOUND) == before.index(SOUND)


def test_a_film_is_no_voice_message() -> None:
    with pytest.raises(Refused):
        strip(mp4(b"vide"))


# WebM ----------------------------------------------------------------------------------------------------------


def element(identity: int, body: bytes, unknown: bool = False) -> bytes:
    name = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    size = b"\x01" + b"\xff" * 7 if unknown else b"\x08" + struct.pack(">I", len(body))
    return name + size + body


def webm(unknown: bool = False) -> bytes:
    info = element(
        0x1549A966,
        element(0x2AD7B1, b"\x0f\x42\x40")
        + element(0x4D80, CANARY)
        + element(0x5741, CANARY)
        + element(0x7BA9, CANARY)
        + element(0x4461, bytes(8)),
    )
    tracks = element(
        0x1654AE6B, element(0xAE, element(0xD7, b"\x01") + element(0x86, b"A_OPUS") + element(0x536E, CANARY))
    )
    tags = element(0x1254C367, element(0x7373, CANARY)) + element(0x1941A469, CANARY * 9)
    cluster = element(0x1F43B675, element(0xE7, b"\0") + element(0xA3, b"\x81\0\0\x80" + SOUND), unknown)
    second = element(0x1F43B675, element(0xE7, b"\x09") + element(0xA3, b"\x81\0\0\x80" + SOUND[::-1]), unknown)
    header = element(0x1A45DFA3, element(0x4282, b"webm"))
    return header + element(0x18538067, info + tags + tracks + cluster + second, unknown)


@pytest.mark.parametrize("unknown", [False, True], ids=["finished file", "as a browser records"])
def test_tags_titles_and_programs_of_a_webm_are_gone_and_nothing_has_moved(unknown: bool) -> None:
    before = webm(unknown)
    voice = strip(before)
    assert voice.media_type == "audio/webm"
    assert b"CANARY" not in voice.data
    assert len(voice.data) == len(before)
    assert voice.data.index(SOUND) == before.index(SOUND)
    assert SOUND[::-1] in voice.data
    assert strip(voice.data).data == voice.data, "what is clean stays as it is"


# MP3 -----------------------------------------------------------------------------------------------------------


def mp3_frame(fill: bytes) -> bytes:
    return b"\xff\xfb\x90\x00" + (fill * 500)[:413]  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes


def test_tags_of_an_mp3_are_gone_wherever_they_are() -> None:
    id3 = b"ID3\x04\0\0" + bytes([0, 0, 1, 0x10]) + CANARY + bytes(144 - len(CANARY))
    sound = mp3_frame(b"a") + mp3_frame(b"b")
    encoder = b"\xff\xfb\x90\x00" + (bytes(32) + b"Info" + CANARY + bytes(500))[:413]
    voice = strip(id3 + encoder + sound + b"APETAGEX" + CANARY + bytes(40) + sound + b"TAG" + CANARY + bytes(104))
    assert voice.media_type == "audio/mpeg"
    assert voice.data == sound + sound


# all -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem.NOT_A_VOICE),
        (b"RIFF\0\0\0\0WAVE", Problem.NOT_A_VOICE),
        (random.Random(4).randbytes(4000), Problem.NOT_A_VOICE),
        (opus()[:120], Problem.DAMAGED),
        (mp4()[:150], Problem.DAMAGED),
        (b"\x1a\x45\xdf\xa3" + bytes(50), Problem.DAMAGED),
        (b"ID3" + bytes(2000), Problem.DAMAGED),
        (opus() + bytes(MAX_MEDIA_BYTES), Problem.TOO_LARGE),
    ],
)
def test_what_is_no_voice_message_is_refused(data: bytes, problem: Problem) -> None:
    with pytest.raises(Refused) as refused:
        strip(data)
    assert refused.value.problem is problem


def test_a_spoiled_message_is_taken_or_refused_and_never_raises_anything_else() -> None:
    rng = random.Random(6)
    for whole in (opus(), mp4(), webm(), webm(unknown=True), b"ID3" + bytes(7) + mp3_frame(b"a") * 3):
        for _ in range(300):
            broken = bytearray(whole)
            for _ in range(rng.randint(1, 8)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            try:
                strip(bytes(broken))
            except Refused:
                continue


# AAC in ADTS frames --------------------------------------------------------------------------------------------


def adts(sound: bytes) -> bytes:
    """A frame as Signal records on Android: MPEG-4, mono, 44.1 kHz."""
    length = len(sound) + 7
    return bytes([0xFF, 0xF1, 0x50, 0x40 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC]) + sound


def test_of_an_aac_message_only_the_frames_are_kept() -> None:
    quiet = SOUND.replace(b"\xff", b"\xfe")
    sound = adts(quiet[:300]) + adts(quiet[300:600])
    voice = strip(sound + b"ID3\x04" + CANARY + adts(quiet[600:800]) + adts(quiet[800:]) + b"TAG" + CANARY)
    assert voice.data == sound + adts(quiet[600:800]) + adts(quiet[800:])
    assert (voice.media_type, voice.suffix) == ("audio/aac", ".aac")


def test_half_a_frame_of_aac_is_left_out() -> None:
    quiet = SOUND.replace(b"\xff", b"\xfe")
    assert strip(adts(quiet[:300]) + adts(quiet[300:])[:200]).data == adts(quiet[:300])

"""Canaries: ids, names, words, places that exist nowhere else, and the search for them in every disguise.

`self_check` proves that the search finds each disguise, so that "nothing found" means something.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import re2
from e2e.walking import ogg
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SEARCH_MEMORY = 2**31  # bytes
SHOWN = 10
FIRST_ID = 7_318_220_001
ID, FIRST, LAST, NICK, PHONE = "73182200", "Kanarifink", "Zaunschnabel", "kuckucksname", "+491512700"
IP, AGENT = "203.0.113.", "KanariAgent"
WORD, UMLAUT, LATITUDE = "Geheimwort", "Ünterwegß", "51.0473"
LENS, TONE, CAPTION, FILE, SLIP = "Linsenkanari", "Tonkanari", "Bildkanari", "Aktenkanari", "Fehlwortkanari"

OF_ADDRESSES = (ID, FIRST, LAST, NICK, PHONE, IP, AGENT)
"""Beginnings of what tells who somebody is. Citizens' own values add a number."""
OF_TEXTS = (WORD, UMLAUT, LATITUDE, LENS, TONE, CAPTION, FILE, SLIP)
"""Beginnings of what somebody said, showed or sent along."""


@dataclass(frozen=True)
class Person:
    """One citizen's canaries."""

    number: int

    @property
    def words(self) -> str:
        return f"{WORD}{self.number:03d} {UMLAUT}"

    @property
    def place(self) -> tuple[float, float]:
        return float(f"{LATITUDE}{self.number:03d}"), 13.7431

    @property
    def headers(self) -> dict[str, str]:
        ip = f"{IP}{self.number % 250 + 1}"
        agent = f"{AGENT}/{self.number}"
        return {"X_Forwarded_For": ip, "X_Real_IP": ip, "Forwarded": f"for={ip}", "User_Agent": agent}

    def photo(self) -> bytes:
        """A photo whose metadata tell everything."""
        file = io.BytesIO()
        picture = Image.new("RGB", (64, 48), (40, 120, 90 + self.number % 100))
        exif = Image.Exif()
        exif[0x010E] = exif[0x013B] = f"{LENS}{self.number}"
        degrees = self.place[0]
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (IFDRational(51), IFDRational(2), IFDRational(int(degrees % 1 * 1_000_000), 1000)), 29: LENS}
        )
        picture.save(file, "JPEG", exif=exif, comment=f"{LENS}{self.number}".encode())
        return file.getvalue()

    def voice(self) -> bytes:
        """A voice message whose comments tell who made it."""
        return ogg(f"{TONE}{self.number}".encode())


def disguises(text: str) -> Iterator[bytes]:
    """The text as it could stand somewhere."""
    raw = text.encode()
    for plain in {raw, text.lower().encode(), text.upper().encode(), raw[::-1], text[::-1].encode()}:
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
    for shift in range(3):
        for encoded in (base64.b64encode(bytes(shift) + raw), base64.urlsafe_b64encode(bytes(shift) + raw)):
            # Only the characters that the text alone decides: the first and the last ones hang on its neighbours.
            yield encoded.rstrip(b"=")[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
    yield from (text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("utf-32-le"))
    yield quote(text, safe="").encode()
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    yield json.dumps(text).strip('"').encode()
    yield "".join(f"\\u{ord(char):04x}" for char in text).encode()
    yield "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in raw).encode()  # MONITOR, repr
    yield raw.decode("latin-1").encode()  # decoded wrongly once


def id_disguises(number: int) -> Iterator[bytes]:
    """A Telegram id as machines write numbers."""
    yield from (struct.pack(">q", number), struct.pack("<q", number), number.to_bytes(5, "big"))
    yield from (number.to_bytes(5, "little"), f"{number:x}".encode(), f"{number:X}".encode())


def place_disguises(degrees: float) -> Iterator[bytes]:
    yield from (struct.pack(">d", degrees), struct.pack("<d", degrees))


def patterns(beginnings: Iterable[str]) -> dict[bytes, str]:
    """Disguise -> what it is a disguise of."""
    return {disguise: text for text in beginnings for disguise in disguises(text) if len(disguise) >= 6}


def found(places: Mapping[str, bytes], wanted: Mapping[bytes, str]) -> list[str]:
    """Where which canary sits; a good house gives an empty list. All disguises at once: one pass over each place."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = SEARCH_MEMORY
    any_of_them = re2.compile(b"|".join(re2.escape(pattern) for pattern in wanted), options)
    return [
        f"{wanted[match[0]]} as {match[0][:40]!r} in {where}: …{data[max(0, match.start() - 60) : match.end() + 60]!r}…"
        for where, data in places.items()
        for match in itertools.islice(any_of_them.finditer(data), SHOWN)
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def self_check() -> None:
    """Plant each canary in each disguise among other bytes, and find it."""
    wanted = patterns((*OF_ADDRESSES, *OF_TEXTS))
    for text in (*OF_ADDRESSES, *OF_TEXTS):
        for shift in range(3):
            planted = base64.b64encode(b"abc"[:shift] + text.encode() + b"7 and more")
            assert found({"x": planted}, wanted), f"{text} hides in base64"
        for planted in (text.encode("utf-16-le"), text.encode().hex().encode(), json.dumps(text).encode()):
            assert found({"x": b"\x00.." + planted + b".."}, wanted)
    assert not found({"x": bytes(range(256)) * 10}, wanted)

"""The search for canaries, in every disguise that a machine can give them.

`self_check` proves that it finds each disguise, so that "nothing found" means something. Not here: where it looks
(`written.py`, `deskwalk.py`).
"""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import re2
from canary.people import OF_ADDRESSES, OF_TEXTS

SEARCH_MEMORY = 2**31  # bytes
SHOWN = 10
MOST_TOLD = 20


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
    """Every file below a folder. A journal that a running process took away between two looks is none."""
    found = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def nowhere(places: Mapping[str, bytes], wanted: Mapping[bytes, str]) -> None:
    """Fails with what was found, and where."""
    if hits := found(places, wanted):
        raise AssertionError("\n".join([f"{len(hits)} canaries", *hits[:MOST_TOLD]]))


def unpacked(data: bytes) -> bytes:
    """A spreadsheet and a PDF with what is compressed in them, too."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"\n".join([data, *map(archive.read, archive.namelist())])
    if data.startswith(b"%PDF"):
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
        return b"\n".join([data, *(_inflated(stream) for stream in streams)])
    return data


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:  # a picture, a font
        return b""


def self_check() -> None:
    """Plant each canary in each disguise among other bytes, and find it."""
    wanted = patterns((*OF_ADDRESSES, *OF_TEXTS))
    for text in (*OF_ADDRESSES, *OF_TEXTS):
        for shift in range(3):
            planted = base64.b64encode(b"abc"[:shift] + text.encode() + b"7 and more")
            assert found({"x": planted}, wanted), f"{text} hides in base64"
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("sheet.xml", f"<t>{text}</t>")
        assert found({"x": unpacked(book.getvalue())}, wanted), f"{text} hides in a spreadsheet"
        sheet = b"%PDF-1.4\nstream\n" + zlib.compress(text.encode()) + b"\nendstream"
        assert found({"x": unpacked(sheet)}, wanted), f"{text} hides in a PDF"
        for planted in (text.encode("utf-16-le"), text.encode().hex().encode(), json.dumps(text).encode()):
            assert found({"x": b"\x00.." + planted + b".."}, wanted)
    assert not found({"x": bytes(range(256)) * 10}, wanted)

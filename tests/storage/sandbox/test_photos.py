"""Of a photo its pixels are kept and nothing else: no place, no text, no second picture."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image, ImageOps, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from storage.errors import Refused
from storage.sandbox.jobs import MAX_MEDIA_BYTES, Photo
from storage.sandbox.photos import MAX_EDGE, reencode
from storage.sandbox.problems import TEXTS, Problem


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@dataclass(frozen=True)
class Planted:
    """A coordinate that must not survive."""

    latitude: float = 51.318
    longitude: float = 9.102

    @property
    def text(self) -> bytes:
        return b"CANARY-%.4f-%.4f" % (self.latitude, self.longitude)

    @property
    def traces(self) -> list[bytes]:
        """As a file may hold it: text, doubles, EXIF's fractions of both byte orders."""
        found = [self.text, b"%.4f" % self.latitude, b"%.4f" % self.longitude]
        for degrees in (self.latitude, self.longitude):
            for order in "<>":
                fractions = [part for pair in sexagesimal(degrees) for part in (pair.numerator, pair.denominator)]
                found += [struct.pack(order + "d", degrees), struct.pack(order + "6I", *fractions)]
        return found


def sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    tens = round(degrees * 36_000_000)
    return (
        IFDRational(tens // 36_000_000, 1),
        IFDRational(tens % 36_000_000 // 600_000, 1),
        IFDRational(tens % 600_000, 10_000),
    )


def gps_exif(place: Planted = Planted()) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = place.text.decode()  # description
    exif[0x9286] = place.text  # user comment
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[29] = "N", sexagesimal(place.latitude), place.text.decode()
    gps[3], gps[4] = "E", sexagesimal(place.longitude)
    return exif


def segment(marker: int, payload: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def with_segments(*segments: bytes) -> bytes:
    plain = saved(picture(), "JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def png_with(kind: bytes, payload: bytes) -> bytes:
    plain = saved(picture(), "PNG")
    chunk = struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))
    return plain[:33] + chunk + plain[33:]


def mpo(place: Planted) -> bytes:
    second = picture((32, 32))
    second.encoderinfo = {"exif": gps_exif(place)}
    return saved(picture(), "MPO", save_all=True, append_images=[second], exif=gps_exif(place))


def thumbnail_in_exif(place: Planted) -> bytes:
    thumbnail = saved(picture((16, 12)), "JPEG", comment=place.text, exif=gps_exif(place))
    tiff = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 0) + struct.pack("<I", 14)
    tiff += struct.pack("<H", 2)
    tiff += struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack("<HHII", 0x0202, 4, 1, len(thumbnail))
    tiff += struct.pack("<I", 0) + thumbnail
    return with_segments(segment(0xE1, b"Exif\0\0" + tiff))


def text_chunk(place: Planted) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", place.text.decode())
    info.add_itxt("XML:com.adobe.xmp", place.text.decode())
    return saved(picture(), "PNG", pnginfo=info)


def xmp(place: Planted) -> bytes:
    inside = b'<x exif:GPSLatitude="%.4f" exif:GPSLongitude="%.4f">' % (place.latitude, place.longitude)
    return with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + inside + place.text + b"</x>"))


def iptc(place: Planted) -> bytes:
    return with_segments(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x20" + place.text))


def heic(place: Planted) -> bytes:
    """As iPhones begin a photo; what follows is not even read."""
    head = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic"
    exif = gps_exif(place).tobytes()
    return head + struct.pack(">I", 8 + len(exif)) + b"Exif" + exif


CARRIERS: dict[str, Callable[[Planted], bytes]] = {
    "EXIF with a place": lambda place: saved(picture(), "JPEG", exif=gps_exif(place)),
    "EXIF in WebP": lambda place: saved(picture(), "WEBP", exif=gps_exif(place), xmp=place.text),
    "EXIF in PNG": lambda place: saved(picture(), "PNG", exif=gps_exif(place)),
    "EXIF in TIFF": lambda place: saved(picture(), "TIFF", exif=gps_exif(place)),
    "XMP": xmp,
    "IPTC": iptc,
    "comment": lambda place: with_segments(segment(0xFE, place.text)),
    "colour profile": lambda place: saved(picture(), "JPEG", icc_profile=place.text * 20),
    "thumbnail": thumbnail_in_exif,
    "PNG text": text_chunk,
    "PNG with an unknown chunk": lambda place: png_with(b"gpSx", place.text),
    "second picture (MPO)": mpo,
    "comment of a GIF": lambda place: saved(picture(), "GIF", comment=place.text),
    "bytes behind the end": lambda place: saved(picture(), "JPEG") + place.text,
}


def test_none_of_a_hundred_planted_coordinates_survives() -> None:
    makers = [*CARRIERS.values(), heic]
    survived, refused = [], []
    for number in range(100):
        place = Planted(47.2704 + number * 0.0731, 5.8663 + number * 0.0917)
        data = makers[number % len(makers)](place)
        assert any(trace in data for trace in place.traces), "the file must carry what is looked for"
        try:
            kept = reencode(data).jpeg
        except Refused as problem:
            refused.append(problem.problem)
            continue
        survived += [place for trace in place.traces if trace in kept]
    assert survived == []
    assert refused == [Problem.HEIC] * (100 // len(makers)), "only HEIC, which nobody opens"


@pytest.mark.parametrize("make", CARRIERS.values(), ids=CARRIERS.keys())
def test_nothing_of_the_old_file_is_left(make: Callable[[Planted], bytes]) -> None:
    data = make(Planted())
    assert b"CANARY" in data, "the test's own file must carry what is looked for"
    photo = reencode(data)
    assert b"CANARY" not in photo.jpeg
    assert photo.jpeg.count(b"\xff\xd8\xff") == 1
    for marker in (b"Exif\0", b"ICC_PROFILE", b"8BIM", b"http://", b"MPF\0"):
        assert marker not in photo.jpeg
    again = Image.open(io.BytesIO(photo.jpeg))
    assert dict(again.getexif()) == {}
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def corner(photo: Photo) -> tuple[int, int, int]:
    """The colour near the upper left corner."""
    pixel = Image.open(io.BytesIO(photo.jpeg)).convert("RGB").getpixel((4, 4))
    assert isinstance(pixel, tuple)
    return pixel[0], pixel[1], pixel[2]


def test_a_picture_is_turned_upright_before_its_orientation_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    data = saved(picture(), "JPEG", exif=exif)
    photo = reencode(data)
    assert (photo.width, photo.height) == (48, 64)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB").getpixel((4, 4))
    assert isinstance(expected, tuple)
    assert all(abs(one - other) < 40 for one, other in zip(corner(photo), expected, strict=True))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "PNG"),
        ("P", "GIF"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("CMYK", "JPEG"),
        ("1", "TIFF"),
        ("I;16", "PNG"),
        ("RGB", "BMP"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_of_picture_becomes_a_jpeg(mode: str, kind: str) -> None:
    image = Image.new("I;16", (64, 48), 30_000) if mode == "I;16" else picture(mode=mode)
    photo = reencode(saved(image, kind))
    assert photo.jpeg.startswith(b"\xff\xd8\xff")
    assert (photo.width, photo.height) == (64, 48)


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    assert min(corner(reencode(saved(clear, "PNG")))) > 240


def test_a_large_picture_becomes_smaller() -> None:
    photo = reencode(saved(picture((4000, 1000)), "JPEG"))
    assert (photo.width, photo.height) == (MAX_EDGE, MAX_EDGE // 4)


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour that claims, and holds, very many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)

    def chunk(kind: bytes, payload: bytes) -> bytes:
        return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims to be large."""
    plain = bytearray(saved(picture(), "JPEG"))
    at = plain.index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(plain)


REFUSED = {
    "bomb": (bomb(20_000, 20_000), Problem.TOO_MANY_PIXELS),
    "just too many pixels": (bomb(5_000, 4_001), Problem.TOO_MANY_PIXELS),
    "claimed pixels": (claiming(60_000, 60_000), Problem.TOO_MANY_PIXELS),
    "random bytes": (random.Random(1).randbytes(3000), Problem.NOT_A_PHOTO),
    "empty": (b"", Problem.NOT_A_PHOTO),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Problem.NOT_A_PHOTO),
    "PDF": (b"%PDF-1.7", Problem.NOT_A_PHOTO),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", Problem.NOT_A_PHOTO),
    "HEIC of a phone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Problem.HEIC),
    "half a picture": (saved(picture((640, 480)), "JPEG")[:2000], Problem.DAMAGED),
    "21 MB": (saved(picture(), "JPEG") + bytes(MAX_MEDIA_BYTES), Problem.TOO_LARGE),
}


@pytest.mark.parametrize(("data", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_a_photo_is_refused_with_a_reason(data: bytes, problem: Problem) -> None:
    with pytest.raises(Refused) as refused:
        reencode(data)
    assert refused.value.problem is problem
    assert TEXTS[problem]


def test_a_spoiled_picture_is_taken_or_refused_and_never_raises_anything_else() -> None:
    rng = random.Random(5)
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        whole = saved(picture(), kind, **({"exif": gps_exif()} if kind in {"JPEG", "PNG", "WEBP"} else {}))
        for _ in range(60):
            broken = bytearray(whole)
            for _ in range(rng.randint(1, 12)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            try:
                photo = reencode(bytes(broken))
            except Refused:
                continue
            assert b"CANARY" not in photo.jpeg

"""A stranger's picture in, its pixels out: decoded fully, turned upright, painted on new canvas, saved as JPEG.

Nothing of the old file is copied, so that nothing can hide in it: no EXIF, XMP, IPTC, colour profile, comment,
text chunk, thumbnail, second frame or trailing bytes. Not here: limits on time and memory (`worker.py`).
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from storage.errors import Refused
from storage.sandbox.jobs import MAX_MEDIA_BYTES, Photo
from storage.sandbox.problems import Problem

MAX_PIXELS = 20_000_000
MAX_EDGE = 2048
"""Longest edge of what is kept, in pixels: enough to read a sign, a tenth of what a phone sends."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""As Pillow names them; two pictures in one JPEG (MPO) are opened as the first."""

_WHITE = (255, 255, 255)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


def reencode(data: bytes) -> Photo:
    """Make a clean JPEG of a picture; raises `Refused`."""
    if len(data) > MAX_MEDIA_BYTES:
        raise Refused(Problem.TOO_LARGE)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Refused(Problem.HEIC)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _saved(_pixels(_opened(data)))


def _opened(data: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    Image.init()  # registers every format that `FORMATS` may name
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as problem:
        raise Refused(Problem.NOT_A_PHOTO) from problem
    except Image.DecompressionBombError as problem:
        raise Refused(Problem.TOO_MANY_PIXELS) from problem
    except MemoryError:
        raise
    except Exception as problem:
        raise Refused(Problem.DAMAGED) from problem
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(Problem.TOO_MANY_PIXELS)
    return picture


def _pixels(picture: Image.Image) -> Image.Image:
    """The first frame, upright, on new canvas."""
    try:
        picture.load()
        upright = _upright(picture)
        coloured = _coloured(upright)
        canvas = Image.new("RGB", coloured.size, _WHITE)
        canvas.paste(coloured, mask=coloured.getchannel("A") if coloured.mode == "RGBA" else None)
    except MemoryError:
        raise
    except Exception as problem:
        raise Refused(Problem.DAMAGED) from problem
    canvas.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.LANCZOS)
    return canvas


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its EXIF says; a picture whose EXIF cannot be read stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001, RUF100  # EXIF of strangers breaks in every way; the pixels are fine
        return picture


def _coloured(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        lowest, highest = _extrema(picture)
        scale = 255 / max(1, highest - lowest)
        return picture.convert("F").point(lambda value: (value - lowest) * scale).convert("L").convert("RGB")
    has_transparency = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if has_transparency else "RGB")


def _extrema(picture: Image.Image) -> tuple[float, float]:
    lowest, highest = picture.getextrema()
    assert isinstance(lowest, int | float)
    assert isinstance(highest, int | float)
    return lowest, highest


def _saved(canvas: Image.Image) -> Photo:
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), canvas.width, canvas.height)

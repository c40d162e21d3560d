"""The wire of the web chat: JSON frames <-> values of `dialogs/`. The same frames go over WebSocket and over HTTP.

A client's frame is `Hello` (who it is stands in the cookie, never here) or an act with an id that the client made up:
it is sent again until it is acknowledged. A server's message carries a number that grows within one chat (`chat` names
the ring it comes from), so that a client can say what it has seen.

Not here: sockets, cookies, limits on rate (`adapter.py`, `connection.py`).
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, assert_never
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct

from adapters.base import Outgoing, Post, Replace
from dialogs import events
from dialogs.districts import WIDTH, Outline
from dialogs.i18n import direction
from dialogs.messages import Button, Document, Part, Picture
from dialogs.rendering import units

FRAME_LIMIT = 128 * 1024  # bytes: TEXT_LIMIT characters, each written as a JSON escape, fit
_ACTION_LIMIT = 256
_REF_LIMIT = 64
_LANGUAGE_LIMIT = 35  # characters of a language tag

PICTURES = "/chat/picture"


class Malformed(Exception):
    """The bytes are no frame of ours. Says nothing of their content."""


# -- what a client says

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_Id = Annotated[str, Meta(pattern=rf"^{_ID.pattern}\Z")]
_Code = Annotated[str, Meta(max_length=64)]


class Hello(Struct, frozen=True, tag_field="t", tag="hello"):
    """Opens a stream of messages: `chat` and `seen` name the last message shown, '' and 0 at first."""

    chat: Annotated[str, Meta(max_length=_REF_LIMIT)] = ""
    seen: Annotated[int, Meta(ge=0, le=2**53)] = 0
    lang: Annotated[str, Meta(max_length=_LANGUAGE_LIMIT)] = ""


class _Started(Struct, frozen=True, tag_field="t", tag="started"):
    id: _Id
    code: _Code = ""


class _Said(Struct, frozen=True, tag_field="t", tag="said"):
    id: _Id
    text: str


class _Pressed(Struct, frozen=True, tag_field="t", tag="pressed"):
    id: _Id
    action: Annotated[str, Meta(max_length=_ACTION_LIMIT)]
    ref: Annotated[str, Meta(max_length=_REF_LIMIT)] = ""


class _Placed(Struct, frozen=True, tag_field="t", tag="placed"):
    id: _Id
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy: Annotated[float, Meta(ge=0, le=1e8)] = 0.0


class _Reopened(Struct, frozen=True, tag_field="t", tag="reopened"):
    id: _Id


class _CodeEntered(Struct, frozen=True, tag_field="t", tag="code"):
    id: _Id
    code: _Code


class _Left(Struct, frozen=True, tag_field="t", tag="left"):
    id: _Id


_ClientAct = _Started | _Said | _Pressed | _Placed | _Reopened | _CodeEntered | _Left
_ClientFrame = Hello | _ClientAct


@dataclass(frozen=True, slots=True)
class Sent:
    """An act as it came: `id` is the client's, for the acknowledgement and as the mark against duplicates."""

    id: str
    event: events.Act


def is_id(text: str) -> bool:
    """Whether a client may name its act so."""
    return _ID.fullmatch(text) is not None


def decode(data: bytes | str) -> Hello | Sent:
    """Read one frame. Lone surrogates become U+FFFD. Raises `Malformed`."""
    frame = _read(data)
    if isinstance(frame, Hello):
        return frame
    return Sent(frame.id, _event(frame))


def _read(data: bytes | str) -> _ClientFrame:
    if len(data) > FRAME_LIMIT:
        raise Malformed("too long")
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _read_leniently(data)


def _read_leniently(data: bytes | str) -> _ClientFrame:
    """The strict decoder refuses lone surrogates, which a browser can send: read again with those replaced."""
    try:
        frame: _ClientFrame = msgspec.convert(_well_formed(json.loads(data)), _ClientFrame)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Malformed("not a frame") from None
    return frame


def _well_formed(value: Any) -> Any:
    """Replace lone surrogates in the strings of a flat JSON object; a nested value is no frame anyway."""
    if not isinstance(value, dict):
        return value
    return {key: clean(item) if isinstance(item, str) else item for key, item in value.items()}


def clean(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _event(frame: _ClientAct) -> events.Act:
    match frame:
        case _Started(code=code):
            return events.Started(clean(code))
        case _Said(text=text):
            # One character more than is read, so that the dialogue sees that it is too long and says so.
            return events.Said(clean(text)[: events.TEXT_LIMIT + 1])
        case _Pressed(action=action, ref=ref):
            return events.Pressed(clean(action), events.MessageRef(clean(ref)) if ref else None)
        case _Placed(latitude=latitude, longitude=longitude, accuracy=accuracy):
            if not all(math.isfinite(number) for number in (latitude, longitude, accuracy)):
                raise Malformed("not a place")
            return events.Placed(latitude, longitude, accuracy)
        case _Reopened():
            return events.Reopened()
        case _CodeEntered(code=code):
            return events.CodeEntered(clean(code))
        case _Left():
            return events.Gone()
        case _:
            assert_never(frame)


# -- what the server says


class _WireButton(Struct, frozen=True, omit_defaults=True):
    action: str
    label: str
    chosen: bool = False
    secondary: bool = False
    done: bool = False


class _WirePicture(Struct, frozen=True):
    src: str
    alt: str


class _WireDocument(Struct, frozen=True):
    name: str
    mime: str
    data: str
    """base64"""


class _WireSpan(Struct, frozen=True, omit_defaults=True):
    start: int
    """In UTF-16 units, as scripts count; `end` too."""
    end: int
    style: str
    href: str = ""


class _WirePart(Struct, frozen=True, omit_defaults=True):
    text: str
    kind: str
    lang: str
    dir: str
    title: str = ""
    buttons: tuple[tuple[_WireButton, ...], ...] = ()
    pictures: tuple[_WirePicture, ...] = ()
    document: _WireDocument | None = None
    expects: str = "nothing"
    progress: tuple[int, int] | None = None
    question: tuple[int, int] = (0, 0)
    """In UTF-16 units, as scripts count."""
    spans: tuple[_WireSpan, ...] = ()


class _Posted(Struct, frozen=True, tag_field="t", tag="post"):
    n: int
    ref: str
    part: _WirePart


class _Replaced(Struct, frozen=True, tag_field="t", tag="replace"):
    n: int
    ref: str
    part: _WirePart


class Welcome(Struct, frozen=True, tag_field="t", tag="welcome"):
    """Answers `Hello`. `resumed`: what the client has not seen follows. Otherwise the ring is gone or too short: the
    client counts on from `n` and sends `reopened` (or `started`), and the dialogue says again what stands."""

    chat: str
    resumed: bool
    n: int


class Acknowledged(Struct, frozen=True, tag_field="t", tag="ack"):
    """The act is committed: the client need not send it again."""

    id: str


class Again(Struct, frozen=True, tag_field="t", tag="again"):
    """The act was not taken: send it again after so many seconds."""

    id: str
    after: float


class Why(StrEnum):
    """Why an act is refused for good."""

    TOO_LARGE = "too_large"


class Refused(Struct, frozen=True, tag_field="t", tag="refused"):
    """The act will never be taken as it is (a file too large, not a frame): tell the citizen, do not send it again."""

    id: str
    why: Why


class Typing(Struct, frozen=True, tag_field="t", tag="typing"):
    """An answer is on its way."""


ServerFrame = Welcome | Acknowledged | Again | Refused | Typing


def encode(frame: ServerFrame) -> bytes:
    """A frame without a number."""
    return _ENCODER.encode(frame)


def encode_outgoing(number: int, ref: events.MessageRef, outgoing: Outgoing) -> bytes:
    """A numbered message; `ref` names it when it is new, a `Replace` names the message that it takes the place of."""
    match outgoing:
        case Post(part=part):
            return _ENCODER.encode(_Posted(number, ref, _wire(part)))
        case Replace(part=part, message=message):
            return _ENCODER.encode(_Replaced(number, message, _wire(part)))
        case _:
            assert_never(outgoing)


DRAWN = ("name", "path", "x", "y", "latitude", "longitude", "radius")
"""What the map needs of a district: not its whole outline on the ground."""


def encode_districts(outline: Outline) -> bytes:
    """The town's outline for the chat's map."""
    shown = [{name: getattr(each, name) for name in DRAWN} for each in outline.districts]
    return _ENCODER.encode({"width": WIDTH, "height": outline.height, "districts": shown})


def picture_path(picture: Picture) -> str:
    """Where the bytes of a form's picture are served."""
    return f"{PICTURES}/{quote(picture.form, safe='')}/{quote(picture.name, safe='')}"


def _wire(part: Part) -> _WirePart:
    text = clean(part.text)
    return _WirePart(
        text=text,
        kind=part.kind.value,
        lang=part.language,
        dir=direction(part.language),
        title=clean(part.title),
        buttons=tuple(tuple(_wire_button(button) for button in row) for row in part.buttons),
        pictures=tuple(_WirePicture(picture_path(picture), clean(picture.alt)) for picture in part.pictures),
        document=_wire_document(part.document) if part.document else None,
        expects=part.expects.value,
        progress=(part.progress.current, part.progress.total) if part.progress else None,
        question=(units(text[: part.question[0]]), units(text[: part.question[1]])),
        spans=tuple(
            _WireSpan(units(text[: span.start]), units(text[: span.end]), span.style.value, span.href)
            for span in part.spans
        ),
    )


def _wire_button(button: Button) -> _WireButton:
    return _WireButton(button.action, clean(button.label), button.chosen, button.secondary, button.done)


def _wire_document(document: Document) -> _WireDocument:
    return _WireDocument(document.name, document.mime, base64.b64encode(document.data).decode())


_DECODER: msgspec.json.Decoder[_ClientFrame] = msgspec.json.Decoder(_ClientFrame)
_ENCODER = msgspec.json.Encoder()

"""Matrix events to acts, parts to events. Pure: no I/O, no clock, no logger.

An event that is not as the specification says decodes to `Nothing`; no exception leaves `decode`. A user id is spoken
here and in the adapter, and turned into a `Person` by the gate right after. Not here: polls (`polls.py`), who is in a
room (`rooms.py`).
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, assert_never

from adapters.base import File, Outgoing, Post, Replace
from adapters.matrix.media import Located, locate
from adapters.matrix.polls import POLL_STARTS, start_of, vote_of
from dialogs.events import TEXT_LIMIT as READ_LIMIT
from dialogs.events import (
    Act,
    Edited,
    MediaKind,
    MediaSent,
    MessageRef,
    Placed,
    Retracted,
    Said,
    Unreadable,
)
from dialogs.formatting import Span, Style, segments, spelled_out
from dialogs.messages import Part, Picture

Json = Mapping[str, Any]

# -- in


@dataclass(frozen=True, slots=True)
class Decoded:
    """An act of somebody in a room. `sender` is the native id."""

    sender: str
    act: Act
    mark: str
    written: float = 0.0
    """When it was sent, by the sender's homeserver: seconds since 1970."""
    of: str = ""
    """The event that was edited or deleted."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody said anything to us."""


Incoming = Decoded | Nothing

_GEO: Final = re.compile(r"geo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:,[^;]*)?(?:;(.*))?", re.DOTALL)
_UNCERTAINTY: Final = re.compile(r"(?:^|;)u=(\d{1,7}(?:\.\d{1,6})?)(?:;|$)")
_SILENT: Final = frozenset({"m.notice"})
"""What bots say to each other about nothing."""
_MEDIA: Final = {
    "m.image": MediaKind.PHOTO,
    "m.audio": MediaKind.VOICE,
    "m.video": MediaKind.VIDEO,
    "m.file": MediaKind.FILE,
}
_UNFITTING: Final = frozenset({*POLL_STARTS, "m.call.invite", "m.key.verification.request"})
"""Events that ask for an answer that we cannot give; everything else that is no message is no word to us."""
BANG: Final = "!"
"""What Matrix users put before a command, since their own programs take the slash."""


def decode(event: Json, own: str) -> Incoming:
    """One event of a room's timeline, decrypted; `own` is our account's id."""
    sender, mark = _text(event, "sender"), _text(event, "event_id")
    if not sender or not mark or sender == own:
        return Nothing()
    content, written = event.get("content"), _written(event.get("origin_server_ts"))
    if not isinstance(content, Mapping):
        return Nothing()
    if _text(event, "type") == "m.room.redaction":
        return Decoded(sender, Retracted(), mark, written, _text(event, "redacts") or _text(content, "redacts"))
    if not content:
        return Nothing()  # deleted, or not as the specification says
    try:
        act = _act(_text(event, "type"), content)
    except (TypeError, ValueError, AttributeError, RecursionError):
        act = None
    if act is None:
        return Nothing()
    return Decoded(sender, act, mark, written, _edited(content) if isinstance(act, Edited) else "")


def _edited(content: Json) -> str:
    relation = content.get("m.relates_to")
    return _text(relation, "event_id") if isinstance(relation, Mapping) else ""


def _written(milliseconds: object) -> float:
    if isinstance(milliseconds, int) and not isinstance(milliseconds, bool) and 0 < milliseconds < 2**53:
        return milliseconds / 1000.0
    return 0.0


def _act(type_: str, content: Json) -> Act | None:
    voted = vote_of(type_, content)
    if voted is not None:
        return voted
    if type_ == "m.sticker":
        return _media(MediaKind.STICKER, content) or Unreadable()
    if type_ in _UNFITTING:
        return Unreadable()
    if type_ != "m.room.message":
        return None
    replaced = _replaced(content)
    if replaced is not None:
        return Edited(_clean(_text(replaced, "body")))
    return _message(content)


def _message(content: Json) -> Act | None:
    kind = _text(content, "msgtype")
    if kind in _SILENT:
        return None
    if kind in {"m.text", "m.emote"}:
        return _words(_without_quote(content))
    if kind == "m.location":
        return _place(content)
    if kind in _MEDIA:
        return _media(_MEDIA[kind], content) or Unreadable()
    return Unreadable()


def _words(text: str) -> Act:
    """One character above the limit is kept as a sign."""
    text = _clean(text)
    if text.startswith(BANG) and len(text) > 1 and text[1].isalpha():
        text = "/" + text[1:]
    return Said(text)


def _without_quote(content: Json) -> str:
    """A reply without the words that it answers, which older clients repeat before it."""
    text = _text(content, "body")
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping) or "m.in_reply_to" not in relation or not text.startswith("> "):
        return text
    lines = text.split("\n")
    own = next((index for index, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[own:]).lstrip("\n") or text


def _replaced(content: Json) -> Json | None:
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping) or relation.get("rel_type") != "m.replace":
        return None
    new = content.get("m.new_content")
    return new if isinstance(new, Mapping) else {}


def _place(content: Json) -> Act:
    extensible = content.get("m.location") or content.get("org.matrix.msc3488.location")
    uri = _text(content, "geo_uri") or (_text(extensible, "uri") if isinstance(extensible, Mapping) else "")
    found = _GEO.fullmatch(uri)
    if found is None:
        return Unreadable()
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Unreadable()
    uncertain = _UNCERTAINTY.search(found[3] or "")
    accuracy = float(uncertain[1]) if uncertain else 0.0
    return Placed(latitude, longitude, accuracy if math.isfinite(accuracy) else 0.0)


def _media(kind: MediaKind, content: Json) -> Act | None:
    located = locate(content)
    if located is None:
        return None
    info = content.get("info")
    info = info if isinstance(info, Mapping) else {}
    mime, size = _text(info, "mimetype"), info.get("size")
    if kind is MediaKind.FILE and mime.startswith("image/"):
        kind = MediaKind.PHOTO
    size = size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 2**53 else 0
    return MediaSent(kind, located.ref(), mime[:100], size, _caption(content))


def _caption(content: Json) -> str:
    """`body` is the caption where a file name stands beside it (MSC2530), else the file's name."""
    name, body = _text(content, "filename"), _text(content, "body")
    return _clean(body) if name and body != name else ""


def _text(document: Json, key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Lone surrogates (valid as JSON escapes) become U+FFFD."""
    text = text[: READ_LIMIT + 1]
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


# -- out


class Polls(Enum):
    """What is known of a citizen's program."""

    NEVER = auto()
    """It showed none of those that were offered."""
    BESIDE = auto()
    """Not known: the numbers, and a poll under them."""
    ALONE = auto()
    """It shows polls: the numbers stay unsaid, and are understood."""


@dataclass(frozen=True, slots=True)
class Send:
    """One event. `name` tells it from the others of the same message; `anchor`: the one to edit later."""

    name: str
    type: str
    content: dict[str, Any]
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """A form's picture goes here; its bytes are the process's (`Host.picture`)."""

    name: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send, encrypted where the room is."""

    name: str
    file: File
    caption: str = ""


Step = Send | ShowPicture | Upload


def encode(outgoing: Outgoing, polls: Polls) -> list[Step]:
    """What to send, in order, to say a part in a room."""
    match outgoing:
        case Post(part):
            return _post(part, polls)
        case Replace(part, message):
            return [Send("edit", "m.room.message", _edit(text_of(part), message), anchor=True)]
        case _:
            assert_never(outgoing)


def _post(part: Part, polls: Polls) -> list[Step]:
    steps: list[Step] = [ShowPicture(f"picture{number}", each) for number, each in enumerate(part.pictures)]
    poll = part.poll if polls is not Polls.NEVER else None
    if poll is not None and polls is Polls.ALONE:
        if poll.before:
            steps.append(Send("text", "m.room.message", plain(poll.before)))
        steps.append(Send("poll", *start_of(poll, poll.question), anchor=True))
    else:
        if part.text.strip() or part.title.strip():
            steps.append(Send("text", "m.room.message", text_of(part), anchor=True))
        if poll is not None:
            steps.append(Send("poll", *start_of(poll, short(part))))
    if part.document is not None:
        steps.append(Upload("document", File(part.document.name, part.document.mime, part.document.data)))
    return steps


def short(part: Part) -> str:
    """The bare question, for a poll under the text that has it all."""
    begin, end = part.question
    poll = part.poll
    return part.text[begin:end] or (poll.question if poll is not None else "")


def text_of(part: Part) -> dict[str, Any]:
    """The title strong, news with their formatting, the rest as it is."""
    title = part.title.strip()
    if not title and not part.spans:
        return plain(part.text)
    head = f"<strong>{html.escape(title)}</strong><br>" if title else ""
    return {
        **plain("\n".join(filter(None, (title, spelled_out(part.text, part.spans))))),
        "format": "org.matrix.custom.html",
        "formatted_body": head + "".join(_tagged(piece, span) for piece, span in segments(part.text, part.spans)),
    }


def _tagged(piece: str, span: Span | None) -> str:
    shown = html.escape(piece).replace("\n", "<br>")
    if span is None:
        return shown
    match span.style:
        case Style.STRONG:
            return f"<strong>{shown}</strong>"
        case Style.EMPHASIS:
            return f"<em>{shown}</em>"
        case Style.LINK:
            return f'<a href="{html.escape(span.href)}">{shown}</a>'


def plain(text: str) -> dict[str, Any]:
    """No mention of anybody, so that words that look like one ring nowhere."""
    return {"msgtype": "m.text", "body": text, "m.mentions": {}}


def _edit(content: dict[str, Any], message: MessageRef) -> dict[str, Any]:
    return {
        **content,
        "body": f"* {content['body']}",
        "m.new_content": content,
        "m.relates_to": {"rel_type": "m.replace", "event_id": message},
    }


_SHOWN_AS: Final = (
    (("image/jpeg", "image/png", "image/gif", "image/webp"), "m.image"),
    (("audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-m4a"), "m.audio"),
    (("video/mp4", "video/webm"), "m.video"),
)


def file_event(file: File, caption: str, located: Located) -> dict[str, Any]:
    """The event that shows an uploaded file."""
    msgtype = next((type_ for mimes, type_ in _SHOWN_AS if file.mime in mimes), "m.file")
    return {
        "msgtype": msgtype,
        "body": caption or file.name,
        "filename": file.name,
        "info": {"mimetype": file.mime, "size": len(file.data)},
        "m.mentions": {},
        **located.fields(),
    }

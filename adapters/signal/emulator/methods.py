"""The daemon's commands as far as a bot calls them: checked strictly, done to the chats, answered as it does."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.signal.emulator.chats import BOT_UUID, BotMessage, Citizen, Group, Json
from adapters.signal.emulator.problems import RATE_LIMIT, UNTRUSTED_KEY, USER_ERROR, Problem
from adapters.signal.text import width

Params = Mapping[str, Any]

OPTION_LIMIT: Final = 100
OPTIONS_LIMIT: Final = 10
QUESTION_LIMIT: Final = 200
STYLES: Final = frozenset({"BOLD", "ITALIC", "SPOILER", "STRIKETHROUGH", "MONOSPACE"})
_DATA_URI: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+);filename=([^;,]+);base64,([A-Za-z0-9+/=]*)", re.DOTALL)


@dataclass(slots=True)
class Town:
    """Everybody at Signal, and what the daemon knows."""

    account: str
    version: str
    now: Callable[[], int]
    citizens: dict[str, Citizen] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    profile: Json = field(default_factory=dict)
    configuration: Json = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    """Of whom the daemon kept nothing."""
    solved: list[str] = field(default_factory=list)
    """Challenges that were solved."""
    safety_half: str = "012345678901234567890123456789"


Method = Callable[[Town, Params], Any]


def send(town: Town, params: Params) -> Json:
    _allow(params, "recipient", "groupId", "message", "textStyle", "attachments")
    if "groupId" in params:
        return _to_group(town, params)
    text = params.get("message", "")
    files = tuple(_file(uri) for uri in params.get("attachments", ()))
    if not text and not files:
        raise Problem(USER_ERROR, "No message body provided")
    styled = tuple(_styled(style, text) for style in params.get("textStyle", ()))

    def arrive(citizen: Citizen, timestamp: int) -> None:
        timer = town.timers.get(citizen.uuid, 0)
        citizen.receive(BotMessage(timestamp, text, styled, files, expires=timer))

    return _sent(town, params, arrive)


def send_poll(town: Town, params: Params) -> Json:
    _allow(params, "recipient", "question", "option", "noMulti")
    options = tuple(params["option"])
    if len(options) < 2:
        raise Problem(USER_ERROR, "Poll needs at least two options")
    if len(options) > OPTIONS_LIMIT:
        raise Problem(USER_ERROR, f"Poll cannot have more than {OPTIONS_LIMIT} options")
    for option in options:
        if not option:
            raise Problem(USER_ERROR, "Poll options must not be empty")
        if len(option) > OPTION_LIMIT:
            raise Problem(USER_ERROR, f'Poll option "{option}" exceeds the maximum length of {OPTION_LIMIT} characters')
    if not 0 < len(params["question"]) <= QUESTION_LIMIT:
        raise Problem(USER_ERROR, "emulator: no phone shows a poll with such a question")

    def arrive(citizen: Citizen, timestamp: int) -> None:
        text = params["question"] if citizen.polls else "This message cannot be shown by your version of Signal."
        shown = options if citizen.polls else ()
        timer = town.timers.get(citizen.uuid, 0)
        citizen.receive(BotMessage(timestamp, text, options=shown, multiple=not params["noMulti"], expires=timer))

    return _sent(town, params, arrive)


def send_typing(town: Town, params: Params) -> Json:
    _allow(params, "recipient")

    def arrive(citizen: Citizen, timestamp: int) -> None:
        citizen.typing += 1

    return _sent(town, params, arrive, gone="NETWORK_FAILURE")


def _sent(
    town: Town, params: Params, arrive: Callable[[Citizen, int], None], gone: str = "UNREGISTERED_FAILURE"
) -> Json:
    """One recipient succeeds, or the call fails with its results: SendMessageResultUtils. `gone`: what the daemon says
    of somebody who is no longer at Signal, which differs between calls."""
    (uuid,) = params["recipient"]
    citizen = town.citizens.get(uuid)
    timestamp = town.now()
    if citizen is None or not citizen.registered:
        raise failed(timestamp, uuid, None, gone)
    if not citizen.trusted:
        citizen.key_known = True
        raise failed(timestamp, uuid, citizen.number, "IDENTITY_FAILURE")
    arrive(citizen, timestamp)
    return {"timestamp": timestamp, "results": [_result(uuid, citizen.number, "SUCCESS")]}


def failed(timestamp: int, uuid: str, number: str | None, kind: str, **more: Any) -> Problem:
    """How the daemon says that its one recipient did not get the message."""
    data = {"response": {"timestamp": timestamp, "results": [_result(uuid, number, kind, **more)]}}
    match kind:
        case "IDENTITY_FAILURE":
            return Problem(UNTRUSTED_KEY, "Failed to send message due to untrusted identities", data)
        case "RATE_LIMIT_FAILURE":
            return Problem(RATE_LIMIT, "Failed to send message due to rate limiting", data)
        case _:
            return Problem(USER_ERROR, "Failed to send message", data)


def _result(uuid: str, number: str | None, kind: str, **more: Any) -> Json:
    address = {"uuid": uuid, "number": number, "username": None}
    return {"recipientAddress": address, "type": kind} | {name: v for name, v in more.items() if v is not None}


def _to_group(town: Town, params: Params) -> Json:
    group = _group(town, params)
    group.texts.append(params["message"])
    timestamp = town.now()
    return {"timestamp": timestamp, "results": [_result(group.member.uuid, group.member.number, "SUCCESS")]}


def quit_group(town: Town, params: Params) -> Json:
    _allow(params, "groupId", "delete")
    _group(town, params).left.set()
    return {"timestamp": town.now(), "results": []}


def _group(town: Town, params: Params) -> Group:
    group = town.groups.get(params["groupId"])
    if group is None or group.left.is_set():
        raise Problem(USER_ERROR, f"Group not found: {params['groupId']}")
    return group


def trust(town: Town, params: Params) -> Json:
    _allow(params, "recipient", "trustAllKnownKeys")
    citizen = town.citizens.get(params["recipient"])
    if citizen is None:
        raise Problem(USER_ERROR, "Failed to set the trust for this number, make sure the number is correct.")
    if citizen.key_known:
        citizen.is_trusted()
        town.trusted.append(citizen.uuid)
    return {}


def remove_contact(town: Town, params: Params) -> Json:
    _allow(params, "recipient", "forget")
    town.forgotten.append(params["recipient"])
    return {}


def list_identities(town: Town, params: Params) -> list[Json]:
    _allow(params, "number")
    number = params.get("number")
    both = 2 * town.safety_half
    digits = " ".join(both[start : start + 5] for start in range(0, len(both), 5))
    own = {"number": town.account, "uuid": BOT_UUID, "safetyNumber": digits, "trustLevel": "TRUSTED_VERIFIED"}
    if number == town.account:
        return [own]
    citizen = town.citizens.get(str(number))
    if citizen is None:
        return []
    level = "UNTRUSTED" if citizen.key_known and not citizen.trusted else "TRUSTED_UNVERIFIED"
    return [{"number": citizen.number, "uuid": citizen.uuid, "safetyNumber": digits, "trustLevel": level}]


def get_attachment(town: Town, params: Params) -> Json:
    _allow(params, "id")
    data = town.files.get(params["id"])
    if data is None:
        raise Problem(USER_ERROR, f"Could not find attachment with ID: {params['id']}")
    return {"data": base64.b64encode(data).decode("ascii")}


def update_profile(town: Town, params: Params) -> Json:
    _allow(params, "givenName", "about", "avatar")
    town.profile |= dict(params)
    return {}


def update_configuration(town: Town, params: Params) -> Json:
    _allow(params, "readReceipts", "typingIndicators", "linkPreviews", "unidentifiedDeliveryIndicators")
    town.configuration |= dict(params)
    return {}


def submit_challenge(town: Town, params: Params) -> Json:
    _allow(params, "challenge", "captcha")
    if not str(params["captcha"]).startswith("signalcaptcha://"):
        raise Problem(-6, "Captcha rejected. It may be expired, already used, or invalid.")
    town.solved.append(params["challenge"])
    return {}


SINGLE: Final[Mapping[str, Method]] = {
    "send": send,
    "sendTyping": send_typing,
    "trust": trust,
    "removeContact": remove_contact,
    "listIdentities": list_identities,
    "getAttachment": get_attachment,
    "updateProfile": update_profile,
    "updateConfiguration": update_configuration,
    "quitGroup": quit_group,
    "submitRateLimitChallenge": submit_challenge,
}
"""Commands of one account; `sendPollCreate` joins them in newer versions."""

SENDING: Final = frozenset({"send", "sendTyping", "sendPollCreate", "quitGroup"})
"""What leaves the house and counts against Signal's limits."""


def _allow(params: Params, *names: str) -> None:
    unknown = sorted(set(params) - set(names))
    if unknown:
        raise Problem(USER_ERROR, f"emulator: unknown parameters {unknown}")


def _file(uri: str) -> tuple[str, str, bytes]:
    found = _DATA_URI.fullmatch(uri)
    if found is None:
        raise Problem(USER_ERROR, "emulator: an attachment that is no data URI")
    return found[2], found[1], base64.b64decode(found[3])


def _styled(style: str, text: str) -> tuple[str, str]:
    """A style and its passage, which must lie inside the text."""
    start, length, name = style.split(":")
    first, last = int(start), int(start) + int(length)
    if name not in STYLES or not 0 <= first < last <= width(text):
        raise Problem(USER_ERROR, "emulator: a style beyond the text")
    return name, text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le")

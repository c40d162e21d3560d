"""Who runs a messenger, what they can see, whether a phone number is needed: data files with sources, in plain words.

The files lie beside this module, one a channel. They say facts in a closed vocabulary; the words for citizens are in
the catalogues. Who reads along is `dialogs/capabilities.py`; a test holds both together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from dialogs.capabilities import Capabilities, ReadsAlong
from dialogs.forms.msgids import N_
from dialogs.i18n import Voice


class Phone(StrEnum):
    """Whether an account needs a phone number."""

    NEEDED = "needed"
    HIDDEN = "hidden"
    """To have an account; whom one writes to does not see it."""
    NO = "no"


class OperatorKind(StrEnum):
    """Who runs it, if it is no one company."""

    COMPANY = "company"
    MANY = "many"
    """Whoever runs the server that one has an account at."""
    TOWN = "town"


class Sees(StrEnum):
    """What those who run it can see."""

    WORDS = "words"
    ACCOUNT = "account"
    PHONE = "phone"
    TIMES = "times"
    PARTNERS = "partners"
    NETWORK = "network"
    LAST_USE = "last_use"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fact is written."""

    title: str
    url: str
    says: str


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One channel's file."""

    operator: str
    """A company as it is called, or '' (see `operator_kind`)."""
    end_to_end: bool
    phone: Phone
    sees: tuple[Sees, ...]
    sources: tuple[Source, ...]
    checked: date
    """When somebody last read the sources and compared."""
    operator_kind: OperatorKind = OperatorKind.COMPANY


@dataclass(frozen=True, slots=True)
class PrivacyCard:
    """A channel in a citizen's words."""

    channel: str
    label: str
    encrypted: bool
    """End to end."""
    reads: str
    """Who can read along."""
    runs: str
    sees: str
    phone: str
    sources: tuple[Source, ...]


_PHONE: Mapping[Phone, str] = {
    Phone.NEEDED: N_("You need an account with a phone number."),
    Phone.HIDDEN: N_("You need an account with a phone number. We do not keep the number."),
    Phone.NO: N_("You need no phone number."),
}
_SEES: Mapping[Sees, str] = {
    Sees.WORDS: N_("your messages"),
    Sees.ACCOUNT: N_("your account there"),
    Sees.PHONE: N_("your phone number"),
    Sees.TIMES: N_("when you write"),
    Sees.PARTNERS: N_("with whom you write"),
    Sees.NETWORK: N_("your network address"),
    Sees.LAST_USE: N_("on which day you last used it"),
}
_ENCRYPTED: Mapping[ReadsAlong, str] = {
    ReadsAlong.NOBODY: N_("Encrypted end to end: nobody but you and us can read along."),
    ReadsAlong.OPERATOR: N_("Not encrypted end to end: {channel} itself can read along."),
    ReadsAlong.TOWN: N_("Encrypted between your device and our server: nobody but us can read along."),
}


@cache
def facts_of(channel: str) -> Facts:
    """Raises `LookupError` for a channel without a file: each that runs has one."""
    found = files("dialogs.channels") / f"{channel}.toml"
    if not found.is_file():
        raise LookupError(f"dialogs/channels/{channel}.toml is missing")
    return msgspec.convert(tomllib.loads(found.read_text("utf-8")), Facts, strict=False)


def privacy_card(channel: Capabilities, town: str, voice: Voice) -> PrivacyCard:
    """The card of a channel that runs."""
    facts = facts_of(channel.channel)
    seen = [voice.t(_SEES[one]) for one in facts.sees]
    return PrivacyCard(
        channel.channel,
        channel.label,
        facts.end_to_end,
        voice.t(_ENCRYPTED[channel.reads_along], channel=channel.label),
        _who_runs(facts, town, voice),
        voice.t("They can see: {what}.", what=voice.items(seen)) if seen else voice.t("They can see nothing of it."),
        voice.t(_PHONE[facts.phone]),
        facts.sources,
    )


def _who_runs(facts: Facts, town: str, voice: Voice) -> str:
    match facts.operator_kind:
        case OperatorKind.COMPANY:
            return voice.t("Run by {operator}.", operator=facts.operator)
        case OperatorKind.MANY:
            return voice.t("Run by many: whoever keeps the server at which you have your account.")
        case OperatorKind.TOWN:
            return voice.t("Run by {operator}.", operator=town)

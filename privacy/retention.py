"""What is kept, why, and until when: every column, key, Redis entry and file, in one table.

A test walks the tables of the database, the kinds of keys, the entries of Redis and the files of a state folder, and
fails for one that is not here. The functions of `storage/sql/housekeeping.py` apply the limits; the record of
processing and the notice to citizens are written from this table. Not here: words for citizens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from privacy.keyring import KeyKind


class Class(StrEnum):
    """What sort of data it is."""

    PUBLIC = "public"
    """Published by the town; nothing of a citizen."""
    DRAFT = "draft"
    """A conversation that is going on: sealed, short-lived, lost without harm."""
    IDENTIFIER = "identifier"
    """Derived from an address with a secret key: a pseudonym in the sense of the GDPR."""
    ANSWER = "answer"
    """What a citizen submitted, in plain: choices and numbers."""
    SEALED_ANSWER = "sealed_answer"
    """What a citizen submitted, sealed: free texts, places, files."""
    COUNT = "count"
    """Numbers over many people."""
    SECRET = "secret"  # noqa: S105  (the name of a class)
    """Key material."""
    STAFF = "staff"
    """What staff did."""
    OPERATION = "operation"
    """What the machine needs; nothing of a person."""


class Until(StrEnum):
    """Events that end the life of what has no fixed term."""

    REMOVED_BY_TOWN = "removed_by_town"
    """The town decides (its archive law): a survey is deleted."""
    ERASED = "erased"
    """The citizen erases it until close + grace; after that it is tied to nobody, and lives as long as the survey."""
    GRACE_OVER = "grace_over"
    """14 days after close, unless the survey says otherwise; earlier at the citizen's word."""
    CONTACT_OVER = "contact_over"
    """The citizen ends the news, 90 days after a case was closed, or at once after a one-time notification."""
    MOVED = "moved"
    """Moved to the answers in a batch of ten, or counted and forgotten at close."""
    KEY_OVER = "key_over"
    """As long as what the key is for: see `KEYS`."""
    ROTATED = "rotated"
    """The operator rotates the root key."""
    RUNNING = "running"
    """The process ends."""


Limit = timedelta | Until

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the table."""

    of: Class
    limit: Limit
    why: str


def _columns(table: str, names: str, kept: Kept) -> dict[str, Kept]:
    return {f"{table}.{name}": kept for name in names.split()}


_SURVEY: Final = Kept(Class.PUBLIC, Until.REMOVED_BY_TOWN, "what the town asks, with every version that was answered")
_ANSWER: Final = Kept(Class.ANSWER, Until.ERASED, "the answers that the survey is for")
_SEALED: Final = Kept(
    Class.SEALED_ANSWER, Until.GRACE_OVER, "free texts, places and files, readable with the response's key"
)
_MASKED: Final = Kept(
    Class.SEALED_ANSWER, Until.ERASED, "masked texts and coarse places, readable with the reading key"
)
_READING: Final = Kept(Class.SECRET, Until.ERASED, "keys of masked texts, sealed for the reading key")
_TIE: Final = Kept(Class.IDENTIFIER, Until.GRACE_OVER, "one answer a person; change, read and delete one's own")
_COUNT: Final = Kept(Class.COUNT, Until.REMOVED_BY_TOWN, "results")
_TEXT: Final = Kept(Class.STAFF, Until.ERASED, "what moderators decided about masked texts; no word of them")
_THEME: Final = Kept(Class.STAFF, Until.REMOVED_BY_TOWN, "what texts are about, as moderators named it")
_THEME_WORDS: Final = Kept(
    Class.SEALED_ANSWER, Until.REMOVED_BY_TOWN, "words that five people or more share, readable with the reading key"
)
_AUDIT: Final = Kept(Class.STAFF, Until.REMOVED_BY_TOWN, "who of the staff published, closed, exported")
_WAITING: Final = Kept(Class.SEALED_ANSWER, Until.MOVED, "answers to a strict survey, until they lose their order")
_CONTACT: Final = Kept(
    Class.IDENTIFIER, Until.CONTACT_OVER, "the sealed address of whoever asked for news or for a reply"
)
_OPERATION: Final = Kept(Class.OPERATION, Until.REMOVED_BY_TOWN, "running processes notice changes; migrations")

UNMASKING_KEPT: Final = 30 * DAY
"""From the day on which somebody asked; the audit log keeps who, when and why."""
UNMASKED_KEPT: Final = 2 * DAY
"""From the approval: the original can be read on that day and the next."""
_UNMASKING: Final = Kept(Class.STAFF, UNMASKING_KEPT, "who asked to read an original, why, and who approved")
_UNMASKED: Final = Kept(Class.SEALED_ANSWER, UNMASKED_KEPT, "an original for the two who decided to read it")

CASE_KEPT: Final = 365 * DAY
"""From the day on which a case is closed."""
CASE_CODE_KEPT: Final = 90 * DAY
"""From the day on which a case is closed."""

ORDER_KEPT: Final = 30 * DAY
"""From the day on which an order was due; what waits is kept until it ends, after some days of trying."""

_ORDER: Final = Kept(Class.OPERATION, ORDER_KEPT, "what the bot was told to do: random ids and states, no word")
_CASE: Final = Kept(Class.ANSWER, CASE_KEPT, "what was reported, by which office it is handled; counted from its close")
_CASE_WORDS: Final = Kept(Class.SEALED_ANSWER, CASE_KEPT, "words, place, photo and messages of a case; from its close")
_CASE_COPY: Final = Kept(Class.SEALED_ANSWER, CASE_KEPT, "masked copies of a case for staff; with the case")
_INTAKE: Final = Kept(
    Class.STAFF, ORDER_KEPT, "words of staff on their way into a case, sealed for the bot; a second when it runs"
)
_PUBLIC_KEY: Final = Kept(Class.OPERATION, Until.ROTATED, "seals for the bot, opens nothing")
_CASE_CODE: Final = Kept(Class.IDENTIFIER, CASE_CODE_KEPT, "whoever reported finds the case again; from its close")

_NEWS: Final = Kept(Class.PUBLIC, Until.REMOVED_BY_TOWN, "pilots and news as they were published, and their drafts")
_FOLLOWS: Final = Kept(Class.IDENTIFIER, Until.CONTACT_OVER, "who asked for which news, by contact, not by address")

DELIVERY_KEPT: Final = 30 * DAY
"""From the day on which a broadcast ended: so long a correction finds whoever got the error."""

_DELIVERY: Final = Kept(
    Class.IDENTIFIER, DELIVERY_KEPT, "each contact gets a message once, a correction finds them; then counts only"
)
_WISH: Final = Kept(Class.IDENTIFIER, Until.CONTACT_OVER, "who asked what becomes of a survey; erased when told")
_STAFF: Final = Kept(Class.STAFF, Until.REMOVED_BY_TOWN, "who of the staff may do what, and how they log in")

LOGGED_IN: Final = 12 * HOUR
"""From the login."""
INVITED: Final = 3 * DAY
"""So long an invitation to the desk can be used."""
_INVITATION: Final = Kept(Class.STAFF, INVITED, "links that let staff choose a password, as hashes")
_BROWSER: Final = Kept(Class.STAFF, LOGGED_IN, "which browsers of staff are logged in, as hashes")
_TOWN: Final = Kept(Class.PUBLIC, Until.REMOVED_BY_TOWN, "name, colours and texts of the town, with every version")
_RELEASE: Final = Kept(
    Class.PUBLIC, Until.REMOVED_BY_TOWN, "results as they were published, with their data and approved quotes"
)

BARRIER_KEPT: Final = 365 * DAY
"""From the day on which a barrier was reported."""
BARRIER_ANSWERED_KEPT: Final = 90 * DAY
"""From the day on which it was answered: so long an arbitration can be asked for."""
_BARRIER: Final = Kept(
    Class.SEALED_ANSWER,
    BARRIER_KEPT,
    "who met a barrier gets an answer; deleted 90 days after it, or then at the latest",
)

DRAFT_KEPT: Final = 30 * DAY
"""From the day on which a draft of a survey was published or discarded: so long it can be brought back."""

_DRAFT: Final = Kept(Class.STAFF, DRAFT_KEPT, "drafts of surveys, who wrote them; from publishing or discarding")
_WAY: Final = Kept(Class.PUBLIC, Until.REMOVED_BY_TOWN, "where citizens find the town on each channel, for posters")

COLUMNS: Final[dict[str, Kept]] = {
    **_columns("forms", "hash xform source_name source", _SURVEY),
    **_columns("form_attachments", "form name data", _SURVEY),
    **_columns("surveys", "code form card mode closes closed_on grace_days settled", _SURVEY),
    **_columns("revisions", "one revision", _OPERATION),
    **_columns(
        "survey_drafts",
        "number state author changed card version_of file_name source found form xform test_code",
        _DRAFT,
    ),
    **_columns("survey_draft_files", "draft name data", _DRAFT),
    **_columns("channel_ways", "channel link name proofs news_per_second updated", _WAY),
    **_columns("responses", "id survey form day language informed", _ANSWER),
    **_columns("answers", "response position ref question plain", _ANSWER),
    **_columns("answers", "sealed file", _SEALED),
    **_columns("answers", "masked", _MASKED),
    **_columns("participations", "survey token response", _TIE),
    **_columns("return_codes", "survey code response", _TIE),
    **_columns("staging", "id survey sealed", _WAITING),
    **_columns("contacts", "cid cidx keyver purpose sealed day until about", _CONTACT),
    **_columns("cases", "id category office status opened closed language informed asked due heard revision", _CASE),
    **_columns("cases", "sealed reason", _CASE_WORDS),
    **_columns("cases", "code", _CASE_CODE),
    **_columns("case_messages", "case message position by_town day", _CASE),
    **_columns("case_messages", "sealed", _CASE_WORDS),
    **_columns("case_copies", "case of key sealed", _CASE_COPY),
    **_columns("intakes", "id case day sealed", _INTAKE),
    **_columns("public_keys", "name public day", _PUBLIC_KEY),
    **_columns("orders", "id kind subject detail state due tries lease leased_until", _ORDER),
    **_columns("counters", "survey what responses", _COUNT),
    **_columns("files", "locator response day sealed", _SEALED),
    **_columns("pilots", "code state ends quiet_from card parted", _NEWS),
    **_columns(
        "broadcasts",
        "number state pilot card created submitted due began ended expires enrolled cursor goodbye test_code",
        _NEWS,
    ),
    **_columns("broadcasts", "author approver", _STAFF),
    **_columns("broadcast_pictures", "broadcast data", _NEWS),
    **_columns("subscriptions", "cid channel language frequency paused_until consented asked", _FOLLOWS),
    **_columns("subscriptions", "quiet_from quiet_until", _FOLLOWS),
    **_columns("interests", "cid kind value", _FOLLOWS),
    **_columns("digest_items", "cid broadcast", _FOLLOWS),
    **_columns("deliveries", "broadcast cid channel language outcome reason tries worker until", _DELIVERY),
    **_columns("delivery_counts", "broadcast channel outcome reason people", _COUNT),
    **_columns("outcomes", "survey day card chart broadcast archived", _NEWS),
    **_columns("outcome_drafts", "survey card day", _NEWS),
    **_columns("public_results", "survey day numbers", _COUNT),
    **_columns("releases", "survey version day licence reason pages", _RELEASE),
    **_columns("release_files", "survey version name data", _RELEASE),
    **_columns("outcome_wishes", "cid survey channel language", _WISH),
    **_columns("staff", "name roles offices language day", _STAFF),
    **_columns("logins", "name password secret step day", _STAFF),
    **_columns("invitations", "hash name by expires", _INVITATION),
    **_columns("logged_in", "hash name began seen proved", _BROWSER),
    **_columns("barriers", "id day part language sealed answered answered_by", _BARRIER),
    **_columns("town_settings", "version day by settings logo", _TOWN),
    **_columns("snapshots", "survey shown_at respondents tally", _COUNT),
    **_columns("snapshots", "words", _THEME_WORDS),
    **_columns(
        "unmaskings", "id survey response position reason asked_by asked_at approved_by approved_at", _UNMASKING
    ),
    **_columns("unmaskings", "sealed", _UNMASKED),
    **_columns(
        "texts",
        "number survey question response position state reason whose same_as before decision decided_by decided_at "
        "claimed_by claimed_until",
        _TEXT,
    ),
    **_columns("text_tags", "text tag", _TEXT),
    **_columns("themes", "id survey question language name held day", _THEME),
    **_columns("themes", "sealed", _THEME_WORDS),
    **_columns("theme_texts", "theme text rank", _TEXT),
    **_columns("feedback_views", "name shown_at reports release", _COUNT),
    **_columns("audit", "number at actor act subject detail chain", _AUDIT),
    **_columns("keyring.keys", "purpose wrapped created", Kept(Class.SECRET, Until.KEY_OVER, "see KEYS")),
    **_columns("keyring.readings", "id response sealed created", _READING),
    **_columns("keyring.roots", "one current", Kept(Class.OPERATION, Until.ROTATED, "the name of the root key in use")),
    **_columns(
        "keyring.tombstones",
        "survey tombstone day",
        Kept(Class.IDENTIFIER, Until.GRACE_OVER, "a restored backup is told what to erase again"),
    ),
}
"""By `table.column`."""

DRAFT_FILE: Final = 8 * DAY
"""A file that belongs to no response yet."""

CONTACT_KEYS: Final = 400 * DAY
"""A year, and some weeks in which the contact book is carried over to the new keys."""

KEYS: Final[dict[KeyKind, Kept]] = {
    KeyKind.PEPPER: Kept(Class.SECRET, Until.GRACE_OVER, "participation tokens and tombstones of one survey"),
    KeyKind.RETURN_CODE: Kept(Class.SECRET, Until.GRACE_OVER, "return codes of one survey"),
    KeyKind.STAGING: Kept(Class.SECRET, Until.GRACE_OVER, "waiting answers of one strict survey"),
    KeyKind.RESPONSE: Kept(Class.SECRET, Until.GRACE_OVER, "free texts, places and files of one response"),
    KeyKind.EPOCH: Kept(Class.SECRET, 9 * DAY, "conversations of one day; a paused draft's seven days and a day more"),
    KeyKind.RATE: Kept(Class.SECRET, 4 * DAY, "rate counters of one day"),
    KeyKind.CONTACT_INDEX: Kept(Class.SECRET, CONTACT_KEYS, "finds a person in the contact book; one a year"),
    KeyKind.CONTACT_PUBLIC: Kept(Class.SECRET, CONTACT_KEYS, "seals new contacts; one a year"),
    KeyKind.CONTACT_PRIVATE: Kept(Class.SECRET, CONTACT_KEYS, "opens contacts, for sending only; one a year"),
    KeyKind.CASE: Kept(Class.SECRET, CASE_KEPT, "words, place, photo and messages of one case; from its close"),
    KeyKind.CASE_CODES: Kept(Class.SECRET, Until.ROTATED, "case codes, as long as there are any"),
    KeyKind.READING_PUBLIC: Kept(Class.SECRET, Until.ROTATED, "seals the keys of the copies that staff read"),
    KeyKind.INTAKE: Kept(Class.SECRET, Until.ROTATED, "opens what staff write at the desk, for the bot alone"),
    KeyKind.CHANNEL: Kept(
        Class.SECRET, Until.ROTATED, "the store and the identity of one messenger's account; with the installation"
    ),
    KeyKind.CONTACT: Kept(Class.SECRET, Until.CONTACT_OVER, "the address of one contact"),
}

ENTRIES: Final[dict[str, Kept]] = {
    "session": Kept(Class.DRAFT, 7 * DAY, "the conversation; 24 h after the last word unless set otherwise"),
    "anchor": Kept(Class.DRAFT, 7 * DAY, "which message holds the question, to edit it"),
    "debt": Kept(Class.DRAFT, DAY, "replies that were not confirmed as sent, with the sealed address"),
    "lock": Kept(Class.OPERATION, timedelta(seconds=8), "one worker a conversation"),
    "mark": Kept(Class.IDENTIFIER, 2 * DAY, "a message that comes twice is known"),
    "long": Kept(Class.OPERATION, 7 * DAY, "whether any draft of a day is paused; says of nobody"),
    "pace": Kept(Class.OPERATION, DAY, "when a channel may send its next news; nothing of a person"),
    "door": Kept(Class.OPERATION, DAY, "until when a messenger asked us to send no news"),
    "offer": Kept(Class.IDENTIFIER, timedelta(minutes=15), "where a draft is that may be fetched from another channel"),
    "tries": Kept(Class.IDENTIFIER, timedelta(minutes=15), "wrong codes of one person, so that none is guessed"),
    "owed": Kept(Class.OPERATION, DAY, "which conversations are owed a reply"),
    "acts": Kept(Class.IDENTIFIER, timedelta(seconds=10), "how much somebody wrote just now, against floods"),
    "files": Kept(Class.IDENTIFIER, DAY, "how many files somebody sent today"),
    "reports": Kept(Class.IDENTIFIER, DAY, "how many reports somebody sent today"),
    "opens": Kept(Class.IDENTIFIER, timedelta(seconds=60), "how many chats were opened from one network just now"),
    "told": Kept(Class.IDENTIFIER, timedelta(seconds=600), "somebody was told that they write too fast"),
    "spent": Kept(Class.OPERATION, timedelta(minutes=5), "when a channel with a ceiling sent something; times only"),
    "shut": Kept(Class.OPERATION, 7 * DAY, "how long a messenger asked a channel to wait"),
}
"""Entries of Redis by kind. On disk they are gone within an hour more: the log is rewritten hourly."""

LOG_REWRITTEN: Final = HOUR

FILES: Final[dict[str, Kept]] = {
    "zuruf.sqlite*": Kept(Class.ANSWER, Until.REMOVED_BY_TOWN, "the tables, see COLUMNS"),
    "keys/keyring.sqlite*": Kept(Class.SECRET, Until.REMOVED_BY_TOWN, "the keyring; its backups seven days at most"),
    "keys/root.key": Kept(Class.SECRET, Until.ROTATED, "wraps the keyring; backed up on its own"),
    "keys/reading.key": Kept(Class.SECRET, Until.REMOVED_BY_TOWN, "opens the masked texts; backed up on its own"),
    "keys/desk.key": Kept(Class.SECRET, Until.REMOVED_BY_TOWN, "opens the secrets of the codes that staff log in with"),
    "keys/town.key": Kept(Class.SECRET, Until.REMOVED_BY_TOWN, "signs who the town is on each channel"),
    "keys/root.*.key": Kept(Class.SECRET, Until.ROTATED, "the next and the old root key while one is rotated"),
    "backups*": Kept(Class.OPERATION, Until.REMOVED_BY_TOWN, "where backups were written, to remove them in time"),
    "keys/.root.*": Kept(Class.SECRET, Until.ROTATED, "a root key that is being written or destroyed"),
    "matrix/store.sqlite*": Kept(
        Class.IDENTIFIER,
        400 * DAY,
        "the Matrix account's keys, devices, rooms and who wrote: sealed",
    ),
    "matrix/lock": Kept(Class.OPERATION, Until.RUNNING, "which process runs the Matrix channel"),
    "valkey/appendonlydir/*": Kept(Class.DRAFT, LOG_REWRITTEN, "the entries of Redis, rewritten hourly"),
    "valkey/valkey.log": Kept(Class.OPERATION, Until.RUNNING, "warnings of the server, no values"),
    "valkey/owner": Kept(Class.OPERATION, Until.RUNNING, "which process owns the folder"),
    "valkey/socket": Kept(Class.OPERATION, Until.RUNNING, "the server's door"),
}
"""Files of the state folder, as patterns relative to it."""

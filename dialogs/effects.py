"""What a turn asks for. The engine decides, `bot/interpreter.py` does.

Three sorts: words to the citizen (`Send`, `Revise`, `Settle`), durable acts (`Submit`, `Erase`), and queries, which
are answered by an event in the same turn, at most `QUERY_LIMIT` times.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.events import Aim, CasesFor, MediaKind, MediaName, MediaRef, MessageRef, NewsAim
from dialogs.follows import Subscription
from dialogs.messages import Language, Say

QUERY_LIMIT = 3

# -- words


@dataclass(frozen=True, slots=True)
class Send:
    """Say it as a new message. `anchor`: this is the question that stands; a later `Settle(None, …)` means it."""

    say: Say
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Revise:
    """Show the message anew in place (toggled choices, a turned page); a new message where nothing can be edited."""

    say: Say
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Close an answered question so that the chat reads well: the same text, the answer under it, no buttons.

    Nothing where the channel cannot edit. `message` None means the anchored one.
    """

    say: Say
    message: MessageRef | None = None


# -- durable acts, in the database before any reply; each bears being done twice, as its event may come again


@dataclass(frozen=True, slots=True)
class Value:
    """One stored answer. `ref` as in the form, `[n]` on repeats where n > 1; `sealed` values are kept encrypted."""

    ref: str
    text: str
    sealed: bool
    media: bool = False
    """`text` is a MediaName: the draft's file becomes the response's."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Store the answers. The same `response` again is the same submission: it replaces itself."""

    survey: str
    form: str
    response: bytes
    language: str
    values: tuple[Value, ...]
    return_code: str = ""
    """16 digits, made by the engine for channels without an account; stored only as argon2id."""
    informed: str = ""
    """Version of the notice that was shown ("consent is version + day")."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Remove this person's response to a survey, files and key with it.

    With `return_code`, the response that the code belongs to.
    """

    survey: str
    return_code: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Open a case. The same `case` again is the same report."""

    case: bytes
    category: str
    office: str
    words: str
    place: str
    point: tuple[float, float] | None
    photo: str
    """MediaName, or ''."""
    code: str
    """Made by the engine; stored only as argon2id."""
    language: str
    informed: str
    reply: bool = False
    """The town may write to this person about it: the address is kept, sealed, until 90 days after the close."""


@dataclass(frozen=True, slots=True)
class AddToCase:
    """More words of the citizen for a case. The same `message` again is the same words.

    `code`, here and below: the case code, or a key by which the case was found for this person (`CaseFound.code`).
    """

    code: str
    message: bytes
    words: str


@dataclass(frozen=True, slots=True)
class EraseCase:
    """Remove the case that the code belongs to, with its key, at the citizen's word."""

    code: str


@dataclass(frozen=True, slots=True)
class TieCase:
    """What the town writes about the case comes to this conversation from now on, and to no other."""

    code: str


@dataclass(frozen=True, slots=True)
class UntieCase:
    """The town shall not write about the case any more: the address is forgotten at once."""

    code: str


@dataclass(frozen=True, slots=True)
class AnswerFixed:
    """The answer to "is it fixed?". "No" opens the case again, and the words are added to it."""

    code: str
    fixed: bool
    message: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """This person gets news, as the subscription says; it takes the place of an earlier one."""

    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """This person gets no news any more: the subscription and the address that was kept for it are erased."""


@dataclass(frozen=True, slots=True)
class SpeakNews:
    """From now on news come in this language, if this person gets any."""

    language: Language


@dataclass(frozen=True, slots=True)
class AskOutcome:
    """This person is told once what becomes of a survey."""

    survey: str
    language: Language


@dataclass(frozen=True, slots=True)
class ForgetOutcome:
    """This person is not told any more what becomes of a survey: the address that was kept for it is erased."""

    survey: str


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """Let this conversation's draft be fetched from another channel: for a quarter of an hour, once, by the code."""

    code: str


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """The draft of `FetchDraft` goes on here: when this turn is saved, the conversation it came from is forgotten."""

    code: str


@dataclass(frozen=True, slots=True)
class Depart:
    """The person takes leave: once this turn is said, the channel's own program need not know them any more."""


# -- queries


@dataclass(frozen=True, slots=True)
class FindParticipation:
    """Answered by `Participated`. With `return_code`, the response that the code belongs to."""

    survey: str
    return_code: str = ""


@dataclass(frozen=True, slots=True)
class FindEverything:
    """Answered by `Everything`: what is stored of this person in any survey whose tie to people still stands.

    `codes` are (survey, return code) that the citizen has shown; the survey '' means: whichever it belongs to.
    """

    aim: Aim
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FindCase:
    """Answered by `CaseFound`."""

    code: str


@dataclass(frozen=True, slots=True)
class FindCases:
    """Answered by `CasesFound`: the cases about which the town may write to this person.

    `about`: what it is for: words that were said, a button's mark, a case code.
    """

    aim: CasesFor
    about: str = ""


@dataclass(frozen=True, slots=True)
class FindSubscription:
    """Answered by `SubscriptionFound`; `aim` and `argument` come back with it."""

    aim: NewsAim
    argument: str = ""


@dataclass(frozen=True, slots=True)
class FetchDraft:
    """Answered by `DraftFetched`."""

    code: str


@dataclass(frozen=True, slots=True)
class KeepMedia:
    """Fetch, clean and keep a file for the draft. Answered by `MediaKept` or `MediaRefused`."""

    media: MediaRef
    kind: MediaKind


@dataclass(frozen=True, slots=True)
class DropMedia:
    """A kept file of the draft is no longer wanted. Not answered."""

    name: MediaName


Words = Send | Revise | Settle
Durable = (
    Submit
    | Erase
    | DropMedia
    | Report
    | AddToCase
    | EraseCase
    | TieCase
    | UntieCase
    | AnswerFixed
    | Subscribe
    | Unsubscribe
    | SpeakNews
    | AskOutcome
    | ForgetOutcome
    | OfferDraft
    | ReleaseDraft
    | Depart
)
Query = FindParticipation | FindEverything | FindCase | FindCases | FindSubscription | FetchDraft | KeepMedia
Effect = Words | Durable | Query

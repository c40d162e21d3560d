"""Plays a conversation in memory: the fake that is part of the product (`zuruf survey try`, tests, previews).

It does for one citizen what `bot/` does for all, without a disk, a lock or a messenger: it asks the engine, answers
its queries from memory, keeps what is submitted, and renders the words for a channel. Nothing is sealed.
Not here: a channel's own form of acts and parts (each channel's `codec.py`), what is said (`dialogs/`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dialogs.effects import (
    QUERY_LIMIT,
    AddToCase,
    AnswerFixed,
    AskOutcome,
    Depart,
    DropMedia,
    Durable,
    Effect,
    Erase,
    EraseCase,
    FetchDraft,
    FindCase,
    FindCases,
    FindEverything,
    FindParticipation,
    FindSubscription,
    ForgetOutcome,
    KeepMedia,
    OfferDraft,
    ReleaseDraft,
    Report,
    Revise,
    Send,
    Settle,
    SpeakNews,
    Submit,
    Subscribe,
    TieCase,
    Unsubscribe,
    UntieCase,
)
from dialogs.engine import resume
from dialogs.events import (
    Aim,
    Answer,
    CaseFound,
    CaseMessage,
    CasesFound,
    DraftFetched,
    Event,
    Everything,
    KeptFile,
    MediaKept,
    MediaName,
    MediaProblem,
    MediaRefused,
    NotFetched,
    NotStored,
    Participated,
    Replies,
    SubscriptionFound,
)
from dialogs.follows import Subscription
from dialogs.messages import Part
from dialogs.moderation import CaseStatus
from dialogs.rendering import render
from dialogs.session import Session
from dialogs.world import Mode, World

Words = Send | Revise | Settle

ReadFile = Callable[[str], bytes | None]
"""The bytes of a file that the citizen names, None if there is none."""

FILE_LIMIT = 20 * 1024 * 1024
"""Bytes of a file that are taken here, as in the messengers."""


def no_files(path: str) -> bytes | None:
    """A citizen without files."""
    del path
    return None


@dataclass(slots=True)
class Player:
    """One citizen's conversation. `world` is asked anew for every turn, so that time may pass."""

    world: Callable[[], World]
    read_file: ReadFile = no_files
    failing: bool = False
    """The memory takes nothing, like a database that is away."""
    session: Session | None = None
    sent: dict[str, Submit] = field(default_factory=dict)
    """What was submitted, by survey."""
    cases: dict[str, CaseFound] = field(default_factory=dict)
    """What was reported, by case code."""
    files: dict[MediaName, bytes] = field(default_factory=dict)
    subscription: Subscription | None = None
    wishes: set[str] = field(default_factory=set)
    """Surveys whose outcome is to be told."""
    offers: dict[str, Player] = field(default_factory=dict)
    """Conversations whose draft may be fetched, by code; players that share it are one person's channels."""
    _fetched: Player | None = None

    def take(self, event: Event) -> tuple[Words, ...]:
        """One turn: the engine's words, its queries answered and its durable acts done."""
        world = self.world()
        before, effects = self.session, list[Effect]()
        turn = resume(before, event, world)
        for _ in range(QUERY_LIMIT):
            answer = self._answer(turn.effects)
            if answer is None:
                break
            effects += turn.effects
            turn = resume(turn.session, answer, world)
        effects += turn.effects
        durable = [effect for effect in effects if isinstance(effect, Durable)]
        if self.failing and any(not isinstance(effect, DropMedia) for effect in durable):
            turn = resume(before, NotStored(), world)
            effects, durable = list(turn.effects), []
        for effect in durable:
            self._do(effect)
        self.session = turn.session
        return tuple(effect for effect in effects if isinstance(effect, Send | Revise | Settle))

    def parts(self, event: Event) -> tuple[Part, ...]:
        """The same, rendered for the world's channel; what is settled is not shown again."""
        channel = self.world().channel
        words = self.take(event)
        return tuple(part for effect in words if not isinstance(effect, Settle) for part in render(effect.say, channel))

    def _answer(self, effects: tuple[Effect, ...]) -> Answer | None:
        match effects[-1] if effects else None:
            case FindParticipation(survey, code):
                return self._participation(survey, code)
            case FindSubscription(aim, argument):
                return SubscriptionFound(aim, self.subscription, argument, tuple(sorted(self.wishes)))
            case FindCase(code):
                return replace(self.cases.get(self._code(code), CaseFound(code)), code=code)
            case FindCases(aim, about):
                return CasesFound(aim, about, self._tied())
            case FetchDraft(code):
                there = self.offers.pop(code, None)
                if there is None:
                    return DraftFetched(code, problem=NotFetched.UNKNOWN)
                self._fetched = there
                return DraftFetched(code, there.session)
            case FindEverything(aim, codes):
                return self._everything(aim, dict(codes))
            case KeepMedia(media, _):
                data = self.read_file(media)
                if data is None:
                    return MediaRefused(MediaProblem.UNREADABLE)
                if len(data) > FILE_LIMIT:
                    return MediaRefused(MediaProblem.TOO_LARGE)
                name = MediaName(f"{len(self.files) + 1:04d}")
                self.files[name] = data
                return MediaKept(name, len(data))
            case _:
                return None

    def _participation(self, survey: str, code: str) -> Participated:
        found = self.sent.get(survey)
        if found is None or (code and found.return_code != code):
            return Participated(survey, None)
        if self.world().surveys[survey].mode is Mode.STRICT:
            return Participated(survey, b"")
        answers = tuple((value.ref, value.text) for value in found.values)
        today = self.world().now.date()
        return Participated(survey, found.response, found.form, answers, found.language, today, found.informed)

    def _everything(self, aim: Aim, codes: dict[str, str]) -> Everything:
        """A code without a survey finds only what it belongs to, as from another device."""
        found = tuple(self._participation(survey, codes.get(survey, codes.get("", ""))) for survey in self.sent)
        media = [(submit.survey, value) for submit in self.sent.values() for value in submit.values if value.media]
        files = tuple(
            KeptFile(survey, value.text, "application/octet-stream", self.files[MediaName(value.text)])
            for survey, value in media
            if MediaName(value.text) in self.files
        )
        mine = tuple(each for each in found if each.response is not None)
        return Everything(
            aim,
            mine,
            files if aim is Aim.MY_DATA else (),
            cases=self._tied(),
            subscription=self.subscription,
            outcomes=tuple(sorted(self.wishes)),
        )

    def _tied(self) -> tuple[CaseFound, ...]:
        return tuple(replace(case, code=case.key) for case in self.cases.values() if case.replies is Replies.HERE)

    def _code(self, code: str) -> str:
        """The code of a case, from the code or from its key."""
        return next((each for each, case in self.cases.items() if case.key == code), code)

    def _do(self, effect: Durable) -> None:
        match effect:
            case Submit():
                self.sent[effect.survey] = effect
            case Erase():
                self.sent.pop(effect.survey, None)
            case DropMedia(name):
                self.files.pop(name, None)
            case Report():
                self._open(effect)
            case AddToCase(code, _, words):
                self._add(self._code(code), words)
            case OfferDraft(code):
                self.offers[code] = self
            case ReleaseDraft():
                assert self._fetched is not None, "it was fetched in this turn"
                self._fetched.session = None
            case EraseCase(code):
                self.cases.pop(self._code(code), None)
            case TieCase(code):
                self._change(code, replies=Replies.HERE)
            case UntieCase(code):
                self._change(code, replies=Replies.NOWHERE)
            case AnswerFixed(code, fixed, _, words):
                self._change(code, asked=False)
                if not fixed:
                    self._change(code, status=CaseStatus.WITH_OFFICE)
                    self._add(self._code(code), words)
            case Subscribe(subscription):
                self.subscription = subscription
            case Unsubscribe():
                self.subscription = None
            case SpeakNews(language):
                if self.subscription is not None:
                    self.subscription = replace(self.subscription, language=language)
            case AskOutcome(survey):
                self.wishes.add(survey)
            case ForgetOutcome(survey):
                self.wishes.discard(survey)
            case Depart():
                pass  # nobody but a messenger's program knew them

    def _open(self, report: Report) -> None:
        self.cases[report.code] = CaseFound(
            code=report.code,
            status=CaseStatus.RECEIVED,
            category=report.category,
            office=report.office,
            opened=self.world().now.date(),
            words=report.words,
            key=report.case.hex(),
            replies=Replies.HERE if report.reply else Replies.NOWHERE,
            language=report.language,
            informed=report.informed,
        )

    def _add(self, code: str, words: str) -> None:
        case = self.cases[code]
        added = CaseMessage(by_town=False, day=self.world().now.date(), words=words)
        self.cases[code] = replace(case, messages=(*case.messages, added))

    def _change(self, code: str, **changes: object) -> None:
        known = self._code(code)
        self.cases[known] = replace(self.cases[known], **changes)  # type: ignore[arg-type]

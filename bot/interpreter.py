"""Does what the engine asks for: answers queries, makes durable acts durable. Decides nothing.

Here a person meets the store: the pepper of a survey turns an address into that survey's participation token, the key
of a response seals its texts. Neither leaves this call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from adapters.base import Adapter
from adapters.errors import ChannelError, Rejected
from bot.following import Following
from bot.holdings import Holdings
from bot.movings import Movings
from bot.reports import Reports
from dialogs.effects import (
    AddToCase,
    AnswerFixed,
    AskOutcome,
    Depart,
    DropMedia,
    Durable,
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
    Query,
    ReleaseDraft,
    Report,
    SpeakNews,
    Submit,
    Subscribe,
    TieCase,
    Unsubscribe,
    UntieCase,
)
from dialogs.events import (
    Answer,
    DraftFetched,
    MediaKept,
    MediaKind,
    MediaName,
    MediaProblem,
    MediaRefused,
    Participated,
)
from privacy.addresses import Person
from privacy.files import new_file_name, seal_file
from privacy.pseudonyms import canonical_return_code, return_code_hash
from storage.acts.library import Library
from storage.clock import Clock
from storage.errors import ConverterBusy, Refused
from storage.keychain import Keychain
from storage.records import Media, ResponseId, Responses, StoredResponse, Submission, Token
from storage.sandbox import Problem, Sandbox

MEDIA_LIMIT = 20 * 1024 * 1024  # bytes of a file that a citizen sends

_PROBLEMS = {
    Problem.TOO_LARGE: MediaProblem.TOO_LARGE,
    Problem.TOO_MANY_PIXELS: MediaProblem.TOO_LARGE,
    Problem.TOO_HEAVY: MediaProblem.UNREADABLE,
    Problem.NOT_A_PHOTO: MediaProblem.WRONG_KIND,
    Problem.HEIC: MediaProblem.HEIC,
    Problem.NOT_A_VOICE: MediaProblem.WRONG_KIND,
    Problem.DAMAGED: MediaProblem.UNREADABLE,
}


class Interpreter:
    """Queries and durable acts, for one person at a time."""

    def __init__(
        self,
        responses: Responses,
        media: Media,
        keychain: Keychain,
        library: Library,
        sandbox: Sandbox,
        clock: Clock,
        reports: Reports,
        following: Following,
        movings: Movings,
    ) -> None:
        self._responses = responses
        self._media = media
        self._keychain = keychain
        self._library = library
        self._sandbox = sandbox
        self._clock = clock
        self._reports = reports
        self._movings = movings
        self._holdings = Holdings(responses, media, keychain, library, reports)
        self._following = following

    # -- queries

    async def ask(self, query: Query, person: Person, adapter: Adapter) -> Answer:
        """Raises `storage.errors.StorageError` if the store is away."""
        match query:
            case FindParticipation(survey, return_code):
                return await self._participation(survey, person, return_code)
            case FindCase():
                return await self._reports.found(query, person)
            case FindCases():
                return await self._reports.of_person(query, person)
            case FetchDraft(code):
                return await self._fetch(code, person)
            case FindEverything():
                everything = await self._holdings.everything(query, person)
                return replace(
                    everything,
                    subscription=await self._following.of(person),
                    outcomes=await self._following.outcomes(person, self._library.surveys),
                )
            case FindSubscription():
                return await self._following.found(query, person, self._library.surveys)
            case KeepMedia():
                return await self._keep(query, adapter)
            case _:
                assert_never(query)

    async def _fetch(self, code: str, person: Person) -> DraftFetched:
        fetched = await self._movings.fetch(code, person)
        draft = fetched.session.survey if fetched.session is not None else None
        if draft is None:
            return fetched
        return replace(fetched, took_part=await self._find(draft.code, person, "") is not None)

    async def _participation(self, survey: str, person: Person, return_code: str) -> Participated:
        stored = await self._find(survey, person, return_code)
        if stored is None:
            return Participated(survey, None)
        return await self._holdings.opened(stored)

    async def _find(self, survey: str, person: Person, return_code: str) -> StoredResponse | None:
        pepper = await self._keychain.pepper_if_any(survey)
        if pepper is None:
            return None
        if not return_code:
            return await self._responses.find(survey, Token(person.token(pepper)))
        code = await self._hashed(survey, return_code)
        return await self._responses.find_by_code(survey, code) if code is not None else None

    async def _hashed(self, survey: str, return_code: str) -> bytes | None:
        """A return code as it is stored; None if the text is none. Slow on purpose, so in a thread."""
        code = canonical_return_code(return_code)
        if code is None:
            return None
        salt = await self._keychain.return_code_salt(survey, self._clock.today())
        return await asyncio.to_thread(return_code_hash, salt, code)

    async def _keep(self, query: KeepMedia, adapter: Adapter) -> MediaKept | MediaRefused:
        try:
            data = await adapter.fetch(query.media, MEDIA_LIMIT)
        except Rejected:
            return MediaRefused(MediaProblem.TOO_LARGE)
        except ChannelError:
            return MediaRefused(MediaProblem.UNAVAILABLE)
        try:
            clean, suffix = await self._cleaned(query.kind, data)
        except Refused as refused:
            return MediaRefused(_PROBLEMS[refused.problem])
        except ConverterBusy:
            return MediaRefused(MediaProblem.UNAVAILABLE)
        name = MediaName(new_file_name(suffix))
        await self._media.keep(name, seal_file(name, clean), self._clock.today())
        return MediaKept(name, len(clean))

    async def _cleaned(self, kind: MediaKind, data: bytes) -> tuple[bytes, str]:
        match kind:
            case MediaKind.PHOTO | MediaKind.FILE:
                photo = await self._sandbox.photo(data)
                return photo.jpeg, ".jpg"
            case MediaKind.VOICE:
                voice = await self._sandbox.voice(data)
                return voice.data, voice.suffix
            case MediaKind.VIDEO | MediaKind.STICKER:
                raise Refused(Problem.NOT_A_PHOTO)
            case _:
                assert_never(kind)

    # -- durable acts

    async def commit(self, person: Person, channel: str, durable: Sequence[Durable]) -> None:
        """Durable when this returns. Raises `storage.errors.StorageError`: then those before the failing one hold.

        The event is brought again and decided anew, so that every act bears being done twice.
        """
        for act in durable:
            match act:
                case Submit():
                    await self._submit(act, person, channel)
                case Erase():
                    await self._erase(act, person)
                case DropMedia(name):
                    await self._media.drop(name)
                case Report() | AddToCase() | EraseCase() | TieCase() | UntieCase() | AnswerFixed():
                    await self._reports.do(act, person)
                case Subscribe(subscription):
                    await self._following.subscribe(person, channel, subscription)
                case Unsubscribe():
                    await self._following.unsubscribe(person)
                case SpeakNews(language):
                    await self._following.speak(person, channel, language)
                case AskOutcome():
                    await self._following.ask_outcome(act, person, channel)
                case ForgetOutcome(survey):
                    await self._following.forget_outcome(person, survey)
                case OfferDraft():
                    await self._movings.offer(act, person)
                case ReleaseDraft():
                    pass  # done when the turn is saved (`Movings.ended`): before, the draft would be nowhere
                case Depart():
                    pass  # done when the turn is saved, by the channel
                case _:
                    assert_never(act)

    async def _submit(self, act: Submit, person: Person, channel: str) -> None:
        if self._library.surveys[act.survey].trial:
            await self._forget(act)
            return
        today = self._clock.today()
        pepper = await self._keychain.pepper(act.survey, today)
        await self._responses.submit(
            Submission(
                submit=act,
                token=Token(person.token(pepper)),
                day=today,
                channel=channel,
                return_code=await self._hashed(act.survey, act.return_code) if act.return_code else None,
            )
        )

    async def _forget(self, act: Submit) -> None:
        """Answers to a draft under test are for nobody: neither kept nor counted, and their files go at once."""
        for value in act.values:
            if value.media:
                await self._media.drop(MediaName(value.text))

    async def _erase(self, act: Erase, person: Person) -> None:
        found = await self._find(act.survey, person, act.return_code)
        if found is not None and found.id:
            await self._responses.erase(act.survey, ResponseId(found.id))

"""The talk about a case: the town writes, the citizen's next words go to the case, "is it fixed?" is answered.

Words go to a case only where nothing else stands: a survey's question, a report under way and questions of the house
keep theirs, and the town is answered by a button or a command then. To whom words went is always said.
Not here: reporting and looking up (`feedback.py`), the words (`case_words.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dialogs import house
from dialogs.actions import MARK_LETTERS, CaseTap, Tap
from dialogs.case_menu import CASE_BYTES, WORDS_LIMIT, menu, too_long
from dialogs.case_words import fixed_buttons, news_say, passed_on
from dialogs.effects import AddToCase, AnswerFixed, FindCases, Send
from dialogs.events import CaseFound, CaseNews, CasesFor, CasesFound, News
from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.interview import voice_of
from dialogs.messages import Kind, Language, Say
from dialogs.moderation import CLOSED
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from dialogs.session import Asked, FeedbackState, Session, Step
from dialogs.standing import report_first, stand, then_stand
from dialogs.turn import Turn
from dialogs.world import World

# -- the town writes


def told(session: Session | None, event: CaseNews, world: World) -> Turn:
    """Say it, whatever stands; what stands goes on. Where nothing does, the next words go to the case."""
    if session is None or not session.language:
        session = Session(language=Language(event.case.language or world.town.languages[0]))
    voice = voice_of(session, world)
    busy = is_busy(session)
    say = news_say(event, world, voice, busy)
    after = replace(session, case=event.case.key)
    if event.news is News.QUESTION and not busy:
        after = replace(after, asked=Asked.FIXED, about=event.case.key)
    return Turn(after, (Send(say),))


def is_busy(session: Session) -> bool:
    """Whether something stands that has the citizen's next words."""
    return (
        session.survey is not None or session.feedback is not None or session.asked not in (Asked.NOTHING, Asked.FIXED)
    )


# -- the citizen answers


def ask_for(session: Session, text: str) -> Turn:
    """Words that mean nothing else: are they for a case?"""
    return Turn(session, (FindCases(CasesFor.WORDS, text),))


def tapped(session: Session, tap: Tap) -> Turn:
    """A button under what the town wrote, however old."""
    return Turn(session, (FindCases(CasesFor.TAP, f"{tap.mark} {tap.number}"),))


def reply(session: Session) -> Turn:
    """ "Answer the town"."""
    return Turn(session, (FindCases(CasesFor.REPLY),))


def show(session: Session) -> Turn:
    """ "Show the report"."""
    return Turn(session, (FindCases(CasesFor.SHOW),))


def meant(session: Session, cases: Sequence[CaseFound]) -> CaseFound | None:
    """The case that words are for: the one that the town wrote about last, or one that waits for an answer."""
    current = next((case for case in cases if case.key == session.case), None)
    return current or next((case for case in reversed(cases) if _waits(case)), None)


def _waits(case: CaseFound) -> bool:
    spoke_last = bool(case.messages) and case.messages[-1].by_town and case.status not in CLOSED
    return case.asked or spoke_last


def words_found(session: Session, event: CasesFound, world: World) -> Turn | None:
    """The person's cases are known now: pass the words on; None if they are for none."""
    case = meant(session, event.cases)
    if case is None:
        return None
    fixed = _yes_or_no(event.about, session, world) if case.asked else None
    return _fixed(session, case, fixed, world) if fixed is not None else _pass_on(session, case, event.about, world)


def _yes_or_no(text: str, session: Session, world: World) -> bool | None:
    voice = voice_of(session, world)
    labels = [button.label for button in fixed_buttons("", voice)]
    options = (Option(house.YES, labels[0]), Option(house.NO, labels[1]))
    reading = read(
        Question("fixed", QuestionType.SELECT_ONE, "", options=options), text, session.language, world.now.date()
    )
    return reading.value == house.YES if isinstance(reading, Taken) else None


def _pass_on(session: Session, case: CaseFound, text: str, world: World) -> Turn:
    if len(text) > WORDS_LIMIT:
        return too_long(session, WORDS_LIMIT, world)
    voice = voice_of(session, world)
    said = Say(passed_on(case, world, voice), kind=Kind.INFO, language=voice.language)
    talking = replace(house.answered(session), case=case.key)
    if _is_repeated(case, text, world):
        return Turn(talking, (Send(said),))
    return Turn(talking, (AddToCase(case.key, world.rng.randbytes(CASE_BYTES), text), Send(said)))


def _is_repeated(case: CaseFound, text: str, world: World) -> bool:
    """Whether the same words stand there already as the last: sent twice, or brought again after an outage."""
    last = case.messages[-1] if case.messages else None
    return last is not None and not last.by_town and last.words == text and last.day == world.now.date()


def tap_found(session: Session, event: CasesFound, world: World) -> Turn:
    """The person's cases are known now: do what the button says."""
    mark, _, number = event.about.partition(" ")
    case = next((each for each in event.cases if mark and each.key[:MARK_LETTERS] == mark), None)
    if case is None or not number.isdecimal() or int(number) not in tuple(CaseTap):
        return stand(session, world, voice_of(session, world).t("I do not know this button any more."))
    match CaseTap(int(number)):
        case CaseTap.ANSWER:
            return _write(session, case, world)
        case CaseTap.SHOW:
            return menu(session, case, world)
        case CaseTap.FIXED | CaseTap.NOT_FIXED as tapped_:
            return _fixed(session, case, tapped_ is CaseTap.FIXED, world)


def reply_found(session: Session, event: CasesFound, world: World) -> Turn:
    """The person's cases are known now: ask for the words."""
    case = meant(session, event.cases) or (event.cases[-1] if event.cases else None)
    if case is None:
        text = voice_of(session, world).t("There is nothing to answer: the town has not written to you.")
        return stand(house.answered(session), world, text)
    return _write(session, case, world)


def show_found(session: Session, event: CasesFound, world: World) -> Turn:
    """The person's cases are known now: the one that is talked about, or the newest."""
    case = meant(session, event.cases) or (event.cases[-1] if event.cases else None)
    if case is None:
        text = voice_of(session, world).t("To read what became of a report, write its case code.")
        return stand(session, world, text)
    return menu(session, case, world)


def _write(session: Session, case: CaseFound, world: World) -> Turn:
    """Ask for the words; what stood before goes on afterwards. A report under way comes first."""
    if session.feedback is not None:
        return report_first(session, world)
    state = FeedbackState(world.rng.randbytes(CASE_BYTES), Step.ADDITION, code=case.key, to=case.office)
    return stand(replace(house.answered(session), feedback=state, case=case.key), world)


# -- is it fixed?


def _fixed(session: Session, case: CaseFound, fixed: bool, world: World) -> Turn:
    """Thanks, or: the case is open again."""
    voice = voice_of(session, world)
    words = "" if fixed else voice.t("It is not fixed.")
    act = AnswerFixed(case.key, fixed, world.rng.randbytes(CASE_BYTES), words)
    answered = house.answered(session) if session.asked is Asked.FIXED else session
    if not case.asked:
        return stand(answered, world, voice.t("You have answered this already. Thank you."))
    if fixed:
        text = voice.t("Good to hear. Thank you for telling us.")
    else:
        text = voice.t("I am sorry. Your report is open again, and {who} knows.", who=case.office or world.town.name)
        if not is_busy(answered):
            text += " " + voice.t("What is still wrong? What you write now goes to this report.")
    said = Say(text, kind=Kind.INFO, language=voice.language)
    return then_stand(replace(answered, case="" if fixed else case.key), (act, Send(said)), world)

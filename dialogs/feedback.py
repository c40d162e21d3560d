"""Reporting something: category, words, place, photo, a wish for a reply, review, a code. And talking to a person: the
same with words only, and a reply.

A report stands in front of whatever is under way, which goes on afterwards. Not here: what is said
(`feedback_words.py`), what became of a report (`case_menu.py`), the town's words (`case_talk.py`), the life of a case
(`moderation.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs import case_menu, house
from dialogs.actions import Tap, Verb
from dialogs.case_codes import case_code, new_case_code
from dialogs.case_menu import CASE_BYTES, WORDS_LIMIT, too_long
from dialogs.effects import DropMedia, FindCases, KeepMedia, Report, Send
from dialogs.events import CasesFor, CasesFound, MediaKept, MediaKind, MediaName, MediaRefused, MediaSent, Placed
from dialogs.feedback_words import (
    WISH,
    category_of,
    label_of,
    notice_say,
    person_notice,
    receipt_say,
    wish_options,
)
from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.interview import voice_of
from dialogs.messages import Say
from dialogs.promises import notice_version
from dialogs.reading.declining import gives_none
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from dialogs.session import FeedbackState, Session, Step
from dialogs.standing import report_first, stand, then_stand
from dialogs.survey_inputs import PROBLEMS, unfitting
from dialogs.triggers import Command, Trigger, bare, near
from dialogs.turn import Turn
from dialogs.world import World

PLACE_LIMIT = 200  # characters

ALWAYS = frozenset({Command.STOP, Command.HELP})
"""Commands that need no slash where any words are an answer."""
NO_PLACES = frozenset({Command.SKIP, Command.NEXT, Command.KEEP, Command.CLEAR, Command.BACK})
"""Commands that need no slash where a place is asked either: nobody means a place by them."""
OPTIONAL = frozenset({Step.PLACE, Step.PHOTO})
"""What need not be answered: "no" is no answer to them."""


# -- beginning


def begin(session: Session, typed: str, world: World) -> Turn:
    """ "Report something", or a case's code after it."""
    code = case_code(typed)
    if code is not None:
        return case_menu.look_up(session, code)
    voice = voice_of(session, world)
    if not world.town.categories:
        text = voice.t("{town} takes no reports here.", town=world.town.name)
        if world.town.contact:
            text += " " + voice.t("A person answers your questions here: {contact}", contact=world.town.contact)
        return stand(session, world, text)
    if session.feedback is not None:
        return stand(session, world)
    state = FeedbackState(world.rng.randbytes(CASE_BYTES))
    reporting = replace(session, feedback=state)
    return Turn(reporting, (Send(notice_say(reporting, world)), *stand(reporting, world).effects))


def talk_to_a_person(session: Session, world: World) -> Turn:
    """Words to a person at the town hall, who answers here."""
    assert world.town.person is not None, "somebody is there to answer"
    if session.feedback is not None:
        return stand(session, world)
    category = world.town.person.key
    talking = replace(session, feedback=FeedbackState(world.rng.randbytes(CASE_BYTES), Step.WORDS, category))
    return Turn(talking, (Send(person_notice(talking, world)), *stand(talking, world).effects))


def is_to_a_person(state: FeedbackState, world: World) -> bool:
    """Whether the words are for a person, rather than a report."""
    return world.town.person is not None and state.category == world.town.person.key


def steps(state: FeedbackState, world: World) -> tuple[Step, ...]:
    """What is asked, in order; their positions are the numbers of the review."""
    if is_to_a_person(state, world):
        return (Step.WORDS,)
    category = category_of(state, world)
    found = [Step.CATEGORY, Step.WORDS]
    if category is not None and category.located:
        found.append(Step.PLACE)
    if world.channel.takes_photo:
        found.append(Step.PHOTO)
    found.append(Step.REPLY)
    return tuple(found)


# -- what comes in


def said(session: Session, state: FeedbackState, text: str, world: World) -> Turn | Trigger:
    """A text that begins with no slash: an answer to the step, or a command."""
    trigger = bare(text)
    if state.step in OPTIONAL and gives_none(text):
        return Trigger(Command.SKIP)
    if trigger is not None and (not takes_any_text(state) or trigger.command in ALWAYS or _may_pass(state, trigger)):
        return trigger
    match state.step:
        case Step.CATEGORY:
            return _said_category(session, state, text, world)
        case Step.WORDS:
            return _words(session, state, text, world)
        case Step.ADDITION:
            return case_menu.added(session, state, text, world)
        case Step.PLACE:
            if len(text) > PLACE_LIMIT:
                return too_long(session, PLACE_LIMIT, world)
            return _answered(session, replace(state, place=text, point=None), world)
        case Step.PHOTO:
            voice = voice_of(session, world)
            return near(text) or stand(session, world, voice.t("Please send a photo, or write “skip”."))
        case Step.REPLY:
            return _said_wish(session, state, text, world)
        case Step.REVIEW:
            return _said_in_review(session, state, text, world)


def takes_any_text(state: FeedbackState) -> bool:
    """Whether the step that stands takes any words as its answer."""
    return state.step in (Step.WORDS, Step.ADDITION, Step.PLACE)


def _may_pass(state: FeedbackState, trigger: Trigger) -> bool:
    """Where a place is asked, "skip", "next" and "back" are no places."""
    return state.step is Step.PLACE and trigger.command in NO_PLACES and not trigger.argument


def _said_category(session: Session, state: FeedbackState, text: str, world: World) -> Turn | Trigger:
    voice = voice_of(session, world)
    options = tuple(Option(each.key, label_of(each, voice)) for each in world.town.categories)
    question = Question("category", QuestionType.SELECT_ONE, "", options=options)
    reading = read(question, text, session.language, world.now.date())
    if isinstance(reading, Taken):
        return _answered(session, replace(state, category=reading.value), world)
    return near(text) or stand(session, world, voice.t("Please choose one of these."))


def _words(session: Session, state: FeedbackState, text: str, world: World) -> Turn:
    if len(text) > WORDS_LIMIT:
        return too_long(session, WORDS_LIMIT, world)
    written = replace(state, words=text)
    if is_to_a_person(written, world):
        return Turn(replace(session, feedback=written), (FindCases(CasesFor.WISH),))
    return _answered(session, written, world)


def _said_wish(session: Session, state: FeedbackState, text: str, world: World) -> Turn | Trigger:
    voice = voice_of(session, world)
    options = tuple(
        Option(value, label) for value, label in zip((house.YES, house.NO), wish_options(voice), strict=True)
    )
    question = Question("reply", QuestionType.SELECT_ONE, "", options=options)
    reading = read(question, text, session.language, world.now.date())
    if isinstance(reading, Taken):
        return _wish(session, state, reading.value == house.YES, world)
    return near(text) or stand(session, world, voice.t("Please choose one of these."))


def _wish(session: Session, state: FeedbackState, reply: bool, world: World) -> Turn:
    if not reply:
        return _answered(session, replace(state, reply=False), world)
    return Turn(session, (FindCases(CasesFor.WISH),))


def wish_found(session: Session, state: FeedbackState, event: CasesFound, world: World) -> Turn:
    """How many cases the person can be written to about is known now."""
    full = case_menu.is_full(event.cases)
    wished = replace(state, reply=not full)
    if is_to_a_person(state, world):
        return _send(session, wished, world)
    turn = _answered(session, wished, world)
    if not full:
        return turn
    say = Say(case_menu.full_text(world, voice_of(session, world)), language=session.language)
    return Turn(turn.session, (Send(say), *turn.effects))


def _said_in_review(session: Session, state: FeedbackState, text: str, world: World) -> Turn | Trigger:
    number = text.strip().rstrip(".)")
    order = steps(state, world)
    if number.isdecimal() and 1 <= int(number[:3]) <= len(order):
        return _go(session, replace(state, step=order[int(number[:3]) - 1]), world)
    question = Question("send", QuestionType.ACKNOWLEDGE, "")
    if isinstance(read(question, text, session.language, world.now.date()), Taken):
        return _send(session, state, world)
    return near(text) or stand(session, world, voice_of(session, world).t("To send your report, write “send”."))


def tapped(session: Session, state: FeedbackState, tap: Tap, world: World) -> Turn:
    """A button: a category of this report, or of something else."""
    if tap.verb is Verb.REPORT and tap.mark == WISH and state.step is Step.REPLY and tap.number < len((True, False)):
        return _wish(session, state, tap.number == 0, world)
    if (
        tap.verb is Verb.REPORT
        and not tap.mark
        and state.step is Step.CATEGORY
        and tap.number < len(world.town.categories)
    ):
        return _answered(session, replace(state, category=world.town.categories[tap.number].key), world)
    if tap.verb is Verb.REPORT:
        return stand(session, world)
    return report_first(session, world)


def placed(session: Session, state: FeedbackState, event: Placed, world: World) -> Turn:
    """A place was sent."""
    if state.step is not Step.PLACE:
        text = voice_of(session, world).t("Thank you for the place, but I do not need one here; it is not kept.")
        return stand(session, world, text)
    return _answered(session, replace(state, point=(event.latitude, event.longitude), place=""), world)


def takes(state: FeedbackState, event: MediaSent) -> bool:
    """Whether the file can be the photo that is asked for."""
    return state.step is Step.PHOTO and event.kind in (MediaKind.PHOTO, MediaKind.FILE)


def media_sent(session: Session, state: FeedbackState, event: MediaSent, world: World) -> Turn:
    """A file was sent: keep it if a photo is asked for."""
    if takes(state, event):
        return Turn(session, (KeepMedia(event.media, MediaKind.PHOTO),))
    return stand(session, world, voice_of(session, world).t(unfitting(event.kind)))


def media_kept(session: Session, state: FeedbackState, event: MediaKept, world: World) -> Turn:
    """The photo is clean and kept."""
    turn = _answered(session, replace(state, photo=event.name), world)
    return Turn(turn.session, (*_dropped(state), *turn.effects))


def media_refused(session: Session, event: MediaRefused, world: World) -> Turn:
    """The photo could not be kept."""
    return stand(session, world, voice_of(session, world).t(PROBLEMS[event.problem]))


# -- going on


def obey(session: Session, state: FeedbackState, trigger: Trigger, world: World) -> Turn:
    """Back, skip, send, change and the like, while something is reported."""
    match trigger.command:
        case Command.BACK:
            return _back(session, state, world)
        case Command.KEEP | Command.NEXT if state.reviewed and state.step is not Step.REVIEW:
            return _go(session, replace(state, step=Step.REVIEW), world)
        case Command.KEEP | Command.NEXT if state.step in OPTIONAL:
            return _answered(session, state, world)
        case Command.SKIP | Command.CLEAR if state.step is Step.PLACE:
            return _answered(session, replace(state, place="", point=None), world)
        case Command.SKIP | Command.CLEAR if state.step is Step.PHOTO:
            turn = _answered(session, replace(state, photo=""), world)
            return Turn(turn.session, (*_dropped(state), *turn.effects))
        case Command.SEND | Command.NEXT if state.step is Step.REVIEW:
            return _send(session, state, world)
        case Command.CHANGE if state.step is Step.REVIEW:
            outcome = _said_in_review(session, state, trigger.argument or "?", world)
            return outcome if isinstance(outcome, Turn) else stand(session, world)
        case Command.CHANGE:
            voice = voice_of(session, world)
            text = voice.t("To change an earlier answer, write “back”. Before sending you see all answers once more.")
            return stand(session, world, text)
        case _:
            return stand(session, world)


def leave(session: Session, state: FeedbackState, world: World) -> Turn:
    """ "Stop": the report is forgotten; what stood before goes on."""
    voice = voice_of(session, world)
    text = voice.t("All right, your report is forgotten.")
    if state.step is Step.ADDITION:
        text = voice.t("All right, nothing was added.")
    if is_to_a_person(state, world):
        text = voice.t("All right, nothing was passed on.")
    before = stand(house.answered(replace(session, feedback=None)), world, text)
    return Turn(before.session, (*_dropped(state), *before.effects))


def _answered(session: Session, state: FeedbackState, world: World) -> Turn:
    """A step has its answer: on to the next, or back to the review."""
    order = steps(state, world)
    after = order.index(state.step) + 1
    located = Step.PLACE in order and not (state.place or state.point) and state.step is Step.CATEGORY
    if state.reviewed and not located:
        return _go(session, replace(state, step=Step.REVIEW), world)
    if state.reviewed:
        return _go(session, replace(state, step=Step.PLACE), world)
    return _go(session, replace(state, step=order[after] if after < len(order) else Step.REVIEW), world)


def _back(session: Session, state: FeedbackState, world: World) -> Turn:
    order = steps(state, world)
    if state.step in (Step.ADDITION, Step.CATEGORY, order[0]):
        return leave(session, state, world)
    if state.reviewed and state.step is not Step.REVIEW:
        return _go(session, replace(state, step=Step.REVIEW), world)
    before = order[-1] if state.step is Step.REVIEW else order[order.index(state.step) - 1]
    return _go(session, replace(state, step=before, reviewed=False), world)


def _go(session: Session, state: FeedbackState, world: World) -> Turn:
    reviewed = state.reviewed or state.step is Step.REVIEW
    return stand(replace(session, feedback=replace(state, reviewed=reviewed)), world)


def _dropped(state: FeedbackState) -> tuple[DropMedia, ...]:
    return (DropMedia(MediaName(state.photo)),) if state.photo else ()


# -- sending


def _send(session: Session, state: FeedbackState, world: World) -> Turn:
    category = category_of(state, world)
    if category is None or not state.words or state.reply is None:
        missing = Step.CATEGORY if category is None else Step.WORDS if not state.words else Step.REPLY
        return _go(session, replace(state, step=missing), world)
    code = new_case_code(world.rng)
    report = Report(
        case=state.case,
        category=category.key,
        office=category.office,
        words=state.words,
        place=state.place if category.located else "",
        point=state.point if category.located else None,
        photo=state.photo,
        code=code,
        language=session.language,
        informed=notice_version(world.town),
        reply=state.reply,
    )
    talking = state.reply and is_to_a_person(state, world)
    sent = replace(session, feedback=None, case=state.case.hex() if talking else session.case)
    return then_stand(sent, (report, Send(receipt_say(report, sent, world))), world)

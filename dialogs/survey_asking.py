"""How a question is put: its words, choices and controls as one message.

Not here: what an answer does (`survey_answering.py`), how a channel shows it (`rendering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.actions import Tap, Verb, encode, mark_of, number_of
from dialogs.answers import NO, YES, picked_indices, shown
from dialogs.capabilities import Capabilities
from dialogs.effects import Settle
from dialogs.events import MessageRef
from dialogs.forms.msgids import N_
from dialogs.forms.questions import LONG_LIST, Option, Question, QuestionType
from dialogs.i18n import Voice
from dialogs.interview import Interview
from dialogs.messages import Button, Choices, Expects, Kind, Picture, Progress, Say
from dialogs.reading.searching import search
from dialogs.session import Phase
from dialogs.triggers import LABELS, Command

EXPECTS = {
    QuestionType.SELECT_ONE: Expects.CHOICE,
    QuestionType.SELECT_MULTIPLE: Expects.CHOICES,
    QuestionType.RANK: Expects.RANKING,
    QuestionType.TEXT: Expects.TEXT,
    QuestionType.BARCODE: Expects.TEXT,
    QuestionType.INTEGER: Expects.NUMBER,
    QuestionType.DECIMAL: Expects.NUMBER,
    QuestionType.RANGE: Expects.NUMBER,
    QuestionType.DATE: Expects.DATE,
    QuestionType.TIME: Expects.TIME,
    QuestionType.DATETIME: Expects.DATETIME,
    QuestionType.GEOPOINT: Expects.PLACE,
    QuestionType.IMAGE: Expects.PHOTO,
    QuestionType.AUDIO: Expects.VOICE,
    QuestionType.FILE: Expects.FILE,
    QuestionType.ACKNOWLEDGE: Expects.CHOICE,
    QuestionType.REPEAT: Expects.CHOICE,
}

MANY = frozenset({QuestionType.SELECT_MULTIPLE, QuestionType.RANK})
"""Questions whose options are picked one after another and ended with "Continue"."""

RANGE_BUTTONS = 11
"""Steps of a range up to which each is a button (0 to 10)."""


def options_of(question: Question, voice: Voice, interview: Interview) -> tuple[Option, ...]:
    """What can be chosen: the form's choices, or the house's own for yes and no, a range, a named place."""
    match question.type:
        case QuestionType.REPEAT:
            return (Option(YES, voice.t("Yes")), Option(NO, voice.t("No")))
        case QuestionType.ACKNOWLEDGE:
            return (Option("OK", voice.t("OK")),)
        case QuestionType.RANGE:
            return tuple(Option(step, voice.figure(float(step))) for step in _steps(question))
        case QuestionType.GEOPOINT:
            return tuple(
                Option(f"{place.latitude} {place.longitude} 0.0 {place.radius}", place.name)
                for place in interview.world.town.places
            )
        case _:
            return question.options


def mark(question: Question, options: Sequence[Option]) -> str:
    """What the buttons of this question carry."""
    return mark_of((question.ref, *(option.value for option in options)))


def page_size(channel: Capabilities) -> int:
    """Options shown in one message."""
    return channel.buttons.most if channel.buttons is not None else LONG_LIST


def visible(options: Sequence[Option], letters: str) -> tuple[int, ...]:
    """Positions of the options that fit the letters typed; all of them where nothing was typed."""
    return tuple(search(options, letters)) if letters else tuple(range(len(options)))


def question_say(interview: Interview, question: Question, lead: str = "") -> Say:
    """The question as it stands: with what is picked, the page, and why the last answer was not taken (`lead`)."""
    voice = interview.voice
    options = options_of(question, voice, interview)
    return Say(
        text=_label(interview, question),
        kind=Kind.REFUSAL if lead else Kind.QUESTION,
        lead=lead,
        progress=progress_of(interview, question),
        title="" if lead else _new_section(interview, question),
        hint=_hint(interview, question, options),
        choices=_choices(interview, question, options),
        controls=_controls(interview, question),
        expects=_expected(question),
        pictures=tuple(Picture(interview.form.hash, name, question.label) for name in question.media),
        language=voice.language,
    )


def settled(
    interview: Interview, question: Question, answer: str, message: MessageRef | None = None
) -> tuple[Settle, ...]:
    """The question when it is answered: the same text, a line about the answer under it, nothing to tap. Nothing where
    the channel cannot edit."""
    if not interview.world.channel.edits:
        return ()
    say = Say(
        text=_label(interview, question),
        kind=Kind.QUESTION,
        progress=progress_of(interview, question),
        hint=answer,
        language=interview.voice.language,
    )
    return (Settle(say, message),)


def progress_of(interview: Interview, question: Question) -> Progress | None:
    if question.type is QuestionType.REPEAT:
        return None
    current, total = interview.instance.progress(question.ref)
    return Progress(current, total) if total > 1 else None


def control(command: Command, voice: Voice, number: int = 0) -> Button:
    """The button of a command; `number` says under which question it stands (see `number_of`)."""
    return Button(encode(Tap(Verb.COMMAND, command.value, number)), voice.t(LABELS[command]), secondary=True)


# -- parts of a question


def _expected(question: Question) -> Expects:
    """A year is a number of four figures: a calendar to look for a day in would be in the way."""
    if question.type is QuestionType.DATE and "year" in question.appearance:
        return Expects.NUMBER
    return EXPECTS.get(question.type, Expects.TEXT)


def _label(interview: Interview, question: Question) -> str:
    if question.type is QuestionType.REPEAT:
        name = question.label or (question.sections[-1] if question.sections else "")
        if name:
            return interview.voice.t("{name}: add another one?", name=name)
        return interview.voice.t("Add another one?")
    return question.label or question.hint or question.ref.rsplit("/", 1)[-1]


def _new_section(interview: Interview, question: Question) -> str:
    """The names of the sections that begin with this question."""
    if not question.sections:
        return ""
    before = interview.instance.before(question.ref)
    known = before.sections if before is not None else ()
    names = [name for name in question.sections if name and name not in known]
    if not names and before is not None and before.repeat != question.repeat:
        return f"{question.sections[-1]} ({question.repeat[-1]})" if question.repeat else ""
    return " · ".join(names)


def _hint(interview: Interview, question: Question, options: Sequence[Option]) -> str:
    voice = interview.voice
    lines = [question.hint if question.label else "", _how_to(interview, question, options)]
    if len(options) > page_size(interview.world.channel) and not interview.state.search:
        lines.append(voice.t("A few letters of the name are enough."))
    if question.value and question.type not in MANY:
        lines.append(voice.t("So far: {answer}", answer=shown(question, voice, interview.world.town.places)))
    return "\n".join(line for line in lines if line)


def _how_to(interview: Interview, question: Question, options: Sequence[Option]) -> str:
    voice, channel = interview.voice, interview.world.channel
    match question.type:
        case QuestionType.SELECT_MULTIPLE if channel.buttons:
            return voice.t("Several are possible. At the end: Continue.")
        case QuestionType.RANK:
            return voice.t("The most important first, then the next, and so on.")
        case QuestionType.GEOPOINT:
            return place_how_to(options, channel, voice)
        case QuestionType.IMAGE:
            return voice.t("Please send a photo.")
        case QuestionType.AUDIO:
            return voice.t("Please send a voice message.")
        case QuestionType.FILE:
            return voice.t("Please send a file.")
        case _:
            return ""


def place_how_to(options: Sequence[Option], channel: Capabilities, voice: Voice) -> str:
    """How to give a place here."""
    if options:
        return voice.t("Send your location, or choose a district.")
    if channel.takes_place and channel.buttons:
        return voice.t("Send your location, or type coordinates, for example: 51.05, 13.74")
    return voice.t("Type coordinates, for example: 51.05, 13.74")


def _choices(interview: Interview, question: Question, options: Sequence[Option]) -> Choices | None:
    if not options:
        return None
    state, voice = interview.state, interview.voice
    marked = mark(question, options)
    shown_now = visible(options, state.search)
    size = page_size(interview.world.channel)
    pages = max(1, -(-len(shown_now) // size))
    page = min(state.page, pages - 1)
    many = question.type in MANY
    picked = state.picked if many else picked_indices(question)
    buttons = tuple(
        _option(question.type, options[index], index, marked, picked)
        for index in shown_now[page * size : (page + 1) * size]
    )
    done = Button(encode(Tap(Verb.DONE, marked)), voice.t(LABELS[Command.NEXT]), done=True) if many else None
    return Choices(buttons, multiple=many, first=page * size + 1, done=done, pages=_pages(marked, page, pages, voice))


def _option(kind: QuestionType, option: Option, index: int, marked: str, picked: Sequence[int]) -> Button:
    chosen = index in picked
    label = option.label or option.value
    if kind not in MANY:
        return Button(encode(Tap(Verb.CHOOSE, marked, index)), label, chosen=chosen)
    if kind is QuestionType.RANK and chosen:
        label = f"{label} ({picked.index(index) + 1}.)"
    return Button(encode(Tap(Verb.UNSET if chosen else Verb.SET, marked, index)), label, chosen=chosen)


def _pages(marked: str, page: int, pages: int, voice: Voice) -> tuple[Button, ...]:
    turns = []
    if page > 0:
        turns.append(Button(encode(Tap(Verb.PAGE, marked, page - 1)), voice.t(LABELS[Command.FEWER]), secondary=True))
    if page < pages - 1:
        turns.append(Button(encode(Tap(Verb.PAGE, marked, page + 1)), voice.t(LABELS[Command.MORE]), secondary=True))
    return tuple(turns)


def _controls(interview: Interview, question: Question) -> tuple[Button, ...]:
    """At most one row: back, the way past the question, help."""
    is_first = interview.state.phase is Phase.ASKING and interview.instance.is_first(question.ref)
    back = () if is_first else (Command.BACK,)
    past: tuple[Command, ...]
    if question.type in MANY or question.type in (QuestionType.ACKNOWLEDGE, QuestionType.REPEAT):
        past = ()
    elif question.value and not question.required:
        past = (Command.KEEP, Command.CLEAR)
    elif question.value:
        past = (Command.KEEP,)
    elif not question.required:
        past = (Command.SKIP,)
    else:
        past = ()
    help_too = (Command.HELP,) if len(past) < 2 else ()
    number = number_of(question.ref)
    return tuple(control(command, interview.voice, number) for command in (*back, *past, *help_too))


def _steps(question: Question) -> tuple[str, ...]:
    """The steps of a short range of whole numbers, e.g. 1 to 5."""
    try:
        start, end = int(float(question.bounds.start or "")), int(float(question.bounds.end or ""))
        step = int(float(question.bounds.step or "1"))
    except ValueError:
        return ()
    if step <= 0 or not 0 < end - start <= (RANGE_BUTTONS - 1) * step:
        return ()
    if float(question.bounds.step or "1") != step:
        return ()
    return tuple(str(number) for number in range(start, end + 1, step))


REQUIRED = N_("This question needs an answer.")

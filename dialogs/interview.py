"""A survey conversation, opened for one turn: the form at work beside the session, the town and the voice.

Not here: what is asked and said (`survey*.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dialogs.errors import UnknownForm
from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.model import Form
from dialogs.forms.questions import Question, QuestionType
from dialogs.i18n import Voice
from dialogs.languages import form_language
from dialogs.session import Session, SurveyState
from dialogs.world import Survey, World

UNASKABLE = frozenset({QuestionType.GEOTRACE, QuestionType.GEOSHAPE, QuestionType.VIDEO})
"""No chat can take these: they are passed over with a word, and never hold up the end."""


class Interview(msgspec.Struct, frozen=True):
    """One turn of one survey. `instance` changes with the answers; everything else stands."""

    session: Session
    state: SurveyState
    survey: Survey
    form: Form
    instance: Instance
    world: World
    voice: Voice

    def kept(self, **changes: object) -> Session:
        """The session to keep: the record as it is now, and the state with these changes."""
        state = msgspec.structs.replace(self.state, record=self.instance.record, **changes)
        return msgspec.structs.replace(self.session, survey=state)

    def moved(self, **changes: object) -> Interview:
        """The same interview with these changes of its state."""
        session = self.kept(**changes)
        assert session.survey is not None
        return Interview(session, session.survey, self.survey, self.form, self.instance, self.world, self.voice)

    def questions(self) -> Iterator[Question]:
        """Every question that is relevant now, notes included, in order."""
        return self.instance.questions()

    def standing(self) -> Question | None:
        """The question that stands; None if the form has none there any more."""
        return self.instance.question(self.state.cursor) if self.state.cursor else None


def voice_of(session: Session, world: World) -> Voice:
    """The voice of the session's language."""
    return Voice(session.language, world.now.date())


def open_interview(session: Session, world: World) -> Interview:
    """The interview of a session that holds one. Raises `UnknownForm` if its form version is not loaded."""
    state = session.survey
    assert state is not None, "only a session with a survey is opened"
    form = world.forms.get(state.form)
    if form is None:
        raise UnknownForm(state.form)
    instance = open_instance(form, state.record, world.now, world.rng)
    instance.use_language(form_language(form, session.language) or form.default_language)
    return Interview(session, state, world.surveys[state.code], form, instance, world, voice_of(session, world))


def is_told(question: Question) -> bool:
    """Whether it is told rather than asked: a note, or an answer that only the form may give."""
    return question.type is QuestionType.NOTE or question.readonly


def is_askable(question: Question) -> bool:
    """Whether a chat can ask it."""
    return not is_told(question) and question.type not in UNASKABLE

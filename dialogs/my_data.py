"""My data: everything that is stored of the person who asks, to read and as a file for machines.

The chat is the proof of identity: what is found is what this account, or a return code shown in it, leads to.
Not here: looking it up (`holdings.py`), deleting it (`deleting.py`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from dialogs.answers import shown
from dialogs.effects import Send
from dialogs.events import CaseFound, Everything, KeptFile, Participated
from dialogs.feedback_words import case_text
from dialogs.forms.questions import Question, QuestionType
from dialogs.holdings import about_reports, answered_interview, still_noted, tied, untied
from dialogs.i18n import Voice
from dialogs.interview import Interview, open_interview, voice_of
from dialogs.languages import name_of
from dialogs.messages import Document, Kind, Language, Say
from dialogs.promises import title_of, what_can_be_undone
from dialogs.session import FeedbackState, Session
from dialogs.standing import stand, then_stand
from dialogs.subscriptions import described, quiet_words
from dialogs.survey_asking import control
from dialogs.survey_review import reviewed
from dialogs.survey_sending import MEDIA
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import World

FREE = frozenset({QuestionType.TEXT, QuestionType.BARCODE})
"""Answers that are handed over word for word; all others as the review shows them."""

_FILE_NAME = re.compile(r"[0-9a-f]{32}-[A-Za-z0-9_-]{43}(?:\.[a-z0-9]{1,5})?")
_POSITION = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: the question, the answer in words, and as it is stored (files: by what they are)."""

    ref: str
    question: str
    words: str
    stored: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A response as it is told to whoever sent it."""

    code: str
    title: str
    day: date | None
    language: str
    notice: str
    undo: str
    answers: tuple[Answered, ...]


def hand_over(session: Session, event: Everything, world: World) -> Turn:
    """All of it: a short word with a readable file, and a file for machines; in full where files cannot be sent."""
    voice = voice_of(session, world)
    sent = tuple(_sent(session, each, world) for each in tied(event, world))
    draft = _draft(session, world)
    noted = [*_report_begun(session, voice), *still_noted(untied(event, world), voice), *_news(event, world, voice)]
    if not (sent or draft or noted or event.cases):
        return _nothing(session, world)
    text = "\n\n".join(_paragraphs(sent, draft, noted, event, session, world))
    data = _machine_readable(sent, draft, event, session, world)
    words = _files(text, data, sent, draft, event, voice) if world.channel.documents else (_in_full(text, voice),)
    return then_stand(session, words, world)


def _nothing(session: Session, world: World) -> Turn:
    voice = voice_of(session, world)
    lines = [voice.t("I have found nothing of yours.")]
    lines.append(_conversation(session, voice))
    lines += about_reports(world, voice)
    if world.channel.return_code:
        lines.append(voice.t("If you have a return code, type it here."))
    return stand(session, world, "\n".join(lines))


def _report_begun(session: Session, voice: Voice) -> list[str]:
    """What was told of a report that is not sent."""
    begun = session.feedback
    if begun is None or not (begun.words or begun.place or begun.point or begun.photo):
        return []
    lines = [voice.t("Begun and not sent: a report.")]
    lines += [voice.quoted(said) for said in (begun.words, begun.place) if said]
    if begun.point is not None:
        lines.append(voice.t("Where: {place}", place="{:.5f}, {:.5f}".format(*begun.point)))
    if begun.photo:
        lines.append(voice.t("Photo: {photo}", photo=voice.t("a photo")))
    return ["\n".join(lines)]


def _news(event: Everything, world: World, voice: Voice) -> list[str]:
    """Which news this person gets."""
    titles = [voice.quoted(title_of(world.surveys[code], voice)) for code in event.outcomes if code in world.surveys]
    waits = voice.t(
        "I am to tell you what becomes of {titles}. Until then, where to reach you is kept encrypted for it.",
        titles=voice.items(titles),
    )
    outcomes = [waits] if titles else []
    if event.subscription is None:
        return outcomes
    standing = event.subscription
    told = [voice.t("You get news about: {things}.", things=voice.items(described(standing, world, voice)))]
    if standing.quiet is not None:
        told.append(quiet_words(standing.quiet, voice))
    if standing.paused_until is not None and standing.is_paused(world.now.date()):
        told.append(voice.t("Not before {day} is over: you asked for a pause.", day=voice.day(standing.paused_until)))
    told.append(
        voice.t(
            "You said so on {day}. Where to reach you is kept encrypted for it, until you write “stop”.",
            day=voice.day(standing.consented),
        )
    )
    return [" ".join(told), *outcomes]


# -- what was sent


def _sent(session: Session, found: Participated, world: World) -> Sent:
    voice = voice_of(session, world)
    card = world.surveys[found.survey]
    interview = answered_interview(session, found, world)
    return Sent(
        code=found.survey,
        title=title_of(card, voice),
        day=found.day,
        language=found.language,
        notice=found.informed,
        undo=what_can_be_undone(card, voice),
        answers=_answers(interview, dict(found.answers)) if interview is not None else _bare(found),
    )


def _answers(interview: Interview, stored: dict[str, str]) -> tuple[Answered, ...]:
    """The questions as they were asked; then what the form computed or hid, by its name."""
    told = []
    for question in reviewed(interview):
        if question.value:
            stored.pop(question.ref, None)
            told.append(_answer(question, interview.voice))
    for ref, value in stored.items():
        told.append(Answered(ref, "", "", _without_key(value)))
    return tuple(told)


def _answer(question: Question, voice: Voice) -> Answered:
    words = shown(question, voice)
    if question.type in FREE:
        words = voice.quoted(question.value)
    label = question.label or question.hint or question.ref.rsplit("/", 1)[-1]
    return Answered(question.ref, label, words, "" if question.type in MEDIA else question.value)


def _bare(found: Participated) -> tuple[Answered, ...]:
    return tuple(Answered(ref, "", "", _without_key(value)) for ref, value in found.answers)


def _without_key(value: str) -> str:
    """A file's name holds its key: the file is handed over, the name is not."""
    return "" if _FILE_NAME.fullmatch(value) else value


def _draft(session: Session, world: World) -> tuple[Answered, ...]:
    if session.survey is None or session.survey.record is None:
        return ()
    return _answers(open_interview(session, world), {})


# -- to read


def _paragraphs(
    sent: tuple[Sent, ...],
    draft: tuple[Answered, ...],
    noted: list[str],
    event: Everything,
    session: Session,
    world: World,
) -> list[str]:
    voice = voice_of(session, world)
    head = voice.t("This is stored of you at {town} on {day}.", town=world.town.name, day=voice.day(world.now.date()))
    paragraphs = [head]
    for each in sent:
        title = voice.t("Sent: {title}", title=voice.quoted(each.title))
        day, language = voice.day(each.day) if each.day else "–", name_of(Language(each.language), None)
        how = voice.t("Day: {day}. Language: {language}.", day=day, language=language)
        paragraphs.append("\n".join((title, how, *_lines(each.answers), each.undo)))
    if draft and session.survey is not None:
        title = voice.quoted(title_of(world.surveys[session.survey.code], voice))
        begun = voice.t("Begun and not sent: {title}", title=title)
        paragraphs.append("\n".join((begun, *_lines(draft))))
    paragraphs += [case_text(case, world, voice) for case in event.cases]
    paragraphs += noted
    paragraphs += about_reports(world, voice)
    paragraphs.append(_conversation(session, voice))
    return paragraphs


def _lines(answers: tuple[Answered, ...]) -> list[str]:
    """One answer a line; what was never asked (a computed value) by the last part of its name."""
    return [
        f"– {each.question or _POSITION.sub('', each.ref).rsplit('/', 1)[-1]}: {each.words or each.stored or '…'}"
        for each in answers
    ]


def _conversation(session: Session, voice: Voice) -> str:
    return voice.t(
        "This conversation itself (your language, which notice you saw, what was asked last) is kept encrypted until "
        "some hours after your last word. No name and no number is stored."
    ) + (
        " " + voice.t("You saw the notice on {day}.", day=voice.day(session.noticed_on))
        if session.noticed_on is not None
        else ""
    )


def _in_full(text: str, voice: Voice) -> Send:
    return Send(Say(text, kind=Kind.INFO, language=voice.language))


# -- as files


def _files(
    text: str, data: bytes, sent: tuple[Sent, ...], draft: tuple[Answered, ...], event: Everything, voice: Voice
) -> tuple[Send, ...]:
    lines = [
        voice.n("Sent: {title}, {n} answer", "Sent: {title}, {n} answers", len(each.answers), title=each.title)
        for each in sent
    ]
    if draft:
        lines.append(voice.n("Begun and not sent: {n} answer", "Begun and not sent: {n} answers", len(draft)))
    if event.cases:
        lines.append(voice.n("{n} report", "{n} reports", len(event.cases)))
    short = "\n".join((voice.t("Here is everything that is stored of you, to read and as a file."), *lines))
    name = voice.t("my-data")
    readable = Document(f"{name}.txt", "text/plain; charset=utf-8", text.encode("utf-8", "replace"))
    machine = Document(f"{name}.json", "application/json", data)
    pictures = [
        Send(
            Say(
                _came_with(each, voice),
                kind=Kind.INFO,
                document=Document(each.name, each.mime, each.data),
                language=voice.language,
            )
        )
        for each in event.files
    ]
    after = voice.t("The same for machines (JSON).")
    if event.left_out:
        after += " " + voice.n(
            "{n} more file is too large to be sent here; ask the town for it.",
            "{n} more files are too large to be sent here; ask the town for them.",
            event.left_out,
        )
    controls = (Command.CHANGE, Command.DELETE_ALL) if sent else (Command.DELETE_ALL,) if event.cases else ()
    last = Say(
        after,
        kind=Kind.INFO,
        document=machine,
        controls=tuple(control(command, voice) for command in controls),
        language=voice.language,
    )
    first = Say(short, kind=Kind.INFO, document=readable, language=voice.language)
    return (Send(first), *pictures, Send(last))


def _came_with(file: KeptFile, voice: Voice) -> str:
    if file.survey:
        return voice.t("You sent this file with your answers.")
    return voice.t("You sent this file with a report.")


def _begun(report: FeedbackState | None) -> dict[str, object]:
    """A photo is handed over once it is sent: its name holds its key."""
    if report is None:
        return {}
    return {
        "category": report.category,
        "words": report.words,
        "place": report.place,
        "point": list(report.point) if report.point is not None else [],
        "photo": bool(report.photo),
    }


def _report(case: CaseFound) -> dict[str, object]:
    return {
        "category": case.category,
        "office": case.office,
        "status": case.status.value if case.status is not None else "",
        "day": case.opened.isoformat() if case.opened is not None else "",
        "language": case.language,
        "notice_version": case.informed,
        "words": case.words,
        "place": case.place,
        "photo": case.photo,
        "reason": case.reason,
        "messages": [
            {"by": "town" if each.by_town else "citizen", "day": each.day.isoformat(), "words": each.words}
            for each in case.messages
        ],
    }


def _machine_readable(
    sent: tuple[Sent, ...], draft: tuple[Answered, ...], event: Everything, session: Session, world: World
) -> bytes:
    """JSON with English names, so that the next system can read it (Art. 20 GDPR)."""

    def plain(answers: tuple[Answered, ...]) -> list[dict[str, str]]:
        return [
            {"ref": each.ref, "question": each.question, "answer": each.words, "stored": each.stored}
            for each in answers
        ]

    tree = {
        "format": "zuruf my data 1",
        "town": world.town.name,
        "made_on": world.now.date().isoformat(),
        "sent": [
            {
                "survey": each.code,
                "title": each.title,
                "day": each.day.isoformat() if each.day is not None else "",
                "language": each.language,
                "notice_version": each.notice,
                "answers": plain(each.answers),
            }
            for each in sent
        ],
        "took_part_untied": [survey.code for survey in untied(event, world)],
        "news": {
            "interests": [f"{each.kind}:{each.value}" for each in sorted(event.subscription.interests)],
            "language": event.subscription.language,
            "frequency": event.subscription.frequency,
            "quiet_hours": [event.subscription.quiet.begin, event.subscription.quiet.end]
            if event.subscription.quiet is not None
            else [],
            "paused_until": event.subscription.paused_until.isoformat() if event.subscription.paused_until else "",
            "consented_on": event.subscription.consented.isoformat(),
        }
        if event.subscription is not None
        else {},
        "outcomes_asked": list(event.outcomes),
        "not_sent": plain(draft),
        "report_not_sent": _begun(session.feedback),
        "reports": [_report(case) for case in event.cases],
        "conversation": {
            "language": session.language,
            "notice_version": session.noticed,
            "notice_day": session.noticed_on.isoformat() if session.noticed_on is not None else "",
        },
    }
    return json.dumps(tree, ensure_ascii=False, indent=1).encode("utf-8", "replace")
